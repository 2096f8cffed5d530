"""What pictures are compared in: the numbers that a metric sees of them. A number is only comparable within one of these.

`pixels-16+gradients` is the default and fitted on nothing. `pixels` are the pixels themselves. `pca` are 64 principal
components of the training pictures. `encoder` is the picture tower of the run `clip` of the gallery, fixed and versioned
with the project. A path to a `.keras` file is any Keras model that takes pictures, of layers from a list; it is looked at
without Keras and loaded in a caged child only.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genmodels import gallery
from genmodels.data.dataset import DATA, Dataset
from genmodels.files import write_atomically
from genmodels.intake.keras_file import LARGEST
from genmodels.jobs import sandbox
from genmodels.kinds.image.features import PROTOCOL, features
from genmodels.kinds.image.files import resized
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.registry import Registry, unknown
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.trained.opening import open_shipped

COMPONENTS = 64
DOMAIN, REFERENCES, READ, FAR = (
    "domain.npz",
    500,
    500,
    1 / 3,
)  # kept beside the run clip; its pictures, those that are tried, and the share that may look like none of them
MEMORY = 4096 * sandbox.MB  # of a child that runs Keras
DEFAULT = "pixels-16+gradients"

FEATURES = Registry("kind of feature")


@dataclass(frozen=True)
class Extractor:
    """uint8 pictures (n, height, width, channels) to floats (n, dimensions), and the name under which a number may be compared."""

    protocol: str
    function: Callable[[np.ndarray], np.ndarray]

    def __call__(self, images: np.ndarray) -> np.ndarray:
        return self.function(images)


@FEATURES.add(DEFAULT)
def layout_and_edges(data: Dataset) -> Extractor:
    """Pixels averaged over a 16 x 16 grid, and how much neighbours differ; see `genmodels.kinds.image.features.features`."""
    return Extractor(PROTOCOL, features)


@FEATURES.add("pixels")
def pixels(data: Dataset) -> Extractor:
    """The pixels, from 0 to 1."""
    return Extractor("pixels v1", _flat)


@FEATURES.add("pca")
def principal_components(data: Dataset) -> Extractor:
    """The first 64 principal components of the training pictures; comparable on one data set only."""
    from sklearn.decomposition import PCA

    train = _flat(data.train.images)
    fitted = PCA(min(COMPONENTS, *train.shape), svd_solver="randomized", random_state=0).fit(train)
    sha = hashlib.sha256(np.ascontiguousarray(data.train.images).data).hexdigest()[:8]
    return Extractor(
        f"{fitted.n_components_} principal components of training pictures {sha} v1",
        lambda images: fitted.transform(_flat(images)).astype(np.float32),
    )


@FEATURES.add("encoder")
def encoder(data: Dataset) -> Extractor:
    """The vectors of the gallery's run `clip`, trained on emoji and icons; reads 32 x 32 pictures."""
    clip = open_shipped("clip", "clip")
    sha = _digest_of(RunStore(gallery.GALLERY)["clip"])
    few = data.test.images[np.random.default_rng(0).permutation(len(data.test))[:READ]]

    def seen(images: np.ndarray) -> np.ndarray:  # it turns grey ones into black ink on white
        return clip.pictures(resized(images, (*clip.spec.shape[:2], images.shape[-1])))

    far = unlike(seen(few))
    if far > FAR:
        raise Refusal(
            f"The run clip learned emoji and icons, and {far:.0%} of the held-out pictures of {data.name} look unlike all of these, so its features mean nothing there; choose pixels, pca or a .keras file of your own."
        )
    how = ", grey as black on white" if data.spec.shape[-1] == 1 else ""
    return Extractor(f"picture tower of the run clip {sha}, at {clip.spec.shape[0]} x {clip.spec.shape[1]}{how}", seen)


def unlike(vectors: np.ndarray) -> float:
    """The share of pictures, as unit vectors (n, dimensions) of the run `clip`, that are farther from all that it was tried on than 99 of 100 of those are from each other."""
    with np.load(gallery.GALLERY / "clip" / DOMAIN, allow_pickle=False) as kept:
        return float((_farness(vectors, kept["references"].astype(np.float32)) > float(kept["farthest"])).mean())


