"""Tiny Shakespeare (Karpathy 2015): the benchmark of small text models."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from genmodels.data.dataset import Dataset, dataset
from genmodels.data.text_data import TextData, context_knob, unit_knob
from genmodels.lazy_keras import keras
from genmodels.refusal import Refusal

FILE = "tinyshakespeare.txt"
ADDRESS = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"
SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
SIZE = 1_115_394  # bytes, all of them characters
OFFLINE = "python-docs, python-code, occupations and text"


@dataset("shakespeare")
@dataclass(frozen=True, kw_only=True)
class Shakespeare(TextData):
    """1,115,394 characters of plays, 65 different ones, split 90/10 in order (downloaded, or from GENMODELS_DATA)."""

    unit: str = unit_knob("character")
    context: int = context_knob(64)

    title: ClassVar[str] = "Plays of Shakespeare"
    offline: ClassVar[bool] = False
    licence: ClassVar[str] = "public domain"

    def load(self) -> Dataset:
        """One document of each split: the first 90 % of the characters and the rest, as in nanoGPT."""
        text = _text()
        cut = int(0.9 * len(text))
        return self.dataset(
            "shakespeare", [text[:cut]], [text[cut:]], f"tinyshakespeare by A. Karpathy; SHA-256 {SHA256}"
        )


def _text() -> str:
    """The text, its hash checked: from the file or folder GENMODELS_DATA where it is there, else downloaded once."""
    named = Path(os.environ.get("GENMODELS_DATA") or os.devnull).expanduser()
    local = named / FILE if named.is_dir() else named
    file = local if local.is_file() else _downloaded()
    with open(file, "rb") as opened:
        content = opened.read(SIZE + 1)
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise Refusal(
            f"{file} is not the file that is known as tinyshakespeare (SHA-256 {SHA256[:12]}…); put the right one there."
        )
    return content.decode()


def _downloaded() -> Path:
    try:
        with contextlib.redirect_stdout(sys.stderr):  # Keras prints its progress; stdout is for --json
            return Path(keras.utils.get_file(FILE, ADDRESS, file_hash=SHA256, hash_algorithm="sha256"))
    except Exception as error:  # urllib, sockets, a proxy, a file cut short: all end here
        raise Refusal(
            f"shakespeare could not be downloaded ({type(error).__name__}); go online once, set GENMODELS_DATA to a folder "
            f"that holds {FILE}, or use a data set that needs no network: {OFFLINE}."
        ) from error
