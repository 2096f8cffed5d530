"""What kills leave is named and swept, never what somebody works on; and the home is its owner's alone."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest

from genmodels import doctor
from genmodels.cache import cache
from genmodels.commands.main import main
from genmodels.files import make_folder, write_atomically
from genmodels.provenance import keys
from genmodels.runs import leftovers
from genmodels.runs.store import RunStore
from tests.dashboard.made import made


def left(path: Path, *, days: float, folder: bool) -> Path:
    """Something unfinished that was last changed so many days ago."""
    if folder:
        path.mkdir(parents=True)
        (path / "weights.npz").write_bytes(b"x" * 1000)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
    then = time.time() - days * 86_400
    for each in [*(path.iterdir() if folder else ()), path]:
        os.utime(each, (then, then))
    return path


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary folder of its own: what other tests leave in theirs is not counted."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


@pytest.fixture
def unfinished(home: Path) -> dict[str, Path]:
    run = made("done").path
    old = {
        "import": left(home / "runs" / ".importing-0a1b2c", days=2, folder=True),
        "pictures": left(home / "data" / ".0123456789abcdef.part", days=2, folder=True),
        "deleted": left(home / "runs" / ".deleted-20260101-000000-vae-digits-aaaa", days=0, folder=True),
        "status": left(run / ".status.json.01234567.part", days=2, folder=False),
        "checkpoint": left(run / "checkpoints" / "120.partial", days=2, folder=True),
        "brought": left(home / "brought" / ".0123456789abcdef.part", days=2, folder=True),
        "findings": left(home / "measured" / ".vae-digits.json.01234567.part", days=2, folder=False),
    }
    young = {
        "young import": left(home / "runs" / ".importing-ffffff", days=0.5, folder=True),
        "young status": left(run / ".status.json.89abcdef.part", days=0, folder=False),
        "young checkpoint": left(run / "checkpoints" / "140.partial", days=0, folder=True),
    }
    inside = left(home / "data" / ".fedcba9876543210.part", days=2, folder=True)
    os.utime(inside / "weights.npz")  # the folder is old, but somebody writes into it
    return old | young | {"young pictures": inside}


def test_the_doctor_names_leftovers_and_mends_them(home: Path, unfinished: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    row = next(row for row in doctor.examine() if row["check"] == "leftovers")
    assert not row["ok"] and not row["required"] and "7 of killed processes" in row["value"]
    assert all(str(path.relative_to(home)) in row["value"] for name, path in unfinished.items() if not name.startswith("young"))
    assert main(["doctor", "--mend"]) in (0, 1)
    assert "7 unfinished" not in capsys.readouterr().out
    assert {name for name, path in unfinished.items() if path.exists()} == {name for name in unfinished if name.startswith("young")}
    row = next(row for row in doctor.examine() if row["check"] == "leftovers")
    assert row["ok"] and "4 unfinished files or folders are younger than a day" in row["value"]


def test_links_are_not_followed(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    (home / "runs").mkdir(parents=True)
    link = home / "runs" / ".importing-link"
    link.symlink_to(target)
    os.utime(link, (0, 0), follow_symlinks=False)
    (home / "runs" / ".importing-loop").symlink_to(".importing-loop")
    os.utime(home / "runs" / ".importing-loop", (0, 0), follow_symlinks=False)
    assert len(leftovers.sweep()) == 2
    assert (target / "mine.txt").read_text() == "mine" and not os.path.lexists(link)


def test_who_holds_a_run_sweeps_its_checkpoints(home: Path) -> None:
    run = made("done")
    young = left(run.path / "epochs" / "3.partial", days=0, folder=True)
    whole = left(run.path / "epochs" / "2", days=9, folder=True)
    with run.lease():
        leftovers.sweep_run(run.path)
    assert not young.exists() and whole.exists()


def test_the_home_is_made_for_its_owner_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENMODELS_CACHE")
    old = os.umask(0o022)
    try:
        made("done")
        keys.watermark_key("pictures")
        make_folder(home / "data" / "token" / "pictures")
        make_folder(cache())
        write_atomically(home / "audits.json", "{}")
    finally:
        os.umask(old)
    for folder in (home, home / "runs", *RunStore.default().folder.iterdir(), home / "keys", home / "data", home / "data" / "token", home / "cache"):
        if folder.is_dir():
            assert folder.stat().st_mode & 0o077 == 0, folder
    assert all(row["ok"] for row in doctor.examine() if row["check"] == "privacy")


def test_an_open_home_is_told_and_mended(home: Path) -> None:
    made("done")
    for folder in (home, home / "runs"):
        folder.chmod(0o755)
    row = next(row for row in doctor.examine() if row["check"] == "privacy")
    assert not row["ok"] and str(home) in row["value"] and "--mend" in row["remedy"]
    assert len(doctor.mend()) == 2
    assert home.stat().st_mode & 0o777 == 0o700 and (home / "runs").stat().st_mode & 0o777 == 0o700


def test_a_folder_elsewhere_is_made_as_the_user_wants(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        assert make_folder(tmp_path / "out" / "in").stat().st_mode & 0o777 == 0o755
    finally:
        os.umask(old)


def test_the_scratch_of_a_child_whose_parent_was_killed_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    rests, works, other = (tmp_path / name for name in ("genmodels-cage-old", "genmodels-cage-new", "some.part"))
    for folder in (rests, works, other):
        folder.mkdir()
    os.utime(rests, (0, 0))
    assert [each.path for each in leftovers.sweep()] == [rests] and works.is_dir() and other.is_dir()
