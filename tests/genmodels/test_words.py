from __future__ import annotations

import numpy as np
import pytest

from genmodels.intake.prompts_table import read_prompts
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LENGTH, PAD, UNKNOWN, WordPieces
from genmodels.refusal import Refusal

CAPTIONS = ["woman firefighter, dark skin tone", "man firefighter, light skin tone", "piñata", "red heart", "fire engine"] * 3


@pytest.fixture(scope="module")
def pieces() -> WordPieces:
    return WordPieces.learned(CAPTIONS, 120)


def test_the_same_captions_give_the_same_pieces_in_every_process(pieces: WordPieces) -> None:
    assert all(WordPieces.learned(CAPTIONS[::-1], 120) == pieces for _ in range(5))
    assert pieces.vocabulary[:2] == (PAD, UNKNOWN) and "firefighter" in pieces.vocabulary


def test_captions_become_rows_of_one_length_and_nothing_is_padding(pieces: WordPieces) -> None:
    rows = pieces.encode(["", "Woman FIREFIGHTER", "woman firefighter", "heart " * 100, "☃"])
    assert rows.shape == (5, LENGTH) and rows.dtype == np.int32
    assert not rows[0].any() and rows[3].all()
    assert np.array_equal(rows[1], rows[2])
    assert rows[4].tolist() == [1] + [0] * (LENGTH - 1)


def test_words_know_their_pieces_and_strange_ones_the_nearest(pieces: WordPieces) -> None:
    seen = pieces.counted(CAPTIONS)
    assert seen["firefighter"] == 6 and "," not in seen
    woman, fighter, strange = pieces.words("Woman, firefigther zzz", seen)[0::2][:1] + pieces.words("firefigther zzz", seen)
    assert woman.known and woman.pieces == (0,)
    assert not fighter.known and fighter.nearest[0] == "firefighter" and len(fighter.pieces) > 1
    assert not strange.known and not strange.nearest


@pytest.mark.parametrize("text", ["<b>x</b>", "\x00\x1b[31m", "a" * 100_000, "🧑‍🚒", "![](http://example.org/x.png)", "\ud800"])
def test_any_text_is_read_without_harm(pieces: WordPieces, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode(errors="replace").decode()
    assert pieces.encode([text]).shape == (1, LENGTH)
    assert len(pieces.words(text, {})) <= 1000


def test_damaged_pieces_are_refused() -> None:
    with pytest.raises(Refusal, match="damaged"):
        WordPieces.of(Spec("image", (8, 8, 1), 0, ("a", "b")))


def test_a_table_gives_its_prompts() -> None:
    assert read_prompts(b"id;Prompt\n1;woman, dark\n\n2;heart\n").prompts == ("woman, dark", "heart")
    assert read_prompts('\ufeffprompt\n"a ""b"""\n'.encode()).prompts == ('a "b"',)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "no column prompt but nothing"), (b"text\na\n", "no column prompt but text"), (b"prompt\n", "holds no prompt"), (b"prompt\n\x00\x01\x02\n", "bytes that no text has"),
     (b"prompt\n" + b"x" * 1001, "line 2: the prompt has 1,001"), (b"prompt\n" + b"a\n" * 1001, "has 1,001 prompts"), (b"p" * 3000, "3,000 characters"),
     (b'prompt\n"a', "check its quotes"), (b"prompt\n" + b"a" * 1_000_001, "at most 1 MB")],
)  # fmt: skip
def test_a_bad_table_is_refused_with_its_line(content: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read_prompts(content)
