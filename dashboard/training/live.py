"""A run while it works, and what it left: progress, buttons, samples, curves, and what seems to go wrong."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import navigation, resources, state
from dashboard.parts import contents, pace, sample_strip, stating
from dashboard.parts import samples as gallery
from dashboard.parts.findings import audited
from dashboard.parts.terms import term_label
from dashboard.parts.verdicts import short, show_measures
from dashboard.run_rows import Row
from dashboard.safe_text import counted, duration, safe_text
from dashboard.training import curves
from dashboard.training.buttons import WORKING, act, buttons
from genmodels.kinds.kind import kind_of
from genmodels.models.recipe import MODELS
from genmodels.runs import beginning, launching
from genmodels.runs.run import SHOWN, Run
from genmodels.runs.store import RunStore
from genmodels.verdicts.imported import with_imported

STALLED = 60.0  # seconds without a word from the process
LEARNING = "learning"  # the part with curves and pictures
# Streamlit fades what it is about to draw again; here that would be all, all the time.
STILL = "<style>.st-key-live [data-stale=true] {opacity: 1 !important; transition: none !important}</style>"


def shown_state(run_state: str) -> str:
    """The state in the words of the page."""
    return SHOWN.get(run_state, run_state)


def page(run_state: str) -> str:
    """Where a link to a run leads: of what is being trained one watches how it learns, of all else one sees the model."""
    return "train" if run_state in WORKING else "model"


def badge(run_state: str) -> None:
    stating.badge(shown_state(run_state))


def show(run: Run, store: RunStore) -> None:
    """The whole view of a run."""
    state.show_notice()
    contents.place()
    run.experiment  # noqa: B018  (a damaged run is refused here, in one sentence)
    was = run.state
    working, draws = was in WORKING, _draws(run)
    st.html(STILL)
    with st.container(key="live"):
        with st.container(border=True):
            # Above what grows and shrinks while it works, so that Stop stays where it is.
            buttons(run, was, gallery_run=run.path.parent != store.folder, store=store)
            pace.polled(_progress, 1.0 if working else None)(run, was, draws)
        if not draws and working:
            st.caption("Curves and samples appear here after the first epoch.")
            return
        pace.polled(_learning, None, key=LEARNING)(run, curves.options())
    resources.settle()
    if findings := run.findings():
        with st.container(border=True):
            contents.header("Measured")
            show_measures(findings)
            audited(with_imported(findings), findings)
    gallery.credit(str(run.facts.get("credit", "")))


def _draws(run: Run) -> bool:
    """Is it known what it learns from, so that curves and samples can be drawn?"""
    return "spec" in run.facts


def _progress(run: Run, was: str, drew: bool) -> None:
    """State, bar and figures, once a second while the run works. When the state changes the whole page is drawn again, and
    curves and pictures when there are new ones. Each part has its own place, so that none stands where another was.
    """
    status = run.status
    now = run.judge(status)
    if now != was or (not drew and _draws(run)):
        if was in WORKING and now not in WORKING:
            state.notice(f"{safe_text(run.id)} is {shown_state(now)}.", stating.STATES[shown_state(now)][0])
        st.rerun()
    if now in WORKING and drew and _news(run) != state.get(state.LIVE_DRAWN):
        pace.redraw(LEARNING, sample_strip.NEWEST)
    _bar(status, now)
    _figures(status, now)
    with st.container():
        _message(run, status, now)


def _bar(status: dict[str, Any], now: str) -> None:
    if now in WORKING and (share := beginning.share(status, time.time())) is not None:
        so_far = max(0.0, time.time() - _number(status.get("phase_began")))
        stating.running(safe_text(status.get("message", ""), 300), share, spent=so_far)
        return
    step, steps = _count(status.get("step")), _count(status.get("steps"))
    epoch, epochs = _count(status.get("epoch")), _count(status.get("epochs"))
    share = min(1.0, step / steps) if steps else 0.0
    words = f"Epoch {epoch:,} of {epochs:,}" + (
        f", step {step:,} of {steps:,} ({100 * share:.0f}\u00a0%)" if steps else ""
    )
    stating.running(words, share)


def _figures(status: dict[str, Any], now: str) -> None:
    """Five places in a row; what is not known yet leaves its place empty."""
    best, left, unit = (
        status.get("best") or {},
        status.get("seconds_left"),
        "tokens" if "tokens_per_second" in status else "images",
    )
    speed = status.get(f"{unit}_per_second")
    with st.container(horizontal=True, key="figures"):
        _figure("Time so far", duration(status.get("seconds")), status.get("seconds"))
        _figure("Processor time", duration(status.get("cpu_seconds")), status.get("cpu_seconds"))
        help = safe_text(f"Reached in epoch {best.get('epoch', '?')}; lower is better")
        _figure(
            safe_text(f"Best {term_label(str(best.get('name', '')))}"),
            short(best.get("value")),
            best.get("value"),
            help,
        )
        _figure("Time left", duration(left), left if now == "running" else None)
        _figure(f"{unit.capitalize()} a second", short(speed), speed if now == "running" else None)


def _figure(label: str, said: str, value: object, help: str | None = None) -> None:
    """A figure in its place, or nothing there."""
    place = st.empty()
    if value is not None:
        place.metric(label, said, help=help, width="stretch")


def _message(run: Run, status: dict[str, Any], now: str) -> None:
    message = str(status.get("message") or "")
    if now == "failed":
        stating.failed(safe_text(message, 600))
    elif now == "lost":
        stating.warned(
            "The process ended without a word, as after a crash or a restart of the machine. Resume continues from the last checkpoint.",
        )
    elif now == "waiting" and (first := before(run)):
        st.caption(f"{launching.WAITS}: {first}")
    elif message and not status.get("phase"):
        st.caption(safe_text(message, 600))
    if status.get("notice"):
        stating.warned(safe_text(status["notice"], 600))
    if now == "running" and (silent := time.time() - _number(status.get("updated"))) > STALLED:
        stating.warned(
            f"No progress for {duration(silent)}. It may be reading data or compiling; if it hangs, end it.",
        )
        st.button(
            "End it now", key=f"kill.{run.id}", icon=":material/dangerous:", on_click=act, args=(launching.kill, run)
        )


def _news(run: Run) -> tuple[Any, ...]:
    """Changes when there is something new to draw."""
    watched = ("history.jsonl", "samples", "reconstructions")
    return (run.id, *(_changed(run.path / name) for name in watched))


def _changed(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except OSError:
        return 0, 0
    return about.st_mtime_ns, about.st_size


def _learning(run: Run, options: curves.Options) -> None:
    """Samples beside the loss, the other curves below: one part, because each part that is drawn again has its price."""
    state.put(state.LIVE_DRAWN, _news(run))
    samples, loss = st.columns([2, 3], gap="medium")
    with samples, st.container(border=True):
        _pictures(run)
    with loss:
        curves.first(run, options)
    curves.rest(run, options)


def _pictures(run: Run) -> None:
    """Samples and reconstructions of one epoch; the slider follows the newest until it is moved."""
    samples, again = run.samples, run.reconstructions
    epochs = sorted(samples.keys() | again.keys())
    kind = kind_of(run.spec)
    reads = not MODELS[run.experiment.model].draws and not epochs
    contents.header("What it reads" if reads else f"What it {kind.makes}")
    if not epochs and not MODELS[run.experiment.model].draws:
        st.caption("It reads pictures and draws none; how well it reads them stands in the curves.")
        return
    if not epochs:
        st.caption("The first samples come after the first epoch." if run.state in WORKING else "No samples are there.")
        return
    epoch = _epoch(run, epochs)
    document = run.experiment
    for what, files in (("Samples", samples), ("Reconstructions", again)):
        if epoch in files:
            same = f"Samples, each epoch from the same {kind.begins}"
            st.caption(same if what == "Samples" else "Held-out pictures above, the model's reconstructions below")
            gallery.samples(files[epoch], document.model, document.data, epoch, what, inline=True)


def _epoch(run: Run, epochs: list[int]) -> int:
    """The epoch that the slider shows: the newest, until the user moves it elsewhere."""
    newest, moved = epochs[-1], f"{state.EPOCH_MOVED}.{run.id}"
    if len(epochs) < 2:
        return newest
    held = state.get(moved)
    key = (
        f"{state.EPOCH}.{run.id}.{newest if held is None else 'held'}"  # while it follows, a new slider for a new epoch
    )

    def remember() -> None:
        chosen = state.get(key)
        state.put(moved, None if chosen == newest else chosen)

    value = newest if held is None else min(max(held, epochs[0]), newest)
    chosen = st.slider(
        "Epoch",
        epochs[0],
        newest,
        value,
        key=key,
        on_change=remember,
        help="Moved to the end, it follows the newest epoch",
    )
    return max((epoch for epoch in epochs if epoch <= chosen), default=epochs[0])


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15 else 0


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def queue(store: RunStore) -> None:
    """The runs that work or wait, each with a link; the one that has the turn first."""
    for row in reversed(_busy(store)):
        with st.container(horizontal=True, vertical_alignment="center"):
            badge(row["state"])
            navigation.link("train", safe_text(row["name"] or row["id"]), run=row["id"])
            if row["state"] == "running" and (left := _number(row["status"].get("seconds_left"))):
                st.caption(f"about {duration(left)} left")


def before(run: Run) -> str:
    """Which runs come before one that waits, and how long that takes, as a sentence; "" where none does."""
    own = (run.created, run.id)
    busy = _busy(RunStore(run.path.parent))
    first = [row for row in busy if row["state"] == "running" or (row["created"], row["id"]) < own]
    if not first:
        return ""
    left = [_number(row["status"].get("seconds_left")) for row in first]
    about = f", {'about' if all(left) else 'at least'} {duration(sum(left))}" if sum(left) else ""
    return f"{counted(len(first), 'run')} before it{about}."


def _busy(store: RunStore) -> list[Row]:
    """Runs that have the turn or wait for it, newest first."""
    return [row for row in resources.run_rows(store) if row["state"] in WORKING]
