"""What `genmodels sample` writes: a marked file for each sample, which says in itself what made it and how to make it again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from genmodels.commands.sample_clips import filmed_files
from genmodels.commands.sample_pieces import composed_files, given_bytes
from genmodels.explore.molecules import FILES, looked_at, marked_file
from genmodels.files import make_folder
from genmodels.intake.prompts_table import read_prompts
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.watermark import LEAST_SIDE
from genmodels.kinds.text.decoding import Decoding, unescaped
from genmodels.kinds.text.tokens import Tokens
from genmodels.printable import printable
from genmodels.provenance import recorded, way_out
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.opening import open_model, open_shipped
from genmodels.trained.requests import begun_from, mask_of, picture_facts, start_of
from genmodels.trained.roles import to_sample
from genmodels.trained.upscaler import UPSCALED, fits

MOST_GIVEN = 64 << 20  # bytes of a table of prompts or a picture
SEVERAL, MOST = 16, 10_000  # samples where -n is not given; samples at once
Files = Mapping[str, way_out.Marked]  # of one sample: suffix to content, the sample itself first


@dataclass(frozen=True)
class Asked:
    """What samples somebody wants; all have defaults.

    n: how many; None: `SEVERAL`, or one for each of `given`; with `prompts` so many of each line, or one.
    seed: 0 to 2^31 - 1; sample i has the seed `seed + i`.
    given: labels or prompts, one for all or one each.
    epoch: of a kept epoch the weights; None: the newest.
    settings: how it is drawn (`Drawing`) or written (`Decoding`), by name.
    prompts: a table of prompts; `start` and `mask`: pictures to begin from, and where they are drawn again.
    upscale: enlarge pictures by four; None: where the upscaler was measured.
    alerted: keep molecules with an alert.
    """

    n: int | None = None
    seed: int = 0
    given: Sequence[str] = ()
    epoch: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    prompts: Path | None = None
    start: Path | None = None
    mask: Path | None = None
    upscale: bool | None = None
    alerted: bool = False

    def number(self) -> int:
        """How many samples: `n`, or as many as several `given`; raises `Refusal` where the two are not the same."""
        told = len(self.given)
        if told > 1 and self.n not in (None, told):
            raise Refusal(f"--given stands there {told} times and -n is {self.n}; give one for all, or one for each.")
        return self.n or (told if told > 1 else SEVERAL)


@dataclass
class Samples:
    """The files of each sample, and sentences on what of the command was not heeded or not read."""

    files: list[Files] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    loses_its_marks: str = ""  # what has to be said of pictures too small for a watermark

    def counted(self) -> str:
        """How many files there are, in words; the statements beside them are not counted."""
        n = sum(not suffix.endswith(way_out.SIDECAR) for files in self.files for suffix in files)
        return f"{n} file{'s' * (n != 1)}"


def sample_files(run: Run, asked: Asked) -> Samples:
    """The files of each sample, by what the run makes; raises `Refusal` for what it can't make."""
    if asked.n is not None and not 1 <= asked.n <= MOST:
        raise Refusal(f"n is {asked.n}; it must be from 1 to {MOST}.")
    if (role := run.experiment.make_recipe().role_for(run.spec)) not in SAMPLES:
        to_sample(open_model(run))
    return SAMPLES[role](run, asked)


def write_samples(folder: Path, stem: str, samples: Samples) -> list[Path]:
    """Write the files of samples into a folder, under names that are free there; returns the file of each sample itself."""
    folder, paths = make_folder(folder), []
    stem = free_name(folder, stem)
    for number, files in enumerate(samples.files):
        for suffix, content in files.items():
            way_out.write(folder / f"{stem}-{number:04d}{suffix}", content)
        paths.append(folder / f"{stem}-{number:04d}{next(iter(files))}")
    return paths


def free_name(folder: Path, stem: str) -> str:
    """The stem, or with "-again-2", "-again-3" ... behind it, of which the folder holds no file yet: nothing is replaced."""
    taken = {entry.name for entry in folder.iterdir()}
    names = (stem if number == 1 else f"{stem}-again-{number}" for number in itertools.count(1))
    return next(name for name in names if not any(each.startswith(f"{name}-0") for each in taken))


def _pictures(run: Run, asked: Asked) -> Samples:
    """PNG files that say in their metadata what drew them."""
    if asked.settings or asked.prompts or asked.start or asked.mask:
        raise Refusal("--set, --prompts, --from and --mask are for models that follow prompts; leave them out.")
    model, n = open_model(run, asked.epoch), asked.number()
    labels = model.labels(n, seed=asked.seed, given=list(asked.given) or None)
    images, larger = _as_they_leave(model.decode(model.latents(n, seed=asked.seed), given=labels), run, asked.upscale)
    told = [{"Label": name} for name in model.names(labels)] or [dict[str, str]()] * n
    facts = [
        recorded.facts(run, model.weights, seed=asked.seed, Number=str(number), **told[number], **larger)
        for number in range(n)
    ]
    files: list[Files] = [{".png": content} for content in way_out.pictures(images, facts)]
    return Samples(files, loses_its_marks=_loses_its_marks(run, asked.upscale))


