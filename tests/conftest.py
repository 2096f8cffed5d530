"""A home of its own for every test, and small trainings that several tests look at."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["GENMODELS_CHECKPOINT_SECONDS"] = "0"  # at every epoch

ROOT = Path(__file__).parent.parent
TINY = {
    "vae": {"latent": 4, "width": 8, "warmup": 50},
    "gan": {"latent": 4, "width": 8},
    "clip": {"width": 8, "dimensions": 32, "vocabulary": 600},
    "diffusion": {"width": 16, "levels": 2, "heads": 2},
    "reader": {"width": 8},
    "upscaler": {"width": 16, "blocks": 1, "learning_rate": 4e-3},
    "transformer": {"layers": 2, "heads": 2, "width": 16, "warmup": 10},
}
SMALL_TEXT = {"data": "occupations", "source": {"n": 2000, "unit": "character", "context": 32, "windows": 640}}
SMALL_CAPTIONS = {"data": "icons", "source": {"family": "font-awesome"}}
SMALL: dict[str, dict] = {
    "vae": {"data": "digits"}, "gan": {"data": "digits"}, "transformer": SMALL_TEXT,
    "clip": SMALL_CAPTIONS, "diffusion": SMALL_CAPTIONS, "reader": {"data": "openmoji", "source": {"label": "tone"}}, "upscaler": {"data": "openmoji", "source": {"size": 64}},
}  # fmt: skip

GALLERY = ROOT / "genmodels" / "gallery"

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """GENMODELS_HOME, empty."""
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """GENMODELS_CACHE: data sets are drawn once a session, not once a test (files are written aside and renamed)."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENMODELS_CACHE", str(base / "drawn"))
        yield


@pytest.fixture
def genmodels() -> Command:
    """Runs the real command line in a process of its own."""

    def run(*arguments: object, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "genmodels", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout)

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A tiny trained run of a model on digits or short sentences, made once a session: its folder. Copy it before you change it."""
    from genmodels.recipe import Experiment
    from genmodels.runs import RunStore

    made: dict[str, Path] = {}

    def of(model: str, **changes: object) -> Path:
        key = f"{model} {changes}"
        if key not in made:
            from genmodels.training import train

            store = RunStore(tmp_path_factory.mktemp(model) / "runs")
            experiment = {"model": model, "recipe": TINY[model], "epochs": 4, "batch_size": 32} | SMALL[model] | changes
            run = store.create(Experiment.from_dict(experiment))
            with run.lease(), pytest.MonkeyPatch.context() as patch:
                patch.setattr("genmodels.gallery.GALLERY", GALLERY)  # whose text encoder is taken over
                assert train(run) == "done", run.status
            made[key] = run.path
        return made[key]

    return of
