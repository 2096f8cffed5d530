"""What is left of a picture when every mark was stripped: a perceptual hash.

The signs of the slowest cosine waves of its brightness (16 x 16) and two colours (8 x 8 each), after Zauner 2010, with 0
for a wave that is too weak to have one: in flat drawings most are, and their signs are noise. Two pictures are as far
apart as the waves in which they differ, as a share of those that either has. A picture of fewer than 64 waves (a colour,
a faint note, a nearly white page) is like too many others to be told from them.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from genmodels.kinds.image.files import fitted, to_picture

SIDE, WAVES, WEAK = 64, (16, 8, 8), 40.0
SIGNS = sum(waves**2 for waves in WAVES)
LEAST_WAVES = 64  # strong ones that tell a picture from others
BEGUN_SIDE = 32  # pixels to which a picture that drawing began from is brought


def of_picture(image: np.ndarray | Image.Image) -> str:
    """192 hexadecimal digits."""
    from scipy.fft import dctn

    picture = (
        image
        if isinstance(image, Image.Image)
        else Image.fromarray(image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image)
    )
    planes = np.asarray(
        picture.convert("RGB").convert("YCbCr").resize((SIDE, SIDE), Image.Resampling.LANCZOS), np.float64
    )
    found = []
    for plane, waves in enumerate(WAVES):
        strength = dctn(planes[..., plane], norm="ortho")[:waves, :waves].ravel()
        strength[0] = 0
        found.append(np.sign(strength) * (np.abs(strength) > WEAK))
    signs = np.concatenate(found)
    return np.packbits(np.stack([signs > 0, signs < 0])).tobytes().hex()


def of_middle(image: np.ndarray | Image.Image) -> str:
    """The fingerprint of its middle square at 32 x 32, as drawing begins from a picture."""
    return of_picture(fitted(image if isinstance(image, Image.Image) else to_picture(image), BEGUN_SIDE))


def telling(fingerprint: str) -> bool:
    """Has the picture waves enough to be told from others by its fingerprint?"""
    return bool(fingerprint) and int((signs_of(fingerprint) != 0).sum()) >= LEAST_WAVES


def signs_of(fingerprint: str) -> np.ndarray:
    """The signs -1, 0 and 1 of a picture's fingerprint, int8 (384,)."""
    above, below = np.unpackbits(np.frombuffer(bytes.fromhex(fingerprint), np.uint8)).reshape(2, SIGNS).astype(np.int8)
    return above - below


def distances(one: str, many: np.ndarray) -> np.ndarray:
    """From 0, alike, to 2, opposite: of a picture to each of many, whose signs are int8 (n, 384); (n,)."""
    own = signs_of(one)
    return np.abs(many - own).sum(axis=1) / np.maximum(((own != 0) | (many != 0)).sum(axis=1), 1)
