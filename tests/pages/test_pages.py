"""Every page in every state that a user can meet, drawn by Streamlit itself without a browser."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.navigation import SCREENS
from dashboard.safe_text import safe_text
from genmodels.data.dataset import DATA
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from tests.dashboard.made import made

ROOT = Path(__file__).parent.parent.parent
HOSTILE = "![x](http://evil.example/a.png) <img src=x> :red[hi] $x$ https://evil.example \u202e=cmd()"


def opened(page: str, **query: str) -> AppTest:
    """The page, drawn once."""
    test = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page(f"../pages/{page}.py")
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


@pytest.fixture(autouse=True)
def no_gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gallery is looked at by the test that is about it."""
    monkeypatch.setattr("genmodels.gallery.GALLERY", tmp_path / "gallery")


@pytest.fixture
def situation(home: Path, trained: Callable[[str], Path]) -> Callable[[str], contextlib.AbstractContextManager[str]]:
    """Sets up what a page meets; gives the id of a run, or nothing."""

    @contextlib.contextmanager
    def of(name: str) -> Iterator[str]:
        if name == "empty":
            yield ""
        elif name == "done":
            shutil.copytree(trained("vae"), home / "runs" / trained("vae").name)
            yield trained("vae").name
        else:
            run = made(name, broken=name == "failed")
            with run.lease() if name == "running" else contextlib.nullcontext():
                yield run.id

    return of


@pytest.mark.parametrize("state", ["empty", "running", "done", "failed"])
@pytest.mark.parametrize("page", [screen.name for screen in SCREENS])
def test_every_page_draws_in_every_state(page: str, state: str, situation) -> None:
    with situation(state) as run:
        test = opened(page, **({"run": run} if run and page in ("train", "latent") else {}))
    assert not test.exception, test.exception[0].value
    assert len(test.title) == 1
    if page == "train" and run:
        assert [m.label for m in test.metric if m.label == "Time left"] == ["Time left"] * (state == "running")
        assert bool(test.error) == (state == "failed")
        assert test.query_params["run"] == run


def test_no_page_imports_tensorflow(home: Path) -> None:
    made("done")
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
import genmodels.gallery
genmodels.gallery.GALLERY = Path("nowhere")
from tests.pages.test_pages import opened
for page in {[screen.name for screen in SCREENS]!r}:
    assert not opened(page).exception, page
