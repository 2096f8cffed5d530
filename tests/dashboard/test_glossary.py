"""Every term has a meaning and a place that is there, and what help texts say in abbreviations is explained."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.learn import terms_shown
from dashboard.learn.lessons import LESSONS
from dashboard.navigation import SCREENS
from dashboard.parts import glossary
from dashboard.parts.glossary_term import Term
from dashboard.parts.glossary_terms import WRITER
from dashboard.safe_text import safe_text
from genmodels.gallery import GALLERY
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)

ROOT = Path(__file__).parent.parent.parent
EVERYDAY = {"AI", "CSV", "GIF", "ID", "JPEG", "JSON", "MB", "MIDI", "MP4", "PNG", "SDF", "SVG", "WAV", "XML", "ZIP"}
EXPLAINED_THERE = {"PAINS", "UMAP", "BEFORE", "NOW"}  # their help text is the explanation, or they stand for files


@pytest.mark.parametrize("term", glossary.TERMS, ids=lambda term: term.name)
def test_a_term_says_one_sentence_and_has_a_place(term: Term) -> None:
    assert term.meaning.endswith(".") and len(term.meaning) < 160
    assert term.page in {screen.name for screen in SCREENS}
    query = dict(term.query)
    assert set(query) <= {"lesson", "run"} and (GALLERY / query.get("run", WRITER)).is_dir() and ("lesson" not in query or query["lesson"] in {each.name for each in LESSONS})
    assert terms_shown.place(term)


def test_no_two_terms_share_a_spelling() -> None:
    said = [name.lower() for term in glossary.TERMS for name in (term.name, *term.also)]
    assert len(said) == len(set(said))


def test_abbreviations_in_help_texts_are_terms() -> None:
    found: dict[str, str] = {}
    for file in [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                for help_text in (word.value for word in node.keywords if word.arg == "help"):
                    for part in ast.walk(help_text):
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            found |= dict.fromkeys(re.findall(r"\b[A-Z]{2,}\b", part.value), f"{file.name}: {part.value}")
    assert "PAINS" in found, "the search finds something"
    unknown = {word: where for word, where in found.items() if word not in EVERYDAY | EXPLAINED_THERE and glossary.of(word) is None}
    assert not unknown


def test_terms_are_found_in_a_text() -> None:
    named = [term.name for term in glossary.within("After an epoch the held-out loss rises, and QED falls.")]
    assert named == ["Epoch", "Loss", "Held out", "QED"]
    assert not glossary.within("He had qed in mind and klutzed")
    assert glossary.of("kl") == glossary.of("KL divergence") is not None and glossary.of("nothing") is None


def test_a_page_explains_the_terms_that_it_uses() -> None:
    def page() -> None:
        from dashboard.parts import glossary

        glossary.explained("After an epoch the held-out loss rises.")
        glossary.explained("Nothing here is a word of ours.")

    test = AppTest.from_function(page).run()
    (line,) = test.caption
    assert line.value == "Words used here: Epoch, Loss, Held out"
    assert all(f"**{name}**" in line.help for name in ("Epoch", "Loss", "Held out"))


@pytest.mark.parametrize("name", ["data", "train", "verify"])
def test_a_page_ends_with_the_terms_that_are_seen_on_it(name: str, home: Path) -> None:
    """In the whole dashboard, as its entry point draws it."""
    test = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=120)
    test.run()
    test.switch_page(str(ROOT / "pages" / f"{name}.py")).run()
    assert not test.exception
    own = [term.name for term in glossary.TERMS if term.page == name and not term.query]
    last = [each for each in test.caption if each.value.startswith("Words used here")][-1]
    assert own and last.value == "Words used here: " + ", ".join(safe_text(each) for each in own)
    assert all(safe_text(term.meaning, 400) in last.help for term in glossary.TERMS if term.name in own)


@pytest.mark.parametrize(("run", "seen", "not_seen"), [("diffusion-openmoji", "Guidance", "Logit lens"), ("transformer-docs", "Logit lens", "Guidance")])
def test_prompt_explains_what_the_chosen_model_has(run: str, seen: str, not_seen: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below a model that draws stood the terms of one that writes, and the glossary led to the wrong one of both."""
    monkeypatch.setattr("genmodels.gallery.GALLERY", GALLERY)
    test = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=120)
    test.run()
    test.query_params["run"] = run
    test.switch_page(str(ROOT / "pages" / "prompt.py")).run()
    assert not test.exception
    foot = [each.value for each in test.caption if each.value.startswith("Words used here")][-1]
    assert seen in foot and not_seen not in foot and "Prompt" in foot


def test_the_page_lists_all_and_finds_one() -> None:
    test = opened("glossary")
    shown = " ".join(each.value for each in test.markdown)
    assert not test.exception and all(f"**{safe_text(term.name)}**" in shown for term in glossary.TERMS)
    test = opened("glossary", word="collapse")
    assert not test.exception and f"{sum('collapse' in (t.name + t.meaning).lower() for t in glossary.TERMS)} terms" in test.caption[0].value
    assert "No term is called" in opened("glossary", word="<b>zebra").info[0].value
