"""What a file says of how it was made: all that made it, nothing that had no say; the same from the command and the page."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.drawing.drawn import Drawn, recipe_of
from dashboard.writing.making import Made
from genmodels import checkpoints
from genmodels.commands.main import main
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.files import png_facts
from genmodels.kinds.text.decoding import Decoding, unescaped
from genmodels.provenance import recorded
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, shipped
from genmodels.trained.opening import open_model
from genmodels.trained.requests import Cell

TEXT = {"length": 20, "watermark": "gumbel"}


def digest(run: Run) -> str:
    return hashlib.sha256(next((run.path / "epochs").glob("*/weights.npz")).read_bytes()).hexdigest()


def sampled(capsys: pytest.CaptureFixture[str], out: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    """The JSON of `sample` and what it said beside."""
    assert main(["sample", *arguments, "--out", str(out), "--json"]) == 0
    said = capsys.readouterr()
    return json.loads(said.out), said.err


@pytest.mark.parametrize(
    ("settings", "heeded"),
    [
        ({"temperature": 0.8}, {"temperature": 0.8, "length": 20, "watermark": "gumbel"}),
        ({"temperature": 0.0, "top_p": 0.5}, {"temperature": 0.0, "length": 20}),
        ({"temperature": 0.8, "top_k": 1}, {"top_k": 1, "length": 20}),
        ({"temperature": 0.8, "top_p": 0.0}, {"top_p": 0.0, "length": 20}),
        ({"min_p": 1.0, "repetition_penalty": 1.5}, {"min_p": 1.0, "repetition_penalty": 1.5, "length": 20}),
        ({"beams": 3, "temperature": 2.0, "repetition_penalty": 1.5, "stop": "."}, {"beams": 3, "length": 20, "stop": "."}),
    ],
)
def test_a_text_says_the_settings_that_had_a_say(settings: dict[str, Any], heeded: dict[str, Any]) -> None:
    assert recorded.of_writing(Decoding(**TEXT | settings).to_dict()) == heeded


@pytest.mark.parametrize(
    ("settings", "in_steps", "prompted", "begun", "heeded"),
    [
        ({}, True, True, False, {"sampler", "steps", "guidance"}), ({}, True, False, False, {"sampler", "steps"}), ({}, False, True, False, set()),
        ({"negative": "cat"}, True, False, True, {"sampler", "steps", "guidance", "negative", "strength"}),
        ({"negative": "cat", "guidance": 1.0}, True, True, False, {"sampler", "steps", "guidance"}),
    ],
)  # fmt: skip
def test_a_picture_says_the_settings_that_had_a_say(settings: dict[str, Any], in_steps: bool, prompted: bool, begun: bool, heeded: set[str]) -> None:
    assert set(recorded.of_drawing(Drawing(**settings).to_dict(), in_steps=in_steps, prompted=prompted, begun=begun)) == heeded


@pytest.mark.parametrize(("run", "flags", "told"), [
    ("gan-digits", [], {"Number": "0"}), ("vae-digits", [], {"Number": "0"}), ("gan-prompts", ["--given", "woman", "--set", "steps=7", "--no-upscale"], {"Prompt": "woman"}),
    ("diffusion-icons", ["--given", "star", "--set", "steps=2", "--set", "strength=0.2"], {"Prompt": "star", "Settings": '{"guidance": 2.0, "sampler": "dpm-solver++", "steps": 2}'}),
])  # fmt: skip
def test_a_picture_of_each_family_says_all_that_made_it(run: str, flags: list[str], told: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document, said = sampled(capsys, tmp_path, run, "-n", "1", "--seed", "3", *flags)
    of, found = shipped(run), png_facts(Path(document["files"][0]).read_bytes())
    epoch = next((of.path / "epochs").iterdir()).name
    asked = {"Model": f"{of.experiment.model} {run}", "Epoch": epoch, "Weights": digest(of), "Seed": "3", **told}
    assert {name: found.get(name) for name in asked} == asked
    assert ("Settings" in found) == (run == "diffusion-icons")
    assert ("Ignored" in said) == ("--set" in flags) == bool(document["notices"])
    if "Prompt" in told:  # and so does the page
        model = open_model(of)
        drawing = Drawing(steps=2, strength=0.2) if run == "diffusion-icons" else Drawing(steps=7)
        drawn = Drawn(run, "", Cell(told["Prompt"], 3, drawing), np.zeros((32, 32, 3), np.uint8), weights=model.weights, in_steps=model.steps, not_read=model.read(told["Prompt"]).notice)
        assert drawn.facts() == found
        recipe = recipe_of(drawn)
        assert ("steps" in recipe) == (run == "diffusion-icons") and "strength" not in recipe and "strength" not in drawn.line and recipe["weights"] == digest(of)


def test_a_label_that_the_seed_chose_is_recorded(trained: Callable[..., Path], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = trained("vae", recipe={"latent": 4, "width": 8, "warmup": 50, "conditional": True}, epochs=1)
    shutil.copytree(path, home / "runs" / path.name)
    document, _ = sampled(capsys, tmp_path, path.name, "-n", "3", "--seed", "4", "--epoch", "1")
    drawn = [png_facts(Path(file).read_bytes()) for file in document["files"]]
    generator = open_model(RunStore.default()[path.name], 1)
    assert [each["Label"] for each in drawn] == generator.names(generator.labels(3, seed=4)) and {each["Epoch"] for each in drawn} == {"1"}
    document, _ = sampled(capsys, tmp_path, path.name, "--given", "7", "--given", "2")
    assert [png_facts(Path(file).read_bytes())["Label"] for file in document["files"]] == ["7", "2"]
    assert main(["sample", path.name, "--given", "7", "--given", "2", "-n", "3", "--out", str(tmp_path)]) == 2
    assert "--given stands there 2 times and -n is 3" in capsys.readouterr().err
    with pytest.raises(Refusal, match="2 labels for 3 pictures"):
        generator.sample(3, seed=0, given=["7", "2"])


def test_a_text_says_all_that_made_it_and_stop_is_read_as_it_is_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    of = shipped("transformer-occupations")
    prompt = "word " * 100
    flags = ["--given", prompt, "--set", "top_k=1", "--set", "temperature=0.7", "--set", "length=30", "--set", r"stop=\n"]
    document, said = sampled(capsys, tmp_path, of.id, "-n", "1", *flags)
    line, text = Path(document["files"][0]).read_text().split("\n\n", 1)
    assert line.startswith(f"Made by a model: transformer {of.id}, seed 0, top_k 1, length 30, stop '\\n', epoch 8, weights {digest(of)}, prompt: its first 500 characters.")
    assert text.startswith(prompt) and "\n" not in text.strip()
    cut, silent = document["notices"]
    assert "longer than the context of 64 tokens" in cut and "longer than the context" in line and "Ignored: the settings temperature" in silent
    assert cut in said and silent in said
    statement = json.loads(Path(document["files"][0] + ".provenance.json").read_text())["statement"]
    assert (statement["epoch"], statement["weights"], statement["model"]) == ("8", digest(of), f"transformer {of.id}")
    assert unescaped(r"a\nb\t\\n") == "a\nb\t\\n"


def test_what_of_a_prompt_is_not_read_is_said_and_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document, said = sampled(capsys, tmp_path, "gan-prompts", "--given", "woman zzyx " + "man " * 40, "--given", "man", "--no-upscale")
    assert "zzyx" in said and "are not read" in said and len(document["notices"]) == 1 and len(document["files"]) == 2
    first, second = (png_facts(Path(file).read_bytes()) for file in document["files"])
    assert "zzyx" in first["Not read"] and "Not read" not in second


def test_several_of_each_line_of_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.csv").write_text("prompt,seed\nwoman,1\nman,2\n")
    document, said = sampled(capsys, tmp_path / "out", "gan-prompts", "--prompts", str(tmp_path / "p.csv"), "-n", "2", "--no-upscale")
    drawn = [png_facts(Path(file).read_bytes()) for file in document["files"]]
    assert [(each["Prompt"], each["Seed"]) for each in drawn] == [("woman", "0"), ("woman", "1"), ("man", "2"), ("man", "3")]
    assert "Ignored: the columns seed" in said and "columns seed" in document["notices"][0]
    assert main(["sample", "gan-prompts", "--prompts", str(tmp_path / "p.csv"), "-n", "9000", "--out", str(tmp_path / "out")]) == 2
    assert "2 prompts with -n 9000 are 18,000 pictures" in capsys.readouterr().err


def test_the_page_records_of_a_text_what_had_a_say() -> None:
    made = Made("a-run", "transformer on text", "text", "The ", 7, Decoding(top_k=1).to_dict(), "end.", "end", "Of the prompt: cut.", recorded.Weights("8", "ab"))
    assert b"temperature" not in made.as_text() and b"Epoch 8, weights ab. Of the prompt: cut.\n\n" in made.as_text() and "temperature" not in json.loads(made.as_json())["decoding"]
    assert json.loads(made.as_signed())["statement"]["weights"] == "ab"


def test_a_walk_says_label_epoch_and_weights(tmp_path: Path) -> None:
    of = shipped("vae-digits")
    assert main(["walk", of.id, "--anchors", "1,2", "--frames", "4", "--out", str(tmp_path)]) == 0
    found, document = png_facts((tmp_path / "strip.png").read_bytes()), json.loads((tmp_path / "walk.json").read_text())
    assert found["Weights"] == document["weights"] == digest(of) and found["Epoch"] == document["epoch"] and document["seeds"] == [1, 2]


def test_weights_that_are_no_numbers_are_refused_where_they_are_opened(trained: Callable[..., Path], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = trained("vae")
    copy = home / "runs" / path.name
    shutil.copytree(path, copy)
    for folder in (*(copy / "checkpoints").iterdir(), *(copy / "epochs").iterdir()):
        about, parts = checkpoints.load(folder)
        name = next(name for name, array in parts["weights"].items() if array.dtype.kind == "f")
        parts["weights"][name].flat[0] = np.nan
        checkpoints.save(folder, about=about, **parts)
    assert main(["sample", path.name, "-n", "1", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "hold numbers that are not finite" in said and said.count("\n") == 1 and not (tmp_path / "out").exists()
