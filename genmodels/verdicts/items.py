"""What single outputs add to the number of a finding: kept beside an audit, so that another one can be compared pair by pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Items:
    """The values (n,) of a finding, one an output or one a set of prompts: yes (1) or no (0), or a number.

    `numbers` (n,) are those of the outputs among all that were brought; where a value is of no single output `names` are the sets of
    prompts instead. `units` (n,) say what belongs together, None that nothing does. `rule` says what counts as yes, where
    that depends on what was brought: only values of one rule are compared. `series` tells several of one finding apart;
    `size` says that the size of their mean counts and not its sign.
    """

    values: np.ndarray
    numbers: np.ndarray | None = None
    names: tuple[str, ...] = ()
    units: np.ndarray | None = None
    rule: str = ""
    series: str = ""
    size: bool = False
