"""What a verb of the command line is: a function with its flags beside it, entered under a name.

    @verb("stop", RUN, flag("--now", action="store_true", help="end the process at once"))
    def stop(arguments: Arguments) -> int:
        \"""Ask a run to stop at its next step and save.\"""

Its docstring is its help. It returns the exit code, and what it says goes through `answer`: with `--json` one document
on standard output, everything else on standard error.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genmodels.files import make_folder, write_atomically
from genmodels.refusal import Refusal
from genmodels.registry import Registry

VERBS = Registry("command")
LARGEST_SEED = 2**31 - 1
REPORTS = ("html", "json", "md")  # endings

Arguments = argparse.Namespace
Act = Callable[[Arguments], int]


@dataclass(frozen=True)
class Flag:
    """One argument of a verb: its names ("run", or "--out") and what argparse wants to know of it."""

    names: tuple[str, ...]
    settings: dict[str, Any]


@dataclass(frozen=True)
class Verb:
    """A command: what it does and the flags that it takes."""

    act: Act
    flags: tuple[Flag, ...]

    @property
    def help(self) -> str:
        """The first words of its function: what `--help` says of it."""
        return self.act.__doc__ or ""

    def add_to(self, parsers: argparse._SubParsersAction[argparse.ArgumentParser], name: str) -> None:
        """Enter the verb into the grammar of the command line."""
        made = parsers.add_parser(name, help=self.help.splitlines()[0], description=self.help)
        for each in self.flags:
            made.add_argument(*each.names, **each.settings)
        made.add_argument("--json", action="store_true", help="print one JSON document")


def flag(*names: str, **settings: Any) -> Flag:
    """A flag, with the settings of `argparse.ArgumentParser.add_argument`."""
    return Flag(names, settings)


def verb(name: str, *flags: Flag) -> Callable[[Act], Act]:
    """Decorator: enter a function as the command `name`."""

    def enter(act: Act) -> Act:
        VERBS.add(name)(Verb(act, flags))
        return act

    return enter


def path_of(text: str) -> Path:
    """A path as it was written, `~` as the home folder."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise Refusal(f"{text[:80]!r} names the home of a user who is not there; write the whole path.") from None


def seed_of(text: str) -> int:
    """A seed as every command takes it."""
    try:
        seed = int(text)
    except ValueError:
        seed = -1
    if not 0 <= seed <= LARGEST_SEED:
        raise argparse.ArgumentTypeError(
            f"a seed is a whole number from 0 to {LARGEST_SEED:,}, and {text[:40]!r} is none"
        )
    return seed


RUN = flag("run", metavar="RUN")
SEED = flag("--seed", type=seed_of, default=0)
OUT = flag("--out", type=path_of, required=True)


def several(name: str, **settings: Any) -> Flag:
    """A flag that may be given several times."""
    return flag(name, action="append", default=[], **settings)


def settings(pairs: Sequence[str]) -> dict[str, str]:
    """`setting=value` texts as a dictionary."""
    for pair in pairs:
        if "=" not in pair:
            raise Refusal(f"{pair[:80]!r} is not setting=value; write for example latent=32.")
    return dict(pair.split("=", 1) for pair in pairs)


def check_n(n: int, most: int) -> None:
    """Refuse a number of samples that is out of range."""
    if not 1 <= n <= most:
        raise Refusal(f"n is {n}; it must be from 1 to {most}.")


def answer(arguments: Arguments, document: object, text: str | Callable[[], str]) -> None:
    """Print the JSON document or the text."""
    print(json.dumps(document, default=str) if arguments.json else text() if callable(text) else text)


def write_report(out: Path, render: Callable[[str], str | bytes]) -> None:
    """Write what `render` makes for the ending of the file."""
    form = out.suffix.removeprefix(".").lower()
    if form not in REPORTS:
        raise Refusal(f"A report ends in .html, .json or .md, not in {out.suffix[:20]!r}; choose one of them.")
    make_folder(out.parent)
    write_atomically(out, render(form))
