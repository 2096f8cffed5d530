"""Which pages can show a run: where it draws, writes or is walked through, and where it is audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genmodels.audits.audit import AUDITS
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.subjects.subject import Subject

DRAWS, SPACE = "draws icons from prompts", "has a latent space of icons"  # what a model of icons does
DETAILS = {  # the pages that show more of some audits, and which
    "bias": ("bias", "bias-of-text"),
    "memorisation": ("memorisation", "extraction", "rediscovery", "membership"),
    "deepfake": ("provenance", "deepfake"),
}


@dataclass(frozen=True)
class Place:
    """A page that can show a run, and what its link says."""

    page: str
    label: str


PLAY = {  # by role; what makes no examples of its own has none
    "latent": (Place("latent", "Walk"),),
    "prompted": (Place("prompt", "Draw"),),
    "clips": (Place("video", "Film"),),
    "writer": (Place("prompt", "Write"),),
    "molecules": (Place("molecules", "Write molecules"),),
    "latent molecules": (Place("molecules", "Write molecules"),),
    "music": (Place("music", "Compose"),),
}
MORE = {"code": (Place("code", "Complete code"),)}  # by kind of example
DESIGN = Place("design", "Design icons")


def has_weights(run: Run) -> bool:
    """Has it trained far enough to be asked anything?"""
    return any((run.path / part).is_dir() for part in ("checkpoints", "epochs"))


def makes(run: Run) -> bool:
    """Does it make examples of its own? What reads, judges or enlarges makes none."""
    try:
        return bool(MODELS[run.experiment.model].draws)
    except Refusal:
        return False


def play(run: Run) -> tuple[Place, ...]:
    """Where it draws, writes, composes, films or is walked through; nowhere while it has no weights or is damaged."""
    try:
        if not (makes(run) and has_weights(run)):
            return ()
        spec = run.spec
        role = run.experiment.make_recipe().role_for(spec)
    except Refusal:
        return ()
    icons = (DESIGN,) if designs(run) and not spec.classes else ()  # squares with labels, such as digits, are no icons
    return (*PLAY.get(role, ()), *MORE.get(spec.kind, ()), *icons)


def audited(run: Run) -> list[str]:
    """The checks that read such examples as it makes; none of what makes none, or can't be asked yet."""
    try:
        kind = run.spec.kind if makes(run) and has_weights(run) else ""
    except Refusal:
        return []
    return [name for name, each in AUDITS.items() if each.of is Subject and kind in each.kinds]


def detail(check: str, checks: Sequence[str]) -> str:
    """The page that shows most of a check, of a run that has these."""
    return next((page for page, names in DETAILS.items() if check in names and check in checks), "audit")


def kinds_of(page: str) -> tuple[str, ...]:
    """The kinds of examples that a page of details can show."""
    return tuple(dict.fromkeys(kind for name in DETAILS[page] for kind in AUDITS[name].kinds))


def designs(run: Run) -> str:
    """What a run does on the page of product design, "" for nothing: it takes grey squares."""
    try:
        shape, recipe = run.spec.shape, run.experiment.make_recipe()
    except Refusal:  # a damaged run is named on the page of runs
        return ""
    if len(shape) != 3 or shape[2] != 1 or shape[0] != shape[1]:
        return ""
    role = recipe.role_for(run.spec)
    if role == "prompted":
        return DRAWS if recipe.in_steps else ""
    return SPACE if role == "latent" and not recipe.conditional else ""
