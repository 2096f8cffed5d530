"""The epochs of a trained GAN as a film, with both losses."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import navigation, resources, state
from dashboard.learn.gan import player
from dashboard.parts import charts, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import plain_text, safe_text
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

if TYPE_CHECKING:
    import pandas

MODEL = "gan"
FIRST = ("gan-digits", "gan-openmoji")
MOST_FRAMES = 24  # of a run that kept more, evenly
PACE = 900  # milliseconds that an epoch stands
SIDE = 420  # pixels
TERMS = ("discriminator_loss", "generator_loss")


def show() -> None:
    """Choose a GAN that was trained, and play what it drew."""
    store = RunStore.default()
    names = gans(store)
    asked = state.in_url(state.RUN)
    if asked and asked not in names:
        stating.warned(f"{safe_text(asked, 60)} is no GAN that was trained here; these are: {', '.join(names[:8])}.")
    first = names.index(asked) if asked in names else 0
    name = st.selectbox("Trained GAN", names, index=first, format_func=plain_text, key="learn.gan.run")
    if name is None:
        return
    try:
        data = film(store[name])
    except Refusal as refusal:
        refuse(refusal)
        return
    player.show(data, key="gan.film")
    charts.data_behind(lambda: table(store[name]), key="gan.epochs", name="gan-epochs")
    st.caption(
        "All pictures of one run come from the same noise, so that you see each of them change. What to see: early pictures are "
        "alike and grey, later ones differ. The two losses do not fall as those of other models do: they stay in balance."
    )
    navigation.link("train", "Its whole training", run=name)


def gans(store: RunStore) -> list[str]:
    """The GANs that draw pictures and have kept some, those of the gallery first."""
    rows = [row["id"] for row in resources.run_rows(store) if row["model"] == MODEL and not row["problem"]]
    return [*FIRST, *(name for name in rows if name not in FIRST and store[name].samples)]


def film(run: Run) -> dict[str, Any]:
    """What the scripts play: a picture an epoch and what is said of it, and both losses of every epoch."""
    samples = {epoch: file for epoch, file in run.samples.items() if file.suffix == ".png"}
    if not samples:
        raise Refusal(f"The run {run.id} has kept no pictures yet; wait for its first epoch.")
    epochs = sorted(samples)
    apart = -(-len(epochs) // MOST_FRAMES)
    epochs = sorted({*epochs[::apart], epochs[-1]})
    history = by_epoch(run.history)
    about = run.experiment
    return {
        "frames": [
            {"epoch": epoch, "picture": picture(run, samples[epoch]), "said": said(history, epoch)} for epoch in epochs
        ],
        "history": {
            "epoch": [int(epoch) for epoch in history.index],
            "discriminator": [float(value) for value in history[TERMS[0]]],
            "generator": [float(value) for value in history[TERMS[1]]],
        },
        "alt": f"Samples of gan trained on {plain_text(about.data, 40)}",
        "pace": PACE,
    }


def picture(run: Run, file: Path) -> str:
    """A sheet of samples as it stands in a page."""
    try:
        content = resources.enlarged(str(file), file.stat().st_mtime_ns, SIDE)
    except OSError:
        raise Refusal(f"A picture of the run {run.id} is not there any more; reload the page.") from None
    return "data:image/png;base64," + base64.b64encode(content).decode()


def by_epoch(history: pandas.DataFrame) -> pandas.DataFrame:
    """The mean of every term in each epoch; the first is 1, as in the names of the pictures."""
    if "epoch" not in history or not set(TERMS) <= set(history.columns):
        raise Refusal("The history of this run holds no losses of a GAN; choose another run.")
    numbers = history.select_dtypes("number")
    means = numbers.groupby(numbers["epoch"]).mean()
    means = means[means[list(TERMS)].notna().all(axis=1)]
    means.index = means.index.astype(int) + 1
    return means


def table(run: Run) -> pandas.DataFrame:
    """What the film shows, in numbers: a row an epoch, for who reads rather than looks."""
    history = by_epoch(run.history)
    columns = [name for name in (*TERMS, "real_score", "fake_score", "diversity") if name in history]
    rows = history[columns].rename(columns=lambda name: name.replace("_", " "))
    rows.insert(0, "epoch", history.index)
    return rows


def said(history: pandas.DataFrame, epoch: int) -> str:
    """The numbers of an epoch in a sentence."""
    words = f"Epoch {epoch}. "
    if epoch not in history.index:
        return words + "Its losses are not in the history."
    row = history.loc[epoch]
    words += f"Discriminator’s loss {row[TERMS[0]]:.2f}, generator’s loss {row[TERMS[1]]:.2f}."
    scores = [row.get("real_score"), row.get("fake_score")]
    if all(score is not None and score == score for score in scores):
        words += f" The discriminator takes real pictures for real with {100 * scores[0]:.0f}\u00a0% and drawn ones with {100 * scores[1]:.0f}\u00a0%."
    spread = row.get("diversity")
    if spread is not None and spread == spread:
        words += f" Drawn pictures are {100 * spread:.0f}\u00a0% as different from one another as held-out ones."
    return words
