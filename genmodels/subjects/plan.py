"""A plan: what somebody's model is to be asked, fixed and sealed before any answer is seen, and the answers matched to it.

A plan is a folder with `plan.json` (every question with its id, prompt and seed, sealed by a SHA-256), `ask.csv` and `ask.jsonl`
(the same, for scripts) and `HOW.md` (commands to paste). The team asks its model on its own machine and brings the answers:
pictures called by id, or a table with the ids.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from genmodels.files import Unreadable, read_document
from genmodels.intake.pictures import LeftOut
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import Item, Outputs

FORMAT, FILE = 1, "plan.json"
MOST_BYTES, MOST_ITEMS = 100_000_000, 100_000
GREATEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Question:
    """One thing to ask: the i-th answer to a prompt. `group` names whom a counterfactual prompt is about, else ""."""

    id: str
    prompt: str
    seed: int
    group: str = ""
    pair: str = ""  # what prompts that differ in their group alone share


@dataclass(frozen=True)
class Plan:
    """What is asked of a model for which audits under which policy, and how many answers each audit needs."""

    kind: str
    audits: tuple[str, ...]
    policy: Mapping[str, Any]
    needs: Mapping[str, int]  # audit to the answers that its limits need
    questions: tuple[Question, ...]
    created: str = ""
    format: int = FORMAT

    def body(self) -> dict[str, Any]:
        """Everything but the seal, ready for JSON."""
        return asdict(self) | {"questions": [asdict(each) for each in self.questions]}

    @property
    def seal(self) -> str:
        """SHA-256 of everything that the plan says."""
        return hashlib.sha256(json.dumps(self.body(), sort_keys=True).encode()).hexdigest()

    def to_json(self) -> str:
        """The plan as its file holds it."""
        return json.dumps(self.body() | {"seal": self.seal}, indent=1)


def read_plan(folder: Path) -> Plan:
    """The plan in a folder; raises `Refusal` for anything else, and for one that was changed after it was sealed."""
    shown = printable(str(folder / FILE), 200)
    try:
        document = read_document(folder / FILE, MOST_BYTES)
    except FileNotFoundError:
        raise Refusal(f"There is no {shown}; name a folder that `genmodels plan` made.") from None
    except Unreadable as reason:
        raise Refusal(f"{shown} {reason}; make the plan again.") from None
    try:
        if document["format"] != FORMAT:
            raise Refusal(
                f"{shown} is of format {printable(str(document['format']), 20)}, and this version reads {FORMAT}; update GenModels."
            )
        if len(document["questions"]) > MOST_ITEMS:
            raise Refusal(f"{shown} asks more than {MOST_ITEMS:,} questions; make a smaller one.")
        said = {name: document[name] for name in ("kind", "policy", "needs", "created", "format")}
        plan = Plan(
            audits=tuple(document["audits"]),
            questions=tuple(Question(**each) for each in document["questions"]),
            **said,
        )
        seal = document["seal"]
        sound = all(
            isinstance(each.id, str) and isinstance(each.prompt, str) and isinstance(each.seed, int)
            for each in plan.questions
        )
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(f"{shown} is no plan; make it again with `genmodels plan`.") from None
    if not sound or seal != plan.seal:
        raise Refusal(
            f"{shown} was changed after it was sealed, so it no longer says what was to be asked; make a plan again."
        )
    return plan


WORDS = {  # what does not fit
    "gaps": "have no answer",
    "twice": "were answered more than once (the first counts)",
    "extras": "answers are to what nobody asked (left out)",
    "empty": "answers are empty",
    "other prompt": "tell another prompt than the plan",
}


@dataclass(frozen=True)
class Matching:
    """How answers fit a plan: how many questions were asked and answered, and by name what does not fit (see `WORDS`)."""

    asked: int
    answered: int
    unfit: Mapping[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON: all counts, and the first 1,000 names of each."""
        rows = {what: {"count": len(names), "names": list(names[:1000])} for what, names in self.unfit.items()}
        return {"asked": self.asked, "answered": self.answered, **rows}

    def sentence(self) -> str:
        """What fits and what does not, in one sentence."""
        wrong = [f"{len(names):,} {WORDS[what]}" for what, names in self.unfit.items() if names]
        return f"{self.answered:,} of {self.asked:,} questions were answered" + "; ".join(["", *wrong]) + "."


def matched(plan: Plan, outputs: Outputs) -> tuple[Outputs, Matching]:
    """The answers to a plan, in its order and with its prompts, and how they fit; raises `Refusal` where none does.

    A picture answers the question whose id is its name without the ending, or the id that a table beside it tells.
    """
    if outputs.kind != plan.kind:
        raise Refusal(
            f"The plan asks for {plan.kind} and {outputs.name} holds {outputs.kind}; bring the answers to this plan."
        )
    asked = {question.id: question for question in plan.questions}
    found: dict[str, list[int]] = {}
    extras = []
    for number, item in enumerate(outputs.items):
        own = _id_of(item, asked)
        found.setdefault(own, []).append(number) if own else extras.append(item.place)
    if not found:
        raise Refusal(
            f"None of the {outputs.n:,} answers in {outputs.name} has an id of the plan, such as {plan.questions[0].id}; call files or lines by it."
        )
    kept = [(question, found[question.id][0]) for question in plan.questions if question.id in found]
    items, empty, other = list[Item](), list[str](), list[str]()
    for question, number in kept:
        item = outputs.items[number]
        if outputs.pictures is None and not item.text.strip():
            empty.append(question.id)
        if item.prompt and item.prompt.split() != question.prompt.split():
            other.append(question.id)
        groups = {name: value for name, value in (("group", question.group), ("pair", question.pair)) if value}
        items.append(replace(item, id=question.id, prompt=question.prompt, columns=dict(item.columns) | groups))
    unfit = {
        "gaps": tuple(each.id for each in plan.questions if each.id not in found),
        "twice": tuple(own for own, numbers in found.items() if len(numbers) > 1),
        "extras": tuple(extras),
        "empty": tuple(empty),
        "other prompt": tuple(other),
    }
    rows = np.array([number for _, number in kept])
    left_out = (*outputs.left_out, *(LeftOut(place, "nobody asked for it") for place in extras))
    return _only(outputs, rows, items, left_out), Matching(len(plan.questions), len(kept), unfit)


def _id_of(item: Item, asked: Mapping[str, Question]) -> str:
    """The id of the question that an output answers; "" where nobody asked it."""
    stem = PurePosixPath(item.place).stem
    return next((each for each in (item.id, item.columns.get("id", ""), stem) if each in asked), "")


def _only(outputs: Outputs, rows: np.ndarray, items: Sequence[Item], left_out: tuple[LeftOut, ...]) -> Outputs:
    """Some of the outputs, in this order, as these items."""
    pictures, read = outputs.pictures, outputs.content
    return replace(
        outputs,
        items=tuple(items),
        pictures=pictures.take(rows) if pictures is not None else None,
        content=(lambda number: read(int(rows[number]))) if read else None,
        left_out=left_out,
    )
