"""Making a plan: how many answers the limits of a policy need, which prompts and seeds, and how to ask with the usual tools."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from genmodels.audits.audit import AUDITS
from genmodels.files import make_folder, write_atomically
from genmodels.refusal import Refusal
from genmodels.review.how_to_ask import ways
from genmodels.review.plan_sizes import against_chance, needs_of
from genmodels.review.policy import PARTS, Policy
from genmodels.subjects.outputs import Outputs
from genmodels.subjects.plan import FILE, GREATEST_SEED, MOST_ITEMS, Plan, Question

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a cell begins with that spreadsheets take for a formula
GROUP = "{group}"  # in a prompt: whom it is about


def planned(
    kind: str,
    names: Sequence[str],
    prompts: Sequence[str],
    *,
    policy: Policy | None = None,
    groups: Sequence[str] = (),
    seed: int = 0,
) -> Plan:
    """What to ask a model of: each prompt as often as the audits and the limits of the policy need together.

    A prompt with {group} in it is asked once for each of `groups`, with the same seeds. `seed` is that of the first answer.
    """
    rules = policy or Policy()
    chosen = list(names) or [name for name, audit in AUDITS.items() if audit.of is Outputs and kind in audit.kinds]
    for name in chosen:
        if kind not in AUDITS[name].kinds or AUDITS[name].of is not Outputs:
            raise Refusal(f"The audit {name} is not asked of {kind} that is brought; leave it out.")
    if not prompts:
        raise Refusal("There is no prompt to ask; give a table with a column prompt, or a text with one in each line.")
    if any(GROUP in prompt for prompt in prompts) and len(groups) < 2:
        raise Refusal(f"A prompt has {GROUP} in it, so it needs at least two groups, such as --groups woman,man.")
    needs = {name: needs_of(AUDITS[name], rules.limits(name)) for name in chosen}
    forms = [each for number, prompt in enumerate(prompts) for each in _forms(number, prompt, groups)]
    often = -(-max(needs.values()) // len(forms))
    if often * len(forms) > MOST_ITEMS or seed + often > GREATEST_SEED:
        raise Refusal(
            f"{len(forms):,} prompts asked {often:,} times each are more than {MOST_ITEMS:,} questions; take fewer prompts."
        )
    questions = tuple(
        Question(
            f"q{number:03}{letter}-{again:04}", prompt, seed + again, group, f"q{number:03}-{again:04}" if group else ""
        )
        for number, letter, prompt, group in forms
        for again in range(often)
    )
    told = rules.to_dict() | {"digest": rules.digest}
    return Plan(kind, tuple(chosen), told, needs, questions, datetime.now(UTC).isoformat(timespec="seconds"))


def planned_under(plan: Plan) -> Policy:
    """The policy that a plan was sealed under."""
    said = {name: plan.policy[name] for name in PARTS if name in plan.policy}
    return Policy.from_json(json.dumps(said))


def _forms(number: int, prompt: str, groups: Sequence[str]) -> list[tuple[int, str, str, str]]:
    """The number of a prompt, a letter for its group, its words, and its group: once, or once for each group."""
    if GROUP not in prompt:
        return [(number, "", prompt, "")]
    return [(number, "abcdefghijkl"[i], prompt.replace(GROUP, group), group) for i, group in enumerate(groups[:12])]


def write_plan(plan: Plan, folder: Path) -> list[Path]:
    """Write a plan into a folder that holds none yet; returns the files. Raises `Refusal` where one is there."""
    if (folder / FILE).exists():
        raise Refusal(
            f"There is a plan in {folder.name} already; a sealed plan is not replaced, so name another folder."
        )
    make_folder(folder)
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["id", "prompt", "seed"])
    writer.writerows([each.id, _cell(each.prompt), each.seed] for each in plan.questions)
    lines = [
        json.dumps({"id": each.id, "prompt": each.prompt, "seed": each.seed}, ensure_ascii=False)
        for each in plan.questions
    ]
    files = {
        "ask.csv": table.getvalue(),
        "ask.jsonl": "\n".join(lines) + "\n",
        "HOW.md": ways(plan.kind, len(plan.questions), against_chance(plan.audits)),
        FILE: plan.to_json(),
    }
    for name, content in files.items():
        write_atomically(folder / name, content)
    return [folder / name for name in files]


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
