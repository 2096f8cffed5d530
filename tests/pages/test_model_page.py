"""The page of a model: each part of it, its header, and that every link of the header leads to a page that can show the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.applications import design_models, music
from dashboard.drawing.form import painters
from dashboard.latent.views import explorable
from dashboard.model import places
from dashboard.parts import standing
from dashboard.review.asking import audited_runs
from dashboard.safe_text import safe_text
from dashboard.writing.form import writers
from genmodels.gallery import GALLERY
from genmodels.kinds.kind import KINDS
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names
from tests.dashboard.made import made
from tests.pages.test_pages import HOSTILE, opened

each_run = pytest.mark.parametrize("name", gallery_names())
SHOWN_BY: dict[str, Callable[[RunStore], list[str]]] = {  # page: the runs that it can show
    "latent": explorable,
    "prompt": lambda store: [*painters(store), *writers(store)],
    "music": music.composers,
    "design": lambda store: [name for names in design_models.fitting(store).values() for name in names],
    "video": lambda store: audited_runs(store, ("video",)),
    "molecules": lambda store: audited_runs(store, ("molecule",)),
    "code": lambda store: audited_runs(store, ("code",)),
    "audit": lambda store: audited_runs(store, tuple(KINDS)),
    **{page: (lambda store, page=page: audited_runs(store, places.kinds_of(page))) for page in places.DETAILS},
}  # fmt: skip


def links(test: AppTest) -> set[tuple[str, str]]:
    """Page and label of the links of a page."""
    return {(each.proto.page, each.proto.label) for each in test.get("page_link")}


@each_run
def test_each_model_of_the_gallery_has_its_page(home: Path, name: str) -> None:
    for part in ({}, {"part": "files"}):
        test = opened("model", run=name, **part)
        assert not test.exception and not test.error, (test.exception, test.error)
        assert [each.value for each in test.title] == [safe_text(name)]


@each_run
def test_what_the_header_leads_to_can_show_the_model(home: Path, name: str) -> None:
    store = RunStore.default()
    run = store[name]
    checks = places.audited(run)
    pages = [place.page for place in places.play(run)] + [places.detail(check, checks) for check in checks]
    assert bool(pages) == places.makes(run), "what makes examples can be played with and audited, and nothing else"
    for page in pages:
        assert name in SHOWN_BY[page](store), page


@each_run
def test_no_page_that_can_show_a_model_is_left_out(home: Path, name: str) -> None:
    """But the prompt page for a model of clips, for which the page of films is, and that of icons for digits."""
    store = RunStore.default()
    run = store[name]
    checks = places.audited(run)
    led = {place.page for place in places.play(run)} | {places.detail(check, checks) for check in checks}
    can = {page for page, names in SHOWN_BY.items() if name in names(store)}
    left = can - led - {"audit"}  # which the header has for whatever is audited
    assert left <= ({"prompt"} if "video" in led else {"design"} if run.spec.classes else set())


def test_the_strip_of_verdicts_says_what_the_audit_page_says(home: Path) -> None:
    name = "vae-openmoji"
    worst = standing.worst(Run(GALLERY / name).findings())
    told = {label for _, label in links(opened("bias", run=name)) if "badge" in label}
    assert len(told) == len(worst) and all(any(f"{check}: {verdict}]" in each for each in told) for check, verdict in worst.items())
    shown = [each.value for each in opened("audit", run=name).markdown if "-badge[" in each.value]
    for verdict in worst.values():
        assert any(f" {verdict}]" in each for each in shown)


def test_one_header_on_every_page_of_a_model(home: Path) -> None:
    headers = {}
    for page in ("model", "train", "bias", "memorisation", "deepfake", "audit"):
        test = opened(page, run="vae-openmoji")
        assert not test.exception, page
        headers[page] = {label for _, label in links(test)} & {"Overview", "Training", "Walk", "Audit", "Files and report"}
    assert set(map(frozenset, headers.values())) == {frozenset({"Overview", "Training", "Walk", "Audit", "Files and report"})}


def test_a_page_never_shows_another_model_without_a_word(home: Path) -> None:
    test = opened("model", run="transformer-molecules")
    test.query_params.clear()
    test.switch_page("../pages/bias.py").run()
    assert "transformer-molecules, which you looked at before, is nothing that this page can audit" in test.info[0].value.replace("\\", "")
    assert any("What can be done with transformer" in label.replace("\\", "") for _, label in links(test))
    test.switch_page("../pages/memorisation.py").run()  # it is kept meanwhile
    assert "transformer-molecules" in test.title[0].value.replace("\\", "")


def test_an_unknown_model_or_part_is_said(home: Path) -> None:
    test = opened("model", run="vae-openmojy")
    assert "Did you mean" in test.error[0].value and not test.exception
    assert "names none" in opened("model").info[0].value
    test = opened("model", run="vae-digits", part="../x")
    assert "no part called" in test.warning[0].value and not test.exception


def test_what_is_missing_says_what_to_do(home: Path) -> None:
    run = made("done")
    (run.path / "epochs").mkdir()
    test = opened("model", run=run.id)
    assert any("genmodels measure" in each.value for each in test.info)
    assert any("not audited" in each.value for each in test.markdown)
    assert "Audit what was not audited yet" in {label for _, label in links(test)}


def test_foreign_words_stay_words(home: Path) -> None:
    run = made("failed", name=HOSTILE, tags=[HOSTILE], notes=HOSTILE)
    run.write_status(state="failed", message=HOSTILE, notice=HOSTILE)
    (run.path / "facts.json").write_text(json.dumps({"spec": run.facts["spec"], "credit": HOSTILE, "licence": HOSTILE}))
    (run.path / HOSTILE.replace("/", "_")[:60]).write_text("")
    for part in ({}, {"part": "files"}):
        test = opened("model", run=run.id, **part)
        assert not test.exception
        for element in [*test.title, *test.markdown, *test.caption, *test.error, *test.info]:
            for mark in ("![", "](", "<img", ":red[", "$x$", "://"):
                assert mark not in element.value.replace("\\<", ""), element.value


def test_a_model_is_renamed_among_its_files(home: Path) -> None:
    run = made("done")
    test = opened("model", run=run.id, part="files")
    assert {"Report (HTML)", "JSON", "Model card (Markdown)", "Run as zip"} <= {each.proto.label for each in test.get("download_button")}
    next(each for each in test.text_input if each.label == "Name").set_value("mine")
    next(each for each in test.button if each.label == "Save").click()
    test.run()
    assert run.labels["name"] == "mine" and test.title[0].value == "mine"


def test_one_like_it_begins_with_its_settings(home: Path) -> None:
    run = RunStore.default()["vae-openmoji"]
    test = opened("train", like=run.id)
    assert not test.exception and not test.error and test.title[0].value == "New training" and "like" not in test.query_params
    asked = run.experiment
    assert (test.selectbox(key="model").value, test.selectbox(key="data").value) == (asked.model, asked.data)
    assert test.number_input(key="knob.training.epochs").value == asked.epochs
    assert test.number_input(key="knob.vae.latent").value == asked.recipe["latent"]
    test.number_input(key="knob.training.epochs").set_value(3).run()
    assert test.number_input(key="knob.training.epochs").value == 3, "what was changed since stays"
    assert "No run is called" in opened("train", like="../x").error[0].value


def test_settings_that_the_form_can_not_have_are_named_with_what_it_has(home: Path) -> None:
    run = made("done")
    document = json.loads((run.path / "experiment.json").read_text())
    document["experiment"] |= {"epochs": 10**9, "seed": 7}
    (run.path / "experiment.json").write_text(json.dumps(document))
    test = opened("train", like=run.id)
    assert not test.exception and not test.error
    said = [each.value.replace("\\", "").replace("\u2060", "") for each in test.warning]
    assert said == [f"{run.id}: epochs is '1000000000'; it must be a whole number from 1 to 100000, so the form has the usual 20."], said
    assert test.number_input(key="knob.training.epochs").value == 20 and test.number_input(key="knob.training.seed").value == 7
    assert len(test.run().warning) == 1, "it stays while the form is looked at"
    test.number_input(key="knob.training.epochs").set_value(3).run()
    assert not test.warning and test.number_input(key="knob.training.epochs").value == 3


def test_one_like_a_model_of_data_that_are_gone(home: Path) -> None:
    run = made("done")
    document = json.loads((run.path / "experiment.json").read_text())
    document["experiment"] |= {"data": "folder", "source": {"token": "gone"}}
    (run.path / "experiment.json").write_text(json.dumps(document))
    test = opened("train", like=run.id)
    assert not test.exception and test.selectbox(key="data").value == "folder"
    assert "'gone', which that run learned from, is not imported here; import it first" in test.warning[0].value.replace("\\", "")
    assert any("not imported pictures yet" in each.value for each in test.info)
