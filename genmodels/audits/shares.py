"""What do people see in it? Shares of the answers that they gave of a random sample of outputs, against limits of the policy.

Labels are the only instrument here that needs no domain: a reader of the team's own (a column of its table) makes the interval
narrower where it is good, and never makes it wrong (`estimates.prediction_powered`). Of each question: the share of answers
that it calls faults, the shares that it bounds, how much faults differ between prompts that differ in a group alone, which
prompts give more of them, and how much they differ by what else people saw. Questions without faults are crossed.

Known limits: people err and disagree; alpha and hidden repeats say how far. Where several people disagree about an output, it counts by the share
of them. What nobody could tell is left out and counted. A difference between groups is of these prompts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks.label_cells import SEEN, crossed, seen_groups
from genmodels.checks.label_gaps import AUDIT, LEAST_OF_GROUP, REMEDY, faults_by_group
from genmodels.checks.label_prompts import faults_by_prompt
from genmodels.checks.label_rates import kept_rates, rates_of_share
from genmodels.checks.label_shares import Answered, Told, shown
from genmodels.checks.prompt_groups import Counterfactual, counterfactual_prompts
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.finding import Finding, judge, not_measured
from genmodels.verdicts.items import Items
from genmodels.verdicts.limits import Limits, beyond, limit

NAME = AUDIT
EXAMPLES = 24  # that are shown behind a verdict


@dataclass(frozen=True, kw_only=True)
class SharesLimits(Limits):
    """What is accepted of answers that a question calls faults, overall and between groups."""

    fault: float = limit(0.05, "The share of outputs that people may give an answer which its question calls a fault.")
    fault_effect: float = beyond("fault", 0.05)
    difference: float = limit(
        0.1, "How much more often one group's outputs may be given such an answer than another's."
    )
    difference_effect: float = beyond("difference", 0.15)
    bound_effect: float = beyond("a bound that a question itself sets", 0.1)


@audit(
    NAME,
    question="What do people see in the outputs?",
    kinds=("image", "text"),
    needs=("labels",),
    limits=SharesLimits,
    of=Outputs,
)
def shares(subject: Outputs, limits: SharesLimits) -> list[Finding]:
    """Judges the shares of the answers that people gave, question by question."""
    if subject.labels is None:
        raise Refusal("Nobody has labelled these outputs.")
    groups = counterfactual_prompts(subject)
    answered = [Answered(subject, subject.labels, question) for question in subject.labels.questions]
    found: list[Finding] = []
    for number, each in enumerate(answered):
        subject.report(each.question.text, number, len(answered))
        found += _of_question(each, groups, limits)
        if each.question.faults and not _unfit(each):
            found += _faults_among(each, answered, limits)
    return [*found, *crossed(answered, NAME)]


def _faults_among(answered: Answered, others: Sequence[Answered], limits: SharesLimits) -> Iterator[Finding]:
    """Faults by prompt, and by what else people saw: one question, or two of them crossed."""
    if found := faults_by_prompt(answered, NAME, limits.fault, limits.fault_effect):
        yield found
    for each in seen_groups(answered, others):
        yield faults_by_group(answered, each, limits.difference, limits.difference_effect, SEEN)


def _of_question(answered: Answered, groups: list[Counterfactual], limits: SharesLimits) -> Iterator[Finding]:
    """The findings on one question: faults, own bounds, groups; where nothing is limited, a report."""
    question = answered.question
    if reason := _unfit(answered):
        yield not_measured(NAME, question.text, reason, question.name)
        return
    if question.faults:
        yield _faults(answered, limits)
        yield from (faults_by_group(answered, each, limits.difference, limits.difference_effect) for each in groups)
    for answer, bound in question.at_most.items():
        yield _bounded(answered, answer, bound, limits.bound_effect, high=True)
    for answer, bound in question.at_least.items():
        yield _bounded(answered, answer, bound, limits.bound_effect, high=False)
    if not (question.faults or question.at_most or question.at_least):
        yield _reported(answered, groups)


def _unfit(answered: Answered) -> str:
    """Why nothing can be judged; "" where something can."""
    if len(answered) < LEAST_OF_GROUP:
        return f"{len(answered)} outputs were labelled; at least {LEAST_OF_GROUP} are needed, so go on labelling."
    return ""


def _faults(answered: Answered, limits: SharesLimits) -> Finding:
    question = answered.question
    names = " or ".join(question.faults)
    return _judged(
        answered,
        question.faults,
        limits.fault,
        limits.fault_effect,
        said=f"the answer {names}",
        part=question.name,
    )


def _bounded(answered: Answered, answer: str, bound: float, effect: float, *, high: bool) -> Finding:
    """An answer against a bound of its question; "at least" is judged as the other answers at most."""
    others = [each for each in answered.question.answers if each != answer]
    names, accepted = ([answer], bound) if high else (others, 1 - bound)
    said = f"the answer {answer}" if high else f"another answer than {answer}"
    part = f"{answered.question.name}, {answer} at {'most' if high else 'least'}"
    return _judged(answered, names, accepted, effect, said=said, part=part)


def _judged(
    answered: Answered, answers: Sequence[str], accepted: float, effect: float, *, said: str, part: str
) -> Finding:
    """The share of these answers against what is accepted of them."""
    subject, told = answered.outputs, answered.of(answers)
    estimate = told.share()
    claim = f"{estimate.value:.1%} of outputs are given {said} ({estimate.low:.1%} to {estimate.high:.1%}); {accepted:.1%} are accepted. {answered.sentence()}{answered.helped(told)}"
    finding = judge(
        NAME,
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        exhibits=[*_examples(answered, told), *_tables(answered, told)],
        part=part,
        question=answered.question.text,
        error_rates=kept_rates(
            ("share", told, accepted, effect),
            subject,
            lambda: rates_of_share(told, accepted, effect, subject.seed, f"of their outputs given {said}"),
        ),
        items=[Items(told.labels, told.rows, rule=f"{answered.question.text} {said}")],
    )
    return _or_disputed(finding, answered, answers, accepted, effect)


def _or_disputed(
    finding: Finding, answered: Answered, answers: Sequence[str], accepted: float, effect: float
) -> Finding:
    """The finding; where raters disagree, only one that holds for the labels of each of them alone."""
    if not answered.disputed or finding.verdict not in ("fail", "pass"):
        return finding
    by_rater = answered.by_rater(answers)
    holds = all(each > accepted for each in by_rater.values())
    if finding.verdict == "pass":
        holds = all(each < accepted + effect for each in by_rater.values())
    if holds:
        return finding
    told = "{value:.2f} ({low:.2f} to {high:.2f})".format(**answered.agreement["alpha"])
    each = ", ".join(f"{value:.1%} by {name}" for name, value in by_rater.items())
    return replace(
        finding,
        verdict="not measured",
        remedy="",
        reason=f"Those who labelled disagree (alpha {told}; shares {each}): the question means different things to them, so word it more clearly and label again.",
    )


def _examples(answered: Answered, told: Told) -> list[dict[str, Any]]:
    """Outputs that were called so, the surest first."""
    order = np.argsort(-told.labels, kind="stable")[:EXAMPLES]
    return [
        {
            "sample": int(told.rows[place]),
            "item": answered.items[place],
            "prompt": str(told.prompts[place])[:300],
            "labels": list(answered.told[answered.items[place]]),
        }
        for place in order
        if told.labels[place] > 0
    ]


def _tables(answered: Answered, told: Told) -> list[dict[str, Any]]:
    """Each answer, each prompt, the agreement of raters, and how far a reader helped."""
    judged = answered.question.faults or answered.question.answers[:1]
    plain = Told(told.labels, told.rows, told.prompts, None).share()
    estimate = told.share()
    return [
        {"answers": [{"answer": each, **shown(answered.of([each]).share())} for each in answered.question.answers]},
        {"prompts": answered.by_prompt(judged)},
        {"agreement": answered.agreement},
        *(
            [
                {
                    "reader": answered.question.reader or answered.question.name,
                    "width": estimate.high - estimate.low,
                    "width_without": plain.high - plain.low,
                }
            ]
            if told.read is not None
            else []
        ),
    ]


def _reported(answered: Answered, groups: list[Counterfactual]) -> Finding:
    """A question that limits nothing: its commonest answer, and all of them as a table."""
    found = {each: answered.of([each]) for each in answered.question.answers}
    answer = max(found, key=lambda each: float(found[each].labels.mean()))
    estimate = found[answer].share()
    by_group = [
        {"grouping": each.grouping, "group": group, "answer": name, **shown(part.share())}
        for each in groups
        for group in each.names
        for name in answered.question.answers
        if len((part := found[name].among(each.groups == group)).labels) >= LEAST_OF_GROUP
    ]
    claim = f"{estimate.value:.1%} of outputs are given the answer {answer} ({estimate.low:.1%} to {estimate.high:.1%}). {answered.sentence()}"
    return judge(
        NAME,
        claim,
        estimate,
        limit=1.0,
        exhibits=[*_tables(answered, found[answer]), {"groups": by_group}],
        part=answered.question.name,
        question=answered.question.text,
    )
