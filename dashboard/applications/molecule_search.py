"""Looking for molecules like a given one with a better number, by writing many and keeping the best."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import resources, state
from dashboard.applications.molecule_cards import cards, details, structure
from dashboard.applications.molecule_downloads import downloads
from dashboard.applications.molecules_written import alerted_or_not, known_of
from dashboard.parts import folding, stating
from dashboard.parts.sharing import waits
from dashboard.safe_text import counted, made_caption, plain_text, safe_text
from genmodels.explore.improving import Progress, Search, improved
from genmodels.kinds.molecule.files import Found, found
from genmodels.kinds.molecule.properties import GOALS
from genmodels.kinds.text.tokens import Tokens
from genmodels.provenance import recorded
from genmodels.provenance.claims import made_by_a_model
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

EXAMPLES = ("CC(=O)Oc1ccccc1C(=O)O", "CN1C=NC2=C1C(=O)N(C)C(=O)N2C", "CC(C)Cc1ccc(C(C)C(=O)O)cc1", "CCOC(=O)c1ccccc1N")
SAID = {"qed": "QED", "logp": "logP", "weight": "weight (daltons)", "rings": "rings"}
TO_GIVEN = "Tanimoto to the given one"
MOST_SHOWN = 48


@dataclass(frozen=True)
class Searched:
    """What was asked of which run, and what came of it."""

    run: str
    asked: Search
    progress: Progress
    molecules: tuple[Found, ...]
    weights: Weights | None

    def facts(self, run: Run) -> dict[str, str]:
        """What its files say."""
        asked = self.asked
        told = {
            "goal": asked.name,
            "least likeness": asked.least,
            "rounds": asked.rounds,
            "temperature": asked.temperature,
        }
        return recorded.facts(run, self.weights, seed=asked.seed, Prompt=asked.smiles, **recorded.settings(told))


def search_view(run: Run) -> None:
    """The form; below it what the last search found."""
    st.caption(
        "The model writes on from parts of a molecule that you give, many times; what is like it and has a better number is kept and written on from in its turn. "
        "This is search by trying: the number is computed from the structure, and whoever tries often enough finds structures that flatter it."
    )
    before: Searched | None = state.get(state.BETTER_MOLECULES)
    with folding.form("molecules_better", _said(before.asked) if before and before.run == run.id else ""):
        asked = _form(run)
        pressed = st.button("Search", type="primary", icon=":material/search:")
    if pressed:
        state.put(state.BETTER_MOLECULES, _search(run, asked))
        folding.fold()
        st.rerun()
    made = state.get(state.BETTER_MOLECULES)
    if made is not None and made.run == run.id:
        _show(run, made)
    elif not pressed:
        stating.empty("Give a molecule and press Search.")


def _said(asked: Search) -> str:
    """What was searched for, in one line."""
    return f"Like {plain_text(asked.smiles, 50)}, {'higher' if asked.higher else 'lower'} {SAID[asked.name]}, Tanimoto at least {asked.least:g}, {counted(asked.rounds, 'round')}, seed {asked.seed}"


def _form(run: Run) -> Search:
    """The molecule, the goal, and how like the molecule a better one must be."""
    smiles = given_molecule(run)
    first, second, third, fourth = st.columns(4)
    name = first.selectbox("Goal", GOALS, format_func=SAID.__getitem__, key="better.goal")
    way = second.segmented_control("Better is", ("higher", "lower"), default="higher", required=True, key="better.way")
    least = third.slider(
        "Tanimoto at least",
        0.1,
        0.9,
        0.4,
        0.05,
        key="better.least",
        help="Likeness to the given molecule, by circular fingerprints",
    )
    rounds = fourth.number_input(
        "Rounds", 1, 20, 4, 1, key="better.rounds", help="The model writes 256 molecules in each."
    )
    seed = first.number_input("Seed", 0, 2**31 - 10_000, 0, 1, **state.bound(state.SEED))
    return Search(smiles, name, way != "lower", float(least), int(rounds), int(seed))


def given_molecule(run: Run) -> str:
    """The field for a molecule, with one that this model can write as the example; "" where none is given."""
    tokens = Tokens.of(run.spec)
    example = next((each for each in EXAMPLES if not tokens.unknown(each)), "CCO")
    given = st.text_input(
        "Molecule (SMILES)", max_chars=500, placeholder=f"Such as {example}", **state.bound(state.GIVEN_MOLECULE)
    )
    return (given or "").strip()


def needed(smiles: str) -> str:
    """The molecule that was given; raises `Refusal` where none is."""
    if not smiles:
        raise Refusal(f"There is no molecule yet; give its SMILES, such as {EXAMPLES[0]}.")
    return smiles


def _search(run: Run, asked: Search) -> Searched:
    progress = None
    needed(asked.smiles)
    with (
        stating.working("molecules.search", "Loading the model") as tell,
        resources.generator_in_turn(run, waits(tell)) as model,
    ):
        tell("The model is writing; the first round of a session takes some seconds more")
        for number, progress in enumerate(improved(model, asked), 1):
            tell(_told(progress, asked), number / asked.rounds)
        weights = model.weights
    if progress is None:
        raise Refusal(f"rounds is {asked.rounds}; ask for at least one.")
    best = [(each, found(each.smiles, each.seed)) for each in progress.best[:MOST_SHOWN]]
    molecules = [_with(one, {TO_GIVEN: round(each.likeness, 3)}) for each, one in best if one is not None]
    return Searched(run.id, asked, progress, known_of(run).beside(molecules), weights)


def _with(one: Found, more: dict[str, float]) -> Found:
    return Found(one.smiles, one.seed, one.numbers, one.alerts, dict(one.more) | more)


def _told(progress: Progress, asked: Search) -> str:
    best = f", the best {progress.best[0].value:.2f}" if progress.best else ""
    return f"{progress.written:,} written; {len(progress.best):,} better than {progress.start:.2f}{best}"


def _show(run: Run, made: Searched) -> None:
    asked, progress = made.asked, made.progress
    name = SAID[asked.name]
    with st.container(horizontal=True):
        with st.container(border=True, width=330):
            structure(asked.smiles, f"Given: {name} {progress.start:.2f}", 290, 200)
        with st.container(border=True, width="stretch"):
            st.metric("Written", f"{progress.written:,}", help=f"{progress.valid:,} of them are molecules")
            st.metric(
                "Like enough",
                f"{progress.alike:,}",
                help=f"Different molecules with Tanimoto {asked.least:g} or more to the given one",
            )
            st.metric(
                "Better",
                f"{len(progress.best):,}",
                help=f"Of these, those whose {name} is {'higher' if asked.higher else 'lower'}",
            )
    st.caption(
        made_caption(
            made_by_a_model(
                f"{run.experiment.model} {run.id}, begun with parts of {plain_text(asked.smiles, 120)}, seed {asked.seed}."
            ),
            400,
        )
    )
    if not made.molecules:
        stating.empty("Nothing better was found; allow less likeness, or more rounds.")
        return
    best = progress.best[0]
    st.markdown(
        safe_text(
            f"The best has {name} {best.value:.2f} instead of {progress.start:.2f} at Tanimoto {best.likeness:.2f}, the best of {counted(progress.alike, 'molecule')} that are like enough.",
            300,
        )
    )
    rows = alerted_or_not(made.molecules)
    if rows:
        details(cards(rows, "better"), "better", known_of(run).told())
    downloads(rows, f"{run.id}-better", lambda: made.facts(run), "better")
