"""A model of music on a tiny trained run: what stands stays, what is asked for is kept to, and what leaves says what made it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genmodels.kinds.music import files
from genmodels.kinds.music.notation import KEY, KEYS, Piece, anything, document, is_given, key_of, piece_of
from genmodels.kinds.music.passages import words
from genmodels.kinds.text.tokens import Tokens
from genmodels.measuring.measure import measure_run
from genmodels.measuring.music import OF_PIECES, by_ngram
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.composer import Composer
from genmodels.trained.melody import fitted
from genmodels.trained.opening import open_model
from tests.conftest import SMALL_MUSIC


@pytest.fixture(scope="module")
def run(trained: Callable[..., Path]) -> Run:
    return Run(trained("transformer", **SMALL_MUSIC))


@pytest.fixture(scope="module")
def composer(run: Run) -> Composer:
    found: Composer = open_model(run)
    return found


def composed(composer: Composer, seed: int = 0, **asked: Any) -> Piece:
    *_, last = composer.compose([seed], **({"steps": 12, "key": 0} | asked))
    return last[0].piece


def melody(composer: Composer, steps: int) -> np.ndarray:
    """A soprano that the model knows, from its own training pieces."""
    return fitted(composer.tokens, np.array(([72, -72, 71, 69] * steps)[:steps], np.int16))[0]


def test_every_step_has_four_voices_and_the_key_stands(composer: Composer) -> None:
    assert composer.looks_ahead and len(composer.keys) >= 12
    made = composed(composer, steps=20, key=key_of("G minor"))
    assert made.score.shape[1] == 4 and 1 <= len(made.score) <= 20 and made.key_name == "G minor"
    assert (composed(composer, 3).score == composed(composer, 3).score).all()
    assert composed(composer, key=None).key == composed(composer, key=None).key in composer.keys


@pytest.mark.parametrize("fixed", [(0,), (3,), (1, 2), (0, 1, 2, 3)])
def test_voices_that_stand_are_never_changed(composer: Composer, fixed: tuple[int, ...]) -> None:
    before, voices = composed(composer, 5, steps=10, given=stood(composer, 10)), list(fixed)
    asked = anything(10)
    asked[:, voices] = before.score[:, voices]
    after = composed(composer, 6, steps=10, given=asked)
    assert len(after.score) == 10 and (after.score[:, voices] == before.score[:, voices]).all()
    assert len(fixed) == 4 or (after.score != before.score).any()


def stood(composer: Composer, steps: int) -> np.ndarray:
    asked = anything(steps)
    asked[:, 0] = melody(composer, steps)
    return asked


def test_a_theme_is_gone_on_from_and_single_notes_stand(composer: Composer) -> None:
    asked = anything(16)
    asked[:6, 0] = melody(composer, 6)
    made = composed(composer, steps=16, given=asked)
    assert (made.score[:6, 0] == asked[:6, 0]).all(), "nothing ends before what is asked for"


def test_what_it_never_learned_is_refused(composer: Composer) -> None:
    with pytest.raises(Refusal, match="steps is 5000"):
        composed(composer, steps=5000)
    asked = anything(4)
    asked[2, 3] = 120
    with pytest.raises(Refusal, match="bass sings the MIDI pitch 120 in step 3"):
        composed(composer, steps=4, given=asked)
    missing = next((key for key in range(24) if key not in composer.keys), None)
    if missing is not None:
        with pytest.raises(Refusal, match=f"never learned the key {KEYS[missing]}"):
            composed(composer, key=missing)


def test_samples_are_whole_documents_that_begin_with_a_key(composer: Composer) -> None:
    made = composer.sample(3, seed=4)
    for text in made:
        assert KEY <= ord(text[0]) < KEY + 24 and not is_given(text)
        assert document(piece_of(text)) == text[: 1 + 4 * len(piece_of(text).score)] and len(text) <= composer.context
    assert made[:1].tolist() == composer.sample(1, seed=4).tolist()
    after = composer.sample(1, seed=1, given=[made[0][:11]])[0]
    assert after.startswith(made[0][:11]) and document(piece_of(after)) == after[: 1 + 4 * len(piece_of(after).score)]


def test_a_melody_is_moved_into_range_and_its_rests_filled(composer: Composer) -> None:
    low, said = fitted(composer.tokens, np.array([36, -36, 40, 38], np.int16))
    assert abs(low).min() >= 55 and (abs(low) % 12).tolist()[0] == 0 and "octave" in said[0]
    assert composed(composer, steps=4, given=np.pad(low[:, None], ((0, 0), (0, 3)), constant_values=anything(1)[0, 0])).score[:, 0].tolist() == low.tolist()
    with pytest.raises(Refusal, match="no note"):
        fitted(composer.tokens, np.zeros(3, np.int16))
    with pytest.raises(Refusal, match="spans MIDI pitches"):
        fitted(composer.tokens, np.array([30, 60, 90], np.int16))
    bare = Tokens(tuple(token for token in composer.tokens.vocabulary if token != chr(0xE000)))
    filled, said = fitted(bare, np.array([0, 72, 0, 0, 71], np.int16))
    assert filled.tolist()[:4] == [72, -72, -72, -72] and "rests are filled" in said[-1]


def test_a_training_shows_a_sheet_of_rolls_and_numbers_each_epoch(run: Run) -> None:
    file = run.samples[1]
    assert file.suffix == ".png" and Image.open(file).size[0] > 100
    last = [json.loads(line) for line in (run.path / "history.jsonl").read_text().splitlines()][-1]
    assert last["nats_a_step"] > 0 and 0 <= last["crossing_rate"] <= 1 and {"verbatim_rate", "held_out_loss"} <= last.keys()


def test_likelihood_counts_each_step_once_and_the_measures_stand_beside_bach(run: Run, composer: Composer, tmp_path: Path) -> None:
    data = run.experiment.make_source().load()
    nats, steps = composer.nats(data.test.documents[:3])
    assert steps.tolist() == [len(piece_of(each).score) - 1 for each in data.test.documents[:3]]
    first = data.test.documents[0]
    if not composer.tokens.unknown(first):
        assert nats[0] == pytest.approx(-composer.token_likelihoods(first)[5:].sum())
    assert composer.nats([first + chr(0xE002)])[0] > 0, "a note without a token costs something, and breaks nothing"
    rows = {row["metric"]: row for row in measure_run(run, n=8, file=tmp_path / "findings.json")["measures"]}
    assert set(OF_PIECES) - {"longest copied passage"} <= rows.keys()
    assert rows["harmonies: held-out halves"]["value"] < 0.05 < rows["harmonies"]["value"]
    assert all(0 <= row["low"] <= row["value"] <= row["high"] for row in rows.values())
    assert rows["voice crossings: held-out pieces"]["value"] < 0.06 and rows["parallel fifths: held-out pieces"]["value"] < 0.005
    assert all(len(words(document(each))) == len(each.score) for each in by_ngram(data, 2, 0))


def test_sample_writes_files_that_verify_says_are_ours(run: Run, tmp_path: Path, inside: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_HOME", str(run.path.parent.parent))
    told = inside("sample", run.id, "-n", 2, "--seed", 3, "--set", "steps=8", "--set", "key=Eb major", "--out", tmp_path / "out", "--json")
    assert told.returncode == 0, told.stderr
    paths = [Path(path) for path in json.loads(told.stdout.splitlines()[-1])["files"]]
    assert [path.suffix for path in paths] == [".mid", ".mid"] and len(list((tmp_path / "out").iterdir())) == 10
    for path in (paths[0], paths[0].with_suffix(".musicxml"), paths[0].with_suffix(".wav")):
        found = json.loads(inside("verify", path, "--json").stdout.splitlines()[-1])
        assert found["manifest"]["verdict"] == "valid" and found["ledger"]["verdict"] == "exact match", (path, found)
    changed = paths[1].read_bytes() + b"\0"
    paths[1].write_bytes(changed)
    assert json.loads(inside("verify", paths[1], "--json").stdout.splitlines()[-1])["manifest"]["verdict"] != "valid"

    tune = tmp_path / "tune.mid"
    tune.write_bytes(files.midi(Piece(np.pad(melody(open_model(run), 6)[:, None], ((0, 0), (0, 3))))))
    told = inside("sample", run.id, "-n", 1, "--from", tune, "--out", tmp_path / "sung", "--json")
    assert told.returncode == 0, told.stderr
    sung = next(iter((tmp_path / "sung").glob("*.mid")))
    from genmodels.intake.melodies import read_melody

    assert abs(read_melody(sung.read_bytes(), "sung", step=0.5, most=6).line).max() >= 69
    for wrong, said in ((["--set", "key=H"], "is no key"), (["--set", "steps=5000"], "steps"), (["--given", "x"], "--given"), (["--from", tmp_path / "none.mid"], "none.mid")):
        refused = inside("sample", run.id, "-n", 1, *wrong, "--out", tmp_path / "no")
        assert refused.returncode == 2 and said in refused.stderr, (wrong, refused.stderr)
