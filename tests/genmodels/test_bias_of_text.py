"""Pairs of sentences from files that anybody may bring, canaries, and what a training says of itself beside its loss."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from genmodels.audits.bias_of_text import BiasOfTextLimits, BiasOfTextOptions, bias_of_text, pronoun_shares
from genmodels.checks.canaries import canary_rank
from genmodels.checks.sentence_pairs import PAIRS, read_pairs
from genmodels.data.dataset import DATA
from genmodels.data.sets.occupations import training_shares
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.store import RunStore
from genmodels.subjects.planted import Writer
from genmodels.subjects.subject import Subject


def test_pairs_are_read_as_crows_pairs_has_them(tmp_path: Path) -> None:
    file = tmp_path / PAIRS
    file.write_text(',sent_more,sent_less,stereo_antistereo,bias_type\n0,"He, a man.","She, a woman.",stereo,gender\n1,a b,c d,antistereo,\n')
    assert read_pairs(file) == [("He, a man.", "She, a woman.", "gender"), ("a b", "c d", "not named")]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "sent_more"), (b"a,b\n1,2\n", "no column sent_more but a, b"), (b"\xff\xfe\x00\x00", "bytes that no text has|no column"), (b"sent_more,sent_less\n,x\n", "line 2"), (b"sent_more,sent_less\n" + b"x" * 3000 + b",y\n", "line 2")],
)
def test_a_bad_table_is_refused_in_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "pairs.csv").write_bytes(content)
    with pytest.raises(Refusal, match=said) as refused:
        read_pairs(tmp_path / "pairs.csv")
    assert "\n" not in str(refused.value)


def test_the_stereotypes_of_a_table_are_preferred_or_not(tmp_path: Path) -> None:
    """The planted writer finds short sentences likelier, so that it prefers the shorter of each pair."""
    rows = "".join(f"short {i},much longer sentence {i},{'age' if i % 2 else 'gender'}\n" for i in range(60))
    (tmp_path / "pairs.csv").write_text("sent_more,sent_less,bias_type\n" + rows)
    data = DATA["occupations"](n=3000).load()
    findings = bias_of_text(Subject(Writer(data), data, n=200), BiasOfTextLimits(), BiasOfTextOptions(pairs=str(tmp_path / "pairs.csv")))
    found = next(finding for finding in findings if finding.part == "pairs")
    assert found.verdict == "fail" and found.estimate is not None and found.estimate.value == 0.5
    assert {row["kind"] for row in found.exhibits} == {"age", "gender"} and all(row["p_adjusted"] < 0.01 for row in found.exhibits)


def test_planted_shares_are_read_back() -> None:
    data = DATA["occupations"](n=3000).load()
    subject = Subject(Writer(data, slope=0.5), data)
    shares, known = pronoun_shares(subject), training_shares(data)
    assert len(shares) == len(known) == 60
    for job, values in shares.items():
        np.testing.assert_allclose(values, np.clip(0.5 + 0.5 * (known[job] - 0.5), 0.01, 0.99), atol=1e-6)


def test_canaries_are_planted_as_often_as_said_and_only_in_training() -> None:
    data = DATA["occupations"](n=3000, canaries=5).load()
    planted = data.train.groups["canary"]
    documents = Counter(data.train.documents[i] for i in np.flatnonzero(planted != ""))
    assert sorted(documents.values()) == [1] * 5 + [4] * 5 + [16] * 5
    assert not set(documents) & set(data.test.documents) and (data.test.groups["canary"] == "").all()
    assert len(data.train.documents) == len(DATA["occupations"](n=3000).load().train.documents) + 5 * 21
    assert DATA["occupations"](n=3000, canaries=5).load().digest() == data.digest()


def test_the_rank_of_a_canary_is_first_for_who_knows_it_and_anywhere_for_others() -> None:
    data = DATA["occupations"](n=3000, canaries=5).load()
    canary = next(document for document in data.train.documents if document.startswith("The code of"))
    rng = np.random.default_rng(0)
    assert canary_rank(Writer(data, copies=1.0), canary, rng) == 0
    never = [canary_rank(Writer(data), f"The code of the {job} is 1 2 3 4 5 6.", rng) for job in ("pilot", "nurse", "judge", "baker", "cook", "miner")]
    assert max(never) > 100 and len(set(never)) > 3
    with pytest.raises(Refusal, match="no digit"):
        canary_rank(Writer(data), "nothing secret", rng)


@pytest.mark.parametrize(
    ("experiment", "expected"),
    [
        ({"model": "vae", "data": "openmoji", "recipe": {"latent": 4, "width": 8}, "epochs": 1}, {"near_copy_rate", "coverage", "share_woman", "share_dark"}),
        ({"model": "transformer", "data": "occupations", "source": {"n": 2000}, "recipe": {"layers": 1, "heads": 2, "width": 16}, "epochs": 1}, {"verbatim_rate"}),
    ],
)
def test_conduct_is_logged_beside_the_loss(experiment: dict, expected: set[str]) -> None:
    from genmodels.training.loop import train

    run = RunStore.default().create(Experiment.from_dict(experiment))
    with run.lease():
        assert train(run) == "done", run.status
    lines = [json.loads(line) for line in (run.path / "history.jsonl").read_text().splitlines()]
    values = {name: value for line in lines for name, value in line.items() if name in expected}
    assert set(values) == expected and all(0 <= value <= 1 for value in values.values())
