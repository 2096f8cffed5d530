"""Somebody who has only a keyboard: Tab until the wished place has the focus, then Enter, Space, arrows or letters."""

from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import FileChooser, Locator, Page, TimeoutError

from tests.dashboard.test_browser import IDLE

MOST = 150  # presses of Tab to a place; a page that needs more is none that somebody walks
FOCUSED = "element => element.getRootNode().activeElement === element"


class Keys:
    """A page, and the keyboard as the only way to use it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.on("filechooser", lambda _: None)  # choosers are caught from the beginning, not from the press on

    def to(self, wished: Locator) -> None:
        """Tab until this has the focus."""
        wished.wait_for()
        self.page.wait_for_function(IDLE)  # what is drawn again while one walks takes the focus with it
        for _ in range(MOST):
            if wished.evaluate(FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{MOST} presses of Tab do not lead to {wished}")

    def press(self, wished: Locator, key: str = "Enter") -> None:
        """Go there and press a key."""
        self.to(wished)
        self.page.keyboard.press(key)

    def button(self, name: str, key: str = "Enter") -> None:
        """Press the first button of this name."""
        self.press(self.page.get_by_role("button", name=re.compile(f"^{re.escape(name)}( Shortcut .*)?$")).first, key)

    def link(self, name: str) -> None:
        """Follow the first link of this name."""
        self.press(self.page.get_by_role("link", name=name).first)

    def menu(self, name: str) -> None:
        """Open a page of the menu."""
        self.press(self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=name))
        self.page.get_by_test_id("stSidebarNav").locator("[aria-current=page]").filter(has_text=name).wait_for()
        self.page.wait_for_function(IDLE)

    def write(self, wished: Locator, text: str) -> None:
        """Write into a field in place of what is there."""
        self.to(wished)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def field(self, name: str, text: str) -> None:
        """The same by the name of the field; Enter hands it over."""
        self.write(self.page.get_by_label(name, exact=True).and_(self.page.locator("input")).first, text)
        self.page.keyboard.press("Enter")

    def choose(self, name: str, option: str) -> None:
        """Choose in a box by writing what is looked for."""
        self.write(self.page.get_by_role("combobox", name=name), option)
        self.page.get_by_role("option", name=option).first.wait_for()
        self.page.keyboard.press("Enter")

    def one_of(self, group: str, option: str) -> None:
        """Choose one of a few that stand side by side."""
        group_of = self.page.get_by_test_id("stButtonGroup").filter(has_text=group)
        self.to(group_of.locator("[tabindex='0']").first)
        for _ in range(12):
            if group_of.get_by_role("radio", name=option, exact=True).evaluate(FOCUSED):
                break
            self.page.keyboard.press("ArrowRight")
        self.page.keyboard.press("Space")
        self.page.wait_for_function(IDLE)

    def _chooser(self) -> FileChooser | None:
        """What a press on Upload opens, if it does."""
        self.to(self.page.get_by_role("button", name="Upload", exact=True).first)
        with suppress(TimeoutError), self.page.expect_file_chooser(timeout=20_000) as chooser:
            self.page.keyboard.press("Enter")
            return chooser.value
        return None

    def file(self, name: str, content: bytes, mime: str) -> None:
        """Open the first chooser of files by a key, and take this file."""
        chooser = self._chooser() or self._chooser()  # a page that was drawn again meanwhile took the focus with it
        assert chooser, "Enter on Upload opens no chooser of files"
        chooser.set_files([{"name": name, "mimeType": mime, "buffer": content}])
        self.page.get_by_text(name).first.wait_for()
        self.page.wait_for_function(IDLE)
