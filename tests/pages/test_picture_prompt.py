"""The prompt page of a model that draws, on a real tiny one: every view, and what is asked for by mistake."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from dashboard.drawing.drawn import Drawn
from dashboard.drawing.sweep import recipes, zipped
from dashboard.drawing.views import VIEWS
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.files import png_facts
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.opening import open_model
from genmodels.trained.requests import Cell, between, draw_cells, sweep, values_of
from tests.pages.test_pages import HOSTILE, no_gallery, opened  # noqa: F401  (a fixture)


@pytest.fixture
def run(trained, monkeypatch: pytest.MonkeyPatch) -> Run:
    """In its own home, so that the page compiles it once for all tests: don't change it."""
    folder = trained("diffusion")
    monkeypatch.setenv("GENMODELS_HOME", str(folder.parent.parent))
    return Run(folder)


def drawing_of(run: Run, **query: object):
    test = opened("prompt", run=run.id, prompt="arrow left", **query)
    next(each for each in test.number_input if each.label == "Steps").set_value(3)
    next(each for each in test.button if each.label == "Draw").click()
    test.run(timeout=120)
    assert not test.exception and not test.error, [each.value for each in test.error]
    return test


def messages(test) -> str:
    return " ".join(each.value for part in (test.error, test.info, test.caption, test.warning) for each in part)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_says_what_to_do_before_anything_is_drawn(view: str, run: Run) -> None:
    test = opened("prompt", run=run.id, painting=view)
    assert not test.exception and not test.error
    assert test.info, view


def test_a_link_or_a_reload_says_that_its_prompt_is_not_drawn_yet_and_that_nothing_is_lost(run: Run) -> None:
    test = opened("prompt", run=run.id, prompt=HOSTILE[:60])
    assert "is not drawn in this tab yet" in test.info[0].value and "the same seed gives the same pictures" in test.info[0].value
    assert "![x](http" not in test.info[0].value


def test_four_pictures_are_drawn_each_with_its_seed_and_where_it_comes_from(run: Run) -> None:
    test = drawing_of(run, seed=7)
    said = messages(test)
    assert all(f"Seed {seed}" in said for seed in (7, 8, 9, 10)) and "Made by a model" in said and "steps \\= 3" in said
    drawn = test.session_state["drawn"]["pictures"]
    direct = open_model(run).sample(4, seed=7, given=["arrow left"], drawing=Drawing(steps=3))
    assert np.array_equal(np.stack([each.picture for each in drawn]), direct)  # the page draws what the command line draws
    facts = png_facts(drawn[1].png())
    assert facts["Prompt"] == "arrow left" and facts["Seed"] == "8" and json.loads(facts["Settings"])["steps"] == 3


def test_a_click_on_an_example_draws_it_and_older_pictures_say_of_which_prompt_they_are(run: Run) -> None:
    test = opened("prompt", run=run.id)
    offered = [each for each in test.button if (each.key or "").startswith("example.")]
    assert 3 <= len(offered) <= 6
    seen = run.facts["words"]
    assert all(word.lower() in seen for each in offered for word in re.findall(r"\w+", each.label.replace("\\", "")))  # each is understood
    next(each for each in test.number_input if each.label == "Steps").set_value(2)
    offered[0].click().run(timeout=120)
    assert not test.exception and test.session_state["prompt"] == offered[0].key.removeprefix("example.")
    assert {each.cell.prompt for each in test.session_state["drawn"]["pictures"]} == {test.session_state["prompt"]}
    assert "These pictures are of the prompt" not in messages(test)
    test.session_state["prompt"] = "zzzz"
    test.run(timeout=60)  # as after a prompt that can't be drawn
    assert f"These pictures are of the prompt “{offered[0].key.removeprefix('example.')}”" in messages(test).replace("\\", "")


def fold_of(test) -> tuple[str, str]:
    """The button beside what a result was asked for, and that line; empty where there is none."""
    button = next((each.label for each in test.button if (each.key or "").startswith("change_")), "")
    return button, next((each.value.replace("\\", "") for each in test.markdown if "pictures, seed" in each.value.replace("\\", "")), "")


