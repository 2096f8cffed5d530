"""Files are whole or not there, and a full or read-only disk is one sentence."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from genmodels.cache import cache, drawn_once
from genmodels.files import CannotWrite, cannot_write, home, make_folder, write_atomically
from genmodels.refusal import Refusal


def test_home_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path / "here"))
    assert home() == tmp_path / "here"
    assert not home().exists()
    monkeypatch.delenv("GENMODELS_HOME")
    assert home() == Path.home() / ".genmodels"


def test_a_file_is_replaced_whole_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    write_atomically(file, "one ä")
    write_atomically(file, b"two")
    assert file.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["status.json"]


FULL = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from genmodels.files import CannotWrite, write_atomically
try:
    write_atomically(Path(sys.argv[1]), b"x" * 5000)
except CannotWrite as refusal:
    print(refusal)
"""


def test_a_write_that_fails_half_way_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(b"old")
    run = subprocess.run([sys.executable, "-c", FULL, str(file)], capture_output=True, text=True, check=True)
    assert "can't be written" in run.stdout
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["weights"]


def test_a_full_disk_is_told_in_one_sentence() -> None:
    refusal = cannot_write(Path("runs/1/status.json"), OSError(errno.ENOSPC, "No space left on device"))
    assert str(refusal) == "runs/1/status.json can't be written: the disk is full; free some space."
    assert isinstance(refusal, Refusal) and isinstance(refusal, OSError) and refusal.errno == errno.ENOSPC


def test_a_file_in_the_way_and_a_read_only_home_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="set GENMODELS_HOME"):
        make_folder(tmp_path / "file" / "runs")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    if os.access(locked, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(CannotWrite, match="not allowed"):
        make_folder(locked / "runs")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_CACHE", str(tmp_path / "cache"))


def drawing(calls: list[int]) -> dict[str, np.ndarray]:
    calls.append(1)
    return {"images": np.arange(12, dtype=np.uint8), "names": np.array(["a", "bc"])}


def test_a_drawing_is_made_once_for_the_same_facts() -> None:
    calls: list[int] = []
    for facts in ({"size": 32}, {"size": 32}, {"size": 64}):
        arrays = drawn_once("test", facts, lambda: drawing(calls))
        assert arrays["images"].tolist() == list(range(12))
        assert arrays["names"].tolist() == ["a", "bc"]
    assert len(calls) == 2


@pytest.mark.parametrize("damage", [b"", b"not a zip", None])
def test_a_damaged_drawing_is_made_again(damage: bytes | None) -> None:
    calls: list[int] = []
    drawn_once("test", {}, lambda: drawing(calls))
    (file,) = cache().glob("test-*.npz")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content if damage is None else damage)
    drawn_once("test", {}, lambda: drawing(calls))
    drawn_once("test", {}, lambda: drawing(calls))
    assert len(calls) == 2  # the second time it was kept again


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GENMODELS_CACHE", str(tmp_path / "file" / "cache"))
    calls: list[int] = []
    for _ in range(2):
        assert len(drawn_once("test", {}, lambda: drawing(calls))["images"]) == 12
    assert len(calls) == 2
