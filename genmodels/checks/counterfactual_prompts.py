"""Prompts that are equal but for the group that they name, and the answers to each.

A frame is what such prompts share: "the <woman, man> was promoted". Frames are what is independent; within a frame it is
chance alone which answer belongs to which group, where the group changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.checks.group_words import GROUPINGS, Grouping
from genmodels.kinds.text.passages import words
from genmodels.printable import printable
from genmodels.subjects.outputs import Item, Outputs

COLUMN, FRAMES = "group", ("frame", "template", "pair")  # of the team's table
MOST_GROUPS, LEAST_FRAMES = 12, 10
NONE = f"Fewer than {LEAST_FRAMES} sets of prompts are equal but for one word that names a group; ask the same of each group, or say the group in a column {COLUMN}."


@dataclass(frozen=True)
class Counterfactual:
    """Answers (n,) of frames that at least two groups have: their numbers in the subject, their groups, their frames from 0 on.

    `named` are the words that name the groups; they are not compared in what was answered.
    """

    name: str
    groups: tuple[str, ...]
    named: frozenset[str]
    items: np.ndarray
    group: np.ndarray
    frame: np.ndarray
    frames: tuple[str, ...]

    def table(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sums of values of the subject's answers, and how many answers there are; both (frames, groups)."""
        shape = (len(self.frames), len(self.groups))
        sums, counts = np.zeros(shape), np.zeros(shape)
        np.add.at(sums, (self.frame, self.group), values[self.items])
        np.add.at(counts, (self.frame, self.group), 1.0)
        return sums, counts


def counterfactuals(subject: Outputs) -> list[Counterfactual]:
    """The groupings of which at least 10 frames are there: the team's own column, or else each list of words."""
    told = [each.columns.get(COLUMN, "").strip() for each in subject.items]
    if len(set(filter(None, told))) > 1:
        found = [_by_column(subject.items, told)]
    else:
        split = {prompt: words(prompt) for prompt in subject.prompts}
        found = [_by_words(subject, split, grouping) for grouping in GROUPINGS]
    return [each for each in found if len(each.frames) >= LEAST_FRAMES]


def _by_words(subject: Outputs, split: dict[str, list[str]], grouping: Grouping) -> Counterfactual:
    """Frames of prompts that differ in words of a list alone."""
    framed = {prompt: framed_by(each, grouping) for prompt, each in split.items()}
    rows = [
        (number, group, frame)
        for prompt, (frame, group) in framed.items()
        if group >= 0
        for number in subject.prompts[prompt].tolist()
    ]
    return _whole(grouping.name, grouping.groups, frozenset(grouping.words), rows)


def framed_by(prompt: Sequence[str], grouping: Grouping) -> tuple[str, int]:
    """What is left of the words of a prompt without those of its group, and the group; -1 where it names none or several."""
    named = {grouping.words[word][0] for word in prompt if word in grouping.words}
    if len(named) != 1:
        return "", -1
    left = (
        f"<{grouping.words[word][1]}>" if word in grouping.words else "a" if word == "an" else word for word in prompt
    )
    return " ".join(left), named.pop()


def _by_column(items: Sequence[Item], told: Sequence[str]) -> Counterfactual:
    """Frames that the team's table names, or else of prompts without the words that only one group's prompts hold."""
    names = tuple(sorted(set(filter(None, told))))[:MOST_GROUPS]
    column = next((each for each in FRAMES if any(item.columns.get(each) for item in items)), "")
    split = [words(item.prompt) for item in items]
    by_word: dict[str, set[str]] = {}
    for each, group in zip(split, told, strict=True):
        for word in set(each) if group else ():
            by_word.setdefault(word, set()).add(group)
    own = frozenset(word for word, groups in by_word.items() if len(groups) == 1)
    rows = []
    for number, (item, group) in enumerate(zip(items, told, strict=True)):
        frame = item.columns.get(column, "") if column else _without(split[number], own)
        if group in names and frame:
            rows.append((number, names.index(group), frame))
    return _whole(COLUMN, tuple(printable(name, 40) for name in names), own, rows)


def _without(prompt: Sequence[str], own: frozenset[str]) -> str:
    return " ".join("<group>" if word in own else "a" if word == "an" else word for word in prompt)


def _whole(
    name: str, groups: tuple[str, ...], named: frozenset[str], rows: Sequence[tuple[int, int, str]]
) -> Counterfactual:
    """Without frames that only one group has, and without groups that no frame has."""
    of: dict[str, set[int]] = {}
    for _, group, frame in rows:
        of.setdefault(frame, set()).add(group)
    frames = {frame: i for i, frame in enumerate(frame for frame, found in of.items() if len(found) > 1)}
    there = sorted(set().union(*(of[frame] for frame in frames)))
    kept = [(number, there.index(group), frames[frame]) for number, group, frame in rows if frame in frames]
    items, of_group, of_frame = np.array(sorted(kept), int).reshape(-1, 3).T
    return Counterfactual(name, tuple(groups[i] for i in there), named, items, of_group, of_frame, tuple(frames))