def test_the_form_folds_over_its_result_keeps_what_was_typed_and_opens_again(run: Run) -> None:
    test = drawing_of(run, seed=7)
    assert fold_of(test)[0] == "Change" and "arrow left, 4 pictures, seed 7, steps 3, guidance 2" in fold_of(test)[1]
    assert test.text_input(key="prompt").value == "arrow left"
    test.button(key="change_drawing_pictures").click().run(timeout=60)
    assert fold_of(test)[0] == "Fold" and next(each for each in test.number_input if each.label == "Steps").value == 3
    test.text_input(key="prompt").set_value("zzzz qqqq")
    next(each for each in test.button if each.label == "Draw").click().run(timeout=60)
    assert test.error and fold_of(test)[1].startswith("Shown below: arrow left")  # open, and the old ones say what they are of
    test.text_input(key="prompt").set_value("circle")
    next(each for each in test.button if each.label == "Draw").click().run(timeout=60)
    assert not test.error and fold_of(test)[0] == "Change" and "circle, 4 pictures" in fold_of(test)[1]


def test_each_view_folds_over_its_own_result_only(run: Run) -> None:
    test = drawing_of(run)
    test.session_state["painting"] = "Film"
    assert fold_of(test.run(timeout=60))[0] == "Change"  # of the same pictures
    test.session_state["painting"] = "Between"
    assert fold_of(test.run(timeout=60)) == ("", "")
    test.session_state["towards"] = "circle"
    next(each for each in test.run().button if each.label == "Draw").click().run(timeout=60)
    assert "arrow left to circle, 8 pictures" in fold_of(test)[1] and fold_of(test)[0] == "Change"
    test.session_state["prompt"] = "circle"
    assert fold_of(test.run(timeout=60))[0] == "" and fold_of(test)[1].startswith("Shown below: arrow left to circle")


def test_a_result_of_another_model_is_said_to_be_and_leaves_the_form_open(home: Path, trained) -> None:
    first, _ = (Run(Path(shutil.copytree(trained("diffusion"), home / "runs" / name))) for name in ("one", "two"))
    test = drawing_of(first)
    test.selectbox(key="model.Prompt").set_value("two").run(timeout=60)
    button, line = fold_of(test)
    assert not button and line.startswith("Shown below") and "drawn by one" in line


def test_draw_is_alive_without_a_prompt_and_asks_for_one(run: Run) -> None:
    for view in ("Pictures", "Between", "Compare", "From a picture", "Table"):
        test = opened("prompt", run=run.id, painting=view)
        button = next(each for each in test.button if each.label == "Draw")
        assert not button.disabled, view
        button.click().run(timeout=60)
        assert not test.exception and not test.error and "first" in messages(test), view


def test_a_picture_of_another_model_is_drawn_again_by_that_model(home: Path, trained) -> None:
    first, second = (Run(Path(shutil.copytree(trained("diffusion"), home / "runs" / name))) for name in ("one", "two"))
    test = drawing_of(first)
    test.session_state["model.Prompt"], test.session_state["painting"] = second.id, "History"
    test.query_params["run"] = second.id
    test.run(timeout=60)
    assert test.selectbox(key="model.Prompt").value == "two"
    next(each for each in test.button if each.label == "Draw again").click().run(timeout=120)
    assert not test.exception and test.selectbox(key="model.Prompt").value == "one" and test.session_state["drawn"]["pictures"][0].run == "one"


def test_the_picture_that_is_looked_into_is_the_same_in_every_view(run: Run) -> None:
    test = drawing_of(run, seed=7, painting="Film")
    test.segmented_control(key="one_example").set_value("9").run(timeout=120)
    for view in ("Words", "Pictures", "Between", "Film"):
        test.session_state["painting"] = view
        test.run(timeout=120)
        assert not test.exception and (view == "Between" or fold_of(test)[1].endswith("looking into seed 9")), view
    assert test.segmented_control(key="one_example").value == "9" and test.query_params["looked"] in ("9", ["9"])
    test = drawing_of(run, seed=7, painting="Words", looked="10")  # a link
    assert test.segmented_control(key="one_example").value == "10"


