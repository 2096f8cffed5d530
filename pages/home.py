"""A visitor's first page: what this is, the models that come with it, what they drew, and where to go."""

import streamlit as st

from dashboard import navigation, resources
from dashboard.parts import choosing, samples, verdicts
from dashboard.safe_text import duration, plain_text, safe_text
from dashboard.training import buttons
from genmodels.models.recipe import MODELS
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names

COLUMNS = 3


def invitation() -> None:
    """Ways to go on."""
    ways = (
        ("train", "Train", "Choose a model and its data, see it learn, stop and resume at will."),
        ("latent", "Explore", "Morph one picture into another and see: new, or copied?"),
        (
            "prompt",
            "Prompt",
            "Have it draw or write; see each step, each token's alternatives, and where the model looked.",
        ),
        (
            "audit",
            "Audit",
            "Bring what any model made, or judge one of ours. Each verdict says how often it is wrong.",
        ),
        ("runs", "Compare", "Lay curves over one another, find which setting mattered, export."),
    )
    for column, (name, title, words) in zip(st.columns(len(ways)), ways, strict=True):
        with column, st.container(border=True, height="stretch"):
            navigation.link(name, title)
            st.caption(words)


def card(run: Run) -> None:
    """One trained model: its newest samples, what it learned from, what was measured."""
    row = resources.summary(run)
    st.subheader(safe_text(run.id), anchor=False)
    if found := samples.newest(run.samples):
        samples.samples(found[1], row["model"], row["data"], found[0], most=2, characters=180)
    st.caption(
        safe_text(
            plain_text(
                f"{row['model']} trained on {row['data']}, {row['epochs'] or '?'} epochs, {duration(row['seconds'])} of training."
            )
        )
    )
    verdicts.highlights(row["findings"])
    with st.container(horizontal=True):
        buttons.explore(run, "Explore")
        navigation.link("train", "How it learned", run=run.id)
    samples.credit(row["credit"])


st.title("GenModels", anchor=False)
st.markdown(
    "Train generative models on real pictures and texts, watch them learn, and look inside: all in this browser, all on this machine."
)
invitation()
store = RunStore.default()
runs = {name: store[name] for name in gallery_names()}
models = {name: MODELS[run.experiment.model] for name, run in runs.items()}
names = sorted(
    (name for name in models if models[name].draws),
    key=lambda name: (name not in choosing.SHOWCASE, name.endswith("digits"), name),
)  # what there is most to see of first
st.header("Trained models that come with it", anchor=False)
if not runs:
    with st.container(border=True):
        st.markdown(
            "No trained model came with this copy. Train your first: a VAE on handwritten digits takes about a minute."
        )
        navigation.link("train", "Train a model", model="vae", data="digits")
        st.caption("Or run `make gallery` in a terminal to make them all.")
for start in range(0, len(names), COLUMNS):
    for column, name in zip(st.columns(COLUMNS), names[start : start + COLUMNS], strict=False):
        with column, st.container(border=True, height="stretch"):
            card(runs[name])
if instruments := sorted(set(runs) - set(names)):
    with st.expander(
        "Instruments: what reads, judges and enlarges pictures for the pages and audits", icon=":material/straighten:"
    ):
        for name in instruments:
            with st.container(horizontal=True, vertical_alignment="center"):
                navigation.link("train", plain_text(name, 60), run=name)
                st.caption(safe_text(models[name].summary(), 200))
