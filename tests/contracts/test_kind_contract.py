"""A new kind of example, with a set, a model, a metric and an audit of it, is entered here and taken through the whole house.

No file of the house knows it. "tally": rows of counts, such as how often each word stands in a text.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import streamlit as st

import dashboard.kinds  # noqa: F401
from dashboard.kinds.renderer import RENDERERS, Renderer
from genmodels.audits.audit import AUDITS, audit
from genmodels.commands.main import main
from genmodels.commands.sample_files import SAMPLES, Samples
from genmodels.data.dataset import DATA, Dataset, dataset
from genmodels.estimates.estimate import Estimate, bootstrap, clopper_pearson
from genmodels.kinds.kind import KINDS, Kind
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.measuring.measure import MEASURED, Measured
from genmodels.metrics.metric import METRICS, metric, metrics_of
from genmodels.models.recipe import MODELS, Recipe, model
from genmodels.networks.learner import Adam
from genmodels.provenance import recorded, way_out
from genmodels.runs.exchange import export_run
from genmodels.runs.store import RunStore
from genmodels.subjects.subject import Subject
from genmodels.trained.opening import ROLES, open_model
from genmodels.training.epoch import EXHIBITS
from genmodels.verdicts.error_rates import Case, exactly
from genmodels.verdicts.finding import judge, verdict_of
from genmodels.verdicts.limits import Limits, beyond, limit
from tests.contracts.test_damaged_runs import drawn


@dataclass(frozen=True)
class Tallies:
    """One split: counts, int32 (n, columns)."""

    counts: np.ndarray
    groups: ClassVar[dict[str, np.ndarray]] = {}

    def __len__(self) -> int:
        return len(self.counts)

    def order(self, seed: Sequence[int]) -> np.ndarray:
        return np.random.default_rng(seed).permutation(len(self))

    def batch(self, index: np.ndarray) -> tuple[np.ndarray, None]:
        return self.counts[index], None

    def facts(self) -> dict[str, Any]:
        return {}

    def speed(self, examples_per_second: float) -> dict[str, float]:
        return {"images_per_second": examples_per_second}

    def digest(self, sha: Any) -> None:
        sha.update(self.counts.tobytes())


class Tallying:
    """A trained model: draws from a Poisson law of each column."""

    def __init__(self, recipe: Any, spec: Spec, networks: Any, facts: Any = None) -> None:
        self.rates = networks["rates"]

    def sample(self, n: int, *, seed: int, given: Any = None) -> np.ndarray:
        means = np.exp(np.asarray(self.rates(np.ones((1, 1), "float32"))))[0]
        return np.stack([np.random.default_rng(seed + i).poisson(means) for i in range(n)]).astype(np.int32)


def lines(rows: np.ndarray, seed: int) -> list[dict[str, Any]]:
    return [{"prompt": "", "text": " ".join(map(str, row)), "seed": seed + i} for i, row in enumerate(rows)]


@pytest.fixture(autouse=True)
def tally() -> Iterator[None]:
    """Everything that a kind of example is, entered for one test."""
    registries = (KINDS, DATA, MODELS, METRICS, AUDITS, ROLES, MEASURED, SAMPLES, EXHIBITS, RENDERERS)
    before = [dict(each) for each in registries]
    about = {"sound": lambda spec: len(spec.shape) == 1, "facts": lambda spec, train, test: {"classes": [], "captions": 0}}
    KINDS.add("tally")(Kind("tally", "tally", "tallies", "counts", "seeds", 300, tokens=False, example=lambda source: "row", dtype="int32", **about))

    @dataset("throws")
    @dataclass(frozen=True, kw_only=True)
    class Throws(Knobs):
        """Counts of three kinds of events."""

        n: int = knob(400, 100, 1000, "How many rows")
        kind, licence = "tally", "made by the project"

        def load(self) -> Dataset:
            counts = np.random.default_rng(0).poisson([1.0, 4.0, 9.0], (self.n, 3)).astype(np.int32)
            return Dataset("throws", Tallies(counts[50:]), Tallies(counts[:50]), Spec("tally", (3,)), self.licence, "drawn by rule")

    @model("poisson")
    @dataclass(frozen=True, kw_only=True)
    class Poisson(Recipe):
        """A rate for each column."""

        learning_rate: float = knob(0.1, 1e-6, 1.0, "Step size of Adam")
        kinds, role, drawing = ("tally",), "tally", ("rates",)

        def networks(self, spec: Spec) -> dict[str, Any]:
            one = keras.Input((1,))
            return {"rates": network(one, keras.layers.Dense(*spec.shape)(one), name="rates")}

        def optimizers(self, steps: int = 0) -> dict[str, Any]:
            return {"rates": Adam(self.learning_rate)}

        def step(self, learner: Any, counts: Any, labels: Any) -> dict[str, Any]:
            def objective() -> Any:
                rates = learner.networks["rates"](ops.ones((1, 1)))
                loss = ops.mean(ops.exp(rates) - ops.cast(counts, "float32") * rates)
                return {"rates": loss}, {"loss": loss}

            return learner.descend(objective)

    @EXHIBITS.add("tally")
    def shown(learner: Any, data: Dataset, seed: int) -> Any:
        made = Tallying(None, data.spec, learner.networks)
        return lambda: ({"held_out_loss": float(abs(made.sample(50, seed=seed).mean(0) - data.test.counts.mean(0)).mean())}, {"samples": (".json", json.dumps(lines(made.sample(4, seed=seed), seed)).encode())})

    @metric("mean tally", better="lower", unit="counts", paper="none: a test", kinds=("tally",))
    def off(real: np.ndarray, fake: np.ndarray) -> Estimate:
        """How far generated counts lie from the mean real one."""
        return bootstrap(np.abs(fake - real.mean(0)).mean(1))

    def measured(generator: Any, data: Dataset, n: int, seed: int, wanted: Any) -> Iterator[Any]:
        for name, each in metrics_of("tally").items():
            yield name, each(data.test.counts, generator.sample(n, seed=seed)), each.better, each.unit, "counts as they are"

    @dataclass(frozen=True, kw_only=True)
    class EmptyLimits(Limits):
        """What is accepted of rows without an event."""

        empty: float = limit(0.1, "The accepted share of empty rows.")
        empty_effect: float = beyond("empty", 0.2)

    @audit("empty", question="Are its tallies empty?", kinds=("tally",), limits=EmptyLimits)
    def empty(subject: Any, limits: EmptyLimits) -> list[Any]:
        """Counts rows without an event."""
        share, far = clopper_pearson(int((subject.samples.sum(1) == 0).sum()), subject.n), {"limit": limits.empty, "effect": limits.empty_effect}
        cases = [(Case("draw none", culprit=False), 0.0), (Case("draw many", culprit=True, effect=limits.empty_effect), limits.empty + limits.empty_effect)]
        return [judge("empty", f"{share.value:.0%} are empty.", share, **far, part="empty", question="Are its tallies empty?", error_rates=exactly(subject.n, cases, lambda k: verdict_of(clopper_pearson(k, subject.n), **far)))]

    def sampled(run: Any, asked: Any) -> Samples:
        trained = open_model(run)
        rows = lines(trained.sample(asked.number(), seed=asked.seed), asked.seed)
        return Samples([{".json": way_out.record(row, row["text"], recorded.facts(run, trained.weights, seed=row["seed"]))} for row in rows])

    ROLES.add("tally")(Tallying)
    SAMPLES["tally"], MEASURED["tally"] = sampled, Measured(measured, ("mean tally",), lambda trained, data, n: n or 300)
    RENDERERS.add("tally")(Renderer(lambda about: st.metric("Training", about["n_train"]), lambda data, about, source: st.dataframe(data.train.counts[:20])))
    yield
    for registry, were in zip(registries, before, strict=True):
        for name in registry.keys() - were.keys():
            del registry[name]


def test_a_kind_goes_through_the_whole_house(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*arguments: str) -> dict[str, Any]:
        assert main([*arguments, "--json"]) == 0
        return dict(json.loads(capsys.readouterr().out.splitlines()[-1]))

    counted = told("train", "poisson", "--data", "throws", "--epochs", "12")["run"]
    row, = told("measure", counted)["measures"]
    assert row["metric"] == "mean tally" and row["low"] <= row["value"] < 2.5 and row["n"] == 300
    finding, = told("audit", counted, "-n", "500", "--out", str(tmp_path / "audit.html"))["findings"]
    assert finding["verdict"] == "pass" and len(finding["error_rates"]["cases"]) == 2
    assert "not measured" in {found.verdict for found in AUDITS["bias"](Subject(open_model(RunStore.default()[counted]), DATA["throws"]().load(), n=50))}
    assert main(["report", counted, "--out", str(tmp_path / "report.html")]) == 0
    assert "Are its tallies empty?" in (tmp_path / "report.html").read_text()
    files = told("sample", counted, "-n", "3", "--out", str(tmp_path))["files"]
    assert [len(json.loads(Path(file).read_text())["text"].split()) for file in files] == [3, 3, 3]
    assert told("verify", files[0])["manifest"]["verdict"] == "valid"
    assert main(["export", counted, "--out", str(tmp_path / "rates.keras")]) == 0 and (tmp_path / "rates.keras").stat().st_size
    with zipfile.ZipFile(io.BytesIO(export_run(RunStore.default()[counted]))) as exported:
        assert any(name.startswith("samples/") for name in exported.namelist())
    for page, asked, heading in (("data", {"data": "throws"}, "Origin"), ("train", {}, "What it counts"), ("runs", {}, "Models")):
        shown = drawn(page, counted, **asked)
        assert not shown.exception and heading in [each.value for each in (*shown.title, *shown.header)], page
