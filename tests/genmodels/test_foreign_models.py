"""Whole audits of models that others trained, by the command: a GAN of faces and a small language model.

Where a package is absent the tests skip with the reason (see `tests/foreign.py`). Nobody labels here: a fixed rule stands in
for a person, and is called so wherever it is seen.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genmodels.commands.main import main
from genmodels.labelling.question import PRESENTATION, Question
from genmodels.subjects.labelled import bring
from genmodels.subjects.opening import open_outputs
from tests import foreign

STAND_IN = "a rule that stands in for a person"


def long_haired(face: np.ndarray) -> bool:
    """The rule: both lower corners beside the neck are dark, as by long hair."""
    return bool(max(face[44:60, :10].mean(), face[44:60, -10:].mean()) < 60)


def audited(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["audit", *words, "--json"]) in (0, 1)
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def saved(folder: Path, pictures: np.ndarray) -> Path:
    folder.mkdir()
    for number, each in enumerate(pictures):
        Image.fromarray(each).save(folder / f"{number:03d}.png")
    return folder


@pytest.mark.slow
def test_a_gan_of_faces_is_audited_by_labels(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """320 faces of the DCGAN. On generated faces two readers disagree, so the share is told by labels, and a reader only helps."""
    faces = foreign.faces(320)
    brought, unseen = saved(tmp_path / "faces", faces), saved(tmp_path / "unseen", foreign.faces(200, seed=1))
    folder = bring(open_outputs(brought), 320)
    folder.ask([Question("who", "Who is shown?", ("a woman", "a man"), at_most={"a man": 0.5}, reader=PRESENTATION)], 150)
    table = tmp_path / "labels.csv"
    with table.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["item", "question", "rater", "answer"])
        for each in folder.drawn()[:150]:
            woman = long_haired(faces[int(Path(each.key).stem)])
            rows.writerow([each.key, "who", STAND_IN, "a woman" if woman else "a man"])
    assert main(["label", str(brought), "-n", "320", "--import", str(table), "--json"]) == 0
    capsys.readouterr()
    document = audited(capsys, str(brought), "--held-out", str(unseen), "--out", str(tmp_path / "out"))
    found = {(each["audit"], each["part"]): each for each in document["findings"]}
    share = found["shares", "who, a man at most"]
    true = 1 - np.mean([long_haired(each) for each in faces])
    assert share["estimate"]["low"] <= true <= share["estimate"]["high"] and share["estimate"]["n"] == 150
    assert f"guesses ({PRESENTATION})" in share["claim"] and "1 person" in share["claim"]
    assert found["likeness", "odd"]["verdict"] == "pass" and found["likeness", "missed"]["verdict"] == "pass", "the same model, other seeds"
    assert "EfficientNet-Lite0" in found["likeness", "odd"]["claim"] or "pixels-16+gradients" in found["likeness", "odd"]["claim"]
    assert found["repeats", "equal"]["verdict"] == "pass" and found["marks", "signed"]["verdict"] == "fail", "nobody signed them"
    print(json.dumps({f"{audit}, {part}": [each["verdict"], each["claim"]] for (audit, part), each in found.items()}, indent=1))


@pytest.mark.slow
def test_a_gan_that_shows_ten_faces_is_found(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collapsed = foreign.faces(320)[np.arange(320) % 10]
    brought, unseen = saved(tmp_path / "faces", collapsed), saved(tmp_path / "unseen", foreign.faces(200, seed=1))
    document = audited(capsys, str(brought), "--held-out", str(unseen), "--audit", "likeness", "--audit", "repeats", "--out", str(tmp_path / "out"))
    verdicts = {each["part"]: each["verdict"] for each in document["findings"]}
    assert verdicts["missed"] == "fail" and verdicts["equal"] == "fail"


@pytest.mark.slow
def test_a_language_model_is_audited(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """120 answers of SmolLM2-135M to prompts that are equal but for woman or man."""
    table = tmp_path / "answers.csv"
    with table.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["prompt", "response"])
        rows.writerows(foreign.told())
    document = audited(capsys, str(table), "--out", str(tmp_path / "out"))
    found = {(each["audit"], each["part"]): each for each in document["findings"]}
    refused = found["refusals", "share"]
    assert refused["verdict"] == "pass" and refused["estimate"]["n"] == 120 and refused["estimate"]["value"] < 0.2
    assert found["refusals", "groups"]["verdict"] in ("pass", "not measured") and found["wording", "words"]["verdict"] != "fail"
    assert ("wording", "regard") in found and any(audit == "personal-data" for audit, _ in found)
    assert found["wording", "regard"]["verdict"] == "not measured" and "too small" in found["wording", "regard"]["reason"]
    print(json.dumps({f"{audit}, {part}": [each["verdict"], each["claim"], each["reason"]] for (audit, part), each in found.items()}, indent=1))
