"""Small promises of the command line: nothing is replaced, paths are read as people write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from genmodels.cli import free_name, main, path_of, write_report
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


def test_samples_drawn_twice_lie_beside_each_other(trained: Callable[..., Path], genmodels: Callable, home: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(trained("vae"), home / "runs" / "one")
    for _ in range(2):
        assert genmodels("sample", "one", "-n", 1, "--out", tmp_path / "out").returncode == 0
    assert len(list((tmp_path / "out").glob("*.png"))) == 2
