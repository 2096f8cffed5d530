"""The page Models: cards and table, pages of cards, filters in the address, and choosing runs by name or by tick."""

from __future__ import annotations

import base64
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard import state
from dashboard.parts import sample_strip
from dashboard.runs import cards
from genmodels import gallery
from genmodels.runs.run import Run
from tests.dashboard.made import made
from tests.pages.test_pages import HOSTILE, ROOT, no_gallery, opened  # noqa: F401  (a fixture)

SHIPPED = gallery.GALLERY


def linked(test: AppTest) -> list[str]:
    """The runs that the page leads to, in its order."""
    return [
        link.proto.query_string.removeprefix("run=")
        for link in test.get("page_link")
        if "run=" in link.proto.query_string
    ]


def many(n: int) -> list[str]:
    """The names of n runs, newest first, all alike."""
    first = made("done")
    for number in range(1, n):
        copy = Path(shutil.copytree(first.path, first.path.with_name(f"{first.id}-{number:03d}")))
        document = json.loads((copy / "experiment.json").read_text())
        (copy / "experiment.json").write_text(json.dumps(document | {"created": document["created"] - number}))
    return [first.id] + [f"{first.id}-{number:03d}" for number in range(1, n)]


def test_a_card_has_name_state_picture_and_one_number(home: Path) -> None:
    run = made("done", name="mine")
    test = opened("runs")
    assert not test.exception and test.segmented_control(key=state.LISTED).value == "Cards"
    assert linked(test) == [run.id] and any(link.proto.label == "mine" for link in test.get("page_link"))
    assert any("vae on digits" in each.value for each in test.caption)
    assert [picture.alt for each in test.image for picture in each.proto.imgs] == [
        "Samples of vae trained on digits, epoch 3"
    ]
    assert any("Held\\-out loss **1.7**" in each.value and "not measured yet" in each.value for each in test.markdown)
    measured = {"metric": "kid", "value": 0.0224, "low": 0.01756, "high": 0.02797, "n": 1000, "better": "lower"}
    (run.path / "findings.json").write_text(json.dumps({"measures": [measured | {"metric": "other"}, measured]}))
    assert any("**0\\.022**" in each.value and "0\\.018 to 0\\.028" in each.value for each in opened("runs").markdown)


def test_ones_own_come_before_those_that_came_with_it(home: Path, tmp_path: Path) -> None:
    for name in ("vae-digits", "clip"):
        shutil.copytree(SHIPPED / name, tmp_path / "gallery" / name)
    test = opened("runs")
    assert linked(test) == ["vae-digits"] and [each.value for each in test.header] == ["Came with it"]
    assert any("train your first" in link.proto.label for link in test.get("page_link"))
    run = made("failed")
    test = opened("runs")
    assert linked(test) == [run.id, "vae-digits"] and [each.value for each in test.header] == [
        "Yours",
        "Came with it",
    ]
    assert any("lower the learning rate" in each.value for each in test.caption), "why it failed"


def test_an_own_instrument_stands_on_the_page_of_instruments(home: Path) -> None:
    run = Run(Path(shutil.copytree(SHIPPED / "clip", home / "runs" / "my-clip")))
    drawing = made("done")
    test = opened("runs")
    assert linked(test) == [drawing.id] and any("1 of them yours" in link.proto.label for link in test.get("page_link"))
    assert run.id not in test.multiselect(key=state.CHOSEN).options
    assert any("1 instrument" in link.proto.label for link in opened("runs", search="clip").get("page_link"))
    test = opened("instruments")
    assert not test.exception and linked(test) == [run.id]
    test.multiselect(key=state.CHOSEN).select(run.id).run()
    assert not test.exception and test.button(key=f"delete.{run.id}").label == "Delete"


