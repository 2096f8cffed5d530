"""What the server answers before Streamlit does: no page of another origin shows or drives the dashboard, no address is silent.

Streamlit 1.67 sends neither X-Frame-Options nor a Content-Security-Policy and has no setting for headers, but takes ASGI
middleware (`st.App(middleware=...)`); this is the one that we give it.
"""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Message = dict[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = [
    (b"content-security-policy", b"frame-ancestors 'self'"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"same-origin"),
]
FIRST = "/home"  # the first page has the address "/"; whoever wrote its name is led there
LOOPBACK = ("localhost", "127.0.0.1", "::1")
NOWHERE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>No such page · GenModels</title>
<body style="font-family: sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>There is no such page</h1><p>The dashboard has no page {path}. <a href="/">Go to the first page.</a></p></body></html>"""


class Guard:
    """ASGI middleware. `pages` are the paths of the dashboard's screens, such as "/train"; `inner` is Streamlit."""

    def __init__(self, inner: Application, pages: frozenset[str]) -> None:
        self.inner, self.pages = inner, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a websocket from another port of this machine, lead /home to the first page, answer 404 for an unknown one,
        forbid foreign frames."""
        if scope["type"] == "websocket" and self.foreign(scope):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http" and scope["path"].rstrip("/") == FIRST:
            query = scope.get("query_string", b"")
            headers = [(b"location", b"/" + (b"?" + query if query else b"")), (b"content-length", b"0"), *HEADERS]
            await send({"type": "http.response.start", "status": 307, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
        elif scope["type"] == "http":
            await self.inner(scope, receive, Answer(scope["path"], self.pages, send))
        else:
            await self.inner(scope, receive, send)

    def foreign(self, scope: Scope) -> bool:
        """Does it come from a page that another program of this machine serves, at another port?

        Streamlit itself refuses other machines' pages; of this machine it takes any port.
        """
        headers = dict(scope["headers"])
        origin, host = headers.get(b"origin", b"").decode("latin-1"), headers.get(b"host", b"").decode("latin-1")
        try:
            theirs, ours = urlsplit(origin), urlsplit(f"//{host}")
            return (
                bool(origin)
                and theirs.hostname in LOOPBACK
                and ours.hostname in LOOPBACK
                and (theirs.port or 80) != (ours.port or 80)
            )
        except ValueError:
            return True


class Answer:
    """The answer on its way out: our headers are added, and the shell of the application for an unknown path becomes a 404."""

    def __init__(self, path: str, pages: frozenset[str], send: Send) -> None:
        self.path, self.pages, self.send = path, pages, send
        self.swallowing = False

    async def __call__(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message["headers"]]
            shell = message["status"] in (200, 304) and any(
                name == b"content-type" and value.startswith(b"text/html") for name, value in headers
            )
            shell = shell and all(name != b"content-disposition" for name, _ in headers)  # a report is a file, no page
            if shell and (self.path.rstrip("/") or "/") not in self.pages:
                self.swallowing = True
                body = NOWHERE.format(path=html.escape(self.path[:80])).encode("utf-8", "replace")
                headers = [
                    (b"content-type", b"text/html; charset=utf-8"),
                    (b"content-length", str(len(body)).encode()),
                    (b"cache-control", b"no-store"),
                ]
                await self.send(message | {"status": 404, "headers": headers + HEADERS})
                await self.send({"type": "http.response.body", "body": body})
                return
            message = message | {"headers": [*message["headers"], *HEADERS]}
        if not self.swallowing:
            await self.send(message)


def middleware(pages: frozenset[str]) -> list[Any]:
    """What `st.App` takes."""
    from starlette.middleware import Middleware

    return [Middleware(Guard, pages=pages)]
