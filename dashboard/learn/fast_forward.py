"""The step of the lesson about Transformers that plays a training: what the model wrote after each epoch, and its losses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources
from dashboard.learn.steps import component
from dashboard.parts import charts, stating
from dashboard.parts.samples import written_texts
from dashboard.safe_text import lines_of, made_caption
from dashboard.writing.form import trained_on
from genmodels.lessons import UNTRAINED
from genmodels.runs.run import Run
from genmodels.runs.store import gallery_names

if TYPE_CHECKING:
    import pandas

CHARACTERS = 240  # of each text
PACE = 1500  # milliseconds that an epoch stands
TEXTS = 4
BEFORE = (
    "Epoch 0 is a network of the same recipe and seed that has learned nothing, asked for the same: it draws tokens almost evenly. "
    "Its loss is close to guessing among all tokens."
)
BEGINS_LATE = "This run kept nothing from before its first epoch, so its film begins at epoch 1."


def epochs(run: Run) -> None:
    """The texts of every epoch as frames, beside the curve of the losses."""
    st.markdown(
        "The model began with random numbers. In each step it read a few texts, guessed every next token, and its numbers were moved a little so that what really came would be more probable."
        " **Play its training**: the same beginnings after each epoch, which is once through the training texts."
    )
    files = run.samples
    if not files or any(file.suffix != ".json" for file in files.values()):
        stating.empty("This run has kept no texts of its epochs; choose another model.")
        return
    st.caption(made_caption(f" after each epoch, {trained_on(run)}, run {run.id}.", 300))
    history = resources.history(run).frame
    data = frames(files, history, before(run))
    component("fast_forward")(data=data, key=f"learn.epochs.{run.id}")
    st.caption(BEFORE if data["frames"][0]["epoch"] == 0 else BEGINS_LATE)
    st.caption(
        "The lower the loss, the more probable the model held what really came: a loss of 3 nats is like guessing among 20 equally probable tokens (e³)."
        " The line is the loss in training, the dots are that on texts which were kept aside. Compare the first frame with the last: fewer invented words, more that stand where they belong. Sense does not come in a model this small."
    )
    charts.data_behind(lambda: _table(history), key="learn.losses", name="losses")


def before(run: Run) -> dict[str, Any] | None:
    """What ships of the time before its first step: texts and held-out loss; None of a run that is not of the gallery."""
    file = UNTRAINED / f"{run.id}.json"
    if run.id not in gallery_names() or not file.exists():
        return None
    kept: dict[str, Any] = json.loads(file.read_text())
    return kept if kept["experiment"] == run.experiment.to_dict() else None


def frames(
    files: dict[int, Path], history: pandas.DataFrame, untrained: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What the component plays: the texts of each epoch, the curve of the training loss, and the held-out loss of each epoch."""
    shown = [_frame(epoch, written_texts(file)) for epoch, file in sorted(files.items())]
    held_out = _column(history, "held_out_loss")
    at_epochs = {int(row.epoch) + 1: (float(row.step), float(row.held_out_loss)) for row in held_out.itertuples()}
    for frame in shown:
        frame["loss"] = at_epochs.get(frame["epoch"])
    if untrained:
        shown.insert(0, _frame(0, untrained["texts"]) | {"loss": (0.0, untrained["held_out_loss"])})
    losses = _column(history, "loss")
    x, y = charts.thin(losses["step"].to_numpy(), losses["loss"].to_numpy(), 400)
    return {
        "frames": shown,
        "curve": np.round(np.stack([x, y], axis=1), 4).tolist(),
        "pace": PACE,
        "alt": "What the model wrote after each epoch. Space plays and pauses, arrow keys move by one epoch.",
    }


def _frame(epoch: int, written: list[dict[str, Any]]) -> dict[str, Any]:
    texts = [{part: lines_of(text[part])[:CHARACTERS] for part in ("prompt", "text")} for text in written[:TEXTS]]
    return {"epoch": epoch, "texts": texts}


def _column(history: pandas.DataFrame, name: str) -> pandas.DataFrame:
    """The lines of a history that say something of a column."""
    return history[history[name].notna()] if name in history else history[:0]


def _table(history: pandas.DataFrame) -> pandas.DataFrame:
    return history[[name for name in ("step", "epoch", "loss", "held_out_loss") if name in history]]
