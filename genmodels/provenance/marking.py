"""The way out: whatever a model made is marked here before it leaves, whoever asks for it.

A picture gets a watermark where it is large enough, a visible label where one can be read, what made it in its text
chunks, Content Credentials, and an entry in the ledger. A text is watermarked while it is written; it leaves with a line
that says so, an entry in the ledger, and a signed sidecar, which can be lost on the way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from genmodels.kinds.image import fingerprint as image_fingerprint
from genmodels.kinds.image.files import gif_bytes, open_picture, png_bytes
from genmodels.kinds.image.watermark import LEAST_SIDE, embed, place_of
from genmodels.kinds.text import fingerprint
from genmodels.kinds.video.files import enlarged, mp4
from genmodels.kinds.video.fingerprint import chosen
from genmodels.kinds.video.watermark import embed_in_frames
from genmodels.provenance import credentials, ledger
from genmodels.provenance.claims import CLAIMED, MAKER, Facts, claims, says_made
from genmodels.provenance.keys import watermark_key
from genmodels.provenance.sidecar import sidecar, signed

LABEL = "AI"
SIDECAR = ".provenance.json"
BEGUN = "Print of what it was begun from"  # among facts: for the ledger alone, never written into a file
MOST_SAID = 500  # characters of a claim in the ledger
REPORTED = (
    "http://cv.iptc.org/newscodes/digitalsourcetype/dataDrivenMedia"  # of a report: data, written down by a program
)


def png(picture: np.ndarray | Image.Image, facts: Facts) -> bytes:
    """One picture as a marked PNG file; `facts` are what `pictures.png_bytes` writes into it."""
    return pngs([picture], [facts])[0]


def pngs(pictures: Sequence[np.ndarray | Image.Image], facts: Sequence[Facts]) -> list[bytes]:
    """Marked PNG files. The same picture is entered into the ledger once; one too plain to have a fingerprint, file by file."""
    images = [visible(as_array(picture)) for picture in pictures]
    files = [signed_png(image, own) for image, own in zip(images, facts, strict=True)]
    ledger.append([of_picture(image, own, file) for image, own, file in zip(images, facts, files, strict=True)])
    return files


def sheet(content: bytes, facts: Facts) -> bytes:
    """A PNG sheet that a run keeps, signed and entered into the ledger; its pixels stay as they are."""
    image = as_array(open_picture(content, "the sheet"))
    file = credentials.sign(png_bytes(image, written(facts)), claims(facts))
    ledger.append([of_picture(image, facts, file)])
    return file


def signed_png(image: np.ndarray, facts: Facts) -> bytes:
    """A picture as `pngs` sends it out, without an entry in the ledger: for who looks at marks, and for files that stay."""
    return credentials.sign(png_bytes(marked(image), written(facts)), claims(facts))


def gif(frames: np.ndarray | Sequence[Image.Image], facts: Facts, fps: float = 12.5) -> bytes:
    """An animation as a marked GIF file; the ledger keeps its first and its last frame."""
    images = [visible(as_array(frame)) for frame in frames]
    content = credentials.sign(
        gif_bytes([Image.fromarray(marked(image).squeeze()) for image in images], fps, written(facts)), claims(facts)
    )
    ends = {0: images[0], len(images) - 1: images[-1]}
    ledger.append([of_picture(image, facts, content) for image in ends.values()])
    return content


def film(frames: np.ndarray, facts: Facts, fps: float) -> bytes:
    """A clip, uint8 (frames, height, width, 3), as a marked MP4 file, enlarged until a watermark has room.

    The ledger keeps the hash of the file, and the prints of some frames with that of the clip, which says where its pattern is.
    """
    images = as_film(frames)
    content = signed_film(images, facts, fps)
    own = {"kind": "film", "sha256": hashlib.sha256(images.tobytes()).hexdigest()}
    ledger.append(
        [
            entry("film", content, "", facts),
            *(of_picture(images[place], facts, content) | own for place in chosen(images)),
        ]
    )
    return content


def as_film(frames: np.ndarray) -> np.ndarray:
    """The frames of a clip at the size in which it leaves, each with its visible label."""
    return np.stack([visible(frame) for frame in enlarged(frames)])


def signed_film(images: np.ndarray, facts: Facts, fps: float) -> bytes:
    """Frames of `as_film` as `film` sends them out, without an entry in the ledger: for who looks at marks."""
    return credentials.sign(mp4(watermarked(images), fps), claims(facts))


def watermarked(images: np.ndarray) -> np.ndarray:
    """Frames of at least 128 x 128 pixels with the watermark of this machine, at one place that depends on the whole clip."""
    key = watermark_key("picture")
    return embed_in_frames(images, key, place_of(hashlib.sha256(images.tobytes()).hexdigest().encode(), key))


def media(content: bytes, facts: Facts, kind: str) -> bytes:
    """A whole JPEG, WebP, SVG, WAV or MP4 file with Content Credentials; the ledger keeps its hash alone."""
    signed = credentials.sign(content, claims(facts))
    ledger.append([entry(kind, signed, "", facts)])
    return signed


def accompanied(content: bytes, kind: str, facts: Facts) -> tuple[bytes, bytes]:
    """A whole file that can carry no mark, and its signed sidecar; the ledger keeps its hash alone."""
    ledger.append([entry(kind, content, "", facts)])
    return content, json.dumps(sidecar(content, facts), indent=1).encode()


def texts(files: Sequence[str], facts: Sequence[Facts]) -> list[bytes]:
    """The signed sidecars of text files, whose first line says what made them; each text is entered into the ledger."""
    ledger.append(
        [
            entry("text", each.encode(), fingerprint.of_text(body(each)), own)
            for each, own in zip(files, facts, strict=True)
        ]
    )
    return statements(files, facts)


def statements(files: Sequence[str], facts: Sequence[Facts]) -> list[bytes]:
    """The signed sidecars of texts, without an entry in the ledger: for who looks at marks."""
    return [json.dumps(sidecar(each.encode(), own), indent=1).encode() for each, own in zip(files, facts, strict=True)]


def statement_of_report(hashed: bytes, findings: str, subject: str) -> dict[str, Any]:
    """The signed statement of a report: that it is data written down by a program and made by no model, of what, and two hashes:
    of what is `hashed`, and of its findings (SHA-256, hexadecimal)."""
    said = {"made_by": "a program", "digitalSourceType": REPORTED, "what": "report", "subject": subject[:MOST_SAID]}
    return signed(said | {"findings_sha256": findings, "sha256": hashlib.sha256(hashed).hexdigest()})


def body(text: str) -> str:
    """A text without the line above it that says what made it."""
    first, _, rest = text.partition("\n\n")
    return rest if says_made(first) and "\n" not in first else text


def marked(image: np.ndarray) -> np.ndarray:
    """The picture with the watermark of this machine; as it was where it is too small for one."""
    if min(image.shape[:2]) < LEAST_SIDE:
        return image
    key = watermark_key("picture")
    return embed(image, key, place=place_of(hashlib.sha256(image.tobytes()).hexdigest().encode(), key))


def visible(image: np.ndarray) -> np.ndarray:
    """The picture with "AI" in its lower right corner; as it was where it is below 128 x 128 and would be covered by it."""
    if min(image.shape[:2]) < LEAST_SIDE:
        return image
    size = max(10, min(image.shape[:2]) // 14)
    font = ImageFont.load_default(size)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(LABEL))
    width, height = right - left + size // 2, bottom - top + size // 2
    picture = Image.new("L", (width, height), 0)
    ImageDraw.Draw(picture).text((size // 4 - left, size // 4 - top), LABEL, fill=255, font=font)
    labelled = image.copy()
    labelled[-height:, -width:] = np.asarray(picture)[..., None]
    return labelled


def written(facts: Facts) -> Facts:
    """What of the facts stands in the file, and that a model made it."""
    return {"Software": "GenModels", "Made by": MAKER} | {name: value for name, value in facts.items() if name != BEGUN}


def of_picture(image: np.ndarray, facts: Facts, file: bytes) -> dict[str, Any]:
    """The row of a picture that leaves in a file: of its pixels as they were before they were marked, and of what it was begun from."""
    fingerprint = image_fingerprint.of_picture(image)
    row = entry("picture", image.tobytes() if image_fingerprint.telling(fingerprint) else file, fingerprint, facts)
    return row | ({"begun": facts[BEGUN]} if BEGUN in facts else {})


def entry(kind: str, content: bytes, fingerprint: object, facts: Facts) -> dict[str, Any]:
    """A row of the ledger: hashes alone."""
    said = {name: value[:MOST_SAID] for name, value in claims(facts).items() if name not in CLAIMED}
    return {"kind": kind, "sha256": hashlib.sha256(content).hexdigest(), "print": fingerprint, **said}


def as_array(picture: np.ndarray | Image.Image) -> np.ndarray:
    """uint8 (height, width, channels)."""
    array = np.asarray(
        picture.convert("RGB") if isinstance(picture, Image.Image) and picture.mode not in ("L", "RGB") else picture
    )
    return array[..., None] if array.ndim == 2 else array
