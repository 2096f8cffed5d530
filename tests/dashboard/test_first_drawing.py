"""The first visit to a data set: a process of its own draws it, the page says how far it is, and the next visit is instant."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.first_drawing import sentence
from genmodels.cache import NotDrawn, cache, counting, only_kept, telling_others, told
from genmodels.data.dataset import DATA


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_CACHE", str(tmp_path / "drawn"))


def test_what_is_not_there_is_not_drawn_where_that_was_asked() -> None:
    with only_kept(), pytest.raises(NotDrawn):
        DATA["icons"](family="font-awesome").load()
    assert not cache().exists()


def test_how_far_a_drawing_is_can_be_read_by_others_and_is_gone_afterwards() -> None:
    with telling_others():
        for _ in counting("emoji", range(100), every=10):
            pass
        news = told()
        assert news is not None and (news["what"], news["done"], news["of"]) == ("emoji", 100, 100)
    assert told() is None


def test_a_page_hears_of_its_own_drawing_before_that_of_others() -> None:
    cache().mkdir(parents=True)
    for asked, file in (("icons={}", "drawing-1.json"), ("emblems={}", "drawing-2.json")):
        (cache() / file).write_text(json.dumps({"asked": asked, "what": "icons", "done": 1, "of": 2, "seconds": 1.0}))
    assert [told(asked)["asked"] for asked in ("icons={}", "emblems={}")] == ["icons={}", "emblems={}"]  # type: ignore[index]
    assert told("digits={}") is not None, "what others draw may be what is waited for"


def test_a_damaged_note_is_passed_over() -> None:
    cache().mkdir(parents=True)
    (cache() / "drawing-1.json").write_text("[" * 10)
    assert told() is None


def test_progress_is_a_sentence_with_the_time_left() -> None:
    said = sentence({"what": "emoji", "done": 1000, "of": 4000, "seconds": 4.0})
    assert said == "Drawing emoji, once: 1,000 of 4,000, about 12 s left. The next visit is instant."
    assert "left" not in sentence({"what": "emoji", "done": 0, "of": 4000, "seconds": 0.0})


def _page() -> None:
    import streamlit as st

    from dashboard import resources

    st.text(len(resources.dataset("icons", {"family": "font-awesome"}).train))


def test_the_page_waits_for_the_process_and_shows_the_pictures() -> None:
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert not page.exception and int(page.text[0].value) > 1000
    assert list(cache().glob("icons-*.npz")) and not list(cache().glob("drawing-*"))


def _refused() -> None:
    import streamlit as st

    from dashboard.first_drawing import wait_for
    from genmodels.refusal import Refusal

    try:
        wait_for("folder", "{}")
    except Refusal as refusal:
        st.text(str(refusal))


def test_what_the_process_refuses_is_said() -> None:
    page = AppTest.from_function(_refused, default_timeout=60).run()
    assert "needs a token" in page.text[0].value and json.dumps("Traceback") not in page.text[0].value


def test_what_is_not_drawn_and_what_can_not_be_counted_is_said_as_it_is() -> None:
    said = sentence({"what": "Searching characters for tokens", "done": 10, "of": 20, "seconds": 1.0})
    assert said == "Searching characters for tokens, once: 10 of 20, about 1 s left. The next visit is instant."
    assert sentence({"what": "Joining frequent bytes to 300 tokens", "done": 0, "of": 0, "seconds": 1.0}) == "Joining frequent bytes to 300 tokens, once. The next visit is instant."


def test_a_drawing_ends_with_the_server_that_began_it() -> None:
    """Else every server that was stopped early would leave one behind, which takes the processor from the next."""
    server = "import os, subprocess, sys; print(subprocess.Popen([sys.executable, '-m', 'genmodels.commands.draw_data', '--server', str(os.getpid()), 'emblems']).pid, flush=True)"
    pid = int(subprocess.run([sys.executable, "-c", server], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True).stdout)
    drawing = psutil.Process(pid)
    try:
        psutil.wait_procs([drawing], timeout=60)
        assert not drawing.is_running() or drawing.status() == psutil.STATUS_ZOMBIE
    finally:
        if drawing.is_running():
            drawing.kill()
