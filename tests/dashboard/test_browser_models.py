"""The page Models in a browser: ticks in the table and the field Compare say the same, by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from dashboard.runs import table
from tests.dashboard.made import made
from tests.dashboard.test_browser import browser, home, server, visit  # noqa: F401  (fixtures)

HEADER = 36  # pixels of the table's first line


def test_a_tick_and_a_name_choose_the_same(browser: Browser, server: tuple[str, Path], home: Path) -> None:  # noqa: F811
    made("done", name="tickable one")
    made("done", model="gan", name="tickable two")
    page = visit(browser, f"{server[0]}/runs?as=Table&search=tickable")
    lines = page.get_by_test_id("stDataFrame").first
    lines.wait_for()
    lines.click(position={"x": 18, "y": HEADER + table.ROW // 2})  # the newest
    page.get_by_role("heading", name="tickable two").wait_for()
    field = page.get_by_role("combobox", name="Compare")
    field.focus()
    page.keyboard.type("tickable one")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")  # while the list is open, the rest of the page is hidden from assistive technology
    page.get_by_role("heading", name="Where they differ").wait_for()
    page.wait_for_url(lambda address: address.count("-digits-") == 2)
    lines.click(position={"x": 18, "y": HEADER + table.ROW // 2})  # the tick of the first is taken back, that of the second stays
    page.get_by_role("heading", name="tickable one").wait_for()
    expect(page.get_by_role("heading", name="Where they differ")).to_have_count(0)
    page.get_by_role("radio", name="Cards").click()
    page.get_by_role("link", name="tickable two").wait_for()
    expect(page.get_by_role("heading", name="tickable one"), "the choice is kept").to_have_count(1)
    assert page.locator("[data-testid=stException]").count() == 0
    page.close()
