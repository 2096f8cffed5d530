"""A child that looks at foreign files can do nothing else: each attempt is held, and ours goes on as before."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import numpy as np
import pytest

from genmodels.jobs import sandbox
from genmodels.refusal import Refusal

CODE = Path(__file__).parent / "caged"
QUICK = sandbox.Limits(memory=512 * sandbox.MB, seconds=20, cpu_seconds=10, file_bytes=2_000_000, open_files=64)


def tried(task: str, *, limits: sandbox.Limits = QUICK, expected: dict[str, str] | None = None, **arguments: object) -> dict[str, np.ndarray]:
    with sandbox.scratch() as folder:
        return sandbox.run(f"hostile_tasks:{task}", folder, what="it", expected={"features": "f"} if expected is None else expected, limits=limits, arguments=arguments, code=[CODE])


def test_every_layer_is_told_and_linux_has_them_all() -> None:
    layers = sandbox.active_layers()
    assert [layer.name for layer in layers] == ["process of its own", "time", "limits", "privileges", "files", "network, processes"]
    assert all(layer.active or layer.why_not for layer in layers)
    assert "active here: process of its own" in sandbox.told(layers)
    some = (sandbox.Layer("files", False, "the system says: no"),)
    assert "not active: files (the system says: no)" in sandbox.told(some)


def test_whatever_a_child_tries_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not all(layer.active for layer in sandbox.active_layers()):
        pytest.skip(sandbox.told(sandbox.active_layers()))
    monkeypatch.setenv("SECRET", "value")
    (tmp_path / "secret").write_text("x")
    before = (tmp_path / "secret").stat()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        names = ["write outside", "write beside", "write what was given", "link out", "read outside", "read passwords", "read environment of parent", "list home", "delete outside", "socket", "unix socket", "connect", "fork", "program", "become a program", "signal parent", "signal group", "new session", "higher limit", "large file", "many files open", "environment", "trace", "rights", "rights of its own", "owner", "times", "marks", "cut by its name", "cut by reading", "20 GB"]  # fmt: skip
        held = tried("attempts", expected=dict.fromkeys(names, "b"), outside=str(tmp_path), parent=os.getpid(), port=server.getsockname()[1])
    assert [name for name in names if not held[name]] == []
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]
    after = (tmp_path / "secret").stat()
    assert (after.st_mode, after.st_mtime, after.st_size) == (before.st_mode, before.st_mtime, 1)


@pytest.mark.parametrize(("task", "said"), [("memory", "needs more than the 512 MB"), ("sleep", "takes longer than the 2 s"), ("busy", "takes longer"), ("write", "needs more room"), ("crash", "broke off")])
def test_what_takes_too_much_is_ended_with_one_sentence(task: str, said: str) -> None:
    limits = sandbox.Limits(memory=512 * sandbox.MB, seconds=2 if task == "sleep" else 30, cpu_seconds=2, file_bytes=2_000_000)
    started = time.monotonic()
    with pytest.raises(Refusal, match=said) as refused:
        tried(task, limits=limits)
    assert "\n" not in str(refused.value) and "Error" not in str(refused.value)
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("kind", ["text", "other name", "more", "not finite", "objects"])
def test_only_the_arrays_that_were_asked_for_come_back(kind: str) -> None:
    with pytest.raises(Refusal, match="nothing of it is kept|not finite|broke off"):
        tried("lies", kind=kind)


def test_an_honest_answer_comes_back_and_nothing_is_left() -> None:
    with sandbox.scratch() as folder:
        answer = sandbox.run("hostile_tasks:lies", folder, what="it", expected={"features": "f"}, arguments={"kind": ""}, code=[CODE])
    assert answer["features"].tolist() == [0, 1, 2] and not folder.exists()
