"""Pictures in and out: foreign ones opened safely, arrays as grids, PNG and GIF.

Arrays are uint8 of shape (n, height, width, channels) with one channel (grey) or three (RGB). Only Pillow and numpy.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
from collections.abc import Mapping, Sequence
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageCms, ImageOps, PngImagePlugin
from PIL.ImageOps import fit as cropped

from genmodels.printable import printable
from genmodels.refusal import Refusal

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MAX_BYTES = 25_000_000  # of one picture's file
MAX_PIXELS = 25_000_000  # Pillow's own limit lets 22 kB take 842 MiB
MAX_DRAFT = 200_000_000  # of a JPEG, which can be decoded at an eighth of its sides
MAX_PROFILE = 4_000_000  # bytes of a colour profile
PNG = b"\x89PNG\r\n\x1a\n"
MAX_SIDE = 20_000

ORIENTATION = 0x0112  # the tag of EXIF
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Facts = Mapping[str, str]


def open_picture(source: bytes | BinaryIO, name: str = "the picture") -> Image.Image:
    """A foreign picture as RGB (sRGB), upright, on white, its first frame only, without metadata.

    Size and format are looked at before any pixel is read. A JPEG of 25 to 200 million pixels is read at a half, a
    quarter or an eighth of its sides, so that at most 25 million are. Raises `Refusal` for anything but a whole PNG,
    JPEG, GIF, WebP or BMP of at most 25 MB and so many pixels. `name` is for the sentence.
    """
    return on_white(open_transparent(source, name))


def open_transparent(source: bytes | BinaryIO, name: str = "the picture") -> Image.Image:
    """The same as RGBA: what `open_picture` lays on white."""
    content = source if isinstance(source, bytes) else source.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Refusal(f"{printable(name)} is larger than {MAX_BYTES // 1_000_000} MB; make it smaller.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow only warns of is refused below
            with Image.open(io.BytesIO(_without_texts(content)), formats=list(FORMATS)) as picture:
                _made_small(picture, name)
                return rgba(in_srgb(upright(picture)))
    except Refusal:
        raise
    except Image.DecompressionBombError:
        raise Refusal(f"{printable(name)} has too many pixels; at most 25 million can be read.") from None
    except Image.UnidentifiedImageError:
        raise Refusal(f"{printable(name)} is no PNG, JPEG, GIF, WebP or BMP picture; save it as one.") from None
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError, struct.error) as error:
        reason = printable(str(error) or type(error).__name__)
        raise Refusal(f"{printable(name)} is damaged ({reason}); save it again.") from None


def _made_small(picture: Image.Image, name: str) -> None:
    """Have a large JPEG decoded at a fraction of its size; raises `Refusal` for what stays too large."""
    width, height = picture.size
    if picture.format == "JPEG" and MAX_PIXELS < width * height <= MAX_DRAFT and picture.mode in ("L", "RGB"):
        part = next(part for part in (2, 4, 8) if width * height <= MAX_PIXELS * part**2)
        picture.draft(picture.mode, (-(-width // part), -(-height // part)))
    if picture.width * picture.height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Refusal(
            f"{printable(name)} has {width} x {height} pixels; at most 25 million can be read, and 200 million of a JPEG."
        )


def _without_texts(content: bytes) -> bytes:
    """A PNG file without its text chunks, of which a large one would keep Pillow from the pixels; others as they are."""
    if not content.startswith(PNG):
        return content
    kept, place = [PNG], len(PNG)
    while place + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        if kind not in (b"tEXt", b"zTXt", b"iTXt"):
            kept.append(content[place : place + 12 + length])
        place += 12 + length
    return b"".join(kept)


def in_srgb(picture: Image.Image) -> Image.Image:
    """The picture with its colours as sRGB has them; as they stand where it brings no profile, or one that can't be read."""
    profile = picture.info.get("icc_profile")
    if not isinstance(profile, bytes) or not 0 < len(profile) <= MAX_PROFILE:
        return picture
    if picture.mode in ("P", "PA", "LA", "La", "RGBa", "1"):
        picture = picture.convert("RGBA")
    if picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    try:
        plain = picture.convert("RGB") if alpha else picture
        turned = ImageCms.profileToProfile(
            plain, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    if turned is None:
        return picture
    if alpha:
        turned.putalpha(alpha)
    return turned


def upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its EXIF says; as it is stored where that can't be read."""
    try:
        turn = TURNS.get(picture.getexif().get(ORIENTATION, 1))
    except Exception:
        turn = None
    return picture if turn is None else picture.transpose(turn)


def rgba(picture: Image.Image) -> Image.Image:
    """Any mode as RGBA; of more than 8 bits the upper 8."""
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, np.float64)
        top = 65535 if values.max(initial=0) > 255 else 255
        picture = Image.fromarray(np.clip(values * (255 / top), 0, 255).astype(np.uint8))
    return picture.convert("RGBA")


