"""What another sample of held-out pictures would draw anew: drawings where they were held out whole, else pictures."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.near_copies import held_out_drawings


def examples(captions: list[str], roles: list[str] | None = None, seed: int = 0) -> Examples:
    images = np.random.default_rng(seed).integers(256, size=(len(captions), 8, 8, 1), dtype=np.uint8)
    return Examples(images, None, tuple(captions), {"role": np.array(roles)} if roles else {})


def test_variants_of_a_drawing_are_one_and_digits_of_a_class_are_not() -> None:
    train = examples(["one", "two", "cook, light", "cook, dark"], seed=1)
    assert len(set(held_out_drawings(SimpleNamespace(train=train, test=examples(["one", "one", "two"]))))) == 3
    drawings = held_out_drawings(SimpleNamespace(train=train, test=examples(["judge, light", "judge, dark", "pilot, light"])))
    assert drawings[0] == drawings[1] != drawings[2]
    roles = held_out_drawings(SimpleNamespace(train=train, test=examples(["cook, medium", "cook, light", "two"], ["cook", "cook", ""])))
    assert roles[0] == roles[1] != roles[2]


def test_equal_pictures_are_one() -> None:
    test = examples(["a", "b", "c"])
    test.images[2] = test.images[0]
    found = held_out_drawings(SimpleNamespace(train=examples(["d"]), test=test))
    assert found[0] == found[2] != found[1]
