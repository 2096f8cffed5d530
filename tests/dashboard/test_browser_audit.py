"""A bad subject and one without a fault through the page Audit in a real browser: brought, audited, decided on, signed, compared, found again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from genmodels.review import brought, sign_off
from tests.brought_files import label
from tests.dashboard.test_browser import ARGUMENTS, CHROMIUM, IDLE, NARROW
from tests.genmodels.test_audit_end_to_end import FAULTS, MAKE, verdicts

MINUTES = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def home(dashboard: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENMODELS_HOME", str(dashboard[1]))
    return dashboard[1]


def visit(browser: Browser, address: str, width: int = 1280) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 1400}).new_page()
    page.set_default_timeout(2 * MINUTES)
    page.goto(address)
    return page


def upload(page: Page, place: int, file: Path) -> None:
    page.locator("input[type=file]").nth(place).set_input_files(str(file))
    expect(page.get_by_text(file.name).first).to_be_visible(timeout=2 * MINUTES)


def audited_by_hand(browser: Browser, address: str, kind: str, folder: Path, *, bad: bool, seed: int) -> brought.Brought:
    """Brought, looked at and audited as a person does it."""
    files = MAKE[kind](folder, bad=bad, seed=seed)
    label(files, bad=bad, seed=seed)
    page = visit(browser, f"{address}/audit")
    page.get_by_role("heading", name="Bring outputs").wait_for()
    upload(page, 0, files.outputs)
    page.get_by_role("button", name="Look at what can be checked").wait_for()
    upload(page, 1, files.training)
    upload(page, 2, files.held_out)
    name = page.get_by_role("textbox", name="Name")
    name.fill(f"{kind} {'bad' if bad else 'good'}")
    name.press("Enter")
    page.get_by_role("button", name="Look at what can be checked").click()
    page.get_by_role("heading", name="What can be checked").wait_for(timeout=3 * MINUTES)
    page.get_by_role("button", name="Start the audit").click()
    page.get_by_role("heading", name="Audited").wait_for(timeout=8 * MINUTES)
    token = re.findall(r"outputs=([a-z0-9-]+)", page.url)
    page.context.close()
    return brought.found(token[0])


def choose(page: Page, label_of: str, option: str) -> None:
    """Choose in a select box by the keyboard and a click."""
    page.locator("[data-testid=stSelectbox]").filter(has_text=label_of).locator("input").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name=option).first.click()


@pytest.mark.slow
@pytest.mark.parametrize("kind", MAKE)
def test_a_person_finds_every_fault_and_none_that_is_not_there(browser: Browser, dashboard: tuple[str, Path], home: Path, tmp_path: Path, kind: str) -> None:
    address = dashboard[0]
    good = audited_by_hand(browser, address, kind, tmp_path / "good", bad=False, seed=1)
    bad = audited_by_hand(browser, address, kind, tmp_path / "bad", bad=True, seed=3)
    assert FAULTS[kind] <= verdicts(bad.result(), "fail") and not verdicts(good.result(), "fail", "warn")

    page = visit(browser, f"{address}/audit?outputs={bad.token}")  # a deep link
    page.get_by_role("heading", name="Review").wait_for()
    page.get_by_role("textbox", name="Who decides?").fill("Ann")
    page.get_by_role("textbox", name="Who decides?").press("Enter")
    expect(page.get_by_role("button", name="Sign")).to_be_disabled()
    first, *others = sorted(sign_off.needs_decision(bad.result()))
    for name in others:  # all but one by command, the last on the page
        sign_off.decide(bad.job, name, "mitigate", "it is trained again", "Ann")
    page.reload()
    page.get_by_role("textbox", name="Who decides?").fill("Ann")
    page.get_by_role("textbox", name="Who decides?").press("Enter")
    form = page.locator("[data-testid=stForm]").filter(has=page.get_by_role("button", name="Enter the decision")).filter(visible=True).first
    form.get_by_role("radio", name="Mitigate").or_(form.get_by_role("button", name="Mitigate")).first.click()
    form.get_by_role("textbox", name="Reason").fill("it is trained again")
    form.get_by_role("button", name="Enter the decision").click()
    page.get_by_text("Nothing is left to decide").wait_for()
    assert sign_off.read_review(bad.job).of(first) is not None
    page.get_by_role("button", name="Sign").click()
    page.get_by_text("Signed by Ann").wait_for()

    choose(page, "The audit before", f"{kind} good")
    page.get_by_text("are beyond chance").wait_for()
    told = page.locator("table").filter(has_text="Difference")
    expect(told).to_contain_text("worse")
    page.wait_for_function(IDLE)  # a file of a page that is still being drawn is taken back
    with page.expect_download() as download:
        page.get_by_role("button", name="Report (HTML)").click()
    assert "Signed by Ann" in Path(download.value.path()).read_text()
    page.context.close()

    page = visit(browser, f"{address}/audit", 390)
    page.get_by_role("heading", name="All subjects").wait_for()
    row = page.locator("tr").filter(has_text=f"{kind} bad")
    row.wait_for()  # as long as a busy machine takes to draw tables
    expect(row).to_contain_text("fail")
    expect(page.locator("tr").filter(has_text=f"{kind} good")).not_to_contain_text("fail")
    assert page.evaluate(NARROW)
    assert row.locator("a").first.get_attribute("href") == f"audit?outputs={bad.token}"
    page.context.close()


def test_a_run_leads_to_its_audit_and_back(browser: Browser, dashboard: tuple[str, Path], home: Path) -> None:
    page = visit(browser, f"{dashboard[0]}/audit?run=vae-digits")
    page.get_by_role("heading", name="Audited").wait_for()
    page.get_by_role("link", name="Memorisation in detail").click()
    page.get_by_role("heading", name="Memorisation of vae-digits").wait_for()
    page.go_back()
    page.get_by_role("link", name="Training", exact=True).click()
    page.wait_for_url("**/train?run=vae-digits")
    page.context.close()

def test_a_link_of_the_overview_opens_in_the_same_tab_and_back_returns(browser: Browser, dashboard: tuple[str, Path]) -> None:
    """Streamlit opens the links of a table in another tab, with a new session in which nothing is chosen."""
    page = visit(browser, f"{dashboard[0]}/audit")
    page.get_by_role("link", name="vae-digits", exact=True).click()
    expect(page).to_have_url(f"{dashboard[0]}/audit?run=vae-digits")
    page.get_by_role("heading", name="Audited").wait_for()
    expect(page).to_have_title("Audit of vae-digits · GenModels")
    assert len(page.context.pages) == 1
    page.get_by_test_id("stSidebar").get_by_role("link", name="Overview").click()  # of the menu: the address without a run is the overview
    page.get_by_role("heading", name="All subjects").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Audited").wait_for()
    page.go_back()
    page.get_by_role("heading", name="All subjects").wait_for()
    page.get_by_role("link", name="fail").first.click()
    page.get_by_role("heading", name="Audited").wait_for()
    assert len(page.context.pages) == 1
    with page.context.expect_page() as another:
        page.go_back()
        page.get_by_role("link", name="vae-digits", exact=True).click(modifiers=["Control"])
    assert another.value.url.endswith("audit?run=vae-digits")
    page.context.close()
