"""Take the examples that ship from the built-in data sets: `python -m genmodels.commands.data_examples [NAME ...]`.

Without names of all that need no network. `jsb` and `shakespeare` are read from GENMODELS_DATA where they are named.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from genmodels import instruments  # noqa: F401  (what data sets need of trained models)
from genmodels.data.dataset import DATA
from genmodels.data.examples import FOLDER, TEXTS, credit_of, sheet_of, texts_of
from genmodels.data.facts import built_in
from genmodels.files import write_atomically
from genmodels.kinds.image.files import png_bytes


def main(names: Sequence[str]) -> None:
    """Writes a sheet or beginnings of each."""
    FOLDER.mkdir(exist_ok=True)
    texts = json.loads(TEXTS.read_text()) if TEXTS.is_file() else {}
    for name in names or built_in():
        data = DATA[name]().load()
        drawn = sheet_of(data)
        if drawn is None:
            texts[name] = texts_of(data)
        else:
            write_atomically(FOLDER / f"{name}.png", png_bytes(drawn, credit_of(name)))
    write_atomically(TEXTS, json.dumps(dict(sorted(texts.items())), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