def test_cards_are_paged_and_the_address_says_which_page(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "A_PAGE", 4)
    names = many(10)
    test = opened("runs")
    assert linked(test) == names[:4] and any("1 to 4 of 10" in each.value for each in test.caption)
    test.pagination(key=state.PAGE).set_value(2).run()
    assert linked(test) == names[4:8]
    test = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page("../pages/runs.py")
    test.query_params[state.PAGE] = "3"
    assert linked(test.run()) == names[8:]
    test.text_input(key=state.SEARCH).set_value("001").run()
    assert linked(test) == [names[1]] and not test.exception, "a page that is not there any more is the first"


def test_filters_hold_for_cards_and_table_and_old_links_still_work(home: Path) -> None:
    done, failed = made("done", name="good", tags=["kept"]), made("failed", model="gan")
    for query in ({"search": "gan"}, {"state": "failed"}, {"models": "gan"}):
        test = opened("runs", **query)
        assert linked(test) == [failed.id] and not test.exception and not test.warning
        assert any("1 of 2 models with" in each.value for each in test.caption)
        assert list(opened("runs", **query, **{state.LISTED: "Table"}).dataframe[0].value["State"]) == ["failed"]
    test = opened("runs", tags="kept", term="kernel_distance", axis="epoch")
    assert linked(test) == [done.id]
    next(button for button in test.button if button.label == "Clear filters").click().run()
    assert sorted(linked(test)) == sorted([done.id, failed.id]) and "tags" not in test.query_params
    test = opened("runs", models="[x](http://evil.example)", **{state.COMPARED: "nobody"})
    said = " ".join(each.value for each in test.warning)
    assert "No model here has the model" in said and "No model is called" in said, said
    assert not any("](" in each.value for each in test.warning) and len(linked(test)) == 2
    for key in ("models", "state", "tags"):
        test = opened("runs", **{key: "nonsense"})
        assert len(test.warning) == 1 and "nonsense" in test.warning[0].value, "said once"


def test_the_table_has_a_picture_and_a_link_a_run(home: Path) -> None:
    run = made("done", name="A name / of #1")
    test = opened("runs", **{state.LISTED: "Table"})
    frame = test.dataframe[0].value
    assert list(frame["Name"]) == [f"/model?run={run.id}#A%20name%20%2F%20of%20%231"]
    picture = Image.open(io.BytesIO(base64.b64decode(frame["Samples"][0].removeprefix("data:image/png;base64,"))))
    assert picture.size == sample_strip.CELL and len(np.unique(np.asarray(picture.convert("L")))) > 4, "what it drew"


def test_a_model_of_texts_has_its_first_words_for_a_picture(home: Path) -> None:
    shutil.copytree(SHIPPED / "transformer-docs", home / "runs" / "mine")
    frame = opened("runs", **{state.LISTED: "Table"}).dataframe[0].value
    picture = Image.open(io.BytesIO(base64.b64decode(frame["Samples"][0].removeprefix("data:image/png;base64,"))))
    ink = np.asarray(picture.convert("L")) < 160
    assert picture.size == sample_strip.CELL and 0.02 < ink.mean() < 0.5, "letters on paper"


def test_choosing_by_name_and_by_tick_is_the_same(home: Path) -> None:
    first, second = made("done", name="one"), made("done", model="gan")
    for listed in ("Cards", "Table"):
        test = opened("runs", **{state.LISTED: listed})
        compare = test.multiselect(key=state.CHOSEN)
        assert compare.options[-1] == f"one · {first.id}" and "Curves" not in [each.value for each in test.header]
        compare.select(first.id).run()
        assert "one" in [each.value for each in test.header] and test.button(key=f"delete.{first.id}").label == "Delete"
        test.multiselect(key=state.CHOSEN).select(second.id).run()
        assert "Where they differ" in [each.value for each in test.header] and not test.exception
    test = opened("runs", **{state.LISTED: "Table", state.COMPARED: second.id})
    assert ticked(test) == [0], "what the address names is ticked"
    test.multiselect(key=state.CHOSEN).set_value([first.id, second.id]).run()
    assert ticked(test) == [0, 1]
    test.text_input(key=state.SEARCH).set_value("gan").run()
    assert ticked(test) == [0] and len(test.multiselect(key=state.CHOSEN).value) == 2, (
        "what a filter hides stays chosen"
    )


