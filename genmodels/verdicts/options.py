"""The options of an audit: what it may be asked beside its limits, such as another table or more pictures.

The options of one audit are the knobs of an `Options` class; forms and flags read them there. They are numbers, truths and
texts, so that a command line and a finding can hold them; a path is a text, "" where none is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from genmodels.knobs import Knobs


@dataclass(frozen=True, kw_only=True)
class Options(Knobs):
    """Base of the options of an audit: a frozen class whose fields are made by `knob`.

    `called` says by name what an option decides, for the sentence that says why two findings may not stand side by side:
    "it was made with another table of pairs".
    """

    called: ClassVar[Mapping[str, str]] = {}

    def check(self) -> None:
        """Raises `Refusal` for what could only fail, such as a table that can't be read, before anything is loaded."""

    def recorded(self) -> dict[str, Any]:
        """What findings record of them, by name: only findings that record the same were asked alike."""
        return self.to_dict()
