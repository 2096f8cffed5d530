"""The lesson on VAEs: it says what its models reach, and reads what one draws as the digits were made."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dashboard.learn import vae, vae_numbers
from genmodels.commands.make_lessons import EXPERIMENTS
from genmodels.kinds.image.ink import as_ink
from genmodels.measuring.latent_plane import measure_plane
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.store import gallery_names
from tests.pages.test_pages import opened


def measured(beta: int) -> dict[str, dict]:
    return {row["metric"]: row for row in vae.run(beta).findings()["measures"]}


@pytest.mark.parametrize("beta", vae.RUNS)
def test_what_ships_is_what_was_asked_for_and_no_run_of_the_gallery(beta: int) -> None:
    run = vae.run(beta)
    assert run.experiment == Experiment.from_dict(EXPERIMENTS[run.id]) and run.experiment.recipe["beta"] == beta
    assert run.state == "done" and run.experiment.recipe["latent"] == 2 and run.id not in gallery_names()
    assert sum(file.stat().st_size for file in run.path.rglob("*")) < 60_000


def test_beta_blurs_and_smooths_and_the_autoencoder_does_not_know_where_to_draw() -> None:
    none, one, high = measured(0), measured(1), measured(10)
    assert none[vae_numbers.LOST]["high"] < measured(3)[vae_numbers.LOST]["low"] < high[vae_numbers.LOST]["low"]
    assert one[vae_numbers.STEP]["high"] < none[vae_numbers.STEP]["low"]
    assert one[vae_numbers.PRIOR]["high"] < none[vae_numbers.PRIOR]["low"]
    assert none[vae_numbers.SPREAD]["high"] < 0.001 and high[vae_numbers.KL]["high"] < 0.01


def test_its_numbers_can_be_measured_again() -> None:
    kept = measured(1)
    for row in measure_plane(vae.run(1)):
        assert row["value"] == pytest.approx(kept[row["metric"]]["value"], rel=0.05, abs=0.01), row["metric"]


def test_the_page_shows_the_lesson_with_its_numbers() -> None:
    page = opened("learn", lesson="vae")
    assert not page.exception and not page.error
    said = " ".join(each.value for each in page.markdown)
    assert vae_numbers.number(measured(1)[vae_numbers.LOST]) in said and vae_numbers.share(measured(0)[vae_numbers.PRIOR]) in said


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("paper, ink", [(255, 0), (0, 255), (180, 60)])
def test_ink_on_any_paper_fills_the_field(paper: int, ink: int) -> None:
    sheet = Image.new("L", (200, 120), paper)
    ImageDraw.Draw(sheet).rectangle((90, 20, 99, 99), fill=ink)
    found = as_ink(png(sheet), 8)
    assert found.shape == (8, 8, 1) and found.dtype == np.uint8
    assert (found[:, 3:5] > 100).all() and not found[:, :3].any() and not found[:, 5:].any()


def test_an_empty_sheet_and_no_picture_are_refused_in_a_sentence() -> None:
    with pytest.raises(Refusal, match="nothing stands out"):
        as_ink(png(Image.new("L", (50, 50), 255)), 8)
    with pytest.raises(Refusal, match="no PNG"):
        as_ink(b"<svg onload=alert(1)>", 8)
