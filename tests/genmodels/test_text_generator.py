"""Writing and looking inside, held against the plain network: an untrained one with lively weights is as good as any."""

from __future__ import annotations

import itertools
import string
import sys
import unicodedata
from collections.abc import Callable

import numpy as np
import pytest

from genmodels.kinds.molecule.chemistry import canonical
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.decoding import Decoding, gumbel
from genmodels.kinds.text.tokens import END, Tokens
from genmodels.refusal import Refusal
from genmodels.trained.text_prompt import PromptReader

CONTEXT = 24


@pytest.fixture(scope="module")
def generator():
    return lively(string.ascii_lowercase + " .")


def lively(alphabet: str, context: int = CONTEXT, spread: float = 0.25):
    from genmodels.models.recipe import MODELS
    from genmodels.networks.learner import Learner
    from genmodels.trained.writer import TextGenerator

    spec = Spec("text", (context,), vocabulary=(END, *alphabet))
    learner = Learner(MODELS["transformer"](layers=2, heads=2, width=16), spec, learning=False)
    rng = np.random.default_rng(0)
    learner.restore({name: value + spread * rng.standard_normal(value.shape) for name, value in learner.weights().items()})
    writer = TextGenerator(learner.recipe, spec, learner.networks)
    writer.watermark_key = b"the key of these tests: that of a machine is drawn at random"
    return writer


def plain_logits(generator, tokens: np.ndarray) -> np.ndarray:
    """(n, vocabulary) by the network itself, without caches."""
    padded = np.zeros((1, generator.context), np.int32)
    padded[0, : len(tokens)] = tokens
    return np.asarray(generator.networks["transformer"](padded))[0, : len(tokens)]


def last(writing) -> list:
    *_, written = writing
    return written


def test_with_a_cache_it_writes_what_the_whole_network_would(generator) -> None:
    seed, length = 5, 12
    (written,) = last(generator.write(["ab"], seeds=[seed], decoding=Decoding(temperature=0.7, length=length, watermark="none")))
    noise = gumbel(np.random.default_rng(seed), length, len(generator.tokens))
    tokens = generator.tokens.encode("ab").tolist()
    for number in range(length):
        logits = plain_logits(generator, np.array([0, *tokens]))[-1]
        tokens.append(int((logits / np.float32(0.7) + noise[number]).argmax()))
        if tokens[-1] == 0:
            break
    assert [*generator.tokens.encode("ab"), *written.tokens] == [token for token in tokens if token]


def test_greedy_is_the_most_probable_token_and_ignores_the_seed(generator) -> None:
    a, b = last(generator.write(["", ""], seeds=[1, 2], decoding=Decoding(temperature=0, length=10)))
    assert a.tokens == b.tokens
    reading = generator.read(a.text)
    assert (reading.alternatives[1:, 0] == reading.tokens[1:]).all()


def test_a_seed_gives_its_text_back_whatever_is_written_beside_it(generator) -> None:
    decoding = Decoding(length=40)  # beyond the context
    alone = last(generator.write(["a"], seeds=[7], decoding=decoding))[0]
    beside = last(generator.write(["something", "a", ""], seeds=[1, 7, 3], decoding=decoding))[1]
    assert alone == beside and alone.text
    assert generator.sample(6, seed=3).tolist()[2:] == generator.sample(4, seed=5).tolist()
    assert len(set(generator.sample(6, seed=3))) > 3


def test_it_streams_and_each_look_continues_the_one_before(generator) -> None:
    looks = [[few[0].text for few in generator.write(["x"], seeds=[seed], decoding=Decoding(length=60, top_k=5))] for seed in range(8)]
    assert max(map(len, looks)) > 2  # some end early
    for texts in looks:
        assert all(after.startswith(before) for before, after in itertools.pairwise(texts))


def test_top_k_one_is_greedy(generator) -> None:
    one, greedy = (last(generator.write(["q"], seeds=[4], decoding=each))[0] for each in (Decoding(top_k=1, length=8), Decoding(temperature=0, length=8)))
    assert one.tokens == greedy.tokens


