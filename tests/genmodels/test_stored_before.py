"""Stored things as versions before this one wrote them, word for word, opened by the code of today.

They were written by the code of 2026-11-24 (findings without error rates, a ledger without a key, texts without their
encoding) and of 2026-11-26, before the house was divided into rooms. What is here may be added to and never be changed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genmodels import checkpoints
from genmodels.audits.audit import AUDITS
from genmodels.data.dataset import DATA
from genmodels.files import home
from genmodels.intake.picture_sets import imported, kept_of, read_index, read_pictures
from genmodels.intake.text_sets import import_text, imported_texts, read_text, read_text_index
from genmodels.kinds.image.files import png_bytes
from genmodels.models.recipe import MODELS
from genmodels.provenance import ledger, metadata
from genmodels.provenance.formats import format_of
from genmodels.provenance.sidecar import read_sidecar
from genmodels.refusal import Refusal
from genmodels.review.kept_findings import conditions, kept
from genmodels.review.policy import Policy
from genmodels.review.report import report
from genmodels.review.run_document import run_document
from genmodels.runs import launching
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names

OPENMOJI = {"size": 32, "subset": "all", "split": "combination", "label": "woman or man", "skew": "", "skew_seed": 0, "mirror": True}
TRAINED = {"seed": 0, "patience": 0, "parent": ""}
# What experiment.json held: the settings of models and data as they were then.
EXPERIMENTS: dict[str, dict[str, Any]] = {
    "a gan": {"model": "gan", "recipe": {"loss": "non-saturating", "latent": 16, "width": 16, "augment": True, "average": 0.99, "penalty": 10.0, "conditional": False, "learning_rate": 0.001, "momentum": 0.5}, "data": "digits", "source": {}, "epochs": 100, "batch_size": 32, **TRAINED},
    "a diffusion model": {"model": "diffusion", "recipe": {"width": 48, "levels": 3, "heads": 4, "encoder": "clip", "untold": 0.2, "average": 0.99, "learning_rate": 0.0007, "weight_decay": 0.01}, "data": "openmoji", "source": OPENMOJI, "epochs": 60, "batch_size": 64, **TRAINED},
    "a reader of shapes": {"model": "reader", "recipe": {"width": 32, "colours": "any", "shift": 2, "wear": 0.05, "dropout": 0.3, "learning_rate": 0.002, "weight_decay": 0.05}, "data": "openmoji", "source": OPENMOJI, "epochs": 65, "batch_size": 32, **TRAINED},
    "a detector": {"model": "reader", "recipe": {"looks_at": "traces", "width": 256, "colours": "as they are", "shift": 0, "wear": 0.01, "dropout": 0.2, "learning_rate": 0.002, "weight_decay": 0.05}, "data": "fakes", "source": {"n": 3000, "left_out": "none", "wear": True, "times": 4}, "epochs": 16, "batch_size": 256, **TRAINED},
    "an upscaler": {"model": "upscaler", "recipe": {"width": 48, "blocks": 6, "wear": 0.04, "learning_rate": 0.002}, "data": "openmoji", "source": OPENMOJI | {"size": 128}, "epochs": 16, "batch_size": 16, **TRAINED},
}  # fmt: skip
# What some of these settings are called today, and their values.
RENAMED: dict[str, dict[str, tuple[str, Any]]] = {
    "a gan": {"average": ("ema_decay", 0.99)},
    "a diffusion model": {"untold": ("caption_dropout", 0.2), "average": ("ema_decay", 0.99)},
    "a reader of shapes": {"wear": ("noise", 0.05), "looks_at": ("features", "shapes"), "any": ("colours", "greyscale")},
    "a detector": {"wear": ("noise", 0.01), "looks_at": ("features", "traces"), "any": ("colours", "as they are")},
    "an upscaler": {"wear": ("noise", 0.04)},
}
STATUS = {"state": "done", "step": 4400, "epoch": 100, "epochs": 100, "updated": 1795416702.1, "message": "Trained 100 epochs in 35 s.", "steps": 4400, "seconds": 35.1, "cpu_seconds": 33.2, "best": {}, "images_per_second": 3036.5, "seconds_left": 0.0, "last": {"kernel_distance": 0.024, "diversity": 0.9}}
FACTS = {
    "spec": {"kind": "image", "shape": [8, 8, 1], "classes": 10, "vocabulary": list("0123456789")}, "data_sha256": "508f14cb010f728f13ceaae19c770db076626a7fa79e28e0b22e66d45ef2d58d", "n_train": 1438, "n_test": 359,
    "licence": "BSD-3-Clause (scikit-learn); UCI Optical Recognition of Handwritten Digits, CC BY 4.0", "source": "sklearn.datasets.load_digits", "credit": "", "steps_per_epoch": 44,
    "versions": {"python": "3.11.7", "keras": "3.15.1", "tensorflow": "2.21.0", "numpy": "2.4.6", "machine": "x86_64", "threads": "2"},
}  # fmt: skip
HISTORY = '{"step": 2, "epoch": 0, "seconds": 0.7771, "generator_loss": 0.6502093076705933, "discriminator_loss": 1.3404744863510132, "real_score": 0.5495055913925171, "fake_score": 0.5223163366317749}\n'
# A finding of before rates were measured in place, and one of before audits declared their options.
OLDEST = {"audit": "deepfake", "claim": "Samples can be told without a mark", "verdict": "not measured", "estimate": None, "limit": None, "remedy": "", "exhibits": [], "calibration": None, "reason": "The detector takes 100% of the real held-out pictures for generated.", "part": "detector"}
MADE = {"limits": {"copies": 0.0}, "n": 4000, "seed": 1, "data": "digits", "policy": {"name": "default", "digest": "5741552d7ab66222"}, "weights": "0123456789abcdef", "full": False, "pairs": "", "where": "here"}
PASSED = {
    "audit": "memorisation", "claim": "No more of 4,000 samples than chance would have it are training pictures as they are (at most 0.2 %).", "verdict": "pass",
    "estimate": {"value": 0.0, "low": 0.0, "high": 0.0015979543230595218, "n": 4000}, "limit": 0.0, "remedy": "", "exhibits": [], "reason": "", "part": "copies", "question": "Are samples copies of training pictures as they are?",
    "error_rates": {"false_alarm": 0.0, "false_alarm_high": 0.036, "innocent": "copy nothing", "power": 1.0, "power_low": 0.964, "effect": 0.02, "case": "copy 2 % of their pictures as they are", "n": 4000, "repetitions": 100, "pools": 20, "how": "in place", "cases": []},
    "made": MADE,
}  # fmt: skip
MEASURE = {"metric": "kid", "value": 0.01, "low": 0.0, "high": 0.02, "n": 359, "better": "lower", "unit": "", "protocol": "pixels-16+gradients", "seed": 1}
FINDINGS = {"run": "a-gan", "measured": "2026-11-24", "samples": 1000, "seed": 1, "measures": [MEASURE], "subject": "a-gan", "verdict": "pass", "findings": [OLDEST, PASSED], "not_measured": [], "audited": {"memorisation": {"n": 4000, "seed": 1, "date": "2026-11-24"}}}

TEXT = "A line of our own text, the same again and again.\n" * 30
OLD_TEXT = {"format": 1, "title": "Übungs Text 1", "licence": "not stated", "sha256": "ea083a0386d04679859002a6649a995d8b64fde5ced5ffb929d7e3d3a122b52f", "characters": 1500, "symbols": 22, "lines": 31, "paragraphs": 1, "removed": 0}
PICTURES = {
    "format": 1, "title": "Grey squares", "licence": "not stated", "files": ["a/0.png", "b/1.png"],
    "sha256": ["4a0945534329d26ce523a2f096e203aae59a9fffaec71895599fa3ef42d23f22", "0e1e5bfb5bc48d28dcaf307e29a59874bdd489c66dafe56a3f4a2e60435e6fc2"],
    "captions": [], "groups": {"folder": ["a", "b"]}, "refused": [],
}  # fmt: skip
PNGS = ("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAADElEQVR4nGNgGB4AAADIAAGtQHYiAAAAAElFTkSuQmCC", "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGOUlJRkwAaYsIoOWgkAQQoAW7sEgc0AAAAASUVORK5CYII=")

MARKED = "Made by a model: transformer r1, seed 7.\n\nOne two three four five six seven eight nine ten eleven twelve.\n"
LEDGER_KEY = b"k" * 32
KEYED = '{"before": "0000000000000000000000000000000000000000000000000000000000000000", "time": "2026-11-26T11:36:30Z", "kind": "text", "sha256": "8d87066e7d79147b85dc31f29e62e93dbfa7661ae45ae8f327668870179cee25", "print": [270170698148892891, 279744762891195710, 766917023897494548, 797561908343375206, 908483565954586952, 1012998083452849930, 1120104414208377968, 1120945306935110023], "model": "transformer r1", "seed": "7", "code": "9e9257ef085250e8eeb40cfc9cf207337b162b8d8969de5e81dc4e3ed0efb7ef"}'
UNKEYED = '{"before": "0000000000000000000000000000000000000000000000000000000000000000", "time": "2026-11-26T11:36:05Z", "kind": "text", "sha256": "8d87066e7d79147b85dc31f29e62e93dbfa7661ae45ae8f327668870179cee25", "print": [270170698148892891, 279744762891195710, 766917023897494548, 797561908343375206, 908483565954586952, 1012998083452849930, 1120104414208377968, 1120945306935110023], "model": "transformer r1", "seed": "7", "hash": "ae61c4db56a04918d2c9f5bac16fe7a11c4e5ca0ddbca2c22c4b9c4b3e04e6d6"}'
SIDECAR = {
    "statement": {"made_by": "a model", "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", "sha256": "8d87066e7d79147b85dc31f29e62e93dbfa7661ae45ae8f327668870179cee25", "model": "transformer r1", "seed": "7"},
    "signature": "MEUCIFaLgGIKS5NmTMp5LxdMP/0hPZX4oIncOPy18WrQhg8RAiEAmGHTapVfwrCE4a+zzeuF9Su5UfefBa14V7phDH0a7ek=",
    "certificates": """-----BEGIN CERTIFICATE-----
