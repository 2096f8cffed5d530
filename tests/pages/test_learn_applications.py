"""The lesson on applications: what ships is shown before anything is loaded, and a click has the model make another."""

from __future__ import annotations

import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import state
from dashboard.applications import overview
from dashboard.learn.applications import APPLICATIONS, MOLECULES
from tests.pages.test_pages import ROOT, no_gallery, opened  # noqa: F401  (a fixture)


def lesson() -> AppTest:
    test = opened("learn", lesson="applications")
    assert not test.exception, test.exception[0].value
    return test


@pytest.fixture
def gallery(no_gallery: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr("genmodels.gallery.GALLERY", ROOT / "genmodels" / "gallery")


def test_every_application_has_an_example() -> None:
    assert {each.page for each in APPLICATIONS} == set(overview.APPLICATIONS)


def test_without_models_it_says_so() -> None:
    test = lesson()
    assert len(test.info) == len(APPLICATIONS) and not any(button.key and button.key.startswith("applied.") for button in test.button)


def test_what_ships_is_there_before_tensorflow_is() -> None:
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.pages.test_pages import opened
test = opened("learn", lesson="applications")
assert not test.exception, test.exception
print("captions:", sum("Made in training" in each.value for each in test.caption))
print("loaded:", [m for m in ("keras", "tensorflow") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert "loaded: []" in done.stdout, done.stdout + done.stderr[-2000:]
    assert int(done.stdout.split("captions:")[1].split()[0]) >= 4


def test_a_click_makes_another_and_the_next_click_a_different_one(gallery: None) -> None:
    test = lesson()
    test.button(key="applied.molecules").click().run(timeout=300)
    assert not test.exception and not test.error
    seed, first = test.session_state[state.APPLIED]["molecules"]
    told = next(each.value for each in test.markdown if "as molecules" in each.value)
    assert seed == 1 and f"RDKit reads {len(first.molecules)} of the {MOLECULES} texts" in told
    test.button(key="applied.molecules").click().run(timeout=300)
    seed, second = test.session_state[state.APPLIED]["molecules"]
    assert seed == 2 and [each.smiles for each in second.molecules] != [each.smiles for each in first.molecules]


@pytest.mark.parametrize("page", ["music", "code", "design"])
def test_the_others_make_one_too(gallery: None, page: str) -> None:
    test = lesson()
    test.button(key=f"applied.{page}").click().run(timeout=300)
    assert not test.exception and not test.error, [each.value for each in test.error]
    assert test.session_state[state.APPLIED][page][0] == 1
    assert any("just now" in each.value for each in test.caption)
