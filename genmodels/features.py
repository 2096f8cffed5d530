"""What pictures are compared in: the numbers that a metric sees of them. A number is only comparable within one of these.

`pixels-16+gradients` is the default and fitted on nothing. `pixels` are the pixels themselves. `pca` are 64 principal
components of the training pictures. `encoder` is the picture tower of the run `clip` of the gallery, fixed and versioned
with the project. A path to a `.keras` file is any Keras model that takes pictures; it is loaded in Keras's safe mode.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.metrics import PROTOCOL, features
from genmodels.refusal import Refusal
from genmodels.registry import Registry, unknown

COMPONENTS = 64
DOMAIN, REFERENCES, READ, FAR = "domain.npz", 500, 500, 1 / 3  # kept beside the run clip; its pictures, those that are tried, and the share that may look like none of them
LARGEST = 512 * 1024 * 1024  # bytes of a Keras file
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
def layout_and_edges(data: Any) -> Extractor:
    """Pixels averaged over a 16 x 16 grid, and how much neighbours differ; see `genmodels.metrics.features`."""
    return Extractor(PROTOCOL, features)


@FEATURES.add("pixels")
def pixels(data: Any) -> Extractor:
    """The pixels, from 0 to 1."""
    return Extractor("pixels v1", _flat)


@FEATURES.add("pca")
def principal_components(data: Any) -> Extractor:
    """The first 64 principal components of the training pictures; comparable on one data set only."""
    from sklearn.decomposition import PCA

    train = _flat(data.train.images)
    fitted = PCA(min(COMPONENTS, *train.shape), svd_solver="randomized", random_state=0).fit(train)
    sha = hashlib.sha256(np.ascontiguousarray(data.train.images).data).hexdigest()[:8]
    return Extractor(f"{fitted.n_components_} principal components of training pictures {sha} v1", lambda images: fitted.transform(_flat(images)).astype(np.float32))


@FEATURES.add("encoder")
def encoder(data: Any) -> Extractor:
    """The vectors of the gallery's run `clip`, trained on emoji and icons; reads 32 x 32 pictures."""
    from genmodels.gallery import GALLERY
    from genmodels.judging import open_clip
    from genmodels.runs import RunStore

    clip = open_clip("clip")
    sha = _digest_of(RunStore(GALLERY)["clip"])
    few = data.test.images[np.random.default_rng(0).permutation(len(data.test))[:READ]]
    seen = lambda images: clip.pictures(_resized(images, (*clip.spec.shape[:2], images.shape[-1])))  # noqa: E731  (it turns grey ones into black ink on white)
    far = unlike(seen(few))
    if far > FAR:
        raise Refusal(f"The run clip learned emoji and icons, and {far:.0%} of the held-out pictures of {data.name} look unlike all of these, so its features mean nothing there; choose pixels, pca or a .keras file of your own.")
    how = ", grey as black on white" if data.spec.shape[-1] == 1 else ""
    return Extractor(f"picture tower of the run clip {sha}, at {clip.spec.shape[0]} x {clip.spec.shape[1]}{how}", seen)


def unlike(vectors: np.ndarray) -> float:
    """The share of pictures, as unit vectors (n, dimensions) of the run `clip`, that are farther from all that it was tried on than 99 of 100 of those are from each other."""
    from genmodels.gallery import GALLERY

    with np.load(GALLERY / "clip" / DOMAIN, allow_pickle=False) as kept:
        return float((_farness(vectors, kept["references"].astype(np.float32)) > float(kept["farthest"])).mean())


def keep_domain() -> dict[str, float]:
    """Count how far held-out emoji and icons are from others, and keep it beside the run `clip`.

    Half of them are the references, a quarter sets the limit, and of the last quarter it is told how many lie beyond it.
    """
    from genmodels.data import DATA
    from genmodels.files import write_atomically
    from genmodels.gallery import GALLERY
    from genmodels.judging import open_clip

    images = DATA["emblems"]().load().test.images
    vectors = open_clip("clip").pictures(images[np.random.default_rng(0).permutation(len(images))])
    references, first, second = np.split(vectors, [REFERENCES, REFERENCES + (len(vectors) - REFERENCES) // 2])
    farthest = float(np.quantile(_farness(first, references), 0.99))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, references=references.astype(np.float16), farthest=np.array(farthest))
    write_atomically(GALLERY / "clip" / DOMAIN, buffer.getvalue())
    return {"farthest": farthest, "beyond": float((_farness(second, references) > farthest).mean()), "n": len(second)}


def _farness(vectors: np.ndarray, references: np.ndarray) -> np.ndarray:
    """1 less the largest cosine (n,) of each unit vector with a reference."""
    return np.asarray(1 - (vectors @ references.T).max(axis=1))


def extractor(name: str, data: Any) -> Extractor:
    """The features of that name, or of a `.keras` file; raises `Refusal` for anything else."""
    if name.endswith(".keras"):
        return of_file(Path(name))
    if name not in FEATURES:
        raise Refusal(f"{unknown('kind of feature', name, FEATURES)} Or give the path of a .keras file.")
    return FEATURES[name](data)


def of_file(file: Path) -> Extractor:
    """The outputs of a Keras model from a file that somebody brought; checked before it is loaded, and nothing in it is run."""
    import keras

    from genmodels.generator import in_chunks

    if not file.is_file() or file.stat().st_size > LARGEST:
        raise Refusal(f"{file.name[:60]} is no file of at most {LARGEST // 2**20} MB; give the path of a .keras file.")
    try:
        model = keras.saving.load_model(file, compile=False, safe_mode=True)
    except Exception as error:
        raise Refusal(f"{file.name[:60]} can't be loaded in Keras's safe mode ({type(error).__name__}); save it with model.save() and without Lambda layers.") from None
    shape = model.input_shape
    if isinstance(shape, list) or len(shape) != 4 or None in shape[1:]:
        raise Refusal(f"{file.name[:60]} takes {str(shape)[:80]}; a model of pictures with a fixed size, (None, height, width, channels), is needed.")
    sha = hashlib.sha256(file.read_bytes()).hexdigest()[:8]

    def seen(images: np.ndarray) -> np.ndarray:
        found = in_chunks(lambda rows: np.asarray(model(rows, training=False)), _resized(images, shape[1:]).astype("float32") / 255)
        return found.reshape(len(images), -1).astype(np.float32)

    return Extractor(f"Keras model {sha}, at {shape[1]} x {shape[2]}", seen)


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32) / 255


def _resized(images: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Pictures at another size (bicubic, antialiased) and with as many channels; as they are where they fit."""
    from PIL import Image

    if images.shape[-1] != shape[2] and shape[2] == 3:
        images = np.repeat(images[..., :1], 3, axis=-1)
    if images.shape[1:3] == tuple(shape[:2]):
        return images
    size = (int(shape[1]), int(shape[0]))
    resized = [np.asarray(Image.fromarray(image.squeeze()).resize(size, Image.Resampling.BICUBIC)) for image in images]
    return np.stack(resized).reshape(len(images), *shape[:2], -1)


def _digest_of(run: Any) -> str:
    """The first digits of the SHA-256 over the files of a run's weights."""
    sha = hashlib.sha256()
    for file in sorted((run.path / "epochs").rglob("*")):
        if file.is_file():
            sha.update(file.read_bytes())
    return sha.hexdigest()[:8]
