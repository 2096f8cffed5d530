"""Training on from a kept epoch with other knobs."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.parts import forms
from dashboard.parts.stating import refuse
from dashboard.safe_text import safe_text
from genmodels import checkpoints
from genmodels.refusal import Refusal
from genmodels.runs import launching
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore


def kept_epochs(run: Run) -> list[int]:
    """The epochs whose weights were kept; not the one that a branch itself began from."""
    return [number for path in checkpoints.steps(run.path / "epochs") if (number := int(path.name)) > 0]


@st.dialog("Branch", width="large", icon=":material/call_split:")
def dialog(run: Run, store: RunStore) -> None:
    """Choose the epoch and the knobs; a knob that changes the network's shape is refused when the weights are loaded."""
    experiment = run.experiment
    st.caption(safe_text(f"A new run that starts from the weights of one of the kept epochs of {run.id}."))
    epochs = kept_epochs(run)
    epoch = st.selectbox("From epoch", epochs, index=len(epochs) - 1, key=state.knob_key("branch", "epoch"))
    recipe = forms.knob_form(f"branch.{run.id}", experiment.make_recipe().knobs(), values=experiment.recipe)
    training = forms.knob_form(f"branch.{run.id}", forms.training_knobs(), values=experiment.to_dict())
    if st.button("Branch and train", type="primary", icon=":material/call_split:"):
        try:
            new = launching.branch(store, run, epoch, recipe=recipe, **training)
            launching.launch(new)
        except Refusal as refusal:
            refuse(refusal)
            return
        state.open_run(new.id)
        st.rerun()
