"""Do answers hold passages of the training texts, word for word or nearly?

Papers: Carlini et al. 2023, arXiv 2202.07646 (runs of 50 tokens count as memorised); Ippolito et al. 2023, arXiv
2210.17546 (copies with other white space, capitals and single words changed are copies too); Broder 1997 (runs of words as
hashes).

Two questions. How many answers hold a passage longer than chance makes, with words changed here and there: held against
texts that nobody copied, without what several training texts hold. And how long the longest run is that stands there word for word: one is enough.

Answers that repeat one training text again and again count as few, since they may have one cause; the longest run shows them.

Known limits: what was taken over in other words, or in another language, is not seen; a word left out or put in ends a
passage; quotations, titles and licences that everybody writes are copies too, so look at the passages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks.copied_answers import Copied
from genmodels.checks.copied_answers_rates import rates_of_copied, rates_of_longest
from genmodels.estimates.estimate import Estimate
from genmodels.printable import printable
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.error_rates import Rates, kept_by
from genmodels.verdicts.finding import Finding, judge
from genmodels.verdicts.items import Items
from genmodels.verdicts.limits import Limits, beyond, limit

REMEDY = "Read the passages; leave what may not be copied out of the training texts, take out what is there twice, or filter answers that repeat so long a run."
MOST_PASSED = 0.2  # of planted culprits, up to which a pass means something
VERSION = "verbatim 4"  # of the rules whose error rates are kept


@dataclass(frozen=True, kw_only=True)
class VerbatimLimits(Limits):
    """What is accepted: a share of answers, and words of one run."""

    copied: float = limit(
        0.0, "The share of answers that may hold a passage of the training texts, beyond what chance makes."
    )
    copied_effect: float = beyond("copied", 0.02)
    longest: float = limit(
        30, "How many words of the training texts any answer may repeat word for word in one run.", 10_000
    )
    longest_effect: float = beyond("longest", 20, 10_000)


@audit(
    "verbatim",
    question="Do answers hold passages of the training texts?",
    kinds=("text",),
    needs=("training texts",),
    limits=VerbatimLimits,
    of=Outputs,
)
def verbatim(subject: Outputs, limits: VerbatimLimits) -> list[Finding]:
    """Looks up passages of answers in the training texts, and of texts that nobody copied.

    Raises `Refusal` where fewer than 20 answers have 8 words, or there are fewer than 20 texts that nobody copied.
    """
    copied = Copied(subject)
    known = (VERSION, subject.sha256, subject.seed)
    shares = kept_by(
        (*known, "copied", limits.copied, limits.copied_effect),
        lambda: rates_of_copied(copied, limits.copied, limits.copied_effect, subject.seed),
    )
    runs = kept_by(
        (*known, "longest", limits.longest, limits.longest_effect),
        lambda: rates_of_longest(copied, limits.longest, limits.longest_effect, subject.seed),
    )
    return [_how_many(copied, limits, shares), _how_long(copied, limits, runs)]


def _how_many(copied: Copied, limits: VerbatimLimits, rates: Rates) -> Finding:
    """How many answers hold a longer passage than is usual by chance."""
    found, unseen, estimate = copied.found, copied.unseen, copied.estimate()
    flags = found.near >= unseen.k
    exact = int((found.exact >= unseen.k).sum())
    claim = (
        f"{flags.sum():,} of {len(flags):,} answers hold {unseen.k} words or more of a passage that one training text (or copies of it) has alone, {exact:,} of them word for word;"
        f" of {len(unseen.exact):,} {unseen.what} {unseen.rate:.1%} do so by chance."
        f" So {estimate.value:.1%} ({estimate.low:.1%} to {estimate.high:.1%}) of answers are copied.{_found(rates)}{copied.searched}"
    )
    finding = judge(
        "verbatim",
        claim,
        estimate,
        limit=limits.copied,
        effect=limits.copied_effect,
        remedy=REMEDY,
        exhibits=copied.exhibits(found, np.where(flags, found.near, 0)) if flags.any() else (),
        part="copied",
        question="How many answers hold a passage of the training texts, word for word or nearly?",
        error_rates=rates,
        items=[Items(flags, copied.numbers, units=copied.together, rule=f"{unseen.k} words of {copied.source}")],
    )
    return _or_overlooked(finding, rates)


def _or_overlooked(finding: Finding, rates: Rates) -> Finding:
    """The finding; a pass is none where models that copy as much as the policy wants seen would pass too."""
    passes = rates.get("passed", 1.0)
    if finding.verdict != "pass" or passes <= MOST_PASSED:
        return finding
    why = rates.get("not_measured") or f"{passes:.0%} of models that {rates['case']} would pass too"
    remedy = "where texts that nobody copied share such long passages, only longer ones can be told from chance"
    return replace(finding, verdict="not measured", reason=f"A pass would mean nothing here: {why}; {remedy}.")


def _found(rates: Rates) -> str:
    """How many planted passages would be found, in a sentence."""
    shares = rates.get("found") or {}
    told = ", ".join(f"{share:.0%} {name}" for name, share in shares.items())
    return f" Of passages planted on purpose it finds {told}." if told else ""


def _how_long(copied: Copied, limits: VerbatimLimits, rates: Rates) -> Finding:
    """The longest run word for word; counted whole, so that it has no interval."""
    exact = copied.whole.exact
    most, where = int(exact.max()), copied.subject.items[copied.numbers[int(exact.argmax())]]
    claim = (
        f"The longest run that an answer repeats word for word has {most} words (answer {printable(where.id, 40)}); of {len(copied.unseen.exact):,} {copied.unseen.what}"
        f" the longest has {int(copied.unseen.exact.max())}. All {len(exact):,} answers were looked at.{copied.searched}"
    )
    return judge(
        "verbatim",
        claim,
        Estimate(most, most, most, len(exact)),
        limit=limits.longest,
        effect=limits.longest_effect,
        most=float("inf"),
        remedy=REMEDY,
        exhibits=copied.exhibits(copied.whole, exact),
        part="longest",
        question="How long is the longest run of words that stands in the training texts?",
        error_rates=rates,
    )
