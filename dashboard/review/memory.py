"""What audits of memory found, drawn: near-copies beside their originals, curves of membership, repeated passages."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from dashboard import navigation
from dashboard.applications.molecule_cards import WIDTH, structure
from dashboard.applications.music_roll import told_as_rolls
from dashboard.model import places
from dashboard.parts import charts, contents, verdicts
from dashboard.review.bias import of_part, sound
from dashboard.safe_text import counted, plain_text, safe_text
from genmodels.kinds.image.files import open_picture
from genmodels.kinds.molecule.alerts import alerts
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

MOLECULES = 12  # that are drawn
ANCHORS = 4  # training pictures that the latent space is asked for
SIDE = 128  # pixels of a shown picture


def view(found: Sequence[Mapping[str, Any]], run: Run) -> None:
    """Everything that the findings hold."""
    verdicts.imported_notice(found)
    if rows := of_part(found, "copies"):
        contents.header("Nearest to a training picture")
        pairs(rows, "sample", "training picture")
        st.caption(
            "The samples that come nearest to a training picture, relative to how near others are: below 0.02 equal, below 0.1 nearly equal, below 0.25 alike. Different drawings of one thing are alike without copying."
        )
        in_latent_space(rows, run)
    if rows := of_part(found, "prompted"):
        contents.header("Asked for by a training caption")
        pairs(rows, "drawn", "training picture")
        st.caption(
            "Most captions name one picture, so that drawing it again is what was asked for; it is reported apart from copying."
        )
    if rows := of_part(found, "seeds"):
        contents.header("How different are four seeds?")
        strips(rows)
        st.caption(
            "Each row answers one caption with four seeds. Four equal pictures mean that the caption names one picture, and the seed decides nothing."
        )
    if rows := of_part(found, "auc"):
        membership(rows)
    passages(found)
    molecules(found)
    if rows := of_part(found, "duplicates"):
        with st.expander(
            f"{counted(len(rows), 'picture')} twice in the training split", icon=":material/content_copy:"
        ):
            st.dataframe(
                [
                    {
                        "earlier": plain_text(row.get("training"), 20),
                        "the same again": plain_text(row.get("duplicate"), 20),
                        "captions": plain_text(row.get("captions", ""), 200),
                    }
                    for row in rows
                ],
                hide_index=True,
                alt="Training pictures that are equal",
            )


def in_latent_space(pairs: Sequence[Mapping[str, Any]], run: Run) -> None:
    """The way to the latent space of a model that has one, with the training pictures of the closest pairs as its anchors."""
    numbers = [row.get("training") for row in pairs]
    picked = list(dict.fromkeys(each for each in numbers if isinstance(each, int) and each >= 0))[:ANCHORS]
    if picked and any(place.page == "latent" for place in places.play(run)):
        view = "Walk" if len(picked) > 1 else "Directions"
        asked = f"train:{','.join(map(str, picked))}"
        label = "Look at the training pictures of these pairs in the latent space"
        navigation.link("latent", label, run=run.id, view=view, pictures=asked)


def pairs(rows: Sequence[Mapping[str, Any]], first: str, second: str) -> None:
    """Pictures side by side."""
    with st.container(horizontal=True):
        for row in rows:
            try:
                shown = [
                    np.asarray(open_picture(base64.b64decode(each), "a picture of the findings").convert("RGB"))
                    for each in list(row.get("pictures") or [])[:2]
                ]
            except (Refusal, ValueError, TypeError):
                continue  # findings are a file that anybody may have written
            if len(shown) == 2 and all(each.shape[0] <= 256 for each in shown):
                factor = max(1, SIDE // shown[0].shape[0])
                both = np.concatenate([shown[0], np.full((shown[0].shape[0], 2, 3), 128, np.uint8), shown[1]], axis=1)
                told = row.get("prompt") or row.get("caption") or ""
                number = ", ".join(
                    f"{name} {row[name]:.3f}" for name in ("distance", "relative") if isinstance(row.get(name), float)
                )
                st.image(
                    np.kron(both, np.ones((factor, factor, 1), np.uint8)),
                    caption=safe_text(f"{first} | {second}: {told} ({number})", 160),
                    alt=plain_text(f"{first} beside {second}: {told}", 160),
                    width=2 * SIDE,
                )


def strips(rows: Sequence[Mapping[str, Any]]) -> None:
    """Every prompt with the pictures of its seeds in one row."""
    with st.container(horizontal=True):
        for row in rows:
            try:
                shown = [
                    np.asarray(open_picture(base64.b64decode(each), "a picture of the findings").convert("RGB"))
                    for each in list(row.get("pictures") or [])[:8]
                ]
            except (Refusal, ValueError, TypeError):
                continue  # findings are a file that anybody may have written
            if shown and all(each.shape == shown[0].shape and each.shape[0] <= 256 for each in shown):
                factor, prompt = max(1, SIDE // 2 // shown[0].shape[0]), plain_text(row.get("prompt"), 80)
                st.image(
                    np.kron(np.concatenate(shown, axis=1), np.ones((factor, factor, 1), np.uint8)),
                    caption=safe_text(prompt, 80),
                    alt=plain_text(f"Several seeds of {prompt}", 120),
                    width=len(shown) * SIDE // 2,
                )


def membership(rows: Sequence[Mapping[str, Any]]) -> None:
    """True against false positives on logarithmic axes, and the AUC of each group."""
    curve = next((row["curve"] for row in rows if isinstance(row.get("curve"), list)), None)
    if curve and all(
        isinstance(point, list) and len(point) == 2 and all(isinstance(value, int | float) for value in point)
        for point in curve
    ):
        contents.header("Can one see from the loss which examples it was trained on?")
        from plotly import graph_objects as go

        false, true = np.array(curve, float).T
        figure = go.Figure()
        figure.add_trace(
            go.Scatter(
                x=false, y=np.maximum(true, 1e-4), mode="lines", name="by the loss", line={"color": charts.colour(0)}
            )
        )
        figure.add_trace(
            go.Scatter(
                x=false, y=false, mode="lines", name="by chance", line={"color": charts.colour(1), "dash": "dot"}
            )
        )
        figure.update_xaxes(
            title_text="False alarms: share of held-out examples taken for training examples", type="log"
        )
        figure.update_yaxes(title_text="Training examples recognised", type="log")
        see = "Far above the dotted line at the left end means that some training examples are recognised almost without error; near it, they can't be recognised."
        import pandas

        charts.draw(
            charts.dress(figure, height=360),
            key="membership.roc",
            see=see,
            table=pandas.DataFrame({"false positives": false, "true positives": true}),
            name="membership-roc",
        )
    if groups := sound(rows, ("auc", "low", "high", "n", "held_out"), ("grouping", "group")):
        st.dataframe(groups, hide_index=True, alt="AUC of membership by group")
        st.caption(
            "AUC within each group with 20 examples or more on both sides: 0.5 means that they can't be recognised; 95 % intervals."
        )


def molecules(found: Sequence[Mapping[str, Any]]) -> None:
    """Molecules that are training molecules, or hardly differ from one, drawn beside it; those with alerts where they are asked for."""
    for part, title in (
        ("rediscovered", "Training molecules that it writes"),
        ("near", "Nearest to a training molecule"),
    ):
        named = [(row.get("molecule"), row.get("training"), row.get("Tanimoto")) for row in of_part(found, part)]
        rows = [(str(one), str(other), alike) for one, other, alike in named if one and other][:MOLECULES]
        if not rows:
            continue
        contents.header(title)
        alerted = sum(bool(alerts(one)) for one, _, _ in rows)
        every = alerted > 0 and st.toggle(f"Show {counted(alerted, 'molecule')} with alerts", key=f"{part}.alerted")
        with st.container(horizontal=True):
            for one, other, alike in rows:
                if alerts(one) and not every:
                    continue
                with st.container(border=True, width=WIDTH + 36):
                    structure(one, plain_text(one, 60))
                    if one != other:
                        structure(other, f"training molecule, Tanimoto {plain_text(alike, 8)}")


def passages(found: Sequence[Mapping[str, Any]]) -> None:
    """What was repeated word for word, and canaries."""
    for part, title, see in (
        (
            "longest",
            "Longest repeated passages",
            "The longest passage of each text that stands word for word in the training text.",
        ),
        (
            "extracted",
            "Prefixes that were continued",
            "A passage of the training text, what followed there, and what the model wrote.",
        ),
        (
            "canaries",
            "Canaries",
            "Secrets that were planted in the training text: how often, their rank by likelihood among random ones, and exposure in bits.",
        ),
    ):
        if rows := of_part(found, part):
            contents.header(title)
            st.dataframe(
                [
                    {
                        name: value if isinstance(value, int | float) else plain_text(value, 400)
                        for name, value in row.items()
                    }
                    for row in rows
                ],
                hide_index=True,
                alt=title,
            )
            st.caption(see)
            told_as_rolls(rows)
