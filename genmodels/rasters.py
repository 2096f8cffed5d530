"""Pictures drawn once and kept: arrays in the cache folder under a hash of what they were drawn from."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.files import home, make_folder, write_atomically
from genmodels.refusal import Refusal


def cache() -> Path:
    """The folder of what can be made again at any time: `GENMODELS_CACHE`, or `cache` in the home folder."""
    return Path(os.environ.get("GENMODELS_CACHE") or home() / "cache").expanduser()


def drawn_once(
    name: str, facts: Mapping[str, Any], draw: Callable[[], dict[str, np.ndarray]]
) -> Mapping[str, np.ndarray]:
    """The arrays that `draw()` gives, read from the cache where they are there whole, else drawn and kept.

    `facts` (JSON) is all that decides what is drawn: versions, sizes, code of the drawing. A file whose SHA-256 is not
    the one written beside it counts as missing. Where the cache can't be written the arrays are drawn every time.
    """
    key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
    file = cache() / f"{name}-{key}.npz"
    kept = _read(file)
    if kept is not None:
        return kept
    arrays = draw()
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    with contextlib.suppress(Refusal):  # a full or read-only disk costs time, not the data set
        make_folder(file.parent)
        write_atomically(file, buffer.getvalue())
        write_atomically(file.with_suffix(".sha256"), hashlib.sha256(buffer.getvalue()).hexdigest())
    return arrays


def _read(file: Path) -> Mapping[str, np.ndarray] | None:
    with contextlib.suppress(OSError, ValueError, zipfile.BadZipFile):
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() == file.with_suffix(".sha256").read_text():
            return np.load(io.BytesIO(content), allow_pickle=False)
    return None
