"""What an audit cost: processor seconds of its process and those it ended, and joules where the machine counts them.

Joules are read from the counters that Linux shows of Intel and AMD processors (RAPL, `/sys/class/powercap`): those of whole
processors, so what else ran on the machine meanwhile is in them. Without them nothing is estimated: a processor second of an
unknown machine may be one watt or twenty.
"""

from __future__ import annotations

import importlib.metadata
import platform
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RAPL = Path("/sys/class/powercap")
HOW = "user and system time of the process and of those it started and ended, as the operating system counts it"
HOW_JOULES = "the energy counters of the whole processors (RAPL) while the audit ran, so all else that ran is in it"
NO_COUNTER = "this machine shows no energy counter (RAPL in /sys/class/powercap)"
CLOSED = "the energy counters (RAPL in /sys/class/powercap) may be read by the administrator only"
PACKAGES = ("numpy", "scipy", "pillow", "keras", "tensorflow-cpu", "tensorflow")


@dataclass(frozen=True)
class Spent:
    """Counts from when it is made."""

    rapl: Path = RAPL
    began: float = field(default_factory=time.monotonic)
    processor: float = field(default_factory=lambda: _processor())
    joules: Mapping[str, tuple[int, int]] | str = (
        ""  # micro-joules of each counter and where it begins anew, or why not
    )

    @classmethod
    def begin(cls, rapl: Path = RAPL) -> Spent:
        """Begin to count now."""
        return cls(rapl, joules=_counters(rapl))

    def told(self) -> dict[str, Any]:
        """Until now: {"processor_seconds", "seconds", "how", "joules", "how_joules"}; joules are None where they were not measured."""
        joules, how = self._joules()
        return {
            "processor_seconds": round(_processor() - self.processor, 2),
            "seconds": round(time.monotonic() - self.began, 2),
            "how": HOW,
            "joules": joules,
            "how_joules": how,
        }

    def _joules(self) -> tuple[float | None, str]:
        now = _counters(self.rapl)
        if isinstance(self.joules, str) or isinstance(now, str):
            return None, self.joules if isinstance(self.joules, str) and self.joules else str(now) or NO_COUNTER
        spent = 0
        for name, (before, most) in self.joules.items():
            after = now.get(name, (before, most))[0]
            spent += after - before if after >= before else after + most - before  # it begins anew at its largest
        return round(spent / 1e6, 2), HOW_JOULES


def _processor() -> float:
    own, ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def _counters(rapl: Path) -> dict[str, tuple[int, int]] | str:
    """Micro-joules so far of each whole processor (intel-rapl:0, not its parts), and the largest a counter holds; or why there are none."""
    found, closed = dict[str, tuple[int, int]](), False
    for file in sorted(rapl.glob("*:*/energy_uj")):
        if file.parent.name.count(":") != 1:
            continue  # a part of a processor, which is in the whole
        try:
            found[file.parent.name] = int(file.read_text()), int((file.parent / "max_energy_range_uj").read_text())
        except PermissionError:
            closed = True
        except (OSError, ValueError):
            continue
    return found or (CLOSED if closed else NO_COUNTER)


def versions() -> dict[str, str]:
    """What the numbers of an audit may depend on, by name; packages that are not there are left out."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
