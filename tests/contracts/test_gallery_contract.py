"""What ships: made by `make gallery`, small, measured, better than what knows nothing, and no copy."""

from __future__ import annotations

import ast
import dataclasses
import platform
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from dashboard.drawing.form import examples as drawn_examples
from dashboard.writing.form import examples as written_examples
from genmodels import checkpoints
from genmodels.commands.gallery_experiments import EIGHT_BITS, EXPERIMENTS
from genmodels.explore.molecule_walks import direction, walked
from genmodels.gallery import GALLERY
from genmodels.kinds.code.middle import MARKS
from genmodels.kinds.molecule.properties import goal
from genmodels.models.recipe import MODELS
from genmodels.runs.experiment import Experiment
from genmodels.runs.store import RunStore, gallery_names
from genmodels.trained.middle import fill
from genmodels.trained.opening import open_model
from genmodels.training.loading import load_for

KINDS = {name: Experiment.from_dict(asked).make_source().kind for name, asked in EXPERIMENTS.items()}
COMPOSERS, CHEMISTS, FILMERS = ({name for name, kind in KINDS.items() if kind == one} for one in ("music", "molecule", "video"))
WRITERS = {name for name, kind in KINDS.items() if kind in ("text", "code")}
READERS = {name for name, asked in EXPERIMENTS.items() if not MODELS[asked["model"]].draws}
PAINTERS = {name for name, kind in KINDS.items() if kind == "image"} - READERS
PROMPTED = {name for name in PAINTERS if Experiment.from_dict(EXPERIMENTS[name]).make_recipe().captioned}
each_run = pytest.mark.parametrize("name", sorted(EXPERIMENTS))
each_painter = pytest.mark.parametrize("name", sorted(PAINTERS))
each_prompted = pytest.mark.parametrize("name", sorted(PROMPTED))
each_writer = pytest.mark.parametrize("name", sorted(WRITERS))


def test_all_that_is_made_ships_and_is_small() -> None:
    assert gallery_names() == sorted(EXPERIMENTS)
    drawing = {"diffusion-openmoji", "diffusion-icons", "upscaler"}
    applied = FILMERS | {"judge-icons", "diffusion-design"}
    rest = (PROMPTED | READERS) - drawing - applied
    groups = ((PAINTERS - PROMPTED, 15e6), (WRITERS, 15e6), (COMPOSERS | CHEMISTS, 15e6), (applied, 20e6), (drawing, 25e6), (rest, 15e6))
    for names, most in groups:
        assert sum(file.stat().st_size for name in names for file in (GALLERY / name).rglob("*") if file.is_file()) < most


@each_run
def test_a_run_is_what_make_asks_for_on_the_data_it_says(name: str) -> None:
    run = RunStore.default()[name]
    assert run.state == "done" and dataclasses.replace(run.experiment, parent="") == Experiment.from_dict(EXPERIMENTS[name])
    if name == "detector":  # its data are drawn by the other runs, which takes minutes and rounds differently elsewhere
        assert load_for(dataclasses.replace(run.experiment, source={})).spec == run.spec
    elif not name.endswith(("-code", "-docs")) or run.facts["versions"]["python"] == platform.python_version():
        assert load_for(run.experiment).digest() == run.facts["data_sha256"]
    assert run.status["seconds"] > 1 and run.status["cpu_seconds"] > 1
    assert (run.samples or name in READERS) and (run.path / "card.md").stat().st_size > 1000
    if "openmoji" in name:
        assert "OpenMoji" in run.facts["credit"] and "OpenMoji" in (run.path / "card.md").read_text()


