"""Two prompts that differ in a word: what follows, and how probable each continuation is, side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.parts import charts, stating
from dashboard.safe_text import chart_text, counted, lines_of, safe_text
from dashboard.writing.looking import named, signs
from dashboard.writing.making import Draft
from genmodels.kinds.text.tokens import Tokens
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

if TYPE_CHECKING:
    import pandas

TOP = 20  # next tokens of each prompt that are known; of them the most probable are shown
SHOWN = 10
MOST_CANDIDATES, LONGEST_CANDIDATE = 20, 200  # continuations, and characters of one
LONGEST = 4000  # characters of a prompt that are compared
AFTER = ("after the first prompt", "after the second prompt")
FORMS = dict.fromkeys(AFTER, "%.4g") | {"difference (second - first)": "%+.4f", "ratio (second / first)": "%.2f"}


def swapped(text: str, before: str, after: str) -> str:
    """Each whole word `before` as `after`, capitals kept."""
    if not before:
        return text

    def in_its_place(found: re.Match[str]) -> str:
        return after[:1].upper() + after[1:] if found[0][:1].isupper() else after

    edges = (r"\b" if re.match(r"\w", before) else "", r"\b" if re.search(r"\w$", before) else "")
    return re.sub(edges[0] + re.escape(before) + edges[1], in_its_place, text, flags=re.IGNORECASE)


def second_prompt(prompt: str) -> str:
    """The other prompt: the first with a word swapped, which the user may edit."""
    left, right = st.columns(2)
    before = left.text_input("Swap the word", "she", max_chars=60, **state.kept(state.SWAP_FROM)) or ""
    after = right.text_input("for", "he", max_chars=60, **state.kept(state.SWAP_TO)) or ""
    proposed = swapped(prompt, before, after)
    if prompt and proposed == prompt:
        stating.noted(
            safe_text(f"The word {before!r} is not in the prompt; swap another, or edit the second prompt.", 200),
        )
    return st.text_area("Second prompt", proposed, height=90, key=f"second.{hash((prompt, before, after))}") or ""


def candidates(text: str, prompts: Sequence[str]) -> list[str]:
    """Continuations from a line with commas; each begins with a space, unless a prompt ends with one."""
    found = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if len(found) > MOST_CANDIDATES or any(len(part) > LONGEST_CANDIDATE for part in found):
        raise Refusal(
            f"{counted(len(found), 'continuation')} are given; give at most {MOST_CANDIDATES} of up to {LONGEST_CANDIDATE} characters each."
        )
    space = "" if any(not prompt or prompt[-1].isspace() for prompt in prompts) else " "
    return [space + part for part in found]


def readable(run: Run, weighed: Sequence[str]) -> list[str]:
    """The continuations that are in the model's vocabulary; the others are named on the page."""
    tokens = Tokens.of(run.spec)
    strange = [each for each in weighed if tokens.unknown(each)]
    if strange:
        stating.noted(
            safe_text(
                f"Left out, since this model does not know all their characters: {', '.join(repr(each) for each in strange)}.",
                600,
            ),
        )
    return [each for each in weighed if each not in strange]


def drafts(run: Run, prompts: Sequence[str], seed: int) -> list[Draft]:
    """Both from the same seed."""
    return [Draft(run.id, prompt, seed) for prompt in prompts]


def counterfactual_view(run: Run, prompts: Sequence[str]) -> None:
    """Probabilities of what may follow either prompt."""
    if not all(prompt.strip() for prompt in prompts):
        stating.empty("Write two prompts; then their continuations are weighed here.")
        return
    asked = _asked()
    if any(len(prompt) > LONGEST for prompt in prompts):
        stating.noted(f"Only the last {LONGEST:,} characters of a prompt are read here.")
    ends = [prompt[-LONGEST:] for prompt in prompts]
    weighed = readable(run, candidates(asked, prompts))
    waiting = stating.IN_TURN if resources.busy(run) else "Weighing"
    with stating.waiting(waiting):
        readings = [resources.reading(run, end, TOP) for end in ends]
        logs = _weighed(run, ends, weighed)
    for notice in dict.fromkeys(reading.notice for reading in readings if reading.notice):
        stating.noted(safe_text(notice, 600))
    if weighed:
        both(
            pairs([signs(each) for each in weighed], np.exp(logs)),
            "Continuation",
            "counterfactual.weighed",
            "How probable each whole continuation is after either prompt, on a logarithmic axis. Longer ones are less probable by nature: compare the two marks of a line.",
        )
    names, chances = next_tokens(run, readings)
    both(
        pairs(names, chances),
        "Next token",
        "counterfactual.next",
        f"The {SHOWN} most probable next tokens of either prompt. Where a mark is missing, the token is not among the {TOP} most probable of that prompt.",
    )


