"""Hostile zips of runs: refused in one sentence by a caged child, within budgets, and nothing of them is kept."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import re
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genmodels.jobs import sandbox
from genmodels.refusal import Refusal
from genmodels.runs import foreign_run
from genmodels.runs.exchange import export_run, import_run
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from tests.genmodels.test_portable import zipped

Members = dict[str, bytes]
DIGITS = "1" + "0" * 400


@pytest.fixture
def packed(trained: Callable[[str], Path]) -> Members:
    with zipfile.ZipFile(io.BytesIO(export_run(Run(trained("vae"))))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def weights_of(members: Members) -> str:
    return next(name for name in members if name.endswith("weights.npz"))


def with_weights(members: Members, content: bytes) -> Members:
    """The run with other weights, and their hash in the manifest."""
    name = weights_of(members)
    manifest = json.loads(members[name.replace("weights.npz", "manifest.json")])
    manifest["sha256"]["weights.npz"] = hashlib.sha256(content).hexdigest()
    return members | {name: content, name.replace("weights.npz", "manifest.json"): json.dumps(manifest).encode()}


def with_manifest(members: Members, content: Any) -> Members:
    name = weights_of(members).replace("weights.npz", "manifest.json")
    return members | {name: content if isinstance(content, bytes) else json.dumps(json.loads(members[name]) | content).encode()}


def bomb(megabytes: int) -> bytes:
    """An array of zeros that packs a thousandfold."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.npy", "w", force_zip64=True) as stream:
            np.lib.format.write_array_header_1_0(stream, {"descr": "|u1", "fortran_order": False, "shape": (megabytes * 1_000_000,)})
            for _ in range(megabytes):
                stream.write(bytes(1_000_000))
        file.seek(0)
        return file.read()


def flagged(content: bytes, at_directory: int, at_file: int, value: int) -> bytes:
    """A zip whose every member says that it is encrypted, or packed in another way."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x01\x02", at_directory), (b"PK\x03\x04", at_file)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + offset] |= value
            at = changed.find(mark, at + 4)
    return bytes(changed)


def blank(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def lines(count: int) -> Members:
    """A history in two parts, each of fewer bytes than one member may have."""
    half = b"".join(b'{"step": %d}\n' % (step * 7919 % 9973) for step in range(count // 2))
    return {"history.jsonl.part000": half, "history.jsonl.part001": half}


def numbered(members: Members, name: str, old: str, new: str) -> Members:
    assert old in members[name].decode()
    return members | {name: members[name].decode().replace(old, new, 1).encode()}


def with_status(members: Members, text: str) -> Members:
    return members | {"status.json": b'{"state": "done", ' + text.encode() + b"}"}


HOSTILE: dict[str, tuple[Callable[[Members], Members], str]] = {
    "z13: weights of 100 MB in a small file": (lambda m: with_weights(m, bomb(100)), "times its size"),
    "z13b: weights of 20 MB in a small file": (lambda m: with_weights(m, bomb(20)), "times its size"),
    "many checkpoints": (lambda m: m | {f"epochs/{n}/{part}": m[weights_of(m).replace("weights.npz", part)] for n in range(900, 960) for part in ("weights.npz", "manifest.json")}, "more than 40"),
    "z17: 8 samples of 4,990 x 4,990 pixels": (lambda m: m | dict.fromkeys((f"samples/{n:06}.png" for n in range(100, 108)), blank(4990, 4990)), "4,990 x 4,990 pixels and a sheet"),
    "a sample of 20,000 x 1 pixels": (lambda m: m | {"samples/000100.png": blank(20_001, 1)}, "pixels"),
    "z19: 1.5 million lines": (lambda m: {name: content for name, content in m.items() if name != "history.jsonl"} | lines(1_500_000), "1,500,000 lines"),
    "a line that never ends": (lambda m: m | {"history.jsonl": b'{"step": 1, "a": "' + random.Random(0).randbytes(150_000).hex().encode() + b'"}\n'}, "Line 1 of history"),
    "steps of 401 digits": (lambda m: m | {"history.jsonl": f'{{"step": {DIGITS}}}\n'.encode()}, "Line 1 of history"),
    "losses of 401 digits": (lambda m: m | {"history.jsonl": f'{{"step": 1, "loss": {DIGITS}}}\n'.encode()}, "Line 1 of history"),
    "deep history": (lambda m: m | {"history.jsonl": b'{"step": ' + b"[" * 50_000 + b"\n"}, "Line 1 of history"),
    "z14: encrypted weights": (lambda m: with_weights(m, flagged(m[weights_of(m)], 8, 6, 1)), "encrypted"),
    "z14c: unknown packing of weights": (lambda m: with_weights(m, flagged(m[weights_of(m)], 10, 8, 97)), "unusual way"),
    "an array twice": (lambda m: with_weights(m, twice()), "twice"),
    "weights that are a pickle": (lambda m: with_weights(m, b"\x80\x04." + bytes(50)), "missing or damaged"),
    "z15: about is a list": (lambda m: with_manifest(m, {"about": [1]}), "no list of files"),
    "z15b: no files": (lambda m: with_manifest(m, {"sha256": {}}), "other files than its manifest"),
    "z15c: nested too deeply": (lambda m: with_manifest(m, b"[" * 100_000), "levels deep"),
    "z15d: a manifest that is a list": (lambda m: with_manifest(m, b"[]"), "no list of files"),
    "z15e: hashes are numbers": (lambda m: with_manifest(m, {"sha256": {"weights.npz": 1}}), "no list of files"),
    "no manifest": (lambda m: {name: content for name, content in m.items() if "manifest" not in name}, "manifest.json is missing"),
    "z02: a knob of 401 digits": (lambda m: numbered(m, "experiment.json", '"epochs": 4', f'"epochs": {DIGITS}'), "401 digits"),
    "a seed of 2^53": (lambda m: numbered(m, "experiment.json", '"seed": 0', f'"seed": {2**53}'), "16 digits"),
    "z02b: a limit of 401 digits": (lambda m: m | {"findings.json": f'{{"findings": [{{"limit": {DIGITS}}}]}}'.encode()}, "401 digits"),
    "z06: a status of 401 digits": (lambda m: with_status(m, f'"step": {DIGITS}'), "401 digits"),
    "facts of 401 digits": (lambda m: m | {"facts.json": f'{{"n_train": {DIGITS}}}'.encode()}, "401 digits"),
    "a credit that is a list": (lambda m: m | {"facts.json": json.dumps(json.loads(m["facts.json"]) | {"credit": [1]}).encode()}, "credit is no text"),
    "an experiment that is null": (lambda m: m | {"experiment.json": b"null"}, "not a JSON object"),
    "findings nested too deeply": (lambda m: m | {"findings.json": b'{"a":' * 500 + b"1" + b"}" * 500}, "levels deep"),
    "a million values": (lambda m: m | {"labels.json": b'{"tags": [' + b",".join(b"%d" % (n * n % 9973) for n in range(500_000)) + b"]}"}, "values"),
    "a member that packs too well": (lambda m: m | {"labels.json": b" " * 3_000_000 + b"{}"}, "200 times its size"),
}  # fmt: skip


def twice() -> bytes:
    import warnings

    buffer = io.BytesIO()
    array = io.BytesIO()
    np.save(array, np.zeros(3))
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("a.npy", array.getvalue())
        archive.writestr("a.npy", array.getvalue())
    return buffer.getvalue()


def refused(members: Members, folder: Path) -> str:
    """The sentence with which a child's task refuses a zip; it takes less than 2 s of a processor, and few bytes."""
    (folder / "in").mkdir()
    (folder / "out").mkdir()
    (folder / "in" / foreign_run.ZIP).write_bytes(zipped(members).getvalue())
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refusal) as refusal:
        foreign_run.unpacked(folder / "in", folder / "out")
    assert time.process_time() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kB
    return str(refusal.value)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_refused_in_one_sentence(name: str, packed: Members, tmp_path: Path) -> None:
    make, said = HOSTILE[name]
    sentence = refused(make(packed), tmp_path)
    assert re.search(said, sentence) and "\n" not in sentence and "Error" not in sentence and sentence.endswith(".")


