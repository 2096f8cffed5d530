"""Checking files: damaged ones, kinds that can't be looked into, what their own metadata say, names that lie."""

from __future__ import annotations

import io
import json
import struct
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from genmodels.kinds.image.files import png_bytes
from genmodels.provenance import credentials, marking
from genmodels.provenance.said import name_of
from genmodels.refusal import Refusal
from genmodels.review.file_check import verify
from genmodels.review.many_files import verify_many
from tests.drawings import drawing

FACTS = {"Model": "vae r1", "Seed": "7", "Prompt": "a secret prompt"}
SIGNER = "GenModels on this machine"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="20" height="20" fill="red"/></svg>'


def saved(kind: str, size: int = 160, **more: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(drawing(size)).save(buffer, kind, **more)
    return buffer.getvalue()


@lru_cache(maxsize=16)
def plain(kind: str) -> bytes:
    return SVG if kind == "SVG" else saved(kind)


def signed(kind: str) -> bytes:
    return marking.png(drawing(160), FACTS) if kind == "PNG" else credentials.sign(plain(kind), {"model": "vae r1"})


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]


def told_as_damaged(found: dict[str, Any]) -> None:
    """Damaged, and by whom it was signed; never whole, never without a sign, never to be saved again."""
    manifest, sentence = found["manifest"], found["sentence"]
    assert manifest["verdict"] in ("broken", "unreadable") and manifest["signer"] != "this machine" and not manifest["claims"]
    assert SIGNER in manifest["name"] and SIGNER in sentence and "damaged" in sentence
    assert "No sign found" not in sentence and "unchanged" not in sentence and "save it again" not in sentence


@pytest.mark.parametrize("chunk", [b"IHDR", b"caBX", b"iTXt", b"IDAT"])
def test_a_flipped_bit_in_any_part_of_a_chunk_is_told_with_the_signer(chunk: bytes) -> None:
    for size in (32, 160):
        content = marking.png(drawing(size), FACTS)
        at = content.index(chunk)
        length = int.from_bytes(content[at - 4 : at], "big")
        for part, place in {"length": at - 2, "name": at + 1, "data": at + 8, "check": at + 4 + length + 1}.items():
            found = verify(flipped(content, place), "a.png")
            if (chunk, part) == (b"caBX", "check"):  # no byte that was signed has changed, and yet no picture can be read
                assert found["manifest"]["verdict"] == "valid" and "damaged" in found["sentence"]
            else:
                told_as_damaged(found)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "TIFF", "SVG"])
