"""Icons as outlines: what is traced is true, what leaves is checked and marked, and a hostile SVG never comes in."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genmodels.explore.design_files import at_size, file_name, png_file, sheet_file, svg_file, zipped
from genmodels.intake.icon_file import kept_of, read_icon
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.image.svg import check_ours, parsed
from genmodels.kinds.image.tracing import SIZES, apart, traced
from genmodels.provenance import credentials, ledger
from genmodels.refusal import Refusal


def ring(side: int = 32) -> np.ndarray:
    large = Image.new("L", (8 * side, 8 * side))
    ImageDraw.Draw(large).ellipse((32, 32, 8 * side - 32, 8 * side - 32), outline=255, width=24)
    return np.asarray(large.reduce(8))[..., None]


def test_a_ring_is_traced_with_its_hole_and_drawn_again() -> None:
    icon = ring()
    vector = traced(icon)
    assert vector.side == 256
    far, both = apart(icon, vector.ink(32))
    assert far < 0.05 and both > 0.93
    large = vector.ink(256)[..., 0]
    assert large[128, 128] == 0 and large[128, 44] == 255 and large[2, 2] == 0, "the hole is a hole, the outside is empty"
    assert apart(icon, icon) == (0.0, 1.0) and apart(icon, np.zeros_like(icon))[1] == 0


def test_what_is_traced_holds_paths_alone_and_noise_stays_within_bounds() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 1)).astype(np.uint8)
    begun = time.process_time()
    try:
        svg = traced(noise).svg()
        assert len(svg) < 250_000
    except Refusal as refusal:
        assert "smooth it first" in str(refusal)
    assert time.process_time() - begun < 20
    svg = traced(ring()).svg("#1f2937", "#ffffff")
    check_ours(svg.encode())
    assert {each.name for each in parsed(svg.encode()).walk()} == {"svg", "g", "path"}


@pytest.mark.parametrize("icon", [np.zeros((32, 32, 1), np.uint8), np.full((32, 32, 1), 255, np.uint8), np.zeros((1, 1, 1), np.uint8), np.zeros((32, 16, 1), np.uint8)])
def test_what_has_no_outline_is_a_sentence(icon: np.ndarray) -> None:
    with pytest.raises(Refusal, match="outline|square of 8"):
        traced(icon)


@pytest.mark.parametrize("inside", ["<script/>", '<path d="M0 0" onclick="x()"/>', '<path d="url(http://a)"/>', '<use href="#a"/>', "<text>a</text>", '<g style="a"/>', "some text", '<x:y xmlns:x="z"/>'])
def test_what_is_more_than_paths_does_not_leave(inside: str) -> None:
    with pytest.raises(Refusal, match="does not leave"):
        check_ours(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'.encode())


def test_a_colour_is_a_colour() -> None:
    with pytest.raises(Refusal, match="#rrggbb"):
        traced(ring()).svg('red" onload="alert(1)')


def test_files_of_a_design_are_marked_in_every_size() -> None:
    facts = {"Model": "a model", "Seed": "3"}
    file = svg_file(ring(), facts)
    read = credentials.read(bytes(file))
    assert read.state == "whole" and read.generated and read.claims["seed"] == "3" and read.claims["model"] == "a model"
    assert any(row.get("kind") == "drawing" for row in ledger.book().entries)
    for side in SIZES:
        png = png_file(ring(), side, facts)
        assert Image.open(io.BytesIO(bytes(png))).size == (side, side) and credentials.read(bytes(png)).state == "whole"
    with pytest.raises(Refusal, match="17 pixels"):
        png_file(ring(), 17, facts)
    coloured = at_size(ring(), 16, "#ff0000", "#0000ff")
    assert tuple(coloured[0, 0]) == (0, 0, 255) and coloured[..., 0].max() > 200
    again = read_icon(bytes(file), 32, "ours.svg")
    assert apart(ring(), again)[1] > 0.9, "a file of ours can be begun from"


def test_a_family_is_a_zip_of_every_size() -> None:
    icons = np.stack([ring(), np.zeros((32, 32, 1), np.uint8)])
    with zipfile.ZipFile(io.BytesIO(bytes(zipped(["Home / x", "../../etc"], icons, {"Model": "m"})))) as opened:
        names = opened.namelist()
        told = json.loads(opened.read("icons.json"))["icons"]
    assert "svg/01-home-x.svg" in names and "png/16/02-etc.png" in names and len([n for n in names if n.startswith("png/")]) == 2 * len(SIZES)
    assert {f"sheets/{side}.png" for side in SIZES} <= set(names)
    sheet = Image.open(io.BytesIO(bytes(sheet_file(np.stack([ring()] * 9), 32, {"Model": "m"}))))
    assert sheet.size == (8 * 48 + 16, 2 * 48 + 16) and np.asarray(sheet)[16:48, 16:48, :3].min() < 60, "in rows of eight"
    assert "no_svg" in told[1] and told[0]["tracing_differs_by"] < 0.05
    assert file_name("...") == file_name("...") and "/" not in file_name("a/b")


# What comes in

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"{0}>{1}</svg>'
BOX = '<path d="M4 4h16v16H4z"/>'
BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + SVG.format("", "<title>&b;</title>" + BOX)
HOSTILE = {
    "script": (SVG.format("", BOX + "<script>alert(1)</script>"), "holds a script"),
    "handler": (SVG.format(' onload="alert(1)"', BOX), "holds a script"),
    "javascript": (SVG.format("", '<path d="M0 0" fill="javascript:x"/>'), "holds a script"),
    "picture elsewhere": (SVG.format("", '<image href="http://127.0.0.1:9/x.png" width="9" height="9"/>'), "a picture inside"),
    "picture of this machine": (SVG.format("", '<image href="file:///etc/passwd"/>'), "a picture inside"),
    "fill elsewhere": (SVG.format("", '<path d="M0 0h9v9z" fill="url(http://127.0.0.1:9/#a)"/>'), "reference to another file"),
    "style elsewhere": (SVG.format("", '<path d="M0 0h9v9z" style="fill:url(//a.b/c#d)"/>'), "reference to another file"),
    "style with escapes": (SVG.format("", '<path d="M0 0h9v9z" style="fill:u\\72l(//a.b/c#d)"/>'), "style sheet"),
    "style sheet": (SVG.format("", "<style>@import 'http://127.0.0.1:9/a.css';</style>" + BOX), "style sheet"),
    "style sheet program": ('<?xml-stylesheet href="http://127.0.0.1:9/a.css"?>' + SVG.format("", ""), "no shape"),
    "entities": (BOMB, "document type"),
    "entity of a file": ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG.format("", "<title>&a;</title>"), "document type"),
    "use bomb": (SVG.format("", '<g id="a">' + BOX + '</g><g id="b"><use href="#a"/><use href="#a"/></g><use href="#b"/>'), "used again"),
    "another document": (SVG.format("", "<foreignObject><body/></foreignObject>"), "another document"),
    "nesting": (SVG.format("", "<g>" * 100_000 + "</g>" * 100_000), "nested more than"),
    "many": (SVG.format("", "<g/>" * 20_000), "more than 5,000 elements"),
    "huge plane": ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1e30 1e30">' + BOX + "</svg>", "units"),
    "infinite plane": ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1e999 1">' + BOX + "</svg>", "units"),
    "no plane": ('<svg xmlns="http://www.w3.org/2000/svg">' + BOX + "</svg>", "does not say its size"),
    "long strip": ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 9">' + BOX + "</svg>", "units"),
    "clips in clips": (SVG.format("", '<clipPath id="a"><path d="M0 0" clip-path="url(#a)"/></clipPath>' + BOX), "clip paths within"),
    "large": (SVG.format("", "<!--" + "a" * 50_000_000 + "-->" + BOX), "50.0 MB"),
    "words": (SVG.format("", "<text>Home</text>"), "needs a font"),
    "animation": (SVG.format("", '<path d="M0 0"><animate attributeName="d"/></path>'), "animation"),
    "empty": (SVG.format("", ""), "no shape"),
    "blank": (SVG.format("", '<path d="M0 0"/>'), "blank"),
    "half": (SVG.format("", BOX)[:-20], "no whole SVG"),
    "compressed": ("\x1f\x8b", "compressed"),
    "a web page": ("<html><body/></html>", "no SVG"),
    "nothing": ("", "is empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_svg_is_one_sentence_and_nothing_is_fetched(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, said = HOSTILE[name]
    begun = time.process_time()
    with pytest.raises(Refusal, match=said) as caught:
        read_icon(text.encode("latin-1"), 32, "evil.svg")
    assert time.process_time() - begun < 2 and len(str(caught.value)) < 400 and "\n" not in str(caught.value)


def test_an_icon_of_one_pixel_and_a_strip_are_sentences() -> None:
    for shape in ((1, 1), (200, 20)):
        with pytest.raises(Refusal, match="at least 8 a side"):
            read_icon(png_bytes(np.zeros((*shape, 3), np.uint8)), 32, "a.png")
    with pytest.raises(Refusal, match="no PNG"):
        read_icon(b"hello", 32, "a.txt")
    with pytest.raises(Refusal, match="blank"):
        read_icon(png_bytes(np.full((16, 16, 3), 255, np.uint8)), 32, "a.png")


def test_ink_is_what_is_dark_on_light_light_on_dark_or_there_on_nothing() -> None:
    icon = ring()[..., 0]
    clear = np.dstack([np.full((32, 32, 3), 255, np.uint8), icon])
    for name, picture in {"dark on light": np.repeat(255 - icon[..., None], 3, -1), "light on dark": np.repeat(icon[..., None], 3, -1), "white on nothing": clear}.items():
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "PNG")
        assert np.abs(read_icon(buffer.getvalue(), 32).astype(int) - ring()).max() <= 2, name


def test_a_plain_svg_of_a_drawing_program_is_drawn(tmp_path: Path) -> None:
    inside = '<style>.a{fill:none;stroke:#000;stroke-width:2}</style><metadata>us</metadata><g clip-path="url(#c)"><rect class="a" x="4" y="4" width="16" height="16"/></g><defs><clipPath id="c"><path d="M0 0h24v24H0z"/></clipPath></defs>'
    text = SVG.format(' xmlns:i="urn:i" i:zoom="2"', inside + "<i:view/>")
    kept = kept_of(text.encode())
    assert "i:" not in kept and "metadata" not in kept and "clipPath" in kept
    icon = read_icon(text.encode("utf-16"), 24)[..., 0]
    assert icon[12, 4] > 200 and icon[12, 12] == 0 and icon[0, 0] == 0