def test_a_full_context_is_half_forgotten_and_writing_goes_on(generator) -> None:
    (written,) = last(generator.write(["abc"], seeds=[2], decoding=Decoding(temperature=0, length=3 * CONTEXT, repetition_penalty=1.3)))
    assert written.finished in ("length", "end")
    if written.finished == "length":
        assert len(written.tokens) == 3 * CONTEXT


def test_stops_at_a_text_at_the_end_of_the_document_and_at_the_length(generator) -> None:
    (whole,) = last(generator.write(["a"], seeds=[9], decoding=Decoding(length=30)))
    stop = whole.text[5:7]
    (stopped,) = last(generator.write(["a"], seeds=[9], decoding=Decoding(length=30, stop=stop)))
    assert stopped.finished == "stop" and stopped.text == whole.text[: whole.text.index(stop)]
    ends = [each for seed in range(30) for each in last(generator.write(["a"], seeds=[seed], decoding=Decoding(length=30, temperature=2.0)))]
    assert {"end", "length"} == {each.finished for each in ends}
    assert all(0 not in each.tokens for each in ends)


def test_beams_find_a_text_at_least_as_probable_as_greedy_and_the_best_of_all_when_wide() -> None:
    small = lively("ab", context=6)
    (found,) = last(small.write(["a"], seeds=[0], decoding=Decoding(beams=8, length=2)))
    every = {}
    for first in range(3):
        step = log_softmax(plain_logits(small, np.array([0, 1]))[-1])
        if first == 0:
            every[()] = step[0]
            continue
        after = log_softmax(plain_logits(small, np.array([0, 1, first]))[-1])
        every |= {(first,) if second == 0 else (first, second): (step[first] + after[second]) / 2 for second in range(3)}
    assert found.tokens == max(every, key=lambda text: every[text])


def log_softmax(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits).sum())


def test_a_reading_agrees_with_the_network(generator) -> None:
    reading = generator.read("hello world", top=28)
    tokens = np.array([0, *generator.tokens.encode("hello world")])
    assert reading.tokens.tolist() == tokens.tolist() and "".join(reading.pieces) == "hello world"
    expected = np.exp(np.array([log_softmax(row) for row in plain_logits(generator, tokens)]))
    assert np.isnan(reading.probability[0])
    assert np.allclose(reading.probability[1:], expected[np.arange(len(tokens) - 1), tokens[1:]], atol=1e-5)
    assert np.allclose(reading.entropy, -(expected * np.log2(expected)).sum(-1), atol=1e-4)
    assert (reading.alternatives[1:, 0] == expected[:-1].argmax(-1)).all()
    assert (reading.lens[-1, :, 0] == expected.argmax(-1)).all()  # the last layer says what the model says
    assert reading.lens.shape[0] == 3


def test_attention_looks_back_only_and_adds_up_to_one(generator) -> None:
    attention = generator.read("hello").attention.astype("float32")
    assert attention.shape == (2, 2, 6, 6)
    assert np.allclose(attention.sum(-1), 1, atol=2e-3)
    assert np.triu(attention, 1).max() == 0 and attention.std() > 0.05


def test_positions_are_relative() -> None:
    import keras

    from genmodels.networks.layers import SelfAttention

    layer = SelfAttention(2)
    x = np.random.default_rng(0).standard_normal((1, 5, 16)).astype("float32")
    layer.build(x.shape)
    for variable in layer.trainable_variables:
        variable.assign(np.random.default_rng(1).standard_normal(variable.shape) / 4)
    looked = [keras.ops.convert_to_numpy(layer(x, position=start)[2]) if start == 0 else turned(layer, x, start) for start in (0, 900)]
    assert np.allclose(looked[0], looked[1], atol=1e-3)


def turned(layer, x: np.ndarray, start: int) -> np.ndarray:
    """Attention among the tokens of x when they stand at `start` and later, by a cache that long."""
    empty = np.zeros((1, 2, start + 5, 8), "float32")
    looked = np.asarray(layer(x, cache=(empty, empty), position=start)[2])[..., start:]
    return looked / looked.sum(-1, keepdims=True)


