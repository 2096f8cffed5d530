"""What is known of the built-in sets before any of them is read: counts, shares, licence, hash.

They are constants, kept in facts.json beside this file: `python -m genmodels.commands.data_facts` counts them again, and a test
does so too. It draws first, and puts beside the code, the set that shipped weights draw (`fakes`). Sets read from the running Python are known for the version that they were counted with, and no other.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from genmodels import cache
from genmodels.data.dataset import DATA, Dataset, describe

FILE = Path(__file__).parent / "facts.json"
OF_PYTHON = ("python-code", "python-docs")  # read from the files of the Python that runs
DRAWN_BY_MODELS = (
    "people",
)  # by shipped weights, when it is asked for: another processor draws it a little differently


def known(name: str, knobs: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """What `describe` says of a built-in set with these knobs; None where it has to be read first.

    `sha256` is "" where pictures drawn by a model are in it, which differ by processor.
    """
    kept = _kept().get(name)
    if kept is None or kept["python"] not in ("", platform.python_version()):
        return None
    source = DATA[name]
    return dict(kept["described"]) if source.from_dict(dict(knobs or {})) == source() else None


def counted(data: Dataset) -> dict[str, Any]:
    """What is kept of a set that was read."""
    described = json.loads(json.dumps(describe(data)))
    if data.name in DRAWN_BY_MODELS:
        described["sha256"] = ""
    return {"python": platform.python_version() if data.name in OF_PYTHON else "", "described": described}


def built_in() -> list[str]:
    """The sets that are there without network and without an import."""
    return [
        name
        for name, source in DATA.items()
        if source.offline and "token" not in {knob.name for knob in source.knobs()}
    ]


@lru_cache(maxsize=1)
def _kept() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text())) if FILE.is_file() else {}


def ship() -> Path:
    """Draw `fakes` by the weights that ship now and put it beside the code, if what ships was drawn by others; its file."""
    source = DATA["fakes"]()
    file = cache.SHIPPED / cache.file_name("fakes", source.facts())
    return file if file.is_file() else cache.ship("fakes", source.facts(), source.drawn())
