"""Which earlier tokens each token looked at, a layer at a time."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.writing.looking import component, listed_pieces, looked_at, read, shown_pieces
from genmodels.runs.run import Run

if TYPE_CHECKING:
    from genmodels.trained.text_inside import Reading


def attention_view(run: Run, prompt: str, seed: int) -> None:
    """The attention of one layer; another layer is sent when it is chosen, another head is there already."""
    text, _ = looked_at(prompt)
    reading = read(run, text)
    if reading is None:
        return
    resources.settle()  # else the garbage collector walks through TensorFlow after every choice
    of_a_layer(reading)


@st.fragment
def of_a_layer(reading: Reading) -> None:
    """Only this part is drawn again when another layer is chosen."""
    attention = reading.attention
    layers = [str(layer) for layer in range(1, len(attention) + 1)]
    chosen = st.segmented_control(
        "Layer",
        layers,
        default=layers[0],
        required=True,
        format_func=lambda layer: f"Layer {layer}",
        label_visibility="collapsed",
        key=f"{state.LAYER}.{len(layers)}",
    )
    layer = layers.index(chosen) if chosen in layers else 0
    component("prompt_attention")(
        data={
            "pieces": shown_pieces(reading),
            "names": listed_pieces(reading),
            "heads": attention.shape[1],
            "layer": layer + 1,
            "packed": packed(attention[layer]),
            "alt": f"{len(reading.tokens)} tokens. Arrow keys walk along them; shaded are those that the present one looked at.",
        },
        key="attention",
    )
    st.caption(
        "Point at a token, or walk with the arrow keys: the shaded tokens before it are those it looked at in this layer. Each row of the map sums to 100 %. Attention shows where a layer read, not why the model wrote what it wrote."
    )


def packed(attention: np.ndarray) -> str:
    """(heads, n, n) weights from 0 to 1 as base64: square roots in 255 steps, the lower triangle of each head row by row."""
    rows, columns = np.tril_indices(attention.shape[-1])
    roots = np.sqrt(np.clip(attention[:, rows, columns].astype("float32"), 0, 1))
    return base64.b64encode(np.round(255 * roots).astype("uint8").tobytes()).decode()