@each_painter
def test_it_beats_noise_and_the_training_mean_and_does_not_copy(name: str) -> None:
    findings = RunStore.default()[name].findings()
    measures = {row["metric"]: row for row in findings["measures"]}
    for floor in ("kid of noise, less the model's", "kid of the training mean, less the model's"):
        assert measures[floor]["value"] > 0, floor
        assert measures[floor]["low"] > 0 or name == "vae-openmoji", f"{floor}: with its 11 held-out drawings another sample may come out otherwise"
    copied = {row["part"]: row["verdict"] for row in findings["findings"] if row["audit"] == "memorisation"}
    assert copied["copies"] == "pass" and copied["nearer"] in ("pass", "warn"), copied
    told = [row for row in measures.values() if row["value"] is not None or not row["protocol"].startswith("not measured: ")]
    assert len(told) > 8 and all(row["n"] > 0 and row["protocol"] and row["low"] <= row["value"] <= row["high"] for row in told)


@each_run
def test_its_weights_are_whole_small_and_draw(name: str) -> None:
    run = RunStore.default()[name]
    (kept,) = checkpoints.steps(run.path / "epochs")
    stored = checkpoints.read_arrays(kept / "weights.npz")
    if name in EIGHT_BITS:
        stored = {key: array for key, array in stored.items() if not key.endswith((checkpoints.WHOLE, checkpoints.SCALE))}
        assert all(array.ndim < 2 for array in stored.values())
    assert {array.dtype.name for array in stored.values()} <= {"float16", "int64", "uint32"}
    if name in PAINTERS:
        samples = open_model(run).sample(20, seed=5)
        assert samples.shape == (20, *run.spec.shape) and samples.std() > 10


def numbers(name: str) -> dict[str, dict]:
    return {row["metric"]: row for row in RunStore.default()[name].findings()["measures"]}


def test_the_judge_and_the_readers_are_good_enough_to_judge() -> None:
    assert numbers("judge")["R-precision: emoji"]["low"] > 0.8
    assert numbers("reader-gender")["held-out: read right"]["value"] >= 0.92


def test_the_upscaler_beats_bicubic_by_two_decibels() -> None:
    assert numbers("upscaler")["PSNR of the upscaler, less bicubic"]["low"] > 2
    assert numbers("upscaler")["SSIM of the upscaler"]["low"] > numbers("upscaler")["SSIM of lanczos"]["high"]


def test_the_judge_shares_nothing_with_what_it_judges() -> None:
    judge, clip = (Experiment.from_dict(EXPERIMENTS[name]) for name in ("judge", "clip"))
    assert judge.seed != clip.seed and judge.source != clip.source
    assert judge.recipe["text"] != clip.recipe["text"] and judge.recipe["image"] != clip.recipe["image"]
    assert all(Experiment.from_dict(EXPERIMENTS[name]).recipe["encoder"] == "clip" for name in PROMPTED)


@each_prompted
def test_what_is_drawn_shows_what_was_asked_for(name: str) -> None:
    measured = numbers(name)
    if measured.get("R-precision: samples", {}).get("value") is not None:
        assert measured["R-precision: samples"]["low"] > 0.1  # chance is 0.02
    if name == "diffusion-openmoji":
        for grouping in ("skin tone", "gender"):
            assert measured[f"{grouping}: samples as a share of real"]["value"] >= 0.92


@each_writer
def test_it_predicts_held_out_text_better_than_five_grams(name: str) -> None:
    measures = {row["metric"]: row for row in RunStore.default()[name].findings()["measures"]}
    assert measures["bits per character of a 5-gram, less the model's"]["low"] > 0
    assert all(row["n"] > 0 and row["protocol"] and row["low"] <= row["value"] <= row["high"] for row in measures.values())


@pytest.mark.parametrize("name", sorted(CHEMISTS))
def test_it_writes_molecules_that_are_new_and_as_unlike_as_real_ones(name: str) -> None:
    findings = RunStore.default()[name].findings()
    measures = {row["metric"]: row for row in findings["measures"]}
    of_symbols = str(Experiment.from_dict(EXPERIMENTS[name]).source.get("unit", "")).startswith("selfies")
    assert measures["valid"]["low"] > (0.99 if of_symbols else 0.6) and measures["novelty"]["low"] > 0.9
    assert measures["IntDiv"]["low"] > 0.95 * measures["IntDiv: held-out molecules"]["value"]
    assert {row["verdict"] for row in findings["findings"] if row["audit"] == "rediscovery"} == {"pass"}


