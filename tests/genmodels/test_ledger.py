"""The ledger: lines under a key, whatever somebody writes into it, full disks, homes that can't be written, and plain pictures."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genmodels.calibration.copied_marks import plain
from genmodels.doctor import examine
from genmodels.files import CannotWrite
from genmodels.kinds.image import fingerprint as image_fingerprint
from genmodels.kinds.image.files import png_bytes
from genmodels.provenance import book, ledger, marking
from genmodels.provenance.keys import ledger_key_at_hand, signing_at_hand, watermark_key_at_hand
from genmodels.review.file_check import verify
from tests.drawings import drawing

FACTS = {"Model": "vae r1", "Seed": "7"}
PROOF = ("Marked by us", "this machine made")


@pytest.fixture
def file(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ledger of a home with three entries."""
    for name in ("GENMODELS_CERTIFICATE", "GENMODELS_PRIVATE_KEY", "GENMODELS_TRUST"):
        monkeypatch.delenv(name, raising=False)
    for seed in range(3):
        marking.png(drawing(seed=seed), FACTS)
    return home / "ledger.jsonl"


def by_hand(image: np.ndarray, before: str, **more: Any) -> str:
    """A line that somebody writes who has no key: its plain hash is its own."""
    entry = {"before": before, "time": "2026-01-01T00:00:00Z", "kind": "picture", "sha256": hashlib.sha256(png_bytes(image)).hexdigest(), "print": image_fingerprint.of_picture(image), "model": "vae r1", "seed": "7", **more}
    return json.dumps(entry | {"hash": hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()).hexdigest()})


def told(image: np.ndarray) -> dict[str, Any]:
    found = verify(png_bytes(image), "foreign.png")
    assert not any(said in found["sentence"] for said in PROOF), found["sentence"]
    return found


def test_a_line_written_by_hand_is_no_proof(file: Path) -> None:
    foreign, last = drawing(seed=9), json.loads(file.read_text().splitlines()[-1])["code"]
    for before in (last, book.FIRST):
        for line in (by_hand(foreign, before), by_hand(foreign, before).replace('"hash"', '"code"')):
            whole = file.read_text()
            file.write_text(whole + line + "\n")
            found = told(foreign)
            assert found["ledger"]["verdict"] == "no match" and found["ledger"]["damaged"] == 1 and "1 line is damaged" in found["sentence"]
            file.write_text(whole)


def test_a_ledger_from_before_there_was_a_key_is_read_and_proves_nothing(home: Path) -> None:
    home.mkdir()
    old = drawing(seed=8)
    line = by_hand(old, book.FIRST)
    (home / "ledger.jsonl").write_text(line + "\n")
    marking.png(drawing(seed=0), FACTS)
    (home / "ledger.jsonl").write_text((home / "ledger.jsonl").read_text() + by_hand(drawing(seed=9), json.loads(line)["hash"]) + "\n")
    found = told(old)
    assert found["ledger"]["verdict"] == "older entry" and "no key" in found["sentence"]
    assert told(drawing(seed=9))["ledger"]["verdict"] == "no match"  # after the first line with a code nothing is older
    assert (len(ledger.book().entries), len(ledger.book().older), ledger.book().damaged) == (1, 1, 1)
    marking.png(old, FACTS)
    assert told(marking.visible(old))["ledger"]["verdict"] == "near match"  # entered again, under the key


def test_what_is_out_of_order_is_not_used(file: Path) -> None:
    lines = file.read_text().splitlines()
    file.write_text("\n".join(lines[1:]) + "\n")  # the first was cut off
    assert told(marking.visible(drawing(seed=1)))["ledger"]["verdict"] == "no match" and told(marking.visible(drawing(seed=2)))["ledger"]["verdict"] == "near match"
    file.write_text("\n".join([*lines, lines[0]]) + "\n")  # replayed
    assert ledger.book().damaged == 1 and told(marking.visible(drawing(seed=0)))["ledger"]["verdict"] == "near match"
    marking.png(drawing(seed=5), FACTS)  # goes on after the last sound line
    assert (ledger.book().damaged, len(ledger.book().entries)) == (1, 4)


