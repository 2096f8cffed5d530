"""Empty, waiting, running, failed, done: each has one look, says how long it takes where that is known, and work is stopped by a press."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest

from dashboard.parts import stating
from tests.dashboard.test_browser import browser, home, server, visit  # noqa: F401  (fixtures)

# Presses Stop as soon as it is there, however slow the machine.
PRESS_STOP = """() => new MutationObserver((_, observer) => {
  const stop = [...document.querySelectorAll('button')].find(button => button.innerText.includes('Stop'));
  const said = document.querySelector('[data-testid=stProgress]')?.innerText;
  if (!stop || !said) return;
  observer.disconnect();
  window.pressed = said;
  stop.click();
}).observe(document.body, {childList: true, subtree: true, characterData: true})"""


def page_of_states() -> None:
    from dashboard.parts import stating

    stating.empty("Nothing yet.")
    stating.noted("By the way.")
    stating.warned("Left out.")
    stating.failed("It broke.")
    stating.done("It went well.")
    stating.running("Drawing …", 0.4, spent=3, left=125, usual="the last one took 9.0 s")
    with stating.waiting("Reading", 1.0):
        pass
    with stating.working("key", "Loading", 8.0) as tell:
        tell("Half of it", 2.0)


def test_each_state_has_its_icon_and_colour() -> None:
    test = AppTest.from_function(page_of_states, default_timeout=30).run()
    assert not test.exception
    shown = [(each.value, each.icon) for kind in (test.info, test.warning, test.error, test.success) for each in kind]
    assert shown == [("Nothing yet.", ":material/inbox:"), ("By the way.", ":material/info:"), ("Left out.", ":material/warning:"), ("It broke.", ":material/error:"), ("It went well.", ":material/check_circle:")]
    (bar,) = test.get("progress")
    assert (bar.proto.text, bar.proto.value) == ("Drawing · 3.0 s so far · about 2 min 05 s left · the last one took 9.0 s", 40)
    assert not test.button, "the bar and the Stop of work that is over are gone"


def test_a_wait_says_how_long_it_took_the_last_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stating, "_took", {})
    assert stating._expected("Reading", None) == "" and stating._expected("Reading", 8.0) == "Usually about 8.0 s."
    stating._remember("Reading", 2.5)
    assert stating._expected("Reading", 8.0) == "Last time it took 2.5 s."
    stating._remember("Reading", 0.2)
    assert stating._expected("Reading", 8.0) == "", "a blink of an eye is not announced"
    stating._remember(stating.IN_TURN, 60.0)
    assert stating.IN_TURN not in stating._took, "how long others work says nothing of the next time"


def test_a_part_of_work_is_over_when_the_next_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(stating, "_took", {})
    monkeypatch.setattr(stating.time, "monotonic", lambda: clock[0])
    said: list[tuple[str, float]] = []
    monkeypatch.setattr(stating, "running", lambda what, share=0.0, **more: said.append((what, share)))
    tell = stating.Telling(None)  # type: ignore[arg-type]
    tell("Loading")
    clock[0] = 4.0
    tell("Step 1 of 9", 0.1)
    clock[0] = 9.0
    tell("Checking")
    clock[0] = 11.0
    tell.over()
    assert said == [("Loading", 0.0), ("Step 1 of 9", 0.1), ("Checking", 0.0)]
    assert stating._took == {"Loading": 4.0, "Checking": 2.0}


def test_a_composition_says_how_far_it_is_and_stops_by_a_press(browser: Browser, server: tuple[str, Path]) -> None:  # noqa: F811
    page = visit(browser, f"{server[0]}/music")
    page.evaluate(PRESS_STOP)
    page.get_by_role("button", name="Compose").click()
    page.wait_for_function("window.pressed", timeout=60_000)
    assert "Loading the model" in page.evaluate("window.pressed")
    bar = page.get_by_test_id("stProgress")
    expect(bar).to_have_count(0, timeout=120_000)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.get_by_role("button", name="Compose")).to_be_enabled()
    expect(page.get_by_text("Piano roll")).to_have_count(0)
    expect(page.get_by_text("steps, seed")).to_have_count(0)
    page.close()