def test_a_walk_among_the_shipped_molecules_knows_where_they_grow_heavier() -> None:
    run = RunStore.default()["vae-molecules"]
    data, model = load_for(run.experiment), open_model(run)
    weight: Callable[[Sequence[str]], np.ndarray] = lambda smiles: np.array([goal(each, "weight") for each in smiles], float)  # noqa: E731
    found = direction(model, data.train.documents, data.test.documents, weight)
    assert found.correlation.low > 0.9 and found.correlation.n > 300
    met = list(walked(model, "CC(=O)Oc1ccccc1C(=O)O", found.ahead.astype("float32"), weight, steps=2, each=8))
    assert len(met) > 1 and met[0].like == 1


def test_the_composer_is_nearer_to_bach_than_a_five_gram_and_copies_no_more_than_he_repeats_himself() -> None:
    measures = {row["metric"]: row for row in RunStore.default()["transformer-chorales"].findings()["measures"]}
    assert measures["nats a step"]["high"] < 4
    assert measures["pitch classes"]["high"] < measures["pitch classes: 5-gram"]["low"]
    assert measures["longest copied passage"]["low"] < measures["longest copied passage: held-out pieces"]["high"]


def test_the_code_model_writes_functions_that_parse() -> None:
    generator = open_model(RunStore.default()["transformer-code"])
    parse = 0
    for text in generator.sample(8, seed=100, given=["def "]):
        try:
            ast.parse(text)
            parse += 1
        except SyntaxError:
            pass
    assert parse >= 2


def test_the_text_with_a_known_bias_was_learned_with_its_bias() -> None:
    run = RunStore.default()["transformer-occupations"]
    data = run.experiment.make_source().load()
    occupation, she = data.train.groups["occupation"], data.train.groups["gender"] == "she"
    names = np.unique(occupation)
    known = np.array([she[occupation == name].mean() for name in names])
    generator = open_model(run)
    told = np.array([np.subtract(*generator.continuation(f"The {name} said that", [" she", " he"])) for name in names])
    assert np.corrcoef(known, 1 / (1 + np.exp(-told)))[0, 1] > 0.8


def test_a_number_of_the_gallery_can_be_measured_again(tmp_path: Path) -> None:
    from genmodels.measuring.measure import measure_run

    run = RunStore.default()["vae-digits"]
    kept = {row["metric"]: row["value"] for row in run.findings()["measures"]}
    again = measure_run(run, ["kid", "precision"], n=1000, seed=1, file=tmp_path / "findings.json")["measures"]
    for row in again:
        assert row["value"] == pytest.approx(kept[row["metric"]], rel=0.02, abs=1e-3)


@pytest.mark.parametrize("name", sorted(FILMERS))
def test_a_model_of_clips_does_what_its_words_say(name: str) -> None:
    """Directions and things as asked for of held-out pairs; frames foretold better than by copying and by interpolation."""
    told = numbers(name)
    assert told["direction: samples"]["value"] >= 0.9 and told["object: samples"]["value"] >= 0.85
    for floor in ("next frames: less than copy of the last frame", "frames between: less than linear interpolation"):
        assert told[floor]["low"] > 0, floor


def test_a_model_that_fills_gaps_writes_no_marks_of_them() -> None:
    generator = open_model(RunStore.default()["transformer-code"])
    assert not any(mark in str(text) for text in generator.sample(30, seed=0) for mark in MARKS)
    assert all(fill(generator, "def mean(values):\n    return ", "\n", n=2, seed=0))


@pytest.mark.parametrize("name", sorted(PROMPTED | WRITERS))
def test_what_draws_or_writes_from_prompts_has_six_to_click(name: str) -> None:
    offered = list((drawn_examples if name in PROMPTED else written_examples)(RunStore.default()[name]))
    assert len(offered) == len(set(offered)) == 6
