"""What `genmodels sample` writes: a marked file for each sample, which says in itself what made it and how to make it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from genmodels.files import Unreadable, read_bytes
from genmodels.provenance import marking
from genmodels.refusal import Refusal
from genmodels.runs import Run

MOST_GIVEN = 64 << 20  # bytes of a table of prompts or a picture
Files = Mapping[str, bytes | str]  # of one sample: suffix to content, the sample itself first


def sample_files(arguments: Any, run: Run, settings: Mapping[str, str]) -> Iterator[Files]:
    """The files of each sample, by what the run makes. `arguments` are those of the command."""
    return SAMPLES[run.spec.kind](arguments, run, settings)


def _pictures(arguments: Any, run: Run, settings: Mapping[str, str]) -> Iterator[Files]:
    """PNG files that say in their metadata what drew them."""
    if run.experiment.make_recipe().captioned:
        yield from _prompted(arguments, run, settings)
        return
    if settings or arguments.prompts or arguments.start or arguments.mask or arguments.upscale:
        raise Refusal("--set, --prompts, --from, --mask and --upscale are for models that follow prompts; leave them out.")
    facts = {"Software": "GenModels", "Model": f"{run.experiment.model} {run.id}", "Seed": str(arguments.seed), "Credit": run.facts.get("credit", "")}
    images = run.generator(arguments.epoch).sample(arguments.n, seed=arguments.seed, given=arguments.given)
    yield from ({".png": content} for content in marking.pngs(images, [facts | {"Number": str(number)} for number in range(len(images))]))


def _prompted(arguments: Any, run: Run, settings: Mapping[str, str]) -> Iterator[Files]:
    """PNG files of what prompts ask for; each says in its metadata how to draw it again."""
    from genmodels.drawing import Drawing
    from genmodels.picture_prompts import begun_from, mask_of, picture_facts, start_of
    from genmodels.prompt_table import read_prompts

    drawing = Drawing.from_dict(settings)
    if arguments.prompts and arguments.given:
        raise Refusal("--given and --prompts both say what to draw; leave one out.")
    prompts = read_prompts(_given(arguments.prompts), arguments.prompts.name) if arguments.prompts else arguments.given or [""]
    n = len(prompts) if arguments.prompts else arguments.n
    start = None if arguments.start is None else start_of(_given(arguments.start), run.spec.shape, arguments.start.name)
    mask = None if arguments.mask is None else mask_of(_given(arguments.mask), run.spec.shape, arguments.mask.name)
    pictures = run.generator(arguments.epoch).sample(n, seed=arguments.seed, given=prompts, drawing=drawing, start=start, mask=mask)
    more = {} if start is None else begun_from(start, mask)
    if arguments.upscale:
        from genmodels.upscaling import open_upscaler

        pictures, more = open_upscaler().upscale(pictures), more | {"Upscaled": "to 128 x 128 by run upscaler"}
    facts = [picture_facts(run, prompts[number if len(prompts) > 1 else 0], arguments.seed + number, drawing, **more) for number in range(len(pictures))]
    yield from ({".png": content} for content in marking.pngs(pictures, facts))


def _given(file: Path) -> bytes:
    """What a file on the command line holds, looked at before it is read."""
    try:
        return read_bytes(file, MOST_GIVEN)
    except Unreadable as reason:
        raise Refusal(f"{file.name[:80]!r} {reason}; name a table or a picture.") from None


def _texts(arguments: Any, run: Run, settings: Mapping[str, str]) -> Iterator[Files]:
    """Text files whose first line says that a model made them, each with a signed sidecar; text i has the seed `seed + i`."""
    from genmodels.decoding import Decoding
    from genmodels.text_generator import made_by

    if arguments.prompts or arguments.start or arguments.mask or arguments.upscale:
        raise Refusal("--prompts, --from, --mask and --upscale are for models that draw; leave them out.")
    decoding = Decoding.from_dict(settings)
    texts = run.generator(arguments.epoch).sample(arguments.n, seed=arguments.seed, given=arguments.given, decoding=decoding)
    files = [f"{made_by(run, arguments.seed + number, decoding)}\n\n{text}\n" for number, text in enumerate(texts)]
    prompts = arguments.given or [""]
    facts = [{"Model": f"{run.experiment.model} {run.id}", "Seed": str(arguments.seed + number), "Prompt": prompts[number if len(prompts) > 1 else 0]} for number in range(len(files))]
    for file, sidecar in zip(files, marking.texts(files, facts), strict=True):
        yield {".txt": file, ".txt" + marking.SIDECAR: sidecar}


SAMPLES: dict[str, Callable[..., Iterator[Files]]] = {"image": _pictures, "text": _texts, "code": _texts}
