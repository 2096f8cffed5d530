"""Marks: put in, read back, worn, forged, stripped; and everything that is no file at all."""

from __future__ import annotations

import http.server
import io
import json
import subprocess
import sys
import threading
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genmodels.calibration.provenance import manifest_range
from genmodels.kinds.image import fingerprint as image_fingerprint
from genmodels.kinds.image import watermark as picture_watermark
from genmodels.kinds.image.attacks import PICTURES
from genmodels.kinds.image.files import gif_bytes, png_bytes
from genmodels.kinds.text import fingerprint
from genmodels.kinds.text import watermark as text_watermark
from genmodels.provenance import book, credentials, ledger, marking
from genmodels.provenance.keys import signing, watermark_key
from genmodels.refusal import Refusal
from genmodels.review.file_check import verify
from genmodels.review.many_files import verify_many
from tests.drawings import drawing

FACTS = {"Software": "GenModels", "Model": "vae r1", "Seed": "7", "Prompt": "a secret prompt"}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path / "home"))
    for name in ("GENMODELS_CERTIFICATE", "GENMODELS_PRIVATE_KEY", "GENMODELS_TRUST"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


def film() -> bytes:
    av = pytest.importorskip("av", reason="the package av writes the film that is signed here")
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 64
        for seed in range(5):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(drawing(64, seed), format="rgb24")))
        container.mux(stream.encode())
    return buffer.getvalue()


def sound() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((8000 * np.sin(np.arange(4000) / 9)).astype("<i2").tobytes())
    return buffer.getvalue()


def picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(drawing()).save(buffer, kind, quality=90)
    return buffer.getvalue()


FILES = {"png": lambda: picture("PNG"), "jpeg": lambda: picture("JPEG"), "webp": lambda: picture("WEBP"), "gif": lambda: gif_bytes([drawing(64), drawing(64, 1)]), "wav": sound, "mp4": film}  # type: ignore[list-item]


@pytest.mark.parametrize("kind", FILES)
def test_a_manifest_is_read_back_by_the_readers_of_c2pa_and_costs_less_than_8_kb(kind: str) -> None:
    import c2pa

    file = FILES[kind]()
    signed = credentials.sign(file, {"model": "vae", "seed": "7"})
    assert 0 < len(signed) - len(file) < 8000
    with c2pa.Reader(credentials.media_type(file), io.BytesIO(signed)) as reader:
        assert reader.get_validation_state() == "Valid" and credentials.GENERATED in reader.json()
    found = credentials.read(signed)
    assert (found.state, found.signer, found.generated) == ("whole", "this machine", True)
    assert found.claims == {"model": "vae", "seed": "7"}
    assert credentials.read(file).state == "absent"


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("tries", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_every_changed_byte_outside_the_manifest_is_seen_and_none_inside_alters_a_claim(kind: str, tries: int) -> None:
    file = FILES[kind]()
    signed = credentials.sign(file, {"model": "vae", "seed": "7"})
    whole = credentials.read(signed)
    start = next(i for i in range(len(signed)) if signed[i : i + 4] == b"jumb") - 8
    inside = range(start, start + 3300)
    rng = np.random.default_rng(3)
    outside = [place for place in range(len(signed)) if not start - 40 <= place <= start + 3700]
    for place in map(int, [*rng.choice(outside, tries), *rng.choice(inside, tries)]):
        changed = signed[:place] + bytes([signed[place] ^ (1 << int(rng.integers(8)))]) + signed[place + 1 :]
        found = credentials.read(changed)
        if place in inside:
            assert found.state != "whole" or (found.claims, found.name, found.generated) == (whole.claims, whole.name, whole.generated), place
        else:
            assert found.state != "whole", place


def test_whoever_signs_elsewhere_is_unknown_until_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed = marking.png(drawing(), FACTS)
    theirs = signing()
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path / "another"))
    found = credentials.read(signed)
    assert (found.state, found.signer) == ("whole", "unknown")  # the same names in the certificate are no proof
    said = verify(signed, "file.png")
    assert "does not know" in said["sentence"] and "Marked by us" not in said["sentence"]
    root = tmp_path / "root.pem"
    root.write_bytes(theirs.chain[theirs.chain.rindex(b"-----BEGIN") :])
    monkeypatch.setenv("GENMODELS_TRUST", str(root))
    assert credentials.read(signed).signer == "trusted"


