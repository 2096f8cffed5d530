"""Provenance: marked files as they come back, unmarked ones, wrongly keyed ones, forged ones.

Whoever made these texts and pictures, the keys are drawn from the seed and not those of this machine.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator

import numpy as np
from PIL import Image

from genmodels.calibration.case import PLANTED, Case, Planted, Report
from genmodels.calibration.copied_marks import FOREIGN, Marked, copies, innocents
from genmodels.calibration.marked_clips import clips
from genmodels.data.dataset import DATA, Dataset
from genmodels.kinds.image import attacks as image_attacks
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.image.near_copies import families_of
from genmodels.kinds.image.watermark import detect
from genmodels.kinds.text import attacks as text_attacks
from genmodels.kinds.text import fingerprint
from genmodels.kinds.text import watermark as text_watermark
from genmodels.kinds.text.decoding import Decoding
from genmodels.kinds.text.ngram import NGram
from genmodels.kinds.text.tokens import Tokens
from genmodels.provenance import credentials
from genmodels.provenance.book import Book
from genmodels.provenance.sidecar import read_sidecar, sidecar
from genmodels.provenance.text_mark import p_value
from genmodels.runs.store import shipped
from genmodels.trained.opening import open_model
from genmodels.training.loading import load_for

PARTS = ("manifest", "watermark", "ledger", "together")
PICTURES, TEXTS, FILMS, UNMARKED = 300, 400, 200, 10_000
LENGTHS = (25, 50, 100, 150, 200)
SHOWN_PICTURE, SHOWN_TEXT = "JPEG 50", "20% of words swapped"


@PLANTED.add("provenance")
def provenance(repetitions: int, seed: int, report: Report) -> Planted:
    """As many pictures, clips and texts as are named above at a thousand repetitions, fewer with fewer."""
    share = repetitions / 1000
    key = hashlib.sha256(f"planted {seed}".encode()).digest()
    yield from _pictures(max(10, round(PICTURES * share)), max(20, round(UNMARKED * share)), key, seed, report)
    yield from statements(max(10, repetitions), np.random.default_rng([seed, 4]))
    yield from clips(max(6, round(FILMS * share)), key, seed, report)
    yield from _texts(max(12, round(TEXTS * share)), max(20, round(UNMARKED * share)), key, seed, report)


def hosts(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Drawings that nobody marked, uint8 (n, 128, 128, 3), in two halves that have no drawing in common, in any tone."""
    train = DATA["openmoji"](size=128, subset="all").load().train
    families = families_of(train)
    names = rng.permutation(np.unique(families))
    first = np.isin(families, names[: len(names) // 2])
    return tuple(rng.permutation(train.images[half]) for half in (first, ~first))  # type: ignore[return-value]


def _pictures(n: int, unmarked: int, key: bytes, seed: int, report: Report) -> Planted:
    own, others = hosts(np.random.default_rng([seed, 1]))
    marked = Marked.of(own[-n:], key)
    yield from changed_pictures(marked, np.random.default_rng([seed, 21]), report)
    yield from innocents(own, others, seed, report)
    yield from copies(marked, others[: max(4, FOREIGN * n // PICTURES)], report)
    yield from manifests(own, others, np.random.default_rng([seed, 22]), report)
    yield from never_marked(marked, others, unmarked, report)


def changed_pictures(marked: Marked, rng: np.random.Generator, report: Report) -> Planted:
    """Marked pictures after every change: which marks are found, and do they still read as ours?"""
    for name, change in image_attacks.PICTURES.items():
        report(f"provenance: pictures, {name}")
        found: dict[str, list[bool]] = {part: [] for part in (*PARTS, "watermark at 1 %", "ours")}
        for image in marked.pictures:
            changed = change(Image.fromarray(image), rng)
            # whatever writes a picture anew writes no manifest; as it was, it is the file itself
            file = credentials.sign(png_bytes(image), {}) if name == "as it was" else png_bytes(changed)
            read = marked.read(changed) | {"manifest": credentials.read(file).state == "whole"}
            read["together"] = any(read[part] for part in PARTS[:3])
            read["watermark at 1 %"] = read["watermark"] or detect(changed, marked.key).p_value <= 0.01
            for part in found:
                found[part].append(read[part])
        for part, flags in found.items():
            yield (
                Case(
                    f"{part} of a picture",
                    name,
                    True,
                    len(flags),
                    None,
                    name == ("as it was" if part == "manifest" else SHOWN_PICTURE),
                ),
                np.array(flags),
                None,
            )


def manifests(own: np.ndarray, others: np.ndarray, rng: np.random.Generator, report: Report) -> Planted:
    """Pictures without a manifest, and signed ones of which a byte was changed."""
    report("provenance: manifests of pictures")
    yield (
        Case("manifest of a picture", "never marked", False, 200, 0.0),
        np.array([credentials.read(png_bytes(image)).state == "whole" for image in others[:200]]),
        None,
    )
    yield (
        Case("manifest of a picture", "a byte changed after signing", False, 1000, 0.0),
        np.array(list(_flipped(own, rng))),
        None,
    )


def never_marked(marked: Marked, others: np.ndarray, unmarked: int, report: Report) -> Planted:
    """Pictures that nobody marked, and those that were marked with another key."""
    never = [marked.read(image) for image in others[:500]]
    yield (
        Case("ours of a picture", "never marked", False, len(never), 0.0),
        np.array([each["ours"] for each in never]),
        None,
    )
    yield (
        Case("together of a picture", "drawings that are not in the ledger", False, len(never), 0.0),
        np.array([each["watermark"] or each["ledger"] for each in never]),
        None,
    )
    key = marked.key
    wrong = [
        detect(image, hashlib.sha256(key + bytes([i % 256, i // 256])).digest()).p_value
        for i, image in enumerate(marked.pictures)
    ]
    yield (
        Case("watermark of a picture", "marked with another key", False, len(wrong), 0.0),
        np.array(wrong) <= 0.001,
        None,
    )
    unsigned = []
    for i in range(unmarked):
        unsigned.append(detect(others[i % len(others)], hashlib.sha256(key + i.to_bytes(4, "big")).digest()).p_value)
        if i % 500 == 0:
            report(f"provenance: unmarked picture {i} of {unmarked}")
    yield Case("watermark of a picture", "never marked", False, unmarked, 0.0), np.array(unsigned) <= 0.001, None
    yield Case("watermark at 1 % of a picture", "never marked", False, unmarked, 0.0), np.array(unsigned) <= 0.01, None


def statements(n: int, rng: np.random.Generator) -> Planted:
    """Texts with their signed statement, as they left and with one character changed."""
    found: dict[bool, list[bool]] = {True: [], False: []}
    for number in range(n):
        text = f"A text with the number {number} in it, which somebody wrote."
        statement, place = sidecar(text.encode(), {}), int(rng.integers(len(text)))
        for same, content in (
            (True, text),
            (False, text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]),
        ):
            found[same].append(read_sidecar(statement, content.encode()).state == "whole")
    yield Case("manifest of a text", "as it was", True, n, None, True), np.array(found[True]), None
    yield Case("manifest of a text", "a character changed after signing", False, n, 0.0), np.array(found[False]), None


def _flipped(images: np.ndarray, rng: np.random.Generator, n: int = 1000) -> Iterator[bool]:
    """Signed files with one byte changed outside the manifest: is one still taken to be whole?"""
    for number in range(n):
        file = credentials.sign(png_bytes(images[number % len(images)]), {})
        start, end = manifest_range(file)
        places = [*range(start), *range(end, len(file))]
        place = places[int(rng.integers(len(places)))]
        yield (
            credentials.read(
                file[:place] + bytes([file[place] ^ (1 << int(rng.integers(8)))]) + file[place + 1 :]
            ).state
            == "whole"
        )


def manifest_range(file: bytes) -> tuple[int, int]:
    """From where to where the chunk of a PNG file reaches that holds its manifest."""
    at = file.index(b"caBX") - 4
    return at, at + 12 + int.from_bytes(file[at : at + 4], "big")


def _texts(n: int, unmarked: int, key: bytes, seed: int, report: Report) -> Planted:
    """Texts written with each watermark: how long they must be, what changes leave, and what people wrote."""
    run = shipped("transformer-code")
    data, generator = load_for(run.experiment), open_model(run)
    generator.watermark_key = key
    human = [document for document in data.test.documents if len(document) > 200]
    given = [human[i % len(human)][:60] for i in range(n)]
    rng = np.random.default_rng([seed, 3])
    losses = {}
    for scheme in ("none", *text_watermark.WIDTH):
        report(f"provenance: writing {n} texts, watermark {scheme}")
        decoding = Decoding(temperature=1.0, length=220, watermark=scheme)
        texts = [
            str(text)[len(prompt) :]
            for text, prompt in zip(generator.sample(n, seed=seed, given=given, decoding=decoding), given, strict=True)
        ]
        losses[scheme] = judged(data, [text for text in texts if text.strip()])
        if scheme == "none":
            continue
        times = math.exp(losses[scheme] - losses["none"])
        yield from _by_length([generator.tokens.encode(text) for text in texts], scheme, times, key)
        yield from _passages_by_people(list(passages(data, unmarked, rng)), scheme, key)
        if scheme != Decoding().watermark:
            continue
        long = [text for text in texts if len(generator.tokens.encode(text)) >= 100]
        yield from _changed(long, human, generator.tokens, key, rng, max(20, unmarked // 10))


def _by_length(numbers: list[np.ndarray], scheme: str, times: float, key: bytes) -> Planted:
    """Marked texts, tokens (length,) each, cut to several lengths; `times` is what the mark costs in a judge's perplexity."""
    for length in LENGTHS:
        p = _p_values([each[:length] for each in numbers if len(each) >= length], scheme, key)
        if len(p):
            name = f"{length} tokens (a judge's perplexity {times:.2f} times that of unmarked text)"
            part = f"watermark {scheme}, whole text"
            yield Case(part, name, True, len(p), float(length), length == 100), np.nan_to_num(p, nan=1.0) <= 0.001, None


def _passages_by_people(human: list[np.ndarray], scheme: str, key: bytes) -> Planted:
    """Passages that carry no mark, tokens (length,) each, at both levels."""
    p = _p_values(human, scheme, key)
    for level, said in ((0.001, ""), (0.01, " at 1 %")):
        case = Case(f"watermark {scheme}, whole text{said}", "passages by people, 25 to 200 tokens", False, len(p), 0.0)
        yield case, np.nan_to_num(p, nan=1.0) <= level, None


def _p_values(texts: list[np.ndarray], scheme: str, key: bytes) -> np.ndarray:
    return np.array([text_watermark.detect(tokens, key, scheme, spans=False).p_value for tokens in texts])


def _changed(
    long: list[str], human: list[str], tokens: Tokens, key: bytes, rng: np.random.Generator, others: int
) -> Planted:
    """What is left of the marks of long texts after each change, and what is found in so many texts by people."""
    book = Book([{"sha256": "", "print": fingerprint.of_text(text)} for text in long])
    for name, change in text_attacks.TEXTS.items():
        for part, flags in _found([change(text, human, rng) for text in long], tokens, key, book):
            yield Case(f"{part} of a text", name, True, len(long), None, name == SHOWN_TEXT), flags, None
    by_people = [human[i][:1000] for i in rng.integers(len(human), size=others)]
    for part, flags in _found(by_people, tokens, key, book):
        yield Case(f"{part} of a text", "written by people", False, others, 0.0), flags, None


def _found(texts: list[str], tokens: Tokens, key: bytes, book: Book) -> Iterator[tuple[str, np.ndarray]]:
    """By kind of mark, which texts (n,) it is found in."""
    p = np.array([p_value(text, [tokens], key) for text in texts])
    held = np.array([book.text(text) is not None for text in texts])
    yield "watermark", p <= 0.001
    yield "watermark at 1 %", p <= 0.01
    yield "ledger", held
    yield "together", held | (p <= 0.001)


def passages(data: Dataset, n: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Runs of 25 to 200 tokens of human text."""
    tokens = np.concatenate([data.train.tokens, data.test.tokens])
    for _ in range(n):
        length = LENGTHS[int(rng.integers(len(LENGTHS)))]
        start = int(rng.integers(len(tokens) - length))
        yield tokens[start : start + length]


def judged(data: Dataset, texts: list[str]) -> float:
    """Mean loss in nats a token of texts, by a 5-gram that learned from held-out documents alone."""
    judge = NGram(data.test.tokens, len(data.spec.vocabulary))
    tokens = Tokens.of(data.spec)
    rows = [judge.log_likelihood(np.concatenate([[0], tokens.encode(text)])) for text in texts]
    return -float(np.concatenate(rows).mean())
