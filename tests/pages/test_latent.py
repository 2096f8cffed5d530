"""The latent page on real trained models: every view, every way to choose anchors, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genmodels.runs.run import Run
from tests.conftest import TINY
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)


@pytest.fixture(params=["vae", "gan"])
def run(request, home: Path, trained) -> Run:
    folder = trained(request.param, epochs=20)
    return Run(Path(shutil.copytree(folder, home / "runs" / folder.name)))


def page(run: Run, **query: str) -> AppTest:
    test = opened("latent", run=run.id, **query)
    assert not test.exception, test.exception[0].value
    return test


def words(test: AppTest) -> str:
    return " ".join(element.value for element in [*test.markdown, *test.caption, *test.warning, *test.error, *test.info])


@pytest.mark.parametrize("view", ["Walk", "Plane", "Map", "Directions"])
def test_every_view_draws(run: Run, view: str) -> None:
    test = page(run, view=view)
    assert all("hardly ever draws" in error.value for error in test.error), test.error[0].value  # a tiny GAN may not
    expected = {"Walk": "lie nearer to a training picture", "Plane": "First anchor at the upper left", "Map": "click anywhere", "Directions": "Below: moved by the sliders"}
    assert expected[view] in words(test)


def test_the_form_is_folded_over_its_result_and_what_is_refused_opens_it(run: Run) -> None:
    test = page(run, view="Walk", seeds="4, 9")
    line = next(each.value for each in test.markdown if "interpolation" in each.value).replace("\\", "")
    assert test.button(key="change_latent_walk").label == "Change" and line.endswith("Seeds 4, 9, spherical interpolation, 64 frames")
    test.button(key="change_latent_walk").click().run()
    assert test.button(key="change_latent_walk").label == "Fold"
    test.text_input[0].set_value("5, 6").run()
    assert test.button(key="change_latent_walk").label == "Fold" and any("Seeds 5, 6" in each.value.replace("\\", "") for each in test.markdown)
    test = page(run, view="Plane", seeds="4")
    assert "choose at least 3" in test.error[0].value and test.button(key="change_latent_plane").label == "Fold"


def test_seeds_stand_in_the_url_and_bad_ones_are_one_sentence(run: Run) -> None:
    test = page(run, view="Walk", seeds="4, 9")
    assert test.text_input[0].value == "4, 9" and not test.error
    test.text_input[0].set_value("4, nine").run()
    assert "'nine' is not a seed" in test.error[0].value.replace("\\", "")
    test.text_input[0].set_value("4").run()
    assert test.error[0].value.replace("\\", "") == "1 seed is chosen; choose at least 2."
    for nothing in ("", " , ;"):
        test.text_input[0].set_value(nothing).run()
        assert [each.value.replace("\\", "") for each in test.error] == ["0 seeds are chosen; choose at least 2."]
    test.text_input[0].set_value(",".join(map(str, range(25)))).run()
    assert test.error[0].value.replace("\\", "") == "25 seeds are written; write 24 or fewer."
    assert test.select_slider and not any(each.value.startswith("Shown below") for each in test.markdown)


def test_who_has_uploaded_nothing_yet_is_invited(run: Run) -> None:
    test = page(run, view="Walk")
    test.segmented_control(key="anchors").set_value("My pictures").run()
    assert not test.error and "Upload 2 pictures or more" in test.info[0].value


def test_held_out_pictures_are_anchors(run: Run) -> None:
    test = page(run, view="Plane")
    test.segmented_control(key="anchors").set_value("Held-out pictures").run()
    assert not test.error and not test.exception


def test_the_anchors_are_the_same_in_every_view_and_the_address_names_them(run: Run) -> None:
    test = page(run, view="Walk")
    test.segmented_control(key="anchors").set_value("Training pictures").run()
    test.multiselect(key="anchors.train").set_value([5, 7, 11]).run()
    lines = {"Walk": "interpolation", "Plane": "interpolation", "Map": "marked on the map", "Directions": "moved along directions"}
    for view in ("Map", "Plane", "Directions", "Walk"):
        test.segmented_control(key="view").set_value(view).run()
        assert not test.exception and all("hardly ever draws" in each.value for each in test.error), view  # a tiny GAN
        line = next(each.value for each in test.markdown if lines[view] in each.value).replace("\\", "")
        assert "Training pictures 5, 7, 11" in line and test.query_params["pictures"] in ("train:5,7,11", ["train:5,7,11"]), view
    test = page(run, view="Map", pictures="train:5,600")  # a link; beyond those that are listed
    assert test.segmented_control(key="anchors").value == "Training pictures" and test.multiselect(key="anchors.train").value == [5, 600]
    for wrong in ("train:99999999", "nonsense", "train:", "../x:1"):
        said = page(run, view="Map", pictures=wrong).warning
        assert len(said) == 1 and "have no pictures" in said[0].value, wrong


def test_seeds_stay_on_the_way_through_the_other_views(run: Run) -> None:
    test = page(run, view="Walk", seeds="4, 9, 12")
    for view in ("Map", "Directions", "Plane", "Walk"):
        test.segmented_control(key="view").set_value(view).run()
        assert any("Seeds 4, 9, 12" in each.value.replace("\\", "") for each in test.markdown) and not test.exception, view


def test_one_anchor_is_moved_along_directions_beside_seven_draws(run: Run) -> None:
    test = page(run, view="Directions", seeds="4")
    assert "Above: 1 anchor, then draws from the seed" in words(test)


def test_labels_are_escaped_once(run: Run) -> None:
    test = page(run, view="Walk")
    test.segmented_control(key="anchors").set_value("Held-out pictures").run()
    assert test.multiselect[0].options and not any("\\" in option or "\u2060" in option for option in test.multiselect[0].options)


def test_directions_open_at_something_to_see(run: Run) -> None:
    test = page(run, view="Directions")
    labelled = [slider for slider in test.slider if not slider.label.startswith("Component")]
    found = any("Found." in caption.value for caption in test.caption)
    assert [slider.value for slider in labelled] == ([2.0] if found else [0.0] * len(labelled))


def test_a_slider_moves_the_pictures(run: Run) -> None:
    test = page(run, view="Directions")
    slider = next(each for each in test.slider if each.label.startswith("Component 1"))
    slider.set_value(3.0).run()
    assert not test.exception


def test_a_wrong_view_or_run_in_the_url_is_no_crash(run: Run) -> None:
    assert not page(run, view="../../etc").exception
    assert not opened("latent", run="no-such-run").exception


def test_a_run_without_weights_is_not_offered(home: Path) -> None:
    from tests.dashboard.made import made

    made("running")
    assert "no trained model yet" in words(opened("latent"))


def test_a_conditional_model_is_told_the_chosen_label(home: Path, trained) -> None:
    folder = trained("vae", epochs=20, recipe=TINY["vae"] | {"conditional": True})
    run = Run(Path(shutil.copytree(folder, home / "runs" / folder.name)))
    test = page(run, view="Walk", label="7")
    box = next(each for each in test.selectbox if each.label.startswith("Label"))
    assert box.value == "7" and not test.error
    for view in ("Plane", "Map", "Directions"):
        assert not page(run, view=view, label="no such").error


def test_a_run_is_explored_without_its_data(run: Run) -> None:
    experiment = run.path / "experiment.json"
    asked = json.loads(experiment.read_text())
    asked["experiment"] |= {"data": "folder", "source": {"token": "gone-0123456789"}}
    experiment.write_text(json.dumps(asked))
    for view in ("Walk", "Plane", "Map", "Directions"):
        test = page(run, view=view)
        assert not test.error, test.error[0].value
        assert "data are not here" in words(test), view
