"""Choose a model and pictures, set knobs, start; then watch the run. `?run=ID` opens a run, `?model=&data=` the form."""

import math
import time

import streamlit as st

from dashboard import navigation, state
from dashboard.model import places
from dashboard.model.header import header
from dashboard.parts import forms, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import safe_text
from dashboard.training import alike, forecasting, live
from genmodels.data.dataset import DATA
from genmodels.data.facts import known
from genmodels.data.own import OWN
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs import launching
from genmodels.runs.experiment import Experiment
from genmodels.runs.store import RunStore, gallery_names

LISTED = 50
DOUBLE_CLICK = 3.0  # seconds in which the same experiment is not started again


FIRST_MODEL, FIRST_DATA = "vae", "digits"  # what the form opens with: the quickest that shows all there is


def taken_over() -> None:
    """The data set that the page before asked to train on, and the first model that learns such data; before any widget."""
    name = state.in_url(state.TRAIN_ON)
    token = state.in_url(state.OWN_SET)
    state.set_in_url(state.TRAIN_ON, "")
    state.set_in_url(state.OWN_SET, "")
    if name not in DATA:
        if name:
            stating.warned(f"There are no data called {safe_text(name, 60)}; choose others.")
        return
    looked_at, knobs = state.get(state.LOOKED_AT_DATA, ("", {}))
    knobs = knobs if looked_at == name else {}
    if name in OWN and token in [each["token"] for each in OWN[name].imported()]:
        knobs = {"token": token}
    state.forget(state.RUN)
    state.put(state.DATA, name)
    for knob, value in knobs.items():
        state.put(state.knob_key(name, knob), value)
    model = state.parameter(state.MODEL)
    if model not in MODELS or name not in fitting(model):
        state.put(state.MODEL, next(each for each in (FIRST_MODEL, *MODELS) if name in fitting(each)))


def fitting(model: str) -> list[str]:
    """The data sets that a model can learn from."""
    wants = MODELS[model]
    return [
        name
        for name, source in DATA.items()
        if source.kind in wants.kinds and (source.captioned or wants.captioned is not True)
    ]


def choose_run(store: RunStore) -> str | None:
    """The run to watch, in the URL; empty for a new training."""
    state.opened()
    asked = state.in_url(state.RUN)
    options = [*store.ids()[:LISTED], *gallery_names()]
    if asked and asked not in options:
        try:
            options.insert(0, store[asked].id)
        except Refusal as refusal:
            refuse(refusal)
    if not options:
        return None
    watched = state.mirrored(state.RUN, options)
    return st.selectbox("Watch a run", options, index=None, placeholder="A new training", **watched)


def source_form(data: str) -> dict:
    """The knobs of the data set; of one's own pictures, those that were imported."""
    choices = {"token": [each["token"] for each in OWN[data].imported()]} if data in OWN else {}
    if data in OWN and not choices["token"]:
        stating.noted(f"You have not imported {OWN[data].things} yet.")
        navigation.link("data", f"Import your own {OWN[data].things}", add=data)
    if not DATA[data].knobs():
        return {}
    with st.expander("Settings of the data", expanded=data in OWN):
        return forms.knob_form(data, DATA[data].knobs(), choices=choices)


def experiment_form() -> Experiment | None:
    """The experiment as the form has it; a Refusal is shown where it stands."""
    left, right = st.columns(2)
    model = left.selectbox("Model", list(MODELS), index=list(MODELS).index(FIRST_MODEL), **state.bound(state.MODEL))
    sets = fitting(model)
    asked = state.parameter(state.DATA)
    if asked in DATA and asked not in sets:
        learns = " or ".join(MODELS[model].kinds) + (" with captions" if MODELS[model].captioned is True else "")
        has = DATA[asked].kind + ("" if DATA[asked].captioned else " without captions")
        st.caption(
            safe_text(f"The model {model} learns {learns}, and {asked} is {has}; choose other data or another model.")
        )
        state.forget(state.DATA)
    data = right.selectbox(
        "Data", sets, index=sets.index(FIRST_DATA) if FIRST_DATA in sets else 0, **state.bound(state.DATA)
    )
    left.caption(safe_text(MODELS[model].summary()))
    right.caption(safe_text(f"{DATA[data].summary()} Licence: {DATA[data].licence}."))
    training = forms.knob_form("training", forms.training_knobs(), explained=True)
    fit_latent(model, data)
    with st.expander("Settings of the model"):
        recipe = forms.knob_form(model, MODELS[model].knobs(), explained=True)
        too_roomy(recipe.get("latent", 0), data)
    source = source_form(data)
    st.caption(safe_text(f"Start trains the model {model} on the data {data}."))
    try:
        return Experiment(model=model, recipe=recipe, data=data, source=source, **training)
    except Refusal as refusal:
        refuse(refusal)
        return None


def pixels_of(data: str) -> int:
    """How many numbers a picture of a data set has; 0 where that is not known."""
    about = known(data)
    return math.prod(about["shape"]) if about else 0


def fit_latent(model: str, data: str) -> None:
    """A latent space for small pictures is smaller than usual at first, so that it has to find what they share; what the user
    chose stays."""
    usual = next((knob.default for knob in MODELS[model].knobs() if knob.name == "latent"), None)
    if usual is None:
        return
    key, pixels = state.knob_key(model, "latent"), pixels_of(data)
    fits = min(usual, max(2, pixels // 8)) if pixels else usual
    if state.get(key) in (None, state.get(state.FITTED)):
        state.put(key, fits)
    state.put(state.FITTED, fits)


def too_roomy(latent: int, data: str) -> None:
    """Says where a latent space has a number for every few pixels, so that nothing has to be left out."""
    pixels = pixels_of(data)
    if pixels and latent > pixels // 4:
        st.caption(
            f"{latent} numbers for pictures of {pixels} pixels hold nearly all of each; with {max(2, pixels // 8)} it has to find what they share."
        )


def start(experiment: Experiment, store: RunStore) -> None:
    """Start once, and watch it."""
    digest, before = experiment.digest(), state.get(state.STARTED, ("", 0.0))
    if before[0] == digest and time.monotonic() - before[1] < DOUBLE_CLICK:
        return
    state.put(state.STARTED, (digest, time.monotonic()))
    try:
        state.open_run(launching.start(experiment, store).id)
    except (Refusal, OSError) as error:
        refuse(error)
        return
    st.rerun()


def titled(run: str | None) -> str:
    return f"Training of {safe_text(run)}" if run else "New training"


store = RunStore.default()
title = st.empty()  # a run is chosen below it
taken_over()
alike.taken_over(store)
title.title(titled(state.get(state.OPEN) or state.parameter(state.RUN)), anchor=False)
chosen = choose_run(store)
title.title(titled(chosen), anchor=False)
if chosen:
    navigation.name_tab(navigation.tab_title("Training", chosen))
    run = store[chosen]
    if places.makes(run):
        state.put(state.CHOSEN_MODEL, chosen)
    header(run)
    live.show(run, store)
else:
    state.show_notice()
    with st.container(border=True):
        experiment = experiment_form()
        alike.told(state.get(state.MODEL), state.get(state.DATA))
        if experiment:
            forecasting.view(experiment)
            # No callback: that would start the form as it was drawn before.
            if st.button("Start", type="primary", icon=":material/play_arrow:"):
                start(experiment, store)
    live.queue(store)
