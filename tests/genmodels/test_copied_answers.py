"""Passages of answers in the training texts: what is found, where, and by chance."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.audits.audit import AUDITS
from genmodels.checks.copied_answers import Copied, unseen
from genmodels.checks.planted_passages import CHANGES
from genmodels.kinds.text.passages import Known, told, words
from genmodels.verdicts.finding import Finding
from tests import answers

TEXT = (
    "It was a bright cold day in April, and the clocks were striking thirteen. "
    "Nobody at the long table said a word about the new rules of the house by the sea."
)


def found(text: str, *known: str) -> tuple[int, int, str]:
    documents = list(known)
    corpus = Known(documents)
    row = corpus.find([corpus.numbers(text)])
    return int(row.near[0]), int(row.exact[0]), told(text, int(row.start[0]), int(row.length[0]))


@pytest.mark.parametrize("change", [str.upper, lambda text: text.replace(" ", "\n\t "), lambda text: text.replace(",", "").replace(".", " --"), lambda text: f"Well: «{text}»!"])
def test_case_white_space_and_punctuation_do_not_matter(change) -> None:  # type: ignore[no-untyped-def]
    near, exact, passage = found(f"once upon {change(TEXT)} a time", "something else entirely, of other words", TEXT)
    assert near == exact == len(words(TEXT)) and words(passage) == words(TEXT)


def test_a_word_changed_here_and_there_is_passed_over() -> None:
    split = TEXT.split()
    changed = " ".join("other" if i % 10 == 9 else word for i, word in enumerate(split))
    near, exact, passage = found(changed, TEXT)
    assert len(split) == 32 and (near, exact, len(words(passage))) == (27, 9, 29), "three runs of nine words, with a word between them"


def test_short_runs_other_orders_and_ends_of_documents_are_nothing() -> None:
    split = TEXT.split()
    assert found(" ".join(split[:4]), TEXT)[:2] == (0, 0)
    assert found(" ".join(reversed(split)), TEXT)[:2] == (0, 0)
    assert found(TEXT, " ".join(split[:6]), " ".join(split[6:12]))[1] == 6, "a run does not go on in the next document"
    assert found("", TEXT)[:2] == (0, 0) and found(TEXT, "")[:2] == (0, 0)


def test_a_passage_is_told_where_it_stands() -> None:
    documents = ["alpha beta gamma delta epsilon zeta eta", f"Before it all: {TEXT} After it all."]
    corpus = Known(documents)
    row = corpus.find([corpus.numbers(f"one two {TEXT}"), corpus.numbers("nothing")])
    document = corpus.document[row.place[0]]
    assert document == 1 and told(documents[1], int(row.place[0] - corpus.first[1]), int(row.length[0])) == TEXT[:-1]
    assert row.start[0] == 2 and row.place[1] == -1


def test_what_stands_everywhere_is_found_too() -> None:
    licence = "permission is hereby granted free of charge to any person obtaining a copy of this software"
    assert found(licence, *[f"{i} {licence} {i}" for i in range(60)])[1] == len(words(licence))


def test_what_is_common_to_all_is_passed_over_but_counts_in_the_longest_run() -> None:
    licence = "permission is hereby granted free of charge to any person obtaining a copy of this software"
    corpus = Known([f"{licence} {' '.join(answers.vocabulary(40, seed))}" for seed in range(3)] + [TEXT, TEXT.upper()])
    rows = [corpus.numbers(licence), corpus.numbers(TEXT)]
    assert corpus.find(rows).exact.tolist() == [len(words(licence)), len(words(TEXT))]
    assert corpus.find(rows, most_families=1).near.tolist() == [0, len(words(TEXT))], "copies of a text are one family"
    own = [corpus.families[:1], corpus.families[3:4]]
    assert corpus.find(rows, own, most_families=1).near.tolist() == [0, 0] and corpus.find(rows, own).near[0] == len(words(licence))


def test_many_texts_at_once_are_found_as_one_by_one() -> None:
    subject = answers.copied(0.1, answers.one_in_ten_changed, n=60)(0)
    assert subject.training is not None
    corpus = Known(subject.training.documents)
    rows = [corpus.numbers(each.text) for each in subject.items]
    together, alone = corpus.find(rows), [corpus.find([row]) for row in rows]
    for name in ("near", "exact", "start", "length", "place"):
        assert getattr(together, name).tolist() == [int(getattr(each, name)[0]) for each in alone]


def test_texts_that_share_half_are_one_family() -> None:
    split = TEXT.split()
    assert Known([TEXT, "quite another text with words of its own in it", " ".join(split[:20]) + " and then it goes on otherwise"]).families.tolist() == [0, 1, 0]


def test_chance_is_counted_without_held_out_texts_that_stand_in_training_and_without_ones_own_family() -> None:
    subject = answers.copied(0.0)(1)
    assert subject.training is not None and subject.held_out is not None
    corpus, lengths = Known(subject.training.documents), np.full(100, 80)
    alone = unseen(corpus, None, lengths, 0)
    assert alone.rate < 0.02 and alone.k < 20, "a text is not looked up in itself"
    mixed = answers.table([], 0, (), [*subject.held_out.documents, *subject.training.documents[:100]]).held_out
    held = unseen(corpus, mixed, lengths, 0)
    assert "100 of 400 held-out texts stand in the training texts" in held.what and held.k < 20


def test_every_planted_change_is_found_and_said() -> None:
    copied = Copied(answers.copied(0.0, n=300)(2))
    lengths = copied.planted
    assert set(lengths) == set(CHANGES) and all((each >= copied.unseen.k).mean() > 0.95 for each in lengths.values())


def test_several_answers_to_one_prompt_count_as_what_they_vary_like() -> None:
    subject = answers.copied(0.03, n=300)(3)
    repeated = answers.table([type(each)(each.id, each.place, f"prompt {i // 3}", each.text) for i, each in enumerate(subject.items)], 3, subject.training.documents)  # type: ignore[union-attr]
    k, n = Copied(repeated).counted()
    assert n < 250 and k < 9


def test_answers_that_repeat_one_training_text_count_as_few() -> None:
    subject = answers.copied(0.0, n=300)(4)
    assert subject.training is not None
    one = " ".join(subject.training.documents[0].split()[:60])
    items = [type(each)(each.id, each.place, each.prompt, f"{each.text} {one}" if i < 20 else each.text) for i, each in enumerate(subject.items)]
    k, n = Copied(answers.table(items, 4, subject.training.documents)).counted()
    assert k <= 2 and n <= 20


def told_of(subject: object) -> dict[str, Finding]:
    return {each.part: each for each in AUDITS["verbatim"](subject)}  # type: ignore[arg-type]


def test_both_passages_stand_beside_the_verdict() -> None:
    finding = told_of(answers.copied(0.03)(0))["copied"]
    for row in finding.exhibits[:3]:
        assert words(str(row["answer"]))[:40] == words(str(row["training"]))[:40] and row["words"] >= 50 and len(str(row["answer"])) <= 300
    assert finding.error_rates is not None and finding.error_rates["found"]["in capitals"] > 0.95
    assert len({row["case"] for row in finding.error_rates["cases"]}) == 1 + 4 * len(CHANGES)


@pytest.mark.parametrize(("subject", "reason"), [(answers.copied(0.0, n=10)(0), "20 are needed"), (answers.table(answers.copied(0.0, n=50)(0).items, 0, ["one text of a few words only, and no more than that"] * 3), "different texts that nobody copied")])
def test_too_little_to_tell_is_not_measured(subject: object, reason: str) -> None:
    finding, = AUDITS["verbatim"](subject)  # type: ignore[arg-type]
    assert finding.verdict == "not measured" and reason in finding.reason