def test_a_team_signs_with_its_own_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = signing()
    (tmp_path / "chain.pem").write_bytes(own.chain)
    (tmp_path / "key.pem").write_bytes(own.key)
    monkeypatch.setenv("GENMODELS_CERTIFICATE", str(tmp_path / "chain.pem"))
    with pytest.raises(Refusal, match="GENMODELS_PRIVATE_KEY"):
        signing()
    monkeypatch.setenv("GENMODELS_PRIVATE_KEY", str(tmp_path / "key.pem"))
    assert signing().own and credentials.read(marking.png(drawing(), FACTS)).signer == "trusted"
    (tmp_path / "key.pem").write_text("nonsense")
    with pytest.raises(Refusal, match="no PEM"):
        signing()


def test_keys_are_secret_and_never_shown(own_home: Path) -> None:
    marking.png(drawing(), FACTS)
    watermark_key("picture")
    for file in (own_home / "keys").iterdir():
        assert file.stat().st_mode & 0o077 == 0
    assert "PRIVATE" not in repr(signing()) and "a secret prompt" not in (own_home / "ledger.jsonl").read_text()
    assert watermark_key("picture") != watermark_key("text")


@pytest.mark.parametrize("change", ["as it was", "JPEG 50", "resize to 50 %", "crop 10 %", "rotation 2.5°", "screenshot"])
def test_the_watermark_is_found_blind_after(change: str) -> None:
    rng, key = np.random.default_rng(1), b"k" * 32
    for seed in range(3):
        image = drawing(seed=seed)
        marked = picture_watermark.embed(image, key)
        assert 10 * np.log10(255**2 / ((marked.astype(float) - image) ** 2).mean()) >= 40
        changed = PICTURES[change](Image.fromarray(marked), rng)
        assert picture_watermark.detect(changed, key).p_value <= 0.001
        assert picture_watermark.detect(changed, b"another key" * 3).p_value > 0.001
        assert picture_watermark.detect(image, key).p_value > 0.001


def test_its_p_value_is_no_smaller_than_it_may_be() -> None:
    """Of pictures without the mark at most 5 % have p <= 5 %, for shapes, noise and flat pictures alike."""
    images = [drawing(seed=1), np.random.default_rng(0).integers(256, size=(128, 128, 3), dtype=np.uint8), np.full((128, 128, 3), 7, np.uint8)]
    p = [picture_watermark.detect(image, bytes([number]) * 32).p_value for image in images for number in range(20)]
    assert np.mean(np.array(p) <= 0.05) <= 0.05


def test_what_is_too_small_gets_no_watermark_and_says_so() -> None:
    with pytest.raises(Refusal, match="32 x 32"):
        picture_watermark.embed(drawing(32), b"k" * 32)
    found = verify(marking.png(drawing(32), FACTS), "small.png")
    assert found["watermark"]["verdict"] == "not measured" and "too small" in found["watermark"]["reason"]
    assert found["manifest"]["verdict"] == "valid"


@pytest.mark.parametrize("scheme", text_watermark.WIDTH)
def test_a_text_that_knows_the_key_is_found_and_others_are_not(scheme: str) -> None:
    key, rng, vocabulary = b"key of texts", np.random.default_rng(0), 500
    tokens = list(rng.integers(vocabulary, size=4))
    for _ in range(120):
        context = [np.array([t], np.uint32) for t in ([0, 0, 0, tokens[-1]] if scheme == "green" else tokens[-4:])]
        u = text_watermark.uniforms(text_watermark.words(key), context, np.arange(vocabulary, dtype=np.uint32))
        noise = -np.log(-np.log(u)) if scheme == "gumbel" else 2.0 * (u < text_watermark.GAMMA) + rng.gumbel(size=vocabulary)
        tokens.append(int(np.argmax(noise)))
    marked = np.array(tokens)
    assert text_watermark.detect(marked, key, scheme).p_value < 1e-6
    assert text_watermark.detect(marked, b"another key.", scheme).p_value > 0.001
    within = np.concatenate([rng.integers(vocabulary, size=400), marked, rng.integers(vocabulary, size=400)])
    found = text_watermark.detect(within, key, scheme)
    assert found.p_value < 0.001 and 300 < found.start + found.length / 2 < 620


@pytest.mark.parametrize("scheme", text_watermark.WIDTH)
def test_p_values_of_texts_are_exact(scheme: str) -> None:
    rng = np.random.default_rng(5)
    tokens = rng.integers(400, size=80)
    p = np.array([text_watermark.detect(tokens, rng.bytes(8), scheme, spans=False).p_value for _ in range(2000)])
    assert abs((p <= 0.05).mean() - (0.05 if scheme == "gumbel" else 0.036)) < 0.015  # the binomial has steps
    assert abs(p.mean() - 0.5) < 0.06


