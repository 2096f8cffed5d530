"""A run as one zip that another machine can open, and the import of such a zip.

Members of the zip are the files of a run's folder under the names they have there. A file of more than 20 MB is cut
into parts `name.part000`, `name.part001` ..., so that no member is larger than what `archives` reads. The log, the lease
and the user's folder names are left out. An import is checked in a caged child (`intake.foreign_run`), gives the run a
new id, and keeps nothing when anything is wrong.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from genmodels import gallery
from genmodels.files import cannot_write, make_folder
from genmodels.intake import archives
from genmodels.jobs import sandbox
from genmodels.printable import printable
from genmodels.provenance import recorded, way_out
from genmodels.refusal import Refusal
from genmodels.runs import foreign_run
from genmodels.runs.experiment import Experiment
from genmodels.runs.foreign_run import FILE
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

PART = 20_000_000  # bytes
CHUNK = 1 << 20
LIMITS = sandbox.Limits(memory=1536 * sandbox.MB, seconds=240, cpu_seconds=120, file_bytes=archives.MAX_TOTAL)


def export_run(run: Run) -> bytes:
    """The run as a zip, in it the sheets that it drew marked as made by a model; raises `Refusal` when it is larger than an import would take."""
    buffer, total = io.BytesIO(), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, file in _files(run):
            stored = zipfile.ZIP_STORED if file.suffix in (".png", ".npz") else zipfile.ZIP_DEFLATED
            for member, content in _sheet(run, name, file) or _parts(name, file):
                total += len(content)
                if total > archives.MAX_TOTAL:
                    raise Refusal(
                        f"Run {run.id} has more than {archives.MAX_TOTAL // 1_000_000} MB; copy its folder instead."
                    )
                archive.writestr(member, content, stored)
    return buffer.getvalue()


def _files(run: Run) -> Iterator[tuple[str, Path]]:
    for file in sorted(run.path.rglob("*")):
        name = file.relative_to(run.path).as_posix()
        if FILE.fullmatch(name) and file.is_file() and not file.is_symlink():
            yield name, file


def _sheet(run: Run, name: str, file: Path) -> list[tuple[str, bytes]]:
    """A sheet of what a run that was trained here has drawn, marked; [] for all else, also for a sheet that can't be read."""
    folder = name.partition("/")[0]
    if (
        folder not in ("samples", "reconstructions")
        or file.suffix != ".png"
        or run.imported
        or run.path.parent == gallery.GALLERY
    ):
        return []
    beside = {} if folder == "samples" else {"Beside": "held-out pictures, which no model made"}
    facts = recorded.facts(run, None, seed=run.experiment.seed, Epoch=str(int(file.stem)), **beside)
    try:
        return [(name, bytes(way_out.sheet(file.read_bytes(), facts)))]
    except Refusal:
        return []


def _parts(name: str, file: Path) -> Iterator[tuple[str, bytes]]:
    if file.stat().st_size <= PART:
        yield name, file.read_bytes()
        return
    with open(file, "rb") as stream:
        for number, content in enumerate(iter(lambda: stream.read(PART), b"")):
            yield f"{name}.part{number:03d}", content


def import_run(file: Path | BinaryIO, store: RunStore) -> Run:
    """A new run in the store from a zip that `export_run` made; raises `Refusal` and leaves nothing when it is anything else."""
    make_folder(store.folder)
    try:
        with sandbox.scratch(store.folder, f".importing-{secrets.token_hex(6)}") as aside:
            _handed_in(file, aside / sandbox.GIVEN / foreign_run.ZIP)
            sandbox.run(
                "genmodels.runs.foreign_run:unpacked", aside, what="The zip", expected={"files": "u"}, limits=LIMITS
            )
            folder = aside / sandbox.OUT / foreign_run.UNPACKED
            return _adopt(folder, foreign_run.known(folder), store)
    except OSError as error:
        if isinstance(error, Refusal):
            raise
        raise cannot_write(store.folder, error) from error


def _handed_in(file: Path | BinaryIO, target: Path) -> None:
    """Copy a zip to where a child reads it, so far as an import reads at all."""
    if not isinstance(file, Path):
        file.seek(0)
        _copy(file, target)
        return
    if file.is_dir():
        raise Refusal(f"{printable(file.name)} is a folder; give the zip that an export made.")
    if not file.is_file():
        raise Refusal(f"{printable(str(file))} is no file; give the zip that an export made.")
    try:
        stream = open(file, "rb")
    except OSError as error:
        raise Refusal(
            f"{printable(str(file))} can't be read ({error.strerror}); give the zip that an export made."
        ) from None
    with stream:
        _copy(stream, target)


def _copy(stream: BinaryIO, target: Path) -> None:
    total = 0
    with open(target, "wb") as copy:
        while content := stream.read(CHUNK):
            total += len(content)
            if total > archives.MAX_TOTAL:
                raise Refusal(
                    f"The zip is larger than {archives.MAX_TOTAL // 1_000_000} MB, so no import takes it; copy the folder of the run instead."
                )
            copy.write(content)


def _adopt(aside: Path, experiment: Experiment, store: RunStore) -> Run:
    """Rename the checked folder to a new id; the other files of a run are made as by `RunStore.create`."""
    run = store.create(experiment)
    documents = json.loads((aside / "experiment.json").read_bytes())
    documents |= {"created": run.created, "imported": True}
    (aside / "experiment.json").write_text(json.dumps(documents, indent=1))
    (aside / "lease").touch()
    shutil.rmtree(run.path)
    os.replace(aside, run.path)
    return run
