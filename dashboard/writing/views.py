"""The prompt page: its form, the texts that are written, and the views that look into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.parts import folding, one_example, stating
from dashboard.writing import compare, counterfactual
from dashboard.writing.attention import attention_view
from dashboard.writing.form import example_buttons, prompt_area, settings_form
from dashboard.writing.lens import lens_view
from dashboard.writing.looking import to_look_into
from dashboard.writing.making import Draft, Made, asked_for, show, stream, written
from dashboard.writing.tokens import tokens_view
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

LOOKING: dict[str, Callable[[Run, str, int], None]] = {
    "Tokens": tokens_view,
    "Attention": attention_view,
    "Logit lens": lens_view,
}
WRITE = "write_button"  # the key of what Ctrl+Enter presses
VIEWS = ("Text", *LOOKING, "Counterfactual", "Compare")
ABOUT = {  # what each shows, in a sentence
    "Text": "What the model writes on from the prompt, up to four times side by side.",
    "Tokens": "How probable each token was, and what could have stood there: a click writes on from another.",
    "Attention": "Which tokens the model looks at where it chooses the next.",
    "Logit lens": "What each layer would have written, from the first to the last.",
    "Counterfactual": "Two prompts that differ in a word, and how probable each continuation is after either.",
    "Compare": "Two models write from the same prompt, and how much each text surprises both.",
}


def view(run: Run, names: Sequence[str], chosen: str, store: RunStore) -> None:
    """One view of the page, below the form that all share."""
    if chosen not in VIEWS:
        raise Refusal(unknown("view", chosen, VIEWS))
    kind = _kind(chosen)
    with folding.form(f"writing_{kind}", _asked_before(run, kind), stays=_stays(run, written(kind))):
        prompt, seed, drafts, decoding, asked = _asked_for(run, names, chosen)
        if chosen == "Text":
            example_buttons(run)
    if asked:
        state.to_url(state.PROMPT, prompt)
        state.retry_with(state.ASKED, asked)
        stream(kind, asked, decoding, store)
        state.take(state.UNDONE)
        st.rerun()
    _shown(run, chosen, prompt, [draft.prompt for draft in drafts], seed, store)


def _asked_before(run: Run, view: str) -> str:
    """What the result was asked for, and which of several texts the views look into; "" without one."""
    made = written(view)
    return asked_for(made, run) + (one_example.said(to_look_into(made)) if view == "text" and len(made) > 1 else "")


def _stays(run: Run, made: Sequence[Made]) -> bool:
    """Is the form open though there is a result: it asks for something else, or is about to be answered?"""
    state.from_url(state.PROMPT)
    if state.get(state.ASKED) or state.get(state.WRITE_NOW):
        return True
    return bool(made) and (made[0].run, made[0].prompt) != (run.id, state.get(state.PROMPT) or "")


def _kind(chosen: str) -> str:
    """Views that look into the same texts share them."""
    return chosen.lower() if chosen in ("Counterfactual", "Compare") else "text"


def _asked_for(run: Run, names: Sequence[str], chosen: str) -> tuple[str, int, list[Draft], Any, list[Draft]]:
    """The prompt, the seed, what Write will write, how, and what is to be written now."""
    prompt, second, other = prompt_area(run), "", ""
    if chosen == "Counterfactual":
        second = counterfactual.second_prompt(prompt)
    elif chosen == "Compare":
        other = compare.other_model(names, run)
    with st.container(horizontal=True, vertical_alignment="center"):
        buttons = st.container(horizontal=True, vertical_alignment="center", width="content")
        seed, n, decoding = settings_form(several=chosen not in ("Counterfactual", "Compare"))
        st.caption("Ctrl+Enter in the prompt writes too.", width="content")
    if chosen == "Counterfactual":
        drafts = counterfactual.drafts(run, [prompt, second], seed)
    elif chosen == "Compare":
        drafts = compare.drafts([run.id, other], prompt, seed)
    else:
        drafts = [Draft(run.id, prompt, seed + number) for number in range(n)]
    with buttons:
        return prompt, seed, drafts, decoding, _buttons(drafts)


def _buttons(drafts: list[Draft]) -> list[Draft]:
    """Write, which Ctrl+Enter presses too, and Stop; what is to be written now."""
    branched, at_once = state.take(state.ASKED), state.take(state.WRITE_NOW)
    pressed = st.button("Write", type="primary", icon=":material/edit:", key=WRITE)
    asked: list[Draft] = drafts if pressed or at_once else branched or []
    st.button("Stop", icon=":material/stop_circle:", disabled=not asked)
    script = Path(__file__).with_name("ctrl_enter.js").read_text()
    st.components.v2.component("ctrl_enter", html='<span class="root"></span>', js=script)(
        data={"button": WRITE}, key="ctrl_enter"
    )
    return asked


def _shown(run: Run, chosen: str, prompt: str, prompts: list[str], seed: int, store: RunStore) -> None:
    """What was written, and what can be seen in it."""
    made: Any = written(_kind(chosen))
    if chosen in LOOKING:
        LOOKING[chosen](run, prompt, seed)
        return
    if made:
        show(made, f"made.{_kind(chosen)}")
    elif chosen == "Text":
        stating.empty("Click an example; or write a prompt (or leave it empty) and press Write.")
    if chosen == "Counterfactual":
        counterfactual.counterfactual_view(run, prompts)
    elif chosen == "Compare":
        compare.compare_view(store)
