"""A run out of a stranger's zip: every member is read within budgets, checked, and written anew.

`unpacked` is what a caged child does; `known` is what the importing process looks at again before it keeps anything.
Budgets are of bytes, values, depth, lines, pixels and arrays; each refusal names the member, the reason and what to do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from genmodels.intake import archives
from genmodels.kinds.image.files import FORMATS, open_picture, png_bytes
from genmodels.kinds.text.decoding import Decoding
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.foreign_facts import MAX_TOKENS, facts_of, status_of
from genmodels.runs.foreign_json import AGAIN, json_of, object_of
from genmodels.runs.foreign_weights import check_weights
from genmodels.runs.run import FORMAT
from genmodels.verdicts.imported import set_aside

ZIP, UNPACKED = "run.zip", "run"  # what a child is given, and the folder that it leaves
DOCUMENTS = ("experiment.json", "facts.json", "status.json", "labels.json", "findings.json")
FILE = re.compile(
    r"(?:(?:experiment|facts|status|labels|findings)\.json|history\.jsonl|(?:samples|reconstructions)/\d{1,9}\.png|samples/\d{1,9}\.json"
    r"|(?:checkpoints|epochs)/\d{1,12}/(?:manifest\.json|weights\.npz|training\.npz))"
)
MEMBER = re.compile(rf"({FILE.pattern})(?:\.part(\d{{3}}))?")
MAX_LINE = 100_000  # bytes of a line of a history
MAX_TERMS = 200  # different names in a history
MAX_TEXTS, MAX_TEXT = 1000, 1_000_000  # samples of an epoch, characters of one
MAX_LINES, MAX_HISTORY = 1_000_000, 200_000_000  # of a history, in bytes
MAX_PICTURE, MAX_PIXELS, SHEET = 4_000_000, 200_000_000, 200  # pixels of one sheet, of all; pictures on a sheet
MAX_KEPT = 40  # checkpoints and epochs


def unpacked(given: Path, out: Path) -> dict[str, Any]:
    """The task of a child: the zip in `given` as a checked run in `out`."""
    folder = out / UNPACKED
    folder.mkdir()
    _unpack(given / ZIP, folder)
    documents(folder)
    _pictures(folder)
    _texts(folder)
    _history(folder)
    check_weights(folder)
    return {"files": np.uint64(sum(1 for _ in folder.rglob("*")))}


def known(folder: Path) -> Experiment:
    """The experiment of a folder that a child left, after a look at all of it: plain files of a run's names, documents as before."""
    total = 0
    for file in folder.rglob("*"):
        name = file.relative_to(folder).as_posix()
        if file.is_symlink() or not (file.is_dir() or (file.is_file() and FILE.fullmatch(name))):
            raise Refusal(f"The zip left {printable(name)!r}, which is no part of a run; nothing of it is kept.")
        total += file.stat().st_size if file.is_file() else 0
    if total > 2 * archives.MAX_TOTAL or not (folder / "experiment.json").is_file():
        raise Refusal("The zip left no run, or too large a one; nothing of it is kept.")
    return documents(folder)


def _unpack(file: Path, aside: Path) -> None:
    """Write every member to a place whose name is built here, parts in their order."""
    following: dict[str, int] = {}
    for name, read in archives.members(file):
        found = MEMBER.fullmatch(name)
        if not found:
            raise Refusal(
                f"The zip holds {printable(name)!r}, which is no part of a run; give a zip that an export made."
            )
        target, part = found[1], int(found[2] or 0)
        if part != following.get(target, 0):
            raise Refusal(f"The parts of {target} in the zip are not whole; export the run again.")
        following[target] = part + 1
        if (
            part == 0
            and target.endswith("manifest.json")
            and sum(each.endswith("manifest.json") for each in following) > MAX_KEPT
        ):
            raise Refusal(f"The zip holds weights of more than {MAX_KEPT} epochs and steps; export the run again.")
        path = aside.joinpath(*target.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "ab") as stream:
            stream.write(read())
    if "experiment.json" not in following:
        raise Refusal("The zip holds no experiment.json, so it is no run; give a zip that an export made.")


