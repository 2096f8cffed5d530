"""The folder of the labels of one set of outputs: `labels/<token>/` in the home, where the token is the hash of the outputs.

    subject.json      what was brought, and the examples in the order in which they were drawn, with the seed
    questions.json    what is asked, and of how many of those examples
    examples/         each of them as raters see it: 00000.png, .jpg or .txt
    rater-<hash>.jsonl      one line an answer, appended; an undo is a line too

A file a rater, so that several label at once; a line is handed to the disk before the next example is shown, so that
nothing is lost when the server dies. A last line without its end is skipped and counted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genmodels.files import (
    Unreadable,
    home,
    make_folder,
    read_bytes,
    read_document,
    write_atomically,
)
from genmodels.labelling.labels import Given, Labels
from genmodels.labelling.lines import LONGEST_NAME, MOST_BYTES, append, read_answers
from genmodels.labelling.order import Showing, showings
from genmodels.labelling.question import MOST_QUESTIONS, Question, question_of
from genmodels.printable import printable
from genmodels.refusal import Refusal

TOKEN = re.compile(r"[0-9a-f]{32}")
MOST_EXAMPLE = 32 << 20  # bytes
ENDINGS = ("png", "jpg", "txt")  # of examples as raters see them


@dataclass(frozen=True)
class Drawn:
    """One example that was drawn: its key among the outputs, and the prompt that it follows ("": none was told)."""

    key: str
    prompt: str = ""


@dataclass(frozen=True)
class Asked:
    """What is asked: questions, and the sizes of the samples that were asked for one after the other."""

    questions: tuple[Question, ...] = ()
    sizes: tuple[int, ...] = ()

    @property
    def n(self) -> int:
        """How many examples people are asked about."""
        return sum(self.sizes)


@dataclass(frozen=True)
class LabelFolder:
    """The labels of the outputs whose hash begins with `token` (32 digits); raises `Refusal` for anything else."""

    token: str

    def __post_init__(self) -> None:
        if not TOKEN.fullmatch(self.token):
            raise Refusal(
                f"{printable(self.token, 40)!r} names no outputs that are labelled; open the page Label and choose."
            )

    @property
    def path(self) -> Path:
        """Where they lie."""
        return home() / "labels" / self.token

    def bring(self, about: Mapping[str, Any], drawn: Sequence[Drawn], examples: Iterable[tuple[str, bytes]]) -> None:
        """Keep what raters are to see: `about` (name, kind, of, seed), the examples in the order drawn, (ending, content) of each.

        Of outputs that were brought before, examples are added and nothing is changed: the order is that of the first time.
        """
        folder = make_folder(make_folder(self.path) / "examples")
        for number, (ending, content) in enumerate(examples):
            write_atomically(folder / f"{number:05d}.{ending}", content)
        rows = [{"key": each.key, "prompt": each.prompt[:2000]} for each in drawn]
        write_atomically(self.path / "subject.json", json.dumps({**about, "drawn": rows, "when": _now()}))

    @property
    def about(self) -> dict[str, Any]:
        """Name, kind, of, seed, and the examples in the order drawn; {} where nothing was brought."""
        try:
            document = read_document(self.path / "subject.json", MOST_BYTES)
        except (FileNotFoundError, Unreadable):
            return {}
        return document if isinstance(document, dict) and isinstance(document.get("drawn"), list) else {}

    def drawn(self) -> list[Drawn]:
        """The examples in the order in which they were drawn."""
        rows = [row for row in self.about.get("drawn", []) if isinstance(row, Mapping)]
        return [Drawn(str(row.get("key")), str(row.get("prompt") or "")) for row in rows]

    def example(self, number: int) -> tuple[str, bytes]:
        """The ending ("png", "jpg" or "txt") and content of an example; raises `Refusal` where it is gone."""
        for ending in ENDINGS:
            with contextlib.suppress(FileNotFoundError, Unreadable):
                return ending, read_bytes(self.path / "examples" / f"{number:05d}.{ending}", MOST_EXAMPLE)
        raise Refusal(f"The example {number + 1} is gone; bring the outputs again with genmodels label.")

    def asked(self) -> Asked:
        """The questions and the size of the sample; none where nothing was asked yet."""
        try:
            document = read_document(self.path / "questions.json")
        except (FileNotFoundError, Unreadable):
            return Asked()
        if not isinstance(document, dict):
            return Asked()
        questions = tuple(map(question_of, _list(document.get("questions"))[:MOST_QUESTIONS]))
        return Asked(questions, tuple(size for size in _list(document.get("sizes")) if type(size) is int and size > 0))

    def ask(self, questions: Sequence[Question] = (), n: int = 0) -> Asked:
        """Add questions, and ask of the first `n` examples drawn, or of as many as before; nothing is ever taken away."""
        before, most = self.asked(), len(self.about.get("drawn", []))
        names = [each.name for each in (*before.questions, *questions)]
        if len(set(names)) < len(names):
            raise Refusal(f"There are two questions called {max(names, key=names.count)}; give each a name of its own.")
        if len(names) > MOST_QUESTIONS:
            raise Refusal(
                f"These are {len(names)} questions; at most {MOST_QUESTIONS} are asked of one set of outputs."
            )
        if n > most:
            more = (
                f"draw more with genmodels label -n {n}" if n <= _count(self.about, "of") else "these are all there are"
            )
            raise Refusal(f"{n:,} examples are more than the {most:,} that were drawn; {more}.")
        sizes = before.sizes + ((n - before.n,) if n > before.n else ())
        asked = Asked((*before.questions, *questions), sizes)
        rows = [each.to_dict() for each in asked.questions]
        write_atomically(self.path / "questions.json", json.dumps({"questions": rows, "sizes": asked.sizes}))
        return asked

    def labels(self) -> Labels:
        """Everything that was answered so far."""
        asked, about = self.asked(), self.about
        sample = tuple(each.key for each in self.drawn()[: asked.n])
        known, questions = frozenset(sample), {each.name: each for each in asked.questions}
        given, skipped, strange = list[Given](), 0, 0
        for file in sorted(self.path.glob("rater-*.jsonl")):
            rows, bad = read_answers(file)
            sound = [row for row in rows if row.item in known and _fits(row, questions)]
            given, skipped, strange = given + sound, skipped + bad, strange + len(rows) - len(sound)
        return Labels(
            asked.questions, sample, tuple(given), _count(about, "of"), _count(about, "seed"), skipped, strange
        )

    def rater(self, name: str) -> Rater:
        """Somebody who labels; raises `Refusal` for a name that is empty."""
        shown = " ".join(printable(name, LONGEST_NAME).split())
        if not shown:
            raise Refusal("Nobody is named; write who labels, so that two people can be told apart.")
        return Rater(self, shown)


def _fits(row: Given, questions: Mapping[str, Question]) -> bool:
    return row.question in questions and questions[row.question].answer_of(row.answer) == row.answer


@dataclass(frozen=True)
class Rater:
    """One person who labels, and the file with what that person said."""

    folder: LabelFolder
    name: str

    @property
    def file(self) -> Path:
        """Where the answers lie; the name may hold any letter, so the file is called by its hash."""
        return self.folder.path / f"rater-{hashlib.sha256(self.name.encode()).hexdigest()[:16]}.jsonl"

    def answer(self, given: Iterable[Given]) -> None:
        """Append answers; they are on the disk when this returns."""
        self._append([{"item": g.item, "question": g.question, "answer": g.answer, "repeat": g.repeat} for g in given])

    def undo(self, given: Given) -> None:
        """Take one answer back; both lines stay."""
        self._append([{"item": given.item, "question": given.question, "repeat": given.repeat, "undo": True}])

    def _append(self, rows: Sequence[Mapping[str, Any]]) -> None:
        make_folder(self.folder.path)
        append(self.file, [{"rater": self.name, **row, "time": _now()} for row in rows])

    def given(self) -> list[Given]:
        """What this person said, in the order in which it was said."""
        return read_answers(self.file)[0]

    def waiting(self, asked: Asked, seed: int) -> list[tuple[Showing, Question]]:
        """What this person is still to be asked, in order: all questions of an example before the next example.

        Those that show the prompt come last, so that nobody has seen it who answers the others.
        """
        drawn, questions = self.folder.drawn(), sorted(asked.questions, key=lambda each: each.shows_prompt)
        done = {(each.item, each.question, each.repeat) for each in self.given()}
        return [
            (showing, question)
            for showing in showings(asked.sizes, self.name, seed)
            for question in questions
            if (drawn[showing.number].key, question.name, showing.repeat) not in done
        ]


def known_folders() -> Iterator[LabelFolder]:
    """Every set of outputs that was brought to be labelled, the newest first."""
    folders = (home() / "labels").glob("*/subject.json") if (home() / "labels").is_dir() else iter(())
    found = [(file.stat().st_mtime, file.parent.name) for file in folders if TOKEN.fullmatch(file.parent.name)]
    return (LabelFolder(name) for _, name in sorted(found, reverse=True))


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(about: Mapping[str, Any], name: str) -> int:
    value = about.get(name)
    return value if type(value) is int and value >= 0 else 0
