"""The music page on a tiny trained run: each way of composing, its downloads, what is given by mistake, and data shown as rolls."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import state
from dashboard.applications.music_form import WAYS, melody_of
from dashboard.applications.music_made import Composed
from dashboard.applications.music_roll import note_table
from dashboard.kinds.renderer import RENDERERS
from dashboard.writing.form import writers
from genmodels.kinds.music import files
from genmodels.provenance import way_out
from genmodels.review.file_check import verify
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from tests.conftest import SMALL_MUSIC
from tests.genmodels.test_music import random_piece
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)


@pytest.fixture
def run(home: Path, trained: Callable[..., Path]) -> Run:
    path = trained("transformer", **SMALL_MUSIC)
    return Run(Path(shutil.copytree(path, home / "runs" / path.name)))


def press(test: AppTest, label: str = "Compose") -> AppTest:
    return next(button for button in test.button if button.label == label).click().run(timeout=300)


def made(test: AppTest) -> Composed:
    found: Composed = test.session_state[state.COMPOSED]
    return found


def test_without_a_model_it_says_what_to_do() -> None:
    test = opened("music")
    assert not test.exception and "Train one on chorales" in test.info[0].value


def test_it_composes_fixes_a_voice_and_hands_out_marked_files(run: Run) -> None:
    test = opened("music", run=run.id, length="8", seed="5", temperature="0.9", key="Eb major")
    assert not test.exception and not test.error and test.selectbox(key="key").value == "E♭ major"
    press(test)
    assert not test.exception and not test.error, [each.value for each in test.error]
    first = made(test)
    assert first.seed == 5 and first.settings == {"key": "E♭ major", "steps": 8, "temperature": 0.9} and 1 <= len(first.piece.score) <= 8
    assert any("Made by a model" in caption.value and "seed 5" in caption.value for caption in test.caption)
    assert {"MIDI", "MusicXML", "WAV"} <= {each.label for each in test.get("download_button")}
    assert test.button(key="change_music").label == "Change" and test.number_input(key="seed").value == 5  # folded, all is kept
    assert any(each.value.replace("\\", "").endswith("8 steps, key E♭ major, temperature 0.9, seed 5") for each in test.markdown)
    assert (made(press(test)).piece.score == first.piece.score).all(), "the same seed, the same piece"

    handed = first.handed(run)
    for suffix, content in (handed.as_midi() | handed.as_musicxml()).items():
        if suffix.endswith(way_out.SIDECAR):
            continue
        sidecar = (handed.as_midi() | handed.as_musicxml())[suffix + way_out.SIDECAR]
        assert verify(bytes(content), f"piece{suffix}", sidecar=bytes(sidecar))["manifest"]["verdict"] == "valid"
    assert verify(bytes(handed.as_sound()), "piece.wav")["manifest"]["verdict"] == "valid"

    test.button(key="change_music").click().run()
    assert test.button(key="change_music").label == "Fold"
    test.button_group(key=state.WAY).set_value(WAYS[3]).run()
    test.number_input(key=state.SEED).set_value(6).run()
    press(test)
    again = made(test)
    assert not test.exception and not test.error and again.settings["given"] == "soprano" and again.seed == 6
    assert (again.piece.score[:, 0] == first.piece.score[:, 0]).all()


def test_a_melody_is_harmonised_and_a_theme_gone_on_from(run: Run) -> None:
    test = opened("music", run=run.id, length="12")
    test.button_group(key=state.WAY).set_value(WAYS[2]).run()
    assert "needs a melody of two notes" in press(test).error[0].value
    assert not any(each.key == "change_music" for each in test.button)  # what was refused leaves the form open
    test.button_group(key=state.GIVEN_BY).set_value("Upload").run()
    tune = random_piece(1, 10)
    tune.score[:, 0] = np.array([72, -72, 71, -71, 69, -69, 67, -67, 72, -72])
    test.file_uploader[0].set_value(("tune.mid", files.midi(tune), "audio/midi")).run()
    assert not test.exception and "the highest" in test.info[0].value
    press(test)
    assert not test.exception and not test.error, [each.value for each in test.error]
    assert (abs(made(test).piece.score[:, 0]) == abs(tune.score[:, 0])).all() and len(made(test).piece.score) == 10
    test.button_group(key=state.WAY).set_value(WAYS[1]).run()
    press(test)
    assert not test.exception and not test.error and (abs(made(test).piece.score[:10, 0]) == abs(tune.score[:, 0])).all()
    test.file_uploader[0].set_value(("![x](http://a.b).mid", b"MThd no", "audio/midi")).run()
    assert not test.exception and "is no MIDI file" in test.error[0].value and "![x]" not in test.error[0].value


@pytest.mark.parametrize("query", [{"key": "nonsense"}, {"length": "99999"}, {"temperature": "x"}, {"seed": "-4"}, {"key": "![x](http://a.b)"}])
def test_a_strange_address_is_no_error(run: Run, query: dict[str, str]) -> None:
    test = opened("music", run=run.id, **query)
    assert not test.exception and not test.error and next(button for button in test.button if button.label == "Compose")


def test_what_the_keys_send_is_looked_at() -> None:
    played = melody_of([[72, 2], [0, 1], [71, 3]], 50)
    assert played is not None and played.line.tolist() == [72, -72, 0, 71, -71, -71]
    for strange in (None, "x", [[72, 2]], [[72, 2], [400, 1]], [["a", 1], [72, 1]], [[72], [71]], [[1e400, 2], [72, 1]], [[float("nan"), 2], [72, 1]]):
        assert melody_of(strange, 50) is None
    assert len(melody_of([[72, 10**9], [71, 1]], 50).line) == 50  # type: ignore[union-attr]


def test_notes_stand_in_a_table() -> None:
    table = note_table(random_piece(3))
    assert len(table) > 60 and set(table["Voice"]) == {"Soprano", "Alto", "Tenor", "Bass"}


def test_pages_of_texts_leave_music_out_and_other_pages_show_it_as_rolls(run: Run) -> None:
    assert run.id not in writers(RunStore.default())
    for page, query in (("train", {"run": run.id}), ("runs", {}), ("memorisation", {"run": run.id}), ("prompt", {"run": run.id})):
        test = opened(page, **query)
        assert not test.exception, (page, test.exception)
        assert not any("\ue000" <= letter <= "\uf8ff" for each in (*test.code, *test.text, *test.markdown, *test.caption) for letter in str(each.value)), page


def test_the_set_is_shown_as_rolls_in_words_of_music() -> None:
    test = opened("data", data="chorales")
    assert not test.exception and not test.error, [each.value for each in test.error]
    metrics = {metric.label: metric.value for metric in test.metric}
    assert metrics["Pieces held out"] == "51" and metrics["Keys"] == "18" and not test.code
    shown = [caption.value for caption in test.caption if " piece " in caption.value and "steps" in caption.value]
    assert "music" in RENDERERS and len(shown) == 8


def test_a_zip_holds_the_file_and_its_statement(run: Run) -> None:
    from dashboard.applications.music_shown import _zipped

    piece = Composed(run.id, "transformer on chorales", random_piece(4), 0.5, 1, {"steps": 40})
    with zipfile.ZipFile(io.BytesIO(_zipped(piece.handed(run).as_midi, "piece"))) as archive:
        assert archive.namelist() == ["piece.mid", "piece.mid.provenance.json"]
        assert json.loads(archive.read("piece.mid.provenance.json"))["statement"]["made_by"] == "a model"
