"""A walk through the latent space of a VAE of molecules: from a molecule towards a property, or towards less of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.applications.molecule_cards import cards, details, structure
from dashboard.applications.molecule_downloads import downloads
from dashboard.applications.molecule_search import EXAMPLES, SAID, TO_GIVEN, given_molecule, needed
from dashboard.applications.molecules_written import alerted_or_not, known_of
from dashboard.parts import charts, folding, stating
from dashboard.parts.sharing import waits
from dashboard.safe_text import counted, made_caption, plain_text
from genmodels.kinds.molecule import files
from genmodels.kinds.molecule.chemistry import canonical, fingerprints
from genmodels.kinds.molecule.likeness import likeness
from genmodels.kinds.molecule.properties import goal
from genmodels.provenance import recorded
from genmodels.provenance.claims import made_by_a_model
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

if TYPE_CHECKING:
    from genmodels.explore.molecule_walks import Direction, Found

NO_SPACE = "This model has no latent space to walk: it writes one character after another. Train the model sequence-vae on molecules, or choose such a run."
AWAY = "Away (standard deviations of the latent space)"
LIKENESS = "likeness"  # to another molecule, beside the numbers of `GOALS`
NAMES = SAID | {LIKENESS: "Tanimoto to another molecule"}
WEAK = 0.3  # correlation below which a direction is hardly better than a guess


@dataclass(frozen=True)
class Asked:
    """From which molecule, towards which property, how far, and with which seed; `other`: the molecule that likeness is to."""

    smiles: str
    name: str
    higher: bool
    far: float
    steps: int
    seed: int
    other: str = ""


@dataclass(frozen=True)
class Walk:
    """What was asked of which run, the direction, and what was met."""

    run: str
    asked: Asked
    towards: Direction
    met: tuple[Found, ...]
    weights: Weights | None


def walk_view(run: Run) -> None:
    """The form; below it the molecules that the last walk met."""
    if run.experiment.make_recipe().role_for(run.spec) != "latent molecules":
        stating.empty(NO_SPACE)
        return
    st.caption(
        "The model puts each molecule at a place, and writes a molecule at each place. Where a property grows is learned from its "
        "training molecules; the walk begins at your molecule and goes straight that way."
    )
    before: Walk | None = state.get(state.WALKED_MOLECULES)
    with folding.form("molecules_walk", _said(before.asked) if before and before.run == run.id else ""):
        asked = _form(run)
        pressed = st.button("Walk", type="primary", icon=":material/directions_walk:")
    if pressed:
        needed(asked.smiles)
        with stating.working("molecules.walk", "Loading the model") as tell:
            state.put(state.WALKED_MOLECULES, _walked(run, asked, tell))
        folding.fold()
        st.rerun()
    made = state.get(state.WALKED_MOLECULES)
    if made is not None and made.run == run.id:
        _show(run, made)
    elif not pressed:
        stating.empty("Give a molecule and press Walk.")


def _said(asked: Asked) -> str:
    """What was walked, in one line."""
    to = f"like {plain_text(asked.other, 40)}" if asked.name == LIKENESS else NAMES[asked.name]
    return f"From {plain_text(asked.smiles, 50)} towards {'more' if asked.higher else 'less'} {to}, {counted(asked.steps, 'step')}, {asked.far:g} standard deviations, seed {asked.seed}"


def _form(run: Run) -> Asked:
    smiles = given_molecule(run)
    first, second, third, fourth = st.columns(4)
    name = first.selectbox("Property", list(NAMES), format_func=NAMES.__getitem__, key="walk.goal")
    way = second.segmented_control("Towards", ("more", "less"), default="more", required=True, key="walk.way")
    far = third.slider("How far", 0.5, 8.0, 4.0, 0.5, key="walk.far", help="In standard deviations of the latent space")
    steps = fourth.number_input("Steps", 2, 24, 8, 1, key="walk.steps")
    seed = first.number_input("Seed", 0, 2**31 - 10_000, 0, 1, **state.bound(state.SEED))
    other = ""
    if name == LIKENESS:
        other = (
            st.text_input("Like which molecule (SMILES)", EXAMPLES[0], max_chars=500, **state.kept("walk.other")) or ""
        )
    return Asked(smiles, name, way != "less", float(far), int(steps), int(seed), other.strip())


def _walked(run: Run, asked: Asked, tell: stating.Telling) -> Walk:
    from genmodels.explore.molecule_walks import direction, walked  # TensorFlow

    for given in (asked.smiles, *([asked.other] if asked.name == LIKENESS else [])):
        if canonical(given) is None:
            raise Refusal(f"{given[:80]!r} is no molecule that RDKit reads; give its SMILES, such as {EXAMPLES[0]}.")
    value = likeness_to(asked.other) if asked.name == LIKENESS else value_of(asked.name)
    experiment = run.experiment
    data = resources.dataset(experiment.data, experiment.make_source().to_dict())
    with resources.generator_in_turn(run, waits(tell)) as model:
        tell("Learning where the property grows; the first walk of a session takes some seconds more")
        towards = resources.explored(
            ("direction of molecules", run.id, resources.newest(run), asked.name, asked.other),
            lambda: direction(model, data.train.documents, data.test.documents, value),
        )
        tell("Walking")
        ahead = (towards.ahead if asked.higher else -towards.ahead).astype("float32")
        met = walked(model, asked.smiles, ahead, value, steps=asked.steps, far=asked.far, seed=asked.seed)
        return Walk(run.id, asked, towards, tuple(met), model.weights)


def value_of(name: str) -> Any:
    """A property (n,) of SMILES, nan for what is no molecule."""

    def value(smiles: Sequence[str]) -> np.ndarray:
        found = [goal(each, name) for each in smiles]
        return np.array([np.nan if each is None else each for each in found], float)

    return value


def likeness_to(other: str) -> Any:
    """How like (Tanimoto) SMILES (n,) are to a molecule, nan for what is no molecule."""
    known = fingerprints([other])

    def value(smiles: Sequence[str]) -> np.ndarray:
        none = np.array([canonical(each) is None for each in smiles], bool)
        return np.where(none, np.nan, likeness(fingerprints(smiles), known)[:, 0])

    return value


def _show(run: Run, made: Walk) -> None:
    asked, correlation = made.asked, made.towards.correlation
    name = NAMES[asked.name]
    st.markdown(
        f"On {correlation.n:,} molecules that the model never saw, what the direction foretells of {name} and what is so correlate with "
        f"{correlation.said(n=False)}; 1 is exact, 0 is chance."
        + (" That is hardly better than a guess: what is met may as well be chance." if correlation.low < WEAK else "")
    )
    with st.container(border=True, width=330):
        structure(asked.smiles, f"Given: {name} {made.met[0].value:.2f}", 290, 200)
    if len(made.met) == 1:
        stating.empty("No molecule was met on the way; walk less far, or train the model longer.")
        return
    _chart(made, name)
    known = known_of(run)
    rows = alerted_or_not(known.beside(_molecules(made)))
    if rows:
        details(cards(rows, "walk"), "walk", known.told())
    st.caption(
        made_caption(
            made_by_a_model(
                f"{run.experiment.model} {run.id}, on a walk from {plain_text(asked.smiles, 120)}, seed {asked.seed}."
            ),
            400,
        )
    )
    downloads(rows, f"{run.id}-walk", lambda: _facts(run, made), "walk")


def _molecules(made: Walk) -> list[files.Found]:
    """What was met behind the given one, each once, with how far away it was."""
    met = {each.smiles: each for each in reversed(made.met[1:])}
    found = [(each, files.found(each.smiles, made.asked.seed)) for each in reversed(met.values())]
    return [
        replace(one, more=dict(one.more) | {AWAY: round(each.far, 2), TO_GIVEN: round(each.like, 3)})
        for each, one in found
        if one is not None
    ]


def _facts(run: Run, made: Walk) -> dict[str, str]:
    asked = made.asked
    told = {
        "property": asked.name,
        "towards": "more" if asked.higher else "less",
        "far": asked.far,
        "steps": asked.steps,
    } | ({"likeness to": asked.other} if asked.other else {})
    return recorded.facts(run, made.weights, seed=asked.seed, Prompt=asked.smiles, **recorded.settings(told))


def _chart(made: Walk, name: str) -> None:
    import pandas

    table = pandas.DataFrame(
        {
            AWAY: [each.far for each in made.met],
            name: [each.value for each in made.met],
            TO_GIVEN: [each.like for each in made.met],
        }
    )
    charts.draw(
        charts.curves([charts.Line(name, table[AWAY], table[name], 0)], x=AWAY, y=name),
        key="walk",
        table=table,
        name=f"walk-{made.run}",
        see=f"{name} of the molecules that were met, by how far from the given one. A steady way up or down means that the direction holds there.",
    )