def _asked() -> str:
    """The continuations to weigh, as they were written."""
    default, kept = "nurse, engineer, doctor, teacher", state.kept(state.CANDIDATES)
    return st.text_input("Continuations to weigh, separated by commas", default, max_chars=4000, **kept) or ""


def _weighed(run: Run, ends: Sequence[str], candidates: Sequence[str]) -> np.ndarray:
    """The log-probability of each candidate after each of two prompts (2, n), computed once."""
    if not candidates:
        return np.empty((2, 0))
    key = (str(run.path), resources.newest(run), "continuations", *ends, *candidates)
    return np.asarray(resources.explored(key, lambda: continuations(run, ends, candidates)))


def continuations(run: Run, prompts: Sequence[str], weighed: Sequence[str]) -> np.ndarray:
    """Log probabilities (2, continuations) in nats."""
    with resources.generator(run) as model:
        return np.stack([model.continuation(prompt, weighed) for prompt in prompts])


def next_tokens(run: Run, readings: Sequence[Any]) -> tuple[list[str], np.ndarray]:
    """The most probable next tokens of two prompts and their probabilities (2, tokens); nan where one is not known."""
    known = [
        dict(zip(map(int, reading.lens[-1, -1]), map(float, reading.lens_probability[-1, -1]), strict=True))
        for reading in readings
    ]
    union = {token for each in known for token in sorted(each, key=lambda token: -each[token])[:SHOWN]}
    ordered = sorted(union, key=lambda token: (-max(each.get(token, 0.0) for each in known), token))
    names = named(Tokens.of(run.spec), ordered) if ordered else {}
    return [names[token] for token in ordered], np.array(
        [[each.get(token, np.nan) for token in ordered] for each in known]
    )


def pairs(names: Sequence[str], chances: np.ndarray) -> pandas.DataFrame:
    """A line for each continuation: both probabilities, their difference and their ratio."""
    import pandas

    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = chances[1] / chances[0]
    return pandas.DataFrame(
        {
            "what": names,
            "after the first prompt": chances[0],
            "after the second prompt": chances[1],
            "difference (second - first)": chances[1] - chances[0],
            "ratio (second / first)": ratio,
        }
    )


def both(table: pandas.DataFrame, what: str, key: str, see: str) -> None:
    """Chart and table of two probabilities a line."""
    st.header(f"{what}s", anchor=False)
    figure = _marks(table)
    figure.update_yaxes(title_text=what, autorange="reversed", type="category")
    charts.draw(
        charts.dress(figure, height=150 + 26 * len(table)).update_layout(hovermode="y unified"),
        key=key,
        see=see,
        table=table,
        name=key.replace(".", "-"),
    )
    st.dataframe(
        table.rename(columns={"what": what}),
        hide_index=True,
        key=f"{key}.shown",
        column_config={name: st.column_config.NumberColumn(format=form) for name, form in FORMS.items()},
    )


def _marks(table: pandas.DataFrame) -> Any:
    """Two marks on each line, joined, on a logarithmic axis."""
    from plotly import graph_objects as go

    names = [chart_text(lines_of(name), 40) for name in table["what"]]
    shown = [f"{name}{' ' * number}" for number, name in enumerate(names)]  # equal names stay apart
    figure, grey = go.Figure(), {"color": "rgba(128,128,128,0.5)", "width": 2}
    for first, second, name in zip(*(table[column] for column in AFTER), shown, strict=True):
        ends = {"x": [first, second], "y": [name, name]}
        figure.add_trace(go.Scatter(**ends, mode="lines", line=grey, showlegend=False, hoverinfo="skip"))
    for slot, column in enumerate(AFTER):
        marker = {"color": charts.colour(slot), "symbol": charts.MARKS[slot], "size": 11}
        look = {"mode": "markers", "marker": marker, "hovertemplate": "%{x:.3~g}"}
        figure.add_trace(go.Scatter(x=table[column], y=shown, name=charts.sentence_case(column), **look))
    figure.update_xaxes(title_text="Probability (log scale)", type="log", tickformat=".2~g")
    return figure
