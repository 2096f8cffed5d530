"""Error rates in place: the binomial against a simulation, pools that differ, what is kept, and the sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from genmodels.cache import cache
from genmodels.estimates.estimate import clopper_pearson
from genmodels.verdicts.error_rates import Case, digest, exactly, kept_by, over_pools, resampled, sentence
from genmodels.verdicts.finding import verdict_of

CASES = [(Case("copy nothing", False, 0.0), 0.0), (Case("copy as much as is allowed", False, 0.0), 0.1),
         (Case("copy a fifth", True, 0.1), 0.2), (Case("copy 15 %", True, 0.05), 0.15), (Case("copy all", True, 0.9, crude=True), 1.0)]  # fmt: skip


def rule(k: int) -> str:
    return verdict_of(clopper_pearson(k, 300), limit=0.1, effect=0.1, warn=0.05)


def test_a_share_is_judged_as_often_as_the_binomial_says() -> None:
    rates = exactly(300, CASES, rule)
    for row, (_, share) in zip(rates["cases"], CASES, strict=True):
        chance = {verdict: sum(binom.pmf(k, 300, share) for k in range(301) if rule(k) == verdict) for verdict in ("fail", "warn", "pass")}
        assert row["rate"] == pytest.approx(chance["fail"], abs=1e-6) and row["passed"] == pytest.approx(chance["pass"], abs=1e-6)
        assert row["warned"] == pytest.approx(chance["fail"] + chance["warn"], abs=1e-6)
    assert rates["false_alarm"] < 0.025 and rates["warned"] == 0 and rates["cases"][1]["warned"] > 0.5 and rates["how"] == "in place" and rates["n"] == 300
    assert rates["innocent"] == "copy as much as is allowed", "the worst of the innocents is told"
    assert rates["case"] == "copy a fifth" and rates["small_case"] == "copy 15 %", "never the crudest culprit"
    assert rates["power"] > rates["small_power"]
    assert Case("copy 2% of them", True).says == "copy 2 % of them"


def test_the_rate_at_another_limit_is_another_rate() -> None:
    lax = exactly(300, CASES, lambda k: verdict_of(clopper_pearson(k, 300), limit=0.05, effect=0.1))
    assert lax["false_alarm"] > 0.5, "an innocent at the old limit fails at half of it, and that is what is told"
    assert "copy as much as is allowed" in sentence(lax)


def test_the_interval_of_a_rate_holds_other_pools() -> None:
    rng = np.random.default_rng(1)
    true = rng.beta(4, 4, size=25)  # pools differ: nine of ten lie between 0.2 and 0.8
    flags = rng.random((25, 40)) < true[:, None]
    _, low, high = over_pools(flags)
    alike = rng.random((25, 40)) < 0.5
    _, low_alike, high_alike = over_pools(alike)
    assert low < 0.25 and high > 0.75 and high_alike - low_alike < 0.1
    assert over_pools(np.zeros((25, 8), bool))[2] == clopper_pearson(0, 200).high


def test_resampling_runs_the_very_rule_and_is_the_same_again() -> None:
    def pool(at: float):
        def drawn(rng: np.random.Generator):
            mean = at + 0.05 * rng.standard_normal()
            return lambda again: rule(int(again.binomial(300, np.clip(mean, 0, 1))))

        return drawn

    cases = [(case, pool(share)) for case, share in CASES]
    first, second = (resampled(cases, n=300, seed=3) for _ in range(2))
    assert first == second and first["repetitions"] == 200 and first["pools"] == 25
    assert first["power_low"] < first["power"] <= 1 and first["false_alarm_high"] > first["false_alarm"]


def test_what_is_kept_is_read_again_and_a_changed_file_is_not(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_CACHE", str(home / "cache"))
    made: list[int] = []

    def compute() -> dict:
        made.append(1)
        return {"false_alarm": 0.01, "power": 1.0}

    what = [np.arange(3), "membership", {"auc": 0.6}]
    assert kept_by(what, compute) == kept_by(what, compute) == {"false_alarm": 0.01, "power": 1.0} and len(made) == 1
    kept_by([np.arange(4), "membership", {"auc": 0.6}], compute)
    assert len(made) == 2
    assert digest(["canaries", 20, 0.8, 0.15, 0]) != digest(["canaries", 20, 0.8, 0.1, 50]), "numbers side by side are not one number"
    file = cache() / f"error-rates-{digest(what)}.json"
    file.write_text("[" * 100_000)
    assert kept_by(what, compute)["false_alarm"] == 0.01 and len(made) == 3
    file.write_text(json.dumps(json.loads(file.read_text()) | {"rates": {"false_alarm": 0.0, "power": 1.0}}))
    assert kept_by(what, compute)["false_alarm"] == 0.01 and len(made) == 4, "a rate that somebody wrote in by hand is not believed"


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ({"false_alarm": 0.03, "false_alarm_high": 0.05, "power": 0.9, "case": "draw 60 to 40"}, "Wrongly alarms in 3 of 100 tests (at most 5 of 100); finds 9 of 10 models that draw 60 to 40."),
        ({"false_alarm": 0.0, "power": 0.999, "case": "copy"}, "Wrongly alarms in 0 of 100 tests; finds more than 99 of 100 models that copy."),
        ({"not_measured": "these data have no held-out families."}, "How often such a verdict is wrong was not measured: these data have no held-out families."),
        (None, "How often such a verdict is wrong was not measured."),
        ({"false_alarm": "x"}, "How often such a verdict is wrong was not measured: there is none of this verdict."),
    ],
)  # fmt: skip
def test_rates_are_one_plain_sentence(rates: object, said: str) -> None:
    assert sentence(rates) == said


def test_a_warning_has_the_rate_of_warnings_and_a_weak_test_says_what_it_passes() -> None:
    rates = {"false_alarm": 0.0, "warned": 0.2, "warned_high": 0.3, "power": 0.3, "passed": 0.02, "case": "copy 2 %", "innocent": "copy nothing"}
    assert sentence(rates, "warn").startswith("Wrongly warns in 2 of 10 tests (at most 3 of 10)")
    assert sentence(rates, "pass") == "Wrongly alarms in 0 of 100 tests; finds 3 of 10 models that copy 2 % and passes 2 of 100 (of the rest it says that it can't tell)."
    assert "finds 3 of 10 models that copy 2 %, warns of 38 of 100 and passes 2 of 100" in sentence(rates | {"warned_of": 0.38}, "pass")
    assert sentence({"false_alarm": float("nan"), "power": float("inf")}) == "How often such a verdict is wrong was not measured: there is none of this verdict."
