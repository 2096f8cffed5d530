"""A model in memory that all sessions share: one at a time asks it, since TensorFlow's objects are not for several."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.parts.stating import IN_TURN, Telling


class InTurn:
    """A model that all sessions share: it is asked one at a time."""

    def __init__(self, model: Any) -> None:
        self._model, self._lock = model, threading.RLock()

    def __call__(self, *given: Any) -> Any:
        with self._lock:
            return self._model(*given)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._model, name)
        if not callable(value):
            return value

        def in_turn(*given: Any, **named: Any) -> Any:
            with self._lock:
                return value(*given, **named)

        return in_turn


@dataclass(frozen=True)
class Loaded:
    """A model in memory. TensorFlow's objects are shared by all sessions, so one at a time uses it."""

    generator: Any
    lock: threading.Lock


def waits(tell: Telling) -> Callable[[], None]:
    """What says by a bar (`stating.working`), as long as another session has the model, that this one waits."""
    return lambda: tell(IN_TURN)