DAMAGE = {
    "nested": b"[" * 100_000, "nested objects": b'{"a":' * 50_000, "no hex": b'{"before": "0", "sha256": "x", "print": "zz", "code": "y"}', "nulls": b"\0\0{}\0", "no UTF-8": b"\xff\xfe{}",
    "a huge line": b'{"before": "' + b"0" * 3_000_000 + b'"}', "a list": b"[1, 2]", "a huge number": b'{"sha256": ' + b"9" * 5000 + b"}", "half a surrogate": b'{"sha256": "\\ud800", "before": "0", "hash": "1"}', "torn": b'{"before": "00',
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_no_line_is_a_traceback(file: Path, name: str) -> None:
    whole = file.read_bytes()
    for content in (DAMAGE[name] + b"\n" + whole, whole + DAMAGE[name]):
        file.write_bytes(content)
        found = verify(png_bytes(drawing(seed=9)), "foreign.png")
        assert found["ledger"]["damaged"] == 1 and "damaged" in found["sentence"]
        assert len(ledger.book().entries) == 3
        (row,) = [row for row in examine() if row["check"] == "ledger"]
        assert not row["ok"] and "1 lines damaged" in row["value"]
    marking.png(drawing(seed=4), FACTS)
    assert len(ledger.book().entries) == 4


def test_a_full_disk_enters_all_or_none(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, real, left = file.read_bytes(), os.write, 700

    def full(descriptor: int, content: bytes) -> int:
        nonlocal left
        written = real(descriptor, content[:left]) if left else 0
        left -= written
        return written

    monkeypatch.setattr(os, "write", full)
    rows = [marking.entry("picture", bytes([number]), "", FACTS) for number in range(15)]
    with pytest.raises(CannotWrite, match="disk is full"):
        ledger.append(rows)
    assert file.read_bytes() == before
    monkeypatch.setattr(os, "write", lambda descriptor, content: real(descriptor, content[:50]))  # piece by piece
    assert ledger.append(rows) == 15 and len(ledger.book().entries) == 18 and ledger.book().damaged == 0


def test_a_limit_of_the_system_enters_all_or_none(file: Path) -> None:
    before = file.read_bytes()
    code = "from genmodels.provenance import ledger, marking; ledger.append([marking.entry('picture', bytes([number]), '', {}) for number in range(15)])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 500,) * 2))
    assert found.returncode == 1 and "can't be written" in found.stderr and file.read_bytes() == before


def test_looking_makes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed = marking.png(drawing(), FACTS)
    for nowhere in (home / "another", Path("/proc/genmodels")):  # nothing can be made in the second
        monkeypatch.setenv("GENMODELS_HOME", str(nowhere))
        found = verify(signed, "a.png")
        assert found["manifest"]["verdict"] == "valid" and found["manifest"]["signer"] == "unknown"
        assert found["watermark"]["verdict"] == "not measured" and "no key" in found["watermark"]["reason"] and found["ledger"]["verdict"] == "no match"
        assert verify(b"A text of people who were here before there was any machine. " * 20, "a.txt")["watermark"]["verdict"] == "not measured"
        assert not nowhere.exists() and (watermark_key_at_hand("picture"), ledger_key_at_hand(), signing_at_hand()) == (None, None, None)


def test_a_ledger_without_its_key_is_not_judged(file: Path) -> None:
    (file.parent / "keys" / "ledger.key").unlink()
    found = told(drawing(seed=0))
    assert found["ledger"]["verdict"] == "not measured" and "key" in found["ledger"]["reason"] and found["ledger"]["unread"] == 3


def test_keys_and_ledger_are_private(file: Path) -> None:
    for path in (file.parent / "keys", file, *(file.parent / "keys").iterdir()):
        path.chmod(0o755)
    marking.png(drawing(seed=6), FACTS)
    verify(png_bytes(drawing(seed=0)), "a.png")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (file.parent / "keys", file, *(file.parent / "keys").iterdir()))


def test_a_plain_picture_is_known_by_its_bytes_alone(home: Path) -> None:
    nearly_white = np.full((32, 32, 3), 255, np.uint8)
    nearly_white[3, 3] = 250
    left = marking.png(nearly_white, FACTS)
    for image in plain(12, np.random.default_rng(1)):
        marking.png(image, FACTS)
    note = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(note).text((20, 20), "bread", fill=(240, 240, 240))
    flat = [np.full((64, 64, 3), colour, np.uint8) for colour in ((0, 0, 0), (255, 255, 255), (0, 0, 255), (128, 128, 128))]
    for image in [*flat, np.asarray(note), nearly_white, *plain(8, np.random.default_rng(2))]:
        assert told(image)["ledger"]["verdict"] == "not measured"
    assert "too plain" in told(flat[0])["ledger"]["reason"]
    found = verify(left, "left.png")
    assert found["ledger"]["verdict"] == "exact match" and found["manifest"]["verdict"] == "valid"
    assert len(ledger.book().entries) == 13


def test_a_picture_that_drawing_began_from_is_not_what_was_drawn(home: Path) -> None:
    from genmodels.trained.requests import begun_from, start_of

    photo = np.asarray(Image.fromarray(drawing(400, 3)).resize((600, 400)))
    start = start_of(png_bytes(photo), (32, 32, 3))
    mask = np.zeros((32, 32), bool)
    mask[:4, :4] = True  # 16 pixels are drawn anew
    drawn = np.where(mask[..., None], 90, start).astype(np.uint8)
    signed = marking.png(drawn, FACTS | begun_from(start, mask))
    assert marking.BEGUN.encode() not in signed
    large = marking.png(np.asarray(Image.fromarray(drawn).resize((128, 128))), FACTS | begun_from(start, mask))
    square = photo[:, 100:500]
    edited = np.clip(square.astype(int) + 6, 0, 255).astype(np.uint8)
    for image in (photo, square, edited, start):
        found = told(image)
        assert found["ledger"]["verdict"] == "begun from it" and "began from" in found["sentence"]
    for content in (signed, large):
        assert "Marked by us and unchanged" in verify(content, "drawn.png")["sentence"]
