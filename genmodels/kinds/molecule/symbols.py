"""Molecules as symbols of SELFIES (Krenn et al. 2020, arXiv 1905.13741), of which every row stands for a molecule."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from types import ModuleType

from genmodels.refusal import Refusal

SYMBOL = re.compile(r"\[[^\[\]\s]+\]")


def symbols_of(smiles: str) -> list[str] | None:
    """The symbols of a SMILES; None of what SELFIES can't write, such as an atom with more bonds than it allows."""
    selfies = _library()
    if not smiles:
        return []
    try:
        return SYMBOL.findall(selfies.encoder(smiles))
    except selfies.EncoderError:
        return None


def smiles_of(symbols: Iterable[str]) -> str:
    """The SMILES, not canonical, that symbols stand for; "" where one of them is no symbol of SELFIES."""
    selfies = _library()
    try:
        return str(selfies.decoder("".join(symbols)))
    except selfies.DecoderError:
        return ""


def _library() -> ModuleType:
    try:
        return importlib.import_module("selfies")
    except ImportError:
        raise Refusal("Symbols of molecules need the package selfies; install it with: pip install selfies") from None
