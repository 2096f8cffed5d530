"""How often pages look again. The more visitors look, the seldomer each does, so that a training keeps its cores.

A look costs about 25 ms of processor time. With one a second for each visitor, 20 visitors took 36 % of a training's speed
on 2 cores; so all of them together have a budget of looks a second, which grows with the cores.
"""

from __future__ import annotations

import os
import threading
import time

LOOKS = 1.5 * (os.cpu_count() or 1)  # a second, by all visitors together
EACH = 1.5  # looks a second by one visitor at the usual pace: figures every second, curves every other one
STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0)  # by how much the usual pause is made longer
FORGOTTEN = 3.0  # pauses without a look, after which a visitor is gone

_seen: dict[str, float] = {}  # session to when it is gone unless it looks again, by time.monotonic()
_lock = threading.Lock()


def look(session: str, factor: float) -> int:
    """Note that a session looks, with pauses made longer by `factor`; how many sessions do."""
    now = time.monotonic()
    with _lock:
        _seen[session] = now + FORGOTTEN * 2 * factor
        for each in [each for each, until in _seen.items() if until < now]:
            del _seen[each]
        return len(_seen)


def factor(visitors: int) -> float:
    """By how much the pauses of `visitors` must be longer than usual, one of `STEPS`.

    >>> factor(1)
    1.0
    """
    needed = visitors * EACH / LOOKS
    return next((step for step in STEPS if step >= needed), STEPS[-1])


def settled(now: float, visitors: int) -> bool:
    """May a page keep the pace `now`? It changes where it is too quick, or more than twice too slow."""
    return factor(visitors) <= now <= 2 * factor(visitors) or now == factor(visitors)
