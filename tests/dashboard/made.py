"""Run folders made by hand, as a training would have left them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from genmodels.kinds.image.files import grid, png_bytes
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

SPEC = {"kind": "image", "shape": [8, 8, 1], "classes": 10, "vocabulary": [str(i) for i in range(10)]}
ENDED = {"done": "Trained 3 epochs in 9 s.", "failed": "The term loss is not a finite number at step 59; lower the learning rate.", "running": "Training"}


def made(state: str, *, model: str = "vae", epochs: int = 3, broken: bool = False, **labels: Any) -> Run:
    """A run in this state with `epochs` epochs of history and pictures behind it."""
    run = RunStore.default().create(Experiment.from_dict({"model": model, "data": "digits", "epochs": 10}))
    rng = np.random.default_rng(0)
    terms = ("loss", "reconstruction", "kl") if model == "vae" else ("generator_loss", "discriminator_loss", "real_score", "fake_score")
    with open(run.path / "history.jsonl", "w") as file:
        for step in range(1, 20 * epochs + 1):
            line = {"step": step, "epoch": (step - 1) // 20, "seconds": step * 0.1} | {name: float(rng.uniform(1, 2)) for name in terms}
            if step % 20 == 0:
                line |= {"held_out_loss": 100.0 / step, "kernel_distance": 1.0 / step}
            if broken and step == 20 * epochs:
                line |= {terms[0]: None, "broken": terms[0]}
            file.write(json.dumps(line) + "\n")
    for folder in ("samples", "reconstructions"):
        (run.path / folder).mkdir()
        for epoch in range(1, epochs + 1):
            (run.path / folder / f"{epoch:06d}.png").write_bytes(png_bytes(grid(rng.integers(0, 256, (9, 8, 8, 1), dtype="uint8"))))
    (run.path / "facts.json").write_text(json.dumps({"spec": SPEC, "credit": "Drawn by nobody"}))
    run.write_status(
        state=state, step=20 * epochs, steps=200, epoch=epochs, epochs=10, seconds=9.0, cpu_seconds=12.0, images_per_second=500.0, seconds_left=30.0,
        best={"name": "held_out_loss", "value": 1.7, "epoch": epochs}, last={"held_out_loss": 1.7, "kernel_distance": 0.1}, message=ENDED[state],
    )  # fmt: skip
    if labels:
        run.label(**labels)
    return run
