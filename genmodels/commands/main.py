"""The command line: it reads the words, runs one verb, and turns what comes of it into an exit code.

Exit code 0 for success, 1 when a limit was broken or a training failed, 2 for bad input, 130 after Ctrl-C, 143 after
SIGTERM. With `--json` one JSON document goes to standard output; everything else goes to standard error. Pages call the
same functions as the verbs do.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import io
import json
import sys
from collections.abc import Sequence
from typing import NoReturn, TextIO

from genmodels.commands import (  # noqa: F401
    auditing,
    comparing,
    house,
    labelling,
    making,
    planning,
    reviewing,
    signing,
    training,
)
from genmodels.commands.signals import INTERRUPTED, Interrupted, Terminated, terminated
from genmodels.commands.verb import VERBS, Arguments
from genmodels.jobs.folder import Stopped
from genmodels.printable import printable
from genmodels.refusal import Refusal

# In the order in which `--help` shows them: what there is, training, making, reviewing, the house itself.
SHOWN = (
    "list", "doctor", "train", "resume", "stop", "branch", "sample", "walk", "import", "measure", "compare", "plan", "label",
    "audit", "review", "calibrate", "verify", "report", "export", "bench", "dashboard",
)  # fmt: skip
TRAINING = ("train", "resume", "branch")  # whose JSON says why it failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    chosen = None
    with terminated():
        try:
            _never_strict(sys.stdout, sys.stderr)
            chosen = parser().parse_args(arguments)
            _all_text(chosen)
            return VERBS[chosen.verb].act(chosen) or 0
        except (Exception, KeyboardInterrupt, Interrupted, Terminated) as ended:
            return _code(ended, chosen)


def _code(ended: BaseException, chosen: Arguments | None) -> int:
    """The exit code of a command that did not come to its end, and a sentence on why; a mistake of ours is raised again."""
    code, said = 2, ""
    if isinstance(ended, BrokenPipeError):
        return 0
    if isinstance(ended, Refusal):
        if chosen is not None and chosen.json and chosen.verb in TRAINING:
            print(json.dumps({"state": "failed", "reason": str(ended)}))
        said = str(ended)
    elif isinstance(ended, KeyboardInterrupt | Interrupted):
        code, said = INTERRUPTED["SIGINT"], "interrupted."
    elif isinstance(ended, Terminated):
        code, said = INTERRUPTED["SIGTERM"], "ended by SIGTERM."
    elif isinstance(ended, Stopped):
        said = str(ended)
    elif isinstance(ended, OSError):
        file = printable(str(ended.filename or ""), 200)
        said = f"{ended.strerror or ended}: {file}; check the path and the free space."
    else:
        raise ended
    print(f"genmodels: {said}", file=sys.stderr)
    return code


def _never_strict(*streams: TextIO) -> None:
    """What a stream can't encode, such as a path of other bytes, is written with backslashes."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _all_text(chosen: Arguments) -> None:
    """Refuse words with bytes of another encoding than that of the terminal; paths may hold any."""
    for value in vars(chosen).values():
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, str) and any("\ud800" <= letter <= "\udfff" for letter in word):
                shown = word[:60].encode(errors="replace").decode()
                raise Refusal(
                    f"{shown!r} holds bytes that are no {sys.getfilesystemencoding().upper()}; write it in the encoding of the terminal."
                )


class Parser(argparse.ArgumentParser):
    """Refuses in one sentence, like everything else."""

    def error(self, message: str) -> NoReturn:
        """A wrong command line as one sentence that says where help is."""
        raise Refusal(f"{message[0].upper()}{message[1:]}; see {self.prog} --help.")


def parser() -> Parser:
    """The whole grammar."""
    root = Parser(prog="genmodels", description="Train, explore and review generative models.")
    root.add_argument("--version", action="version", version=f"genmodels {importlib.metadata.version('genmodels')}")
    verbs = root.add_subparsers(dest="verb", metavar="COMMAND", required=True, parser_class=Parser)
    for name in SHOWN:
        VERBS[name].add_to(verbs, name)
    return root
