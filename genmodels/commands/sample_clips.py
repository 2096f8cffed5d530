"""What `genmodels sample` writes of a model of clips: MP4, GIF and a strip of the frames of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from genmodels.kinds.image.drawing import Drawing
from genmodels.printable import printable
from genmodels.provenance import way_out
from genmodels.runs.run import Run
from genmodels.trained.clip_files import Handed, clip_facts
from genmodels.trained.opening import open_model

if TYPE_CHECKING:
    from genmodels.trained.filming import Filmer


def filmed_files(
    run: Run, prompts: Sequence[str], *, seed: int, epoch: int | None, settings: Mapping[str, str]
) -> tuple[list[Mapping[str, way_out.Marked]], list[str]]:
    """The files of a clip for each prompt by suffix, the i-th from the seed `seed + i`; and sentences on words that the model does not know."""
    drawing, filmer = Drawing.from_dict(dict(settings)), open_model(run, epoch)
    made: list[Mapping[str, way_out.Marked]] = []
    for number, prompt in enumerate(prompts):
        clip = filmer.filmed(prompt, seed=seed + number, drawing=drawing)
        made.append(Handed(clip, clip_facts(run, filmer.weights, prompt, seed + number, drawing)).all())
    return made, [said for prompt in dict.fromkeys(prompts) if (said := _unread(filmer, prompt))]


def _unread(filmer: Filmer, prompt: str) -> str:
    """Which words of a prompt the model was not trained on, in a sentence; "" where it knows all, or where that is not known."""
    strange = [word.text for word in filmer.word_pieces.words(prompt, filmer.seen) if not word.known]
    told = printable(", ".join(strange[:8]), 200)
    return (
        f"{printable(prompt, 60)!r}: not among the words that this model was trained on: {told}."
        if strange and filmer.seen
        else ""
    )