def keep_domain() -> dict[str, float]:
    """Count how far held-out emoji and icons are from others, and keep it beside the run `clip`.

    Half of them are the references, a quarter sets the limit, and of the last quarter it is told how many lie beyond it.
    """
    images = DATA["emblems"]().load().test.images
    vectors = open_shipped("clip", "clip").pictures(images[np.random.default_rng(0).permutation(len(images))])
    references, first, second = np.split(vectors, [REFERENCES, REFERENCES + (len(vectors) - REFERENCES) // 2])
    farthest = float(np.quantile(_farness(first, references), 0.99))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, references=references.astype(np.float16), farthest=np.array(farthest))
    write_atomically(gallery.GALLERY / "clip" / DOMAIN, buffer.getvalue())
    return {"farthest": farthest, "beyond": float((_farness(second, references) > farthest).mean()), "n": len(second)}


def _farness(vectors: np.ndarray, references: np.ndarray) -> np.ndarray:
    """1 less the largest cosine (n,) of each unit vector with a reference."""
    return np.asarray(1 - (vectors @ references.T).max(axis=1))


def extractor(name: str, data: Dataset) -> Extractor:
    """The features of that name, or of a `.keras` file; raises `Refusal` for anything else."""
    if name.endswith(".keras"):
        return of_file(Path(name))
    _known(name)
    return FEATURES[name](data)


def check_early(name: str) -> None:
    """Raise `Refusal` for features that nothing can be measured in, also of a `.keras` file, before anything is loaded."""
    if name.endswith(".keras"):
        look_at(Path(name))
    else:
        _known(name)


def _known(name: str) -> None:
    if name not in FEATURES:
        raise Refusal(f"{unknown('kind of feature', name, FEATURES)} Or give the path of a .keras file.")


def of_file(file: Path) -> Extractor:
    """The outputs of a Keras model from a file that somebody brought; nothing of it is loaded in this process.

    It passes the gate of `intake.keras_file`, here and again where it is used: in a caged child for each call (`sandbox`).
    """
    looked = look_at(file)

    def seen(images: np.ndarray) -> np.ndarray:
        with sandbox.scratch() as folder:
            name = _handed_in(file, folder)
            np.save(folder / sandbox.GIVEN / "pictures.npy", images, allow_pickle=False)
            limits = sandbox.Limits(
                memory=MEMORY, seconds=looked.seconds(len(images)), cpu_seconds=4 * looked.seconds(len(images))
            )
            answer = sandbox.run(
                "genmodels.intake.keras_child:features",
                folder,
                what=name,
                arguments={"name": name, "sha256": looked.sha256},
                expected={"features": "f"},
                limits=limits,
            )
        if answer["features"].shape != (len(images), looked.features):
            raise Refusal(
                f"{name} gives numbers of the shape {answer['features'].shape} for {len(images)} pictures; ({len(images)}, {looked.features}) was expected."
            )
        return answer["features"].astype(np.float32)

    return Extractor(f"Keras model {looked.sha256[:8]}, at {looked.height} x {looked.width}", seen)


@dataclass(frozen=True)
class LookedAt:
    """What the gate says of a `.keras` file: pixels that it reads, features and multiplications for one picture."""

    sha256: str
    height: int
    width: int
    features: int
    products: int

    def seconds(self, n: int) -> int:
        """How long n pictures may take: a slow start, and a thousandth of what a processor of today can do."""
        return 180 + int(n * self.products / 1e9)


def look_at(file: Path) -> LookedAt:
    """Pass a `.keras` file through the gate, in a child; raises `Refusal` with place, reason and what to do."""
    with sandbox.scratch() as folder:
        name = _handed_in(file, folder)
        answer = sandbox.run(
            "genmodels.intake.keras_child:looked_at",
            folder,
            what=name,
            arguments={"name": name},
            expected=dict.fromkeys(("sha256", "input", "features", "products"), "u"),
        )
    height, width = (int(side) for side in answer["input"][:2])
    return LookedAt(answer["sha256"].tobytes().hex(), height, width, int(answer["features"]), int(answer["products"]))


def _handed_in(file: Path, folder: Path) -> str:
    """Copy a file to where a child reads it; its name for sentences. What is no file of at most 512 MB is refused."""
    name = printable(file.name, 60)
    if not file.is_file() or file.stat().st_size > LARGEST:
        raise Refusal(f"{name} is no file of at most {LARGEST >> 20} MB; give the path of a .keras file.")
    shutil.copyfile(file, folder / sandbox.GIVEN / "model.keras")
    return name


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32) / 255


def _digest_of(run: Run) -> str:
    """The first digits of the SHA-256 over the files of a run's weights."""
    sha = hashlib.sha256()
    for file in sorted((run.path / "epochs").rglob("*")):
        if file.is_file():
            sha.update(file.read_bytes())
    return sha.hexdigest()[:8]