def _for_each(given: Sequence[str], n: int) -> list[str]:
    """One prompt for all, n times; as they are where there is one for each."""
    return list(given) if len(given) == n else list(given) * n


def _as_they_leave(pictures: np.ndarray, run: Run, upscale: bool | None) -> tuple[list[np.ndarray], dict[str, str]]:
    """Pictures at the size in which they leave, and what their files say of it: enlarged where that was measured, or as asked."""
    if upscale is False or (upscale is None and not fits(run)):
        return list(pictures), {}
    return list(open_shipped("upscaler", "upscaler").upscale(pictures)), UPSCALED


def _loses_its_marks(run: Run, upscale: bool | None) -> str:
    """What has to be said of small pictures; "" of all others."""
    height, width, _ = run.spec.shape
    if min(height, width) >= LEAST_SIDE or upscale or (upscale is None and fits(run)):
        return ""
    return f"They are {width} x {height} pixels, too small for a watermark: saved again once, without their manifest, they lose every mark but a likeness in the ledger of this machine."


def _prompted(run: Run, asked: Asked) -> Samples:
    """PNG files of what prompts ask for; each says in its metadata how to draw it again."""
    drawing, made = Drawing.from_dict(asked.settings), Samples()
    prompts = _prompts(asked, made.notices)
    start = None if asked.start is None else start_of(_given(asked.start), run.spec.shape, asked.start.name)
    mask = None if asked.mask is None else mask_of(_given(asked.mask), run.spec.shape, asked.mask.name)
    model, n = open_model(run, asked.epoch), len(prompts)
    unread = {prompt: model.read(prompt).notice for prompt in dict.fromkeys(prompts)}
    made.notices += _told(unread)
    drawn = model.sample(n, seed=asked.seed, given=prompts, drawing=drawing, start=start, mask=mask)
    more = {} if start is None else begun_from(start, mask)
    pictures, larger = _as_they_leave(drawn, run, asked.upscale)
    facts = [
        picture_facts(
            run, prompt, asked.seed + number, drawing, model.weights, **_not_read(unread[prompt]), **more, **larger
        )
        for number, prompt in enumerate(prompts)
    ]
    silent = sorted(set(asked.settings) - set(json.loads(facts[0].get("Settings", "{}"))))
    made.notices += (
        [f"Ignored: the settings {', '.join(silent)}, which have no say in what was asked for."] if silent else []
    )
    made.files = [{".png": content} for content in way_out.pictures(pictures, facts)]
    made.loses_its_marks = _loses_its_marks(run, asked.upscale)
    return made


def _prompts(asked: Asked, notices: list[str]) -> list[str]:
    """The prompt of each picture: of a table -n (or one) of each line, else those given; says which columns nobody heeds."""
    if not asked.prompts:
        return _for_each(asked.given or [""], asked.number())
    if asked.given:
        raise Refusal("--given and --prompts both say what to draw; leave one out.")
    table = read_prompts(_given(asked.prompts), asked.prompts.name)
    if table.not_heeded:
        notices.append(
            f"Ignored: the columns {printable(', '.join(table.not_heeded), 300)} of {printable(asked.prompts.name)}; seeds count on from --seed."
        )
    prompts = [prompt for prompt in table.prompts for _ in range(asked.n or 1)]
    if len(prompts) > MOST:
        raise Refusal(
            f"{len(table.prompts):,} prompts with -n {asked.n} are {len(prompts):,} pictures; at most {MOST:,} are drawn, so take fewer."
        )
    return prompts


def _told(unread: Mapping[str, str]) -> list[str]:
    """A sentence for each prompt of which something is not read."""
    return [f"{printable(prompt, 60)!r}: {notice}" for prompt, notice in unread.items() if notice]


def _not_read(notice: str) -> dict[str, str]:
    return {"Not read": notice} if notice else {}


def _given(file: Path) -> bytes:
    return given_bytes(file, MOST_GIVEN, "a table or a picture")


