"""Labels as a table: written for spreadsheets, and read back from what somebody made of it."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from genmodels.intake.records import Record, read_records
from genmodels.labelling.labels import Given, Labels
from genmodels.labelling.lines import LONGEST_NAME
from genmodels.labelling.question import CANNOT_TELL, FEWEST, MOST_ANSWERS, Question, name_of
from genmodels.labelling.store import Drawn, LabelFolder
from genmodels.printable import printable
from genmodels.refusal import Refusal

COLUMNS = ("item", "question", "rater", "answer", "repeat", "prompt")
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")  # of cells that spreadsheets take for formulas
MOST_NAMED = 50  # lines that are named


@dataclass(frozen=True)
class Imported:
    """What came of a table: answers taken over, those that were there already, and lines left out with the reason."""

    added: int
    known: int
    left_out: tuple[tuple[int, str], ...]
    questions: tuple[str, ...] = ()  # that were made of it

    def sentence(self) -> str:
        """What was done, in words."""
        told = f"{self.added:,} answers were taken over"
        told += f", {self.known:,} were there already" if self.known else ""
        told += (
            f"; {len(self.left_out):,} lines were left out: line {self.left_out[0][0]}, {self.left_out[0][1]}"
            if self.left_out
            else ""
        )
        return told + "."


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: a quote before it."""
    return f"'{text}" if text.startswith(BEGINNINGS) else text


def plain_cell(text: str) -> str:
    """What `safe_cell` was made of."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(BEGINNINGS) else text


def written(labels: Labels, drawn: Sequence[Drawn], blank: bool = True) -> str:
    """The table: a line an answer; with `blank` also one without rater and answer for what nobody has answered yet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    prompts = {each.key: each.prompt for each in drawn}
    rows = [
        (g.item, g.question, g.rater, g.answer, "yes" if g.repeat else "", prompts.get(g.item, ""))
        for g in labels.given
    ]
    answered = {(each.item, each.question) for each in labels.given}
    rows += [
        (item, question.name, "", "", "", prompts.get(item, ""))
        for item in labels.sample
        for question in labels.questions
        if blank and (item, question.name) not in answered
    ]
    writer.writerows([[safe_cell(cell) for cell in row] for row in rows])
    return out.getvalue()


def imported(folder: LabelFolder, content: bytes, name: str, rater: str = "") -> Imported:
    """Take the answers of a table over: columns item, question (where several are asked), answer, rater, repeat.

    `rater` labelled where the table names nobody. A question that is not there yet is made of the answers that stand in the
    table. Lines without an answer are passed over; what can't be an answer is
    left out and named. Raises `Refusal` for what is no such table.
    """
    read = read_records(content, name)
    for needed in ("item", "answer"):
        if needed not in read.columns:
            there = printable(", ".join(read.columns.values()), 200)
            raise Refusal(f"{printable(name)} has no column {needed} but {there}; export the labels to see the form.")
    filled = [record for record in read.records if record.cells.get("answer")]
    made = _new_questions(folder, filled)
    labels = folder.labels()
    if not labels.questions:
        raise Refusal(
            f"{printable(name)} holds no question with 2 to 9 different answers; fill in the column answer, or write the question on the page Label."
        )
    before = {(g.item, g.question, g.rater, g.repeat): g.answer for g in labels.given}
    by_rater: dict[str, list[Given]] = defaultdict(list)
    known, left_out = 0, [(line, reason) for line, reason in read.left_out]
    for record in filled:
        given = _given(record, labels, rater)
        if isinstance(given, str):
            left_out.append((record.line, given))
        elif before.get((given.item, given.question, given.rater, given.repeat)) == given.answer:
            known += 1
        else:
            by_rater[given.rater].append(given)
    for who, answers in by_rater.items():
        folder.rater(who).answer(answers)
    return Imported(sum(map(len, by_rater.values())), known, tuple(left_out[:MOST_NAMED]), made)


def _given(record: Record, labels: Labels, rater: str) -> Given | str:
    """The answer of a line; why there is none where it can't be told."""
    cells = {name: plain_cell(cell) for name, cell in record.cells.items()}
    asked = cells.get("question", "") or (labels.questions[0].name if len(labels.questions) == 1 else "")
    question = next((each for each in labels.questions if each.name == asked), None)
    who = " ".join(printable(cells.get("rater", "") or rater, LONGEST_NAME).split())
    if question is None:
        return f"there is no question {printable(asked, 40)!r}"
    if cells["item"] not in labels.known:
        return f"the item {printable(cells['item'], 60)!r} is not among those drawn at random"
    if not (answer := question.answer_of(cells["answer"])):
        return f"{printable(cells['answer'], 40)!r} is no answer to {question.name}"
    if not who:
        return "nobody is named in the column rater"
    return Given(cells["item"], question.name, who, answer, cells.get("repeat", "").casefold() in ("yes", "true", "1"))


def _new_questions(folder: LabelFolder, records: Sequence[Record]) -> tuple[str, ...]:
    """Questions of the table that are not asked yet, made of the answers that stand there."""
    asked = folder.asked()
    names = {each.name for each in asked.questions}
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        answers[plain_cell(record.cells.get("question", ""))][" ".join(plain_cell(record.cells["answer"]).split())] += 1
    new = {said: counts for said, counts in answers.items() if said not in names and (said or not names)}
    made = list(_questions(new, [*names]))
    if made:
        folder.ask(made, 0 if asked.n else len(folder.drawn()))
    return tuple(each.name for each in made)


def _questions(new: Mapping[str, Counter[str]], taken: list[str]) -> Iterator[Question]:
    """The questions that can be made: with a name of small letters and 2 to 9 answers; lines of others are left out."""
    for said, counts in new.items():
        found = tuple(answer for answer, _ in counts.most_common(10) if answer.casefold() != CANNOT_TELL)
        name = name_of(said or "answer", taken)
        if name == (said or "answer") and FEWEST <= len(found) <= MOST_ANSWERS:
            taken.append(name)
            yield Question(name, f"{said or 'what is it'}?".capitalize(), found)
