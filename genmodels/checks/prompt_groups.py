"""Groups of people that prompts name, and counterfactual prompts: the same words for another group.

"A photo of a woman cooking" and "a photo of a man cooking" are one template, asked for two groups. Only words on these lists
are looked for; a team's own groups stand in a column `group` of its table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from genmodels.subjects.outputs import Outputs

GROUPS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "gender": {
        "woman": ("woman", "women", "female", "girl", "girls", "lady", "she", "her", "mother", "daughter", "wife"),
        "man": ("man", "men", "male", "boy", "boys", "gentleman", "he", "his", "him", "father", "son", "husband"),
    },
    "age": {"old": ("old", "elderly", "senior"), "young": ("young", "teenage")},
    "origin": {
        name.capitalize(): (name,)
        for name in (
            "black",
            "white",
            "african",
            "asian",
            "european",
            "hispanic",
            "latino",
            "arab",
            "indian",
            "chinese",
        )
    },
}
PEOPLE = frozenset(
    [word for words in GROUPS["gender"].values() for word in words]
    + ["person", "people", "child", "children", "family"]
)
OF_PEOPLE_ONLY = frozenset(["black", "white", "old", "young", "senior"])  # colours and ages of anything else too
COLUMN, PAIR = "group", "pair"  # of a table: whose the output is, and what others it is compared with
SLOT = "*"


@dataclass(frozen=True)
class Counterfactual:
    """Outputs that were asked for in the same words for several groups of one grouping.

    `groups` (n,) names the group of each output, "" for those that are in no such pair; `templates` (n,) the common words.
    """

    grouping: str
    groups: np.ndarray
    templates: np.ndarray

    @property
    def names(self) -> list[str]:
        """The groups, in order of names."""
        return sorted(set(self.groups.tolist()) - {""})


def counterfactual_prompts(outputs: Outputs) -> list[Counterfactual]:
    """By grouping, and by two of them crossed, the outputs whose prompts differ in a group alone; of a column `group`, all that have one."""
    found = []
    column = np.array([each.columns.get(COLUMN, "")[:60] for each in outputs.items])
    if len(set(column.tolist()) - {""}) > 1:
        found.append(
            Counterfactual(COLUMN, column, np.array([each.columns.get(PAIR, SLOT)[:60] for each in outputs.items]))
        )
    for grouping in GROUPS:
        found += _paired(outputs, grouping, {each: template_of(each, grouping) for each in outputs.prompts})
    for one, other in combinations(GROUPS, 2):
        found += _paired(outputs, f"{one} x {other}", {each: _crossed(each, one, other) for each in outputs.prompts})
    return found


def _paired(outputs: Outputs, name: str, told: Mapping[str, tuple[str, str]]) -> list[Counterfactual]:
    """The outputs of templates that several groups have; none where there are no such."""
    groups_of: dict[str, set[str]] = {}
    for template, group in told.values():
        groups_of.setdefault(template, set()).add(group)
    pairs = [told.get(each.prompt, ("", "")) for each in outputs.items]
    paired = [
        (template, group) if group and len(groups_of[template] - {""}) > 1 else ("", "") for template, group in pairs
    ]
    if not any(group for _, group in paired):
        return []
    templates, groups = (np.array(each) for each in zip(*paired, strict=True))
    return [Counterfactual(name, groups, templates)]


def _crossed(prompt: str, one: str, other: str) -> tuple[str, str]:
    """Template and group of a prompt that names a group of both groupings: "old woman" is "woman, old".

    >>> _crossed("A photo of an old woman", "gender", "age")
    ('a photo of a * *', 'woman, old')
    """
    template, first = template_of(prompt, one)
    second = template_of(prompt, other)[1]
    if not (first and second):
        return "", ""
    known = {word for words in GROUPS[other].values() for word in words}
    words = [SLOT if word in known else word for word in template.split()]
    return " ".join(words), f"{first}, {second}"


def template_of(prompt: str, grouping: str) -> tuple[str, str]:
    """The prompt with a slot for its group, and that group; "" as the group of prompts that name none, or two.

    >>> template_of("A photo of an old woman", "gender")
    ('a photo of a old *', 'woman')
    """
    words = re.findall(r"[\w'-]+", prompt.casefold())
    found, template = set(), list[str]()
    for place, word in enumerate(words):
        group = next((name for name, known in GROUPS[grouping].items() if word in known), "")
        if group and word in OF_PEOPLE_ONLY and not PEOPLE & set(words[place + 1 : place + 4]):
            group = ""
        if group:
            found.add(group)
        template.append(SLOT if group else "a" if word == "an" else word)
    return " ".join(template), found.pop() if len(found) == 1 else ""
