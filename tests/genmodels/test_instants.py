"""Runs are ordered by the instant of their creation and shown in the zone of who looks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from dashboard.run_rows import RunTable
from dashboard.runs import table
from genmodels import catalogue
from genmodels.commands.main import main
from genmodels.runs import instants
from genmodels.runs.experiment import Experiment
from genmodels.runs.store import RunStore

NOON = 1_795_348_800.0  # 2026-11-22 12:00 UTC
MADE = {  # in the order of their making; the id is what a clock on the wall said
    "20261122-210000-vae-digits-tokyo": NOON, "20261122-080500-vae-digits-york": NOON + 3900, "20261122-143000-vae-digits-berlin": NOON + 5400, "renamed-by-hand": NOON + 6000,
}  # fmt: skip


@pytest.fixture
def in_kolkata(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def store(home: Path) -> RunStore:
    for name, created in MADE.items():
        folder = home / "runs" / name
        folder.mkdir(parents=True)
        document = {"format": 1, "created": created, "experiment": Experiment(model="vae", data="digits").to_dict()}
        (folder / "experiment.json").write_text(json.dumps(document))
        (folder / "status.json").write_text(json.dumps({"state": "done"}))
    return RunStore.default()


def test_runs_of_several_time_zones_are_ordered_by_instant(store: RunStore, in_kolkata: None, capsys: pytest.CaptureFixture[str]) -> None:
    newest_first = list(reversed(MADE))
    assert store.ids() == newest_first == [run.id for run in store]
    rows = RunTable().rows(store)
    assert [row["id"] for row in rows if not row["gallery"]] == newest_first
    assert main(["list", "runs", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["runs"][: len(MADE)]
    assert [row["name"] for row in listed] == newest_first
    assert listed[-1]["begun"] == "2026-11-22T17:30:00+05:30" and datetime.fromisoformat(listed[-1]["begun"]).timestamp() == NOON
    assert main(["list", "runs"]) == 0
    assert "2026-11-22 17:30 IST" in capsys.readouterr().out


def test_the_page_shows_instants_in_the_zone_of_the_browser(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    class Browser:
        timezone = "America/New_York"

    monkeypatch.setattr(table.st, "context", Browser)
    begun = table.table(RunTable().rows(store), 15.0)["Started"]
    assert begun.iloc[len(MADE) - 1].isoformat() == "2026-11-22T07:00:00-05:00"
    assert "America/New_York" in str(table.settings()["Started"])


def test_a_run_without_a_time_stands_where_its_id_says(store: RunStore) -> None:
    (store.folder / "20991231-235959-vae-digits-late").mkdir()
    (store.folder / "nothing-known").mkdir()
    assert store.ids()[0] == "20991231-235959-vae-digits-late" and store.ids()[-1] == "nothing-known"
    assert [row["begun"] for row in catalogue.runs() if row["name"] == "nothing-known"] == [""]


def test_a_zone_without_letters_is_shown_as_an_offset() -> None:
    assert instants.shown(NOON, instants.zone("America/Sao_Paulo")) == "2026-11-22 09:00 -03:00"
    assert instants.zone("no/such") is None is instants.zone(None) and instants.shown(0) == ""
