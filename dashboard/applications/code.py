"""The page "Code": its notice, its views, and what is known of the model."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.applications.code_completed import completed_view
from dashboard.applications.code_gap import gap_view
from dashboard.applications.how_good import about_model
from dashboard.parts import stating
from genmodels.measuring.code import OF_CODE
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs.run import Run

NOTHING = (
    "There is no trained model of code yet. Train the model transformer on the data set python-code (about an hour on two cores), "
    "then come back to have it complete functions."
)
RISKS = (
    "It may write training functions again, which have a licence, and may use names that nobody gave: half of all real functions do, "
    "since they stand in a module. It knows code like that which it learned from and no other."
)
VIEWS: dict[str, Callable[[Run], None]] = {"Complete": completed_view, "Fill a gap": gap_view}


def notice() -> None:
    """What these functions are, and are not."""
    stating.noted(
        "Every function here was written by a model, and no person has read it. What the checks below do not find may still be wrong or "
        "unsafe: read what you take away before you run it. This page runs a function only where you ask for it, and only in the cage.",
    )


def view(run: Run, chosen: str | None) -> None:
    """One view of the page, and below it how good the model is."""
    if chosen not in VIEWS:
        raise Refusal(unknown("view", str(chosen), list(VIEWS)))
    VIEWS[chosen](run)
    about_model(run, RISKS, on_request=OF_CODE)
