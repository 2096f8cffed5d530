"""Forgeries by kind: nothing that somebody can make without the keys of this machine reads as made by it."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genmodels.calibration.provenance import manifest_range
from genmodels.kinds.image import fingerprint as image_fingerprint
from genmodels.kinds.image.attacks import copied, forged
from genmodels.kinds.image.files import png_bytes
from genmodels.provenance import book, credentials, ledger, marking
from genmodels.review.file_check import verify
from tests.drawings import drawing
from tests.genmodels.test_ledger import FACTS, PROOF, by_hand

SOURCES = 20  # pictures of ours that the forger got
Forgery = tuple[bytes, str, bytes | None]  # content, name, sidecar


def foreign(seed: int) -> np.ndarray:
    """A drawing that was never entered."""
    return drawing(seed=1000 + seed)


def ours(seed: int) -> np.ndarray:
    return marking.visible(drawing(seed=seed))


@pytest.fixture
def sources(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Marked files of this machine."""
    for name in ("GENMODELS_CERTIFICATE", "GENMODELS_PRIVATE_KEY", "GENMODELS_TRUST"):
        monkeypatch.delenv(name, raising=False)
    return marking.pngs([drawing(seed=seed) for seed in range(SOURCES)], [FACTS] * SOURCES)


def pixels(file: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))


def elsewhere(make: Callable[[], Any]) -> Any:
    """What another machine makes, whose certificates have the same names."""
    here = os.environ["GENMODELS_HOME"]
    os.environ["GENMODELS_HOME"] = here + "-another"
    try:
        return make()
    finally:
        os.environ["GENMODELS_HOME"] = here


def moved(files: list[bytes], i: int) -> Forgery:
    """The manifest of our picture in a foreign one."""
    start, end = manifest_range(files[i])
    bare = png_bytes(foreign(i))
    return bare[:33] + files[i][start:end] + bare[33:], "moved.png", None


def other_key(files: list[bytes], i: int) -> Forgery:
    return elsewhere(lambda: marking.png(foreign(i), FACTS)), "other.png", None


def other_sidecar(files: list[bytes], i: int) -> Forgery:
    """Our statement about another text."""
    own = f"Made by a model: x.\n\nWords that were written by us, number {i}, and some more of them.\n"
    return f"Words of somebody else, number {i}, who wrote them alone.".encode(), "a.txt", marking.texts([own], [FACTS])[0]


def other_text(files: list[bytes], i: int) -> Forgery:
    """A text and a statement of another machine."""
    text = f"Made by a model: x.\n\nSomething about number {i} that nobody here wrote.\n"
    return text.encode(), "a.txt", elsewhere(lambda: marking.texts([text], [FACTS])[0])


def written_line(files: list[bytes], i: int) -> Forgery:
    """A line of the ledger by hand, with the hash that it should have, following the last or nothing, over a foreign picture."""
    last = json.loads(ledger.ledger_file().read_text().splitlines()[-1])
    line = by_hand(foreign(i), last.get("code") or last["hash"] if i % 2 else book.FIRST)
    ledger.ledger_file().write_text(ledger.ledger_file().read_text() + (line if i % 3 else line.replace('"hash"', '"code"')) + "\n")
    return png_bytes(foreign(i)), "line.png", None


def replayed_line(files: list[bytes], i: int) -> Forgery:
    """One of our lines again, with the print and hash of a foreign picture put in; or that of another machine."""
    file = ledger.ledger_file()
    line = json.loads(file.read_text().splitlines()[i % SOURCES])
    if i % 2:
        elsewhere(lambda: marking.png(foreign(i), FACTS))
        line = elsewhere(lambda: json.loads(ledger.ledger_file().read_text().splitlines()[-1]))
    else:
        line |= {"print": image_fingerprint.of_picture(foreign(i)), "sha256": hashlib.sha256(png_bytes(foreign(i))).hexdigest()}
    file.write_text(file.read_text() + json.dumps(line) + "\n")
    return png_bytes(foreign(i)), "replayed.png", None


def pattern_copied(files: list[bytes], i: int) -> Forgery:
    """The residual of one of our pictures, or the pattern found in all of them, in a foreign picture."""
    image = copied(foreign(i), [pixels(files[i])]) if i % 2 else forged(foreign(i), [pixels(file) for file in files])
    return png_bytes(image), "copied.png", None


