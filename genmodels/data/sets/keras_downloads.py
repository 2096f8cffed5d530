"""MNIST, Fashion-MNIST and CIFAR-10 as Keras downloads them: for users who are online."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.data.dataset import Dataset, dataset
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob
from genmodels.lazy_keras import keras
from genmodels.refusal import Refusal

OFFLINE = "digits, icons and openmoji"


@dataclass(frozen=True, kw_only=True)
class Downloaded(Knobs):
    """A set that Keras downloads once into its own folder, with the held-out split of those who published it."""

    label: str = knob("class", help="What a conditional model is asked for", choices=("none", "class"))

    kind: ClassVar[str] = "image"
    offline: ClassVar[bool] = False
    licence: ClassVar[str] = ""
    keras_name: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()

    def load(self) -> Dataset:
        """Images are uint8 (n, 28, 28, 1) or (n, 32, 32, 3); captions are the names of the classes."""
        module = self.keras_name.replace("-", "_")
        try:
            with contextlib.redirect_stdout(sys.stderr):  # Keras prints its progress; stdout is for --json
                parts = getattr(keras.datasets, module).load_data()
        except Exception as error:  # urllib, sockets, a proxy, a file cut short: all end here
            raise Refusal(
                f"{self.keras_name} could not be downloaded ({type(error).__name__}); go online once and try again, "
                f"or use a data set that needs no network: {OFFLINE}."
            ) from error
        train, test = (self._examples(images, labels) for images, labels in parts)
        names = self.names if self.label == "class" else ()
        spec = Spec("image", train.images.shape[1:], len(names), names)
        return Dataset(self.keras_name, train, test, spec, self.licence, f"keras.datasets.{module}")

    def _examples(self, images: np.ndarray, labels: np.ndarray) -> Examples:
        labels = labels.reshape(-1).astype(np.int32)
        captions = tuple(self.names[label] for label in labels)
        images = images if images.ndim == 4 else images[..., None]
        return Examples(images, labels if self.label == "class" else None, captions)


@dataset("mnist")
@dataclass(frozen=True, kw_only=True)
class Mnist(Downloaded):
    """70,000 handwritten digits, 28x28 grey, ten classes (downloaded)."""

    title: ClassVar[str] = "Handwritten digits (MNIST)"
    keras_name: ClassVar[str] = "mnist"
    licence: ClassVar[str] = "CC BY-SA 3.0 (Y. LeCun, C. Cortes, C. Burges)"
    names: ClassVar[tuple[str, ...]] = tuple(f"digit {i}" for i in range(10))


@dataset("fashion-mnist")
@dataclass(frozen=True, kw_only=True)
class FashionMnist(Downloaded):
    """70,000 photographs of clothes, 28x28 grey, ten classes (downloaded)."""

    title: ClassVar[str] = "Clothes (Fashion-MNIST)"
    keras_name: ClassVar[str] = "fashion-mnist"
    licence: ClassVar[str] = "MIT (Zalando SE)"
    names: ClassVar[tuple[str, ...]] = (
        "T-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    )


@dataset("cifar10")
@dataclass(frozen=True, kw_only=True)
class Cifar10(Downloaded):
    """60,000 photographs of animals and vehicles, 32x32 RGB, ten classes (downloaded)."""

    title: ClassVar[str] = "Animals and vehicles (CIFAR-10)"
    keras_name: ClassVar[str] = "cifar10"
    licence: ClassVar[str] = "as published by A. Krizhevsky (2009); no licence stated"
    names: ClassVar[tuple[str, ...]] = (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    )
