"""A home of its own for every test, and small trainings that several tests look at."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genmodels.files import write_atomically

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["GENMODELS_CHECKPOINT_SECONDS"] = "0"  # at every epoch
if "PYTEST_XDIST_WORKER" in os.environ:  # each process has a core; small networks on two threads take nearly twice the processor time
    os.environ |= dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
else:  # what one process has compiled, the others need not
    COMPILED = tempfile.TemporaryDirectory(prefix="genmodels-compiled-")
    os.environ["TF_XLA_FLAGS"] = f"--tf_xla_persistent_cache_directory={COMPILED.name}"

ROOT = Path(__file__).parent.parent
TINY = {
    "vae": {"latent": 4, "width": 8, "warmup": 50},
    "gan": {"latent": 4, "width": 8},
    "clip": {"width": 8, "dimensions": 32, "vocabulary": 600},
    "diffusion": {"width": 16, "levels": 2, "heads": 2},
    "reader": {"width": 8},
    "upscaler": {"width": 16, "blocks": 1, "learning_rate": 4e-3},
    "sequence-vae": {"latent": 4, "layers": 1, "heads": 2, "width": 16, "warmup": 50, "learning_rate": 4e-3},
    "transformer": {"layers": 2, "heads": 2, "width": 16, "warmup": 10},
    "video-diffusion": {"width": 8, "levels": 2, "heads": 2, "fold": 4, "learning_rate": 4e-3},
    "latent-video": {"width": 16, "layers": 1, "heads": 2, "latent": 8, "frame_width": 4, "learning_rate": 4e-3},
}
SMALL_MUSIC = {"data": "chorales", "source": {"transpositions": 0, "context": 200, "windows": 96}, "epochs": 1}  # of a transformer
SMALL_TEXT = {"data": "occupations", "source": {"n": 2000, "unit": "character", "context": 32, "windows": 640}}
SMALL_CAPTIONS = {"data": "icons", "source": {"family": "font-awesome"}}
SMALL_CLIPS = {"data": "motion", "source": {"clips": 200, "frames": 8, "motions": "moving"}, "batch_size": 16}
SMALL: dict[str, dict] = {
    "vae": {"data": "digits"}, "gan": {"data": "digits"}, "transformer": SMALL_TEXT,
    "clip": SMALL_CAPTIONS, "diffusion": SMALL_CAPTIONS, "reader": {"data": "openmoji", "source": {"label": "tone"}}, "upscaler": {"data": "openmoji", "source": {"size": 64}, "epochs": 10},
    "sequence-vae": {"data": "molecules", "source": {"context": 48, "windows": 960}},
    "video-diffusion": SMALL_CLIPS, "latent-video": SMALL_CLIPS,
}  # fmt: skip

GALLERY = ROOT / "genmodels" / "gallery"

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """GENMODELS_HOME, empty."""
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this session, the same for all its processes."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(autouse=True, scope="session")
def cache(shared: Path) -> Iterator[None]:
    """GENMODELS_CACHE: data sets are drawn once a session, not once a test (files are written aside and renamed)."""
    from genmodels.cache import cache as kept

    for file in kept().glob("chorales-*"):  # read by music21 in a minute or two; what this machine has read before is taken over
        if file.suffix != ".lock" and not (shared / "drawn" / file.name).exists():
            (shared / "drawn").mkdir(exist_ok=True)
            write_atomically(shared / "drawn" / file.name, file.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENMODELS_CACHE", str(shared / "drawn"))
        yield


@pytest.fixture
def genmodels() -> Command:
    """Runs the real command line in a process of its own."""

    def run(*arguments: object, timeout: float = 900) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "genmodels", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout)

    return run


@pytest.fixture
def inside(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line in this process, whose TensorFlow is loaded: for what a process of its own would not prove."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        from genmodels.commands.main import main

        capsys.readouterr()
        code = main([*map(str, arguments)])
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def trained(shared: Path) -> Callable[..., Path]:
    """A tiny trained run of a model on digits or short sentences, made once a session: its folder. Copy it before you change it."""

    def of(model: str, **changes: object) -> Path:
        from genmodels.runs.experiment import Experiment
        from genmodels.runs.store import RunStore

        folder = shared / "trained" / hashlib.sha256(f"{model} {changes}".encode()).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be training it
            store = RunStore(folder / "runs")
            if not (run := next(iter(store), None)):
                from genmodels.training.loop import train

                run = store.create(Experiment.from_dict({"model": model, "recipe": TINY[model], "epochs": 4, "batch_size": 32} | SMALL[model] | changes))
                with run.lease(), pytest.MonkeyPatch.context() as patch:
                    patch.setattr("genmodels.gallery.GALLERY", GALLERY)  # whose text encoder is taken over
                    train(run)
        assert run.state == "done", run.status
        return run.path

    return of


@pytest.fixture(scope="session")
def chains(shared: Path) -> Path:
    """A tiny run that writes molecules, trained once a session: its folder."""
    from tests.molecules import trained_once

    return trained_once(shared)