@pytest.mark.parametrize("view", ["Film", "Words", "Sweep", "Between", "History"])
def test_views_show_what_was_drawn(view: str, run: Run) -> None:
    test = drawing_of(run)
    test.query_params["painting"] = view
    test.session_state["painting"] = view
    if view == "Between":
        test.session_state["towards"] = "circle"
    test.run(timeout=60)
    if view in ("Sweep", "Between"):
        next(each for each in test.button if each.label == "Draw").click().run(timeout=120)
    assert not test.exception and not test.error
    assert {"Film": "predicts", "Words": "share of attention", "Sweep": "Down the page varies guidance", "Between": "100\u00a0%", "History": "4 pictures"}[view] in messages(test).replace("\\", "")


@pytest.mark.parametrize(
    ("prompt", "said"),
    [("", "Write a prompt first"), ("qqqq zzzz", "knows none of the words"), ("x" * 10_000, "10,000 characters"), (HOSTILE, ""), ("arow left", "Not seen in training: arow")],
)
def test_bad_prompts_are_answered_and_nothing_is_drawn(prompt: str, said: str, run: Run) -> None:
    test = opened("prompt", run=run.id, prompt=prompt)
    button = next((each for each in test.button if each.label == "Draw"), None)
    if button is not None and said != "Not seen in training: arow":
        button.click().run(timeout=60)
    assert not test.exception
    assert said in messages(test).replace("\\", "")
    assert not re.search(r"(?<!\\)(<img|!\[|\]\()", messages(test)) and "\u202e" not in messages(test)  # all escaped
    if prompt != HOSTILE:
        assert "drawn" not in test.session_state or not test.session_state["drawn"].get("pictures")


def test_the_nearest_known_word_replaces_an_unknown_one(run: Run) -> None:
    test = opened("prompt", run=run.id, prompt="arow left")
    next(each for each in test.button if "arrow" in each.label).click().run()
    assert test.session_state["prompt"] == "arrow left" and "knows every word" in messages(test)


@pytest.mark.parametrize("knobs", [{"steps": 0}, {"guidance": 1000}])
def test_settings_out_of_range_can_not_be_asked_for(knobs: dict, run: Run) -> None:
    test = opened("prompt", run=run.id, prompt="circle")
    box = next(each for each in test.number_input if each.label.lower() in knobs)
    assert not box.min <= knobs[box.label.lower()] <= box.max


def test_an_unknown_view_is_answered(run: Run) -> None:
    test = opened("prompt", run=run.id, painting="Nonsense")
    assert not test.exception


def test_only_whole_words_are_replaced(run: Run) -> None:
    test = opened("prompt", run=run.id, prompt="arrows arow arowhead")
    next(each for each in test.button if each.label.startswith("arow →") or each.label.startswith("arow \\u2192")).click().run()
    assert test.session_state["prompt"].startswith("arrows ") and test.session_state["prompt"].endswith(" arowhead") and "arow " not in test.session_state["prompt"]


def test_a_picture_is_kept_as_a_favourite_and_drawn_again(run: Run) -> None:
    test = drawing_of(run, seed=2)
    test.session_state["painting"] = "History"
    test.run(timeout=60)
    next(each for each in test.button if each.label == "Keep").click().run(timeout=60)
    assert len(test.session_state["stars"]) == 1 and any(each.label == "Favourite" for each in test.button)
    next(each for each in test.button if each.label == "Draw again").click().run(timeout=120)
    assert not test.exception and test.session_state["painting"] == "Pictures"
    assert len(test.session_state["history"]) == 8


