"""How often a verdict is wrong: innocents and culprits are planted and judged by the very rule that gave the verdict.

A verdict is a rule on an estimate. Its rates are counted by running that rule, at the same limits and n, on cases whose
truth is known: shares exactly, by the binomial (`exactly`), all else by resampling whole families of what was already
read or computed (`resampled`). A rate that was measured elsewhere says nothing of this verdict unless all its conditions
are the same: then "error rate not measured" is what stands there.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.cache import cache
from genmodels.estimates.estimate import clopper_pearson
from genmodels.files import make_folder, write_atomically
from genmodels.refusal import Refusal
from genmodels.verdicts.finding import spaced

POOLS, EACH = 25, 8  # pools of families drawn anew, and repetitions with each: 200 in all
SURE = 0.8  # power from which a sentence need not say how many culprits pass
_counted: ContextVar[bool] = ContextVar("counted", default=True)
NEGLIGIBLE = 1e-10  # of all cases: counts that are rarer are not judged

Rates = dict[str, Any]
Repeat = Callable[[np.random.Generator], str]  # one repetition: its verdict
Pool = Callable[[np.random.Generator], Repeat]  # families drawn anew, and what makes repetitions with them


@dataclass(frozen=True)
class Case:
    """A planted case. `says` completes "models that ..."; `effect` is how far beyond the limit it lies, in the estimate's unit.

    `crude` is a culprit that nobody would miss: it stands beside the smaller ones, never in their place.
    """

    says: str
    culprit: bool
    effect: float | None = None
    crude: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "says", spaced(self.says))


def exactly(n: int, cases: Sequence[tuple[Case, float]], rule: Callable[[int], str]) -> Rates:
    """The error rates of a verdict on a share: each case with its true share; `rule` gives the verdict of k of n.

    Nothing is simulated: a rate is the sum of the binomial probabilities of the counts that `rule` flags.
    """
    from scipy.stats import binom

    verdicts: dict[int, str] = {}
    rows = []
    for case, share in cases:
        probable = binom.pmf(np.arange(n + 1), n, share)
        counts = np.flatnonzero(probable > NEGLIGIBLE)
        verdicts |= {int(k): rule(int(k)) for k in counts if int(k) not in verdicts}
        chance = {
            name: float(sum(probable[k] for k in counts if verdicts[int(k)] == name))
            for name in ("fail", "warn", "pass")
        }
        rows.append(
            _row(case, chance["fail"], chance["fail"], chance["fail"], chance["fail"] + chance["warn"], None)
            | {"passed": chance["pass"]}
        )
    return summary(rows, n)


def resampled(cases: Sequence[tuple[Case, Pool]], *, n: int, seed: int, pools: int = POOLS, each: int = EACH) -> Rates:
    """The error rates of a verdict by `pools` times `each` repetitions of every case.

    A pool is what families (drawings, documents) drawn anew give; repetitions with one pool are alike, so the interval
    of a rate holds the rates of other pools too.
    """
    rows = []
    for number, (case, pool) in enumerate(cases):
        found: list[list[str]] = []
        for each_pool in range(pools):
            repeat = pool(np.random.default_rng([seed, number, each_pool, 11]))
            found.append(
                [repeat(np.random.default_rng([seed, number, each_pool, each_one, 12])) for each_one in range(each)]
            )
        verdicts = np.array(found)
        rate, low, high = over_pools(verdicts == "fail")
        warned, _, warned_high = over_pools(np.isin(verdicts, ("fail", "warn")))
        row = _row(case, rate, low, high, warned, warned_high)
        rows.append(
            row
            | {
                "passed": float((verdicts == "pass").mean()),
                "not_measured": float((verdicts == "not measured").mean()),
                "repetitions": verdicts.size,
                "pools": pools,
            }
        )
    return summary(rows, n)


def over_pools(flags: np.ndarray) -> tuple[float, float, float]:
    """A rate and its 95 % interval from `flags` (pools, repetitions), which holds the rate of another pool too.

    The exact interval of all repetitions, widened to the Beta distribution whose mean and variance are those of the rates
    of the pools, less what chance alone makes of so few repetitions (moments of the beta-binomial distribution).
    """
    from scipy.stats import beta

    pools, each = flags.shape
    whole = clopper_pearson(int(flags.sum()), flags.size)
    mean, shares = whole.value, flags.mean(axis=1)
    if each < 2 or pools < 2 or not 0 < mean < 1:
        return mean, whole.low, whole.high
    chance = mean * (1 - mean) / each
    between = (float(shares.var(ddof=1)) - chance) * each / (each - 1)
    if between <= 0:
        return mean, whole.low, whole.high
    size = max(mean * (1 - mean) / between - 1, 1e-3)
    low, high = beta.ppf([0.025, 0.975], mean * size, (1 - mean) * size)
    return mean, min(whole.low, float(low)), max(whole.high, float(high))


def _row(case: Case, rate: float, low: float, high: float, warned: float, warned_high: float | None) -> Rates:
    return {
        "case": case.says,
        "culprit": case.culprit,
        "effect": case.effect,
        "crude": case.crude,
        "rate": rate,
        "low": low,
        "high": high,
        "warned": warned,
        "warned_high": warned if warned_high is None else warned_high,
    }


def summary(rows: Sequence[Rates], n: int) -> Rates:
    """What stands beside a verdict, from the rows of its cases: the worst innocent, the culprit at the effect that the
    policy wants seen (the largest that is not crude), and the smallest one.

    How often innocents are warned of is told of natural ones, which come first: one at the limit may lie beyond the
    stricter limit of a warning.
    """
    innocent = [row for row in rows if not row["culprit"]]
    guilty = sorted((row for row in rows if row["culprit"] and not row["crude"]), key=lambda row: row["effect"] or 0.0)
    crude = [row for row in rows if row["culprit"] and row["crude"]]
    if not innocent or not (guilty or crude):
        return {"not_measured": "no innocent, or no culprit, could be planted"}
    worst, warned = max(innocent, key=lambda row: row["rate"]), innocent[0]
    caught, small = (guilty or crude)[-1], guilty[0] if len(guilty) > 1 else None
    return {
        "false_alarm": worst["rate"],
        "false_alarm_high": worst["high"],
        "innocent": worst["case"],
        "warned": warned["warned"],
        "warned_high": warned["warned_high"],
        "power": caught["rate"],
        "power_low": caught["low"],
        "effect": caught["effect"],
        "case": caught["case"],
        "passed": caught.get("passed"),
        "warned_of": caught["warned"] - caught["rate"],
        **(
            {
                "small_power": small["rate"],
                "small_power_low": small["low"],
                "small_effect": small["effect"],
                "small_case": small["case"],
            }
            if small
            else {}
        ),
        "n": int(n),
        "repetitions": min((row["repetitions"] for row in rows if "repetitions" in row), default=None),
        "pools": min((row["pools"] for row in rows if "pools" in row), default=None),
        "how": "in place",
        "cases": list(rows),
    }


def unknown_rates(reason: str) -> Rates:
    """What stands in place of error rates where there are none."""
    return {"not_measured": reason}


def sentence(rates: object, verdict: str = "fail") -> str:
    """One plain sentence: "Wrongly alarms in 3 of 100 tests; finds 9 of 10 models that draw 60 to 40".

    Of the verdict "warn" it says how often an innocent is warned of or fails.
    """
    if not isinstance(rates, Mapping):
        return "How often such a verdict is wrong was not measured."
    wanted = ("false_alarm", "power")
    if not all(isinstance(rates.get(name), int | float) and math.isfinite(rates[name]) for name in wanted):
        reason = str(rates.get("not_measured") or "there is none of this verdict").rstrip(".")
        return f"How often such a verdict is wrong was not measured: {reason}."
    wrong, names = rates["false_alarm"], ("false_alarm_high", "innocent")
    if verdict == "warn" and isinstance(rates.get("warned"), int | float):
        wrong, names = rates["warned"], ("warned_high", "")
    high = rates.get(names[0])
    most = ""
    if isinstance(high, float) and _of(high) != _of(wrong):
        most = f" (at most {_of(high)})" if high <= 0.995 else " (with other data of this kind up to every time)"
    told = f"Wrongly {'warns' if verdict == 'warn' else 'alarms'} in {_of(wrong)} tests{most}"
    worst = f" of models that {rates['innocent']}" if rates.get(names[1]) and wrong > 0.05 else ""
    found = f"; finds {_of(rates['power'])} models that {rates.get('case') or 'have the planted fault'}"
    if isinstance(rates.get("passed"), int | float) and rates["power"] < SURE:
        found += f", warns of {_of(rates['warned_of'])}" if rates.get("warned_of", 0) >= 0.005 else ""
        found += f" and passes {_of(rates['passed'])} (of the rest it says that it can't tell)"
    if isinstance(rates.get("small_power"), int | float):
        found += f", {_of(rates['small_power'])} that {rates['small_case']}"
    return f"{told}{worst}{found}."


def _of(rate: float) -> str:
    """A rate as people say it: 3 of 100, 9 of 10."""
    if 0 < rate < 0.005:
        return "fewer than 1 of 100"
    if 0.995 < rate < 1:
        return "more than 99 of 100"
    hundred = round(100 * rate)
    return f"{hundred // 10} of 10" if hundred % 10 == 0 and hundred > 0 else f"{hundred} of 100"


def kept_by(what: Iterable[Any], compute: Callable[[], Rates]) -> Rates:
    """The rates that `compute()` gives, kept in the cache by a SHA-256 of `what` decides them: arrays, numbers, texts.

    A file that can't be read, or is not what it says, counts as missing; where the cache can't be written, nothing is kept.
    """
    if not _counted.get():
        return unknown_rates("they were not counted, since only the verdict was asked for")
    file = cache() / f"error-rates-{digest(what)}.json"
    with contextlib.suppress(OSError, ValueError, RecursionError):
        kept = json.loads(file.read_text())
        if (
            isinstance(kept, dict)
            and isinstance(kept.get("rates"), dict)
            and kept.get("sha256") == hashlib.sha256(_text(kept.get("rates")).encode()).hexdigest()
        ):
            return kept["rates"]
    rates = json.loads(json.dumps(compute()))
    with contextlib.suppress(Refusal):
        make_folder(file.parent)
        write_atomically(
            file, json.dumps({"rates": rates, "sha256": hashlib.sha256(_text(rates).encode()).hexdigest()})
        )
    return rates


@contextlib.contextmanager
def not_counted() -> Iterator[None]:
    """While it is open `kept_by` counts nothing: for whoever asks for the same verdict on many data sets, and only for the verdict."""
    before = _counted.set(False)
    try:
        yield
    finally:
        _counted.reset(before)


def digest(what: Iterable[Any]) -> str:
    """SHA-256 (24 digits) over arrays, numbers, texts and JSON documents, and over the code that judges them."""
    sha = hashlib.sha256(_code())
    for each in what:
        if isinstance(each, np.ndarray) and each.dtype != object:
            sha.update(f"{each.dtype}{each.shape}".encode())
            sha.update(np.ascontiguousarray(each).tobytes())
        else:
            sha.update(_text(each.tolist() if isinstance(each, np.ndarray) else each).encode())
        sha.update(b"\0")
    return sha.hexdigest()[:24]


@functools.cache
def _code() -> bytes:
    """SHA-256 of this package's own source: a changed rule, or a changed word of a case, is counted again."""
    sha = hashlib.sha256()
    for file in sorted(Path(__file__).parent.parent.rglob("*.py")):
        sha.update(file.read_bytes())
    return sha.digest()


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)
