"""What a file's own metadata say of how it was made: unsigned words, which anyone can write and anyone can take out.

Read without any pixel, as far as a damaged file still goes: text chunks of PNG, comments of GIF, EXIF, and XMP packets
in any format, with the IPTC's digital source type (cv.iptc.org/newscodes/digitalsourcetype).
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from genmodels.provenance.claims import says_made
from genmodels.provenance.formats import Format
from genmodels.provenance.said import said

MOST_CHUNK, MOST_CHUNKS = 1_000_000, 200  # bytes of one text, once unpacked; texts
MOST_SHOWN = 120
MOST_PACKET, MOST_PACKETS = 400_000, 8  # bytes of a packet of XMP; packets
PACKET, PACKET_END = re.compile(rb"<(?:x:xmpmeta|rdf:RDF)\b"), re.compile(rb"</(?:x:xmpmeta|rdf:RDF)>")
SOURCE = re.compile(
    r"DigitalSourceType[^>]{0,80}?[=>\s]\s*[\"']?\s*(?:https?://cv\.iptc\.org/newscodes/digitalsourcetype/)?(\w{3,60})",
    re.IGNORECASE,
)
TOOL = re.compile(
    r"(?:CreatorTool|photoshop:Credit|Credit|Software|AISystemUsed)(?:=[\"']|>)\s*([^<\"']{2,120})", re.IGNORECASE
)
GENERATED = {  # digital source types that say that a model had a hand in it
    "trainedalgorithmicmedia": "trainedAlgorithmicMedia (made by a model)",
    "compositewithtrainedalgorithmicmedia": "compositeWithTrainedAlgorithmicMedia (partly made by a model)",
    "algorithmicmedia": "algorithmicMedia (made by a program)",
    "compositesynthetic": "compositeSynthetic (partly synthetic)",
}
GENERATORS = re.compile(
    r"\b(stable[ -]?diffusion|comfyui|automatic1111|sd[ -]?webui|invoke[ -]?ai|novel ?ai|midjourney|dall[-·• ]?e ?[23]?|gpt-image|openai|chatgpt|adobe firefly|firefly image|imagen \d|made with google ai|"
    r"google (?:gemini|ai)|gemini image|leonardo\.?ai|ideogram|flux\.?1|black forest labs|dreamstudio|drawthings|draw things|fooocus|easy diffusion|playground ?ai|bing image creator|image creator from designer|"
    r"microsoft designer|craiyon|nightcafe|deepai|runwayml|runway gen|sora by openai|pika labs|suno ai|elevenlabs|genmodels)\b",
    re.IGNORECASE,
)
MADE_WITH = re.compile(
    r"\b(?:ai[- ]generated|(?:generated|made|created|drawn|rendered|imagined)\s+(?:with|by|using|in|via)\b)",
    re.IGNORECASE,
)
TOOLS = ("software", "generator", "creator", "make", "model", "processingsoftware")  # fields that name what made a file
WORDS = ("title", "source", "credit", "comment", "description", "imagedescription")  # fields that may be about anything
A_STEP, A_SETTING = re.compile(r"\bSteps: \d"), re.compile(r"\b(?:Sampler|CFG scale|Seed):")


@dataclass(frozen=True)
class Note:
    """One place of a file and what it says, both harmless; `generator`: which tool it names, where it names one."""

    where: str
    says: str
    generator: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.generator + ', ' if self.generator and self.generator.lower() not in self.says.lower() else ''}{self.says}"


def notes(content: bytes, form: Format) -> list[Note]:
    """All that says that a model made the file; empty where nothing does."""
    found: dict[str, Note] = {}
    for where, key, text in _texts(content, form):
        note = _note(where, key, text)
        if note:
            found.setdefault(str(note), note)
    return list(found.values())[:8]


def of_text(text: str) -> list[Note]:
    """What the first line of a text, or a JSON document about one, says of itself."""
    first = text.lstrip("\ufeff \r\n")[:2000].split("\n", 1)[0].strip()
    if says_made(first):
        return [Note("its first line", said(first, MOST_SHOWN), "GenModels")]
    # "a generative model" and "Made by a model" stand in records of before
    written = re.match(r"\s*\{.{0,300}?\"made_by\":\s*\"(a [\w ]{0,20}model|Made by a model)\"", text[:2000], re.DOTALL)
    return [Note('its "made_by"', said(written[1], MOST_SHOWN), "GenModels")] if written else []


def _note(where: str, key: str, text: str) -> Note | None:
    """What one text of the metadata says, None where it says nothing of a model."""
    if where == "XMP":
        return _of_packet(text)
    named, name = GENERATORS.search(text[:4000]), key.lower()
    place = f'{where} "{said(key, 40)}"' if key else where
    if name in ("parameters", "usercomment", "comment", "description") and _is_drawing(text[:20_000]):
        return Note(place, "a prompt with steps and sampler", "Stable Diffusion WebUI")
    if (name in ("prompt", "workflow") or text[:9].lower() in ("prompt: {", "workflow:")) and _is_graph(text):
        return Note(place, "a graph of nodes", "ComfyUI")
    if name in ("invokeai_metadata", "invokeai_graph", "sd-metadata", "dream"):
        return Note(place, "how it was drawn", "InvokeAI")
    if name == "aigc" or '"AIGC"' in text[:400]:
        return Note(place, "a label of generated content (AIGC)")
    if name in ("parameters", "fooocus_scheme", "generation_data") and '"prompt"' in text[:20_000].lower():
        return Note(place, "a prompt with settings", "Fooocus" if name != "generation_data" else "")
    if name in ("made by", "made_by") and "model" in text.lower():
        return Note(place, said(text, MOST_SHOWN))
    if named and (name in TOOLS or (name in WORDS and (MADE_WITH.search(text[:4000]) or named.start() == 0))):
        return Note(place, said(text, MOST_SHOWN), said(named[1], 40))
    if name in ("description", "imagedescription") and re.search(r"\bJob ID: [0-9a-f]{8}-", text):
        return Note(place, "a prompt with a job", "Midjourney")
    return None


def _of_packet(text: str) -> Note | None:
    for match in SOURCE.finditer(text):
        if kind := GENERATED.get(match[1].lower()):
            return Note("IPTC digital source type", kind)
    if "TC260:AIGC" in text:
        return Note("XMP", "a label of generated content (AIGC)")
    for match in TOOL.finditer(text):
        if named := GENERATORS.search(match[1]):
            return Note("XMP", said(match[1], MOST_SHOWN), said(named[1], 40))
    return None


def _is_drawing(text: str) -> bool:
    """Steps, and behind them a sampler, a seed or a scale; each is looked for once, however often the other stands there."""
    steps = A_STEP.search(text)
    return steps is not None and A_SETTING.search(text, steps.end()) is not None


def _is_graph(text: str) -> bool:
    """A workflow of ComfyUI: nodes with a class, or with a kind and links."""
    return '"class_type"' in text or ('"nodes"' in text and '"links"' in text)


def _texts(content: bytes, form: Format) -> Iterator[tuple[str, str, str]]:
    """(where, key, text) of all metadata that can be found."""
    readers = {"PNG": _of_png, "GIF": _of_gif, "JPEG": _of_jpeg, "WebP": _of_webp}
    if form.name in readers:
        yield from readers[form.name](content)
    for packet in _packets(content):
        yield "XMP", "", packet.decode(errors="replace")


def _packets(content: bytes) -> Iterator[bytes]:
    """The first packets of XMP, one after another. Looked through once: a beginning without an end near it is not searched again."""
    at = 0
    for _ in range(MOST_PACKETS):
        end = PACKET_END.search(content, at)
        while end and not (start := PACKET.search(content, max(at, end.start() - MOST_PACKET), end.start())):
            at, end = end.end(), PACKET_END.search(content, end.end())
        if not end or not start:
            return
        yield content[start.start() : end.end()]
        at = end.end()


def _of_png(content: bytes) -> Iterator[tuple[str, str, str]]:
    """Text chunks, also of a file whose lengths, names or checks are broken: each is looked for by its name."""
    for match in islice(re.finditer(rb"tEXt|zTXt|iTXt|eXIf", content), MOST_CHUNKS):
        length = int.from_bytes(content[max(0, match.start() - 4) : match.start()], "big")
        data = content[match.end() : match.end() + min(length, MOST_CHUNK)]
        if match[0] == b"eXIf":
            yield from _of_exif(data, "EXIF")
            continue
        key, _, rest = data.partition(b"\0")
        text = (
            _unpacked(rest[1:])
            if match[0] == b"zTXt"
            else _international(rest)
            if match[0] == b"iTXt"
            else rest.decode("latin-1")
        )
        name, text = key[:80].decode("latin-1"), text.split("\0")[0]  # of a broken length, what follows is no text
        if name == "XML:com.adobe.xmp":
            yield "XMP", "", text
        elif 0 < len(key) < 80:
            yield "PNG text", name, text


def _international(rest: bytes) -> str:
    """Of an iTXt chunk: is it packed, by what, language, translated key, text."""
    parts = rest[2:].split(b"\0", 2)
    data = parts[2] if len(parts) == 3 else b""
    return _unpacked(data) if rest[:1] == b"\1" else data.decode(errors="replace")


def _unpacked(data: bytes) -> str:
    try:
        return zlib.decompressobj().decompress(data, MOST_CHUNK).decode(errors="replace")
    except zlib.error:
        return ""


def _of_gif(content: bytes) -> Iterator[tuple[str, str, str]]:
    for match in islice(re.finditer(rb"\x21\xfe", content), MOST_CHUNKS):
        at = match.end()
        parts: list[bytes] = []
        while at < len(content) and content[at] and len(parts) < 300:
            parts.append(content[at + 1 : at + 1 + content[at]])
            at += 1 + content[at]
        for line in b"".join(parts).decode(errors="replace").splitlines()[:20]:
            key, _, text = line.partition(": ")
            yield "GIF comment", key if text else "comment", text or line


def _of_jpeg(content: bytes) -> Iterator[tuple[str, str, str]]:
    """EXIF and comments; XMP is found as a packet. Segments end where the picture begins."""
    at = 2
    for _ in range(MOST_CHUNKS):
        at = content.find(b"\xff", at)
        if at < 0 or at + 4 > len(content) or content[at + 1] == 0xDA:
            return
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        data = content[at + 4 : at + 2 + length]
        if marker == 0xE1 and data.startswith(b"Exif\0"):
            yield from _of_exif(data[6:], "EXIF")
        elif marker == 0xFE:
            yield "JPEG comment", "comment", data.decode(errors="replace")
        at += 2 + length if marker >= 0xC0 and length >= 2 else 1


def _of_webp(content: bytes) -> Iterator[tuple[str, str, str]]:
    at = content.find(b"EXIF", 12)
    if at >= 0:
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        yield from _of_exif(content[at + 8 : at + 8 + min(length, MOST_CHUNK)].removeprefix(b"Exif\0\0"), "EXIF")


def _of_exif(data: bytes, where: str) -> Iterator[tuple[str, str, str]]:
    """The texts of an EXIF block; one that can't be read says nothing."""
    from PIL import Image

    names = {
        0x010E: "ImageDescription",
        0x010F: "Make",
        0x0110: "Model",
        0x0131: "Software",
        0x013B: "Artist",
        0x000B: "ProcessingSoftware",
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif = Image.Exif()
            exif.load(data)
            found: dict[str, Any] = {name: exif[tag] for tag, name in names.items() if tag in exif}
            found |= {"UserComment": comment} if (comment := exif.get_ifd(0x8769).get(0x9286)) else {}
    except Exception:
        return
    for name, value in found.items():
        yield where, name, _commented(value) if isinstance(value, bytes) else str(value)


def _commented(value: bytes) -> str:
    """A comment of EXIF, whose first eight bytes say its encoding."""
    kind, text = value[:8], value[8:]
    if kind.startswith(b"UNICODE"):
        return text.decode("utf-16-be" if text[:1] == b"\0" else "utf-16-le", errors="replace")
    return text.decode(errors="replace") if kind.startswith((b"ASCII", b"\0\0\0\0")) else value.decode(errors="replace")
