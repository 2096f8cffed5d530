"""The one way out: every file of what a model made goes through it, and says no more than what is in it."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from genmodels.commands.main import main
from genmodels.kinds.text.decoding import Decoding
from genmodels.provenance import keys, ledger, way_out
from genmodels.review.file_check import verify
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.trained.opening import open_model
from genmodels.trained.upscaler import fits

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted(p for folder in ("genmodels", "dashboard", "pages") for p in (ROOT / folder).rglob("*.py"))
# Who may hand out what is no file of what a model made: tables, logs, recipes, findings, a run's folder, its network.
RECORDS = {"dashboard/parts/charts.py", "dashboard/review/files.py", "dashboard/data/sets.py", "dashboard/parts/handing_out.py", "dashboard/training/buttons.py", "dashboard/drawing/sweep.py", "dashboard/runs/actions.py", "dashboard/data/texts.py", "dashboard/auditing/checks.py", "dashboard/auditing/evidence.py", "dashboard/auditing/policies.py", "dashboard/auditing/side_by_side.py", "dashboard/labelling/tables.py", "dashboard/runs/table.py"}
# Who makes marked files without handing them out: what looks at marks.
LOOKING = {"genmodels/audits/provenance.py", "genmodels/checks/marked_files.py", "genmodels/checks/marked_clips.py", "genmodels/checks/marked_texts.py", "genmodels/bench/in_place.py", "genmodels/calibration/provenance.py", "genmodels/review/file_check.py", "genmodels/provenance/way_out.py", "genmodels/provenance/marking.py"}


def called(file: Path, of: str, names: set[str]) -> set[str]:
    """Which of these are called in a file as `of.name`."""
    nodes = ast.walk(ast.parse(file.read_text()))
    calls = [node.func for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return {call.attr for call in calls if call.attr in names and (not of or (isinstance(call.value, ast.Name) and call.value.id == of))}


def test_no_page_hands_out_a_file_past_the_way_out() -> None:
    found = {str(file.relative_to(ROOT)) for file in SOURCES if called(file, "", {"download_button"})}
    assert found == {"dashboard/parts/handing_out.py"}
    assert {str(file.relative_to(ROOT)) for file in SOURCES if called(file, "handing_out", {"record"})} | {"dashboard/parts/handing_out.py"} == RECORDS
    marking = {"png", "pngs", "gif", "media", "texts", "statements", "signed_png", "signed_film", "sidecar"}
    assert {str(file.relative_to(ROOT)) for file in SOURCES if called(file, "marking", marking)} <= LOOKING


def test_what_did_not_go_through_it_is_not_written_and_not_handed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.parts import handing_out

    with pytest.raises(TypeError, match="was not marked on its way out"):
        way_out.write(tmp_path / "a.png", b"\x89PNG")  # type: ignore[arg-type]
    handed: list[Callable[[], bytes]] = []
    monkeypatch.setattr(handing_out.st, "download_button", lambda label, content, *rest, **more: handed.append(content))
    handing_out.made("PNG", lambda: b"\x89PNG", "a.png", "image/png", key="a")  # type: ignore[arg-type, return-value]
    handing_out.made("PNG", lambda: way_out.picture(np.zeros((8, 8, 3), np.uint8), {}), "a.png", "image/png", key="b")
    with pytest.raises(TypeError, match="was not marked on its way out"):
        handed[0]()
    assert handed[1]().startswith(b"\x89PNG")


@pytest.fixture
def writer(trained: Callable[..., Path], home: Path) -> Iterator[Run]:
    import shutil

    source = trained("transformer")
    shutil.copytree(source, home / "runs" / source.name)
    yield RunStore.default()[source.name]


SILENT = ({"temperature": 0.0}, {"beams": 3}, {"top_k": 1}, {"top_p": 0.0}, {"min_p": 1.0}, {"length": 6}, {"watermark": "none"})


def test_the_line_above_a_text_claims_a_watermark_only_where_it_is_in(writer: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Greedy in five ways, searched by beams, too short, asked for none; then drawn, and named where `verify` finds it."""
    monkeypatch.setattr(keys, "_random", lambda: b"that of a machine is drawn newly".ljust(32))
    generator = open_model(writer)
    for settings in SILENT:
        decoding = Decoding.from_dict({"length": 60} | settings)
        for text in generator.sample(2, seed=0, decoding=decoding):
            line = way_out.made_by(f"transformer {writer.id}", 0, decoding.to_dict(), str(text), generator.tokens)
            assert line.startswith(f"Made by a model: transformer {writer.id}, seed 0, ") and "watermark" not in line, settings
    decoding = Decoding(length=150, temperature=1.5)
    lines = []
    for text in generator.sample(4, seed=1, decoding=decoding):
        lines.append(way_out.made_by("transformer", 0, decoding.to_dict(), str(text), generator.tokens))
        found = verify(str(text).encode(), "a.txt")
        assert found["watermark"]["verdict"] != "found" or "watermark 'gumbel'" in lines[-1]
    assert sum("watermark 'gumbel'" in line for line in lines) >= 2


def test_texts_of_the_command_are_signed_and_entered(writer: Run, tmp_path: Path) -> None:
    assert main(["sample", writer.id, "-n", "2", "--out", str(tmp_path), "--set", "length=40"]) == 0
    for file in tmp_path.glob("*.txt"):
        found = verify(file.read_bytes(), file.name, sidecar=file.with_name(file.name + way_out.SIDECAR).read_bytes())
        assert found["manifest"]["verdict"] == "valid" and found["ledger"]["verdict"] == "exact match" and found["metadata"]["verdict"] == "says generated"


def test_every_button_of_a_text_enters_it_and_signs_it(home: Path) -> None:
    from dashboard.writing.making import Made

    made = Made("a-run", "transformer on text", "text", "The ", 7, {"temperature": 1.0, "watermark": "gumbel"}, "end of a text that has words enough to be told from all others by them.", "end")
    assert "gumbel" not in made.line  # its run is gone, so nothing can be said of its tokens
    before = len(ledger.book().entries)
    text, statement, document = made.as_text(), made.as_signed(), made.as_json()
    assert len(ledger.book().entries) == before + 2  # the text once, its record once
    assert verify(text, "a.txt", sidecar=statement)["manifest"]["verdict"] == "valid"
    assert verify(document, "a.json")["ledger"]["verdict"] == "exact match"
    assert json.loads(document)["provenance"]["statement"]["made_by"] == "a model"


@pytest.mark.parametrize(("run", "flags", "mark", "noticed"), [("vae-openmoji", [], "found", False), ("vae-openmoji", ["--no-upscale"], "not measured", True), ("vae-digits", [], "not measured", True)])
def test_pictures_leave_at_128_pixels_where_the_upscaler_was_measured(run: str, flags: list[str], mark: str, noticed: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", run, "-n", "1", "--out", str(tmp_path), "--json", *flags]) == 0
    document = json.loads(capsys.readouterr().out)
    found = verify(Path(document["files"][0]).read_bytes(), "a.png")
    assert found["watermark"]["verdict"] == mark and ("lose every mark" in document.get("notice", "")) == noticed
    assert fits(RunStore.default()[run]) == (run == "vae-openmoji")