def test_likelihoods_add_up(generator) -> None:
    reading = generator.read("some text.")
    nats, tokens, characters = generator.log_likelihood("some text.")
    assert nats == pytest.approx(np.log(reading.probability[1:].astype("float64")).sum(), abs=1e-3) and tokens == characters == 10
    letters = generator.tokens.vocabulary[1:]
    following = np.exp(generator.continuation("some", letters))
    ends = np.exp(log_softmax(plain_logits(generator, np.array([0, *generator.tokens.encode("some")]))[-1]))[0]
    assert following.sum() + ends == pytest.approx(1, abs=1e-4)
    whole, _, _ = generator.log_likelihood("some text.")
    first, _, _ = generator.log_likelihood("some")
    assert whole - first == pytest.approx(generator.continuation("some", [" text."])[0], abs=1e-3)


def test_a_long_text_is_scored_to_its_end_with_half_a_context_before_each_token(generator) -> None:
    text = "the quick brown fox jumps over the lazy dog. " * 4
    nats, tokens, _ = generator.log_likelihood(text)
    assert tokens == len(text)
    sequence, half = np.array([0, *generator.tokens.encode(text)]), CONTEXT // 2
    expected = 0.0
    for start in range(0, len(sequence), half):
        window = sequence[start : start + CONTEXT + 1]
        if start and len(window) <= CONTEXT - half + 1:
            break
        scores = [log_softmax(row)[token] for row, token in zip(plain_logits(generator, window[:-1]), window[1:], strict=True)]
        expected += sum(scores if start == 0 else scores[CONTEXT - half :])
    assert nats == pytest.approx(expected, abs=1e-2)


def test_what_of_a_prompt_is_not_read_is_said(generator) -> None:
    tokens, notice = generator.prompt("a\x00b\u0007é🙂ש")
    assert generator.tokens.decode(tokens) == "ab" and "control characters" in notice and "'é' '🙂' 'ש'" in notice
    tokens, notice = generator.prompt("z" * 100_000 + "end")
    assert len(tokens) == CONTEXT and generator.tokens.decode(tokens).endswith("zend")
    assert "only its last 24 of 100,003 characters" in notice
    assert generator.prompt("")[0].tolist() == [0] and generator.prompt("fine")[1] == ""
    (written,) = last(generator.write(["\x00" * 50], seeds=[0], decoding=Decoding(length=4)))
    assert written.tokens and written.notice


@pytest.mark.parametrize("degrees", [0, 1e-6, 100])
def test_extreme_temperatures_write_finite_text(generator, degrees: float) -> None:
    (written,) = last(generator.write(["a"], seeds=[1], decoding=Decoding(temperature=degrees, length=20)))
    assert all(0 < token < len(generator.tokens) for token in written.tokens)


def test_too_many_at_once_and_empty_candidates_are_refused(generator) -> None:
    with pytest.raises(Refusal, match="write 1 to 4 texts"):
        next(generator.write(["a"] * 5, seeds=range(5), decoding=Decoding()))
    with pytest.raises(Refusal, match="candidate is empty"):
        generator.continuation("a", ["b", ""])
    with pytest.raises(Refusal, match="can't read 'É'"):
        generator.log_likelihood("É")


def test_byte_pairs_come_back_whatever_the_text() -> None:
    tokens = Tokens.learned(["the cat sat on the mat, the cat that sat"], "byte-pair", 280)
    for text in ("the cat", "naïve 🙂 שלום", "\x00\t\n", "<end>", "  two  spaces "):
        encoded = tokens.encode(text)
        assert tokens.decode(encoded) == text and 0 not in encoded
        assert b"".join(tokens.written[int(token)] for token in encoded) == text.encode()
    assert len(tokens.encode("the cat")) < 7
    assert tokens.encode_all(["the", "cat"]).tolist() == [0, *tokens.encode("the"), 0, *tokens.encode("cat"), 0]
    assert Tokens(tokens.vocabulary, tokens.merges).encode("that cat").tolist() == tokens.encode("that cat").tolist()


SMILES = ["CC(=O)Oc1ccccc1C(=O)O", "CC(=O)Nc1ccc(O)cc1", "CC(C)Cc1ccc(C(C)C(=O)O)cc1"]


