"""Our side of the benches of text: `python -m genmodels.bench.ours_text sample-text 1`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.bench import text
from genmodels.bench.turns import THREADS, serve
from genmodels.data.dataset import DATA
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.decoding import Decoding
from genmodels.kinds.text.watermark import setting
from genmodels.measuring.music import nats_a_step
from genmodels.models.recipe import MODELS
from genmodels.networks.reading import parts

if TYPE_CHECKING:
    from genmodels.lazy_keras import keras
    from genmodels.models.transformer import Transformer
    from genmodels.networks.learner import Learner
    from genmodels.trained.writer import TextGenerator

Work = Callable[[int], Any]


def spec(context: int) -> Spec:
    """Texts of the symbols of the bench, of at most so many tokens."""
    return Spec("text", (context,), vocabulary=("<end>", *map(chr, range(ord("A"), ord("A") + text.SYMBOLS - 1))))


def recipe() -> Transformer:
    """The Transformer of the bench, of the size that all peers have."""
    return MODELS["transformer"](layers=text.LAYERS, width=text.WIDTH, heads=text.HEADS)


def set_weights(network: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    """The weights of `text.weights`."""
    embedding, *blocks, norm = parts(network)
    embedding.set_weights([arrays["embedding"]])
    norm.set_weights([arrays["norm"]])
    for number, block in enumerate(blocks):
        inside = {
            "norm1": block.attention_norm,
            "qkv": block.attention.inward,
            "out": block.attention.outward,
            "norm2": block.network_norm,
            "up": block.widen,
            "down": block.narrow,
        }
        for name, layer in inside.items():
            layer.set_weights([arrays[f"{number}.{name}"]])


def learner() -> Learner:
    """As `genmodels train` has it: deterministic, every term out; with the weights of `text.weights`."""
    from genmodels.training import loop as training  # holds TensorFlow deterministic

    made = training.Learner(recipe(), spec(text.CONTEXT))
    set_weights(made.networks["transformer"], text.weights())
    return made


def training() -> Work:
    """Steps of training on the windows of the bench."""
    learns, data, rng = learner(), text.windows().astype("int32"), np.random.default_rng(0)

    def work(steps: int) -> None:
        for _ in range(steps):
            learns.step(data[rng.integers(len(data), size=text.BATCH)])

    return work


def generator(context: int = text.CONTEXT) -> TextGenerator:
    """A writer with the weights that all peers start from."""
    from genmodels.trained.writer import TextGenerator

    networks = recipe().networks(spec(context))
    set_weights(networks["transformer"], text.weights())
    return TextGenerator(recipe(), spec(context), networks)


def write(writer: TextGenerator, noise: np.ndarray) -> np.ndarray:
    """Tokens (B, n + 1) from noise (n, B, SYMBOLS), the first of them 0.

    By the program behind `TextGenerator.write`, as many tokens a call as there, but with B rows and the noise given.
    """
    from genmodels.trained.writer import CHUNK

    n, rows, _ = noise.shape
    settings = {name: np.float32(value) for name, value in Decoding(temperature=1.0).numbers().items()}
    mark = setting("none", None) | {"begun": np.zeros(rows, np.int32)}
    buffer, caches = np.zeros((rows, writer.context + 1), np.int32), writer._empty_caches(rows)
    used = np.zeros((rows, text.SYMBOLS), bool)
    by_row = np.concatenate([noise, np.zeros((-n % CHUNK, *noise.shape[1:]), "float32")]).swapaxes(0, 1)
    for position in range(0, n, CHUNK):
        filled, until = np.full(rows, position + 1, np.int32), np.int32(min(position + CHUNK, n))
        few = np.ascontiguousarray(by_row[:, position : position + CHUNK])
        buffer, caches, used = writer._advance(
            buffer, filled, np.int32(position), until, caches, few, used, settings, mark
        )
        written = np.asarray(buffer)  # as the page that streams them does
    return written[:, : n + 1]


def growth(context: int) -> Work:
    """Seconds a token over a whole context."""
    writer, noise = generator(context), text.noise(1, context)

    def work(steps: int) -> float:
        start = time.perf_counter()
        for _ in range(steps):
            write(writer, noise)
        return (time.perf_counter() - start) / len(noise)

    return work


def tinyshakespeare(seed: int) -> Callable[[int], dict[str, float]]:
    """nanoGPT's CPU configuration by our learner: steps to the held-out loss in nats a character, and how many they are."""
    from genmodels.training import loop as training

    data = DATA["shakespeare"](context=64).load()

    def work(steps: int) -> dict[str, float]:
        made = MODELS["transformer"](layers=4, heads=4, width=128)
        learns = training.Learner(made, data.spec, seed, steps=steps)
        rng, start = np.random.default_rng(seed), time.perf_counter()
        for _ in range(steps):
            starts = rng.integers(len(data.train.tokens) - 64, size=12)
            learns.step(data.train.batch(starts)[0])
        seconds = time.perf_counter() - start
        every = data.test.batch(64 * np.arange((len(data.test.tokens) - 1) // 64))[0]
        losses = made.scored(learns.networks)(every)
        return {"seconds": seconds, "held_out_loss": float(losses.mean()), "characters": losses.size}

    return work


def jsb(seed: int) -> Callable[[int], dict[str, float]]:
    """Four-voice chorales at quarter steps: steps to the nats of a step of the test split, its first given."""
    from genmodels.trained.composer import Composer
    from genmodels.training import loop as training

    data = DATA["jsb"]().load()

    def work(steps: int) -> dict[str, float]:
        made = MODELS["transformer"](layers=4, heads=4, width=128, dropout=0.2)
        learns = training.Learner(made, data.spec, seed, steps=steps)
        rng, start = np.random.default_rng(seed), time.perf_counter()
        for _ in range(steps):
            learns.step(*data.train.batch(rng.choice(data.train.starts, size=16)))
        seconds = time.perf_counter() - start
        found = nats_a_step(Composer(made, data.spec, learns.networks), data.test.documents)
        return {"seconds": seconds, "nats_a_step": found.value, "low": found.low, "high": found.high}

    return work


def main(name: str, number: str = "") -> None:
    """Serve the bench of that name: training, or writing so many texts."""
    if name == "train-transformer":
        serve(training(), warm_up=3)
    elif name in ("sample-text", "sample-molecules"):
        context = text.MOLECULE if name == "sample-molecules" else text.CONTEXT
        writer, noise = generator(context), text.noise(int(number), context)
        halves = np.split(noise, THREADS if name == "sample-molecules" else 1, axis=1)  # one a core, as `sample` has it

        def written() -> np.ndarray:
            with ThreadPoolExecutor(len(halves)) as cores:
                return np.concatenate(list(cores.map(lambda each: write(writer, each), halves)))

        def work(steps: int) -> None:
            for _ in range(steps):
                written()

        write(writer, halves[0])  # alone, since it compiles
        serve(work, warm_up=2, tokens=written().tolist())
    elif name == "sample-text-long":
        serve(growth(int(number)), warm_up=1)
    else:
        serve({"jsb": jsb, "tinyshakespeare": tinyshakespeare}[name](int(number)), warm_up=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
