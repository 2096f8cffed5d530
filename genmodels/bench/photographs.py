"""How often gender presentation is read wrongly off photographs: `python -m genmodels.bench.photographs FOLDER`.

FOLDER holds the folders female and male, each with photographs of one person, such as demo/faces of the npm package tabler-ui
0.0.34 (32 and 40; the rights in them are not stated, so they are counted and never shown or shipped). The threshold of a face
was chosen on every second one, from the first; the others are what is told.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from genmodels.estimates.estimate import clopper_pearson
from genmodels.instruments.gender_presentation import ANSWERS, MAN, WOMAN, read_photographs
from genmodels.kinds.image.files import open_picture
from genmodels.refusal import Refusal

SORTED = {"female": WOMAN, "male": MAN}
HALVES = ("the half that the threshold was chosen on", "the other half")


def main(folder: Path) -> None:
    """Print what is read of either half, and how much of it is wrong."""
    counts: dict[tuple[int, str, bool], int] = {}
    for name, true in SORTED.items():
        files = sorted((folder / name).glob("*.jpg"), key=lambda file: (len(file.stem), file.stem))
        if not files:
            raise Refusal(f"There are no .jpg files in {folder / name}; name a folder with female/ and male/.")
        for number, read in enumerate(read_photographs(_opened(files))):
            key = number % 2, read.answer, read.answer == true
            counts[key] = counts.get(key, 0) + 1
    for half, said in enumerate(HALVES):
        rows = {answer: [counts.get((half, answer, right), 0) for right in (True, False)] for answer in ANSWERS}
        answered, wrong = sum(map(sum, (rows[WOMAN], rows[MAN]))), rows[WOMAN][1] + rows[MAN][1]
        share = clopper_pearson(wrong, answered)
        rest = ", ".join(f"{answer} {sum(rows[answer])}" for answer in ANSWERS if answer not in (WOMAN, MAN))
        total = sum(map(sum, rows.values()))
        print(
            f"{said}: {answered} of {total} answered, {wrong} wrongly ({share.value:.1%}, {share.low:.1%} to {share.high:.1%}); {rest}"
        )


def _opened(files: list[Path]) -> Iterator[Image.Image]:
    return (open_picture(file.read_bytes(), file.name).convert("RGB") for file in files)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