def test_the_keyed_function_is_threefry() -> None:
    """The test vectors of Salmon et al. 2011 (Random123, threefry2x32, 20 rounds)."""
    zero = np.zeros(1, np.uint32)
    ones = np.full(1, 0xFFFFFFFF, np.uint32)
    for key, left, right, expected in (
        ((zero, zero), zero, zero, (0x6B200159, 0x99BA4EFE)), ((ones, ones), ones, ones, (0x1CB996FC, 0xBB002BE7)),
        ((np.array([0x13198A2E], np.uint32), np.array([0x03707344], np.uint32)), np.array([0x243F6A88], np.uint32), np.array([0x85A308D3], np.uint32), (0xC4923A9C, 0x483DF7A0)),
    ):  # fmt: skip
        found = text_watermark._threefry(key, left, right, np)
        assert (int(found[0][0]), int(found[1][0])) == expected


def test_short_text_is_not_measured() -> None:
    assert np.isnan(text_watermark.detect(np.array([1, 2, 3]), b"k" * 8, "green").p_value)
    found = verify(b"Three short words", "short.txt")
    assert found["watermark"]["verdict"] == "not measured" and "too short" in found["watermark"]["reason"]


def test_a_stripped_and_worn_file_is_recognised() -> None:
    signed = marking.png(drawing(), FACTS)
    buffer = io.BytesIO()
    Image.open(io.BytesIO(signed)).convert("RGB").save(buffer, "JPEG", quality=60)
    found = verify(buffer.getvalue(), "stripped.jpg")
    assert [found[part]["verdict"] for part in ("manifest", "watermark", "ledger")] == ["absent", "found", "near match"]
    assert "Marked by us, altered since" in found["sentence"]
    other = verify(png_bytes(drawing(seed=9)), "other.png")
    assert "No sign found" in other["sentence"] and "real" in other["sentence"]
    assert other["ledger"]["verdict"] == "no match"


def test_the_ledger_is_a_chain_that_shows_what_was_done_to_it(own_home: Path) -> None:
    for seed in range(3):
        marking.png(drawing(seed=seed), FACTS)
    marking.png(drawing(seed=1), FACTS)  # the same again: one entry
    file = own_home / "ledger.jsonl"
    lines = file.read_text().splitlines()
    assert len(lines) == 3 and ledger.book().damaged == 0
    file.write_text("\n".join([lines[0], lines[2]]) + "\n")
    assert ledger.book().damaged == 1
    file.write_text("\n".join([lines[0], lines[1].replace('"seed": "7"', '"seed": "8"'), lines[2]]) + "\n")
    assert ledger.book().damaged == 2
    file.write_text("\n".join(lines) + '\n{"torn')
    assert len(ledger.book().entries) == 3 and ledger.book().damaged == 1
    marking.png(drawing(seed=4), FACTS)  # appended after the torn line
    assert len(ledger.book().entries) == 4


def test_many_write_into_one_ledger(own_home: Path) -> None:
    code = "import numpy as np, sys; from genmodels.provenance import marking; [marking.png(np.full((32, 32, 3), 10 * int(sys.argv[1]) + i, np.uint8), {'Model': sys.argv[1]}) for i in range(5)]"
    running = [subprocess.Popen([sys.executable, "-c", code, str(number)]) for number in range(3)]
    assert [each.wait() for each in running] == [0, 0, 0]
    assert len(ledger.book().entries) == 15 and ledger.book().damaged == 0


def test_a_text_leaves_with_a_statement_that_shows_every_change() -> None:
    text = "Made by a model: transformer r1, seed 7.\n\nOne two three four five six seven eight nine ten eleven twelve.\n"
    (statement,) = marking.texts([text], [FACTS])
    found = verify(text.encode(), "a.txt", sidecar=statement)
    assert found["manifest"]["verdict"] == "valid" and found["manifest"]["signer"] == "this machine" and found["ledger"]["verdict"] == "exact match"
    assert verify(text.replace("two", "too").encode(), "a.txt", sidecar=statement)["manifest"]["verdict"] == "broken"
    lied = json.loads(statement)
    lied["statement"]["model"] = "somebody else"
    assert verify(text.encode(), "a.txt", sidecar=json.dumps(lied).encode())["manifest"]["verdict"] == "broken"
    for nonsense in (b"", b"[]", b"{}", b"\xff", b'{"statement": {}, "certificates": "x", "signature": 3}', b"[" * 100_000):
        assert verify(text.encode(), "a.txt", sidecar=nonsense)["manifest"]["verdict"] == "unreadable"
    worn = verify(text.upper().encode(), "a.txt")
    assert worn["ledger"]["verdict"] == "near match"