def _texts(run: Run, asked: Asked) -> Samples:
    """Text files whose first line says that a model made them, each with a signed sidecar; text i has the seed `seed + i`."""
    if asked.prompts or asked.start or asked.mask or asked.upscale:
        raise Refusal("--prompts, --from, --mask and --upscale are for models that draw; leave them out.")
    decoding = Decoding.from_dict(
        {name: unescaped(value) if name == "stop" else value for name, value in asked.settings.items()}
    )
    given = list(asked.given) or [""]
    model, n = open_model(run, asked.epoch), asked.number()
    unread = {prompt: model.prompt(prompt)[1] for prompt in dict.fromkeys(given)}
    texts = model.sample(n, seed=asked.seed, given=given, decoding=decoding)
    prompts = _for_each(given, n)
    facts = [
        recorded.facts(run, model.weights, seed=asked.seed + number, Prompt=prompt, **_not_read(unread[prompt]))
        for number, prompt in enumerate(prompts)
    ]
    who, tokens, told = f"{run.experiment.model} {run.id}", Tokens.of(run.spec), decoding.to_dict()
    files = [
        f"{way_out.made_by(who, asked.seed + number, told, str(text), tokens, facts[number])}\n\n{text}\n"
        for number, text in enumerate(texts)
    ]
    silent = sorted(
        set(asked.settings)
        - {"watermark", *recorded.of_writing(told), *(name for name, off in recorded.OFF.items() if told[name] == off)}
    )
    notices = _told(unread) + (
        [f"Ignored: the settings {', '.join(silent)}, which have no say beside the others."] if silent else []
    )
    return Samples(
        [{".txt": each.text, ".txt" + way_out.SIDECAR: each.statement} for each in way_out.texts(files, facts)], notices
    )


def _molecules(run: Run, asked: Asked) -> Samples:
    """All molecules in one SMILES, one SDF and one CSV file, each with a signed sidecar; molecule i has the seed `seed + i`.

    What is no molecule is left out and counted, and so is what has an alert, unless that was asked for.
    """
    if asked.prompts or asked.start or asked.mask or asked.upscale:
        raise Refusal("--prompts, --from, --mask and --upscale are for models that draw; leave them out.")
    decoding = Decoding.from_dict({"length": "1024", "watermark": "none", **asked.settings})
    model, n, given = open_model(run, asked.epoch), asked.number(), list(asked.given) or [""]
    texts = model.sample(
        n, seed=asked.seed, given=given, decoding=replace(decoding, length=min(decoding.length, model.context))
    )
    looked = looked_at(map(str, texts), range(asked.seed, asked.seed + n))
    chosen = looked.molecules if asked.alerted else looked.quiet
    told = recorded.of_writing(decoding.to_dict() | {"length": min(decoding.length, model.context)})
    begun = {"Prompt": json.dumps(given) if len(given) > 1 else given[0]} if asked.given else {}
    facts = recorded.facts(run, model.weights, seed=asked.seed, Number=str(n), **recorded.settings(told), **begun)
    notices = _told({prompt: model.prompt(prompt)[1] for prompt in dict.fromkeys(given)})
    notices.append(
        f"{n:,} texts were written: {len(looked.molecules):,} are molecules, {len(chosen):,} of them are in the files."
        + f" {len(looked.molecules) - len(looked.quiet):,} have a PAINS or Brenk alert"
        + (" and are among them." if asked.alerted else " and are left out; --alerted keeps them.")
    )
    if not chosen:
        raise Refusal(f"There is no molecule to write: {notices[-1]}")
    files: dict[str, way_out.Marked] = {}
    for suffix in FILES:
        content, statement = marked_file(chosen, suffix, run.id, facts)
        files |= {suffix: content, suffix + way_out.SIDECAR: statement}
    return Samples([files], notices)


def _pieces(run: Run, asked: Asked) -> Samples:
    """MIDI and MusicXML files, each with its signed sidecar, and sound, of each piece; `start` is a melody to harmonise."""
    if asked.prompts or asked.mask or asked.upscale or asked.given:
        raise Refusal("--given, --prompts, --mask and --upscale are for other models; leave them out.")
    files, notices = composed_files(
        run, n=asked.number(), seed=asked.seed, epoch=asked.epoch, settings=dict(asked.settings), melody=asked.start
    )
    return Samples(files, notices)


def _clips(run: Run, asked: Asked) -> Samples:
    """MP4, GIF and a PNG strip of each clip; clip i has the seed `seed + i`."""
    if asked.prompts or asked.mask or asked.upscale or asked.start:
        raise Refusal("--prompts, --from, --mask and --upscale are for models of pictures; leave them out.")
    prompts = _for_each(list(asked.given) or [""], asked.number())
    return Samples(*filmed_files(run, prompts, seed=asked.seed, epoch=asked.epoch, settings=asked.settings))


# By role (`Recipe.role_for`).
SAMPLES: dict[str, Callable[..., Samples]] = {
    "latent": _pictures,
    "prompted": _prompted,
    "clips": _clips,
    "writer": _texts,
    "molecules": _molecules,
    "latent molecules": _molecules,
    "music": _pieces,
}
