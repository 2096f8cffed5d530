"""A user's own text, imported from a file (see `intake/text_sets.py` for checks and limits)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from genmodels.data.dataset import Dataset, dataset
from genmodels.data.text_data import HELD_OUT, TextData, context_knob, place, unit_knob
from genmodels.intake.text_sets import import_text, imported_texts, paragraphs, preview_text, read_text, read_text_index
from genmodels.knobs import knob
from genmodels.refusal import Refusal

__all__ = ["OwnText", "import_text", "imported_texts", "preview_text"]
FEWEST = 10  # paragraphs
SEED = 0  # fixed: the same text always holds out the same


@dataset("text")
@dataclass(frozen=True, kw_only=True)
class OwnText(TextData):
    """Your own text, from a file in any usual encoding."""

    unit: str = unit_knob("character")
    context: int = context_knob(64)
    token: str = knob("", help="Which imported text: the name that the import gave it")
    documents: str = knob(
        "whole",
        help="whole: the last tenth is held out. paragraphs: one document each, a tenth held out",
        choices=("whole", "paragraphs"),
    )

    title: ClassVar[str] = "Your own text"
    licence: ClassVar[str] = "your own"

    def load(self) -> Dataset:
        """One document of each split in the order of the text, or paragraphs, of which exact copies are joined.

        Raises `Refusal` where nothing was imported, the kept text has changed, or it is too short for the context.
        """
        if not self.token:
            known = ", ".join(each["token"] for each in imported_texts()) or "none yet; import a .txt first"
            raise Refusal(f"The data set text needs a token that says which text. There are: {known}.")
        index, text = read_text_index(self.token), read_text(self.token)
        if self.documents == "whole":
            cut = int((1 - HELD_OUT) * len(text))
            sides = {"train": [text[:cut]], "test": [text[cut:]]}
        else:
            parts = list(dict.fromkeys(paragraphs(text)))
            if len(parts) < FEWEST:
                raise Refusal(
                    f"{self.token} has {len(parts)} different paragraphs, of which none can be held out; choose documents=whole."
                )
            test = set(sorted(parts, key=lambda part: place(part, SEED))[: round(HELD_OUT * len(parts))])
            sides = {
                "train": [part for part in parts if part not in test],
                "test": [part for part in parts if part in test],
            }
        return self.dataset(
            "text", sides["train"], sides["test"], f"{index['title']} ({self.token})", licence=index["licence"]
        )
