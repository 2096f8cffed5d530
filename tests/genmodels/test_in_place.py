"""Error rates counted in place agree with verdicts on new data (all of them in `docs/in-place.md`), and are kept by what decides them."""

from __future__ import annotations

from pathlib import Path

import pytest

from genmodels.audits.audit import AUDITS
from genmodels.bench.in_place import NOT_PLANTED, WORLDS, World, compared, table
from genmodels.bench.turns import ROOT
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.error_rates import kept_by, not_counted

QUICK = {("shares", "fault, by group"), ("refusals", "share"), ("refusals", "groups"), ("wording", "regard")}


@pytest.mark.parametrize("world", [each for each in WORLDS if (each.audit, each.part) in QUICK], ids=lambda each: f"{each.audit}, {each.part}")
def test_rates_in_place_are_those_of_new_data(world: World) -> None:
    rows = list(compared(world, fresh=40, places=2))
    assert all(each.agree for each in rows), table(rows)
    assert rows[0].fresh.value <= 0.1 and rows[-1].fresh.value >= 0.5, "an innocent and a culprit"


@pytest.mark.slow
@pytest.mark.parametrize("world", [each for each in WORLDS if (each.audit, each.part) not in QUICK], ids=lambda each: f"{each.audit}, {each.part}")
def test_rates_in_place_are_those_of_new_data_elsewhere(world: World) -> None:
    rows = list(compared(world, fresh=40, places=2))
    assert all(each.agree for each in rows), table(rows)


def test_every_audit_of_outputs_is_compared_or_says_why_not() -> None:
    of_outputs = {name for name, audit in AUDITS.items() if audit.of is Outputs}
    assert of_outputs - {each.audit for each in WORLDS} == {*NOT_PLANTED, "copies", "likeness"}, "near-copies have a bench of their own, and what likeness comes to on new data is told in docs/audits.md"
    page = (ROOT / "docs" / "in-place.md").read_text()
    assert all(f"| {each.audit}, {each.part} | {each.n} |" in page for each in WORLDS) and " no |" not in page


def test_whoever_asks_for_the_verdict_alone_counts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_CACHE", str(tmp_path))
    with not_counted():
        assert "not_measured" in kept_by(["x"], lambda: pytest.fail("counted"))
    assert kept_by(["x"], lambda: {"false_alarm": 0.5}) == {"false_alarm": 0.5} == kept_by(["x"], lambda: pytest.fail("kept"))