def test_a_file_that_was_cut_says_who_signed_it_as_long_as_that_is_there(kind: str) -> None:
    content = signed(kind)
    names = 0
    for share in (20, 35, 50, 65, 80, 95, 99):
        found = verify_many([(f"a.{kind}", content[: len(content) * share // 100])])[0]
        if "error" in found or found["manifest"]["verdict"] == "absent":
            assert content.find(b"jumb") > len(content) * share // 100 - 40  # nothing of the manifest is left
            continue
        names += SIGNER in found["sentence"]
        assert "damaged" in found["sentence"] and "No sign found" not in found["sentence"]
    assert names >= (1 if kind == "TIFF" else 3)  # of a TIFF the manifest is the end


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "SVG"])
def test_flipped_bits_anywhere_never_lose_the_signer(kind: str) -> None:
    content = signed(kind)
    rng = np.random.default_rng(5)
    places = {*range(0, 40, 3), *map(int, rng.integers(len(content), size=30))}
    for place in sorted(places):
        found = verify(flipped(content, place), f"a.{kind}")
        if found["manifest"]["verdict"] != "valid":  # some bytes within a manifest are padding
            assert found["manifest"]["verdict"] in ("broken", "unreadable") and len(found["manifest"]["name"]) > 20, place
            assert "No sign found" not in found["sentence"]


def test_a_damaged_file_without_a_manifest_is_refused_in_one_sentence() -> None:
    with pytest.raises(Refusal, match="no PNG picture that can be read.*damaged"):
        verify(plain("PNG")[: len(plain("PNG")) // 2], "a.png")


@pytest.mark.parametrize(("content", "kind", "name"), [
    (SVG, "picture", "SVG"), (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200), "picture", "HEIC"), (b"\0\0\0\x1cftypM4A \0\0\0\0M4A mp42isom" + bytes(200), "sound", "M4A"),
    (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", "document", "PDF"), (b"II*\0" + bytes(100), "picture", "TIFF"), (b"fLaC\0\0\0\x22" + bytes(100), "sound", "FLAC"),
    (b"ID3\3\0\0\0\0\0\0" + bytes(100), "sound", "MP3"), (b"OggS\0" + bytes(100), "sound", "Ogg"), (b"MThd\0\0\0\6" + bytes(50), "sound", "MIDI"), (b"\x1aE\xdf\xa3" + bytes(60), "film", "WebM or Matroska"),
    (b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(60), "film", "QuickTime"), (b"8BPS\0\1" + bytes(60), "picture", "PSD"), (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(60), "picture", "JPEG XL"),
])  # fmt: skip
def test_what_is_not_looked_into_is_never_no_sign(content: bytes, kind: str, name: str) -> None:
    found = verify(content, "a file")
    assert (found["kind"], found["format"]) == (kind, name)
    assert found["watermark"]["verdict"] == "not measured" and name in found["watermark"]["reason"]
    assert "No sign found" not in found["sentence"] and "Not looked into" in found["sentence"] and "nothing was found" in found["sentence"]


def test_an_avif_is_looked_into_and_a_signed_svg_is_read() -> None:
    marking.png(drawing(160), FACTS)  # now this machine has a key to look with
    found = verify(plain("AVIF"), "a.avif")
    assert (found["kind"], found["format"], found["watermark"]["verdict"]) == ("picture", "AVIF", "not found")
    found = verify(signed("SVG"), "a.svg")
    assert found["manifest"]["verdict"] == "valid" and found["manifest"]["generated"] and "Marked by us and unchanged since" in found["sentence"]


def test_a_text_that_begins_like_a_file_is_a_text() -> None:
    for text in (b"BMW makes cars, and this is a sentence about that.", b"ID3 tags are what MP3 files have.", b"MM is a year to the Romans.", b"<p>An svg is no page.</p>"):
        assert verify(text, "a.txt")["kind"] == "text"


@pytest.mark.parametrize("size", [(6000, 5500), pytest.param((8000, 6000), marks=pytest.mark.slow)])
def test_a_large_jpeg_keeps_its_manifest_its_metadata_and_its_hash(size: tuple[int, int]) -> None:
    buffer = io.BytesIO()
    Image.fromarray(drawing(200)).resize(size).save(buffer, "JPEG", quality=40)
    bare = verify(buffer.getvalue(), "large.jpg")
    assert bare["watermark"]["verdict"] == "not measured" and "too large" in bare["watermark"]["reason"] and "No sign found" not in bare["sentence"]
    assert bare["ledger"]["verdict"] in ("no match", "not measured")
    assert verify(credentials.sign(buffer.getvalue(), {"model": "m"}), "large.jpg")["manifest"]["verdict"] == "valid"


def test_exif_that_can_not_be_read_stops_nothing() -> None:
    marking.png(drawing(seed=3), FACTS)
    for block in (b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(40), b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\5\0\0\0\1\0\0\0\0" + bytes(20), b"Exif\0\0" + bytes(30), b"Exif\0\0II*\0\x08\0\0\0\1\0\x31\1\2\0\xff\xff\xff\x7f\xff\xff\xff\x7f\0\0\0\0"):
        content = plain("JPEG")
        segment = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
        assert verify(content[:2] + segment + content[2:], "a.jpg")["watermark"]["verdict"] == "not found"


# What the metadata say


def with_texts(**texts: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, value in texts.items():
        info.add_text(name, value, zip=len(value) > 100)
    return saved("PNG", pnginfo=info)


def packet(source: str, attribute: bool = True) -> bytes:
    uri = f"http://cv.iptc.org/newscodes/digitalsourcetype/{source}"
    body = f'<rdf:Description Iptc4xmpExt:DigitalSourceType="{uri}"/>' if attribute else f"<rdf:Description><Iptc4xmpExt:DigitalSourceType>{uri}</Iptc4xmpExt:DigitalSourceType></rdf:Description>"
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>{body}</rdf:RDF></x:xmpmeta>'.encode()


def with_exif(kind: str, tag: int, value: str) -> bytes:
    exif = Image.Exif()
    exif[tag] = value
    return saved(kind, exif=exif)


WEBUI = "a cat on a roof\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 965400086, Size: 512x512, Model: deliberate"
SAYING = {
    "WebUI": (lambda: with_texts(parameters=WEBUI), "Stable Diffusion WebUI"), "ComfyUI prompt": (lambda: with_texts(prompt='{"3": {"class_type": "KSampler", "inputs": {"seed": 1}}}'), "ComfyUI"),
    "ComfyUI workflow": (lambda: with_texts(workflow='{"nodes": [{"id": 1, "type": "KSampler"}], "links": [[1, 2]]}'), "ComfyUI"), "InvokeAI": (lambda: with_texts(invokeai_metadata="{}".ljust(20)), "InvokeAI"),
    "NovelAI": (lambda: with_texts(Software="NovelAI", Source="Stable Diffusion XL 7BCCAA2C"), "NovelAI"), "Software": (lambda: with_exif("JPEG", 0x0131, "Adobe Firefly"), "Adobe Firefly"),
    "description": (lambda: with_exif("JPEG", 0x010E, "generated with Midjourney"), "Midjourney"), "EXIF of WebP": (lambda: with_exif("WEBP", 0x0131, "Midjourney v6"), "Midjourney"),
    **{f"IPTC in {kind}": (lambda kind=kind: saved(kind, xmp=packet("trainedAlgorithmicMedia")), "trainedAlgorithmicMedia") for kind in ("JPEG", "WEBP", "AVIF")},
    "IPTC in PNG": (lambda: with_texts(**{"XML:com.adobe.xmp": packet("trainedAlgorithmicMedia").decode()}), "trainedAlgorithmicMedia"),
    "IPTC as an element": (lambda: saved("JPEG", xmp=packet("compositeWithTrainedAlgorithmicMedia", False)), "compositeWithTrained"),
    "IPTC in SVG": (lambda: SVG.replace(b"<rect", b"<metadata>" + packet("trainedAlgorithmicMedia") + b"</metadata><rect"), "trainedAlgorithmicMedia"),
    "ours": (lambda: with_texts(Software="GenModels", Model="vae r1", Seed="7"), "GenModels"), "AIGC": (lambda: with_texts(AIGC='{"Label": "1"}'), "AIGC"),
    "GIF comment": (lambda: saved("GIF", comment=b"Software: GenModels\nModel: vae r1"), "GenModels"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAYING)
def test_what_metadata_say_is_told_as_unsigned(name: str) -> None:
    make, said = SAYING[name]
    found = verify(make(), "a.png")
    assert found["metadata"]["verdict"] == "says generated" and found["manifest"]["verdict"] == "absent"
    assert any(word in " ".join(found["metadata"]["says"]) for word in said.split("|"))
    assert "metadata say that a model made it" in found["sentence"] and "unsigned" in found["sentence"] and "No sign found" not in found["sentence"]
    assert "Marked by us" not in found["sentence"]


@pytest.mark.parametrize("make", [
    lambda: plain("PNG"), lambda: saved("JPEG", xmp=packet("digitalCapture")), lambda: saved("JPEG", xmp=packet("humanEdits", False)), lambda: with_texts(Software="Adobe Photoshop 25.0"),
    lambda: with_texts(Description="The people of OpenAI in front of their building"), lambda: with_exif("JPEG", 0x010E, "A flux of water over stone"), lambda: with_texts(parameters="exposure 1/60"),
    lambda: with_texts(Comment="Prompt delivery is what we do"), lambda: with_exif("JPEG", 0x013B, "Sora Tanaka"), lambda: with_texts(prompt="please crop this one"),
])  # fmt: skip
def test_metadata_of_photographs_and_drawings_accuse_nobody(make: Any) -> None:
    found = verify(make(), "a.png")
    assert found["metadata"] | {"false_alarm": 0} == found["metadata"] | {"false_alarm": 0} and found["metadata"]["says"] == []
    assert "No sign found" in found["sentence"]


def test_metadata_of_a_damaged_file_are_still_read() -> None:
    content = with_texts(parameters=WEBUI)
    found = verify(content[: len(content) - 200], "a.png")
    assert found["metadata"]["verdict"] == "says generated" and "damaged" in found["watermark"]["reason"]


def test_a_packed_text_that_grows_without_end_is_cut() -> None:
    bomb = zlib.compress(b"a" * 80_000_000)
    chunk = b"zTXtparameters\0\0" + bomb
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    content = plain("PNG")
    assert verify(content[:33] + whole + content[33:], "a.png")["metadata"]["says"] == []


# Names


@pytest.mark.parametrize("name", ['x" signed it, whom this machine trusts', "x\u202egpj.exe", "a\nb\tc\x1b[31m", "a” signed by “b", "n" * 500, "\u200bGen\u2066Models\u2069", "e" + "\u0301" * 60])
def test_a_name_is_harmless(name: str) -> None:
    clean = name_of(name)
    assert clean.isprintable() and not set('"“”\\«»') & set(clean) and len(clean) <= 80


def test_a_signer_can_not_write_into_our_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from genmodels.provenance import local_certificate

    monkeypatch.setattr(local_certificate, "LOCAL", 'x" signed it, whom this machine trusts. \u202eIt is "y')
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path / "theirs"))
    text = "Some words about something, of which there are enough to be looked at and compared by all who want to."
    (statement,) = marking.texts([text], [FACTS])
    picture = marking.png(drawing(160), FACTS)
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path / "ours"))
    monkeypatch.undo()
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path / "ours"))
    for found in (verify(text.encode(), "a.txt", sidecar=statement), verify(picture, "a.png"), verify(flipped(picture, len(picture) // 2), "a.png")):
        name = found["manifest"]["name"]
        assert '"' not in name and "\u202e" not in json.dumps(found, ensure_ascii=False) and len(name) <= 80
        assert f'"{name}"' in found["sentence"] and "Marked by us" not in found["sentence"]


def test_a_broken_statement_names_its_signer_and_proves_nothing() -> None:
    (statement,) = marking.texts(["one two three"], [FACTS])
    found = verify(b"one two four", "a.txt", sidecar=statement)
    assert found["manifest"]["verdict"] == "broken" and SIGNER in found["sentence"] and found["manifest"]["signer"] == "unknown"


def test_the_rates_of_the_ledger_are_those_of_pictures_as_large_as_this_one(home: Path) -> None:
    """They were counted on pictures of 128 x 128; of a smaller one they would be a claim."""
    rng = np.random.default_rng(4)
    for side, known in ((32, False), (128, True)):
        found = verify(png_bytes(rng.integers(0, 255, (side, side, 3), dtype="uint8")), "a.png")
        assert (found["ledger"]["miss"] is not None) == known and "counted" not in found["ledger"]
