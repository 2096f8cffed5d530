"""Addresses that were handed out: each opens its page and shows what it names; what a page does not have is said."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.navigation import SCREENS
from genmodels.data.dataset import title_of
from genmodels.review import brought
from genmodels.subjects.labelled import bring
from genmodels.subjects.outputs import TEXT, Item, Outputs
from tests.pages.test_pages import opened

RUN_PAGES = ("bias", "memorisation", "deepfake", "audit", "latent", "prompt")
# Page, parameters, and the keys of widgets that must hold what the address says.
LINKS: tuple[tuple[str, dict[str, str]], ...] = (
    ("train", {"run": "vae-digits"}),
    ("train", {"model": "gan", "data": "icons"}),
    ("latent", {"run": "vae-digits", "view": "Walk", "seeds": "4, 5", "kind": "linear"}),
    ("latent", {"run": "vae-digits", "view": "Plane", "seeds": "4, 5, 6"}),
    ("prompt", {"run": "diffusion-openmoji", "prompt": "mermaid", "seed": "5", "painting": "Film"}),
    ("prompt", {"run": "transformer-docs", "prompt": "The function", "seed": "5", "view": "Text"}),
    ("runs", {"search": "openmoji", "state": "done", "models": "vae"}),
    ("data", {"data": "occupations"}),
    ("music", {"run": "transformer-chorales", "key": "D major", "length": "32", "temperature": "0.8", "seed": "7"}),
    ("molecules", {"run": "transformer-molecules", "molecules": "Generate", "n": "5", "begin": "CC", "seed": "7"}),
    ("molecules", {"run": "transformer-molecules", "molecules": "Statistics"}),
    ("code", {"run": "transformer-code", "problem": "clamp", "n": "4", "seed": "3", "temperature": "0.8", "length": "160"}),
    ("code", {"run": "transformer-code", "code": "Fill a gap"}),
    ("video", {"run": "latent-video-motion", "prompt": "a red car moving left slowly", "film": "Prompt to clip"}),
    ("design", {"run": "diffusion-design", "design": "Family", "seed": "4"}),
    ("learn", {"lesson": "gan"}),
    ("glossary", {"word": "held out"}),
)
ELSEWHERE = {"run", "prompt", "lesson"}  # shown by a title, or taken over into another key
UNKNOWN: tuple[tuple[str, dict[str, str]], ...] = (
    *((page, {"run": "nonsense"}) for page in (*RUN_PAGES, "train", "model", "music", "molecules", "code", "video", "design")),
    ("train", {"model": "nonsense"}),
    ("train", {"data": "nonsense"}),
    ("train", {"on": "nonsense"}),
    ("latent", {"run": "vae-digits", "view": "nonsense"}),
    ("latent", {"run": "vae-digits", "view": "Plane", "seeds": "nonsense"}),
    ("prompt", {"run": "diffusion-openmoji", "painting": "nonsense"}),
    ("prompt", {"run": "transformer-docs", "seed": "nonsense"}),
    ("runs", {"state": "nonsense"}),
    ("data", {"data": "nonsense"}),
    ("audit", {"outputs": "nonsense"}),
    ("label", {"labels": "nonsense"}),
    ("music", {"run": "transformer-chorales", "key": "nonsense"}),
    ("molecules", {"run": "transformer-molecules", "n": "nonsense"}),
    ("code", {"run": "transformer-code", "problem": "nonsense"}),
    ("video", {"run": "latent-video-motion", "film": "nonsense"}),
    ("design", {"design": "nonsense"}),
    ("learn", {"lesson": "nonsense"}),
    ("learn", {"lesson": "transformer", "step": "nonsense"}),
    ("glossary", {"word": "nonsense"}),
    ("model", {"run": "vae-digits", "part": "nonsense"}),
)


def said(test: AppTest) -> str:
    return " ".join(each.value for each in (*test.error, *test.warning, *test.info))


def held(test: AppTest, key: str) -> Any:
    """What the widget of a key holds, as the address would say it."""
    value = test.session_state[key]
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def of(query: Mapping[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in query.items())


@pytest.mark.parametrize(("page", "query"), LINKS, ids=[f"{page}?{of(query)}" for page, query in LINKS])
def test_a_link_shows_what_it_names(home: Path, page: str, query: dict[str, str]) -> None:
    test = opened(page, **query)
    assert not test.exception and not [each.value for each in test.error]
    assert "does not have" not in said(test) and "nonsense" not in said(test)
    for key in query.keys() - ELSEWHERE - {page}:
        assert held(test, key) == query[key], key
    assert page != "data" or test.title[0].value == title_of(query["data"])
    shown = " ".join(each.value for each in (*test.title, *test.header, *test.caption, *test.text, *test.text_area, *test.text_input, *test.selectbox) if isinstance(each.value, str))
    assert query.get("run", "").replace("-", "") in shown.replace("\\", "").replace("-", "")
    assert query.get("prompt", "") in shown


@pytest.mark.parametrize("page", RUN_PAGES[:-1])
def test_a_run_in_the_address_is_what_its_page_is_about(home: Path, page: str) -> None:
    test = opened(page, run="vae-openmoji")
    assert not test.exception and "vae-openmoji" in " ".join(str(each.value) for each in (*test.title, *test.header, *test.selectbox)).replace("\\", "")


def test_outputs_and_labels_are_found_by_their_names(home: Path) -> None:
    kept = brought.keep({"outputs": ("answers.csv", io.BytesIO(b"prompt,response\nhow,well\nwho,me\n"))}, "two answers")
    test = opened("audit", outputs=kept.token)
    assert not test.exception and test.session_state["outputs"] == kept.token and "two answers" in " ".join(each.value for each in (*test.header, *test.subheader, *test.title, *test.markdown, *test.caption))
    folder = bring(Outputs("three", TEXT, tuple(Item(f"{i}", f"asked {i}", "", f"answered {i}") for i in range(3))))
    test = opened("label", labels=folder.token)
    assert not test.exception and test.session_state["labels"] == folder.token and not said(test)


@pytest.mark.parametrize(("page", "query"), UNKNOWN, ids=[f"{page}?{of(query)}" for page, query in UNKNOWN])
def test_what_a_page_does_not_have_is_said(home: Path, page: str, query: dict[str, str]) -> None:
    test = opened(page, **query)
    assert not test.exception and "nonsense" in said(test)


def test_every_page_with_a_choice_in_its_address_is_here() -> None:
    without = {"home", "instruments", "verify", "applications", "about"}
    assert {screen.name for screen in SCREENS} - without <= {page for page, _ in (*LINKS, *UNKNOWN)}


def test_pairs_of_memorisation_lead_to_their_training_pictures_in_the_latent_space() -> None:
    test = opened("memorisation", run="vae-openmoji")
    link = next(each.proto for each in test.get("page_link") if "latent space" in each.proto.label)
    (asked,) = [part.partition("=")[2] for part in link.query_string.split("&") if part.startswith("pictures=")]
    numbers = unquote(asked).removeprefix("train:").split(",")
    assert len(numbers) >= 2 and "run=vae-openmoji" in link.query_string
    test = opened("latent", run="vae-openmoji", view="Walk", pictures=unquote(asked))
    assert test.multiselect(key="anchors.train").value == [int(each) for each in numbers] and not test.error and not test.warning
    page = opened("memorisation", run="transformer-docs")
    assert not any("latent space" in each.proto.label for each in page.get("page_link"))
