"""What `genmodels sample` writes: a marked file for each sample, which says in itself what made it and how to make it again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.files import Unreadable, read_bytes
from genmodels.pictures import printable
from genmodels.provenance import way_out
from genmodels.provenance.picture_watermark import LEAST_SIDE
from genmodels.refusal import Refusal
from genmodels.runs import Run

MOST_GIVEN = 64 << 20  # bytes of a table of prompts or a picture
Files = Mapping[str, way_out.Marked]  # of one sample: suffix to content, the sample itself first


def sample_files(arguments: Any, run: Run, settings: Mapping[str, str]) -> Iterator[Files]:
    """The files of each sample, by what the run makes. `arguments` are those of the command."""
    return SAMPLES[run.spec.kind](arguments, run, settings)


def _pictures(arguments: Any, run: Run, settings: Mapping[str, str]) -> Iterator[Files]:
    """PNG files that say in their metadata what drew them."""
    if run.experiment.make_recipe().captioned:
        yield from _prompted(arguments, run, settings)
        return
    if settings or arguments.prompts or arguments.start or arguments.mask:
        raise Refusal("--set, --prompts, --from and --mask are for models that follow prompts; leave them out.")
    facts = {"Software": "GenModels", "Model": f"{run.experiment.model} {run.id}", "Seed": str(arguments.seed), "Credit": run.facts.get("credit", "")}
    drawn = run.generator(arguments.epoch).sample(arguments.n, seed=arguments.seed, given=arguments.given)
    images, more = _as_they_leave(drawn, run, arguments.upscale)
    yield from ({".png": content} for content in way_out.pictures(images, [facts | more | {"Number": str(number)} for number in range(len(images))]))


def _as_they_leave(pictures: np.ndarray, run: Run, asked: bool | None) -> tuple[list[np.ndarray], dict[str, str]]:
    """Pictures at the size in which they leave, and what their files say of it: enlarged where that was measured, or as asked."""
    from genmodels.upscaling import UPSCALED, fits, open_upscaler

    if asked is False or (asked is None and not fits(run)):
        return list(pictures), {}
    return list(open_upscaler().upscale(pictures)), UPSCALED


def loses_its_marks(run: Run, asked: bool | None) -> str:
    """What has to be said of small pictures; "" of all others."""
    from genmodels.upscaling import fits

    height, width = (*run.spec.shape, 0, 0)[:2]
    if run.spec.kind != "image" or min(height, width) >= LEAST_SIDE or asked or (asked is None and fits(run)):
        return ""
    return f"They are {width} x {height} pixels, too small for a watermark: saved again once, without their manifest, they lose every mark but a likeness in the ledger of this machine."


def _prompted(arguments: Any, run: Run, settings: Mapping[str, str]) -> Iterator[Files]:
    """PNG files of what prompts ask for; each says in its metadata how to draw it again."""
    from genmodels.drawing import Drawing
    from genmodels.picture_prompts import begun_from, mask_of, picture_facts, start_of

    drawing = Drawing.from_dict(settings)
    if arguments.prompts and arguments.given:
        raise Refusal("--given and --prompts both say what to draw; leave one out.")
    prompts = list(_told(arguments.prompts)) if arguments.prompts else arguments.given or [""]
    n = len(prompts) if arguments.prompts else arguments.n
    start = None if arguments.start is None else start_of(_given(arguments.start), run.spec.shape, arguments.start.name)
    mask = None if arguments.mask is None else mask_of(_given(arguments.mask), run.spec.shape, arguments.mask.name)
    drawn = run.generator(arguments.epoch).sample(n, seed=arguments.seed, given=prompts, drawing=drawing, start=start, mask=mask)
    more = {} if start is None else begun_from(start, mask)
    pictures, larger = _as_they_leave(drawn, run, arguments.upscale)
    more |= larger
    facts = [picture_facts(run, prompts[number if len(prompts) > 1 else 0], arguments.seed + number, drawing, **more) for number in range(len(pictures))]
    yield from ({".png": content} for content in way_out.pictures(pictures, facts))


def _given(file: Path) -> bytes:
    """What a file on the command line holds, looked at before it is read."""
    try:
        return read_bytes(file, MOST_GIVEN)
    except Unreadable as reason:
        raise Refusal(f"{file.name[:80]!r} {reason}; name a table or a picture.") from None


def _told(file: Path) -> tuple[str, ...]:
    """The prompts of a table; says which of its columns nobody heeds."""
    from genmodels.prompt_table import read_prompts

    table = read_prompts(_given(file), file.name)
    if table.not_heeded:
        print(f"Ignored: the columns {', '.join(table.not_heeded)} of {printable(file.name)}; seeds count on from --seed.", file=sys.stderr)
    return table.prompts


def _texts(arguments: Any, run: Run, settings: Mapping[str, str]) -> Iterator[Files]:
    """Text files whose first line says that a model made them, each with a signed sidecar; text i has the seed `seed + i`."""
    from genmodels.decoding import Decoding
    from genmodels.tokens import Tokens

    if arguments.prompts or arguments.start or arguments.mask or arguments.upscale:
        raise Refusal("--prompts, --from, --mask and --upscale are for models that draw; leave them out.")
    decoding = Decoding.from_dict(settings)
    texts = run.generator(arguments.epoch).sample(arguments.n, seed=arguments.seed, given=arguments.given, decoding=decoding)
    who, tokens, told = f"{run.experiment.model} {run.id}", Tokens.of(run.spec), decoding.to_dict()
    files = [f"{way_out.made_by(who, arguments.seed + number, told, str(text), tokens)}\n\n{text}\n" for number, text in enumerate(texts)]
    prompts = arguments.given or [""]
    facts = [{"Model": f"{run.experiment.model} {run.id}", "Seed": str(arguments.seed + number), "Prompt": prompts[number if len(prompts) > 1 else 0]} for number in range(len(files))]
    for each in way_out.texts(files, facts):
        yield {".txt": each.text, ".txt" + way_out.SIDECAR: each.statement}


SAMPLES: dict[str, Callable[..., Iterator[Files]]] = {"image": _pictures, "text": _texts, "code": _texts}