def pattern_on_a_likeness(files: list[bytes], i: int) -> Forgery:
    """The pattern of another of our pictures on one that looks like an entry."""
    return png_bytes(copied(ours(i), [pixels(files[(i + 7) % SOURCES])])), "likeness.png", None


def cropped_in(files: list[bytes], i: int) -> Forgery:
    """A part of our picture in a foreign one."""
    image, side = foreign(i).copy(), 64 + 8 * (i % 6)
    image[:side, :side] = pixels(files[i])[-side:, -side:]
    return png_bytes(image), "pasted.png", None


def both(files: list[bytes], i: int) -> Forgery:
    """Signed elsewhere under the same names, our pattern copied into it, and data of ours behind the end."""
    image = copied(foreign(i), [pixels(files[i])])
    return elsewhere(lambda: credentials.sign(png_bytes(image), {"model": "vae r1", "seed": "7"})) + files[i][-4000:] * (i % 2), "both.png", None


KINDS = (moved, other_key, other_sidecar, other_text, written_line, replayed_line, pattern_copied, pattern_on_a_likeness, cropped_in, both)


def sentences(sources: list[bytes], each: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for kind in KINDS:
        for i in range(each):
            content, name, sidecar = kind(sources, i)
            yield kind.__name__, i, verify(content, name, sidecar=sidecar)


@pytest.mark.parametrize("each", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_no_forgery_reads_as_ours(sources: list[bytes], each: int) -> None:
    accused = [(kind, i, found["sentence"]) for kind, i, found in sentences(sources, each) if any(said in found["sentence"] for said in PROOF) or found["ledger"]["verdict"] == "exact match"]
    assert not accused


def test_what_is_ours_still_reads_so(sources: list[bytes]) -> None:
    """Ten stripped and worn files: by the pattern at its place and the ledger together."""
    for i in range(10):
        buffer = io.BytesIO()
        Image.fromarray(pixels(sources[i])).save(buffer, "JPEG", quality=70)
        found = verify(buffer.getvalue(), "stripped.jpg")
        assert "Marked by us, altered since" in found["sentence"], (i, found)


def test_siblings_are_each_ours(home: Path) -> None:
    """Pictures of one drawing that differ in a detail, as seeds and frames do: the pattern may stand at the place of any of them."""
    siblings = [drawing(seed=3) for _ in range(4)]
    for number, image in enumerate(siblings):
        image[2 + number, 2:6] = 200
    for file in marking.pngs(siblings, [FACTS] * 4):
        found = verify(png_bytes(pixels(file)), "sibling.png")
        assert found["ledger"]["verdict"] == "near match" and found["watermark"]["own"] and "Marked by us" in found["sentence"]


def test_a_copied_pattern_is_told_as_one(sources: list[bytes]) -> None:
    found = verify(*pattern_copied(sources, 1)[:2])
    assert found["watermark"]["verdict"] == "found" and "carries our pattern" in found["sentence"] and "can be copied" in found["sentence"]
    like = verify(*pattern_on_a_likeness(sources, 1)[:2])
    assert like["ledger"]["verdict"] == "near match" and like["watermark"]["own"] is False and "does not stand where" in like["sentence"]


def test_every_way_of_copying_is_planted_and_counted() -> None:
    """Of eight pictures and four foreign ones: the pattern is found in all, and none reads as ours but a likeness with its own pattern."""
    from genmodels.calibration.copied_marks import OURS, Marked, copies

    marked = Marked.of(np.stack([drawing(seed=seed) for seed in range(8)]), b"k" * 32)
    rows = [(case, flags) for case, flags, _ in copies(marked, np.stack([foreign(seed) for seed in range(4)]), lambda said: None)]
    assert len([case for case, _ in rows if case.part == OURS]) == 12
    assert not any(flags.any() for case, flags in rows if case.part == OURS)
    found = np.concatenate([flags for case, flags in rows if case.part == "pattern copied to a picture"])
    assert found.mean() > 0.95 and all(flags.any() for case, flags in rows if case.part == f"{OURS}, by its own pattern")
    assert all(marked.read(image)["ours"] for image in marked.pictures)
