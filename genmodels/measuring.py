"""Measure and audit a run: what the command line, the pages and `make gallery` call."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.audit_jobs import Progress
from genmodels.files import Unreadable, make_folder, read_document, write_atomically
from genmodels.imported_findings import HERE, NOTE, imported
from genmodels.measuring_texts import LIKELIHOODS, OF_SAMPLES, Row, measure_texts
from genmodels.policy import Policy
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs import Run
from genmodels.subject import Noise, Subject, TrainingMean
from genmodels.training import load_for

DRAWS = 500  # K of the importance-weighted bound
BY_GROUP = "recall by group"
BOUNDED = 256  # held-out pictures whose bound is computed


def measure_run(run: Run, names: Sequence[str] = (), *, n: int | None = None, seed: int = 0, file: Path | None = None, features: str = "") -> dict[str, Any]:
    """Every metric (or those named) of n samples against the held-out split, as a JSON document.

    The document holds `measures`: metric, value, low, high (95 %), n, better, unit, protocol, seed. It is kept in `file`,
    by default where `Run.findings` reads it. `features` are those of `genmodels.features`, and stand in the names of the
    measures where they are not the default. n is 1,000 pictures or 200 texts where it is not given. Raises `Refusal` for a metric that does
    not exist.
    """
    how, known, drawn = _how(run)
    for name in names:
        if name not in known:
            raise Refusal(unknown("metric", name, known))
    data, generator = load_for(run.experiment), run.generator()
    n = drawn(generator, data, n)
    wanted = lambda name: not names or name.split(":")[0] in names or name in names  # noqa: E731
    rows: list[Any] = list(how(generator, data, n, seed, wanted) if not features else measure_in(features, generator, data, n, seed, wanted))
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


How = tuple[Callable[..., Iterator[Any]], list[str], Callable[[Any, Any, int | None], int]]


def _how(run: Run) -> How:
    """What measures a run, by what it is, and the names of its measures (those before a colon stand for several).

    Last, how many samples or held-out pictures are taken, from the model, the data and what was asked for.
    """
    from genmodels.metrics import METRICS

    recipe = run.experiment.make_recipe()
    if run.experiment.model == "upscaler":
        from genmodels.upscaling import MEASURES, measure_upscaler

        return measure_upscaler, MEASURES, lambda generator, data, n: len(data.test)
    if not recipe.draws:
        return measure_encoder, ["held-out", "R-precision"], lambda generator, data, n: len(data.test)
    if recipe.captioned:
        from genmodels.measuring_prompts import FAMILIES, measure_prompted, rounds_of

        return measure_prompted, [*METRICS, *FLOORS, *FAMILIES], rounds_of
    if run.spec.kind == "image":
        return measure_pictures, [*METRICS, BY_GROUP, *BOUNDS, *FLOORS], lambda generator, data, n: n or 1000
    return measure_texts, [*LIKELIHOODS, *OF_SAMPLES], lambda generator, data, n: n or 200


def measure_encoder(encoder: Any, data: Any, n: int, seed: int, wanted: Callable[[str], bool]) -> Iterator[Any]:
    """What reads pictures, on all held-out ones: labels read right, in all and by class; or captions found among 50."""
    from genmodels.judging import r_precision
    from genmodels.measuring_prompts import families_of
    from genmodels.nearness import held_out_drawings
    from genmodels.reading_groups import clustered

    held_out, drawing = data.test, held_out_drawings(data)
    if hasattr(encoder, "read"):
        true = np.array(encoder.classes)[held_out.labels]
        right = encoder.read(held_out.images) == true
        protocol = "held-out pictures{}, interval over different drawings, of which there are {}"
        for name in ("", *encoder.classes):
            among = true == name if name else np.ones(len(true), bool)
            if (units := len(np.unique(drawing[among]))) > 1:
                estimate = replace(clustered(right[among], drawing[among]), n=int(among.sum()))
                yield f"held-out: read right{name and ', ' + name}", estimate, "higher", "share", protocol.format(name and " of this class", units)
        return
    parts = {"all": np.arange(len(held_out)), "emoji": np.flatnonzero([("skin tone" in c) for c in held_out.captions])}
    for name, rows in parts.items():
        if len(rows) >= 50:
            captions = [held_out.captions[i] for i in rows]
            found = r_precision(encoder.pictures(held_out.images[rows]), encoder.texts(captions), captions, families=families_of(held_out.images[rows]))
            yield f"R-precision: {name}", clustered(found, drawing[rows]), "higher", "share", f"nearest to their own among 50 held-out captions, 20 draws, {len(rows)} held-out pictures"


def measure_in(name: str, generator: Any, data: Any, n: int, seed: int, wanted: Callable[[str], bool]) -> Iterator[Row]:
    """The metrics of pictures in features of another kind; their names say which."""
    from genmodels.estimates.clusters import Clusters
    from genmodels.features import extractor
    from genmodels.metrics import METRICS
    from genmodels.nearness import held_out_drawings

    if data.spec.kind != "image" or not hasattr(generator, "sample"):
        raise Refusal("Features are of pictures; leave --features out for other models.")
    subject = Subject(generator, data, n=n, seed=seed)
    extract = extractor(name, data)
    both = extract(np.concatenate([data.test.images, subject.samples]))  # at once: a foreign file starts a process for each call
    real, fake = both[: len(data.test.images)], both[len(data.test.images) :]
    clusters = Clusters.of(len(real), len(fake), held_out_drawings(data))
    short = Path(name).stem[:40]
    for metric_name, metric in METRICS.items():
        if wanted(metric_name):
            about = metric.about()
            yield f"{metric_name} [{short}]", metric(real, fake, clusters), about["better"], about["unit"], extract.protocol


def difference(first: Run, second: Run, name: str) -> dict[str, Any]:
    """The same measure of two runs and what lies between them; raises `Refusal` where protocols differ, with the reason.

    The interval of the difference takes the two for independent.
    """
    rows = []
    for run in (first, second):
        row = next((row for row in run.findings().get("measures", []) if row.get("metric") == name and row.get("value") is not None), None)
        if row is None:
            came = any(row.get("metric") == name for row in imported(run.findings(), "measures"))
            raise Refusal(f"{name[:60]} of {run.id} is {NOTE if came else 'not measured'}; measure it with: genmodels measure {run.id}")
        rows.append(row | {"data": str(run.facts.get("data_sha256", ""))[:8]})
    for key, said in (("protocol", "protocol"), ("n", "number of examples"), ("data", "data")):
        if rows[0][key] != rows[1][key]:
            raise Refusal(
                f"{name[:60]} of {first.id} and of {second.id} can't be compared: the {said} is {str(rows[0][key])[:120]!r} and {str(rows[1][key])[:120]!r};"
                " measure both in the same way."
            )
    value = rows[0]["value"] - rows[1]["value"]
    reach = np.hypot(*(max(row["high"] - row["value"], row["value"] - row["low"]) for row in rows))
    return {"metric": name, "first": rows[0]["value"], "second": rows[1]["value"], "difference": value, "low": value - reach, "high": value + reach, "better": rows[0]["better"], "protocol": rows[0]["protocol"]}


def measure_pictures(generator: Any, data: Any, n: int, seed: int, wanted: Callable[[str], bool]) -> Iterator[Row]:
    """Every measure whose name is `wanted`: the metrics, how much floors are behind, and bounds of the likelihood."""
    from genmodels.estimates.clusters import Clusters
    from genmodels.metrics import METRICS, PROTOCOL, as_features, features
    from genmodels.metrics.kernel_distance import kernel_distance_difference
    from genmodels.nearness import held_out_drawings

    samples = generator.sample(n, seed=seed)
    real, fake = as_features(data.test.images, samples)  # once for all metrics
    clusters = Clusters.of(len(real), len(fake), held_out_drawings(data))
    for name, metric in METRICS.items():
        if wanted(name):
            about = metric.about()
            yield name, metric(real, fake, clusters), about["better"], about["unit"], PROTOCOL
    yield from recall_by_group(data, real, fake, clusters, wanted)
    for name, floor in FLOORS.items():
        if wanted(name):
            estimate = kernel_distance_difference(real, fake, features(floor(data).sample(n, seed=seed)), clusters)
            yield name, estimate, "higher", "squared discrepancy", PROTOCOL
    for name, bound in BOUNDS.items():
        if wanted(name) and hasattr(generator.recipe, "log_weights") and generator.recipe.likelihood == "logistic":
            yield name, *bound(generator, data, seed)


def recall_by_group(data: Any, real: np.ndarray, fake: np.ndarray, clusters: Any, wanted: Callable[[str], bool]) -> Iterator[Row]:
    """Recall within each class and each group of the held-out pictures that has 20 of them, from the features of both.

    The interval says how much another seed of the samples, and other held-out pictures, would move it.
    """
    from genmodels.metrics import PROTOCOL
    from genmodels.metrics.precision_recall import recall_by

    if not wanted(BY_GROUP):
        return
    groupings = {name: values for name, values in data.test.groups.items() if name != "role"}
    if data.test.labels is not None and data.test.labels.ndim == 1 and data.spec.vocabulary:
        groupings["class"] = np.array(data.spec.vocabulary)[np.minimum(data.test.labels, len(data.spec.vocabulary) - 1)]
    for grouping, values in groupings.items():
        for group, estimate in recall_by(real, fake, np.asarray(values).astype(str), clusters=clusters).items():
            if estimate.n >= 20:
                yield f"{BY_GROUP}: {grouping} {group}", estimate, "higher", "share", PROTOCOL


def held_out_bound(generator: Any, data: Any, seed: int) -> tuple[Any, str, str, str]:
    """Negative evidence lower bound in bits per dimension, one draw a picture."""
    return _in_bits(generator, data, seed, draws=1)


def importance_weighted_bound(generator: Any, data: Any, seed: int) -> tuple[Any, str, str, str]:
    """Negative importance-weighted bound (Burda et al. 2016, K = 500) in bits per dimension."""
    return _in_bits(generator, data, seed, draws=DRAWS)


# How much farther from held-out pictures a generator is that knows nothing: above 0 the model beats it.
FLOORS: dict[str, Callable[[Any], Any]] = {
    "kid of noise, less the model's": lambda data: Noise(data.spec.shape),
    "kid of the training mean, less the model's": lambda data: TrainingMean(data.train.images),
}
BOUNDS = {"bits per dimension (ELBO)": held_out_bound, "bits per dimension (IWAE, K = 500)": importance_weighted_bound}


def _in_bits(generator: Any, data: Any, seed: int, draws: int) -> tuple[Any, str, str, str]:
    from genmodels.findings import Estimate
    from genmodels.metrics import likelihood
    from genmodels.nearness import held_out_drawings

    drawings = held_out_drawings(data)[:BOUNDED]
    nats = likelihood.importance_weighted_bound(log_weights(generator, data.test, seed, draws), drawings)
    units = len(np.unique(drawings))
    said = "" if units == len(drawings) else f", interval for other drawings, of which there are {units}"
    dimensions = int(np.prod(generator.spec.shape))
    bits = sorted(-likelihood.bits_per_dimension(value, dimensions) for value in (nats.low, nats.high))
    estimate = Estimate(-likelihood.bits_per_dimension(nats.value, dimensions), bits[0], bits[1], nats.n)
    return estimate, "lower", "bits per dimension", f"discretised logistic in 256 levels, {draws} draws, held-out pictures{said}"


def log_weights(generator: Any, held_out: Any, seed: int, draws: int) -> np.ndarray:
    """log p(x, z) - log q(z|x) of up to 256 held-out pictures, (pictures, draws) nats."""
    from genmodels.learner import compiled

    images = held_out.images[:BOUNDED]
    label = generator.recipe.condition(generator.spec, images, None if held_out.labels is None else held_out.labels[:BOUNDED])
    pictures = images.astype("float32") / 255
    weigh = compiled(lambda x, y, noise: generator.recipe.log_weights(generator.networks, x, y, noise))
    rng = np.random.default_rng(seed)
    noise = (rng.standard_normal((len(images), generator.latent), dtype="float32") for _ in range(draws))
    return np.stack([np.asarray(weigh(pictures, np.asarray(label), each)) for each in noise], axis=1)


def _row(name: str, estimate: Any, better: str, unit: str, protocol: str, *, seed: int) -> dict[str, Any]:
    """A measure ready for JSON; without an estimate it was not measured, and the protocol is the reason."""
    if estimate is None:
        return {"metric": name, "value": None, "low": None, "high": None, "n": 0, "better": better, "unit": unit, "protocol": f"not measured: {protocol}", "seed": seed, "where": HERE}
    return {
        "metric": name, "value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n,
        "better": better, "unit": unit, "protocol": str(protocol), "seed": seed, "interval": estimate.of, "where": HERE,
    }  # fmt: skip


def audit_run(run: Run, names: Sequence[str] = (), *, n: int = 4000, seed: int = 0, policy: Policy | Path | None = None, full: bool = False, pairs: Path | None = None,
              progress: Progress | None = None, file: Path | None = None) -> dict[str, Any]:  # fmt: skip
    """Every audit that reads such examples (or those named) of a run under a policy, as the document of `genmodels audit --json`.

    Findings of audits that are not asked again stay only where they were made here under the same policy, n and seed and
    of the same weights; others are named under `left_out` with the reason. `full` and `pairs` are those of `Subject`.
    Where a `progress` is given it hears how far the audit is and can stop it: then nothing is kept.
    """
    from genmodels.audits import AUDITS
    from genmodels.findings import document
    from genmodels.generator import newest_weights
    from genmodels.kept_findings import conditions, kept

    for name in names:
        AUDITS[name]
    rules = Policy.read(policy) if isinstance(policy, Path) else policy or Policy()
    ignored: Callable[[str, int, int], None] = lambda what, done, of: None  # noqa: E731
    data = load_for(run.experiment)
    subject = Subject(run.generator(), data, n=n, seed=seed, name=f"{run.experiment.model} {run.id}", full=full, pairs=pairs, report=progress or ignored)
    made = conditions(rules, newest_weights(run), n=n, seed=seed, full=full, pairs=pairs)
    asked = [name for name, audit in AUDITS.items() if (name in names if names else data.spec.kind in audit.kinds)]
    findings, left_out, earlier = kept(run.findings(), asked, made) if names else ([], [], [])
    for name in asked:
        if progress:
            progress.audit = name
        findings += [replace(finding, made=dict(finding.made) | made) for finding in AUDITS[name](subject, **rules.limits(name))]
    before = run.findings().get("audited")
    dates = {name: row for name, row in (before if isinstance(before, dict) else {}).items() if name in {finding.audit for finding in findings} | {row["audit"] for row in earlier}}
    result = document(run.id, findings, rules.required) | {
        "policy": rules.to_dict() | {"digest": rules.digest}, "left_out": left_out,
        "audited": dates | {name: {"n": n, "seed": seed, "date": time.strftime("%Y-%m-%d")} for name in asked},
    }  # fmt: skip
    _keep(run, run.findings() | result | {"earlier": earlier}, file)
    return result


def run_document(run: Run) -> dict[str, Any]:
    """All that a report says about a run: experiment, facts, status, measures and findings."""
    status = run.status
    written = run.spec.kind in ("text", "code") and run.samples
    return {
        **({"texts": _texts(max(written.items())[1])} if written else {}),
        "run": run.id, "state": run.judge(status), "experiment": run.experiment.to_dict(), "facts": run.facts,
        "status": {name: status.get(name) for name in ("epoch", "step", "seconds", "cpu_seconds", "best")},
    } | run.findings()  # fmt: skip


def _texts(file: Path) -> list[dict[str, Any]]:
    """The texts of an epoch; without those that are none, since the file may come from anywhere."""
    try:
        found = read_document(file)
    except (FileNotFoundError, Unreadable):
        return []
    rows = found if isinstance(found, list) else []
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("text"), str) and isinstance(row.get("prompt"), str)]
