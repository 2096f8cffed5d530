"""Code: the functions and methods of the standard library, one a document."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.data.dataset import Dataset, dataset
from genmodels.data.standard_library import LICENCE, Function, facts, files, parsed
from genmodels.data.text_data import TextData, context_knob, divided, read_once
from genmodels.kinds.code.functions import tree_of
from genmodels.kinds.code.middle import middle_last
from genmodels.knobs import knob

SEED = 6  # fixed: all runs hold out the same files
LONGEST = 4000  # characters: longer functions are left out


@dataset("python-code")
@dataclass(frozen=True, kw_only=True)
class PythonCode(TextData):
    """Code: functions and methods of the Python that runs here, whole files held out."""

    context: int = context_knob(256)
    form: str = knob(
        "normalised",
        help="normalised: one style, no comments, no docstrings. source: as written",
        choices=("normalised", "source"),
    )
    middle: float = knob(
        0.0,
        0.0,
        1.0,
        "Share of the training functions that are written also with their middle last, so that a model can fill a gap",
    )

    kind: ClassVar[str] = "code"
    title: ClassVar[str] = "Functions in Python"
    licence: ClassVar[str] = LICENCE

    def load(self) -> Dataset:
        """A document is one function or method with its decorators, at the left margin; exact copies are joined.

        Functions inside functions stay in them. Left out: longer than 4,000 characters, and those few that
        `ast.parse` does not read once they stand alone. Group "part": function or method.
        """
        found = files()
        known = facts(found)
        reading = known | {"reading": 3, "seed": SEED, "longest": LONGEST, "form": self.form}
        sides = read_once("python-code", reading, lambda: divided(_documents(found, self.form), SEED))
        source = f"functions of {len(found)} files of the standard library of Python {known['python']}, up to {LONGEST:,} characters each, {self.form}"
        if self.middle:
            sides |= also_middle_last(sides, self.middle)
            source += f", {self.middle:.0%} of those for training also with their middle last"
        groups = [{"part": sides["train_groups"]}, {"part": sides["test_groups"]}]
        return self.dataset(
            "python-code",
            sides["train"],
            sides["test"],
            source,
            groups=groups,
            families=(sides["train_families"], sides["test_families"]),
        )


def also_middle_last(sides: dict[str, list[str]], share: float) -> dict[str, list[str]]:
    """The training documents with their groups and families, and behind them a share of them again, each with its middle last.

    Which these are and where they are cut is drawn once, so that it is the same for all runs.
    """
    rng = np.random.default_rng([SEED, 1])
    train = sides["train"]
    chosen = np.sort(rng.permutation(len(train))[: round(share * len(train))])
    written = [(place, text) for place in chosen.tolist() if (text := middle_last(train[place], rng)) is not None]
    again = {name: [sides[name][place] for place, _ in written] for name in ("train_groups", "train_families")}
    again["train"] = [text for _, text in written]
    return {name: sides[name] + more for name, more in again.items()}


def _documents(found: dict[str, bytes], form: str) -> Iterator[tuple[str, str, str]]:
    """(document, file, part) of all functions that stand alone and are not too long."""
    for name, text, tree in parsed(found):
        lines = text.split("\n")
        for node, part in functions(tree):
            document = written(node, lines) if form == "source" else normalised(node)
            if len(document) <= LONGEST and stands_alone(document):
                yield document, name, part


def functions(tree: ast.AST, part: str = "function") -> Iterator[tuple[Function, str]]:
    """The functions and methods of a module in their order, those inside other functions left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield node, part
        elif not isinstance(node, ast.expr):
            yield from functions(node, "method" if isinstance(node, ast.ClassDef) else part)


def written(node: Function, lines: list[str]) -> str:
    """A function as it stands in the file, moved to the left margin."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno])).strip("\n")


def normalised(node: Function) -> str:
    """A function as Python itself writes its tree: no comments, one style; docstrings are taken away (from `node` too)."""
    for each in ast.walk(node):
        if isinstance(each, ast.ClassDef | Function) and ast.get_docstring(each, clean=False) is not None:
            each.body = each.body[1:] or [ast.Pass()]
    try:
        return ast.unparse(node)
    except ValueError:  # a formatted string that this version can't write
        return ""


def stands_alone(document: str) -> bool:
    """Whether it is the text of one function: read by `ast.parse`, and without control characters."""
    if not document.replace("\n", "").replace("\t", "").isprintable():
        return False
    tree = tree_of(document)
    return tree is not None and len(tree.body) == 1 and isinstance(tree.body[0], Function)
