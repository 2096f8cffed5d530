"""What a whole audit of brought pictures costs a picture, as their number grows: `genmodels bench audit-pictures`.

JPEG files of 512 x 512 pixels are made by rule, audited by the command in a process of its own, and deleted. Processor seconds are
counted of that process and of all that it started (a busy machine stretches the clock, not these), and its greatest memory. What
it costs to start, which is an audit of ten pictures, is taken off the cost a picture. The row of a number says how that compares
with the smallest number: `ratio` above 1 is cheaper, and a cost that grows faster than the pictures lies below.
"""

from __future__ import annotations

import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from genmodels.bench.expected import Progress
from genmodels.refusal import Refusal

NUMBERS, QUICK = (1_000, 10_000, 50_000), (500, 2_000)
FEW = 10  # pictures of an audit that costs little more than its start
SIDE, BLOBS, QUALITY = 512, 16, 88
A_PICTURE = 0.02  # seconds on two cores, to make it and to audit it
FILE_BYTES = 60_000  # of one picture, at most


@dataclass(frozen=True)
class Cost:
    """Of one audit of n pictures: processor and clock seconds, and the greatest memory of its process in MB."""

    n: int
    processor: float
    clock: float
    megabytes: float
    start: float = 0.0  # processor seconds of an audit of next to nothing

    @property
    def a_picture(self) -> float:
        """Processor seconds a picture, without the start."""
        return (self.processor - self.start) / self.n


@dataclass(frozen=True)
class AuditGrowth:
    """The same audit at several numbers of pictures, each a row beside the smallest."""

    numbers: tuple[int, ...] = NUMBERS

    def fastest(self) -> AuditGrowth:
        """Two small numbers."""
        return replace(self, numbers=QUICK)

    def within(self, seconds: float) -> AuditGrowth:
        """Without the largest numbers, so that the others end in time."""
        numbers = list(self.numbers)
        while len(numbers) > 1 and numbers[-1] * A_PICTURE > seconds:
            numbers.pop()
        return replace(self, numbers=tuple(numbers))

    def plan(self, pairs: int | None, short: bool = False) -> tuple[int, float]:
        """Pairs are not meant; how many seconds making and auditing the pictures takes."""
        return pairs or 1, A_PICTURE * (max(self.numbers) + sum(self.numbers)) / 2

    def rows(self, name: str, pairs: int, progress: Progress | None = None) -> list[dict[str, Any]]:
        """The rows of the table of this bench: milliseconds of processor time a picture, beside those at the smallest number."""
        progress = progress or Progress(name, self.plan(pairs)[1])
        with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
            found = counted(Path(folder), self.numbers, progress)
        progress.over()
        base = {"bench": name, "unit": "ms/picture"}
        if len(found) == 1:
            return [base | {"peer": f"{found[0].n:,}", "skipped": "one number alone does not grow"} | told(found[0])]
        return [base | {"peer": f"{each.n:,}"} | beside(each, found[0]) for each in found[1:]]


def beside(cost: Cost, first: Cost) -> dict[str, Any]:
    """A row: ours at this number, "theirs" at the smallest."""
    ours, theirs = 1000 * cost.a_picture, 1000 * first.a_picture
    both = {"ours": ours, "theirs": theirs, "ratio": theirs / ours, "ours_all": [ours], "theirs_all": [theirs]}
    return both | told(cost)


def told(cost: Cost) -> dict[str, Any]:
    """What an audit took."""
    return {
        "size": cost.n,
        "processor_seconds": cost.processor,
        "start_seconds": cost.start,
        "clock_seconds": cost.clock,
        "megabytes": cost.megabytes,
    }


def counted(folder: Path, numbers: Sequence[int], progress: Progress | None = None) -> list[Cost]:
    """The cost of an audit of each number of pictures, the smallest first; they are made in `folder`, and stay there.

    Raises `Refusal` where the disk has no room for them.
    """
    room, wanted = shutil.disk_usage(folder).free, max(numbers) * FILE_BYTES
    if room < 2 * wanted:
        raise Refusal(
            f"{max(numbers):,} pictures need up to {wanted / 1e9:.1f} GB and as much to spare, and {room / 1e9:.1f} GB are free; name another folder by TMPDIR."
        )
    make(folder / "pictures", range(FEW))
    start, made, costs = cost_of(folder / "pictures", folder / "audit", FEW).processor, FEW, list[Cost]()
    for n in sorted(numbers):
        make(folder / "pictures", range(made, n))
        costs.append(replace(cost_of(folder / "pictures", folder / f"audit-{n}", n), start=start))
        if progress:
            progress.passed(A_PICTURE * (n - made / 2), f"{n:,} pictures: {1000 * costs[-1].a_picture:.2f} ms each")
        made = n
    return costs


def make(folder: Path, numbers: Sequence[int]) -> None:
    """Pictures of soft blobs of colour, each by the seed of its number, so that no two are alike."""
    folder.mkdir(exist_ok=True)

    def one(number: int) -> None:
        blobs = np.random.default_rng(number).integers(0, 255, (BLOBS, BLOBS, 3), dtype=np.uint8)
        picture = Image.fromarray(blobs).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=QUALITY)
        (folder / f"{number:05}.jpg").write_bytes(content.getvalue())

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(one, numbers))


def cost_of(pictures: Path, out: Path, n: int) -> Cost:
    """Audit a folder of n pictures by the command, in a process of its own and with a home of its own."""
    command = [sys.executable, "-m", "genmodels", "audit", str(pictures), "--out", str(out), "--json"]
    environment: Mapping[str, str] = {**os.environ, "GENMODELS_HOME": str(out / "home")}
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    assert process.stderr is not None
    with process.stderr as pipe:
        said = pipe.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise Refusal(
            f"The audit of {n:,} pictures ended with {process.returncode}: {said[-200:].decode(errors='replace')!r}."
        )
    return Cost(n, _seconds(used), time.monotonic() - began, used.ru_maxrss / 1024)


def _seconds(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime
