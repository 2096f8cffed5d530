"""What an example is: a `Kind` in `KINDS`, which answers whatever depends on it. A kind knows no model and no run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from genmodels.kinds.spec import KINDS, Spec

MAX_TOKENS, MAX_TOKEN = 200_000, 1000  # of a foreign spec: tokens or labels, characters of one

TEXT = ("text", "word", "its training text")


@dataclass(frozen=True)
class Kind:
    """One kind of example, under the name that specs, data sets, models and audits have for it."""

    name: str
    one: str  # words of pages and messages: "picture"
    many: str
    makes: str  # what a model of it does: "draws"
    begins: str  # what the samples of every epoch of a training have in common: "noise"
    measured: int  # samples that are measured where nobody says how many
    tokens: bool  # is it a sequence of tokens, to which windows, decoding and likelihoods apply?
    example: Callable[[Any], str]  # of a data set with its knobs: what one training example is
    sound: Callable[[Spec], bool]  # may a network be built for such a foreign spec?
    facts: Callable[[Spec, Any, Any], dict[str, Any]]  # of a set, beside its counts: spec, training and held-out split
    dtype: str = "uint8"  # of an array of examples, whose shape is (n, *spec.shape)
    language: str | None = None  # of the code that it is
    writer: str = "writer"  # role of a model that writes such sequences of tokens, in `trained.opening.ROLES`
    rows: int = 4  # sequences that are written at once
    # In a sheet of samples: height and width of one and the gap between two, in pixels; None: the sheet is all.
    tile: Callable[[Spec], tuple[int, int, int]] | None = None
    # How copies are found where words and windows anywhere are not what counts:
    words: Callable[[str], list[str]] | None = None  # of a document; None: those of a text
    copied: tuple[str, str, str] = TEXT  # what is copied, in what it is counted, from where
    passage: int = 0  # tokens that are written and looked through for copies; 0: as many as a model reads at once
    # Of a split, its tokens, a length, how many and a seed: passages that are continued; None: windows anywhere.
    beginnings: Callable[[Any, Any, int, int, int], list[Any]] | None = None


def kind_of(spec: Spec) -> Kind:
    """The kind of such examples; raises `Refusal` for one that is not there yet."""
    found: Kind = KINDS[spec.kind]
    return found