print("loaded:", [m for m in ("keras", "tensorflow") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert "loaded: []" in done.stdout, done.stdout + done.stderr[-2000:]


def test_the_first_page_needs_no_table_and_no_chart(home: Path) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.pages.test_pages import opened
assert not opened("home").exception
print("loaded:", [m for m in ("pandas", "plotly.express", "scipy", "sklearn", "tensorflow") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert "loaded: []" in done.stdout, done.stdout + done.stderr[-2000:]


def test_empty_pages_say_what_to_do() -> None:
    assert any("Train your first" in text.value for text in opened("home").markdown)
    assert any("no runs yet" in text.value for text in opened("runs").markdown)


def test_a_wrong_link_is_answered_in_one_sentence(home: Path) -> None:
    run = made("done")
    test = opened("train", run=run.id[:-1] + "!")
    assert "No run is called" in test.error[0].value and "Did you mean" in test.error[0].value
    assert not test.exception and "run" not in test.query_params
    test = opened("train", run="../../../etc/passwd", model="nope", data="<b>")
    assert "No run is called" in test.error[0].value and not test.exception


def test_a_link_fills_the_form() -> None:
    test = opened("train", model="vae", data="icons")
    assert (test.selectbox(key="model").value, test.selectbox(key="data").value) == ("vae", "icons")


def test_hostile_names_stay_text_on_every_page(home: Path) -> None:
    run = made("failed", name=HOSTILE, tags=[HOSTILE], notes=HOSTILE)
    run.write_status(state="failed", message=HOSTILE, notice=HOSTILE)
    (run.path / "facts.json").write_text(json.dumps({"spec": run.facts["spec"], "credit": HOSTILE}))
    (run.path / "findings.json").write_text(json.dumps({"measures": [{"metric": HOSTILE, "value": 1, "low": 0, "high": 2, "n": 3, "unit": HOSTILE}]}))
    for page, query in (("train", {"run": run.id}), ("runs", {}), ("train", {})):
        test = opened(page, **query)
        assert not test.exception
        read_as_markdown = [*test.markdown, *test.caption, *test.error, *test.warning, *test.header, *test.subheader, *test.toast]
        for element in read_as_markdown:
            for mark in ("![", "](", "<img", ":red[", "$x$", "://", "\u202e"):
                assert mark not in element.value.replace("\\<", ""), (page, element.value)


def test_a_damaged_run_is_shown_and_refused_in_one_sentence(home: Path) -> None:
    run = made("done")
    (run.path / "experiment.json").write_text('{"format": 1, "experiment": {"model": "vee"}}')
    assert not opened("runs").exception
    test = opened("train", run=run.id)
    assert not test.exception and "Did you mean" in test.error[0].value


def test_start_watch_stop(home: Path) -> None:
    test = opened("train", model="vae", data="digits")
    test.number_input(key="knob.training.epochs").set_value(500)
    test.number_input(key="knob.vae.width").set_value(4)
    next(button for button in test.button if button.label == "Start").click().run()
    (name,) = RunStore.default().ids()
    assert test.selectbox(key="run").value == name and not test.exception
    run = Run(RunStore.default().folder / name)
    try:
        assert run.experiment.epochs == 500 and run.experiment.recipe["width"] == 4
        test.button(key=f"stop.{name}").click().run()
        assert (run.path / "stop").exists()
        assert test.button(key=f"stop.{name}").disabled or run.state == "stopped"
    finally:
        wait_for(lambda: run.state == "stopped", run)


def wait_for(condition: Callable[[], bool], run: Run) -> None:
    import time

    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(run.status)


def test_labels_and_deletion(home: Path) -> None:
    run = made("done")
    run.label(name="before")
    code = "from dashboard.runs import actions as run_actions\nfrom genmodels.runs.store import RunStore\nstore = RunStore.default()\nrun = store['" + run.id + "']\n"
    test = AppTest.from_string(code + "run_actions.labels(run)", default_timeout=30).run()
    test.text_input[0].set_value(" after ")
    test.text_input[1].set_value("a, b,a,")
    test.button[0].click().run()
    assert run.labels == {"name": "after", "tags": ["a", "b"], "notes": ""}
    test = AppTest.from_string(code + "run_actions.delete([run], store)", default_timeout=30).run()
    assert run.path.exists(), "not before it was confirmed"
    test.button[0].click().run()
    assert not run.path.exists()


def test_two_runs_side_by_side(home: Path) -> None:
    first, second = made("done"), made("failed", model="gan")
    code = f"""
from dashboard import resources
from dashboard.runs import comparing
from genmodels.runs.store import RunStore
store = RunStore.default()
rows = [row for row in resources.run_rows(store) if row["id"] in {[first.id, second.id]!r}]
comparing.overlay(rows, store)
comparing.knobs_against_value(rows)
comparing.differences(*rows)
"""
    test = AppTest.from_string(code, default_timeout=30).run()
    assert not test.exception, test.exception[0].value
    assert "kernel_distance" in test.selectbox(key="term").options
    test.selectbox(key="term").set_value("kernel_distance").run()
    assert not test.exception and any("2 runs" in caption.value for caption in test.caption)
    assert any("2 runs" in each.value for each in test.caption)
    test.selectbox(key="term").set_value("held_out_loss").run()  # nats of one, and what another family counts
    own = [each.value for each in test.caption if "a chart of its own" in each.value]
    assert len(own) in (1, 2) and all("1 run;" in each for each in own) and any("do not compare" in each.value for each in test.caption)
    assert "model" in set(test.dataframe[-1].value["Setting"])


def test_the_gallery_on_the_first_page(trained, tmp_path: Path) -> None:
    shutil.copytree(trained("vae"), tmp_path / "gallery" / "vae-digits")
    test = opened("home")
    assert not test.exception and any("vae" in heading.value for heading in test.subheader)
    assert not test.metric, "numbers are one click away"


def test_the_slider_follows_the_newest_epoch_until_it_is_moved(home: Path) -> None:
    run = made("done")
    newest = run.path / "samples" / "000003.png"
    test = opened("train", run=run.id)
    assert epoch(test).value == 3
    shutil.copyfile(newest, newest.with_name("000004.png"))
    assert epoch(test.run()).value == 4
    epoch(test).set_value(2).run()
    shutil.copyfile(newest, newest.with_name("000005.png"))
    assert (epoch(test.run()).value, epoch(test).max) == (2, 5)
    epoch(test).set_value(5).run()
    shutil.copyfile(newest, newest.with_name("000006.png"))
    assert epoch(test.run()).value == 6


def epoch(test: AppTest):  # type: ignore[no-untyped-def]
    return next(slider for slider in test.slider if slider.label == "Epoch")


def test_a_run_that_is_deleted_meanwhile_is_a_notice(home: Path) -> None:
    run = made("done")
    test = opened("train", run=run.id)
    shutil.rmtree(run.path)
    test.run()
    assert not test.exception and "No run is called" in test.error[0].value


def test_a_worker_without_a_word_can_be_ended(home: Path) -> None:
    run = made("running")
    run.write_status()
    status = json.loads((run.path / "status.json").read_text()) | {"updated": 0.0}
    (run.path / "status.json").write_text(json.dumps(status))
    with run.lease():
        test = opened("train", run=run.id)
    assert any("No progress for" in warning.value for warning in test.warning)
    assert test.button(key=f"kill.{run.id}").label == "End it now"


@pytest.mark.parametrize("page", [screen.name for screen in SCREENS])
def test_a_home_that_is_no_folder_breaks_no_page(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path / "file"))
    test = opened(page)
    assert not test.exception
    if page == "train":
        next(button for button in test.button if button.label == "Start").click().run()
        assert "choose another" in test.error[0].value and not test.exception


def test_own_pictures_are_looked_at_before_they_are_kept(home: Path) -> None:
    import io
    import zipfile

    import numpy as np

    from genmodels.intake.picture_sets import imported
    from genmodels.kinds.image.files import png_bytes

    rng, buffer = np.random.default_rng(0), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(20):
            archive.writestr(f"p{number}.png", png_bytes(rng.integers(0, 256, (30, 30, 3), dtype="uint8")))
        archive.writestr("bad.png", b"hello")
        archive.writestr("captions.csv", "file,caption\np1.png,a ![cat](http://evil.example)\nnone.png,a dog\n")
    test = opened("data", data="folder")
    test.file_uploader[0].set_value(("pictures.zip", buffer.getvalue(), "application/zip")).run()
    assert not test.exception and [metric.value for metric in test.metric if metric.label == "Pictures"] == ["20"]
    assert {"1 file left out."} <= {warning.value for warning in test.warning} and imported() == []
    next(button for button in test.button if button.label == "Import").click().run()
    assert not test.exception and len(imported()) == 1
    assert not any(button.label == "Import" for button in test.button), "the uploader is empty again"
    assert all("![cat]" not in caption.value for caption in test.caption)


def test_what_comes_before_the_first_step_stands_on_the_page(home: Path) -> None:
    run = made("running", epochs=0)
    (run.path / "facts.json").unlink()
    for phase, said in (("importing", "Starting TensorFlow (usually 8 s)"), ("reading", "Reading the data: characters, 5 of 10"), ("compiling", "Epoch 1: compiling the first step")):
        run.write_status(phase=phase, message=said, phase_began=0, phase_share=None, usual={}, step=0, epoch=0, seconds=None, cpu_seconds=None, seconds_left=None, images_per_second=None, best={})
        with run.lease():
            test = opened("train", run=run.id)
        (bar,) = test.get("progress")
        assert safe_text(said) in bar.proto.text and "so far" in bar.proto.text and 0 < bar.proto.value <= 100
        assert not test.exception and not test.metric and test.button(key=f"stop.{run.id}").label == "Stop"
        assert not any(word in each.value for each in [*test.caption, *test.markdown] for word in ("waiting", "–", "Starting."))
    assert [each.label for each in opened("train", run=made("done").id).metric] == ["Time so far", "Processor time", safe_text("Best held-out loss")]


def test_the_form_hides_what_is_empty_and_says_where_a_latent_space_has_room_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DATA["digits"], "knobs", classmethod(lambda cls: []))
    test = opened("train")
    assert not test.exception and [each.label for each in test.expander] == ["Settings of the model"]
    size = test.number_input(key="knob.vae.latent")
    assert size.value == 8 and not any("numbers for pictures of" in caption.value for caption in test.caption)
    size.set_value(64).run()
    assert any("64 numbers for pictures of 64 pixels" in caption.value for caption in test.caption)
    assert test.button[0].label == "Start"
    test = opened("train", model="vae", data="openmoji")
    assert "Settings of the data" in [each.label for each in test.expander]
    assert not any("numbers for pictures of" in caption.value for caption in test.caption)


def test_the_menu_is_short_and_every_old_address_stays() -> None:
    old = {"home", "train", "runs", "data", "latent", "prompt", "molecules", "code", "music", "video", "design", "audit", "label", "bias", "memorisation", "deepfake", "verify", "learn", "about"}
    assert old <= {screen.name for screen in SCREENS}
    assert sum(screen.in_menu for screen in SCREENS) <= 13
    assert next(screen.title for screen in SCREENS if screen.name == "deepfake") == "Marks and detection"


def test_the_first_page_shows_the_last_runs_of_its_user(home: Path) -> None:
    run = made("done", name="mine")
    test = opened("home")
    assert "Your last runs" in [each.value for each in test.header]
    assert any(each.proto.label == "mine" and run.id in each.proto.query_string for each in test.get("page_link"))
    assert "Newest samples of mine" in [picture.alt for each in test.image for picture in each.proto.imgs]


def test_help_calls_what_is_not_needed_optional_and_nothing_missing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"check": check, "value": "not installed", "ok": False, "required": check == "keras", "remedy": "Install it"} for check in ("keras", "umap-learn")]
    monkeypatch.setattr("dashboard.resources.doctor", lambda: rows)
    page = opened("about")
    assert [header.value for header in page.header][:2] == ["How to", "Limits"]
    states = {row["Check"]: row["State"] for row in page.table[0].value.to_dict("records")}
    assert states["keras"] == "✗ missing" and states[next(name for name in states if name.startswith("umap"))] == "○ optional"
    assert not any("in place" in each.value for each in page.caption)
