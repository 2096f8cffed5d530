"""The lesson on risks: a bias and a copy, found live in tiny models that have them, and a fake (`risks_fake`)."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import navigation, resources, state
from dashboard.learn import risks_fake
from dashboard.learn.lesson import Lesson
from dashboard.parts import pace, samples, stating
from dashboard.parts.sharing import waits
from dashboard.parts.stating import refuse
from dashboard.safe_text import safe_text
from genmodels.estimates.estimate import Estimate
from genmodels.explore.faults import FALSE_ALARMS, copies_of, share_of
from genmodels.refusal import Refusal
from genmodels.runs import launching
from genmodels.runs.faulty import COPIER, FIRST, PICTURES, SECOND, SKEWS, prepared, skewed
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

DRAWN, SHOWN = 200, 24  # pictures that are drawn and read; of which so many are shown
WORKING = ("waiting", "running")


def show() -> None:
    """The risks, one after the other."""
    st.header("A bias, found live", anchor=False)
    _bias()
    st.header("A copy, found live", anchor=False)
    _copy()
    risks_fake.show()


def _bias() -> None:
    st.markdown(
        f"Three small models learned the digits {FIRST} and {SECOND}. They differ in one thing: how much of the training data is a {FIRST}. "
        "Move the slider, have the model draw, and see what it draws."
    )
    runs: dict[str, Run] = {f"{100 * share:.0f}\u00a0%": prepared(name) for name, share in SKEWS.items()}
    if (own := _own()) and own.state == "done":
        runs[f"{_wanted(own)} (trained now)"] = own
    chosen = st.select_slider(f"Share of {FIRST} in the training data", list(runs), key="risks.skew")
    if st.button(f"Draw {DRAWN} pictures and count", key="risks.draw", icon=":material/brush:", type="primary"):
        state.put(state.RISK_DRAWN, (runs[chosen].id, _drawn(runs[chosen])))
    kept = state.get(state.RISK_DRAWN)
    if kept and kept[0] == runs[chosen].id:
        _share(runs[chosen], kept[1])
    with st.expander("Train one now, with another share", icon=":material/model_training:"):
        _train()
    st.markdown(
        "**What a responsible team does**: it counts what the training data show before training, measures what the model draws with an interval, "
        "decides which share it wants and why, and writes all of it down."
    )
    navigation.link("bias", "Audit a model for bias")


def _share(run: Run, drawn: np.ndarray) -> None:
    found = share_of(drawn, run.experiment)
    samples.images(drawn[:SHOWN], f"{SHOWN} of {DRAWN} digits that the model drew", columns=12, side=600, width=600)
    st.markdown(
        f"In the training data **{100 * found.trained:.0f} %** are a {FIRST}. Of {DRAWN} drawings **{_told(found.drawn)}** are read as a {FIRST}."
    )
    st.caption(
        f"The reader takes the nearer of two mean pictures. On held-out digits that people wrote it is wrong in {_told(found.error)}, "
        f"n = {found.error.n}; on drawings it may be wrong more often."
    )


def _told(estimate: Estimate) -> str:
    return estimate.said(percent=True, n=False).replace("(", "(95 % interval ")


def _train() -> None:
    own = _own()
    if own is None or own.state not in WORKING:
        share = st.slider(f"Share of {FIRST} (%)", 5, 95, 90, 5, key="risks.share")
        if st.button("Train", key="risks.train", icon=":material/play_arrow:"):
            try:
                state.put(state.RISK_RUN, launching.start(skewed(share / 100), RunStore.default()).id)
            except (Refusal, OSError) as error:
                refuse(error)
                return
            st.rerun()
        st.caption(
            "A real training on this machine; those that ship took about 23 seconds each. It appears among the runs."
        )
        if own is not None:
            st.caption(safe_text(f"The last one, {own.id}, is {own.state}.", 200))
        return
    pace.polled(_progress, 1.0)(own)


def _progress(run: Run) -> None:
    status = run.status
    if run.state not in WORKING:
        st.rerun()
    step, steps = int(status.get("step") or 0), int(status.get("steps") or 0)
    stating.running(safe_text(status.get("message") or "Training", 200), step / steps if steps else 0.0)
    if stating.stop("risks.stop"):
        launching.stop(run)


def _own() -> Run | None:
    """The run that this session trained here."""
    name, store = state.get(state.RISK_RUN), RunStore.default()
    return store[name] if name in store.ids() else None


def _wanted(run: Run) -> str:
    return f"{100 * float(run.experiment.make_source().to_dict()['skew'].partition('=')[2]):.0f}\u00a0%"


def _copy() -> None:
    st.markdown(
        f"This model saw {PICTURES} pictures, 1,500 times each. Have it draw, and find the nearest training picture of every drawing."
    )
    run = prepared(COPIER)
    if st.button(f"Draw {DRAWN} and search", key="risks.copy", icon=":material/content_copy:", type="primary"):
        state.put(state.RISK_COPIED, _drawn(run))
    drawn = state.get(state.RISK_COPIED)
    if drawn is not None:
        _copies(run, drawn)
    st.markdown(
        "**What a responsible team does**: it keeps pictures out of training to measure by, removes repeated pictures, stops training when "
        "the held-out loss rises, and searches what the model makes for copies before anybody uses it."
    )
    navigation.link("memorisation", "Audit what a model remembers")


def _copies(run: Run, drawn: np.ndarray) -> None:
    found = copies_of(drawn, run.experiment)
    close = np.argsort(found.distance)[:12]
    samples.images(
        np.concatenate([drawn[close], found.nearest[close]]),
        "Twelve drawings that are nearest to a training picture, and below each that picture",
        columns=12,
        side=600,
        width=600,
    )
    st.caption(
        f"Above: the 12 drawings nearest to a training picture. Below: that picture. Distances {found.distance[close[0]]:.2f} to "
        f"{found.distance[close[-1]]:.2f} (root mean square of pixels, 0 to 1)."
    )
    st.markdown(
        f"**{_told(found.copied)}** of {DRAWN} drawings are called copies: they are nearer than {found.limit:.2f}."
    )
    near = np.argsort(found.innocent_distance)[:12]
    samples.images(
        np.concatenate([found.innocent[near], found.innocent_nearest[near]]),
        "Twelve held-out pictures that nobody copied and that are nearest to a training picture, and below each that picture",
        columns=12,
        side=600,
        width=600,
    )
    st.caption(
        f"For comparison, held-out digits that nobody copied, the 12 nearest. The limit was set so that {100 * FALSE_ALARMS:.0f}\u00a0% of one half of them are nearer; "
        f"of the other half it calls {_told(found.false_alarm)} copies, n = {found.false_alarm.n}: those are false alarms."
    )


def _drawn(run: Run) -> np.ndarray:
    """Pictures from the model, which is loaded now."""
    with (
        stating.working("risks.drawing", "Loading the model") as tell,
        resources.generator_in_turn(run, waits(tell)) as model,
    ):
        tell(f"Drawing {DRAWN} pictures")
        return np.asarray(model.sample(DRAWN, seed=0))


LESSON = Lesson(
    name="risks",
    title="Risks",
    icon=":material/warning:",
    minutes=5,
    promise="Find a bias, a copy and a fake, and see how sure one can be of each.",
    show=show,
    simplified=(
        "Zeros and ones stand for groups of people. Groups of people are harder to read, and which shares are right is a question for people.",
        "The model that copies was made to: 20 pictures and 1,500 epochs. Large models copy fewer of many more pictures.",
        "The intervals are of what was drawn. They do not include the errors of the reader, which are counted beside them.",
    ),
    sources=(
        "Bias: Zhao et al., *Men also like shopping*, 2017, [arXiv:1707.09457](https://arxiv.org/abs/1707.09457)",
        "Copies: Carlini et al., *Extracting training data from diffusion models*, 2023, [arXiv:2301.13188](https://arxiv.org/abs/2301.13188)",
    ),
)
