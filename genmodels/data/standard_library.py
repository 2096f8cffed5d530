"""The source of the running interpreter's standard library, read as text: nothing of it is imported or run."""

from __future__ import annotations

import ast
import hashlib
import io
import os
import platform
import sysconfig
import tokenize
import warnings
from collections.abc import Iterator
from pathlib import Path

from genmodels.cache import counting
from genmodels.refusal import Refusal

LEFT_OUT = {"test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__"}
LEFT_OUT |= {"encodings"}  # over a hundred files that are one file with another table: they would be on both sides
TOPICS = "pydoc_data/topics.py"
LICENCE = "PSF-2.0 (Python Software Foundation)"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> dict[str, bytes]:
    """Path below the library's folder ("json/decoder.py") to content, tests, installed packages and tables of encodings left out."""
    folder, paths = Path(sysconfig.get_paths()["stdlib"]), []
    for inside, below, names in os.walk(folder):
        below[:] = sorted(set(below) - LEFT_OUT)  # where hundreds of packages are installed, none is entered
        paths += [Path(inside, name) for name in names if name.endswith(".py")]
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}
    if not found:
        raise Refusal(
            "The standard library of this Python is not there as .py files; install it, or use another data set."
        )
    return found


def facts(found: dict[str, bytes]) -> dict[str, str]:
    """What decides all that is read from the files: the version of Python and a SHA-256 of names and contents."""
    sha = hashlib.sha256()
    for name, content in found.items():
        sha.update(f"{name} {len(content)}\n".encode() + content)
    return {"python": platform.python_version(), "files": sha.hexdigest()}


def parsed(found: dict[str, bytes]) -> Iterator[tuple[str, str, ast.Module]]:
    """Name, text and tree of every file that this Python can read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of old escapes in old modules
        for name, content in counting("Reading files of Python", found.items(), 20):
            try:
                encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
                text = io.StringIO(content.decode(encoding), newline=None).read()
                tree = ast.parse(text)
            except (SyntaxError, UnicodeDecodeError, ValueError):
                continue
            yield name, text, tree
