"""The form of a new training with the settings of another run, which a link asks for: `?like=RUN`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import resources, state
from dashboard.parts import forms, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import safe_text
from genmodels.data.dataset import DATA
from genmodels.data.own import OWN
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
        asked = resources.summary(store[name])["asked"]
        if asked.get("model") not in MODELS or asked.get("data") not in DATA:
            store[name].experiment  # noqa: B018  (says why)
            return
    except Refusal as refusal:
        refuse(refusal)
        return
    model, data = asked["model"], asked["data"]
    state.forget(state.RUN)
    state.put(state.MODEL, model)
    state.put(state.DATA, data)
    state.put(
        state.FITTED, None
    )  # a size of the latent space that the form proposed for other data is none of this run's
    left = _fill("training", forms.training_knobs(), asked)
    left |= _fill(model, MODELS[model].knobs(), asked.get("recipe"))
    left |= _fill(data, DATA[data].knobs(), _there(data, asked.get("source")))
    state.put(state.NOT_TAKEN, {key: (used, f"{name}: {said}") for key, (used, said) in left.items()})
    state.notice(safe_text(f"The form has the settings of {name}."), ":material/content_copy:")


def told(model: str, data: str) -> None:
    """What the form could not take over, as long as it has something else in its place for that reason."""
    for key, (used, said) in (state.get(state.NOT_TAKEN) or {}).items():
        if state.get(key) == used and key.split(".")[1] in ("training", model, data):
            stating.warned(safe_text(said, 500))


def _fill(owner: str, knobs: Sequence[Knob], values: Any) -> dict[str, tuple[Any, str]]:
    """Put what of these values the knobs can take; of the others, by the key of the knob, what it has now and why."""
    left: dict[str, tuple[Any, str]] = {}
    for knob in knobs:
        if not isinstance(values, Mapping) or knob.name not in values:
            continue
        key = state.knob_key(owner, knob.name)
        try:
            state.put(key, knob.check(values[knob.name]))
        except Refusal as refusal:
            state.put(key, knob.default)
            left[key] = knob.default, f"{str(refusal).rstrip('.')}, so the form has the usual {knob.default!r}."
    return left


def _there(data: str, source: Any) -> Any:
    """The settings of the data, without a set of one's own that is not imported here: the form then says what there is."""
    if data in OWN and isinstance(source, Mapping):
        imported = [each["token"] for each in OWN[data].imported()]
        if source.get("token") not in imported:
            other = f"the form has {imported[0]}" if imported else "import it first"
            stating.warned(
                safe_text(f"{source.get('token')!r}, which that run learned from, is not imported here; {other}.", 300)
            )
            return {name: value for name, value in source.items() if name != "token"}
    return source
