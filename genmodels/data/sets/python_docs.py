"""English by programmers: the docstrings of the standard library and the topics of `help()`."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from genmodels.data.dataset import Dataset, dataset
from genmodels.data.standard_library import LICENCE, TOPICS, facts, files, parsed
from genmodels.data.text_data import TextData, divided, read_once

SEED = 6  # fixed: all runs hold out the same modules
PARTS = {ast.Module: "module", ast.ClassDef: "class", ast.FunctionDef: "function", ast.AsyncFunctionDef: "function"}


@dataset("python-docs")
@dataclass(frozen=True, kw_only=True)
class PythonDocs(TextData):
    """English: docstrings and help topics of the Python that runs here, whole modules held out."""

    title: ClassVar[str] = "Documentation of Python"
    licence: ClassVar[str] = LICENCE

    def load(self) -> Dataset:
        """A document is one docstring, its margin taken away, or one topic; exact copies are joined, and a
        topic that stands in a longer one, as "for" does in "compound", is left to that one.

        Held out are the documents of a tenth of the modules, and a tenth of the topics, that no other module holds.
        Group "part": module, class, function or topic. Another version of Python gives other texts.
        """
        found = files()
        known = facts(found)
        sides = read_once("python-docs", known | {"reading": 4, "seed": SEED}, lambda: divided(_documents(found), SEED))
        source = f"docstrings of {len(found)} files of the standard library of Python {known['python']}, and {TOPICS}"
        groups = [{"part": sides["train_groups"]}, {"part": sides["test_groups"]}]
        return self.dataset(
            "python-docs",
            sides["train"],
            sides["test"],
            source,
            groups=groups,
            families=(sides["train_families"], sides["test_families"]),
        )


def _documents(found: dict[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """(document, family, part): the family is the module, or the topic."""
    for name, _, tree in parsed(found):
        if name == TOPICS:
            pieces = ((text, f"topic {topic}", "topic") for topic, text in _alone(_topics(tree)).items())
        else:
            pieces = (
                (ast.get_docstring(node, clean=False) or "", name, PARTS[type(node)])
                for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            )
        for text, family, part in pieces:
            if document := _printable(inspect.cleandoc(text)):
                yield document, family, part


def _topics(tree: ast.Module) -> dict[str, str]:
    """The one table of the file, read as a literal."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            return ast.literal_eval(node.value)
    return {}


def _alone(topics: dict[str, str]) -> dict[str, str]:
    """The topics without those of which at least half the text stands, paragraph by paragraph, in a longer one."""
    parts = {name: text.split("\n\n") for name, text in topics.items()}
    known = {name: set(each) for name, each in parts.items()}

    def inside(name: str, other: str) -> bool:
        shared = sum(len(part) for part in parts[name] if part in known[other])
        return len(topics[name]) < len(topics[other]) and 2 * shared >= len(topics[name])

    return {name: text for name, text in topics.items() if not any(inside(name, other) for other in topics)}


def _printable(text: str) -> str:
    """Without control characters and halves of surrogate pairs, which a few docstrings show as examples."""
    if not text.replace("\n", "").replace("\t", "").isprintable():
        text = "".join(c for c in text if c in "\n\t" or c.isprintable())
    return text.strip()
