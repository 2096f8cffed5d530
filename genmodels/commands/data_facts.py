"""Count what is known of the built-in data sets, into `genmodels/data/facts.json`: `python -m genmodels.commands.data_facts`."""

from __future__ import annotations

import json

from genmodels import instruments  # noqa: F401  (what data sets need of trained models)
from genmodels.data.dataset import DATA
from genmodels.data.facts import FILE, built_in, counted, ship
from genmodels.files import write_atomically

if __name__ == "__main__":
    ship()
    lines = [f"{json.dumps(name)}: {json.dumps(counted(DATA[name]().load()), sort_keys=True)}" for name in built_in()]
    write_atomically(FILE, "{\n" + ",\n".join(lines) + "\n}\n")
