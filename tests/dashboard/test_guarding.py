"""What the server answers before Streamlit does, and how often pages look again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dashboard import navigation
from dashboard.parts import pace
from dashboard.parts.guarding import Guard


def asked(path: str = "/", kind: str = "http", content: bytes = b"text/html; charset=utf-8", said: tuple[tuple[bytes, bytes], ...] = (), **headers: str) -> tuple[list[dict[str, Any]], bool]:
    """What comes back for a request, and whether Streamlit was asked at all."""
    sent, reached = [], []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope)
        if kind == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", content), *said]})
            await send({"type": "http.response.body", "body": b"the shell"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    scope = {"type": kind, "path": path, "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    asyncio.run(Guard(inner, navigation.paths())(scope, receive, send))
    return sent, bool(reached)


@pytest.mark.parametrize("path", ["/", "/train", "/runs/", "/static/x.js"])
def test_every_answer_forbids_foreign_frames(path: str) -> None:
    sent, _ = asked(path, content=b"text/javascript" if path.endswith("js") else b"text/html")
    headers = dict(sent[0]["headers"])
    assert headers[b"content-security-policy"] == b"frame-ancestors 'self'" and headers[b"x-frame-options"] == b"SAMEORIGIN"
    assert sent[0]["status"] == 200 and sent[1]["body"] == b"the shell"


@pytest.mark.parametrize("path", ["/nosuch", "/train/x", "/../../etc/passwd", '/<script>alert("x")</script>', "/\udce4"])
def test_an_unknown_page_is_said_to_be_none(path: str) -> None:
    sent, _ = asked(path)
    assert sent[0]["status"] == 404 and len(sent) == 2
    body = sent[1]["body"].decode()
    assert "There is no such page" in body and "<script>" not in body
    assert dict(sent[0]["headers"])[b"content-length"] == str(len(sent[1]["body"])).encode()


def test_a_report_as_html_is_a_file_and_no_unknown_page() -> None:
    sent, _ = asked("/media/0123abcd.html", content=b"text/html", said=((b"content-disposition", b'attachment; filename="audit.html"'),))
    assert sent[0]["status"] == 200 and sent[1]["body"] == b"the shell"


@pytest.mark.parametrize(("origin", "host", "through"), [
    ("http://127.0.0.1:8501", "127.0.0.1:8501", True), ("http://localhost:8501", "127.0.0.1:8501", True),
    ("http://127.0.0.1:9999", "127.0.0.1:8501", False), ("http://localhost", "localhost:8501", False),
    ("https://evil.example", "127.0.0.1:8501", True),  # refused by Streamlit itself
    ("https://team.example", "team.example", True), ("", "127.0.0.1:8501", True), ("http://[", "127.0.0.1:8501", False),
])  # fmt: skip
def test_pages_of_other_programs_of_this_machine_open_no_session(origin: str, host: str, through: bool) -> None:
    sent, reached = asked("/_stcore/stream", "websocket", origin=origin, host=host)
    assert reached is through
    assert through or sent == [{"type": "websocket.close", "code": 1008}]


def test_many_visitors_look_seldomer() -> None:
    for visitors in range(1, 200):
        factor = pace.factor(visitors)
        assert factor >= 1 and (visitors * pace.EACH / factor <= pace.LOOKS + 1e-9 or factor == pace.STEPS[-1])
        assert pace.settled(factor, visitors)
    assert pace.factor(1) == 1.0 and not pace.settled(1.0, 200) and not pace.settled(pace.STEPS[-1], 1)


def test_who_stops_looking_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(pace, "_seen", {})
    assert [pace.look(name, 1.0) for name in "abca"] == [1, 2, 3, 3]
    now[0] += 60
    assert pace.look("d", 1.0) == 1


@pytest.mark.parametrize("path", ["/home", "/home/"])
def test_the_name_of_the_first_page_leads_to_it(path: str) -> None:
    sent, reached = asked(path)
    assert sent[0]["status"] == 307 and dict(sent[0]["headers"])[b"location"] == b"/" and not reached
