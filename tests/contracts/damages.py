"""Ways in which a file can be damaged, and the files of a run that can be."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FILES = (
    "experiment.json", "status.json", "labels.json", "facts.json", "findings.json", "history.jsonl", "lease", "log.txt", "stop",
    "samples/000004.png", "reconstructions/000004.png", "checkpoints/manifest", "epochs/manifest",
)  # fmt: skip


def _instead(make: Callable[[Path], Any]) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        make(file)

    return damage


def _text(content: bytes | str) -> Callable[[Path], None]:
    return _instead(lambda file: file.write_bytes(content if isinstance(content, bytes) else content.encode()))


def _locked(file: Path) -> None:
    """Unreadable for all but root."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    file.chmod(0)


def _every_field(value: str) -> Callable[[Path], None]:
    """Each field of a JSON object, at every depth, is replaced by this."""

    def damage(file: Path) -> None:
        try:
            document = json.loads(file.read_text())
        except (OSError, ValueError):
            document = {}
        fields = document if isinstance(document, Mapping) else {}
        names = [*fields, "created", "experiment", "updated", "state", "best", "last", "tags", "spec", "measures", "findings", "step", "loss"]
        _text("{" + ", ".join(f"{json.dumps(str(name))}: {value}" for name in dict.fromkeys(names)) + "}\n")(file)

    return damage


DAMAGES: dict[str, Callable[[Path], None]] = {
    "empty": _text(""),
    "null": _text("null"),
    "a word": _text('"word"'),
    "a list": _text("[1, 2]"),
    "nulls": _every_field("null"),
    "words": _every_field('"x"'),
    "lists": _every_field("[[1]]"),
    "tables": _every_field('{"a": {"b": 1}}'),
    "long numbers": _every_field("9" * 401),
    "negative": _every_field("-1e300"),
    "infinities": _every_field("1e999"),
    "not numbers": _every_field("NaN"),
    "half a character": _every_field('"\\ud800"'),
    "deep": _text("[" * 100_000),
    "deep and whole": _text('{"a":' * 900 + "1" + "}" * 900),
    "not UTF-8": _text(b'{"state": "\xff\xfe"}\n'),
    "NULs": _text(b"\0" * 5000 + b"\n"),
    "a huge line": _text('{"step": 1, "loss": "' + "x" * 6_000_000 + '"}\n'),
    "100 MB": _instead(lambda file: (file.touch(), os.truncate(file, 100 << 20))),
    "a pipe": _instead(os.mkfifo),
    "a device": _instead(lambda file: file.symlink_to("/dev/zero")),
    "a folder": _instead(Path.mkdir),
    "a link to itself": _instead(lambda file: file.symlink_to(file.name)),
    "locked": _locked,
}
