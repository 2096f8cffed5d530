"""Side by side with peers, in one run, as ratios: above 1 ours is better.

Absolute times on a shared machine mean little, so both sides are kept warm, each in a process of its own, and take
turns A B A B, never at once, with the same number of threads and the same switches (`machine.SWITCHES`). Every value is kept; a ratio is the median over the
pairs. Where a peer can be run in several published ways, each is paired with ours and the fastest counts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

from genmodels.bench import machine, text
from genmodels.bench.audit_growth import AuditGrowth
from genmodels.bench.expected import LONGEST, Progress, told
from genmodels.bench.published import Growth, Published
from genmodels.bench.racing import PEERS, PYTORCH, Bench, Command
from genmodels.bench.turns import THREADS
from genmodels.refusal import Refusal
from genmodels.registry import Registry

BENCHES = Registry("bench")
OURS, OURS_TEXT = "genmodels.bench.ours", "genmodels.bench.ours_text"
KERAS_IO_TEXT, PYTORCH_TEXT, PYTORCH_SAMPLING = PEERS + "keras_io_text", PYTORCH + "_text", PYTORCH + "_sampling"
BATCH = 64
JSB_STEPS = 300


def _training(name: str, published: Sequence[str], **more: Sequence[Command]) -> Bench:
    """Training with default knobs on 32 x 32 x 3 pictures in batches of 64; a turn is an epoch of 2,048 of them.

    The first way of a peer is the fastest of the last whole run. `published` are the ways in which keras.io calls `fit`; other ways, which say what the time is made of, are a peer
    of their own.
    """
    keras_io = {
        way: (PEERS + "keras_io", name, *way.split())
        for way in ("arrays", "callback", "pipeline", "arrays graph", "pipeline graph")
    }
    layouts = (("channels_last",), ("channels_last", "fused"), ("contiguous",))
    peers: dict[str, Sequence[Command]] = {
        "keras-io": [keras_io[way] for way in published],
        "keras-io-tuned": [command for way, command in keras_io.items() if way not in published],
        "pytorch": [(PYTORCH, name, *layout) for layout in layouts],
    }
    return Bench("images/s", 32, (OURS, name), peers | more, BATCH, asides=("keras-io-tuned",))


BENCHES.add("train-vae")(_training("train-vae", ("arrays", "callback")))
BENCHES.add("train-gan")(
    _training(
        "train-gan",
        ("arrays", "callback", "pipeline"),
        **{
            "pytorch-our-step": [
                (PYTORCH, "train-gan", layout, "our-step") for layout in ("channels_last", "contiguous")
            ]
        },
    )
)
BENCHES.add("latent-walk")(Bench("ms", 1, (OURS, "latent-walk"), {"predict": [(PEERS + "predict",)]}))
BENCHES.add("frechet")(Bench("s", 1, (OURS, "frechet"), {"scipy": [(PEERS + "metrics", "frechet")]}))
BENCHES.add("prdc")(Bench("s", 1, (OURS, "prdc"), {"prdc": [(PEERS + "metrics", "prdc")]}))
FIRST = "genmodels.bench.first_page"
BENCHES.add("first-page")(
    Bench(
        "s",
        1,
        (FIRST, "start", "ours"),
        {peer: [(FIRST, "start", peer)] for peer in ("streamlit-empty", "tensorboard")},
    )
)
BENCHES.add("page-change")(
    Bench("ms", 4, (FIRST, "change", "ours"), {"streamlit-empty": [(FIRST, "change", "streamlit-empty")]})
)


def _sampling(batch: int, steps: int) -> Bench:
    """127 tokens after one, with the same weights and noise, so that all sides write the same."""

    def pytorch(*ways: str) -> list[Command]:
        return [(PYTORCH_SAMPLING, "sample-text", str(batch), *way.split()) for way in ways]

    peers: dict[str, Sequence[Command]] = {
        "keras-io": [(KERAS_IO_TEXT, "sample-text", str(batch))],
        "pytorch": pytorch("whole"),
        "pytorch-cached": pytorch("concatenated", "preallocated"),
        "pytorch-compiled": pytorch(*(f"compiled {way}" for way in COMPILED)),
    }
    return Bench("tokens/s", steps, (OURS_TEXT, "sample-text", str(batch)), peers, batch * (text.CONTEXT - 1))


COMPILED = ("default sdpa", "default explicit", "max-autotune sdpa", "unguarded explicit")


def _growing(context: int) -> Bench:
    """Time a token with the context, beside reading all tokens again for each."""
    peers = {f"pytorch-{context}": [(PYTORCH_SAMPLING, "sample-text-long", str(context))]}
    return Bench("ms/token", 1, (OURS_TEXT, "sample-text-long", str(context)), peers)


def _molecules() -> Bench:
    """256 molecules of 64 tokens at once, by the network of the benches of text, beside the same loop with a cache."""
    name, number = "sample-molecules", str(text.MOLECULES)
    cached: list[Command] = [(PYTORCH_SAMPLING, name, number, way) for way in ("preallocated", "concatenated")]
    return Bench("molecules/s", 1, (OURS_TEXT, name, number), {"pytorch-cached": cached}, text.MOLECULES)


EAGER: list[Command] = [(PYTORCH_TEXT, *way.split()) for way in ("sdpa fused", "explicit fused", "sdpa", "explicit")]
BENCHES.add("train-transformer")(
    Bench(
        "tokens/s",
        4,
        (OURS_TEXT, "train-transformer"),
        {"pytorch": EAGER, "pytorch-compiled": [(*way, "compiled") for way in EAGER[:2]]},
        text.BATCH * text.CONTEXT,
    )
)
BENCHES.add("sample-molecules")(_molecules())
BENCHES.add("sample-text")(_sampling(1, steps=5))
BENCHES.add("sample-text-16")(_sampling(16, steps=2))
BENCHES.add("sample-text-long")(Growth({context: _growing(context) for context in (128, 256, 512, 1024)}))
BENCHES.add("tinyshakespeare")(
    Published("nanogpt-readme", 1.88, "nats/character", (OURS_TEXT, "tinyshakespeare"), "held_out_loss", steps=2000)
)
BENCHES.add("jsb")(Published("tcn-paper", 8.10, "nats/step", (OURS_TEXT, "jsb"), "nats_a_step", steps=JSB_STEPS))

PYTORCH_UNET = PYTORCH + "_unet"
UNET_WAYS = (("channels_last",), ("contiguous",))
BENCHES.add("sample-image")(
    Bench(
        "s",
        3,
        ("genmodels.bench.ours_pictures", "sample-image"),
        {
            "pytorch": [(PYTORCH_UNET, "sample-image", *way) for way in UNET_WAYS],
            "pytorch-compiled": [(PYTORCH_UNET, "sample-image", *way, "compiled") for way in UNET_WAYS],
        },
    )
)
BENCHES.add("sample-image-ddim")(
    Bench("s", 3, ("genmodels.bench.ours_pictures", "sample-image", "ddim"), {"keras-io": [(PEERS + "keras_io_ddim",)]})
)
BENCHES.add("train-diffusion")(
    Bench(
        "images/s",
        4,
        ("genmodels.bench.ours_pictures", "train-diffusion"),
        {
            "pytorch": [(PYTORCH_UNET, "train-diffusion", *way) for way in UNET_WAYS],
            "pytorch-compiled": [(PYTORCH_UNET, "train-diffusion", *way, "compiled") for way in UNET_WAYS],
        },
        64,
    )
)
OURS_CLIPS, PYTORCH_FILM = "genmodels.bench.ours_clips", PYTORCH + "_film"
FILM_WAYS = UNET_WAYS[::-1]  # the fastest first
BENCHES.add("sample-clip")(
    Bench(
        "s",
        2,
        (OURS_CLIPS, "sample-clip"),
        {
            "pytorch": [(PYTORCH_FILM, "sample-clip", *way) for way in FILM_WAYS],
            "pytorch-compiled": [(PYTORCH_FILM, "sample-clip", *way, "compiled") for way in FILM_WAYS],
        },
    )
)
BENCHES.add("train-clips")(
    Bench(
        "clips/s",
        2,
        (OURS_CLIPS, "train-clips"),
        {
            "pytorch": [(PYTORCH_FILM, "train-clips", *way) for way in FILM_WAYS],
            "pytorch-compiled": [(PYTORCH_FILM, "train-clips", *way, "compiled") for way in FILM_WAYS],
        },
        16,
    )
)
BENCHES.add("run-programs")(
    Bench("ms", 200, ("genmodels.bench.ours_programs",), {"plain-python": [(PEERS + "plain_python",)]})
)
BENCHES.add("audit-pictures")(AuditGrowth())

WAYS = ("all", "fastest")


def run(names: Sequence[str] = (), pairs: int | None = None, ways: str = "all") -> list[dict[str, Any]]:
    """Rows of bench, peer, unit, ours, theirs, ratio, ours_all, theirs_all (medians and every turn, in the unit).

    `variants` holds the median of each way the peer was run, `variant` the one that counts; `identical` says whether
    both sides wrote the same tokens; `published` that the peer's value was published and not measured here. A peer that can't take
    part has `skipped`, the reason, in place of numbers. `machine` says on what it ran and with which switches, `ways` and
    `pairs` what was run, `expected_seconds` and `seconds` what it should have taken and took. With `ways` "fastest" ours runs
    beside that way of each peer which was the fastest when all were run last, in about two minutes. No names mean all benches;
    no pairs five, or as many as fit into these two minutes.
    """
    if pairs is not None and pairs < 1:
        raise Refusal(f"The number of pairs is {pairs}; it must be at least 1.")
    if ways not in WAYS:
        raise Refusal(f"The ways are {ways!r}; choose one of: {', '.join(WAYS)}.")
    short = ways == "fastest"
    chosen = [(name, _chosen(BENCHES[name], short, pairs)) for name in names or BENCHES]
    plans = [each.plan(pairs, short) for _, each in chosen]
    if len(chosen) > 1:
        print(
            f"{len(chosen)} benches: about {told(sum(seconds for _, seconds in plans))} on two quiet cores",
            file=sys.stderr,
            flush=True,
        )
    rows = []
    for (name, each), (count, seconds) in zip(chosen, plans, strict=True):
        print(f"{name}: {_what(each, count)}, about {told(seconds)} on two quiet cores", file=sys.stderr, flush=True)
        facts, began = machine.about(THREADS), time.monotonic()
        found = each.rows(name, count, Progress(name, seconds))
        found += _left_out(name, each) if short else []
        more = {
            "machine": facts,
            "ways": ways,
            "pairs": count,
            "expected_seconds": round(seconds),
            "seconds": round(time.monotonic() - began),
        }
        rows += [row | more for row in found]
    return rows


def _chosen(
    each: Bench | Growth | Published | AuditGrowth, short: bool, pairs: int | None
) -> Bench | Growth | Published | AuditGrowth:
    """The whole bench, or its fastest ways; these within two minutes, unless somebody says how many pairs."""
    return each if not short else each.fastest() if pairs else each.fastest().within(LONGEST)


def _left_out(name: str, each: Bench | Growth | Published | AuditGrowth) -> list[dict[str, Any]]:
    """A row for each peer that would not have ended in two minutes."""
    if not isinstance(each, Bench):
        return []
    reason = f"it would take longer than two minutes; `genmodels bench {name}` runs it"
    return [
        {"bench": name, "peer": peer, "unit": each.unit, "skipped": reason}
        for peer in BENCHES[name].fastest().peers
        if peer not in each.peers
    ]


def _what(each: Bench | Growth | Published | AuditGrowth, pairs: int) -> str:
    if isinstance(each, Published):
        return f"a training from {len(each.seeds)} seed{'s' * (len(each.seeds) > 1)}"
    if isinstance(each, AuditGrowth):
        return f"audits of {', '.join(f'{n:,}' for n in each.numbers)} pictures"
    sides = sum(len(race.sides()) for race in (each.races.values() if isinstance(each, Growth) else [each]))
    return f"{pairs} pair{'s' * (pairs > 1)} of turns, {sides} sides"
