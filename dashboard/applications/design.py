"""The page "Product design": its notice and its views."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.applications.design_looks import looks_view
from dashboard.applications.design_models import Models
from dashboard.applications.design_views import blend_view, family_view, inpaint_view, variations_view
from dashboard.applications.how_good import about_model
from dashboard.parts import stating
from genmodels.refusal import Refusal
from genmodels.registry import unknown

NOTHING = (
    "There is no trained model of icons yet. The page asks two of the gallery: vae-icons (a latent space of icons) and diffusion-design "
    "(icons from prompts). Train the model diffusion or vae on the data set icons, then come back to design."
)
RISKS = (
    "It may draw an icon that it learned from, or one that looks like an icon that somebody owns: the page of what it remembers counts the "
    "first, and Look-alikes searches four free families for the second. It draws what these families draw, and little else."
)
VIEWS: dict[str, Callable[[Models], None]] = {
    "Variations": variations_view,
    "Blend": blend_view,
    "Family": family_view,
    "Inpaint": inpaint_view,
    "Look-alikes": looks_view,
}


def notice() -> None:
    """What these icons are, and are not."""
    stating.noted(
        "Every icon here was drawn by a small model that learned from free icon families: take it as a sketch. Before you use one, look under "
        "Look-alikes for known icons that it resembles; that is no legal advice.",
    )


def view(models: Models, chosen: str | None) -> None:
    """One view of the page, and below it how good the chosen model is."""
    if chosen not in VIEWS:
        raise Refusal(unknown("view", str(chosen), list(VIEWS)))
    VIEWS[chosen](models)
    about_model(models.chosen, RISKS)
