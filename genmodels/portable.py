"""A run as one zip that another machine can open, and the checks that a foreign one must pass.

Members of the zip are the files of a run's folder under the names they have there. A file of more than 20 MB is cut
into parts `name.part000`, `name.part001` ..., so that no member is larger than what `archives` reads. The log, the lease
and the user's folder names are left out. An import writes only files whose names it builds itself, gives the run a new
id, and keeps nothing when anything is wrong.
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from genmodels import archives, checkpoints
from genmodels.decoding import Decoding
from genmodels.files import make_folder
from genmodels.imported_findings import set_aside
from genmodels.pictures import open_picture, png_bytes, printable
from genmodels.recipe import Experiment, Spec
from genmodels.refusal import Refusal
from genmodels.runs import FORMAT, STATES, Run, RunStore
from genmodels.tokens import Tokens

PART = 20_000_000  # bytes
DOCUMENTS = ("experiment.json", "facts.json", "status.json", "labels.json", "findings.json")
FILE = re.compile(
    r"(?:(?:experiment|facts|status|labels|findings)\.json|history\.jsonl|(?:samples|reconstructions)/\d{1,9}\.png|samples/\d{1,9}\.json"
    r"|(?:checkpoints|epochs)/\d{1,12}/(?:manifest\.json|weights\.npz|training\.npz))"
)
MEMBER = re.compile(rf"({FILE.pattern})(?:\.part(\d{{3}}))?")
MAX_DOCUMENT = 4_000_000  # bytes of a JSON file
MAX_LINE = 100_000  # bytes of a line of a history
MAX_TERMS = 200  # different names in a history
MAX_SIDE, MAX_CLASSES = 1024, 10_000  # of what a model draws
MAX_CONTEXT, MAX_TOKENS, MAX_TOKEN = 65_536, 200_000, 1000  # of what a model writes: tokens it reads, knows, characters of one
MAX_TEXTS, MAX_TEXT = 1000, 1_000_000  # samples of an epoch, characters of one
STATUS = {  # what a page reads of a status: name to its type
    "step": int, "steps": int, "epoch": int, "epochs": int, "seconds": float, "cpu_seconds": float,
    "images_per_second": float, "tokens_per_second": float, "message": str, "best": dict, "last": dict,
}  # fmt: skip
COUNTS = ("documents", "characters", "tokens", "n_train", "n_test", "steps_per_epoch")  # what facts hold as numbers


def export_run(run: Run) -> bytes:
    """The run as a zip; raises `Refusal` when it is larger than an import would take."""
    buffer, total = io.BytesIO(), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, file in _files(run):
            stored = zipfile.ZIP_STORED if file.suffix in (".png", ".npz") else zipfile.ZIP_DEFLATED
            for member, content in _parts(name, file):
                total += len(content)
                if total > archives.MAX_TOTAL:
                    raise Refusal(f"Run {run.id} has more than {archives.MAX_TOTAL // 1_000_000} MB; copy its folder instead.")
                archive.writestr(member, content, stored)
    return buffer.getvalue()


def _files(run: Run) -> Iterator[tuple[str, Path]]:
    for file in sorted(run.path.rglob("*")):
        name = file.relative_to(run.path).as_posix()
        if FILE.fullmatch(name) and file.is_file() and not file.is_symlink():
            yield name, file


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
    aside = store.folder / f".importing-{secrets.token_hex(6)}"
    try:
        aside.mkdir()
        _unpack(file, aside)
        experiment = _documents(aside)
        _pictures(aside)
        _texts(aside)
        _history(aside)
        for folder in [*checkpoints.steps(aside / "checkpoints"), *checkpoints.steps(aside / "epochs")]:
            checkpoints.load(folder)
        return _adopt(aside, experiment, store)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _unpack(file: Path | BinaryIO, aside: Path) -> None:
    """Write every member to a place whose name is built here, parts in their order."""
    if isinstance(file, Path) and file.is_dir():
        raise Refusal(f"{printable(file.name)} is a folder; give the zip that an export made.")
    following: dict[str, int] = {}
    for name, read in archives.members(file):
        found = MEMBER.fullmatch(name)
        if not found:
            raise Refusal(f"The zip holds {printable(name)!r}, which is no part of a run; give a zip that an export made.")
        target, part = found[1], int(found[2] or 0)
        if part != following.get(target, 0):
            raise Refusal(f"The parts of {target} in the zip are not whole; export the run again.")
        following[target] = part + 1
        path = aside.joinpath(*target.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "ab") as stream:
            stream.write(read())
    if "experiment.json" not in following:
        raise Refusal("The zip holds no experiment.json, so it is no run; give a zip that an export made.")


def _documents(aside: Path) -> Experiment:
    """Read, check and write anew every JSON file."""
    documents = {name: _document(aside / name) for name in DOCUMENTS if (aside / name).is_file()}
    asked = documents["experiment.json"]
    if not isinstance(asked.get("format"), int) or asked["format"] > FORMAT:
        raise Refusal(f"The run has the format {printable(str(asked.get('format')))} and this version reads up to {FORMAT}; update GenModels.")
    try:
        experiment = Experiment.from_dict(asked["experiment"])
        created = float(asked.get("created", 0.0))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = str(error) if isinstance(error, Refusal) else "it is not an experiment"
        raise Refusal(f"experiment.json in the zip is refused: {printable(reason, 300)}") from None
    documents["experiment.json"] = {"format": asked["format"], "created": created, "experiment": experiment.to_dict()}
    documents["facts.json"] = _facts(documents.get("facts.json", {}))
    documents["status.json"] = _status(documents.get("status.json", {}))
    documents["labels.json"] = _labels(documents.get("labels.json", {}))
    if "findings.json" in documents:
        documents["findings.json"] = set_aside(documents["findings.json"])
    for name, document in documents.items():
        (aside / name).write_text(json.dumps(document))
    return experiment


def _document(file: Path) -> dict[str, Any]:
    document = _json(file)
    if not isinstance(document, dict):
        raise Refusal(f"{file.name} in the zip is not a JSON object; export the run again.")
    return document


def _json(file: Path) -> Any:
    if file.stat().st_size > MAX_DOCUMENT:
        raise Refusal(f"{file.name} in the zip is larger than {MAX_DOCUMENT // 1_000_000} MB, so it is no part of a run.")
    try:
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        raise Refusal(f"{file.name} in the zip is not JSON; export the run again.") from None


def _status(status: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the status, with the right types; a run that was working arrives as stopped."""
    kept: dict[str, Any] = {}
    for name, kind in STATUS.items():
        value = status.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float) if kind is float else kind):
            continue
        kept[name] = value[:1000] if isinstance(value, str) else value
    said = status.get("state")
    return kept | {"state": said if said in STATES and said not in ("waiting", "running", "lost") else "stopped"}


