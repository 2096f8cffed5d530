"""Small promises of the command line: nothing is replaced, paths are read as people write them."""

from __future__ import annotations

import errno
import io
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from genmodels.commands import house
from genmodels.commands.main import main
from genmodels.commands.sample_files import free_name
from genmodels.commands.verb import path_of, write_report
from genmodels.files import home as home_folder
from genmodels.jobs.executor import LOCAL
from genmodels.refusal import Refusal


def test_nothing_is_replaced(tmp_path: Path) -> None:
    assert free_name(tmp_path, "vae-seed-1") == "vae-seed-1"
    (tmp_path / "vae-seed-1-0000.png").touch()
    (tmp_path / "vae-seed-12-0000.png").touch()
    assert free_name(tmp_path, "vae-seed-1") == "vae-seed-1-again-2"
    (tmp_path / "vae-seed-1-again-2-0000.png").touch()
    assert free_name(tmp_path, "vae-seed-1") == "vae-seed-1-again-3"


def test_the_home_is_found_and_a_report_may_end_in_capitals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert path_of("~/x") == tmp_path / "x"
    with pytest.raises(Refusal, match="home of a user who is not there"):
        path_of("~nobody-of-that-name/x")
    write_report(tmp_path / "a.HTML", lambda form: form)
    assert (tmp_path / "a.HTML").read_text() == "html"


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0 and capsys.readouterr().out.startswith("genmodels ")


def test_samples_drawn_twice_lie_beside_each_other(trained: Callable[..., Path], genmodels: Callable, inside: Callable, home: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(trained("vae"), home / "runs" / "one")
    for command in (genmodels, inside):
        assert command("sample", "one", "-n", 1, "--out", tmp_path / "out").returncode == 0
    assert len(list((tmp_path / "out").glob("*.png"))) == 2


@pytest.mark.parametrize("flag", [["--given", "caf\udce9"], ["--set", "stop=\udce9"]])
def test_bytes_of_another_encoding_are_refused_in_a_sentence(flag: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "transformer-occupations", *flag, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "holds bytes that are no UTF-8" in said and said.count("\n") == 1 and not (tmp_path / "out").exists()


def test_a_path_of_other_bytes_is_written_on_a_strict_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(["report", "vae-digits", "--out", str(tmp_path / "x\udce9.md")]) == 0
    stream.flush()
    assert b"x\\udce9.md written." in stream.buffer.getvalue()  # type: ignore[attr-defined]


def test_a_relative_home_is_the_same_for_the_dashboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENMODELS_HOME", "mine")
    monkeypatch.setattr(house, "_serve", lambda command: 0)
    monkeypatch.setattr(LOCAL, "start", lambda *arguments, **more: None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert main(["dashboard", "--headless", "--port", str(port)]) == 0
    assert home_folder() == tmp_path / "mine" and Path.cwd() != tmp_path


def test_a_report_on_a_full_disk_leaves_the_good_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.html").write_text("good")

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main(["report", "vae-digits", "--out", str(tmp_path / "good.html")]) == 2
    assert "the disk is full" in capsys.readouterr().err and (tmp_path / "good.html").read_text() == "good" and {each.name for each in tmp_path.iterdir()} <= {"good.html", "home"}


def test_a_training_that_fails_says_why_in_json(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from genmodels.training import loop

    def broken(*arguments: object) -> None:
        raise Refusal("The data are gone; bring them back.")

    monkeypatch.setattr(loop, "Trainer", broken)
    assert main(["train", "vae", "--epochs", "1", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["state"] == "failed" and document["reason"] == "The data are gone; bring them back."