HOSTILE = {
    "empty": (b"", "is empty"), "broken PNG": (b"\x89PNG\r\n\x1a\nnonsense", "damaged|no PNG"), "half a JPEG": (picture("JPEG")[:300], "damaged"),
    "bytes": (bytes(range(256)) * 40, "no PNG"), "encrypted zip": (b"PK\x03\x04\x14\x00\x09\x00" + bytes(200), "bytes that no text has|no PNG"), "null bytes": (b"text\0text", "no text"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_can_not_be_read_is_refused_in_one_sentence(name: str) -> None:
    content, said = HOSTILE[name]
    with pytest.raises(Refusal, match=said):
        verify(content, "strange\n.png")
    (row,) = verify_many([("strange.png", content)])
    assert row["error"].count("\n") == 0


@pytest.mark.parametrize("mode", ["CMYK", "I;16", "P", "LA", "1"])
def test_pictures_of_every_kind_are_read(mode: str) -> None:
    buffer, image = io.BytesIO(), Image.fromarray(drawing())
    made = Image.fromarray(drawing()[..., 0].astype(np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    made.save(buffer, "JPEG" if mode == "CMYK" else "PNG")
    assert verify(buffer.getvalue(), "a.png")["manifest"]["verdict"] == "absent"


def test_text_of_other_scripts_and_a_megabyte_of_it() -> None:
    for text in ("Это предложение написано людьми и довольно длинное. " * 20, "这是人写的句子。" * 60, "🙂 🙃 " * 100, "word " * 210_000):
        found = verify(text.encode(), "a.txt")
        assert found["watermark"]["verdict"] in ("not found", "not measured")
    with pytest.raises(Refusal, match="MB"):
        verify(b"a " * 2_500_000, "large.txt")


def test_a_manifest_that_lies_is_huge_or_points_elsewhere_is_survived() -> None:
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    remote = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="http://127.0.0.1:{server.server_port}/m.c2pa"/></rdf:RDF></x:xmpmeta>'
    buffer = io.BytesIO()
    Image.fromarray(drawing()).save(buffer, "JPEG", xmp=remote.encode())
    found = verify(buffer.getvalue(), "remote.jpg")
    server.shutdown()
    assert asked == [] and found["manifest"]["verdict"] in ("absent", "unreadable")

    signed = marking.png(drawing(), FACTS)
    start, end = manifest_range(signed)
    moved = png_bytes(drawing(seed=5))
    forged = moved[:33] + signed[start:end] + moved[33:]  # a whole manifest of another picture
    assert verify(forged, "forged.png")["manifest"]["verdict"] == "broken"

    import zlib

    junk = b"caBX" + bytes(20_000_000)
    huge = moved[:33] + (len(junk) - 4).to_bytes(4, "big") + junk + zlib.crc32(junk).to_bytes(4, "big") + moved[33:]
    assert verify(huge, "huge.png")["manifest"]["verdict"] in ("unreadable", "absent", "broken")


def test_the_same_drawing_has_the_same_fingerprint_and_another_has_not() -> None:
    prints = [image_fingerprint.of_picture(drawing(seed=seed)) for seed in range(30)]
    signs = np.stack([image_fingerprint.signs_of(each) for each in prints])
    for seed, own in enumerate(prints):
        apart = image_fingerprint.distances(own, signs)
        assert apart[seed] == 0 and np.sort(apart)[1] > book.NEAR
    rng = np.random.default_rng(0)
    for change in ("JPEG 30", "resize to 25 %", "noise of 10 levels", "blur of 1 pixel"):
        worn = image_fingerprint.of_picture(PICTURES[change](Image.fromarray(drawing(seed=3)), rng))
        assert image_fingerprint.distances(worn, signs)[3] <= book.NEAR
    assert fingerprint.of_text("One, two; three four FIVE six") == fingerprint.of_text("one two three\nfour five   six")


def test_the_command_line_checks_files(tmp_path: Path) -> None:
    from genmodels.commands.main import main

    (tmp_path / "a.png").write_bytes(marking.png(drawing(32), FACTS))
    (tmp_path / "b.txt").write_text("nothing of ours, but long enough to be read by people who care")
    assert main(["verify", str(tmp_path / "a.png"), str(tmp_path / "b.txt"), "--out", str(tmp_path / "found.html")]) == 0
    page = (tmp_path / "found.html").read_text()
    assert "Marked by us and unchanged since" in page and "No sign found" in page
    assert main(["verify", str(tmp_path / "missing.png")]) == 2
    (tmp_path / "empty").write_bytes(b"")
    assert main(["verify", str(tmp_path / "empty")]) == 2
