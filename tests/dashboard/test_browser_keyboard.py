"""Every main job by the keyboard alone, from the first page or a deep link: no pointer is used in this file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from genmodels.labelling.question import STEREOTYPE
from genmodels.provenance import marking
from genmodels.review import audit_job
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.subjects.labelled import bring
from genmodels.subjects.outputs import TEXT, Item, Outputs
from tests.dashboard.by_keys import Keys
from tests.dashboard.sessions import served
from tests.dashboard.test_browser import IDLE, browser, home, server, until  # noqa: F401  (fixtures)

ANSWERS = "prompt,response\n" + "\n".join(f"What is {i}?,It is a number of {i} parts." for i in range(40))


@pytest.fixture
def keys(browser: Browser) -> Iterator[Keys]:  # noqa: F811
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.set_default_timeout(120_000)
    yield Keys(page)
    page.close()


@pytest.fixture
def opened(keys: Keys, server: tuple[str, Path], home: Path) -> Callable[[str], Keys]:  # noqa: F811
    def of(path: str = "") -> Keys:
        keys.page.goto(f"{server[0]}/{path}")
        keys.page.locator("h1").first.wait_for()
        keys.page.wait_for_function(IDLE)
        return keys

    return of


@pytest.fixture
def kept(home: Path, trained) -> Callable[[str], Run]:  # noqa: F811
    """A tiny trained run in the home of the server."""

    def of(model: str) -> Run:
        folder = trained(model)
        return Run(Path(shutil.copytree(folder, home / "runs" / folder.name, dirs_exist_ok=True)))

    return of


def test_a_model_is_trained_and_stopped(opened: Callable[..., Keys]) -> None:
    keys = opened()
    keys.menu("New training")
    keys.choose("Model", "vae")
    keys.choose("Data", "digits")
    keys.page.get_by_text("Start trains the model vae on the data digits.").wait_for()
    keys.field("Epochs", "2000")
    keys.button("Start")
    keys.page.get_by_role("button", name="Stop").wait_for()
    keys.page.wait_for_url("**run=*", wait_until="commit")
    run = RunStore.default()[keys.page.url.split("run=")[1]]
    try:
        assert (run.experiment.model, run.experiment.data, run.experiment.epochs) == ("vae", "digits", 2000)
        until(lambda: (run.status.get("step") or 0) > 0, 240)
        keys.button("Stop")
        keys.page.get_by_role("button", name="Resume").wait_for()
        assert run.state == "stopped"
    finally:
        (run.path / "stop").touch()
        until(lambda: run.state not in ("waiting", "running"), 60)


def test_a_picture_is_drawn_and_looked_into(opened: Callable[..., Keys], kept: Callable[[str], Run]) -> None:
    keys = opened(f"prompt?run={kept('diffusion').id}")
    page = keys.page
    keys.press(page.locator("summary").filter(has_text="Seed and settings"))
    keys.field("Steps", "3")
    keys.write(page.get_by_role("textbox", name="Prompt", exact=True), "circle")
    page.keyboard.press("Enter")
    page.get_by_text("Seed 3", exact=True).wait_for()
    keys.one_of("Film", "Film")
    keys.button("One frame on")
    page.get_by_text("Frame 2 of 3").wait_for()


def test_a_text_is_written_and_its_tokens_walked(opened: Callable[..., Keys], kept: Callable[[str], Run]) -> None:
    keys = opened(f"prompt?run={kept('transformer').id}")
    page, prompt = keys.page, keys.page.get_by_role("textbox", name="Prompt", exact=True)
    keys.write(prompt, "She is")
    page.keyboard.press("Control+Enter")  # writes
    page.get_by_text("Made by a model").first.wait_for()
    keys.one_of("Tokens", "Tokens")
    keys.to(page.get_by_role("application", name="tokens by their probability"))
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.locator(".card button:enabled").first.wait_for()
    page.keyboard.press("Enter")  # to what else might have come
    page.keyboard.press("Enter")  # the first of it
    page.wait_for_function("[...document.querySelectorAll('textarea')].every(area => area.value !== 'She is')")  # folded away by now


def test_a_latent_space_is_walked(opened: Callable[..., Keys]) -> None:
    keys = opened("latent?run=vae-digits")
    page = keys.page
    keys.button("Change")  # the form is folded once there is a walk
    keys.field("Seeds", "4, 5")
    keys.press(page.get_by_role("slider", name="Frame", exact=True), "End")
    page.get_by_text("Frame 64 of 64").wait_for()
    keys.button("Play", "Space")
    page.get_by_text("Frame 3 of 64").wait_for()
    keys.button("Pause", "Space")
    keys.one_of("Map", "Map")
    keys.to(page.locator(".field"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text("Drawn at (").wait_for()


def test_an_audit_is_started_and_stopped(opened: Callable[..., Keys], kept: Callable[[str], Run]) -> None:
    run = kept("vae")
    keys = opened(f"memorisation?run={run.id}")
    keys.button("Start the audit")
    keys.button("Stop the audit")
    until(lambda: not audit_job.running(run), 120)


def test_a_table_of_answers_is_brought_to_the_audit(opened: Callable[..., Keys]) -> None:
    keys = opened()
    keys.menu("Overview")
    keys.file("answers.csv", ANSWERS.encode(), "text/csv")
    keys.button("Look at what can be checked")
    keys.page.get_by_role("heading", name="What can be checked").wait_for()


def test_a_run_is_exported_and_imported(opened: Callable[..., Keys], kept: Callable[[str], Run]) -> None:
    run = kept("vae")
    keys = opened(f"model?run={run.id}&part=files")
    with keys.page.expect_download() as download:
        keys.press(keys.page.get_by_role("button", name="Run as zip"))
    content = Path(download.value.path()).read_bytes()
    keys.menu("Models")
    keys.press(keys.page.locator("summary").filter(has_text="Import a run"))
    keys.file("run.zip", content, "application/zip")
    keys.button("Check and keep")
    keys.page.get_by_text("Kept as").wait_for()
    keys.page.wait_for_url("**/model?run=*")  # the page of the new one
    assert run.id not in keys.page.url
    assert len(RunStore.default().ids()) > 1


def test_a_file_is_checked(opened: Callable[..., Keys]) -> None:
    keys = opened()
    keys.menu("Check files")
    keys.press(keys.page.get_by_role("checkbox", name="Ask the detector too"), "Space")  # off: it takes some seconds to load
    marked = marking.png(np.full((32, 32, 3), 90, np.uint8), {"Model": "vae r1", "Seed": "7"})
    keys.file("a.png", marked, "image/png")
    keys.page.get_by_text("Marked by us and unchanged since").first.wait_for()


def test_an_answer_is_labelled(opened: Callable[..., Keys]) -> None:
    folder = bring(Outputs("by keys", TEXT, tuple(Item(f"{i}", f"asked {i}", "", f"answered {i}") for i in range(3))))
    folder.ask([STEREOTYPE], 3)
    keys = opened(f"label?labels={folder.token}")
    keys.field("Who labels?", "Ann")
    keys.button("yes")
    until(lambda: [each.answer for each in folder.labels().given] == ["yes"], 30)
    keys.page.get_by_text("1 of 3 answers").wait_for()
    keys.page.keyboard.press("1")  # without going there
    until(lambda: [each.answer for each in folder.labels().given] == ["yes", "no"], 30)


def test_a_lesson_is_gone_through_and_its_player_used(opened: Callable[..., Keys]) -> None:
    keys = opened()
    page, moved = keys.page, "[...document.querySelectorAll('*')].some(e => Number((e.shadowRoot?.querySelector('.gan[data-iteration]'))?.dataset.iteration) > "
    keys.menu("Learn")
    keys.link("How a GAN learns")
    page.locator(".gan[data-iteration]").first.wait_for()
    keys.button("The next step")
    page.get_by_role("heading", name="2 of 6").wait_for()
    keys.button("Play")
    page.wait_for_function(f"{moved}2)")
    keys.button("Pause")
    keys.button("One iteration on")
    keys.press(page.get_by_role("slider", name="Rewind").first, "Home")
    page.wait_for_function(f"!{moved}0)")
    keys.link("Next:")
    page.get_by_role("heading", name="1. Give it a picture").wait_for()


def test_a_demo_goes_on(keys: Keys, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with served(folder, GENMODELS_DEMO=str(folder)) as (port, _, _):
        keys.page.goto(f"http://127.0.0.1:{port}/verify?demo=ten.8.1700000000")
        keys.page.get_by_text("Step 8 of 10").wait_for()
        keys.link("Next")
        keys.page.get_by_text("Step 9 of 10").wait_for()


def test_this_file_uses_no_pointer() -> None:
    """What it says of itself holds, in the helper too."""
    for name in ("test_browser_keyboard", "by_keys"):
        source = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
        for way in ("mouse", "click", "tap", "hover", "check", "fill", "focus", "select_option", "drag_to", "dispatch_event"):
            assert f".{way}(" not in source and f"page.{way}" not in source
