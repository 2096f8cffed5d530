"""Which models design icons: those with a latent space of grey squares, and those that draw such squares from a prompt in steps."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import navigation
from dashboard.model.places import DRAWS, SPACE, designs
from dashboard.parts import stating
from dashboard.review.asking import audited_runs
from dashboard.safe_text import safe_text
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

GALLERY = {DRAWS: "diffusion-design", SPACE: "vae-icons"}  # the model of the gallery that does it
FAMILY = {DRAWS: "diffusion", SPACE: "vae"}


@dataclass(frozen=True)
class Models:
    """The run that the page is about, and the names of those that fit, by what they do."""

    store: RunStore
    chosen: Run
    fitting: dict[str, tuple[str, ...]]

    def run(self, does: str) -> Run | None:
        """The chosen run where it does that, else the first that does; says which it is, or that there is none."""
        names = self.fitting[does]
        if self.chosen.id in names:
            return self.chosen
        if names:
            st.caption(safe_text(f"Asked here: {names[0]}, which {does}.", 200))
            return self.store[names[0]]
        stating.empty(
            f"This view asks a model that {does}, and there is none. The gallery's is {GALLERY[does]}; or train the model "
            f"{FAMILY[does]} on the data set icons.",
        )
        navigation.link("train", "Train a model", model=FAMILY[does], on="icons")
        return None


def fitting(store: RunStore) -> dict[str, tuple[str, ...]]:
    """The names of the runs that design icons, by what they do: those of the gallery first, then others of the data set icons."""
    found: dict[str, list[tuple[bool, bool, str]]] = {DRAWS: [], SPACE: []}
    for name in audited_runs(store, ("image",)):
        run = store[name]
        if does := designs(run):
            found[does].append((name != GALLERY[does], run.experiment.data != "icons", name))
    return {does: tuple(name for *_, name in sorted(each)) for does, each in found.items()}
