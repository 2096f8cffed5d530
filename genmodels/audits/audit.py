"""What an audit is: a question asked of a subject, answered by findings.

An audit is a function `(subject, limits) -> list[Finding]`, or `(subject, limits, options)` where it has options. The
decorator names the classes of its limits and options, whose fields say what each means and which values it may have, and
what a subject needs to have before the question can be asked at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from genmodels.refusal import Refusal
from genmodels.registry import Registry, unknown
from genmodels.subjects.outputs import Outputs
from genmodels.subjects.subject import Audited, Subject
from genmodels.trained.roles import Likelihoods, Losses, Writes
from genmodels.verdicts.finding import Finding, not_measured
from genmodels.verdicts.limits import Limit, Limits
from genmodels.verdicts.options import Options

AUDITS = Registry("audit")
NEITHER = {
    Subject: "It asks the model for samples of its own, beside its training data; only what it made was brought.",
    Outputs: "It looks at files that were brought; write samples into a folder and audit that.",
}


@dataclass(frozen=True)
class Need:
    """What a subject must have for an audit, and what is said where it lacks it.

    `reason` may name the data set as {data}. Where `kinds` is given, only subjects of these kinds of example need it;
    `part` and `question` are those of the finding where only that part of the audit is named.
    """

    has: Callable[[Any], bool]
    reason: str
    kinds: tuple[str, ...] = ()
    part: str = ""
    question: str = ""


# What audits may need, by name: roles of the generator (`trained.roles`), and groups in the data.
NEEDS: dict[str, Need] = {
    "groups of people": Need(
        lambda subject: bool({"gender", "skin tone"} & set(subject.data.train.groups)),
        "The data set {data} has no groups of people, so no share is known; audit a model of data with groups, such as openmoji.",
    ),
    "training pictures": Need(
        lambda subject: subject.training is not None and subject.training.pictures is not None,
        "No training pictures were brought, so no copy of one can be found; give them, or a part of them, as what it learned from (--training).",
    ),
    "pictures to compare with": Need(
        lambda subject: subject.held_out is not None and subject.held_out.pictures is not None,
        "No pictures were brought that the model never saw, so nothing says what its outputs should look like; give some as examples that it never saw (--held-out).",
    ),
    "training texts": Need(
        lambda subject: subject.training is not None and bool(subject.training.documents),
        "No training texts were brought, so no copied passage can be found; give them, or a part of them, as what it learned from (--training).",
    ),
    "prompts": Need(
        lambda subject: bool(subject.prompts),
        "No prompt was told of any output, so nothing can be compared by prompt; bring a table with a column prompt.",
    ),
    "labels": Need(
        lambda subject: subject.labels is not None and bool(subject.labels.given),
        "Nobody has labelled these outputs; label a random sample on the page Label (genmodels label): 279 labels show a share of 10 % beyond a limit of 5 % in nine of ten audits.",
    ),
    "losses": Need(
        lambda subject: isinstance(subject.generator, Losses),
        "This subject is only asked for samples and shows no loss; audit a run.",
    ),
    "tokens": Need(
        lambda subject: isinstance(subject.generator, Writes),
        "This subject shows no tokens, so nothing can be continued; audit a run of the model transformer.",
    ),
    "continuations": Need(
        lambda subject: isinstance(subject.generator, Likelihoods),
        "This subject shows no probabilities of words; audit a run of the model transformer.",
    ),
    "tokens of texts": Need(
        lambda subject: isinstance(subject.generator, Writes),
        "This subject shows no tokens, so no watermark can be looked for.",
        kinds=("text", "code"),
        part="watermark of a text",
        question="Is the watermark found in a text as it was saved?",
    ),
}


@dataclass(frozen=True)
class Audit:
    """An audit and the question that it answers; calling it asks."""

    name: str
    question: str
    function: Callable[..., list[Finding]]
    kinds: tuple[str, ...] = ("image",)  # of example that it can read
    accepted: type[Limits] = Limits
    needs: tuple[str, ...] = ()  # names in NEEDS
    options: type[Options] = Options
    of: type = Subject  # what is asked: a model that can be asked for samples, or `Outputs` that were brought

    def __call__(self, subject: Audited, options: Options | None = None, **limits: float) -> list[Finding]:
        """The findings. What the subject does not allow to be measured comes back as "not measured" with the reason.

        `options` are of the class `self.options`, its defaults where none are given.
        """
        limits = self.checked(limits)
        made = {"limits": self.limits() | limits, "n": subject.n, "seed": subject.seed, "data": subject.source}
        if lacking := self.lacking(subject):
            return [self._unmade(made, lacking)]
        chosen = () if self.options is Options else (options or self.options(),)
        try:
            findings = self.function(subject, self.accepted(**limits), *chosen)
        except Refusal as refusal:
            return [self._unmade(made, Need(lambda subject: False, str(refusal)))]
        return [replace(finding, made=dict(finding.made) | made, error_rates=_rates(finding)) for finding in findings]

    def lacking(self, subject: Audited) -> Need | None:
        """The first thing that this subject lacks, with what is said of that; None where it lacks nothing."""
        if not isinstance(subject, self.of):
            return Need(lambda subject: False, NEITHER[self.of])
        kind = subject.kind
        if kind not in self.kinds:
            reads = f"This audit reads examples of the kind {' or '.join(self.kinds)}; there is none for {kind} yet."
            return Need(lambda subject: False, reads)
        needed = [need for need in map(NEEDS.__getitem__, self.needs) if not need.kinds or kind in need.kinds]
        found = next((need for need in needed if not need.has(subject)), None)
        return found and replace(found, reason=found.reason.format(data=subject.source))

    def _unmade(self, made: Mapping[str, Any], lacking: Need) -> Finding:
        unmade = not_measured(self.name, lacking.question or self.question, lacking.reason, lacking.part)
        return replace(unmade, made=made, error_rates={"not_measured": "nothing was judged"})

    @property
    def declared(self) -> Mapping[str, Limit]:
        """What each limit means and its range, by name."""
        return self.accepted.declared()

    def limits(self) -> dict[str, Any]:
        """The limits that a policy may set, with their defaults."""
        return self.accepted.defaults()

    def limit(self, name: str) -> Limit:
        """What a limit means and its range; raises `Refusal` for an unknown one, with the nearest name."""
        if name not in self.declared:
            raise Refusal(unknown(f"limit of the audit {self.name}", name, self.limits()))
        return self.declared[name]

    def checked(self, limits: Mapping[str, Any]) -> dict[str, float]:
        """The limits as numbers; raises `Refusal` for an unknown one and for a value out of its range."""
        return {name: self.limit(name).checked(f"{self.name}.{name}", value) for name, value in limits.items()}

    def summary(self) -> str:
        """The first line of its docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]


