"""Outputs and the labels that people gave them: what is kept for raters to see, and what they said."""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from genmodels.files import make_folder
from genmodels.kinds.image.files import open_picture, png_bytes
from genmodels.labelling.order import drawn_order
from genmodels.labelling.store import Drawn, LabelFolder
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import Outputs

SHOWN = 400  # examples that are kept for raters where nothing else is said
MOST_SHOWN = 5000
MOST_COLUMNS = 60  # of the team's table, of which one may guess an answer
LARGEST_SIDE, SMALL_SIDE = 768, 256  # pixels of a kept picture; up to the second one it stays a PNG


def folder_of(outputs: Outputs) -> LabelFolder:
    """Where the labels of these outputs lie, whatever training or held-out examples were brought beside them."""
    return LabelFolder(replace(outputs, training=None, held_out=None, labels=None).sha256[:32])


def keys_of(outputs: Outputs) -> list[str]:
    """What each output is known by in tables: its id, with its place where several have the same."""
    counts = Counter(each.id for each in outputs.items)
    return [each.id if counts[each.id] == 1 else f"{each.id} ({each.place})" for each in outputs.items]


def bring(outputs: Outputs, n: int | None = None, brought: str = "") -> LabelFolder:
    """Draw examples at random, evenly over prompts, and keep the first `n` of them for raters to see (400, or as before).

    The order is drawn once, with the seed of the first time; whoever brings the same outputs again can only add to it.
    `brought` is the token of outputs that were brought to the dashboard.
    """
    folder = folder_of(outputs)
    before = folder.about
    n = n if n is not None else len(before.get("drawn", [])) or SHOWN
    if not 1 <= n <= MOST_SHOWN:
        raise Refusal(f"n is {n:,}; draw from 1 to {MOST_SHOWN:,} examples.")
    if len(before.get("drawn", [])) >= min(n, outputs.n):
        return folder
    seed = before["seed"] if type(before.get("seed")) is int else outputs.seed
    keys, prompts = keys_of(outputs), [each.prompt for each in outputs.items]
    chosen = [int(number) for number in drawn_order(prompts, seed)[:n]]
    about = {"name": outputs.name, "kind": outputs.kind, "of": outputs.n, "seed": seed, "brought": brought}
    about["columns"] = sorted({column for each in outputs.items for column in each.columns})[:MOST_COLUMNS]
    make_folder(folder.path)
    folder.bring(about, [Drawn(keys[number], prompts[number]) for number in chosen], _examples(outputs, chosen))
    return folder


def _examples(outputs: Outputs, chosen: Sequence[int]) -> Iterator[tuple[str, bytes]]:
    for done, number in enumerate(chosen):
        outputs.report("examples for raters", done, len(chosen))
        yield _example(outputs, number)


def _example(outputs: Outputs, number: int) -> tuple[str, bytes]:
    """An output as raters see it: the picture without whatever its file says of it, or the text."""
    if outputs.content is None:
        return "txt", outputs.items[number].text.encode(errors="replace")
    picture = open_picture(outputs.content(number), outputs.items[number].place).convert("RGB")
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    if max(picture.size) <= SMALL_SIDE:
        return "png", png_bytes(picture)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=92)
    return "jpg", buffer.getvalue()


def with_labels(outputs: Outputs) -> Outputs:
    """The outputs with what people said of them so far; as they are where nobody was asked, or no question can be read."""
    with contextlib.suppress(Refusal):
        labels = folder_of(outputs).labels()
        return replace(outputs, labels=labels) if labels.questions else outputs
    return outputs
