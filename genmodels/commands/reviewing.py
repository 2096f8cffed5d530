"""The verbs that measure and judge: measure, calibrate, verify, report."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genmodels.commands.verb import (
    OUT,
    RUN,
    SEED,
    Arguments,
    answer,
    check_n,
    flag,
    path_of,
    several,
    verb,
    write_report,
)
from genmodels.estimates.rounding import told
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

if TYPE_CHECKING:
    pass

MOST = 100_000  # samples, or repetitions


@verb(
    "measure",
    RUN,
    several("--metric"),
    flag("-n", type=int, help="samples: 1,000 pictures or 200 texts if not given"),
    SEED,
    flag(
        "--features",
        default="",
        metavar="NAME|FILE.keras",
        help="what pictures are compared in: pixels-16+gradients, pixels, pca, encoder or a Keras model",
    ),
)
def measure(arguments: Arguments) -> int:
    """Measure a run against held-out data: estimates with intervals, kept in its findings.json."""
    check_n(arguments.n or 1, MOST)
    if arguments.features:
        _look_at_features(arguments.features)  # seconds before TensorFlow is there
    from genmodels.measuring.measure import measure_run

    document = measure_run(
        RunStore.default()[arguments.run],
        arguments.metric,
        n=arguments.n,
        seed=arguments.seed,
        features=arguments.features,
    )
    answer(arguments, document, "\n".join(map(_measured, document["measures"])))
    return 0


def _look_at_features(features: str) -> None:
    """Refuse what can't be features, and say what a foreign model is kept from."""
    from genmodels.instruments.features import check_early
    from genmodels.jobs import sandbox

    if features.endswith(".keras"):
        print(sandbox.told(sandbox.active_layers()), file=sys.stderr)
    check_early(features)


def _measured(row: Mapping[str, Any]) -> str:
    """A line of `measure`."""
    if row["value"] is None:
        return f"{row['metric']:28s} {row['protocol']}"
    value, low, high = told(row["value"], row["low"], row["high"])
    return f"{row['metric']:28s} {value}  [{low}, {high}]  n={row['n']}  ({row['better']} is better)"


@verb(
    "calibrate",
    flag("names", nargs="*", metavar="AUDIT"),
    flag("--repetitions", type=int, default=1000),
    SEED,
    flag("--keep", action="store_true", help="keep the result where verdicts find it, in the project"),
)
def calibrate(arguments: Arguments) -> int:
    """How often each audit is wrong: false alarms on planted innocents, and the culprits that it catches."""
    from genmodels.calibration.calibrate import calibrate as calibrated
    from genmodels.calibration.calibrate import keep

    check_n(arguments.repetitions, MOST)
    rows = calibrated(arguments.names, arguments.repetitions, arguments.seed, _tell)
    if arguments.keep:
        keep(rows)
    lines = [
        f"{'culprit ' if r['culprit'] else 'innocent'} {r['audit']}, {r['part']}: {r['case']}, n = {r['n']}: flagged {r['rate']:.1%} [{r['low']:.1%}, {r['high']:.1%}] of {r['repetitions']}"
        for r in rows
    ]
    answer(arguments, rows, "\n".join(lines))
    return 0


def _tell(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


@verb(
    "verify",
    flag("files", nargs="+", type=path_of, metavar="FILE"),
    flag("--out", type=path_of, metavar="FILE.html|.json", help="write what was found as a report"),
)
def verify(arguments: Arguments) -> int:
    """Is a picture, text, sound or film marked as made by a model, and by whom? Of a folder all its files. Exit code 2 where one could not be read."""
    from genmodels.instruments.detector import asked_when_needed
    from genmodels.provenance.credentials import MOST_BYTES
    from genmodels.provenance.pairing import read_paths
    from genmodels.review.many_files import verify_many
    from genmodels.review.report_of_files import verified

    rows = verify_many(read_paths(arguments.files, MOST_BYTES), detector=asked_when_needed())
    if arguments.out:
        write_report(arguments.out, lambda form: verified(rows, form))
    if len(rows) == 1 and "error" in rows[0]:
        if arguments.json:
            answer(arguments, rows[0], "")
        raise Refusal(rows[0]["error"])
    text = "\n".join(f"{row['file']}: {row.get('error') or row['sentence']}" for row in rows)
    answer(arguments, rows[0] if len(rows) == 1 else rows, text)
    return 2 if any("error" in row for row in rows) else 0


@verb("report", RUN, OUT)
def report(arguments: Arguments) -> int:
    """Write the report of a run: its model card, numbers and findings as .html, .json or .md."""
    from genmodels.provenance import way_out
    from genmodels.review.model_document import MOST_TEXTS
    from genmodels.review.report_out import sealed_report
    from genmodels.review.run_document import run_document

    run = RunStore.default()[arguments.run]
    document = run_document(run)
    write_report(arguments.out, lambda form: sealed_report(document, form))
    way_out.shown(
        [str(each.get("text", "")) for each in document.get("texts", [])[:MOST_TEXTS]],
        {"Model": f"{run.experiment.model} {run.id}"},
    )
    answer(arguments, {"run": run.id, "file": str(arguments.out)}, f"{arguments.out} written.")
    return 0
