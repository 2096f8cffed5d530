"""Emoji as other hands draw them: small pictures kept in this package, with the code points of each and its licence.

One file a hand, `data/rasters/<hand>.xz`: an archive of arrays, compressed without loss. They were made once by
`python -m genmodels.data.make_hands`; who drew what, and under which licence, stands beside them in `NOTICE.txt`.
"""

from __future__ import annotations

import io
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genmodels.files import write_atomically
from genmodels.refusal import Refusal
from genmodels.registry import unknown

FOLDER = Path(__file__).parent / "rasters"
SIDE = 32  # pixels


@dataclass(frozen=True)
class Hand:
    """Whose drawings they are, under which licence, and the package that they were read from."""

    title: str
    licence: str
    credit: str
    package: str
    version: str

    @property
    def file(self) -> str:
        """How the package's file is called."""
        return f"iconify-json-{self.package}-{self.version}.tgz"


HANDS = {
    "noto": Hand("Noto Emoji", "Apache-2.0", "Noto Emoji, Google Inc", "noto", "1.2.9"),
    "noto-v1": Hand("Noto Emoji 1", "Apache-2.0", "Noto Emoji (first version), Google Inc", "noto-v1", "1.2.5"),
    "twemoji": Hand("Twemoji", "CC BY 4.0", "Twemoji, Twitter Inc and other contributors", "twemoji", "1.2.5"),
    "fluent": Hand("Fluent Emoji (flat)", "MIT", "Fluent Emoji, Microsoft Corporation", "fluent-emoji-flat", "1.2.6"),
    "emojione": Hand(
        "EmojiTwo", "CC BY 4.0", "EmojiTwo, after Emoji One 2, EmojiTwo contributors and Ranks.com", "emojione", "1.2.3"
    ),
}


def sheet(hand: str) -> Mapping[str, np.ndarray]:
    """The arrays of a hand: "images" uint8 (n, 32, 32, 3) on white, "codes" (n,) texts, "copies" (n,).

    `codes` are hexadecimal code points joined by "-", sorted. Pictures with one number in `copies` are one drawing,
    over all hands (see `splits.copies`). Reading takes about a quarter of a second.
    """
    if hand not in HANDS:
        raise Refusal(unknown("hand", hand, HANDS))
    try:
        content = lzma.decompress((FOLDER / f"{hand}.xz").read_bytes())
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, lzma.LZMAError, ValueError) as error:
        raise Refusal(f"The drawings of the hand {hand} can't be read ({error}); reinstall genmodels.") from None


def write_sheet(hand: str, images: np.ndarray, codes: list[str], copies: np.ndarray) -> Path:
    """Keep the arrays of a hand where `sheet` reads them."""
    buffer = io.BytesIO()
    np.savez(buffer, images=images, codes=np.array(codes), copies=copies.astype(np.int32))
    file = FOLDER / f"{hand}.xz"
    FOLDER.mkdir(exist_ok=True)
    write_atomically(file, lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME))
    return file
