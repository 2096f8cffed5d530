"""What metrics see of pictures, by name or by a file that somebody brought; runs compared by one protocol only."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from genmodels.data.dataset import DATA
from genmodels.instruments.features import FEATURES, extractor
from genmodels.measuring.measure import measure_run
from genmodels.metrics.metric import METRICS
from genmodels.metrics.nearest import nearest_ratio
from genmodels.refusal import Refusal
from genmodels.review.comparison import difference
from genmodels.runs.run import Run


@pytest.mark.parametrize("name", ["pixels-16+gradients", "pixels", "pca"])
def test_features_are_finite_fixed_and_named(name: str) -> None:
    data = DATA["digits"]().load()
    first, again = extractor(name, data), extractor(name, data)
    seen = first(data.test.images[:20])
    assert seen.shape[0] == 20 and np.isfinite(seen).all() and seen.dtype == np.float32
    np.testing.assert_array_equal(seen, again(data.test.images[:20]))
    assert first.protocol == again.protocol and "v1" in first.protocol


def test_the_encoder_of_the_gallery_sees_pictures_of_any_size() -> None:
    data = DATA["digits"]().load()
    seen = extractor("encoder", data)(data.test.images[:10])
    assert seen.shape[0] == 10 and np.isfinite(seen).all()
    assert "run clip" in extractor("encoder", data).protocol


def test_the_encoder_is_not_used_where_pictures_look_unlike_all_that_it_knows() -> None:
    data = DATA["openmoji"]().load()
    assert extractor("encoder", data).protocol
    noise = np.random.default_rng(0).integers(0, 256, data.test.images.shape, dtype=np.uint8)
    with pytest.raises(Refusal, match="look unlike"):
        extractor("encoder", dataclasses.replace(data, test=dataclasses.replace(data.test, images=noise)))


def test_a_model_of_the_users_own_gives_its_outputs(tmp_path: Path) -> None:
    data = DATA["digits"]().load()
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(5)])
    model.save(tmp_path / "mine.keras")
    seen = extractor(str(tmp_path / "mine.keras"), data)(data.test.images)  # a process of its own each time
    expected = np.asarray(model(data.test.images.astype("float32") / 255))
    np.testing.assert_allclose(seen, expected, rtol=1e-4, atol=1e-5)
    assert METRICS["kid"](seen[::2], seen[1::2]).value == pytest.approx(0, abs=0.1)


def test_a_hostile_or_unfit_file_is_refused(tmp_path: Path) -> None:
    data = DATA["digits"]().load()
    (tmp_path / "broken.keras").write_bytes(b"PK nonsense")
    keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Lambda(lambda x: x)]).save(tmp_path / "lambda.keras")
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save(tmp_path / "flat.keras")
    for name, said in (("broken", "no zip"), ("lambda", "would run code"), ("flat", "fixed size"), ("absent", "no file")):
        with pytest.raises(Refusal, match=said) as refused:
            extractor(str(tmp_path / f"{name}.keras"), data)
        assert "\n" not in str(refused.value)
    with pytest.raises(Refusal, match="pca"):
        extractor("pcb", data)
    assert set(FEATURES) == {"pixels-16+gradients", "pixels", "pca", "encoder"}


def test_nearest_is_one_for_real_pictures_and_small_for_copies() -> None:
    rng = np.random.default_rng(0)
    real, more = rng.standard_normal((400, 5)), rng.standard_normal((300, 5))
    assert nearest_ratio(real, more).value == pytest.approx(1, abs=0.15)
    assert nearest_ratio(real, real[:50] + 1e-4).high < 0.01
    with pytest.raises(Refusal, match="copy"):
        nearest_ratio(np.repeat(real[:10], 2, axis=0), more)


def test_runs_are_compared_by_one_protocol_only(home: Path, trained: Callable[[str], Path]) -> None:
    runs = []
    for name in ("vae", "gan"):
        shutil.copytree(trained(name), home / "runs" / trained(name).name)
        runs.append(Run(home / "runs" / trained(name).name))
    with pytest.raises(Refusal, match="not measured"):
        difference(*runs, "kid")
    measure_run(runs[0], ["kid"], n=200)
    measure_run(runs[1], ["kid"], n=200)
    row = difference(*runs, "kid")
    assert row["difference"] == pytest.approx(row["first"] - row["second"]) and row["low"] < row["difference"] < row["high"]
    measure_run(runs[1], ["kid"], n=100)
    with pytest.raises(Refusal, match="number of examples is '?200'? and '?100"):
        difference(*runs, "kid")
    named = measure_run(runs[0], ["kid"], n=100, features="pca")["measures"]
    assert {row["metric"] for row in named} == {"kid", "kid [pca]"}  # one does not replace the other
