"""JSB chorales at quarter steps (Boulanger-Lewandowski et al. 2012): the benchmark of models of polyphonic music."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from genmodels.data.dataset import Dataset, dataset
from genmodels.data.music_data import MusicData
from genmodels.data.text_data import context_knob
from genmodels.files import Unreadable, read_bytes
from genmodels.kinds.music.notation import Piece
from genmodels.knobs import knob
from genmodels.refusal import Refusal

FILE = "jsb-chorales-quarter.json"
SHA256 = "2db9329f1881a1d3f49703ec556bf1d6f84b4f6c1d702c156536e93cf31e1c91"
SIZE = 407_200  # bytes
OFFLINE = "chorales"
SPLITS = ("train", "valid", "test")


@dataset("jsb")
@dataclass(frozen=True, kw_only=True)
class Jsb(MusicData):
    """382 chorales of Bach as sets of keys at quarter steps, split 229, 76 and 77 as published (from GENMODELS_DATA)."""

    context: int = context_knob(512)
    given: bool = knob(
        False, help="Write each training piece also after one of its voices, so that a model can harmonise it"
    )
    held_out: str = knob("test", help="Which split is held out", choices=SPLITS[1:])

    published: ClassVar[str] = (
        "A TCN reached 8.10 nats a step on the test split, the first step given (arXiv 1803.01271, table 1)."
    )
    title: ClassVar[str] = "Chorales of Bach, as a benchmark"
    offline: ClassVar[bool] = False
    licence: ClassVar[str] = "music in the public domain; a compilation of research"

    def load(self) -> Dataset:
        """The training pieces, and one of the other splits as the held-out one. Which key of a set is which voice is not known:
        the highest is written as the soprano, and so on down."""
        pieces = jsb_split("train"), jsb_split(self.held_out)
        return self.pieces("jsb", *pieces, f"JSB chorales at quarter steps; SHA-256 {SHA256}")


def jsb_split(name: str) -> list[Piece]:
    """The pieces of "train", "valid" or "test"; raises `Refusal` where the file is not at hand."""
    named = Path(os.environ.get("GENMODELS_DATA") or os.devnull).expanduser()
    file = named / FILE if named.is_dir() else named
    try:
        content = read_bytes(file, SIZE)
    except (Unreadable, OSError):
        content = b""
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise Refusal(
            f"jsb needs the file {FILE} (SHA-256 {SHA256[:12]}…); set GENMODELS_DATA to a folder that holds it, "
            f"or use a data set that needs no network: {OFFLINE}."
        )
    return [Piece(_score(steps)) for steps in json.loads(content)[name]]


def _score(steps: list[list[int]]) -> np.ndarray:
    """Sets of up to four pitches as int16 (steps, 4), from the highest down, 0 for none."""
    score = np.zeros((len(steps), 4), np.int16)
    for row, pitches in zip(score, steps, strict=True):
        row[: len(pitches)] = sorted(pitches, reverse=True)
    return score
