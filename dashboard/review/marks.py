"""Marks and traces, drawn: what survives which change, mean spectra, what gave a picture away, whom a prompt resembles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas
import streamlit as st

from dashboard import resources, state
from dashboard.parts import charts, contents, verdicts
from dashboard.review.bias import of_part, sound
from dashboard.review.memory import pairs
from dashboard.safe_text import safe_text
from genmodels.audits.audit import AUDITS
from genmodels.calibration import calibrate
from genmodels.data.sets.fakes import seen
from genmodels.explore.detectability import over_epochs as measure
from genmodels.explore.reproduction import likeness as compare
from genmodels.instruments.detector import reliability
from genmodels.kinds.image.files import open_picture
from genmodels.kinds.image.resizing import in_colour
from genmodels.kinds.image.spectra import radial_spectrum
from genmodels.kinds.kind import kind_of
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.subjects.subject import Subject
from genmodels.training.loading import load_for

PARTS = (
    "manifest",
    "watermark",
    "ledger",
    "together",
    "ours",
)  # ours: reads as made here by watermark and ledger alone
BESIDE = {"video": ("picture",)}  # planted files that stand beside those of a kind: what is changed is alike
SAMPLES = 200  # for spectra


def view(run: Run, found: Sequence[Mapping[str, Any]]) -> None:
    """Everything about one model."""
    verdicts.imported_notice(found)
    kind = kind_of(run.spec).one
    if rows := sound(of_part(found, f"together of a {kind}"), ("watermark", "ledger", "together", "n"), ("change",)):
        contents.header("What survives, on this model's own samples")
        frame = pandas.DataFrame(rows)
        matrix(
            frame.rename(columns={"n": "files"}),
            [part for part in PARTS if part in frame],
            f"survival-{run.id}",
            "Share of this model's files in which a mark is still found after each change; the manifest is lost whenever a file is saved again.",
        )
    survival(kind)
    for other in BESIDE.get(run.spec.kind, ()):
        survival(other)
    if run.spec.kind in AUDITS["deepfake"].kinds:
        if rows := of_part(found, "detector"):
            contents.header("Which samples pass for real most easily")
            samples(rows)
        reliable()
        traces(run)
        over_epochs(run)
        likeness(run)


def survival(kind: str) -> None:
    """The survival matrix of planted files, from the calibration, with exact intervals."""
    table = survival_table(kind)
    contents.header(f"Survival matrix of planted {kind}s")
    if table.empty:
        st.caption("Not measured yet: `genmodels calibrate provenance --keep` measures it.")
        return
    wide = table.pivot_table(index="change", columns="part", values="rate", sort=False).reset_index()
    see = f"Share of planted {kind}s in which a mark is found after each change, at 0.1 % false alarms of the watermark. Yellow is better (more found), dark blue worse; the data hold the rate at 1 % too and exact 95 % intervals."
    see += " Ours: which still read as made by this machine, without a manifest." if "ours" in wide else ""
    matrix(wide, [part for part in PARTS if part in wide], f"survival-planted-{kind}", see, table)


def survival_table(kind: str) -> pandas.DataFrame:
    """Rows of part, change, rate, low, high, n from the kept calibration."""
    rows = [
        row
        for row in calibrate.kept()
        if row["audit"] == "provenance" and row["culprit"] and row["part"].endswith(f" of a {kind}")
    ]
    return pandas.DataFrame(
        [
            {
                "part": row["part"].removesuffix(f" of a {kind}"),
                "change": row["case"],
                "rate": row["rate"],
                "low": row["low"],
                "high": row["high"],
                "n": row["repetitions"],
            }
            for row in rows
        ]
    )


def matrix(
    frame: pandas.DataFrame, parts: Sequence[str], name: str, see: str, table: pandas.DataFrame | None = None
) -> None:
    """A heat map of changes by marks, each cell with its share."""
    from plotly import graph_objects as go

    values = frame[list(parts)].to_numpy(float)
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=list(parts),
            y=[charts.chart_text(str(each), 40) for each in frame["change"]],
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            text=[["–" if np.isnan(value) else f"{value:.0%}" for value in row] for row in values],
            texttemplate="%{text}",
            colorbar={"title": "found", "tickformat": ".0%"},
        )
    )
    figure.update_yaxes(autorange="reversed", title_text="What was done to the file")
    figure.update_xaxes(title_text="Which mark", side="top")
    charts.draw(
        charts.dress(figure, height=120 + 26 * len(frame)).update_layout(
            hovermode="closest", margin={"t": 60, "b": 20}
        ),
        key=name,
        see=see,
        table=frame if table is None else table,
        name=name,
    )


def samples(rows: Sequence[Mapping[str, Any]]) -> None:
    """The samples that the detector takes for real most, each with its probability."""
    import base64

    with st.container(horizontal=True):
        for row in rows:
            try:
                picture = np.asarray(open_picture(base64.b64decode(row["picture"]), "a picture of the findings"))
                told = f"sample {int(row['sample'])}: {100 * float(row['probability']):.1f}\u00a0%"
            except (Refusal, ValueError, TypeError, KeyError):
                continue  # findings are a file that anybody may have written
            if picture.shape[0] <= 256:
                st.image(
                    np.kron(picture, np.ones((3, 3, 1), np.uint8)), caption=safe_text(told, 60), alt=told, width=96
                )
    st.caption("With the probability of being generated that the detector gives each: the lowest of all samples.")


def reliable() -> None:
    """The reliability curve of the detector."""
    found = reliability()
    if found is None:
        return
    frame = pandas.DataFrame(found["bins"])
    ends = np.array([0.0, 1.0])
    lines = [
        charts.Line("detector", frame["predicted"].to_numpy(), frame["observed"].to_numpy(), 0),
        charts.Line("perfectly calibrated", ends, ends, 1),
    ]
    contents.header("Can its probabilities be believed?")
    charts.draw(
        charts.curves(lines, x="probability that the detector gives", y="share that was generated", height=300),
        key="reliability",
        name="reliability",
        table=frame,
        see=f"Held-out drawings, half of each kind: on the dotted line its probabilities are right. Expected calibration error {found['error']:.3f}.",
    )


def traces(run: Run) -> None:
    """Mean spectra of real and generated pictures, and a map of what gave one sample away."""
    contents.header("Traces without a mark")
    if not st.toggle("Draw samples and look for traces (loads the model)", key=f"traces.{run.id}"):
        st.caption(
            "Compares the mean spectra of samples and of held-out pictures, and shows which parts of a picture gave it away."
        )
        return

    drawn, real = resources.explored(("traces", str(run.path), resources.newest(run)), lambda: _drawn_and_real(run))
    ours, theirs = (np.stack([seen(image) for image in in_colour(images)]) for images in (drawn, real))
    _spectra(run, ours, theirs)
    detector = resources.detector()
    if detector is None:
        st.caption("There is no detector in the gallery, so no map can be drawn.")
        return
    number = int(st.number_input("Sample", 0, len(ours) - 1, 0, key=f"traces.sample.{run.id}"))
    found, away = detector(ours[number]), detector.given_away(ours[number])
    left, right = st.columns(2)
    told = found.get("reason") or f"probability {100 * found['probability']:.1f}\u00a0%"
    left.image(
        np.kron(ours[number], np.ones((8, 8, 1), np.uint8)),
        caption=f"Sample {number}: {found['verdict']}, {told}",
        alt=f"Sample {number}",
        width=256,
    )
    with right:
        _given_away(run, away)


def _spectra(run: Run, ours: np.ndarray, theirs: np.ndarray) -> None:
    """The mean spectra of what a model drew and of real pictures, both (n, height, width, 3)."""
    spectra = [radial_spectrum(images).mean(axis=0) for images in (theirs, ours)]
    frequency, names = np.arange(len(spectra[0])), (f"real, n = {len(theirs)}", f"generated, n = {len(ours)}")
    lines = [
        charts.Line(name, frequency, each, slot) for slot, (name, each) in enumerate(zip(names, spectra, strict=True))
    ]
    charts.draw(
        charts.curves(lines, x="frequency (periods a picture)", y="mean log power"),
        key=f"spectra.{run.id}",
        see="Where the two lines part, an average tells generated from real pictures; at the right end lie the finest details, where upsampling leaves its traces.",
        name="spectra",
        table=pandas.DataFrame({"frequency": frequency, "real": spectra[0], "generated": spectra[1]}),
    )


def _given_away(run: Run, away: np.ndarray) -> None:
    """A map (rows, columns) of what gave a sample away, in log odds."""
    from plotly import graph_objects as go

    reach = float(np.abs(away).max()) or 1.0
    colours = {"colorscale": "PuOr", "zmin": -reach, "zmax": reach, "colorbar": {"title": "log odds"}}
    heat = charts.dress(go.Figure(go.Heatmap(z=away, **colours)), height=300).update_layout(hovermode="closest")
    heat.update_yaxes(autorange="reversed", scaleanchor="x", title_text="pixels")
    heat.update_xaxes(title_text="pixels", constrain="domain")
    charts.draw(
        heat,
        key=f"away.{run.id}",
        see="By how much the score falls where a square of 8 x 8 pixels is replaced by its mean: what lies above 0 gave the picture away.",
        name="given-away",
        table=pandas.DataFrame(away),
    )


def _drawn_and_real(run: Run) -> tuple[np.ndarray, np.ndarray]:
    data = load_for(run.experiment)
    with resources.generator(run) as model:
        return Subject(model, data, n=SAMPLES, seed=1).samples, data.test.images[:SAMPLES]


def over_epochs(run: Run) -> None:
    """How detectable the samples of each kept epoch are."""
    epochs = sorted(int(folder.name) for folder in (run.path / "epochs").glob("*") if folder.name.isdigit())
    if len(epochs) < 2:
        return
    contents.header("How fast do the fakes become good?")
    if not st.toggle("Ask the detector about every kept epoch", key=f"epochs.{run.id}"):
        st.caption(f"{len(epochs)} epochs have their weights kept; 100 samples are drawn with each.")
        return

    rows = resources.explored(
        ("epochs", str(run.path), resources.newest(run)),
        lambda: measure(
            run, epochs, detector=resources.detector(), opened=lambda epoch: resources.generator(run, epoch)
        ),
    )
    frame = pandas.DataFrame(rows)
    lines = [
        charts.Line("area under the curve", frame["epoch"], frame["area"], 0),
        charts.Line("share found at 2 % false alarms", frame["epoch"], frame["found"], 1),
    ]
    charts.draw(
        charts.curves(lines, x="epoch", y="0.5 and 0: never recognised; 1: always"),
        key=f"detectability.{run.id}",
        see="Falling lines: the samples of later epochs are harder to tell from real pictures.",
        table=frame,
        name="detectability",
    )


def likeness(run: Run) -> None:
    """Whom or what a named prompt resembles most among the training pictures."""
    if not run.experiment.make_recipe().captioned:
        return
    contents.header("Likeness")
    with st.form(f"likeness.{run.id}", border=False):
        prompt = st.text_input(
            "Does a prompt reproduce one particular training picture?",
            placeholder="woman firefighter, dark skin tone",
            **state.kept("likeness_prompt"),
        )
        if not st.form_submit_button("Draw 8 and compare", icon=":material/compare:") or not prompt:
            st.caption("Eight pictures are drawn and each is compared with every training picture.")
            return

    data = load_for(run.experiment)
    with resources.generator(run) as model:
        found = compare(model, data, prompt, n=8, seed=0)
    pairs(found["pairs"], "drawn", "training picture")
    st.markdown(safe_text(found["sentence"], 600))
