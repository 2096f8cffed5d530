"""The step of the lesson about Transformers in which the sentence grows: the probabilities of all tokens, and a temperature."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import navigation, resources, state
from dashboard.learn.inside import read
from dashboard.learn.sentence import grown
from dashboard.learn.steps import component
from dashboard.parts import charts, stating
from dashboard.writing.looking import signs
from genmodels.kinds.text.decoding import tempered
from genmodels.kinds.text.tokens import END, Tokens
from genmodels.runs.run import Run

if TYPE_CHECKING:
    from genmodels.trained.text_inside import Reading

BARS = 12  # tokens that have a bar of their own; all others share one
SEVERAL = 10  # tokens that are drawn in one go
MOST_GROWN, HOTTEST = 200, 2.0
KEY = "learn.next_token"


def choose(run: Run, text: str) -> None:
    """The distribution over the vocabulary after the last token, as bars that a temperature changes at once."""
    st.markdown(
        "The last vector is compared with that of every token of the list; the better they fit, the more probable the token."
        " **Move the temperature**, then choose the next token or have it drawn: your sentence grows, and everything is computed again."
    )
    reading = read(run, text)
    spelt = Tokens.of(run.spec)
    component("next_token")(data=bars(reading, spelt), key=KEY, on_chosen_change=_chosen, on_drawn_change=_drawn)
    with st.container(horizontal=True):
        st.button("Take one back", icon=":material/undo:", disabled=not grown(), on_click=_taken_back)
        st.button(
            "Back to my own words",
            icon=":material/restart_alt:",
            disabled=not grown(),
            on_click=_taken_back,
            args=(True,),
        )
        navigation.link("prompt", "Longer texts, with a watermark: Prompt", run=run.id)
    if len(grown()) >= MOST_GROWN:
        stating.noted(f"{MOST_GROWN} tokens have grown, which is enough to see; take some back.")
    st.caption(
        "At 1 these are the model's own probabilities. Below 1 the probable ones win more often, at 0 the first always does;"
        " above 1 the improbable ones get a chance, and the text becomes wilder and soon wrong. The order never changes. The model knows only what tends to follow, not what is true."
    )
    charts.data_behind(lambda: _table(reading, spelt), key="learn.following", name="next-token")


def bars(reading: Reading, spelt: Tokens) -> dict[str, Any]:
    """What the component draws: the most probable tokens by name, and the log probabilities of all, from which it computes."""
    with np.errstate(divide="ignore"):
        logs = np.log(np.asarray(reading.following, "float64")).astype("<f4")
    best = np.argsort(-logs, kind="stable")[:BARS]
    return {
        "best": best.tolist(),
        "names": [named(spelt, int(token)) for token in best],
        "logs": base64.b64encode(logs.tobytes()).decode(),
        "hottest": HOTTEST,
        "several": SEVERAL,
        "full": len(grown()) >= MOST_GROWN,
    }


def named(spelt: Tokens, token: int) -> str:
    """A token by itself."""
    return signs(spelt.decode([token])) if token else END


def _table(reading: Reading, spelt: Tokens) -> Any:
    import pandas

    order = np.argsort(-reading.following, kind="stable")
    return pandas.DataFrame(
        {
            "token": [named(spelt, int(n)) for n in order],
            "number": order,
            "probability at temperature 1": reading.following[order],
        }
    )


def _chosen() -> None:
    """A bar was clicked; what comes from the browser may be anything."""
    token = state.get(KEY, {}).get("chosen")
    if isinstance(token, int) and token > 0:
        state.put(state.TO_GROW, (token, 0.0, 1))


def _drawn() -> None:
    asked = state.get(KEY, {}).get("drawn")
    if isinstance(asked, list) and len(asked) == 2 and all(isinstance(each, int | float) for each in asked):
        state.put(state.TO_GROW, (None, min(max(float(asked[0]), 0.0), HOTTEST), min(max(int(asked[1]), 1), SEVERAL)))


def _taken_back(whole: bool = False) -> None:
    state.put(state.GROWN, () if whole else grown()[:-1])


def grow(run: Run, text: str, token: int | None, degrees: float, n: int) -> None:
    """Add the token that was chosen, or n that are drawn at a temperature; the model is asked again after each."""
    if token is not None:
        added = (*grown(), token) if token < len(Tokens.of(run.spec)) else grown()
    else:
        state.put(state.DRAWS, state.get(state.DRAWS, 0) + 1)
        rng = np.random.default_rng([state.get(state.DRAWS), len(grown())])
        with stating.waiting("Writing"), resources.generator(run) as model:
            added = grown()
            for _ in range(n):
                shares = tempered(model.read(text, 1, added).following, degrees)
                drawn = int(rng.choice(len(shares), p=shares))
                if not drawn:
                    state.notice("The model ended the text here.", ":material/stop_circle:")
                    break
                added = (*added, drawn)
    state.put(state.GROWN, added[:MOST_GROWN])
    st.rerun()
