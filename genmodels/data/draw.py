"""Draw or read data sets once, so that they are in the cache: `python -m genmodels.data.draw NAME ...`.

For a process of its own beside a server. A NAME may be followed by its knobs: `openmoji={"size": 64}`.
"""

from __future__ import annotations

import contextlib
import json
import sys

from genmodels.data import DATA
from genmodels.rasters import telling_others
from genmodels.refusal import Refusal

FIRST = ("openmoji", "icons", "emblems", "python-docs", "python-code", 'openmoji={"size": 128, "subset": "all"}')  # in this order


def draw(asked: str) -> None:
    """Load a data set, so that what it draws is kept; raises `Refusal` where it can't be had."""
    name, _, knobs = asked.partition("=")
    with telling_others():
        DATA[name].from_dict(json.loads(knobs or "{}")).load()


if __name__ == "__main__":
    try:
        for each in sys.argv[1:]:
            draw(each)
        if not sys.argv[1:]:
            for each in FIRST:
                with contextlib.suppress(Refusal):
                    draw(each)
    except Refusal as refusal:
        sys.exit(f"genmodels: {refusal}")
