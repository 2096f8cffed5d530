"""Walks through a latent space of molecules, on a space whose every place is known: length of a chain of carbon along the first axis."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from genmodels.explore.molecule_walks import direction, walked
from genmodels.kinds.molecule.chemistry import canonical, spellings
from genmodels.kinds.text.examples import Texts, Whole
from genmodels.kinds.text.tokens import Tokens
from genmodels.measuring.molecules import measure_latent_molecules
from genmodels.refusal import Refusal


class Chains:
    """Writes, at z, a chain of round(8 + 2 z[0]) atoms of carbon; every place with z[1] above 2.5 gives no molecule."""

    latent, context = 3, 64
    tokens = Tokens(("<end>", "C", "O"))

    def encode(self, smiles: Sequence[str]) -> np.ndarray:
        return np.array([[(len(each) - 8) / 2, 0.1 * (len(each) % 3), 0.0] for each in smiles], "float32")

    def reads(self, smiles: str) -> bool:
        return not self.tokens.unknown(smiles) and len(smiles) < self.context

    def decode(self, latents: np.ndarray, *, seed: int = 0, temperature: float = 0.0) -> np.ndarray:
        return np.array(["(" if z[1] > 2.5 else "C" * max(1, round(float(8 + 2 * z[0]))) for z in latents], dtype=object)


def carbons(smiles: Sequence[str]) -> np.ndarray:
    return np.array([float(each.count("C")) for each in smiles])


CHAINS = ["C" * n for n in range(1, 61)] * 5


def test_a_direction_is_where_the_property_grows_and_says_how_well_it_foretells() -> None:
    found = direction(Chains(), CHAINS, CHAINS, carbons)  # type: ignore[arg-type]
    assert found.ahead[0] > 0.99 and found.slope[0] == pytest.approx(2.0, rel=0.02)  # two atoms a step
    assert 0.99 < found.correlation.low <= found.correlation.value <= 1 and found.correlation.n == 60, "each molecule once"
    nothing = direction(Chains(), CHAINS, CHAINS, lambda smiles: np.random.default_rng(0).normal(size=len(smiles)))  # type: ignore[arg-type]
    assert nothing.correlation.low < 0.3
    with pytest.raises(Refusal, match="Only 0 molecules have this property"):
        direction(Chains(), CHAINS, CHAINS, lambda smiles: np.full(len(smiles), np.nan))  # type: ignore[arg-type]


def test_a_direction_is_learned_from_molecules_and_not_from_their_spellings() -> None:
    """A spelling may be shorter than the one that the model is given, for which it was refused before the walk began."""

    class Strict(Chains):
        """Is given each molecule once, as the model writes it."""

        def encode(self, smiles: Sequence[str]) -> np.ndarray:
            assert all(canonical(each) == each for each in smiles) and len(set(smiles)) == len(smiles)
            return super().encode(smiles)

    spelled = [each for one in ("C" * n + "O" + "C" * m for n in range(1, 14) for m in range(1, 14)) for each in spellings(one, 3, 5)]
    assert direction(Strict(), spelled, spelled, carbons).correlation.n >= 50  # type: ignore[arg-type]


def test_a_walk_begins_at_the_molecule_and_goes_on_towards_the_property() -> None:
    way = list(walked(Chains(), "CCCCCC", np.array([1, 0, 0], "float32"), carbons, steps=4, far=4.0))  # type: ignore[arg-type]
    assert way[0].smiles == "CCCCCC" and way[0].like == 1.0
    assert [each.value for each in way] == [6, 8, 10, 12, 14] and [each.far for each in way] == [0, 1, 2, 3, 4]
    nowhere = list(walked(Chains(), "CCCCCC", np.array([0, 1, 0], "float32"), carbons, steps=2, far=20.0))  # type: ignore[arg-type]
    assert len(nowhere) == 1  # no molecule is written there


def test_what_comes_back_from_its_own_place_is_counted() -> None:
    documents = ("CCCC", "CCCCCC", "CCO", "C" * 70, "CBr")
    held_out = Texts(documents, Chains.tokens.encode_all(documents), 64)
    data = SimpleNamespace(test=held_out)
    ((name, share, better, _, protocol),) = measure_latent_molecules(Chains(), data, 0, 0, lambda each: each == "reconstructed")  # type: ignore[arg-type]
    assert (name, share.n, round(share.value * 3), better) == ("reconstructed", 3, 2, "higher") and "the 3 of 5 held-out" in protocol


def test_whole_documents_are_one_a_row_and_longer_ones_are_left_out() -> None:
    tokens = Tokens(("<end>", "a", "b"))
    documents = ("ab", "abababab", "b", "aab")
    texts = Texts(documents, tokens.encode_all(documents), 4)
    whole = Whole(texts)
    assert len(whole) == 3 and [tokens.decode(row) for row in whole.rows(np.arange(3))] == ["ab", "b", "aab"]
    assert (whole.rows(np.arange(3))[:, 0] == 0).all() and whole.rows(np.arange(3)).shape == (3, 5)
    shown, _ = whole.batch(np.array([0, 1, 12, 14, len(texts.tokens) - 1]))
    assert [tokens.decode(row) for row in shown] == ["ab", "b", "b", "aab", "ab"]  # behind the last the first again
