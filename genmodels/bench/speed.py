"""The table of speeds beside peers: `python -m genmodels.bench.speed [NAME ...]`, then `make readme`.

Runs the benches of `PLAN` on a quiet machine, each against the fastest way of each peer, within twelve minutes in all, and
keeps their rows in docs/speed.json. What doesn't fit keeps the rows of the run before and says so; with names only these run.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from genmodels import catalogue
from genmodels.bench import BENCHES, machine, run
from genmodels.bench.expected import keep, told
from genmodels.bench.turns import ROOT
from genmodels.files import write_atomically

KEPT = ROOT / "docs" / "speed.json"
WITHIN = 12 * 60.0  # seconds
# Bench: pairs of turns. The first are those that aims are set for.
PLAN = {
    "train-vae": 5,
    "train-gan": 5,
    "train-diffusion": 4,
    "sample-image": 5,
    "train-transformer": 2,
    "sample-image-ddim": 3,
    "latent-walk": 3,
    "page-change": 5,
    "first-page": 5,
    "sample-text": 2,
    "sample-molecules": 5,
    "sample-clip": 3,
    "train-clips": 2,
    "frechet": 2,
    "prdc": 2,
    "run-programs": 5,
}
WHAT = {
    "train-vae": "VAE training, 32x32x3, batch 64",
    "train-gan": "GAN training, the same",
    "train-diffusion": "diffusion training, 4.1 M parameters, 32x32, batch 64",
    "sample-image": "four pictures of a prompt, 10 steps of DPM-Solver++, guidance",
    "sample-image-ddim": "four pictures by DDIM, otherwise the same",
    "train-transformer": "Transformer training, 6 x 192, context 128, batch 32",
    "sample-text": "writing 127 tokens, the same network, batch 1",
    "sample-molecules": "256 molecules of 64 tokens, the same network",
    "sample-clip": "a clip of a prompt, 16 frames of 32x32, 10 steps of DPM-Solver++, guidance",
    "train-clips": "clip diffusion training, 7.8 M parameters, 16 frames of 32x32, batch 16",
    "latent-walk": "latent walk, 64 frames at 32x32",
    "first-page": "server start to first page in Chromium",
    "page-change": "page change, warm",
    "frechet": "Fréchet distance, 10,000 x 2,048",
    "prdc": "precision, recall, density, coverage, the same",
    "run-programs": "a small program asked four times, two at once, in the cage",
}
PEER = {
    "keras-io": "keras.io way",
    "pytorch": "PyTorch eager",
    "pytorch-our-step": "PyTorch eager with our simultaneous step",
    "pytorch-cached": "PyTorch eager, key-value cache",
    "pytorch-compiled": "PyTorch `torch.compile`",
    "predict": "`predict` frame by frame",
    "plain-python": "a new `python -I` each, without walls",
    "scipy": "scipy `sqrtm`",
    "prdc": "`prdc`",
    "streamlit-empty": "an empty Streamlit page",
    "tensorboard": "TensorBoard",
}


def measure(names: list[str]) -> list[dict[str, Any]]:
    """The rows of these benches, or of those of `PLAN` that fit, and of the others as they were kept."""
    rows = {(row["bench"], row["peer"]): row | {"again": False} for row in kept()}
    chosen, until = names or list(PLAN), time.monotonic() + WITHIN
    plans = {name: BENCHES[name].fastest().plan(PLAN.get(name, 3))[1] for name in chosen}
    print(
        f"{len(chosen)} benches: about {told(sum(plans.values()))}, at most about {told(WITHIN)}; keep the machine quiet",
        file=sys.stderr,
        flush=True,
    )
    for name in chosen:
        if not names and time.monotonic() + plans[name] > until:
            print(f"{name}: about {told(plans[name])} more do not fit; run it by its name", file=sys.stderr, flush=True)
            continue
        for row in run([name], PLAN.get(name, 3), "fastest"):
            keep(row.get("took", {}))
            rows[name, row["peer"]] = row | {"again": True, "day": time.strftime("%Y-%m-%d")}
        write_atomically(KEPT, json.dumps(list(rows.values()), indent=1) + "\n")
    return list(rows.values())


def kept() -> list[dict[str, Any]]:
    """The rows of the last run, those that it did not measure again among them."""
    return list(json.loads(KEPT.read_text())) if KEPT.is_file() else []


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown in the order of `PLAN`, and below on what they were measured."""
    order = list(PLAN)
    ratios = [
        row
        for row in sorted(rows, key=lambda row: order.index(row["bench"]) if row["bench"] in order else len(order))
        if "ratio" in row
    ]
    lines = [
        {
            "what": f"{WHAT.get(row['bench'], row['bench'])}, {row['unit']}",
            "ours": _number(row["ours"]),
            "peer": f"{PEER.get(row['peer'], row['peer'])}{_way(row)} {_number(row['theirs'])}",
            "ratio": f"{row['ratio']:.2f}" if row["ratio"] < 10 else f"{row['ratio']:.3g}",
            "pairs": _pairs(row),
        }
        for row in ratios
    ]
    missing = [f"{row['bench']} against {row['peer']} ({row['skipped']})" for row in rows if "skipped" in row]
    notes = [machine.told(each) for each in _machines(ratios)]
    said = "\n\n".join(
        [*(f"Measured on: {note}." for note in notes), *([f"Not measured: {'; '.join(missing)}."] if missing else [])]
    )
    return "\n\n".join(filter(None, [catalogue.table(lines), said])) if lines else "Not measured yet."


def _machines(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The machines on which rows were measured; loads apart it is one, the load of which is then the greatest."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if facts := row.get("machine"):
            name = json.dumps({key: value for key, value in facts.items() if key != "load"}, sort_keys=True)
            found[name] = facts | {"load": max(facts["load"], found.get(name, facts)["load"])}
    return list(found.values())


def _way(row: dict[str, Any]) -> str:
    way = (
        row.get("variant", "")
        .removeprefix(row["bench"])
        .replace("compiled", "")
        .replace("our-step", "")
        .replace("channels_last", "channels last")
        .strip(" 1")
    )
    return f" ({way})" if way and row["peer"].startswith(("keras-io", "pytorch")) else ""


def _pairs(row: dict[str, Any]) -> str:
    """How many there were, and between what their ratios lay."""
    if not row.get("ours_all"):
        return "an earlier run"
    more = row["unit"].endswith("/s")  # more is better
    ratios = sorted(a / b if more else b / a for a, b in zip(row["ours_all"], row["theirs_all"], strict=True))
    return f"{len(ratios)}: {ratios[0]:.2f} to {ratios[-1]:.2f}" + (
        "" if row.get("again", True) else ", an earlier run"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main(names: list[str]) -> None:
    """Measure the benches of these names (all: none named) and print the table."""
    began = time.monotonic()
    print(table(measure(names)))
    print(
        f"{KEPT.relative_to(Path(ROOT))} written after {told(time.monotonic() - began)}; now `make readme`.",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
