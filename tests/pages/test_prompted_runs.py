"""Runs that follow prompts, and runs that draw nothing, on the pages that all runs share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from genmodels.runs.run import Run
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)

PAGES = ["home", "train", "runs", "data", "latent", "prompt", "bias", "memorisation", "about"]


@pytest.fixture(params=["diffusion", "clip", "upscaler", "reader"])
def run(request: pytest.FixtureRequest, home: Path, trained) -> Run:
    folder = trained(request.param)
    return Run(Path(shutil.copytree(folder, home / "runs" / folder.name)))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_draws_with_such_a_run(page: str, run: Run) -> None:
    test = opened(page, **({"run": run.id} if page in ("train", "prompt") or (page in ("bias", "memorisation") and run.experiment.model in ("diffusion", "transformer")) else {}))
    assert not test.exception and not test.error


def test_it_has_no_latent_space_to_walk(run: Run, no_gallery) -> None:  # noqa: F811
    test = opened("latent")
    assert not test.exception and run.id not in [option for box in test.selectbox for option in box.options]


@pytest.mark.parametrize("model", ["clip", "diffusion"])
def test_the_form_says_what_data_has_captions(model: str) -> None:
    test = opened("train", model=model, data="digits")
    assert not test.exception
    data = next(each for each in test.selectbox if each.label == "Data")
    assert {"openmoji", "icons", "emblems"} <= set(data.options) and "digits" not in data.options
