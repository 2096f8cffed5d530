"""Texts: what becomes a document, the shares that are planted, and a user's own file."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from genmodels.cache import telling
from genmodels.data.dataset import DATA
from genmodels.data.sets.occupations import SHARES, TEMPLATES, Occupations, prompts
from genmodels.data.sets.own_text import OwnText
from genmodels.data.sets.python_code import functions, normalised, written
from genmodels.data.sets.python_docs import PythonDocs
from genmodels.data.standard_library import files
from genmodels.data.text_data import divided, encoded, pieces, searched
from genmodels.intake.picture_sets import imported
from genmodels.intake.text_sets import LARGEST, import_text, imported_texts, preview_text
from genmodels.kinds.text.tokens import LONGEST_WORD, Tokens
from genmodels.refusal import Refusal

TEXT = "".join(f"Line {i} of a text that is about the number {i * i}.\n" + "\n" * (i % 3 == 0) for i in range(100))
MODULE = '''
import os

class Thing:
    """A thing."""

    @property
    def size(self):  # in bytes
        """Its size."""
        def inner():
            "inside"
        return (1 +
                2)

    def empty(self):
        """Nothing else."""

if os.name:
    async def wait(): await wait()
'''


def test_functions_and_methods_are_taken_out_whole() -> None:
    found = list(functions(ast.parse(MODULE)))
    assert [(node.name, part) for node, part in found] == [("size", "method"), ("empty", "method"), ("wait", "function")]
    source = written(found[0][0], MODULE.split("\n"))
    assert source.startswith("@property\ndef size(self):  # in bytes\n    \"\"\"Its size") and source.endswith("            2)")
    assert normalised(found[0][0]) == "@property\ndef size(self):\n\n    def inner():\n        pass\n    return 1 + 2"
    assert normalised(found[1][0]) == "def empty(self):\n    pass"


@pytest.mark.parametrize("form", ["normalised", "source"])
def test_every_code_document_is_one_function(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if form == "source":  # the same library, read in the same way: every fifth file will do
        some = dict(list(files().items())[::5])
        monkeypatch.setattr("genmodels.data.sets.python_code.files", lambda: some)
    data = DATA["python-code"](form=form).load()
    for document in data.train.documents[::40] + data.test.documents[::10]:
        (node,) = ast.parse(document).body
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and len(document) <= 4000
        if form == "normalised":
            assert ast.get_docstring(node) is None and ast.unparse(node) == document
    least = 10_000 if form == "normalised" else 1000
    assert len(data.train.documents) > least and len(data.test.documents) > least / 10


def test_docs_are_docstrings_and_topics_of_this_python() -> None:
    data = PythonDocs().load()
    everything = {*data.train.documents, *data.test.documents}
    doc = json.JSONDecoder.decode.__doc__
    assert doc and any("Return the Python representation of ``s``" in document for document in everything)
    assert any(document.startswith('The "assert" statement') for document in everything)
    assert set(data.train.groups["part"]) == {"module", "class", "function", "topic"} == set(data.test.groups["part"])
    assert 1_500_000 < data.train.characters + data.test.characters < 4_000_000
    assert "Python 3." in data.source
    loop = 'The "for" statement is used to iterate over the elements'
    assert sum(loop in document for document in everything) == 1, "a topic within a longer one would be on both sides"


def test_nothing_of_the_library_is_imported() -> None:
    code = "import sys\nfrom genmodels.data.sets.python_docs import PythonDocs\nPythonDocs().load()\nprint([m for m in ('this', 'antigravity', 'turtle', 'idlelib', 'keras') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True, cwd=Path(__file__).parent).strip() == "[]"


def test_the_same_interpreter_gives_the_same_hash_without_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Occupations(n=6000).load().digest()
    monkeypatch.setenv("GENMODELS_CACHE", str(tmp_path))
    assert Occupations(n=6000).load().digest() == kept != Occupations(n=6000, seed=1).load().digest()


def test_families_are_held_out_whole_and_copies_joined() -> None:
    alone = [(f"text {i}", f"family {i // 5}", str(i)) for i in range(500)]
    sides = divided(alone, 0)
    families = [{int(text.split()[1]) // 5 for text in sides[side]} for side in ("train", "test")]
    assert not families[0] & families[1] and 4 <= len(families[1]) <= 20, "about a tenth of 100 families, each on one side"
    assert len(sides["train"]) + len(sides["test"]) == 500 and sides["test_groups"] == [text.split()[1] for text in sides["test"]]
    seen, unseen = sides["train"][0], sides["test"][0]
    for family in range(200, 260):  # copies in other families, some of them held out
        alone += [(seen, f"family {family}", "copy"), (unseen, f"family {family}", "copy")]
    joined = divided(alone, 0)
    assert seen in joined["train"] and unseen in joined["train"] and joined["test"] == sides["test"][1:]
    assert joined["train"] == list(dict.fromkeys(joined["train"])) and divided(alone, 1) != joined


@pytest.mark.parametrize("unit", ["character", "byte-pair"])
def test_long_documents_cut_in_pieces_have_the_same_tokens(unit: str) -> None:
    parts = ["a", "Bc", " ", "\n", "\t", "'s", "12", "é", "中", "!!", "  ", "\n\n"]
    documents = ["".join(np.random.default_rng(seed).choice(parts, 900)) for seed in range(5)] + ["x", "\n"]
    tokens = Tokens.learned(documents, unit, 400)
    assert tokens == Tokens.learned([piece for document in documents for piece in pieces(document, 50)], unit, 400)
    assert max(map(len, pieces(documents[0], 50))) < 200 and "".join(pieces(documents[0], 50)) == documents[0]
    assert (encoded(tokens, documents, 50) == tokens.encode_all(documents)).all()


def test_words_that_are_not_too_long_give_the_same_byte_pairs_as_before() -> None:
    """As the library learns them by itself."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    words = ["".join(np.random.default_rng(seed).choice(list("abcé中 "), 900)) for seed in range(30)]
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.train_from_iterator(words, trainers.BpeTrainer(vocab_size=400, special_tokens=["<end>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    told = json.loads(plain.to_str())["model"]
    assert Tokens.learned(words, "byte-pair", 400).merges == tuple(" ".join(pair) for pair in told["merges"])


@pytest.mark.parametrize("unit", ["a", "abc", "中文字符没有空格", "ACGTTGCA"])
def test_a_line_without_spaces_is_learned_in_the_time_of_its_length(unit: str) -> None:
    """Counted, not timed: no word that byte pairs are learned from is longer than the bound, wherever spaces are missing."""
    from tokenizers import pre_tokenizers

    seen: list[int] = []
    text = unit * (40_000 // len(unit))
    cut = pre_tokenizers.Sequence([pre_tokenizers.ByteLevel(add_prefix_space=False), pre_tokenizers.FixedLength(length=LONGEST_WORD)])
    seen += [len(word) for word, _ in cut.pre_tokenize_str(text)]
    assert max(seen) <= LONGEST_WORD and sum(seen) == len(text.encode())
    begun = time.process_time()
    tokens = Tokens.learned(pieces(text), "byte-pair", 300)
    assert tokens.decode(encoded(tokens, [text])[1:-1]) == text and time.process_time() - begun < 60  # 16 minutes and more before


def test_learning_tokens_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_CACHE", str(tmp_path))
    said: list[tuple[str, int, int]] = []
    documents = ["x" * 250_000 + " y", "z" * 350_000, *["a short one"] * 20_000]  # it is not said for each of them
    with telling(lambda *news: said.append(news)):
        tokens = Tokens.learned(searched(documents, 300), "byte-pair", 300)
        encoded(tokens, documents)
    of = sum(map(len, documents))
    assert ("Joining frequent bytes to 300 tokens", 0, 0) in said
    for what in ("Searching characters for tokens", "Writing characters as tokens"):
        counts = [done for name, done, all_of in said if name == what and all_of == of]
        assert 0 < len(counts) <= of / 100_000 and counts == sorted(counts) and counts[-1] <= of, (what, said)


@pytest.mark.parametrize("skew", [0, 0.5, 1])
def test_the_share_of_she_is_exactly_the_one_that_is_planted(skew: float) -> None:
    source = Occupations(n=12_000, skew=skew)
    data = source.load()
    for part, most in ((data.train, 0), (data.test, 0.5 / 20 + 0.5 / 180)):
        for job, share in source.shares().items():
            she = part.groups["gender"][part.groups["occupation"] == job] == "she"
            assert len(she) in (180, 20)
            assert abs(she.mean() - share) <= most + 1e-9
            assert abs(share - (0.5 + skew * (SHARES[job] - 0.5))) <= 0.5 / 180 + 1e-9
    for document, job, gender in zip(data.train.documents, data.train.groups["occupation"], data.train.groups["gender"], strict=True):
        words = set(document.lower().rstrip(".").replace(",", "").split())
        assert job in words and bool(words & {"she", "her", "herself"}) == (gender == "she") != bool(words & {"he", "his", "him", "himself"})


def test_the_counterfactual_of_a_held_out_sentence_was_never_seen() -> None:
    data = Occupations(n=30_000).load()
    swap = {"she": "he", "her": "him", "herself": "himself", "She": "He"} | {"he": "she", "him": "her", "his": "her", "himself": "herself", "He": "She"}

    def frame(document: str, job: str) -> str:
        return " ".join("it" if word.strip(".,") in swap else word for word in document.replace(job, "JOB").split())

    frames = [{frame(*pair) for pair in zip(part.documents, part.groups["occupation"], strict=True)} for part in (data.train, data.test)]
    assert not frames[0] & frames[1] and len(frames[1]) > 200
    assert len(SHARES) == 60 and np.mean(list(SHARES.values())) == pytest.approx(0.5)
    tokens = Tokens.of(data.spec)
    assert all(len(tokens.encode(f" {word}")) == 1 for word in [*SHARES, "she", "he"]), "a share is one probability"
    assert prompts(TEMPLATES[0], ["nurse"]) == ["The nurse said that"]


def test_shakespeare_from_a_local_copy_only_if_it_is_the_right_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tinyshakespeare.txt").write_text("To be, or not to be.")
    for named in (tmp_path, tmp_path / "tinyshakespeare.txt"):
        monkeypatch.setenv("GENMODELS_DATA", str(named))
        with pytest.raises(Refusal, match=r"not the file that is known as tinyshakespeare \(SHA-256 86c4e6aa9db7"):
            DATA["shakespeare"]().load()


def test_shakespeare_without_a_network_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    monkeypatch.setattr("genmodels.data.sets.shakespeare.ADDRESS", "http://127.0.0.1:9/none")
    monkeypatch.setattr("genmodels.data.sets.shakespeare.FILE", "not-there.txt")
    with pytest.raises(Refusal, match="GENMODELS_DATA to a folder that holds .* no network: python-docs"):
        DATA["shakespeare"]().load()


def test_an_own_text_becomes_a_data_set(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "my notes.txt"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode() + b"\x00\x07 end \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xf0\x9f\xa6\x8a")
    assert preview_text(file)["removed"] == 2 and imported_texts() == []
    token = import_text(file, "../My Notes", licence="mine")
    assert token.startswith("my-notes-") and [path.name for path in (home / "data").iterdir()] == [token]
    assert import_text(file, "../My Notes", licence="mine") == token  # the same again is the same
    assert imported_texts() == [{"token": token, "title": "../My Notes", "characters": len(TEXT) + 11}] and imported() == []
    data = OwnText(token=token).load()
    assert data.train.documents[0] + data.test.documents[0] == TEXT + " end שלום 🦊" and data.licence == "mine"
    parts = OwnText(token=token, documents="paragraphs", context=16).load()
    assert (len(parts.train.documents), len(parts.test.documents)) == (31, 4) and not set(parts.train.documents) & set(parts.test.documents)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has 0 characters; give at least 1,000"),
        (b" \n" * 5000, "has 0 characters"),
        (b"\x00\x01ab" * 1000, "bytes that no text has"),
        (b"x" * (LARGEST + 1), "20.0 MB; at most 20 MB"),
    ],
)
def test_what_is_no_text_is_refused_with_the_place(content: bytes, sentence: str, home: Path) -> None:
    for read in (preview_text, lambda source: import_text(source, "x")):
        with pytest.raises(Refusal, match=sentence):
            read(io.BytesIO(content))
    assert not (home / "data").exists() or not any((home / "data").iterdir())


def test_a_kept_text_that_changed_is_refused(home: Path) -> None:
    token = import_text(io.BytesIO(TEXT.encode()), "x")
    with open(home / "data" / token / "text.txt", "a") as file:
        file.write("more")
    with pytest.raises(Refusal, match="missing or changed; import it again"):
        OwnText(token=token).load()
    (home / "data" / token / "text.json").write_text("[]")
    with pytest.raises(Refusal, match="damaged"):
        OwnText(token=token).load()
    assert imported_texts() == []


def test_own_texts_that_can_not_be_used_say_why() -> None:
    token = import_text(io.BytesIO(b"One line only. " * 100), "x")
    cases = [({}, "needs a token"), ({"token": "../x"}, "No imported text"), ({"token": token, "context": 1024}, "choose a smaller context"),
             ({"token": token, "documents": "paragraphs"}, "has 1 different paragraphs")]  # fmt: skip
    for knobs, sentence in cases:
        with pytest.raises(Refusal, match=sentence):
            OwnText(**knobs).load()


@pytest.mark.skipif("GENMODELS_DATA" not in os.environ, reason="GENMODELS_DATA names no local copy of tinyshakespeare")
def test_shakespeare_is_split_as_others_split_it() -> None:
    data = DATA["shakespeare"]().load()
    assert (data.train.characters, data.test.characters, len(data.spec.vocabulary)) == (1_003_854, 111_540, 66)
    assert data.train.documents[0].startswith("First Citizen:\nBefore we proceed") and len(data.test) == 111_541 // 64
