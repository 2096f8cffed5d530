"""An audit must catch its planted culprits and let the innocent pass, or it is not merged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from genmodels.audits import AUDITS
from genmodels.data import DATA, Dataset, Examples
from genmodels.findings import VERDICTS, Finding, clopper_pearson, document, overall
from genmodels.refusal import Refusal
from genmodels.subject import Generator, Noise, Parrot, Subject, TrainingMean

N = 400
Case = Callable[[Dataset, Examples], Generator]


@dataclass(frozen=True)
class Mixture:
    """A share of the samples from one generator, the rest from another."""

    share: float
    one: Generator
    other: Generator

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        k = round(n * self.share)
        return np.concatenate([self.one.sample(k, seed=seed), self.other.sample(n - k, seed=seed + 1)])


@dataclass(frozen=True)
class Blurred:
    """Pictures that no training saw, as a network would blur them: through their 10 largest principal components."""

    train: np.ndarray
    pictures: np.ndarray

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        flat = self.train.reshape(len(self.train), -1) / 255
        basis = np.linalg.svd(flat - flat.mean(0), full_matrices=False)[2][:10]
        chosen = Parrot(self.pictures).sample(n, seed=seed).reshape(n, -1) / 255 - flat.mean(0)
        return (
            np.round(np.clip(flat.mean(0) + chosen @ basis.T @ basis, 0, 1) * 255)
            .astype(np.uint8)
            .reshape(n, *self.train.shape[1:])
        )


CULPRITS: dict[str, dict[str, Case]] = {
    "memorisation": {
        "parrot": lambda data, unseen: Parrot(data.train.images),
        "parrot with noise": lambda data, unseen: Parrot(data.train.images, noise=0.05),
        "parrot with much noise": lambda data, unseen: Parrot(data.train.images, noise=0.1),
        "5 % copies": lambda data, unseen: Mixture(0.05, Parrot(data.train.images), Parrot(unseen.images)),
        "5 % copies with noise": lambda data, unseen: Mixture(
            0.05, Parrot(data.train.images, 0.02), Parrot(unseen.images)
        ),
    },
}
INNOCENTS: dict[str, dict[str, Case]] = {
    "memorisation": {
        "unseen pictures": lambda data, unseen: Parrot(unseen.images),
        "unseen pictures with noise": lambda data, unseen: Parrot(unseen.images, noise=0.03),
        "unseen pictures, blurred": lambda data, unseen: Blurred(data.train.images, unseen.images),
        "the training mean": lambda data, unseen: TrainingMean(data.train.images),
        "noise": lambda data, unseen: Noise(data.spec.shape),
    },
}
ALL = pytest.mark.parametrize("name", sorted(AUDITS))


def split(seed: int) -> tuple[Dataset, Examples]:
    """Digits dealt anew: a training split, a held-out split, and pictures that neither holds."""
    data = DATA["digits"]().load()
    images = np.concatenate([data.train.images, data.test.images])
    order = np.random.default_rng(seed).permutation(len(images))
    parts = [Examples(images[part]) for part in np.split(order, [400, 800])]
    return replace(data, train=parts[2], test=parts[0]), parts[1]


def cases(planted: dict[str, dict[str, Case]]) -> list[tuple[str, str]]:
    return [(name, case) for name in planted for case in planted[name]]


def asked(name: str, planted: dict[str, dict[str, Case]], case: str, seed: int = 0) -> list[Finding]:
    data, unseen = split(seed)
    findings: list[Finding] = AUDITS[name](Subject(planted[name][case](data, unseen), data, n=N, seed=seed))
    return findings


@ALL
def test_every_audit_has_culprits_and_innocents(name: str) -> None:
    assert CULPRITS[name] and INNOCENTS[name]
    assert AUDITS[name].question.endswith("?") and AUDITS[name].summary()


@pytest.mark.parametrize(("name", "case"), cases(CULPRITS))
def test_it_catches_the_culprit(name: str, case: str) -> None:
    findings = asked(name, CULPRITS, case)
    assert overall(findings) == "fail", findings
    assert all(finding.remedy and finding.exhibits for finding in findings if finding.verdict == "fail")


@pytest.mark.parametrize(("name", "case"), cases(INNOCENTS))
def test_it_lets_the_innocent_pass(name: str, case: str) -> None:
    findings = asked(name, INNOCENTS, case)
    assert {finding.verdict for finding in findings} == {"pass"}, findings


def test_false_alarms_are_rare_and_copies_seldom_missed() -> None:
    """20 new splits of the digits: the errors must be compatible with 2.5 % false alarms and 95 % power.

    A false alarm is a fail; that each side warns at the same rate is counted apart.
    """
    verdicts = {kind: [overall(asked("memorisation", planted, case, seed)) for seed in range(1, 21)]
                for kind, planted, case in (("innocent", INNOCENTS, "unseen pictures"), ("culprit", CULPRITS, "5 % copies"))}  # fmt: skip
    assert clopper_pearson(verdicts["innocent"].count("fail"), 20).low <= 0.025, verdicts["innocent"]
    assert clopper_pearson(verdicts["innocent"].count("warn"), 20).low <= 0.025, verdicts["innocent"]
    assert verdicts["innocent"].count("not measured") == 0
    assert clopper_pearson(verdicts["culprit"].count("fail"), 20).high >= 0.95, verdicts["culprit"]


@ALL
def test_findings_are_whole_and_repeat(name: str) -> None:
    case = next(iter(CULPRITS[name]))
    findings = asked(name, CULPRITS, case)
    assert findings == asked(name, CULPRITS, case)
    for finding in findings:
        assert finding.audit == name and finding.verdict in VERDICTS and finding.claim
        assert finding.estimate is not None and finding.limit is not None
    assert document("planted", findings)["verdict"] == "fail"


@ALL
@pytest.mark.parametrize("few", ["train", "test", "n"])
def test_too_few_pictures_are_not_measured(name: str, few: str) -> None:
    data, unseen = split(0)
    n = 1 if few == "n" else 50
    if few != "n":
        data = replace(data, **{few: getattr(data, few).take(np.arange(3))})
    findings = AUDITS[name](Subject(Parrot(unseen.images), data, n=n))
    assert {finding.verdict for finding in findings} == {"not measured"}
    assert all(finding.reason and finding.estimate is None for finding in findings)


def test_too_few_to_tell_is_not_a_pass() -> None:
    data, unseen = split(0)
    findings = AUDITS["memorisation"](Subject(Parrot(unseen.images), data, n=30))
    assert findings[0].verdict == "not measured" and "Too few examples" in findings[0].reason


@ALL
@pytest.mark.parametrize("which", ["train", "test"])
def test_pictures_that_are_all_alike_are_not_measured(name: str, which: str) -> None:
    data, unseen = split(0)
    alike = Examples(np.repeat(data.train.images[:1], 100, axis=0))
    findings = AUDITS[name](Subject(Parrot(unseen.images), replace(data, **{which: alike}), n=100))
    assert {finding.verdict for finding in findings} == {"not measured"}


@ALL
def test_an_unknown_limit_is_answered_with_the_right_ones(name: str) -> None:
    data, unseen = split(0)
    with pytest.raises(Refusal, match="There are: "):
        AUDITS[name](Subject(Parrot(unseen.images), data, n=30), nonsense=1.0)


def test_a_generator_that_gives_something_else_is_refused() -> None:
    data, _ = split(0)
    subject = Subject(Noise((5, 5, 3)), data, n=30)
    assert "uint8 (30, 8, 8, 1)" in AUDITS["memorisation"](subject)[0].reason
