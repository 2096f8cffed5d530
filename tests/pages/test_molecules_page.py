"""The page "Drug discovery" on a tiny trained run: what is written, hidden, searched, compared, and typed by mistake."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.applications.molecule_walk import likeness_to
from genmodels.runs.run import Run
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)


@pytest.fixture
def run(chains: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GENMODELS_HOME", str(chains.parent.parent))
    return Run(chains)


def page(run: Run, **query: str) -> AppTest:
    test = opened("molecules", run=run.id, **query)
    assert not test.exception, test.exception[0].value
    return test


def pressed(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click().run(timeout=120)
    assert not test.exception, test.exception[0].value
    return test


def words(test: AppTest) -> str:
    return " ".join(each.value for each in [*test.caption, *test.markdown, *test.warning, *test.error, *test.info]).replace("\\", "").replace("\u2060", "")


def test_without_a_model_it_says_what_to_do(home: Path) -> None:
    test = opened("molecules")
    assert not test.exception and "Train the model transformer on the data set molecules" in words(test)


def test_a_link_sets_the_form_and_molecules_are_written_looked_at_and_compared(run: Run) -> None:
    test = page(run, n="40", seed="3", temperature="0.9", begin="CC")
    asked = {each.key: each.value for each in test.number_input}
    assert (asked["n"], asked["seed"], asked["temperature"]) == (40, 3, 0.9) and test.text_input(key="begin").value == "CC"
    assert "none says what it does in a body" in words(test) and f"genmodels measure {run.id}" in words(test)
    pressed(test, "Generate")
    assert not test.error, test.error[0].value
    assert "Made by a model" in words(test) and "each begun with CC" in words(test)
    assert {each.label for each in test.metric} == {"Molecules", "Different", "New", "With alerts"}
    table = test.dataframe[0].value
    assert {"SMILES", "QED", "logP", "Weight", "Rings", "SA score", "known", "nearest known", "Tanimoto"} <= set(table.columns) and len(table) > 3
    assert not table["Alerts"].any(), "what has an alert is hidden until it is asked for"
    test.slider(key="written.qed").set_value(1.0).run()
    assert "No molecule passes" in words(test)
    test.slider(key="written.qed").set_value(0.0).run()
    test.segmented_control(key="molecules").set_value("Statistics").run(timeout=120)
    assert not test.exception and not test.error and "written, beside" in words(test)


def test_what_was_measured_stands_in_a_table_and_what_was_not_says_why(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Run(Path(shutil.copytree(run.path, tmp_path / "runs" / run.id)))
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path))
    rows = [
        {"metric": "valid", "value": 0.7, "low": 0.6, "high": 0.8, "n": 100, "better": "higher", "unit": "share", "protocol": "100 molecules"},
        {"metric": "unique@1k", "value": None, "low": None, "high": None, "n": 0, "better": "higher", "unit": "", "protocol": "not measured: take more"},
    ]
    own.findings_file.write_text(json.dumps({"measures": rows}))
    test = page(own)
    table = test.dataframe[0].value
    assert list(table["Measure"]) == ["Valid"] and list(table["Value"]) == ["0.70"] and list(table["95 % interval"]) == ["0.60 to 0.80"]
    assert "Not measured: unique@1k (take more)." in words(test) and "not measured yet" not in words(test)


def test_a_better_molecule_is_searched_for(run: Run) -> None:
    test = page(run, molecules="Improve", molecule="CCCOCCO")
    test.number_input(key="better.rounds").set_value(1)
    test.selectbox(key="better.goal").set_value("logp")
    pressed(test, "Search")
    assert not test.error, test.error[0].value
    assert test.button(key="change_molecules_better").label == "Change" and "Like CCCOCCO, higher logP, Tanimoto at least 0.4, 1 round" in words(test)
    assert "This is search by trying" in words(test) and {"Written", "Like enough", "Better"} <= {each.label for each in test.metric}


@pytest.mark.parametrize(("query", "button", "said"), [
    ({"begin": "Xx<script>"}, "Generate", "can't begin with"),
    ({"begin": "C" * 100}, "Generate", "at most 23"),
    ({"molecules": "Improve"}, "Search", "There is no molecule yet"),
    ({"molecules": "Improve", "molecule": "C1CC"}, "Search", "is no molecule"),
    ({"molecules": "Improve", "molecule": "c1ccccc1Br"}, "Search", "can't write"),
])  # fmt: skip
def test_what_is_typed_by_mistake_is_a_sentence(run: Run, query: dict[str, str], button: str, said: str) -> None:
    test = pressed(page(run, **query), button)
    assert len(test.error) == 1 and said in words(test)
    assert not any((each.key or "").startswith("change_") for each in test.button), "what was refused leaves the form open"


def test_a_walk_says_how_far_its_direction_can_be_trusted(run: Run, trained, monkeypatch: pytest.MonkeyPatch) -> None:
    without = page(run, molecules="Walk")
    assert "has no latent space to walk" in words(without) and not without.button
    walking = Run(trained("sequence-vae"))
    monkeypatch.setenv("GENMODELS_HOME", str(walking.path.parent.parent))
    test = page(walking, molecules="Walk", molecule="nonsense")
    pressed(test, "Walk")
    assert "'nonsense' is no molecule that RDKit reads" in words(test)
    test.text_input(key="molecule").set_value("CCO").run()
    pressed(test, "Walk")
    assert not test.error, test.error[0].value
    assert test.button(key="change_molecules_walk").label == "Change" and "From CCO towards more" in words(test)
    assert "molecules that the model never saw" in words(test) and "1 is exact, 0 is chance" in words(test)
    test.selectbox(key="walk.goal").set_value("likeness").run()
    test.text_input(key="walk.other").set_value("nothing").run()
    pressed(test, "Walk")
    assert "'nothing' is no molecule" in words(test)


def test_likeness_to_a_molecule_is_what_a_walk_may_go_towards() -> None:
    found = likeness_to("CCO")(["CCO", "OCC", "c1ccccc1", "nothing"])
    assert found[:3].tolist() == [1, 1, 0] and np.isnan(found[3])
