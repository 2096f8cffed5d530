"""What kind of file it is, by its first bytes, and what of such a file is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """`kind`: picture, sound, film, document or text; `media`: the media type by which c2pa reads its manifest, "" where it can carry none."""

    name: str
    kind: str
    media: str = ""
    pixels: bool = False  # can its pixels be looked at here?
    metadata: bool = True  # is its metadata read here?


TEXT, SVG = Format("text", "text"), Format("SVG", "picture", "image/svg+xml")
MOVIE, MP3 = Format("MP4", "film", "video/mp4"), Format("MP3", "sound", "audio/mpeg")
# What a file begins with: at which byte, with what.
BEGINNINGS = (
    (0, b"\x89PNG\r\n\x1a\n", Format("PNG", "picture", "image/png", True)),
    (0, b"\xff\xd8\xff", Format("JPEG", "picture", "image/jpeg", True)),
    (0, b"GIF8", Format("GIF", "picture", "image/gif", True)),
    (8, b"WEBP", Format("WebP", "picture", "image/webp", True)),
    (6, b"\0\0\0\0", Format("BMP", "picture", "", True)),
    (0, b"II*\0", Format("TIFF", "picture", "image/tiff")),
    (0, b"MM\0*", Format("TIFF", "picture", "image/tiff")),
    (0, b"\0\0\0\x0cJXL ", Format("JPEG XL", "picture", "image/jxl")),
    (0, b"\xff\x0a", Format("JPEG XL", "picture")),
    (0, b"\0\0\0\x0cjP  ", Format("JPEG 2000", "picture")),
    (0, b"8BPS\0", Format("PSD", "picture")),
    (0, b"\0\0\x01\0", Format("ICO", "picture")),
    (8, b"WAVE", Format("WAV", "sound", "audio/wav")),
    (0, b"fLaC\0", Format("FLAC", "sound", "audio/flac")),
    (0, b"ID3\2", MP3),
    (0, b"ID3\3", MP3),
    (0, b"ID3\4", MP3),
    (0, b"\xff\xfb", MP3),
    (0, b"\xff\xf3", MP3),
    (0, b"OggS\0", Format("Ogg", "sound", metadata=False)),
    (0, b"MThd", Format("MIDI", "sound", metadata=False)),
    (8, b"AVI ", Format("AVI", "film", "video/avi")),
    (0, b"\x1aE\xdf\xa3", Format("WebM or Matroska", "film", metadata=False)),
    (0, b"%PDF", Format("PDF", "document", "application/pdf")),
)
# Boxes of the ISO base format (ISO 14496-12), by the brands that they name.
BRANDS = (
    ((b"avif", b"avis"), Format("AVIF", "picture", "image/avif", True)),
    ((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), Format("HEIC", "picture", "image/heic")),
    ((b"M4A ", b"M4B "), Format("M4A", "sound", "audio/mp4")),
    ((b"qt  ",), Format("QuickTime", "film", "video/quicktime")),
)
ARCHIVES = (
    (b"PK\x03\x04", "ZIP archive"),
    (b"\x1f\x8b", "gzip archive"),
    (b"7z\xbc\xaf", "7z archive"),
    (b"Rar!\x1a", "RAR archive"),
)
SVG_ROOT = re.compile(rb"<svg[\s>]")
MOST_PROLOGUE = 20_000  # bytes before the root of an SVG
READ = "PNG, JPEG, GIF, WebP, BMP, AVIF, SVG, WAV, MP4"  # for sentences


def format_of(content: bytes) -> Format:
    """The format by the first bytes; `TEXT` for what begins like none of those that are known."""
    if content[4:8] == b"ftyp":
        return _boxed(content)
    for at, magic, found in BEGINNINGS:
        if content[at : at + len(magic)] == magic and content.startswith({0: b"", 6: b"BM", 8: b"RIFF"}[at]):
            return found
    start = content[:MOST_PROLOGUE].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return SVG if start.startswith(b"<") and SVG_ROOT.search(start) and b"<html" not in start[:2000].lower() else TEXT


def _boxed(content: bytes) -> Format:
    end = min(max(16, int.from_bytes(content[:4], "big")), 256)
    brands = [content[8:12], *(content[at : at + 4] for at in range(16, end, 4))]
    named = [
        found
        for names, found in BRANDS
        if brands[0] in names or (found.media.startswith("image/") and set(names) & set(brands))
    ]
    return named[0] if named else MOVIE


def archive(content: bytes) -> str:
    """What kind of archive it is; "" where it is none."""
    return next((name for magic, name in ARCHIVES if content.startswith(magic)), "")
