"""Forms that are read from knobs: each default, range, choice and sentence of help stands in one place, the recipe."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.safe_text import plain_text, safe_text
from genmodels.knobs import Knob
from genmodels.runs.experiment import Experiment

TRAINING = ("epochs", "batch_size", "seed", "patience")
COLUMNS = 3


def knob_form(
    owner: str,
    knobs: Sequence[Knob],
    *,
    values: Mapping[str, Any] | None = None,
    choices: Mapping[str, Sequence[str]] | None = None,
    explained: bool = False,
) -> dict[str, Any]:
    """A widget for each knob; returns name to value. `owner` keeps apart knobs that share a name.

    `values` replace defaults; `choices` give a knob a list that is only known now; `explained` says under each what it is.
    """
    answers: dict[str, Any] = {}
    for start in range(0, len(knobs), COLUMNS):
        for column, knob in zip(st.columns(COLUMNS), knobs[start : start + COLUMNS], strict=False):
            with column:
                default = (values or {}).get(knob.name, knob.default)
                listed = (choices or {}).get(knob.name)
                answers[knob.name] = _widget(knob, default, state.knob_key(owner, knob.name), listed)
                if explained:
                    st.caption(safe_text(knob.help, 300))
    return answers


def training_knobs() -> list[Knob]:
    """The knobs of an experiment that are plain numbers."""
    return [knob for knob in Experiment.knobs() if knob.name in TRAINING]


def label(name: str) -> str:
    """`learning_rate` as `Learning rate`."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _widget(knob: Knob, default: Any, key: str, listed: Sequence[str] | None) -> Any:
    shown = {
        "help": safe_text(
            f"{knob.help}. Default: {knob.default if knob.default != '' else 'empty'}; {knob.expected()}.", 400
        ),
        **state.kept(key),
    }
    options = list(listed) if listed is not None else list(knob.choices)
    if options:
        return st.selectbox(
            label(knob.name), options, index=options.index(default) if default in options else 0, **shown
        )
    if knob.type is bool:
        return st.toggle(label(knob.name), value=bool(default), **shown)
    if knob.type is int:
        return st.number_input(label(knob.name), _whole(knob.low), _whole(knob.high), int(default), 1, **shown)
    if knob.type is float:
        return st.number_input(
            label(knob.name),
            _real(knob.low),
            _real(knob.high),
            float(default),
            _step(float(default)),
            format="%g",
            **shown,
        )
    return st.text_input(label(knob.name), str(default), max_chars=200, **shown)


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


def _real(bound: float | None) -> float | None:
    """A bound as the widget wants it: of the type of the value, also where it was declared as a whole number."""
    return None if bound is None else float(bound)


def _step(default: float) -> float:
    """A tenth of the default's order of magnitude, so that the buttons are of use for 0.001 as for 10."""
    return 10.0 ** (math.floor(math.log10(abs(default))) - 1) if default else 0.1


def told(values: Mapping[str, Any]) -> str:
    """Knobs and values as one line of plain text."""
    return plain_text(", ".join(f"{name} = {value}" for name, value in values.items()), 300)