def on_white(picture: Image.Image) -> Image.Image:
    """RGB on white, pixels only."""
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), rgba(picture)).convert("RGB")


def fitted(picture: Image.Image, size: int, colour: str = "rgb", fit: str = "crop") -> np.ndarray:
    """A picture as an array (size, size, 3 or 1): `crop` keeps the middle square, `pad` keeps all on white."""
    picture, square = picture.convert("RGB"), (size, size)
    if fit == "crop":
        scaled = cropped(picture, square, Image.Resampling.LANCZOS)
    else:
        scaled = ImageOps.pad(picture, square, Image.Resampling.LANCZOS, color="white")
    array = np.asarray(scaled.convert("L" if colour == "grey" else "RGB"))
    return array[..., None] if array.ndim == 2 else array


def resized(images: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Arrays (n, height, width, channels) at another height and width (bicubic, antialiased) and with as many channels as
    `shape` says; as they are where they fit. Grey ones become coloured, coloured ones grey (ITU-R 601)."""
    if images.shape[-1] != shape[2]:
        images = (
            np.repeat(images[..., :1], 3, axis=-1)
            if shape[2] == 3
            else np.stack([np.asarray(to_picture(image).convert("L"))[..., None] for image in images])
        )
    if images.shape[1:3] == tuple(shape[:2]):
        return images
    scaled = [
        np.asarray(to_picture(image).resize((int(shape[1]), int(shape[0])), Image.Resampling.BICUBIC))
        for image in images
    ]
    return np.stack(scaled).reshape(len(images), *shape[:2], -1)


def to_picture(image: np.ndarray) -> Image.Image:
    """One array (height, width, 1 or 3) or (height, width) as a Pillow picture."""
    image = np.ascontiguousarray(image)
    return Image.fromarray(image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image)


def grid(images: np.ndarray, columns: int | None = None, gap: int = 2) -> Image.Image:
    """All pictures in rows of `columns` (default: about a square), `gap` pixels of white between them."""
    count, height, width, channels = images.shape
    if not count:
        raise Refusal("There is no picture to put into a grid; ask for at least one.")
    columns = min(columns or math.ceil(math.sqrt(count)), count)
    rows = math.ceil(count / columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 255, np.uint8)
    for i, image in enumerate(images):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return to_picture(sheet)


def strip(images: np.ndarray, gap: int = 2) -> Image.Image:
    """All pictures side by side, as the steps of a walk."""
    return grid(images, len(images), gap)


def png_bytes(image: np.ndarray | Image.Image, facts: Facts | None = None) -> bytes:
    """A PNG file. `facts` such as {"Credit": ..., "Seed": ...} become text chunks; see `png_facts`."""
    info = PngImagePlugin.PngInfo()
    for name, value in (facts or {}).items():
        info.add_itxt(name, value)
    buffer = io.BytesIO()
    (image if isinstance(image, Image.Image) else to_picture(image)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def png_facts(content: bytes) -> dict[str, str]:
    """The text chunks of a PNG file; empty where it has none."""
    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        picture.load()
        return {name: str(value) for name, value in getattr(picture, "text", {}).items()}


def gif_bytes(frames: np.ndarray | Sequence[Image.Image], fps: float = 12.5, facts: Facts | None = None) -> bytes:
    """An endless animated GIF; a GIF counts in hundredths of a second, so `fps` is met to the nearest of these.

    All frames share one palette of 256 colours, so nothing flickers. `facts` become its comment (65,535 bytes at most).
    """
    pictures = [to_picture(frame) if isinstance(frame, np.ndarray) else frame for frame in frames]
    if not pictures:
        raise Refusal("There is no frame to animate; ask for at least one.")
    palette = strip_of_some(pictures).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    indexed = [each.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE) for each in pictures]
    comment = "\n".join(f"{name}: {value}" for name, value in (facts or {}).items()).encode()[:65_535]
    buffer, duration = io.BytesIO(), max(round(100 / fps), 2) * 10  # browsers slow down anything quicker
    options = {"comment": comment} if comment else {}
    indexed[0].save(buffer, "GIF", save_all=True, append_images=indexed[1:], duration=duration, loop=0, **options)
    return buffer.getvalue()


def strip_of_some(pictures: Sequence[Image.Image], most: int = 16) -> Image.Image:
    """Up to `most` of the pictures, evenly chosen, side by side: what a common palette is made from."""
    chosen = [pictures[round(i)] for i in np.linspace(0, len(pictures) - 1, min(len(pictures), most))]
    sheet = Image.new("RGB", (sum(each.width for each in chosen), max(each.height for each in chosen)))
    left = 0
    for each in chosen:
        sheet.paste(each, (left, 0))
        left += each.width
    return sheet