MIICEzCCAbmgAwIBAgIUHA0dgeC3LeFQIq/akZs5HthliUYwCgYIKoZIzj0EAwIw
VDEoMCYGA1UECgwfR2VuTW9kZWxzIG9uIHRoaXMgbWFjaGluZSwgcm9vdDEoMCYG
A1UEAwwfR2VuTW9kZWxzIG9uIHRoaXMgbWFjaGluZSwgcm9vdDAeFw0yNjExMjUx
MTM2MzFaFw0zNjExMjMxMTM2MzFaMEgxIjAgBgNVBAoMGUdlbk1vZGVscyBvbiB0
aGlzIG1hY2hpbmUxIjAgBgNVBAMMGUdlbk1vZGVscyBvbiB0aGlzIG1hY2hpbmUw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARp+obv+kmse2KP3/v2G3VRsew1VHeJ
jyBQpc2+4pbLmeBHl8/3jBWo8ciNdQeryGWQrtxHLCbXY4c7+JKIaHK0o3UwczAM
BgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDAdBgNVHQ4EFgQUsN75E5RgDyUY
RTUMRMYu5JQbI28wHwYDVR0jBBgwFoAUfI2ge/9/tH6FBJZsnPfjGxdh9+QwEwYD
VR0lBAwwCgYIKwYBBQUHAwQwCgYIKoZIzj0EAwIDSAAwRQIgbMhg9hCbS+9S9XqI
o9GwpgcEreTEUznwN22DU7zTgbcCIQDR8Gl06/jAWaHAfWdXE7+Em+1D/CPeqf1E
XcX/97HwRA==
-----END CERTIFICATE-----
""",
}  # fmt: skip


@pytest.fixture
def run() -> Run:
    """The run "a gan" as it lay on disk."""
    folder = RunStore.default().folder / "20261124-121106-gan-digits-1a2b"
    folder.mkdir(parents=True)
    document = {"format": 1, "created": 1795416666.4691372, "experiment": EXPERIMENTS["a gan"]}
    for name, content in {"experiment": document, "status": STATUS, "facts": FACTS, "findings": FINDINGS, "labels": {"name": "first", "tags": ["old"], "notes": ""}}.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    (folder / "history.jsonl").write_text(HISTORY)
    return Run(folder)


def test_a_run_opens(run: Run) -> None:
    assert not run.damage and run.state == "done" and run.spec.shape == (8, 8, 1) and run.labels["tags"] == ["old"]
    assert run.experiment == Experiment.from_dict(EXPERIMENTS["a gan"]) and run.created == 1795416666.4691372
    assert len(run.history) == 1 and len(run.findings()["findings"]) == 2
    assert DATA["digits"].from_dict(EXPERIMENTS["a gan"]["source"]).load().digest() == run.facts["data_sha256"]
    assert "No more of 4,000 samples" in report(run_document(run), "md").replace("\\", "")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_opens_with_all_that_was_set(name: str) -> None:
    experiment = Experiment.from_dict(EXPERIMENTS[name])
    assert experiment.make_recipe() == MODELS[experiment.model].from_dict(EXPERIMENTS[name]["recipe"])
    for before, (now, value) in RENAMED[name].items():
        assert before not in experiment.recipe and experiment.recipe[now] == value
    assert experiment.make_source().to_dict().items() >= EXPERIMENTS[name]["source"].items(), "what data are drawn from is called as before"
    assert Experiment.from_json(experiment.to_json()) == experiment


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_settings_may_be_given_by_the_names_of_before(name: str) -> None:
    asked = EXPERIMENTS[name]
    recipe, today = MODELS[asked["model"]], Experiment.from_dict(asked).recipe
    assert recipe.from_dict({setting: str(value) for setting, value in asked["recipe"].items()}).to_dict() == today, "as a command line gives them"
    assert set(recipe.aliases.values()) <= today.keys() and not recipe.aliases.keys() & today.keys()
    for before, (now, _) in RENAMED[name].items():
        if before in asked["recipe"]:
            with pytest.raises(Refusal, match=f"The settings {before} and {now} are one, called {now} today; give {now} alone."):
                recipe.from_dict(asked["recipe"] | {now: today[now]})


def test_a_branch_may_be_asked_for_by_the_names_of_before(run: Run) -> None:
    checkpoints.save(run.path / "epochs" / "100", about={}, weights={})
    for given in ({"average": "0.5"}, {"ema_decay": "0.5"}):
        assert launching.branch(RunStore.default(), run, 100, recipe=given).experiment.recipe["ema_decay"] == 0.5
    with pytest.raises(Refusal, match="give ema_decay alone"):
        launching.branch(RunStore.default(), run, 100, recipe={"average": "0.5", "ema_decay": "0.5"})


@pytest.mark.parametrize("name", gallery_names())
def test_the_runs_of_the_gallery_open(name: str) -> None:
    run = RunStore.default()[name]
    assert not run.damage and run.state == "done" and Experiment.from_dict(run.experiment.to_dict()) == run.experiment
    assert all(row["audit"] in AUDITS for row in run.findings().get("findings", []))


def test_findings_stand_beside_those_that_are_made_now(run: Run) -> None:
    now = conditions(Policy(), {}, n=4000, seed=1) | {"weights": MADE["weights"]}
    findings, left_out, _ = kept(run.findings(), ["membership"], now)
    assert [finding.part for finding in findings] == ["copies"] and [row["audit"] for row in left_out] == ["deepfake"]


def test_a_text_that_was_imported_opens(tmp_path: Path) -> None:
    folder = home() / "data" / "bungs-text-1-83eecd9293"
    folder.mkdir(parents=True)
    (folder / "text.txt").write_text(TEXT)
    (folder / "text.json").write_text(json.dumps(OLD_TEXT, indent=1))
    assert read_text(folder.name) == TEXT and read_text_index(folder.name)["encoding"] == "UTF-8"
    (tmp_path / "own.txt").write_text(TEXT)
    assert import_text(tmp_path / "own.txt", "Übungs Text 1") == "bungs-text-1-d2650dc23b", "the same text is the same set as before"
    assert len(imported_texts()) == 2


def test_pictures_that_were_imported_open() -> None:
    folder = home() / "data" / "grey-squares-25d0e50d9d"
    (folder / "pictures").mkdir(parents=True)
    (folder / "index.json").write_text(json.dumps(PICTURES, indent=1))
    for number, content in enumerate(PNGS):
        (folder / "pictures" / f"{number:05}.png").write_bytes(base64.b64decode(content))
    assert [hashlib.sha256(each).hexdigest() for each in read_pictures(folder.name, read_index(folder.name))] == PICTURES["sha256"]
    assert imported() == [{"token": folder.name, "title": "Grey squares", "pictures": 2}] and kept_of(folder.name)["pictures"] == 2


def test_lines_of_the_ledger_count_as_they_did() -> None:
    (home() / "keys").mkdir(parents=True)
    (home() / "keys" / "ledger.key").write_bytes(LEDGER_KEY)
    (home() / "keys" / "ledger.key").chmod(0o600)
    for line, entries, older in ((KEYED, 1, 0), (UNKEYED, 0, 1)):
        (home() / "ledger.jsonl").write_text(line + "\n")
        book = ledger.book()
        assert (len(book.entries), len(book.older), book.damaged, book.unread) == (entries, older, 0, 0)
        assert book.text("", hashlib.sha256(MARKED.encode()).hexdigest()) is not None


def test_a_statement_beside_a_text_verifies() -> None:
    manifest = read_sidecar(SIDECAR, MARKED.encode())
    assert manifest.state == "whole" and manifest.generated and manifest.claims == {"model": "transformer r1", "seed": "7"}
    assert read_sidecar(SIDECAR, b"another text").state == "broken"


@pytest.mark.parametrize("maker", ["a model", "a generative model", "Made by a model"])
def test_whoever_was_said_to_have_made_a_file_is_still_found(maker: str) -> None:
    """Pictures said "a generative model", records "a model", and samples that a run kept "Made by a model"."""
    (told,) = metadata.of_text(json.dumps({"made_by": maker, "text": "One two three."}))
    assert told.says == maker and told.generator == "GenModels"
    picture = png_bytes(np.zeros((8, 8, 3), np.uint8), {"Software": "GenModels", "Made by": maker, "Model": "vae r1"})
    assert maker in [each.says for each in metadata.notes(picture, format_of(picture))]
    assert [each.where for each in metadata.of_text(MARKED)] == ["its first line"]
