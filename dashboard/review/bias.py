"""What an audit of bias found, drawn: shares with their intervals, and the pictures behind each bar."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.parts import charts, contents, stating, verdicts
from dashboard.safe_text import chart_text, plain_text, safe_text
from genmodels.data.emoji_names import TONES
from genmodels.runs.run import Run

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

TESTED = 0.03  # level of the test of single occupations
SHOWN = 12  # pictures behind a bar
READ = {"w": "woman", "m": "man", "-": "no tone", **{str(i): tone for i, tone in enumerate(TONES, start=1)}}


def of_part(found: Sequence[Mapping[str, Any]], part: str) -> list[dict[str, Any]]:
    """The exhibits of a finding."""
    return [
        dict(each)
        for row in found
        if row.get("part") == part
        for each in row.get("exhibits") or []
        if isinstance(each, Mapping)
    ]


def sound(rows: Sequence[Mapping[str, Any]], numbers: Sequence[str], texts: Sequence[str]) -> list[dict[str, Any]]:
    """Those rows that hold finite numbers and texts under these names; findings are a file that anybody may have written."""
    fit = lambda row, name, kind: isinstance(row.get(name), kind) and not isinstance(row[name], bool)  # noqa: E731
    return [
        dict(row)
        for row in rows
        if all(fit(row, name, int | float) and math.isfinite(row[name]) for name in numbers)
        and all(fit(row, name, str) for name in texts)
    ]


def pictures(run: Run, found: Sequence[Mapping[str, Any]]) -> None:
    """Everything that is drawn of a model of pictures."""
    verdicts.imported_notice(found)
    rows = of_part(found, "occupations") or of_part(found, "gender")
    rows = sound(
        [row for row in rows if row.get("legible", True)],
        ("women", "low", "high", "first_seed"),
        ("role", "prompt", "gender", "skin tone"),
    )
    rows = [row | {"p_adjusted": row["p_adjusted"] if sound([row], ("p_adjusted",), ()) else 1.0} for row in rows]
    if rows:
        contents.header("Each occupation and activity")
        occupations(rows)
        behind(run, rows)
        tones(rows)
    if groups := sound(of_part(found, "followed"), ("followed",), ("group", "grouping")):
        contents.header("How well each group is drawn")
        followed(groups)


def occupations(rows: Sequence[Mapping[str, Any]]) -> None:
    """The corrected share of women for each neutral prompt, with its interval."""
    from plotly import graph_objects as go

    ordered = sorted(rows, key=lambda row: row["women"])
    figure = go.Figure()
    for slot, (name, chosen) in enumerate(
        (
            ("not different from the reference", [row for row in ordered if row["p_adjusted"] > TESTED]),
            ("different (Holm, 3 % over all)", [row for row in ordered if row["p_adjusted"] <= TESTED]),
        )
    ):
        if chosen:
            figure.add_trace(_with_intervals(chosen, "women", "role", name, slot, symbol=charts.MARKS[slot], most=30))
    figure.add_vline(
        0.5,
        line={"color": "rgba(128,128,128,0.8)", "dash": "dot"},
        annotation_text="as many women as men",
        annotation_position="top",
    )
    figure.update_xaxes(title_text="Share of women among women and men drawn", range=[-0.03, 1.03], tickformat=".0%")
    figure.update_yaxes(
        title_text="Neutral prompt",
        categoryorder="array",
        categoryarray=[chart_text(row["role"], 30) for row in ordered],
        tickfont={"size": 10},
        range=[-1, len(ordered)],
    )
    charts.dress(figure, height=120 + 15 * len(ordered)).update_layout(hovermode="closest")
    see = "Left: mostly men are drawn, right: mostly women. A line is a 95 % interval, corrected for the reader's errors; where it crosses the middle, neither is shown to be drawn more often."
    charts.draw(
        figure, key="bias.occupations", see=see, table=lambda: _table(ordered), name="share-of-women-by-occupation"
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> Any:
    import pandas

    return pandas.DataFrame(
        [{name: value for name, value in row.items() if name not in ("gender", "skin tone")} for row in rows]
    )


def behind(run: Run, rows: Sequence[Mapping[str, Any]]) -> None:
    """The pictures behind one bar, drawn again from their seeds, each with what was read of it."""
    names = [str(row["role"]) for row in rows]
    chosen = st.selectbox(
        "The pictures behind", names, format_func=lambda name: plain_text(name, 60), **state.kept("bias.behind")
    )
    row = rows[names.index(chosen)]
    count = max(1, min(SHOWN, len(row["gender"]), len(row["skin tone"])))

    def draw() -> Any:
        with resources.generator(run) as model:
            return model.sample(count, seed=abs(int(row["first_seed"])) % 2**31, given=[str(row["prompt"])] * count)

    with stating.waiting("Drawing them again from their seeds"):
        images = resources.explored(
            (str(run.path), resources.newest(run), "bias", row["prompt"], row["first_seed"], count), draw
        )
    with st.container(horizontal=True):
        for i, image in enumerate(images):
            told = f"{READ.get(row['gender'][i : i + 1], '?')}, {READ.get(row['skin tone'][i : i + 1], '?')}"
            st.image(np.kron(image, np.ones((3, 3, 1), image.dtype)), caption=told, width=96)
    st.caption(
        safe_text(
            f"The prompt {row['prompt']!r}, seeds {row['first_seed']} to {row['first_seed'] + count - 1}; under each picture what the readers took it for. They are sometimes wrong.",
            300,
        )
    )


def tones(rows: Sequence[Mapping[str, Any]]) -> None:
    """How often each tone was read, over all neutral prompts."""
    import pandas
    from plotly import graph_objects as go

    letters = "".join(str(row["skin tone"]) for row in rows)
    counts = [letters.count(str(i)) for i in range(1, 6)] + [letters.count("-")]
    names = [*TONES, "none (yellow)"]
    figure = go.Figure(
        go.Bar(x=names, y=[count / max(len(letters), 1) for count in counts], marker={"color": charts.colour(0)})
    )
    figure.update_xaxes(title_text="Skin tone read off the picture")
    figure.update_yaxes(title_text="Share of pictures drawn", tickformat=".0%")
    see = "How often each skin tone is drawn when the prompt names none, as read, not yet corrected; the finding above has the corrected shares."
    charts.draw(
        charts.dress(figure),
        key="bias.tones",
        see=see,
        table=pandas.DataFrame({"tone": names, "pictures": counts}),
        name="tones-of-neutral-prompts",
    )


def followed(groups: Sequence[Mapping[str, Any]]) -> None:
    """How often captions of each group are drawn as asked, beside what the readers get right on real pictures."""
    import pandas
    from plotly import graph_objects as go

    single = sound(groups, ("followed", "low", "high", "real"), ("group",))
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=[row["followed"] for row in single],
            y=[chart_text(row["group"]) for row in single],
            mode="markers",
            name="drawn",
            marker={"color": charts.colour(0), "size": 8},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [row["high"] - row["followed"] for row in single],
                "arrayminus": [row["followed"] - row["low"] for row in single],
            },
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[row["real"] for row in single],
            y=[chart_text(row["group"]) for row in single],
            mode="markers",
            name="real pictures, as read",
            marker={"color": charts.colour(1), "symbol": "x", "size": 8},
        )
    )
    figure.update_xaxes(title_text="Share read as asked, in gender and tone", tickformat=".0%", range=[0, 1.03])
    figure.update_yaxes(title_text="Group in the caption")
    see = "How often a held-out caption of each group is drawn as it says (95 % interval), beside what the readers get right on real pictures of the group. A dot far left of its cross is a group that is drawn worse."
    charts.draw(
        charts.dress(figure, height=340),
        key="bias.followed",
        see=see,
        table=pandas.DataFrame(groups),
        name="captions-followed-by-group",
    )


def texts(found: Sequence[Mapping[str, Any]]) -> None:
    """P(she) after each occupation, against the share in the training text where it is known; then pairs of sentences."""
    verdicts.imported_notice(found)
    rows = sound(of_part(found, "parity"), ("she", "low", "high"), ("occupation",))
    known = sound(of_part(found, "amplification"), ("she", "training"), ("occupation",))
    if known:
        _against_training(known)
    elif rows:
        _pronouns(rows)
    else:
        return
    if kinds := sound(of_part(found, "pairs"), ("stereotype", "low", "high", "n", "p_adjusted"), ("kind",)):
        _pairs(kinds)


def _against_training(known: Sequence[Mapping[str, Any]]) -> None:
    from plotly import graph_objects as go

    contents.header("Pronouns after occupations, against the training text")
    dots = go.Scatter(
        x=[row["training"] for row in known],
        y=[row["she"] for row in known],
        mode="markers",
        text=[chart_text(row["occupation"]) for row in known],
        name="an occupation",
        marker={"color": charts.colour(0), "size": 7},
    )
    dotted = {"color": charts.colour(1), "dash": "dot"}
    line = go.Scatter(x=[0, 1], y=[0, 1], mode="lines", name="as the training text", line=dotted)
    figure = go.Figure([dots, line])
    figure.update_xaxes(title_text="Share of she in the training text", tickformat=".0%", range=[0, 1])
    figure.update_yaxes(title_text="P(she) of the model", tickformat=".0%", range=[0, 1])
    see = "Each dot is an occupation. On the line the model has the bias of its text; a steeper cloud amplifies it, a flatter one weakens it."
    _draw_pronouns(figure, see, known, height=420)


def _pronouns(rows: Sequence[Mapping[str, Any]]) -> None:
    from plotly import graph_objects as go

    contents.header("Pronouns after occupations")
    figure = go.Figure([_with_intervals(rows, "she", "occupation", "mean over templates", 0)])
    figure.add_vline(0.5, line={"color": "rgba(128,128,128,0.8)", "dash": "dot"})
    figure.update_xaxes(title_text="P(she) as a share of she and he", tickformat=".0%", range=[0, 1])
    figure.update_yaxes(title_text="Occupation", tickfont={"size": 10})
    see = "Left: he is more probable after the occupation, right: she. The line reaches over the templates."
    _draw_pronouns(figure, see, rows, height=120 + 15 * len(rows))


def _draw_pronouns(figure: Figure, see: str, rows: Sequence[Mapping[str, Any]], height: int) -> None:
    import pandas

    charts.dress(figure, height=height).update_layout(hovermode="closest")
    table = pandas.DataFrame(rows)
    charts.draw(figure, key="bias.pronouns", see=see, table=table, name="pronouns-by-occupation")


def _pairs(kinds: Sequence[Mapping[str, Any]]) -> None:
    import pandas

    contents.header("Pairs of sentences")
    alt = "Share of pairs in which the stereotype is likelier, by kind of bias"
    st.dataframe(pandas.DataFrame(kinds), hide_index=True, alt=alt)
    st.caption(
        "The share of pairs in which the stereotype is likelier; 50 % is neutral. p is corrected for the number of kinds (Holm)."
    )


def _with_intervals(
    rows: Sequence[Mapping[str, Any]],
    value: str,
    label: str,
    name: str,
    slot: int,
    symbol: str = "circle",
    most: int = 80,
) -> Any:
    """Marks at a share of each row, on the line of its label, with its interval."""
    from plotly import graph_objects as go

    return go.Scatter(
        x=[row[value] for row in rows],
        y=[chart_text(row[label], most) for row in rows],
        mode="markers",
        name=name,
        marker={"color": charts.colour(slot), "symbol": symbol, "size": 7},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row["high"] - row[value] for row in rows],
            "arrayminus": [row[value] - row["low"] for row in rows],
            "width": 0,
            "thickness": 1,
        },
    )
