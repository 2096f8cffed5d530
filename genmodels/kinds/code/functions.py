"""One function out of what a model wrote: cut where it ends, put into words, and given another name."""

from __future__ import annotations

import ast
import re
import warnings

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def first_function(text: str, kept: int = 0) -> str:
    """The first function of a text with what stands before it, up to where the next line at the left margin begins.

    The first `kept` characters (a prompt) stay in any case, and the function is the one that they leave open. Brackets and
    texts that run over several lines may reach the margin: of such ends the first counts before which Python reads what
    stands there; where there is none, the first of all.
    """
    lines = text.split("\n")
    asked = text[:kept].count("\n")
    start = next((i for i, line in enumerate(lines) if line.startswith(("def ", "async def "))), None)
    if start is None:
        return text
    start = max(start, asked)
    ends = [i for i in range(start + 1, len(lines)) if lines[i].strip() and not lines[i][0].isspace()]
    cut = ["\n".join(lines[:end]).rstrip() + "\n" for end in (*ends, len(lines))]
    return next((each for each in cut if parses(each)), cut[0])


def parses(text: str) -> bool:
    """Whether Python reads a text."""
    return tree_of(text) is not None


def tree_of(text: str) -> ast.Module | None:
    """A text as Python reads it, without a word about it; None for what it does not read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def words(text: str) -> list[str]:
    """The words of names and of prose in a text, in small letters: `longName_of` has three.

    >>> words("def longName_of(x): 2")
    ['def', 'long', 'name', 'of', 'x']
    """
    return [found.lower() for found in WORD.findall(text)]


def renamed(text: str, name: str) -> str:
    """A text that begins with a function, which now has that name, decorators gone; "" where Python does not read it."""
    if (tree := tree_of(text)) is None:
        return ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.name, node.decorator_list = name, []
            return ast.unparse(tree) + "\n"
    return ""
