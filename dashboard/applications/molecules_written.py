"""Molecules that a model is asked for: the form, what came of it, and what can be looked at and taken away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard import resources, state
from dashboard.applications.molecule_cards import cards, details
from dashboard.applications.molecule_downloads import downloads
from dashboard.applications.molecule_filters import filtered
from dashboard.parts import folding, stating
from dashboard.parts.sharing import waits
from dashboard.safe_text import counted, made_caption, safe_text
from genmodels.estimates.estimate import clopper_pearson
from genmodels.explore.molecules import KNOWN, NEAREST, Known, Looked, looked_at, written
from genmodels.kinds.molecule.files import Found
from genmodels.provenance import recorded
from genmodels.provenance.claims import made_by_a_model
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

MOST = 2000  # molecules that the page asks for at once
FIRST = 48


@dataclass(frozen=True)
class Written:
    """What was asked of which run, and what came of it."""

    run: str
    asked: dict[str, Any]
    looked: Looked
    weights: Weights | None
    alone: str = ""  # why it is compared with no training molecules

    def facts(self, run: Run) -> dict[str, str]:
        """What its files say."""
        told = {"temperature": self.asked["temperature"]}
        begun = {"Prompt": self.asked["begin"]} if self.asked["begin"] else {}
        number = {"Number": str(self.asked["n"])}
        return recorded.facts(run, self.weights, seed=self.asked["seed"], **number, **recorded.settings(told), **begun)


def written_view(run: Run) -> None:
    """The form; below it the molecules that were written last."""
    before = state.get(state.MOLECULES)
    done = before is not None and before.run == run.id
    with folding.form("molecules", _said(before.asked) if done else ""):
        asked = _form()
        pressed = st.button("Generate", type="primary", icon=":material/science:")
    if pressed:
        state.put(state.MOLECULES, _write(run, asked))
        folding.fold()
        st.rerun()
    made = state.get(state.MOLECULES)
    if made is None or made.run != run.id:
        stating.empty(
            "Press Generate: the model writes molecules as SMILES, and RDKit says which of them are molecules.",
        )
        return
    _show(run, made)


def _said(asked: dict[str, Any]) -> str:
    """What was asked for, in one line."""
    begins = f", beginning with {asked['begin']}" if asked["begin"] else ""
    return f"{counted(asked['n'], 'molecule')}, temperature {asked['temperature']:g}, seed {asked['seed']}{begins}"


def _form() -> dict[str, Any]:
    """How many, how daring, from which seed, and with which beginning."""
    first, second, third, fourth = st.columns([1, 1, 1, 2])
    n = first.number_input("Molecules", 1, MOST, FIRST, 1, **state.bound(state.NUMBER))
    temperature = second.number_input(
        "Temperature",
        0.1,
        2.0,
        1.0,
        0.1,
        help="Lower: more usual molecules, more of them valid and known. Higher: stranger ones.",
        **state.bound(state.TEMPERATURE),
    )
    seed = third.number_input(
        "Seed", 0, 2**31 - 1 - MOST, 0, 1, help="The same seed and settings write the same.", **state.bound(state.SEED)
    )
    begin = fourth.text_input(
        "Begins with",
        max_chars=200,
        placeholder="A SMILES prefix, such as c1ccc2c(c1)",
        help="Each molecule begins with these characters, such as a scaffold that is not closed yet. Left empty, the model begins.",
        **state.bound(state.BEGIN),
    )
    return {"n": int(n), "temperature": float(temperature), "seed": int(seed), "begin": (begin or "").strip()}


def _write(run: Run, asked: dict[str, Any]) -> Written:
    """Written and looked at, beside the training molecules."""
    with stating.working("molecules.written", "Loading the model") as tell:
        return _written(run, asked, tell)


def _written(run: Run, asked: dict[str, Any], tell: stating.Telling) -> Written:
    with resources.generator_in_turn(run, waits(tell)) as model:
        tell("The model is writing; the first molecules of a session take some seconds more")
        texts = written(model, asked["n"], seed=asked["seed"], temperature=asked["temperature"], begin=asked["begin"])
        weights = model.weights
    tell("RDKit is looking at them")
    looked = looked_at(texts, range(asked["seed"], asked["seed"] + len(texts)))
    tell("Reading the training molecules and looking for the nearest")
    alone = ""
    try:
        looked = replace(looked, molecules=known_of(run).beside(looked.molecules))
    except (Refusal, OSError) as reason:
        alone = f"Nothing is compared with training molecules: {reason}"
    return Written(run.id, asked, looked, weights, alone)


def known_of(run: Run) -> Known:
    """The training molecules of a run, fingerprinted once."""
    experiment = run.experiment
    data = resources.dataset(experiment.data, experiment.make_source().to_dict())
    return resources.explored(("known molecules", data.digest()), lambda: Known(data))


def _show(run: Run, made: Written) -> None:
    looked, asked = made.looked, made.asked
    begun = f", each begun with {asked['begin']}" if asked["begin"] else ""
    line = made_by_a_model(
        f"{run.experiment.model} {run.id}, {counted(looked.n, 'text')} from seed {asked['seed']} on, temperature {asked['temperature']:g}{begun}."
    )
    st.caption(made_caption(line, 400))
    if made.alone:
        stating.warned(safe_text(made.alone, 400))
    _numbers(looked)
    if not looked.molecules:
        stating.warned(
            "None of these texts is a molecule; lower the temperature, or train the model for longer.",
        )
        return
    shown = alerted_or_not(looked.molecules)
    rows = filtered(shown, "written")
    if rows:
        chosen = cards(rows, "written")
        details(chosen, "written", known_of(run).told() if NEAREST in chosen.more else "")
    downloads(rows, run.id, lambda: made.facts(run), "written")
    if looked.broken:
        with st.expander(f"{counted(len(looked.broken), 'text')} that are no molecules", icon=":material/block:"):
            st.text("\n".join(safe_text(text, 120) or "(nothing)" for text in looked.broken[:50]))


def _numbers(looked: Looked) -> None:
    """How many are molecules, different, new, and without alerts."""
    molecules = looked.molecules
    different = {each.smiles for each in molecules}
    valid = clopper_pearson(len(molecules), looked.n)
    new = {each.smiles for each in molecules if each.more.get(KNOWN) == "new"}
    compared = any(KNOWN in each.more for each in molecules)
    with st.container(horizontal=True):
        st.metric(
            "Molecules",
            f"{len(molecules):,} of {looked.n:,}",
            width="stretch",
            help=f"Valid: RDKit reads them. {valid.said(percent=True)}, the 95 % interval in brackets.",
        )
        st.metric("Different", f"{len(different):,}", width="stretch", help="By canonical SMILES")
        st.metric(
            "New",
            f"{len(new):,}" if compared else "–",
            width="stretch",
            help="Different ones that are not among the training molecules. A model of a small set finds some again without copying: see Memorisation.",
        )
        st.metric(
            "With alerts",
            f"{len(molecules) - len(looked.quiet):,}",
            width="stretch",
            help="PAINS or Brenk: parts that disturb assays or that chemists look at twice",
        )


def alerted_or_not(molecules: tuple[Found, ...]) -> list[Found]:
    """Those without alerts; all where somebody asks for them."""
    alerted = sum(bool(each.alerts) for each in molecules)
    every = alerted > 0 and st.toggle(
        f"Show {counted(alerted, 'molecule')} with alerts",
        help="PAINS (Baell and Holloway 2010) and Brenk et al. 2008. An alert is a question for a chemist; none says that a molecule is harmless.",
        key="molecules.alerted",
    )
    return [each for each in molecules if every or not each.alerts]