def _labels(labels: Mapping[str, Any]) -> dict[str, Any]:
    tags = labels.get("tags")
    return {
        "name": str(labels.get("name", ""))[:200],
        "tags": [str(tag)[:60] for tag in tags[:50]] if isinstance(tags, list) else [],
        "notes": str(labels.get("notes", ""))[:20_000],
    }


def _pictures(aside: Path) -> None:
    """Decode every picture within the limits and write it anew: nothing but pixels is kept."""
    for file in [*aside.glob("samples/*.png"), *aside.glob("reconstructions/*.png")]:
        file.write_bytes(png_bytes(open_picture(file.read_bytes(), f"{file.parent.name}/{file.name}")))


def _texts(aside: Path) -> None:
    """Check every file of written texts and write it anew: prompt, text, seed and settings, nothing else is kept."""
    for file in aside.glob("samples/*.json"):
        rows = _json(file)
        if not isinstance(rows, list) or len(rows) > MAX_TEXTS or not all(map(_is_written, rows)):
            raise Refusal(f"samples/{file.name} in the zip is not a list of texts with prompt, text and seed; export the run again.")
        file.write_text(json.dumps([_written(row) for row in rows]))


def _is_written(row: Any) -> bool:
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
            raise Refusal(f"A text in the zip has settings that none is written with: {printable(str(refusal), 300)}") from None
    return kept


def _history(aside: Path) -> None:
    """Every line is an object of numbers with a whole step, as a training logs them; another is refused by its number."""
    file, names = aside / "history.jsonl", set[str]()
    if not file.is_file():
        return
    with open(file, "rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE), b""), 1):
            if not line.endswith(b"\n") and not stream.peek(1):
                return  # torn off while it was written; readers skip it
            entry = _entry(line)
            names |= entry.keys()
            if not entry or len(names) > MAX_TERMS:
                raise Refusal(f"Line {number} of history.jsonl in the zip is not what a training logs; export the run again.")


def _entry(line: bytes) -> dict[str, Any]:
    """The values of a line, or nothing where it is no line of a history."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict) or type(values.get("step")) is not int:
        return {}
    text = values.get("broken", "")
    numbers = (value for name, value in values.items() if name != "broken")
    sound = isinstance(text, str) and all(value is None or type(value) in (int, float) for value in numbers)
    return values if sound and 0 <= values["step"] < 2**53 else {}


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with a specification that a network may be built for."""
    for name in COUNTS:
        if name in facts and (type(facts[name]) is not int or not 0 <= facts[name] < 2**53):
            raise Refusal(f"facts.json in the zip says {name} is {printable(str(facts[name])[:80])!r}, which is no count; export the run again.")
    if not _are_words(facts.get("words", {})):
        raise Refusal("facts.json in the zip says words of captions that are no words with their counts; export the run again.")
    if "spec" not in facts:
        return dict(facts)
    try:
        spec = Spec.from_dict(facts["spec"])
        sound = all(isinstance(word, str) for word in (*spec.vocabulary, *spec.merges))
        sound = sound and (_is_readable(spec) if spec.kind in ("text", "code") else _is_drawable(spec))
    except (KeyError, TypeError, ValueError, AttributeError):
        sound = False
    if not sound:
        raise Refusal("facts.json in the zip describes examples that no model here could draw or write; export the run again.")
    return dict(facts)


def _are_words(words: Any) -> bool:
    """The words of training captions, and how often each was there."""
    few = isinstance(words, dict) and len(words) <= MAX_TOKENS
    return few and all(len(word) <= MAX_TOKEN and type(count) is int and 0 < count < 2**53 for word, count in words.items())


def _is_drawable(spec: Spec) -> bool:
    if len(spec.vocabulary) > MAX_TOKENS or not all(len(word) <= MAX_TOKEN for word in spec.vocabulary):
        return False
    sides = all(type(side) is int and 1 <= side <= MAX_SIDE for side in spec.shape)
    return sides and len(spec.shape) <= 4 and 0 <= spec.classes <= MAX_CLASSES and not spec.merges


def _is_readable(spec: Spec) -> bool:
    """Is the context a number of tokens, and are these whole? Their number and length are looked at before they are joined."""
    context = len(spec.shape) == 1 and type(spec.shape[0]) is int and 1 <= spec.shape[0] <= MAX_CONTEXT
    words = (*spec.vocabulary, *spec.merges)
    few = len(spec.vocabulary) <= MAX_TOKENS and len(spec.merges) <= MAX_TOKENS and all(len(word) <= MAX_TOKEN for word in words)
    return context and few and Tokens(spec.vocabulary, spec.merges).whole()


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
