"""Runs of texts on the pages that all runs share."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from genmodels.data.dataset import DATA
from genmodels.runs.run import Run
from tests.pages.test_pages import HOSTILE, no_gallery, opened  # noqa: F401  (a fixture)


@pytest.fixture
def run(home: Path, trained) -> Run:
    folder = trained("transformer")
    return Run(Path(shutil.copytree(folder, home / "runs" / folder.name)))


@pytest.mark.parametrize("page", ["home", "train", "runs", "data", "latent", "prompt", "bias", "memorisation", "about"])
def test_every_page_draws_with_a_run_of_texts(page: str, run: Run) -> None:
    test = opened(page, **({"run": run.id} if page in ("train", "prompt") or (page in ("bias", "memorisation") and run.experiment.model in ("diffusion", "transformer")) else {}))
    assert not test.exception and not test.error


def test_the_live_page_shows_what_was_written_and_by_whom(run: Run) -> None:
    test = opened("train", run=run.id)
    last = json.loads(run.samples[4].read_text())
    assert [each.value for each in test.code][:4] == [each["text"] or " " for each in last]
    assert sum("Made by a model" in each.value for each in test.caption) == 4
    assert "What it writes" in [each.value for each in test.header]


def test_texts_of_a_foreign_run_are_harmless_or_refused(run: Run) -> None:
    texts = [{"prompt": HOSTILE, "seed": HOSTILE, "text": HOSTILE}, {"text": 5}, "x"]
    run.samples[4].write_text(json.dumps(texts))
    test = opened("train", run=run.id)
    assert not test.exception and len(test.code) == 1 and "\u202e" not in test.code[0].value
    assert not [each.value for each in test.caption if re.search(r"(?<!\\)(<img|!\[|\]\()", each.value)]  # all escaped
    run.samples[4].write_text("{" * 100_000)
    errors = [each.value for each in opened("train", run=run.id).error]
    assert any("nested more than" in each or "no JSON" in each for each in errors), errors


def test_the_form_offers_data_that_the_model_can_learn() -> None:
    for model, kinds in (("transformer", ("text", "code", "music", "molecule")), ("vae", ("image",)), ("sequence-vae", ("molecule",))):
        test = opened("train", model=model)
        data = next(each for each in test.selectbox if each.label == "Data")
        assert set(data.options) == {name for name, source in DATA.items() if source.kind in kinds}


def test_a_link_to_data_that_the_model_can_not_learn_is_answered() -> None:
    test = opened("train", model="transformer", data="digits")
    assert not test.exception
    assert any("digits is image without captions" in each.value.replace("\\", "") for each in test.caption)


def test_only_models_that_draw_have_a_latent_space(run: Run) -> None:
    test = opened("latent")
    assert not [each for each in test.selectbox if each.label == "Model"] and "no trained model" in test.info[0].value
