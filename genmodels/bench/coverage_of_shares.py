"""How often the intervals of shares from few labels hold the true share, in simulated audits: a part of `docs/coverage.md`.

    python -m genmodels.bench.coverage_of_shares docs/coverage.md

In each audit n outputs are labelled of n + 2,000, whose true share is known; a cheap reader guesses all of them, from without an
error to useless. What is counted is how often the interval of `estimates.prediction_powered.share` holds the share of the model, and
how wide it is beside that of plain sampling (Wilson 1927). The estimator itself is held against `ppi-python`, where that is installed in
the Python that GENMODELS_PPI_PYTHON or `.venv-ppi` names (`make bench` makes it).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genmodels.bench.turns import ROOT
from genmodels.estimates.prediction_powered import Guesses, prediction_powered, share, wilson
from genmodels.files import write_atomically

Reader = Callable[[np.ndarray, np.random.Generator], np.ndarray]  # true faults (n,) to guesses (n,) from 0 to 1
AUDITS, OTHERS = 1000, 2000
SEED = "the number of the audit, n and the share"
LABELS = {0.02: (100, 300, 1000), 0.05: (100, 300), 0.1: (100,), 0.2: (100, 1000), 0.5: (100, 300, 1000)}
COMBINATIONS = tuple((expected, n) for expected, numbers in LABELS.items() for n in numbers)
HEADING = "## Shares from few labels"
PEER, CASES = "ppi-python 0.2.3", 40


def binary(sees: float, spares: float) -> Reader:
    """A reader that finds a fault with the first probability and spares what has none with the second."""
    return lambda truth, rng: np.where(truth, rng.random(truth.shape) < sees, rng.random(truth.shape) > spares).astype(
        float
    )


def scored(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A reader that gives a score from 0 to 1, higher where there is a fault."""
    return 1 / (1 + np.exp(-2 * (rng.standard_normal(truth.shape) + truth - 0.5)))


READERS: dict[str, Reader | None] = {
    "perfect": binary(1, 1),
    "1 % wrong": binary(0.99, 0.99),
    "good": binary(0.95, 0.97),
    "weak": binary(0.6, 0.7),
    "useless": binary(0.5, 0.5),
    "a score": scored,
    "no reader": None,
}


@dataclass(frozen=True)
class CoveredShare:
    """How many of so many intervals held the share, and their mean width beside that of plain sampling."""

    reader: str
    share: float
    n: int
    held: int
    audits: int
    width: float

    @property
    def coverage(self) -> float:
        """From 0 to 1."""
        return self.held / self.audits


def covered(name: str, expected: float, n: int, audits: int = AUDITS) -> CoveredShare:
    """Simulated audits of one reader, share and number of labels."""
    reader, held, width, plain = READERS[name], 0, 0.0, 0.0
    for seed in range(audits):
        rng = np.random.default_rng([seed, n, round(1000 * expected)])
        truth = rng.random(n + OTHERS) < expected
        read = None if reader is None else reader(truth, rng)
        labels = truth[:n].astype(float)
        found = share(labels, None if read is None else Guesses(read[:n], read[n:]))
        low, high = wilson(labels.mean(), n)
        held += found.low <= expected <= found.high
        width, plain = width + found.high - found.low, plain + high - low
    return CoveredShare(name, expected, n, held, audits, width / plain)


def everything(audits: int = AUDITS) -> Iterator[CoveredShare]:
    """All combinations, a reader after the other."""
    yield from (covered(name, expected, n, audits) for name in READERS for expected, n in COMBINATIONS)


