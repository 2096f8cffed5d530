"""The pixels of a file that is checked, as far as they can be looked at; else why not."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, replace

from PIL import Image

from genmodels.kinds.image.files import FORMATS, MAX_PIXELS, MAX_SIDE, on_white, upright
from genmodels.provenance.formats import Format
from genmodels.provenance.said import said

OPENED = (*FORMATS, "AVIF")
PNG, NEEDED = b"\x89PNG\r\n\x1a\n", (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
MOST_SIDE = 60_000  # of a picture that is read in part


@dataclass(frozen=True)
class Pixels:
    """`picture`: upright RGB, None where it can't be looked at; `reason`: why not, or why not in full; `damaged`: is the file?

    `size` is (width, height) as the file says; `reduced`: it was read at half a size or less.
    """

    picture: Image.Image | None
    size: tuple[int, int] = (0, 0)
    reason: str = ""
    damaged: bool = False
    reduced: bool = False


def pixels(content: bytes, form: Format) -> Pixels:
    """The pixels of a file of at most 25 million; of a larger JPEG at a half, a quarter or an eighth of its size."""
    if not form.pixels:
        return Pixels(
            None, reason=f"pixels of {form.name} files can't be looked at here; save it as PNG or JPEG as well"
        )
    seen = _opened(content)
    if seen.damaged and content.startswith(PNG) and (again := _opened(_bare(content))).picture is not None:
        return replace(again, damaged=True)  # what is broken, or too large, is not needed to see its pixels
    return seen


def _opened(content: bytes) -> Pixels:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow only warns of is looked at below
            with Image.open(io.BytesIO(content), formats=list(OPENED)) as picture:
                return _read(picture)
    except Image.UnidentifiedImageError:
        return Pixels(None, reason="the file is damaged where its pixels begin", damaged=True)
    except Image.DecompressionBombError:
        return Pixels(None, reason="too large: more than 25 million pixels")
    except Exception as error:
        return Pixels(
            None, reason=f"the file is damaged ({said(str(error) or type(error).__name__, 100)})", damaged=True
        )


def _bare(content: bytes) -> bytes:
    """A PNG file without the chunks that its pixels need not: texts, manifests, EXIF; a broken one stops its reader."""
    at, kept = len(PNG), [PNG]
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] in NEEDED:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)


def _read(picture: Image.Image) -> Pixels:
    size = width, height = picture.size
    small = width * height <= MAX_PIXELS and max(size) <= MAX_SIDE
    if not small and (picture.format != "JPEG" or max(size) > MOST_SIDE or not _halved(picture)):
        return Pixels(None, size, f"too large: {width} x {height} pixels, and at most 25 million are looked at")
    return Pixels(
        on_white(upright(picture)), size, "" if small else f"too large: {width} x {height} pixels", reduced=not small
    )


def _halved(picture: Image.Image) -> bool:
    """Whether a JPEG now gives few enough pixels: its decoder leaves out the fine waves (draft mode)."""
    width, height = picture.size
    for factor in (2, 4, 8):
        if width * height / factor**2 <= MAX_PIXELS:
            picture.draft("RGB", (width // factor, height // factor))
            return picture.size[0] * picture.size[1] <= MAX_PIXELS
    return False
