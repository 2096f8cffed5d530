"""The form of a new training with the settings of another run, which a link asks for: `?like=RUN`."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import state
from dashboard.parts import forms
from dashboard.parts.stating import refuse
from dashboard.safe_text import safe_text
from genmodels.data.dataset import DATA
from genmodels.knobs import Knob
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore


def taken_over(store: RunStore) -> None:
    """Put the settings of the run that the address names into the form; called before its widgets are drawn."""
    name = state.in_url(state.LIKE)
    state.set_in_url(state.LIKE, "")
    if not name:
        return
    try:
        experiment = store[name].experiment
    except Refusal as refusal:
        refuse(refusal)
        return
    state.forget(state.RUN)
    state.put(state.MODEL, experiment.model)
    state.put(state.DATA, experiment.data)
    _fill("training", forms.training_knobs(), experiment.to_dict())
    _fill(experiment.model, MODELS[experiment.model].knobs(), experiment.recipe)
    _fill(experiment.data, DATA[experiment.data].knobs(), experiment.source)
    state.notice(safe_text(f"The form has the settings of {name}."), ":material/content_copy:")


def _fill(owner: str, knobs: Sequence[Knob], values: Mapping[str, Any]) -> None:
    """What of these values the knobs can take."""
    for knob in knobs:
        if knob.name in values:
            with contextlib.suppress(Refusal):
                state.put(state.knob_key(owner, knob.name), knob.check(values[knob.name]))
