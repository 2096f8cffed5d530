"""What `genmodels sample` writes of a model of clips: MP4, GIF and a strip of the frames of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from genmodels.kinds.image.drawing import Drawing
from genmodels.provenance import way_out
from genmodels.runs.run import Run
from genmodels.trained.clip_files import Handed, clip_facts
from genmodels.trained.opening import open_model


def filmed_files(
    run: Run, prompts: Sequence[str], *, seed: int, epoch: int | None, settings: Mapping[str, str]
) -> list[Mapping[str, way_out.Marked]]:
    """The files of a clip for each prompt by suffix, the i-th from the seed `seed + i`."""
    drawing, filmer = Drawing.from_dict(dict(settings)), open_model(run, epoch)
    made: list[Mapping[str, way_out.Marked]] = []
    for number, prompt in enumerate(prompts):
        clip = filmer.filmed(prompt, seed=seed + number, drawing=drawing)
        made.append(Handed(clip, clip_facts(run, filmer.weights, prompt, seed + number, drawing)).all())
    return made
