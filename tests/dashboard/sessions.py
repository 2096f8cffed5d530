"""Visitors without a browser: websocket sessions that open a page of a real server, and poll as its fragments ask."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def served(home: Path, **environment: str) -> Iterator[tuple[int, Path, int]]:
    """A dashboard in a process of its own: its port, its log, its process id."""
    home.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / "server.log"
    command = [sys.executable, "-m", "genmodels", "dashboard", "--headless", "--port", str(port)]
    with open(log, "wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"GENMODELS_HOME": str(home)} | environment, stdout=stream, stderr=stream)
    try:
        for _ in range(1200):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5)
                break
            time.sleep(0.1)
        yield port, log, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


class Session:
    """One visitor. `runs` counts finished runs of the script, `errors` holds what a page said that it broke with."""

    def __init__(self, port: int) -> None:
        self.port, self.runs, self.errors, self.texts = port, 0, [], []
        self.finished = asyncio.Event()
        self.hashes: dict[str, str] = {}
        self.polls: dict[str, asyncio.Task[None]] = {}
        self.intervals: list[float] = []
        self.sent: Counter[str] = Counter()  # elements that came, by kind

    async def __aenter__(self) -> Session:
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        self.socket = await connect(address, subprotocols=["streamlit"], origin=f"http://127.0.0.1:{self.port}", max_size=None, open_timeout=60)  # type: ignore[arg-type]
        self.reader = asyncio.create_task(self.read())
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in (self.reader, *self.polls.values()):
            task.cancel()
        await self.socket.close()

    async def open(self, page: str, seconds: float = 300, **query: str) -> None:
        """Go to a page and wait until it is drawn."""
        self.page, self.query = page, urlencode(query)
        self.stop_polling()
        await self.ask()
        await asyncio.wait_for(self.finished.wait(), seconds)

    async def ask(self, fragment: str = "") -> None:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        if fragment:
            message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = fragment, True
        else:
            self.finished.clear()
        await self.socket.send(message.SerializeToString())

    async def read(self) -> None:
        async for content in self.socket:
            message = ForwardMsg()
            message.ParseFromString(content)  # type: ignore[arg-type]
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                self.sent[element.WhichOneof("type") or ""] += 1
                if element.WhichOneof("type") == "exception":
                    self.errors.append(f"{element.exception.type}: {element.exception.message[:300]}")
                elif element.WhichOneof("type") in ("alert", "markdown"):
                    self.texts.append(element.alert.body or element.markdown.body)
            elif kind == "auto_rerun":
                self.poll(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            elif kind == "script_finished":
                self.runs += 1
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY or message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    self.finished.set()

    def poll(self, fragment: str, interval: float) -> None:
        """Ask for a fragment every so often, as a browser does."""

        async def again() -> None:
            while True:
                await asyncio.sleep(interval)
                await self.ask(fragment)

        self.intervals.append(interval)
        if old := self.polls.pop(fragment, None):
            old.cancel()
        self.polls[fragment] = asyncio.create_task(again())

    def stop_polling(self) -> None:
        for task in self.polls.values():
            task.cancel()
        self.polls.clear()
