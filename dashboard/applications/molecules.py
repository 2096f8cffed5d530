"""The page "Drug discovery": its notice, its views, and what they share of the training molecules."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.applications.how_good import about_model
from dashboard.applications.molecule_search import search_view
from dashboard.applications.molecule_statistics import statistics_view
from dashboard.applications.molecule_walk import walk_view
from dashboard.applications.molecules_written import written_view
from dashboard.parts import stating
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs.run import Run

NOTHING = (
    "There is no trained model of molecules yet. Train the model transformer on the data set molecules (some minutes), "
    "then come back to have it write some."
)
RISKS = (
    "It may write training molecules again, or ones that hardly differ: the page of what it remembers counts both. It knows molecules like "
    "those that it learned from and no others."
)
VIEWS: dict[str, Callable[[Run], None]] = {
    "Generate": written_view,
    "Improve": search_view,
    "Walk": walk_view,
    "Statistics": statistics_view,
}


def notice() -> None:
    """What these molecules are, and are not."""
    stating.noted(
        "Every molecule here was made up by a model. The numbers are computed from its structure: none says what it does in a body, "
        "whether it is safe, or whether it can be made. What helps to find medicines can also help to find poisons: have a chemist look at "
        "what you take away, and make nothing because of this page.",
    )


def view(run: Run, chosen: str | None) -> None:
    """One view of the page, and below it how good the model is."""
    if chosen not in VIEWS:
        raise Refusal(unknown("view", str(chosen), list(VIEWS)))
    VIEWS[chosen](run)
    about_model(run, RISKS)
