"""The benches of pictures: all sides draw the same from the same weights and noise."""

from __future__ import annotations

import os

import numpy as np
import pytest

from genmodels.bench import BENCHES, pictures
from genmodels.bench.racing import interpreter
from genmodels.bench.turns import Absent, Side


def equal(a: list[list[int]], b: list[list[int]]) -> float:
    """Share of the 8-bit values that are equal, or differ by rounding."""
    return float((np.abs(np.array(a) - np.array(b)) <= 1).mean())


def test_keras_io_draws_what_we_draw() -> None:
    from genmodels.bench.ours_pictures import SPEC, drawing, set_weights
    from genmodels.bench.peers.keras_io_ddim import reverse_diffusion
    from genmodels.models.diffusion import Diffusion

    network = Diffusion()._unet(SPEC)
    set_weights(network)
    ours = drawing("ddim")().astype(int).reshape(pictures.PICTURES, -1)
    assert ours.std() > 20
    assert equal(ours.tolist(), pictures.eight_bit(reverse_diffusion(network))) > 0.99


@pytest.mark.parametrize("bench", ["sample-image", "sample-clip"])
def test_pytorch_draws_what_we_draw(bench: str) -> None:
    from genmodels.bench.ours_clips import filming
    from genmodels.bench.ours_pictures import drawing

    command = BENCHES[bench].peers["pytorch"][0]
    try:
        python = interpreter(command)
    except Absent as reason:
        pytest.skip(str(reason))
    assert os.access(python, os.X_OK)
    side = Side(command, python)
    try:
        theirs = side.about["tokens"]
        ours = drawing("dpm-solver++")() if bench == "sample-image" else filming()()
        assert ours.std() > 20 and equal(ours.astype(int).reshape(len(theirs), -1).tolist(), theirs) > 0.99
    finally:
        side.close()