def documents(folder: Path) -> Experiment:
    """Read, check and write anew every JSON file."""
    found = {name: object_of(folder / name) for name in DOCUMENTS if (folder / name).is_file()}
    asked = found["experiment.json"]
    if type(asked.get("format")) is not int or not 0 <= asked["format"] <= FORMAT:
        raise Refusal(
            f"The run has the format {printable(str(asked.get('format')))} and this version reads up to {FORMAT}; update GenModels."
        )
    try:
        experiment = Experiment.from_dict(asked["experiment"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        reason = str(error) if isinstance(error, Refusal) else "it is not an experiment"
        raise Refusal(f"experiment.json in the zip is refused: {printable(reason, 300)}") from None
    found["experiment.json"] = {"format": asked["format"], "created": 0.0, "experiment": experiment.to_dict()}
    found["facts.json"] = facts_of(found.get("facts.json", {}))
    found["status.json"] = status_of(found.get("status.json", {}))
    found["labels.json"] = _labels(found.get("labels.json", {}))
    if "findings.json" in found:
        found["findings.json"] = set_aside(found["findings.json"])
    for name, document in found.items():
        (folder / name).write_text(json.dumps(document))
    return experiment


def _labels(labels: Mapping[str, Any]) -> dict[str, Any]:
    tags = labels.get("tags")
    return {
        "name": str(labels.get("name", ""))[:200],
        "tags": [str(tag)[:60] for tag in tags[:50]] if isinstance(tags, list) else [],
        "notes": str(labels.get("notes", ""))[:20_000],
    }


def _pictures(folder: Path) -> None:
    """Decode every picture within the limits and write it anew: nothing but pixels is kept.

    Before the first is decoded, all sizes are looked at: a sheet shows at most 200 pictures of what the run is about.
    """
    files = [*folder.glob("samples/*.png"), *folder.glob("reconstructions/*.png")]
    shape = json_of(folder / "facts.json").get("spec", {}).get("shape", [])
    sides = shape[:2] if len(shape) == 3 else [144, 144]
    most, total = min(MAX_PICTURE, SHEET * (sides[0] + 2) * (sides[1] + 2)), 0
    for file in files:
        name = f"{file.parent.name}/{file.name}"
        width, height = _size(file, name)
        total += width * height
        if width * height > most:
            raise Refusal(
                f"{name} in the zip has {width:,} x {height:,} pixels and a sheet of this run at most {most:,} in all; {AGAIN}."
            )
        if total > MAX_PIXELS:
            raise Refusal(f"The pictures in the zip up to {name} have more than {MAX_PIXELS:,} pixels; leave some out.")
    for file in files:
        file.write_bytes(png_bytes(open_picture(file.read_bytes(), f"{file.parent.name}/{file.name}")))


def _size(file: Path, name: str) -> tuple[int, int]:
    """Width and height as the header says; no pixel is read."""
    try:
        with Image.open(file, formats=list(FORMATS)) as picture:
            return picture.size
    except Image.UnidentifiedImageError:
        raise Refusal(f"{name} in the zip is no PNG picture; {AGAIN}.") from None
    except Exception:  # whatever Pillow says of a damaged header
        raise Refusal(f"{name} in the zip is damaged or has too many pixels; {AGAIN}.") from None


def _texts(folder: Path) -> None:
    """Check every file of written texts and write it anew: prompt, text, seed and settings, nothing else is kept."""
    for file in folder.glob("samples/*.json"):
        rows = json_of(file, f"samples/{file.name}")
        if not isinstance(rows, list) or len(rows) > MAX_TEXTS or not all(map(_is_written, rows)):
            raise Refusal(
                f"samples/{file.name} in the zip is not a list of texts with prompt, text and seed; export the run again."
            )
        file.write_text(json.dumps([_written(row) for row in rows]))


def _is_written(row: object) -> bool:
    if not isinstance(row, dict) or type(row.get("seed")) is not int or abs(row["seed"]) >= 2**53:
        return False
    return all(isinstance(row.get(name), str) and len(row[name]) <= MAX_TEXT for name in ("prompt", "text"))


def _written(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("prompt", "text", "seed")}
    kept |= {name: row[name][:1000] for name in ("finished", "notice", "made_by") if isinstance(row.get(name), str)}
    tokens, decoding = row.get("tokens"), row.get("decoding")
    if isinstance(tokens, list) and all(type(token) is int and 0 <= token < MAX_TOKENS for token in tokens):
        kept["tokens"] = tokens
    if isinstance(decoding, dict):
        try:
            kept["decoding"] = Decoding.from_dict(decoding).to_dict()
        except Refusal as refusal:
            raise Refusal(
                f"A text in the zip has settings that none is written with: {printable(str(refusal), 300)}"
            ) from None
    return kept


def _history(folder: Path) -> None:
    """Every line is an object of numbers with a whole step, as a training logs them; another is refused by its number."""
    file, names = folder / "history.jsonl", set[str]()
    if not file.is_file():
        return
    if file.stat().st_size > MAX_HISTORY:
        raise Refusal(f"history.jsonl in the zip is larger than {MAX_HISTORY // 1_000_000} MB; {AGAIN}.")
    with open(file, "rb") as stream:  # counted before a line is read
        lines = sum(content.count(b"\n") for content in iter(lambda: stream.read(1 << 20), b""))
    if lines > MAX_LINES:
        raise Refusal(
            f"history.jsonl in the zip has {lines:,} lines and at most {MAX_LINES:,} are read; log less often, or copy the folder of the run."
        )
    with open(file, "rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE), b""), 1):
            if not line.endswith(b"\n") and not stream.peek(1):
                return  # torn off while it was written; readers skip it
            entry = _entry(line)
            names |= entry.keys()
            if not entry or len(names) > MAX_TERMS:
                raise Refusal(f"Line {number} of history.jsonl in the zip is not what a training logs; {AGAIN}.")


def _entry(line: bytes) -> dict[str, Any]:
    """The values of a line, or nothing where it is no line of a history."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict) or type(values.get("step")) is not int:
        return {}
    text = values.get("broken", "")
    sound = isinstance(text, str) and all(_is_logged(value) for name, value in values.items() if name != "broken")
    return values if sound and values["step"] >= 0 else {}


def _is_logged(value: Any) -> bool:
    return (
        value is None
        or (type(value) in (int, float) and abs(value) < 2**53)
        or (type(value) is float and abs(value) <= 1e300)
    )
