"""Measure and audit a run: what the command line, the pages and `make gallery` call."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.clusters import Clusters
from genmodels.estimates.estimate import Estimate
from genmodels.files import make_folder, write_atomically
from genmodels.instruments.features import extractor
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.near_copies import held_out_drawings
from genmodels.kinds.kind import kind_of
from genmodels.measuring.code import OF_CODE
from genmodels.measuring.encoders import measure_encoder
from genmodels.measuring.molecules import (
    OF_MOLECULES,
    RECONSTRUCTED,
    measure_latent_molecules,
    measure_molecules,
)
from genmodels.measuring.music import OF_PIECES, measure_music
from genmodels.measuring.pictures import BOUNDS, BY_GROUP, FLOORS, measure_pictures
from genmodels.measuring.prompted import FAMILIES, measure_prompted, rounds_of
from genmodels.measuring.texts import LIKELIHOODS, OF_SAMPLES, Row, measure_texts
from genmodels.measuring.upscaler import MEASURES, measure_upscaler
from genmodels.measuring.video import OF_CLIPS, clips_measured, measure_clips
from genmodels.metrics.metric import metrics_of
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs.run import Run
from genmodels.subjects.subject import Subject
from genmodels.trained.opening import open_model
from genmodels.trained.roles import Generator
from genmodels.training.loading import load_for
from genmodels.verdicts.imported import HERE


def measure_run(
    run: Run,
    names: Sequence[str] = (),
    *,
    n: int | None = None,
    seed: int = 0,
    file: Path | None = None,
    features: str = "",
) -> dict[str, Any]:
    """Every metric (or those named) of n samples against the held-out split, as a JSON document.

    The document holds `measures`: metric, value, low, high (95 %), n, better, unit, protocol, seed. It is kept in `file`,
    by default where `Run.findings` reads it. `features` are those of `genmodels.instruments.features`, and stand in the names of the
    measures where they are not the default. n is 1,000 pictures or 200 texts where it is not given. Raises `Refusal` for a metric that does
    not exist.
    """
    how = MEASURED[run.experiment.make_recipe().role_for(run.spec)]
    for name in names:
        if name not in how.names:
            raise Refusal(unknown("metric", name, how.names))
    data, generator = load_for(run.experiment), open_model(run)
    n = how.number(generator, data, n)
    only, never = set(names), set() if names else set(how.on_request)
    wanted = lambda name: bool(not only or {name, name.split(":")[0]} & only) and name not in never  # noqa: E731
    rows: list[Any] = list(
        how.function(generator, data, n, seed, wanted)
        if not features
        else measure_in(features, generator, data, n, seed, wanted)
    )
    measures = [_row(*row, seed=seed) for row in rows if features or wanted(row[0])]
    document = run.findings() | {"run": run.id, "measured": time.strftime("%Y-%m-%d"), "samples": n, "seed": seed}
    again = {row["metric"].split(":")[0] for row in measures}
    kept = [row for row in document.get("measures", []) if row["metric"].split(":")[0] not in again]
    document["measures"] = kept + measures
    _keep(run, document, file)
    return document


def _keep(run: Run, document: Mapping[str, Any], file: Path | None) -> None:
    file = file or run.findings_file
    make_folder(file.parent)
    write_atomically(file, json.dumps(document, indent=1))


@dataclass(frozen=True)
class Measured:
    """What measures a role: its function, the names of its measures (those before a colon stand for several), and how
    many samples or held-out examples are taken, from the model, the data and what was asked for."""

    function: Callable[..., Iterator[Any]]
    names: Sequence[str]
    number: Callable[[Any, Dataset, int | None], int]
    on_request: Sequence[str] = ()  # those of its names that are measured where somebody names them


def _all_held_out(model: object, data: Dataset, n: int | None) -> int:
    return len(data.test)


def _as_usual(model: object, data: Dataset, n: int | None) -> int:
    return n or kind_of(data.spec).measured


_ENCODER = Measured(measure_encoder, ("held-out", "R-precision"), _all_held_out)
# By role, a name in `trained.opening.ROLES`.
MEASURED: dict[str, Measured] = {
    "latent": Measured(measure_pictures, (*metrics_of("image"), BY_GROUP, *BOUNDS, *FLOORS), _as_usual),
    "prompted": Measured(measure_prompted, (*metrics_of("image"), *FLOORS, *FAMILIES), rounds_of),
    "writer": Measured(measure_texts, (*LIKELIHOODS, *OF_SAMPLES, *OF_CODE), _as_usual, OF_CODE),
    "clips": Measured(measure_clips, OF_CLIPS, clips_measured),
    "music": Measured(measure_music, OF_PIECES, _as_usual),
    "molecules": Measured(measure_molecules, OF_MOLECULES, _as_usual),
    "latent molecules": Measured(measure_latent_molecules, (RECONSTRUCTED, *OF_MOLECULES), _as_usual),
    "reader": _ENCODER,
    "judge": _ENCODER,
    "upscaler": Measured(measure_upscaler, tuple(MEASURES), _all_held_out),
}


def measure_in(
    name: str, generator: object, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Row]:
    """The metrics of pictures in features of another kind; their names say which."""
    if not (isinstance(data.test, Examples) and isinstance(generator, Generator)):
        raise Refusal("Features are of pictures; leave --features out for other models.")
    subject = Subject(generator, data, n=n, seed=seed)
    extract = extractor(name, data)
    both = extract(
        np.concatenate([data.test.images, subject.samples])
    )  # at once: a foreign file starts a process for each call
    real, fake = both[: len(data.test.images)], both[len(data.test.images) :]
    clusters = Clusters.of(len(real), len(fake), held_out_drawings(data))
    short = Path(name).stem[:40]
    for metric_name, metric in metrics_of("image").items():
        if wanted(metric_name):
            about = metric.about()
            yield (
                f"{metric_name} [{short}]",
                metric(real, fake, clusters),
                about["better"],
                about["unit"],
                extract.protocol,
            )


def _row(name: str, estimate: Estimate | None, better: str, unit: str, protocol: str, *, seed: int) -> dict[str, Any]:
    """A measure ready for JSON; without an estimate it was not measured, and the protocol is the reason."""
    if estimate is None:
        return {
            "metric": name,
            "value": None,
            "low": None,
            "high": None,
            "n": 0,
            "better": better,
            "unit": unit,
            "protocol": f"not measured: {protocol}",
            "seed": seed,
            "where": HERE,
        }
    return {
        "metric": name,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "better": better,
        "unit": unit,
        "protocol": str(protocol),
        "seed": seed,
        "interval": estimate.of,
        "where": HERE,
    }
