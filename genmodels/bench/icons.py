"""Counts what is said of designed icons: how true tracing is, how look-alikes are found, how icons are told apart when small,
how well drawings follow their words, and how many look like a known icon.

    python -m genmodels.bench.icons tracing | look-alikes | small | follows | novel

`look-alikes --out genmodels/checks/look_alikes.json` writes what ships.
"""

from __future__ import annotations

import argparse
import dataclasses
import json

import numpy as np

from genmodels.checks.legibility import told_apart
from genmodels.checks.look_alikes import LookAlikes, counted, known_icons
from genmodels.checks.look_alikes_rates import as_document, count
from genmodels.data.dataset import DATA
from genmodels.data.sets.icons import FONTS, drawings
from genmodels.estimates.clustered import clustered, clustered_ratio
from genmodels.estimates.ratios import ratio
from genmodels.files import write_atomically
from genmodels.kinds.image.tracing import apart, traced
from genmodels.measuring.judged import Judged
from genmodels.measuring.prompted import real_parrot
from genmodels.refusal import Refusal
from genmodels.runs.store import shipped
from genmodels.trained.opening import open_model

SIDES = (12, 16, 20, 24, 32)
MODEL = "diffusion-design"  # the run of the gallery that is counted
DRAWN = 200  # drawings that are held against known icons


def tracing(most: int) -> None:
    """How far held-out icons of 32 pixels are from what is drawn of their outlines."""
    data = DATA["icons"].from_dict({"size": 32}).load()
    names, rows, refused = list[str](), list[tuple[float, float]](), 0
    for caption, icon in zip(data.test.captions[:most], data.test.images[:most], strict=True):
        try:
            rows.append(apart(icon, traced(icon).ink(icon.shape[0])))
            names.append(caption.replace(" ", "-"))
        except Refusal:
            refused += 1
    groups = np.unique(drawings(names, FONTS["material"].styles), return_inverse=True)[1]
    for number, what in enumerate(("root mean square difference", "intersection over union")):
        values = np.array([row[number] for row in rows])
        print(what, ratio(values, np.ones(len(values)), groups), f"{len(values)} icons, {refused} refused", flush=True)


def look_alikes(out: str, seed: int) -> None:
    """The limit and its rates."""
    known = known_icons()
    found, seen = count(known, seed)
    print(json.dumps(as_document(found), indent=1), flush=True)
    rows, other, same = seen["rows"], seen["other"], seen["same"].astype(bool)
    alarms = [i for i in np.argsort(seen["far"]) if not same[i] and seen["far"][i] < found.limit]
    for i in alarms[:40]:
        print(f"{known.names[rows[i]]} ({known.family[rows[i]]}): {known.names[other[i]]} ({known.family[other[i]]})")
    if out:
        write_atomically(out, (json.dumps(as_document(found), indent=1) + "\n").encode())


def small(seed: int) -> None:
    """How often 200 icons of Material Design, one a drawing, are told apart at each size."""
    data = DATA["icons"].from_dict({"size": 32}).load()
    names = [each.replace(" ", "-") for each in data.test.captions]
    first = np.unique(drawings(names, FONTS["material"].styles), return_index=True)[1]
    rows = np.random.default_rng(seed).permutation(first)[:200]
    for side in SIDES:
        found = told_apart(data.test.images[rows], side, seed)
        print(f"{side} pixels: {found.share(rows)}", flush=True)


def follows(seed: int) -> None:
    """How often the judge finds the caption of real held-out icons, of samples, and of what can't know it or only recites."""
    run = shipped(MODEL)
    data = run.experiment.make_source().load()
    judged, model = Judged(data), open_model(run)
    kept = [i for i, caption in enumerate(data.test.captions) if caption in judged.number]
    drawings = run.experiment.make_source().held_out_drawings()[kept]
    data = dataclasses.replace(data, test=data.test.take(np.array(kept)))
    captions = data.test.captions
    samples = model.sample(len(captions), seed=seed, given=list(captions))
    mean = np.round(data.train.images.mean(axis=0, keepdims=True)).astype(np.uint8)
    asked = {
        "real held-out icons": data.test.images,
        f"samples of {MODEL}": samples,
        "parrot: the training icon whose caption shares most words": real_parrot(data),
        "samples dealt to other captions": samples[np.random.default_rng(seed).permutation(len(samples))],
        "the mean training icon for all": np.repeat(mean, len(captions), axis=0),
    }
    print(f"{judged.protocol}; seed {seed}; intervals over {len(set(drawings.tolist()))} drawings")
    real = judged.found(data.test.images, captions)[0]
    for what, pictures in asked.items():
        found = judged.found(pictures, captions)[0]
        print(
            f"{what}: {clustered(found, drawings)}; of real: {clustered_ratio(found, drawings, real, drawings)}",
            flush=True,
        )


def novel(seed: int) -> None:
    """How many drawings of held-out captions look like a known icon, beside what was counted of icons that people drew."""
    run, rates = shipped(MODEL), counted()
    if rates is None:
        raise Refusal("From which distance on an icon is a look-alike was not counted; count look-alikes first.")
    source = run.experiment.make_source()
    data = source.load()
    model = open_model(run)
    readable = [i for i, caption in enumerate(data.test.captions) if model.knows(caption)]
    rows = np.sort(np.random.default_rng(seed).permutation(readable)[:DRAWN])
    captions = [data.test.captions[row] for row in rows]
    samples = model.sample(len(rows), seed=seed, given=captions)
    likes = LookAlikes.of_all_families().of(samples, rates.limit)
    drawings = source.held_out_drawings()[rows]
    print("look like a known icon:", clustered(np.array([float(bool(each.alike)) for each in likes]), drawings))
    print("icons of another family, same meaning:", rates.same_meaning, "another name:", rates.false_alarms)
    for caption, like in zip(captions, likes, strict=True):
        if like.alike:
            print(f"{caption}: {like.name} of {like.family}, distance {like.far:.3f}")


def main() -> None:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("tracing", "look-alikes", "small", "follows", "novel"))
    parser.add_argument("--out", default="")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-n", type=int, default=885)
    asked = parser.parse_args()
    if asked.what == "tracing":
        tracing(asked.n)
    elif asked.what == "follows":
        follows(asked.seed)
    elif asked.what == "novel":
        novel(asked.seed)
    elif asked.what == "small":
        small(asked.seed)
    else:
        look_alikes(asked.out, asked.seed)


if __name__ == "__main__":
    main()
