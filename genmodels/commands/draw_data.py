"""Draw or read data sets once, so that they are in the cache: `python -m genmodels.commands.draw_data NAME ...`.

For a process of its own beside a server, which ends when the server does: `--server PID` before the names. A NAME may be followed by its knobs: `openmoji={"size": 64}`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time

from genmodels import instruments  # noqa: F401  (what data sets need of trained models)
from genmodels.cache import telling_others
from genmodels.data.dataset import DATA
from genmodels.refusal import Refusal

FIRST = (
    "openmoji",
    "icons",
    "emblems",
    "python-docs",
    "python-code",
    'openmoji={"size": 128, "subset": "all"}',
)  # in this order


def draw(asked: str) -> None:
    """Load a data set, so that what it draws is kept; raises `Refusal` where it can't be had."""
    name, _, knobs = asked.partition("=")
    with telling_others(asked):
        DATA[name].from_dict(json.loads(knobs or "{}")).load()


def end_with(server: int) -> None:
    """End this process when its parent is no longer that one; what is drawn by then in part is drawn again another time."""
    while os.getppid() == server:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    asked = sys.argv[1:]
    if asked[:1] == ["--server"]:
        threading.Thread(target=end_with, args=(int(asked[1]),), daemon=True).start()
        asked = asked[2:]
    try:
        for each in asked:
            draw(each)
        if not asked:
            for each in FIRST:
                with contextlib.suppress(Refusal):
                    draw(each)
    except Refusal as refusal:
        sys.exit(f"genmodels: {refusal}")
