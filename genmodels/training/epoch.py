"""What a training shows after each epoch, by the kind of its examples: numbers on held-out data, and samples from a fixed seed.

`EXHIBITS[kind](learner, data, seed)` gives a function without arguments that is called once an epoch. It gives
the values to log, and for each folder of the run the suffix and content of the epoch's file.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.kinds.image.files import grid, png_bytes
from genmodels.kinds.molecule.chemistry import canonical
from genmodels.kinds.molecule.drawing import sheet
from genmodels.kinds.music.roll import rolls
from genmodels.kinds.text.decoding import Decoding
from genmodels.kinds.video.features import places
from genmodels.kinds.video.tracking import there
from genmodels.metrics.kernel_distance import kernel_distance_value
from genmodels.networks.learner import Learner
from genmodels.registry import Registry
from genmodels.trained.composer import Composer
from genmodels.trained.filming import Filmer
from genmodels.trained.latent import TrainedGenerator
from genmodels.trained.latent_molecules import LatentMolecules
from genmodels.trained.prompted import PictureGenerator
from genmodels.trained.writer import TextGenerator
from genmodels.training import behaviour

SHOWN = 36  # pictures in the grid of each epoch
DRAWN = 16  # prompts, which are drawn step by step
STRUCTURES = 64  # molecules that are written after each epoch
MEASURED = 256  # samples behind each epoch's kernel distance
PROMPT, WRITTEN = 40, 128  # characters of a prompt from a held-out document, tokens written after each
FILMED = 8  # captions, after each epoch
COMPOSED, SCORED = 64, 24  # steps of a composed piece; held-out pieces whose likelihood is told
EXHIBITS = Registry("kind of exhibit")

Exhibit = Callable[[], tuple[dict[str, float], dict[str, tuple[str, bytes]]]]


@EXHIBITS.add("image")
def pictures(learner: Learner, data: Dataset, seed: int) -> Exhibit:
    """Sheets of samples, and of held-out pictures above their reconstructions where the model encodes."""
    held_out, conduct = data.test, behaviour.of_pictures(data, seed)
    generator = TrainedGenerator(learner.recipe, learner.spec, learner.networks)
    n = min(MEASURED, len(held_out))
    real, labels = held_out.images[:9], None if held_out.labels is None else held_out.labels[:9]

    def exhibit() -> tuple[dict[str, float], dict[str, tuple[str, bytes]]]:
        samples = generator.sample(max(n, SHOWN), seed=seed)
        values = learner.recipe.evaluate(learner, held_out, samples)
        values["kernel_distance"] = kernel_distance_value(held_out.images[:n], samples[:n])
        values |= conduct(samples[:n])
        files = {"samples": (".png", png_bytes(grid(samples[:SHOWN], 6)))}
        if learner.recipe.encodes:
            again = generator.decode(generator.encode(real, labels), labels)
            files["reconstructions"] = (".png", png_bytes(grid(np.concatenate([real, again]), 9)))
        return values, files

    return exhibit


@EXHIBITS.add("prompted")
def prompted(learner: Learner, data: Dataset, seed: int) -> Exhibit:
    """A sheet of what is drawn for captions of held-out pictures, evenly chosen."""
    held_out, conduct = data.test, behaviour.of_pictures(data, seed)
    chosen = np.unique(np.linspace(0, len(held_out) - 1, min(DRAWN, len(held_out))).astype(int))
    prompts = [held_out.captions[index] for index in chosen]
    generator = PictureGenerator(learner.recipe, learner.spec, learner.networks, {})

    def exhibit() -> tuple[dict[str, float], dict[str, tuple[str, bytes]]]:
        samples = generator.sample(len(prompts), seed=seed, given=prompts)
        values = learner.recipe.evaluate(learner, held_out, samples)
        if "held_out_loss" not in values:
            values["kernel_distance"] = kernel_distance_value(held_out.images[chosen], samples)
        values |= conduct(samples)
        return values, {"samples": (".png", png_bytes(grid(samples, 8)))}

    return exhibit


@EXHIBITS.add("video")
@EXHIBITS.add("clips")
def clips(learner: Learner, data: Dataset, seed: int) -> Exhibit:
    """Strips of what is filmed for captions of held-out clips, a row each, and the share of frames in which something is seen."""
    held_out = data.test
    chosen = np.unique(np.linspace(0, len(held_out) - 1, min(FILMED, len(held_out))).astype(int))
    prompts = [held_out.captions[index] for index in chosen]
    filmer = Filmer(learner.recipe, learner.spec, learner.networks, {})

    def exhibit() -> tuple[dict[str, float], dict[str, tuple[str, bytes]]]:
        values = learner.recipe.evaluate(learner, held_out, None)
        made = filmer.sample(len(prompts), seed=seed, given=prompts)
        values["something_seen"] = float(there(made).mean())
        frames = made[:, places(made.shape[1], 8)]
        sheet = grid(frames.reshape(-1, *frames.shape[2:]), frames.shape[1])
        return values, {"samples": (".png", png_bytes(sheet))}

    return exhibit


@EXHIBITS.add("molecule")
def molecules(learner: Learner, data: Dataset, seed: int) -> Exhibit:
    """A sheet of the structures that are written from nothing, and the share of molecules among them."""
    held_out, conduct = data.test, behaviour.of_texts(data)
    generator = TextGenerator(learner.recipe, learner.spec, learner.networks, rows=STRUCTURES)
    decoding = Decoding(length=generator.context, temperature=1.0, watermark="none")

    def exhibit() -> tuple[dict[str, float], dict[str, tuple[str, bytes]]]:
        values = learner.recipe.evaluate(learner, held_out, None)
        *_, written = generator.write([""] * STRUCTURES, seeds=range(seed, seed + STRUCTURES), decoding=decoding)
        texts = [each.text for each in written]
        values["valid"] = sum(canonical(text) is not None for text in texts) / STRUCTURES
        values |= conduct([np.array(each.tokens, np.int64) for each in written])
        return values, {"samples": (".png", sheet(texts[:SHOWN], 6))}

    return exhibit


@EXHIBITS.add("encoder")
def numbers(learner: Learner, data: Dataset, seed: int) -> Exhibit:
    """Nothing to look at: what encodes or reads is only measured."""
    return lambda: (learner.recipe.evaluate(learner, data.test, None), {})


@EXHIBITS.add("upscaler")
def enlarged(learner: Learner, data: Dataset, seed: int) -> Exhibit:
    """Held-out pictures made small, enlarged by an interpolation and by the model, and as they were."""

    def exhibit() -> tuple[dict[str, float], dict[str, tuple[str, bytes]]]:
        values = learner.recipe.evaluate(learner, data.test, None)
        return values, {"samples": (".png", png_bytes(learner.recipe.sheet(learner, data.test)))}

    return exhibit


@EXHIBITS.add("latent molecules")
def written_molecules(learner: Learner, data: Dataset, seed: int) -> Exhibit:
    """A sheet of the structures at fixed places of the latent space, and the share of molecules among them."""
    generator = LatentMolecules(learner.recipe, learner.spec, learner.networks, rows=STRUCTURES)
    decoding = Decoding(length=generator.context, temperature=1.0, watermark="none")

    def exhibit() -> tuple[dict[str, float], dict[str, tuple[str, bytes]]]:
        values = learner.recipe.evaluate(learner, data.test, None)
        texts = [str(each) for each in generator.sample(STRUCTURES, seed=seed, decoding=decoding)]
        values["valid"] = sum(canonical(text) is not None for text in texts) / STRUCTURES
        return values, {"samples": (".png", sheet(texts[:SHOWN], 6))}

    return exhibit


@EXHIBITS.add("text")
@EXHIBITS.add("code")
def texts(learner: Learner, data: Dataset, seed: int) -> Exhibit:
    """What is written from nothing, twice, and after the beginnings of two held-out documents."""
    held_out, conduct = data.test, behaviour.of_texts(data)
    generator = TextGenerator(learner.recipe, learner.spec, learner.networks, begins=len(held_out.documents) > 1)
    prompts = ["", "", *(document[:PROMPT] for document in held_out.documents[:2])]
    decoding = Decoding(length=WRITTEN, watermark="none")  # a training does not depend on the key of a machine

    def exhibit() -> tuple[dict[str, float], dict[str, tuple[str, bytes]]]:
        values = learner.recipe.evaluate(learner, held_out, None)
        *_, written = generator.write(
            prompts, seeds=[seed + number for number in range(len(prompts))], decoding=decoding
        )
        values |= conduct([np.array(each.tokens, np.int64) for each in written])
        lines = [each.document() for each in written]
        return values, {"samples": (".json", json.dumps(lines, indent=1).encode())}

    return exhibit


@EXHIBITS.add("music")
def pieces(learner: Learner, data: Dataset, seed: int) -> Exhibit:
    """A sheet of the rolls of pieces from fixed seeds, and how often their voices cross."""
    held_out, conduct = data.test, behaviour.of_pieces(data)
    composer = Composer(learner.recipe, learner.spec, learner.networks)
    steps = min(COMPOSED, composer.longest())

    def exhibit() -> tuple[dict[str, float], dict[str, tuple[str, bytes]]]:
        values = learner.recipe.evaluate(learner, held_out, None)
        nats, steps_read = composer.nats(held_out.documents[:SCORED])
        values["nats_a_step"] = float(nats.sum() / steps_read.sum())
        *_, composed = composer.compose([seed + number for number in range(composer.rows)], steps=steps)
        own = [each.piece for each in composed]
        return values | conduct(own), {"samples": (".png", png_bytes(rolls(own)))}

    return exhibit