def test_pairs_of_characters_reach_over_brackets_and_digits() -> None:
    tokens = Tokens.learned(SMILES * 20, "character-pair", 257)
    assert tokens.whole() and not tokens.bytewise and any("(=O)" in token for token in tokens.vocabulary)
    for text in (*SMILES, "OC(=O)C", ""):
        assert tokens.decode(tokens.encode(text)) == text
    assert len(tokens.encode(SMILES[0])) < 6
    assert tokens.encode_all(SMILES[:2]).tolist() == [0, *tokens.encode(SMILES[0]), 0, *tokens.encode(SMILES[1]), 0]
    assert tokens.unknown("CBrC") == "Br"
    with pytest.raises(Refusal, match="can't read 'B' 'r'"):
        tokens.encode("CBrC")
    kept = tokens.encode_all(["CC(=O)Br", "O"])
    assert kept.tolist() == [0, *tokens.encode("CC(=O)"), 0, *tokens.encode("O"), 0]
    assert tokens.unseen(["CC(=O)Br", "BrO"]).tolist() == [1 + len(tokens.encode("CC(=O)"))] * 2 + [2 + len(tokens.encode("CC(=O)"))] * 2


def test_a_character_of_the_last_document_is_known_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[Tokens.__module__], "MOST_WORDS", 3)
    tokens = Tokens.learned([*SMILES * 20, "CBr"], "character-pair", 257)
    assert tokens.whole() and tokens.decode(tokens.encode("BrCC(=O)O")) == "BrCC(=O)O"
    with pytest.raises(Refusal, match="trained on 9 characters and can't read 'N'"):
        Tokens.learned([SMILES[0], "CBr"], "character-pair", 257).encode("CN")
    with pytest.raises(Refusal, match="a training text has 'é'; choose the unit 'character'"):
        Tokens.learned(["CCé"], "character-pair", 257)


def test_symbols_stand_for_a_molecule_as_a_whole() -> None:
    tokens = Tokens.learned([*SMILES, "C[N+](C)(C)CCO"], "selfies", 0)
    assert tokens.whole() and tokens.symbolic and not tokens.merges and tokens.vocabulary[0] == "<end>" and "[=C]" in tokens.vocabulary
    for text in (*SMILES, "OC(=O)C", "OCC[N+](C)(C)C"):
        assert canonical(tokens.decode(tokens.encode(text))) == canonical(text)
    assert tokens.encode_all(SMILES[:2]).tolist() == [0, *tokens.encode(SMILES[0]), 0, *tokens.encode(SMILES[1]), 0]
    assert tokens.unseen([*SMILES, "CBr"]).size == 0 and tokens.unknown("CBr") == "[Br]"
    with pytest.raises(Refusal, match=r"trained on \d+ symbols and can't read '\[Br\]'; leave it out"):
        tokens.encode("CBr")
    assert tokens.encode("").size == 0 and tokens.unknown("") == "" and tokens.decode([]) == ""
    for nonsense in ("C1CC", "CC(F)(F)(F)(F)F", "*"):
        assert tokens.unknown(nonsense) == nonsense, "what SELFIES can't write is unknown as a whole"
    rows = np.random.default_rng(0).integers(1, len(tokens), (200, 12))
    assert all(canonical(tokens.decode(row)) for row in rows), "any row of symbols is a molecule"


def test_pairs_of_symbols_are_molecules_too() -> None:
    tokens = Tokens.learned([*SMILES * 20, "C[N+](C)(C)CCO"], "selfies-pair", 257)
    assert tokens.whole() and tokens.symbolic and tokens.merges and not tokens.bytewise and "[C][C]" in tokens.vocabulary
    single = Tokens.learned([*SMILES * 20, "C[N+](C)(C)CCO"], "selfies", 0)
    for text in (*SMILES, "OC(=O)C", "OCC[N+](C)(C)C"):
        assert tokens.decode(tokens.encode(text)) == single.decode(single.encode(text)) and len(tokens.encode(text)) < len(single.encode(text))
    assert tokens.encode_all(SMILES[:2]).tolist() == [0, *tokens.encode(SMILES[0]), 0, *tokens.encode(SMILES[1]), 0]
    with pytest.raises(Refusal, match=rf"trained on {len(single) - 1} symbols and can't read '\[Br\]'"):
        tokens.encode("CBr")
    again = Tokens.of(Spec("molecule", (8,), vocabulary=tokens.vocabulary, merges=tokens.merges))
    assert again.encode(SMILES[1]).tolist() == tokens.encode(SMILES[1]).tolist()
    rows = np.random.default_rng(0).integers(1, len(tokens), (100, 6))
    assert all(canonical(tokens.decode(row)) for row in rows)
    for vocabulary, merges in ((tokens.vocabulary[:9], tokens.merges), ((*tokens.vocabulary, "[C][Fe]"), tokens.merges), (tokens.vocabulary, ("[C] [Fe]",))):
        with pytest.raises(Refusal, match="tokens of this run are damaged"):
            Tokens.of(Spec("molecule", (8,), vocabulary=vocabulary, merges=merges))