def table(rows: Sequence[CoveredShare]) -> str:
    """The rows as Markdown: shares and numbers of labels down, readers across; in brackets the width beside plain sampling."""
    at = {(row.share, row.n, row.reader): f"{row.coverage:.1%} ({row.width:.2f})" for row in rows}
    names = list(dict.fromkeys(row.reader for row in rows))
    lines = [f"| share | labels | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for expected, n in dict.fromkeys((row.share, row.n) for row in rows):
        lines.append(f"| {expected:g} | {n:,} | {' | '.join(at.get((expected, n, name), '') for name in names)} |")
    return "\n".join(lines)


def simulated(number: int) -> tuple[np.ndarray, Guesses]:
    """Labels and guesses for the comparison with the peer: of all sizes, shares and readers."""
    rng = np.random.default_rng([number, 77])
    n, expected = int(rng.integers(20, 400)), float(rng.uniform(0.05, 0.95))
    truth = rng.random(n + 1500) < expected
    reader = READERS[list(READERS)[number % 6]] or scored
    guesses = np.clip(reader(truth, rng) + 0.05 * rng.standard_normal(len(truth)), 0, 1)
    return truth[:n].astype(float), Guesses(guesses[:n], guesses[n:])


PROGRAM = """
import json, sys
import numpy as np
from ppi_py import ppi_mean_pointestimate, ppi_mean_ci
for line in sys.stdin:
    labels, labelled, others = (np.array(each) for each in json.loads(line))
    low, high = ppi_mean_ci(labels, labelled, others, alpha=0.05)
    print(json.dumps([float(np.ravel(each)[0]) for each in (ppi_mean_pointestimate(labels, labelled, others), low, high)]))
"""


def apart() -> float | str:
    """The largest difference of value or bound from the peer's, over 40 simulated audits; why there is none, as text."""
    python = os.environ.get("GENMODELS_PPI_PYTHON") or str(ROOT / ".venv-ppi" / "bin" / "python")
    if not Path(python).is_file():
        return f"{PEER} is not installed; `make bench` makes its environment"
    cases = [simulated(number) for number in range(CASES)]
    lines = "\n".join(
        json.dumps([labels.tolist(), read.labelled.tolist(), read.others.tolist()]) for labels, read in cases
    )
    done = subprocess.run([python, "-c", PROGRAM], input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        return (
            f"{PEER} failed: {done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else done.returncode}"
        )
    theirs = np.array([json.loads(line) for line in done.stdout.splitlines()])
    ours = [prediction_powered(labels, read) for labels, read in cases]
    return float(np.abs(theirs - np.array([(each.value, each.low, each.high) for each in ours])).max())


TEXT = """{heading}

The interval of a share from n labels, with a cheap reader of all outputs (`shares`): {audits} simulated audits in each of {all} combinations ({seed_words} decide
the draws), {others:,} outputs beside the labelled ones. In brackets: its mean width beside that of plain sampling. {inside} of {all} lie between 93 and 97 %, {above}
above (readers that hardly err, and few faults: that they make no errors can't be seen in so few), {below} below. The estimator beside {peer}: {apart}.
Written by `python -m genmodels.bench.coverage_of_shares docs/coverage.md`.

{table}
"""


def section(rows: Sequence[CoveredShare]) -> str:
    """This part of the page."""
    found = apart()
    told = found if isinstance(found, str) else f"the largest difference over {CASES} simulated audits is {found:.1e}"
    return TEXT.format(
        heading=HEADING,
        audits=f"{rows[0].audits:,}",
        all=len(rows),
        seed_words=SEED,
        others=OTHERS,
        inside=sum(0.93 <= row.coverage <= 0.97 for row in rows),
        above=sum(row.coverage > 0.97 for row in rows),
        below=sum(row.coverage < 0.93 for row in rows),
        peer=PEER,
        apart=told,
        table=table(rows),
    )


def with_section(page: str, part: str) -> str:
    """The page with this part in place of what it had, or at its end."""
    return re.sub(rf"\n*{re.escape(HEADING)}\n.*?(?=\n## |\Z)", "", page, flags=re.DOTALL).rstrip("\n") + f"\n\n{part}"


def main(file: Path, audits: int = AUDITS) -> None:
    """Count all combinations and write this part of the page."""
    began, rows = time.monotonic(), list[CoveredShare]()
    for row in everything(audits):
        rows.append(row)
        print(
            f"{row.reader}, {row.share:g}, n {row.n}: {row.coverage:.3f} ({row.width:.2f})", file=sys.stderr, flush=True
        )
    write_atomically(file, with_section(file.read_text() if file.exists() else "", section(rows)))
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else AUDITS)
