"""A composed piece as the page keeps it, and how it is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard import resources, state
from dashboard.parts import folding, forms, stating
from dashboard.parts.sharing import waits
from dashboard.writing.form import trained_on
from genmodels.kinds.music.composing import Composing
from genmodels.kinds.music.keys import heard_key
from genmodels.kinds.music.notation import KEYS, VOICES, Piece, anything
from genmodels.provenance import recorded
from genmodels.provenance.claims import made_by_a_model
from genmodels.provenance.recorded import Weights
from genmodels.runs.run import Run
from genmodels.trained.melody import fitted
from genmodels.trained.piece_files import Handed

if TYPE_CHECKING:
    from genmodels.trained.composer import Composer


@dataclass(frozen=True)
class Composed:
    """A piece, and all that is needed to compose it again."""

    run: str
    model: str  # "transformer on chorales"
    piece: Piece
    step: float  # in quarters
    seed: int
    settings: dict[str, Any]
    notices: tuple[str, ...] = ()
    weights: Weights | None = None

    @property
    def line(self) -> str:
        """Where the piece comes from, in one line of plain text."""
        return made_by_a_model(f"{self.model}, run {self.run}, seed {self.seed}, {forms.told(self.settings)}.")

    @property
    def asked(self) -> str:
        """What it was asked for, in one line of plain text."""
        told = {name: value for name, value in self.settings.items() if name in ("key", "given") and value != "none"}
        said = [f"{name} {value}" for name, value in told.items()]
        return ", ".join(
            [
                f"{self.settings['steps']} steps",
                *said,
                f"temperature {self.settings['temperature']:g}",
                f"seed {self.seed}",
            ]
        )

    def handed(self, run: Run) -> Handed:
        """As it leaves."""
        facts = recorded.facts(run, self.weights, seed=self.seed, **recorded.settings(self.settings))
        return Handed(self.piece, self.step, facts)


def last() -> Composed | None:
    """The piece that was composed last in this session."""
    found: Composed | None = state.get(state.COMPOSED)
    return found


def keep(composed: Composed) -> None:
    folding.fold()
    state.put(state.COMPOSED, composed)


def compose(
    run: Run,
    composing: Composing,
    seed: int,
    *,
    line: np.ndarray | None,
    harmonise: bool,
    around: Piece | None,
    fixed: tuple[int, ...],
) -> Composed:
    """Compose, saying how far it is: freely; from a line that begins (or, to `harmonise`, is) the soprano; or around voices of a piece."""
    with (
        stating.working("music", "Loading the model") as tell,
        resources.generator_in_turn(run, waits(tell)) as model,
    ):
        composing, given, told, notices = _given(model, composing, line, harmonise, around, fixed)
        piece = Piece(np.zeros((0, 4), np.int16))
        key = composing.key_number
        for piece in _pieces(model, composing, key, seed, given):
            tell("Composing; the first piece takes some seconds more", len(piece.score) / composing.steps)
    settings = composing.to_dict() | {"key": piece.key_name or "none"} | ({"given": told} if told else {})
    step = run.experiment.make_source().quarters
    return Composed(run.id, trained_on(run), piece, step, seed, settings, tuple(notices), model.weights)


def _pieces(
    model: Composer, composing: Composing, key: int | None, seed: int, given: np.ndarray | None
) -> Iterator[Piece]:
    parts = model.compose([seed], steps=composing.steps, key=key, given=given, temperature=composing.temperature)
    return (composed[0].piece for composed in parts)


def _given(
    model: Composer,
    composing: Composing,
    line: np.ndarray | None,
    harmonise: bool,
    around: Piece | None,
    fixed: tuple[int, ...],
) -> tuple[Composing, np.ndarray | None, str, list[str]]:
    """The settings as far as a melody or a piece decides them, the score that stands, what that is in words, and notices."""
    if around is not None and fixed:
        score = anything(len(around.score))
        score[:, list(fixed)] = around.score[:, list(fixed)]
        names = " and ".join(VOICES[voice] for voice in fixed)
        kept = composing.key or around.key_name
        return replace(composing, steps=len(score), key=kept), score, names, []
    if line is None:
        return composing, None, "", []
    sung, notices = fitted(model.tokens, line)
    heard = heard_key(sung)
    known = KEYS[heard] if heard is not None and heard in model.keys else ""
    steps = len(sung) if harmonise else max(composing.steps, min(len(sung) + 1, model.longest()))
    score = anything(steps)
    score[: len(sung), 0] = sung[:steps]
    told = "soprano" if harmonise else f"the first {min(len(sung), steps)} steps of the soprano"
    return replace(composing, steps=steps, key=composing.key or known), score, told, notices