def test_of_whole_molecules_no_beginning_is_read() -> None:
    prompt = PromptReader()
    prompt.tokens, prompt.context, prompt.begins = Tokens.learned(SMILES, "selfies", 0), 8, True
    assert prompt.prompt("")[0].tolist() == [0] and prompt.prompt("")[1] == ""
    begun, notice = prompt.prompt("CC(")
    assert begun.tolist() == [0] and "writes molecules as a whole" in notice


@pytest.mark.parametrize("damage", [lambda v: (*v, "C"), lambda v: (*v, v[3]), lambda v: v[1:], lambda v: (*v, "[[C]"), lambda v: (*v, "[]")])
def test_symbols_that_no_training_made_are_refused(damage: Callable[[tuple[str, ...]], tuple[str, ...]]) -> None:
    learned = Tokens.learned(SMILES, "selfies", 0).vocabulary
    with pytest.raises(Refusal, match="tokens of this run are damaged"):
        Tokens.of(Spec("molecule", (8,), vocabulary=damage(learned)))
    assert Tokens.of(Spec("molecule", (8,), vocabulary=(*learned, "[nonsense]"))).decode([1, len(learned)]) == ""


@pytest.mark.parametrize("damage", [
    lambda v, m: (v[1:], m), lambda v, m: ((*v, v[5]), m), lambda v, m: (v, (*m, "zz qq")), lambda v, m: ((*v, "\u4e00"), m), lambda v, m: (v[:9], m), lambda v, m: (v, ()),
])  # fmt: skip
def test_pairs_of_characters_that_no_training_made_are_refused(damage) -> None:
    learned = Tokens.learned(SMILES * 20, "character-pair", 257)
    vocabulary, merges = damage(learned.vocabulary, learned.merges)
    with pytest.raises(Refusal, match="tokens of this run are damaged"):
        Tokens.of(Spec("molecule", (8,), vocabulary=vocabulary, merges=merges))


@pytest.mark.parametrize(
    "damage",
    [
        lambda v, m: (v[1:], m), lambda v, m: ((*v, v[5]), m), lambda v, m: (v, (*m, "zz qq")), lambda v, m: (v, ("no",)),
        lambda v, m: ((*v, "\u4e00"), m), lambda v, m: (v[:200], m), lambda v, m: (v, ()), lambda v, m: ((), ()),
    ],
)  # fmt: skip
def test_tokens_that_no_training_made_are_refused(damage) -> None:
    learned = Tokens.learned(["the cat sat on the mat"], "byte-pair", 270)
    assert Tokens.of(Spec("text", (8,), vocabulary=learned.vocabulary, merges=learned.merges)) == learned
    vocabulary, merges = damage(learned.vocabulary, learned.merges)
    with pytest.raises(Refusal, match="tokens of this run are damaged"):
        Tokens.of(Spec("text", (8,), vocabulary=vocabulary, merges=merges))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_letter_with_an_accent_is_read_however_it_is_composed(form: str) -> None:
    from genmodels.trained.writer import TextGenerator

    known = unicodedata.normalize(form, "café")
    generator = object.__new__(TextGenerator)
    generator.tokens, generator.begins, generator.context = Tokens.learned([known], "character", 0), True, 16
    for typed in ("NFC", "NFD"):
        tokens, notice = generator.prompt(unicodedata.normalize(typed, "café"))
        assert generator.tokens.decode(tokens[1:]) == known and notice == ""
    assert "left out: 'x'" in generator.prompt("caféx")[1]