def test_the_address_names_the_comparison_by_ids(home: Path) -> None:
    run, other = made("done", name="new"), made("done")
    test = opened("runs", **{state.COMPARED: f"{run.id},{other.id}"})
    assert test.multiselect(key=state.CHOSEN).value == [run.id, other.id] and not test.warning
    run.label(name="newer")
    assert "".join(test.run().query_params[state.COMPARED]) == f"{run.id},{other.id}"
    test.multiselect(key=state.CHOSEN).set_value([other.id]).run()
    assert "".join(test.query_params[state.COMPARED]) == other.id
    shutil.rmtree(other.path)
    test.run()
    assert not test.exception and not test.multiselect(key=state.CHOSEN).value and state.COMPARED not in test.query_params


def ticked(test: AppTest) -> list[int]:
    """The lines that are ticked in the table of the page."""
    number = test.session_state[state.TICKED][0]
    return list(test.session_state[f"{state.TICKED}.{number}"]["selection"]["rows"])


def test_what_is_ticked_is_chosen_and_what_is_hidden_stays() -> None:
    def script() -> None:
        from dashboard import state
        from dashboard.runs import choosing

        state.put(state.CHOSEN, ["hidden", "b"])
        state.put(state.table_key(), {"selection": {"rows": [0, 2], "columns": [], "cells": []}})
        choosing.tick(["a", "b", "c"])

    assert AppTest.from_function(script).run().session_state[state.CHOSEN] == ["a", "c", "hidden"]


def test_a_damaged_run_says_so_on_its_card_and_can_be_deleted(home: Path) -> None:
    run, whole = made("done"), made("done")
    (run.path / "experiment.json").write_text("[1]")
    test = opened("runs")
    assert not test.exception and sorted(linked(test)) == sorted([run.id, whole.id])
    assert any("Damaged" in each.value and "experiment\\.json" in each.value for each in test.caption)
    assert any("damaged" in each for each in opened("runs", **{state.LISTED: "Table"}).dataframe[0].value["State"])
    test = opened("runs", **{state.COMPARED: run.id})
    assert not test.exception and test.button(key=f"delete.{run.id}").label == "Delete"


def test_a_hostile_name_is_text_on_card_table_and_choice(home: Path) -> None:
    run = made("done", name=HOSTILE, tags=[HOSTILE])
    test = opened("runs")
    label = next(link.proto.label for link in test.get("page_link") if run.id in link.proto.query_string)
    assert not any(mark in label for mark in ("![", "](", ":red[", "://", "\u202e")) and "\\<img" in label
    frame = opened("runs", **{state.LISTED: "Table"}).dataframe[0].value
    assert frame["Name"][0].startswith(f"/model?run={run.id}#") and not set("<>:[]() ") & set(frame["Name"][0])


def test_values_on_other_data_are_not_compared(home: Path) -> None:
    first, second = made("done"), made("done")
    document = json.loads((second.path / "experiment.json").read_text())
    document["experiment"] |= {"data": "icons", "recipe": document["experiment"]["recipe"] | {"latent": 3}}
    (second.path / "experiment.json").write_text(json.dumps(document))
    test = opened("runs", **{state.TERM: "held_out_loss"})
    test.multiselect(key=state.CHOSEN).set_value([first.id, second.id]).run()
    assert not test.exception
    said = [each.value for each in test.caption]
    assert sum("has a chart of its own" in each for each in said) == 2, "one panel each"
    assert any("their values do not compare" in each for each in said)
    test.selectbox(key=state.TERM).set_value("kernel_distance").run()
    assert any("their heights do not compare" in each.value for each in test.caption)
