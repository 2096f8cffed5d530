"""What a hostile file might do once it ran, as tasks for a caged child."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def _held(attempt: Callable[[], Any]) -> bool:
    try:
        attempt()
    except (OSError, ValueError):
        return True
    return False


def attempts(given: Path, out: Path, outside: str, parent: int, port: int) -> dict[str, Any]:
    """Whether each attempt was held."""
    library = ctypes.CDLL(None, use_errno=True)
    own = out / "own"
    own.write_text("x")
    tries: dict[str, Callable[[], Any]] = {
        "write outside": lambda: (Path(outside) / "written").write_text("x"),
        "write beside": lambda: (out.parent / "beside").write_text("x"),
        "write what was given": lambda: (given / "more").write_text("x"),
        "link out": lambda: os.symlink("/etc/passwd", out / "link"),
        "read outside": lambda: (Path(outside) / "secret").read_text(),
        "read passwords": lambda: Path("/etc/passwd").read_text(),
        "read environment of parent": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "list home": lambda: os.listdir(Path(outside)),
        "delete outside": lambda: (Path(outside) / "secret").unlink(),
        "socket": lambda: socket.socket(),
        "unix socket": lambda: socket.socket(socket.AF_UNIX),
        "connect": lambda: socket.create_connection(("127.0.0.1", port), 1),
        "fork": lambda: os.fork() or os._exit(0),
        "program": lambda: subprocess.run([sys.executable, "-c", "pass"], check=False),
        "become a program": lambda: os.execv("/bin/true", ["true"]),
        "signal parent": lambda: os.kill(parent, signal.SIGTERM),
        "signal group": lambda: os.killpg(0, 0),
        "new session": lambda: os.setsid(),
        "higher limit": lambda: resource.setrlimit(resource.RLIMIT_CPU, (10**6, 10**6)),
        "large file": lambda: (out / "large").write_bytes(b"x" * 3_000_000),
        "many files open": lambda: _open_many(out),
        "environment": lambda: os.environ["SECRET"] if "SECRET" in os.environ else _refuse(),
        "trace": lambda: library.ptrace(16, parent, 0, 0) == 0 or _refuse(),
        "rights": lambda: os.chmod(Path(outside) / "secret", 0),
        "rights of its own": lambda: own.chmod(0o777),
        "owner": lambda: os.chown(Path(outside) / "secret", os.getuid(), os.getgid()),
        "times": lambda: os.utime(Path(outside) / "secret", (0, 0)),
        "marks": lambda: os.setxattr(Path(outside) / "secret", "user.x", b"y"),
        "cut by its name": lambda: os.truncate(Path(outside) / "secret", 0),
        "cut by reading": lambda: os.open(own, os.O_RDONLY | os.O_TRUNC),
        "20 GB": lambda: _allocate(),
    }
    return {name: np.array(_held(attempt)) for name, attempt in tries.items()}


def _refuse() -> None:
    raise OSError


def _open_many(out: Path) -> None:
    opened: list[int] = []
    try:
        while len(opened) < 500:
            opened.append(os.open(out, os.O_RDONLY))
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _allocate() -> None:
    try:
        bytearray(20 << 30)
    except MemoryError:
        raise OSError from None


def memory(given: Path, out: Path) -> dict[str, Any]:
    kept = []
    while True:
        kept.append(b"x" * 10_000_000)


def sleep(given: Path, out: Path) -> dict[str, Any]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)
    return {}


def busy(given: Path, out: Path) -> dict[str, Any]:
    while True:
        pass


def write(given: Path, out: Path) -> dict[str, Any]:
    (out / "large").write_bytes(b"x" * 10_000_000)
    return {}


def crash(given: Path, out: Path) -> dict[str, Any]:
    raise RuntimeError("a class name that nobody should see")


def lies(given: Path, out: Path, kind: str) -> dict[str, Any]:
    """Answers that are not what was asked for."""
    answers: dict[str, dict[str, Any]] = {
        "text": {"features": np.array(["a"])},
        "other name": {"else": np.zeros(3)},
        "more": {"features": np.zeros(3), "more": np.zeros(3)},
        "not finite": {"features": np.array([1.0, np.nan])},
        "objects": {"features": np.array([{}], dtype=object)},
    }
    return answers.get(kind, {"features": np.arange(3.0)})