def audits_of(subject: Audited) -> list[str]:
    """The audits that are asked of such a subject where nobody names others: of what it is and of its kind of example."""
    return [name for name, each in AUDITS.items() if isinstance(subject, each.of) and subject.kind in each.kinds]


def options_of(values: Mapping[str, Any]) -> dict[str, Options]:
    """The options of every audit, by its name, from one table of them all; what is not in the table is as its default.

    Raises `Refusal` for an option that no audit has and for a value out of its range.
    """
    declared = {name: [each.name for each in audit.options.knobs()] for name, audit in AUDITS.items()}
    known = {option for options in declared.values() for option in options}
    for option in values:
        if option not in known:
            raise Refusal(unknown("option of an audit", option, known))
    return {
        name: AUDITS[name].options.from_dict({each: values[each] for each in options if each in values})
        for name, options in declared.items()
    }


def _rates(finding: Finding) -> Mapping[str, Any]:
    """The error rates of this verdict, as the audit measured them in place, or that there are none."""
    if finding.error_rates is not None:
        return finding.error_rates
    if finding.verdict in ("reported", "not measured"):
        return {"not_measured": "nothing was judged"}
    return {"not_measured": "no rates were counted at these limits, this n and on these data"}


def audit(
    name: str,
    *,
    question: str,
    kinds: tuple[str, ...] = ("image",),
    needs: tuple[str, ...] = (),
    limits: type[Limits] = Limits,
    options: type[Options] = Options,
    of: type = Subject,
) -> Callable[[Callable[..., list[Finding]]], Callable[..., list[Finding]]]:
    """Decorator: enter a function (subject, limits) -> findings in `AUDITS`; the function itself stays as it was.

    `limits` is the class that the function is given an instance of, and so is `options` where it is given: then the
    function takes three things. No two audits call an option the same. `needs` are names in `NEEDS`: where the subject lacks
    one, the function is not called and the finding is "not measured" with the reason that stands there.
    """

    def enter(function: Callable[..., list[Finding]]) -> Callable[..., list[Finding]]:
        AUDITS.add(name)(Audit(name, question, function, kinds, limits, needs, options, of))
        return function

    return enter