@pytest.mark.parametrize("name", ["z13b: weights of 20 MB in a small file", "z15c: nested too deeply", "z19: 1.5 million lines"])
def test_nothing_of_a_hostile_zip_is_kept(name: str, packed: Members, home: Path) -> None:
    make, said = HOSTILE[name]
    with pytest.raises(Refusal, match=said):
        import_run(zipped(make(packed)), RunStore.default())
    assert list((home / "runs").iterdir()) == []


def test_every_wrong_type_in_a_status_or_labels_is_left_out(packed: Members, home: Path) -> None:
    odd = {"step": -1, "steps": None, "epoch": 1.5, "seconds": [], "message": 3, "best": {"name": 1, "value": "x"}, "last": {"a": [1], "b": None, "c": 2}, "state": {}}
    run = import_run(zipped(packed | {"status.json": json.dumps(odd).encode(), "labels.json": b'{"name": {"a": 1}, "tags": 3}'}), RunStore.default())
    assert run.state == "stopped" and run.status["best"] == {} and run.status["last"] == {"b": None, "c": 2}
    assert not {"step", "steps", "epoch", "seconds", "message"} & set(run.status) and run.labels["tags"] == []


def test_what_a_child_leaves_is_looked_at_again(packed: Members, tmp_path: Path, home: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "experiment.json").write_bytes(packed["experiment.json"])
    assert foreign_run.known(folder).model == "vae"
    (folder / "facts.json").unlink()  # written anew by the look
    os.symlink("/etc/passwd", folder / "facts.json")
    with pytest.raises(Refusal, match="no part of a run"):
        foreign_run.known(folder)
    (folder / "facts.json").unlink()
    (folder / "outside.txt").write_text("x")
    with pytest.raises(Refusal, match=r"outside\.txt"):
        foreign_run.known(folder)


def test_a_hostile_zip_is_read_in_a_caged_child(packed: Members, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    run = sandbox.run
    monkeypatch.setattr(sandbox, "run", lambda task, *given, **more: asked.append(task) or run(task, *given, **more))
    import_run(zipped(packed), RunStore.default())
    assert asked == ["genmodels.runs.foreign_run:unpacked"]
