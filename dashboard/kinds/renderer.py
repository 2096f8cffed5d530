"""What a renderer is: how the examples of one kind are shown, in `RENDERERS` under the name of the kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from genmodels.data.dataset import Dataset
from genmodels.registry import Registry


@dataclass(frozen=True)
class Renderer:
    """How examples of a kind are shown."""

    counts: Callable[[Mapping[str, Any]], None]  # of a set, as `describe` says them
    examples: Callable[
        [Dataset, Mapping[str, Any], Any], None
    ]  # of both splits; the set, what is said of it, its knobs


RENDERERS = Registry("renderer")