def test_two_models_draw_side_by_side_and_a_table_is_drawn(run: Run) -> None:
    test = opened("prompt", run=run.id, prompt="arrow left", painting="Compare")
    next(each for each in test.number_input if each.label == "Steps").set_value(2)
    next(each for each in test.button if each.label == "Draw").click().run(timeout=120)
    assert not test.exception and len(test.session_state["drawn"]["compare"]) == 8
    test.session_state["painting"] = "Table"
    test.run(timeout=60)
    test.file_uploader[0].upload("prompts.csv", b"prompt\ncircle\narrow left\n", "text/csv").run(timeout=60)
    next(each for each in test.button if each.label == "Draw").click().run(timeout=120)
    assert not test.exception and not test.error
    assert [each.cell.prompt for each in test.session_state["drawn"]["many"]] == ["circle", "arrow left"]


@pytest.mark.parametrize(("name", "content", "said"), [("a.png", b"no picture", "no PNG"), ("b.png", None, "too many pixels")])
def test_uploads_that_are_no_pictures_are_answered_and_nothing_is_drawn(name: str, content: bytes | None, said: str, run: Run) -> None:
    from tests.genmodels.test_picture_generator import bomb

    test = opened("prompt", run=run.id, prompt="circle", painting="From a picture")
    test.file_uploader[0].upload(name, content or bomb(30_000), "image/png").run(timeout=60)
    assert not test.exception and said in messages(test) and "drawn" not in test.session_state


# What the views ask of genmodels


def test_a_sweep_has_every_combination_and_a_bound() -> None:
    base = Cell("circle", 3)
    cells = sweep(base, [("sampler", values_of("sampler", "ddim, dpm-solver++")), ("steps", values_of("steps", "2, 4")), ("seed", values_of("seed", "1,2"))])
    assert len(cells) == 8 and cells[0] == Cell("circle", 1, Drawing(sampler="ddim", steps=2)) and cells[-1].seed == 2
    for axes, said in (([("seed", [1]), ("seed", [2])], "different"), ([("seed", range(200))], "200 pictures")):
        with pytest.raises(Refusal, match=said):
            sweep(base, axes)
    for axis, text, said in (("steps", "0", "steps is '0'"), ("guidance", "1000", "guidance"), ("seed", "a", "seeds are 'a'"), ("seed", "-1", "seed is -1"), ("prompt", " ; ", "0 values")):
        with pytest.raises(Refusal, match=said):
            values_of(axis, text)


def test_cells_are_drawn_a_few_at_a_time_and_each_as_if_alone(run: Run) -> None:
    generator = open_model(run)
    cells = [*between("circle", "user", 5, Drawing(steps=2), 5), Cell("circle", 5, Drawing(steps=3))]
    pictures: dict[int, np.ndarray] = {}
    shares = []
    for progress in draw_cells(generator, cells):
        shares.append(progress.share)
        if progress.step.number == progress.step.steps:
            pictures |= dict(zip(progress.cells, progress.step.clean, strict=True))
    assert sorted(pictures) == list(range(6)) and shares == sorted(shares) and shares[-1] == 1
    assert np.array_equal(pictures[0], generator.sample(1, seed=5, given=["circle"], drawing=Drawing(steps=2))[0])
    assert np.array_equal(pictures[5], generator.sample(1, seed=5, given=["circle"], drawing=Drawing(steps=3))[0])


def test_archives_and_histories_hold_what_is_needed_to_draw_again(run: Run) -> None:
    each = Drawn(run.id, "diffusion on icons", Cell("=circle", 4, Drawing(steps=2)), np.zeros((28, 28, 1), np.uint8))
    with zipfile.ZipFile(io.BytesIO(zipped([each]))) as archive:
        assert png_facts(archive.read("0000-seed-4.png"))["Prompt"] == "=circle"
        assert "'=circle" in archive.read("recipes.csv").decode()
    (told,) = json.loads(recipes([each], {each.key}))
    assert told["favourite"] and told["steps"] == 2 and Path(told["run"]).name == run.id
