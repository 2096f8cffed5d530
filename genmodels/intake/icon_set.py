"""A user's own set of icons: a zip of SVG files and pictures, each read as `icon_file` reads one."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from genmodels.intake.archives import ArchiveRefused, Bounds, members
from genmodels.intake.icon_file import ink_of_picture, ink_of_svgs, is_svg, kept_of
from genmodels.intake.picture_sets import import_pictures
from genmodels.kinds.image.files import png_bytes
from genmodels.printable import printable
from genmodels.refusal import Refusal

BOUNDS = Bounds(members=500, total=20_000_000)  # files of a set, and bytes of all


@dataclass(frozen=True)
class IconSet:
    """n icons of one file each: their names, the icons uint8 (n, side, side, 1), 255 is ink, and why other files were left out."""

    names: tuple[str, ...]
    icons: np.ndarray
    refused: tuple[str, ...] = ()

    def named(self, name: str) -> np.ndarray:
        """The icon of that name, (side, side, 1)."""
        return self.icons[self.names.index(name)]


def read_icon_set(source: BinaryIO, side: int, name: str = "the zip") -> IconSet:
    """The icons of a zip of at most 500 files and 20 MB, by the names of their files without the ending.

    What can't be read is left out, with a sentence. Raises `Refusal` where nothing is left, and where the zip is no zip, too
    large, or holds an SVG that takes more memory or time than all together are given.
    """
    read: dict[str, str | np.ndarray] = {}  # of each file its shapes, or its ink
    refused: list[str] = []
    for file, content in members(source, BOUNDS):
        shown = printable(file, 80)
        try:
            whole = content()
            read[file] = kept_of(whole, shown) if is_svg(whole) else ink_of_picture(whole, side, shown)
        except ArchiveRefused:
            raise
        except Refusal as reason:
            refused.append(str(reason))
    svgs = [file for file, each in read.items() if isinstance(each, str)]
    drawn = ink_of_svgs(
        [str(read[file]) for file in svgs], side, [printable(file, 80) for file in svgs], printable(name, 80)
    )
    for file, ink in zip(svgs, drawn, strict=True):
        if isinstance(ink, Refusal):
            refused.append(str(ink))
            del read[file]
        else:
            read[file] = ink
    if not read:
        first = f" The first: {refused[0]}" if refused else ""
        raise Refusal(f"{printable(name, 80)} holds no icon that can be read; give a zip of SVG or PNG files.{first}")
    return IconSet(_names(list(read)), np.stack([np.asarray(each) for each in read.values()]), tuple(refused))


def keep_for_training(icons: IconSet, title: str) -> str:
    """Keep a set as pictures, white ink on black as the data set icons; returns the token by which the data set `folder` finds them.

    The name of an icon is its caption. Raises `Refusal` as `import_pictures`, such as for fewer than 10 icons.
    """
    buffer, table = io.BytesIO(), ["file,caption"]
    with ZipFile(buffer, "w", ZIP_DEFLATED) as opened:
        for number, (name, icon) in enumerate(zip(icons.names, icons.icons, strict=True)):
            opened.writestr(f"{number:03}.png", png_bytes(np.repeat(icon, 3, axis=-1)))
            plain = " ".join("".join(c if c.isalnum() else " " for c in name).split())
            table.append(f"{number:03}.png,{plain}")
        opened.writestr("captions.csv", "\n".join(table) + "\n")
    return import_pictures(buffer, title)


def _names(files: list[str]) -> tuple[str, ...]:
    """Names of files without folders and endings, no two the same: where they are, with their folder, else with a number."""
    plain = [PurePosixPath(file).stem for file in files]
    often = Counter(plain)
    found: dict[str, None] = {}
    for name, file in zip(plain, files, strict=True):
        shown = printable(name if often[name] == 1 else file, 60)
        others = (f"{shown[:50]} {number}" for number in count(2))
        found[shown if shown not in found else next(each for each in others if each not in found)] = None
    return tuple(found)
