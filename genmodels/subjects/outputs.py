"""What a team brings of a model that nobody here runs: what it made, and beside it what it learned from.

`Outputs` is a subject whose model is unknown: it has answered, and can't be asked again. What it can give is what was
brought with it; the audits say what they need of that, and the difference is "not measured".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from genmodels.intake.pictures import LeftOut, Pictures
from genmodels.labelling.labels import Labels

IMAGE, TEXT = "image", "text"


@dataclass(frozen=True)
class Item:
    """One output. `place` says where it was found (a file, a line), `id` which question it answers.

    `prompt` is "" where none was told, `text` is the answer where outputs are texts. `columns` hold whatever else the
    team's table says of it.
    """

    id: str
    place: str
    prompt: str = ""
    text: str = ""
    seed: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reference:
    """Examples that were brought beside outputs: pictures, or documents of text.

    `content(i)` reads the file of picture i again, where that can be done.
    """

    name: str
    pictures: Pictures | None = None
    documents: tuple[str, ...] = ()
    content: Callable[[int], bytes] | None = field(default=None, compare=False)

    def __len__(self) -> int:
        return len(self.pictures) if self.pictures is not None else len(self.documents)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 over all examples."""
        return _sha256(self.pictures.sha256 if self.pictures is not None else self.documents)


@dataclass(frozen=True)
class Outputs:
    """n outputs of one model, all pictures or all texts.

    `pictures` are the small copies of pictures (`intake.pictures`); `content(i)` reads the file of picture i again.
    `training` is what the model learned from, or a part of it; `held_out` what it never saw. `seed` decides whatever the
    audits draw at random. `report` is called with what is being done, how much of it is done and how much there is.
    """

    name: str
    kind: str
    items: tuple[Item, ...]
    pictures: Pictures | None = None
    content: Callable[[int], bytes] | None = None
    left_out: tuple[LeftOut, ...] = ()
    training: Reference | None = None
    held_out: Reference | None = None
    seed: int = 0
    took: str = ""  # how a table was read
    labels: Labels | None = None  # what people said of a sample of them
    report: Callable[[str, int, int], None] = field(default=lambda what, done, of: None, compare=False)

    @property
    def n(self) -> int:
        """How many outputs there are."""
        return len(self.items)

    @property
    def source(self) -> str:
        """What findings name as their data."""
        return self.name

    @cached_property
    def sha256(self) -> str:
        """SHA-256 over all outputs with their prompts, and over what was brought beside them."""
        files = self.pictures.sha256 if self.pictures is not None else tuple(each.text for each in self.items)
        beside = [each.sha256 for each in (self.training, self.held_out) if each is not None]
        return _sha256([*files, *(f"{each.id}\0{each.prompt}" for each in self.items), *beside])

    @cached_property
    def prompts(self) -> dict[str, np.ndarray]:
        """Each prompt to the numbers of its outputs, in the order in which they come."""
        found: dict[str, list[int]] = {}
        for number, each in enumerate(self.items):
            if each.prompt:
                found.setdefault(each.prompt, []).append(number)
        return {prompt: np.array(numbers) for prompt, numbers in found.items()}


def _sha256(parts: Sequence[str]) -> str:
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.encode(errors="replace"))
        sha.update(b"\0")
    return sha.hexdigest()


def named(source: object) -> str:
    """How outputs are called: the name of what they came in."""
    return (source.resolve().name if isinstance(source, Path) else "") or "outputs"
