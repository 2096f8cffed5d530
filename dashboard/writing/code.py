"""Is a text Python? Asked of Python's own parser; nothing of the text is ever run."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass

MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class Verdict:
    """Whether a code parses, and in words why not. `whole` counts its first lines that parse by themselves."""

    parses: bool
    sentence: str
    whole: int


def verdict(code: str) -> Verdict:
    """What `ast.parse` says of a code."""
    lines = code.splitlines()
    if len(code) > MOST_CHARACTERS:
        return Verdict(
            False, f"not checked: it has {len(code):,} characters, and at most {MOST_CHARACTERS:,} are parsed", 0
        )
    problem = _problem(code)
    if problem is None:
        return Verdict(True, "parses", len(lines))
    line, message = problem
    last = min(line, len(lines)) if line else len(lines)
    for whole in range(last, max(last - 60, 0), -1):
        if _problem("\n".join(lines[:whole]) + "\n") is None:
            return Verdict(False, f"line {line}: {message}", whole)
    return Verdict(False, f"line {line}: {message}", 0)


def _problem(code: str) -> tuple[int, str] | None:
    """Line and message of what keeps a code from being parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an unknown escape such as "\d" is no error
            ast.parse(code)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (ValueError, RecursionError, MemoryError) as error:
        return 1, str(error).removeprefix("source code ") or "too deeply nested"
    return None
