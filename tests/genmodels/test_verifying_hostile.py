"""Files that are made to break who checks them: statements of other shapes, odd certificates, metadata that take for ever, long names."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import struct
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from genmodels.commands.main import main
from genmodels.provenance import marking
from genmodels.review.file_check import verify
from genmodels.review.many_files import verify_many
from tests.drawings import drawing
from tests.genmodels.test_verifying import FACTS, saved

TEXT = b"Some words about something, of which there are enough to be looked at by all who want to. " * 8
KEY = ec.generate_private_key(ec.SECP256R1())
OWN_KIND, OWN_CURVE = bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06082a8648ce3d030107")  # of a public key and its curve
SECONDS = 3.0  # of the processor; before, each of these took minutes or hours


def certificate(extensions: Sequence[str] = ()) -> bytes:
    """DER of a certificate that anybody can make."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody")])
    start = datetime.datetime(2024, 1, 1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key()).serial_number(5)
    made = made.not_valid_before(start).not_valid_after(start + datetime.timedelta(9000))
    for number in extensions:
        made = made.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(number), b"ab"), False)
    return made.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def statement(said: Any, der: bytes) -> bytes:
    """A sidecar that is signed by its own certificate."""
    signature = KEY.sign(json.dumps(said, sort_keys=True).encode(), ec.ECDSA(hashes.SHA256()))
    pem = f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}-----END CERTIFICATE-----\n"
    return json.dumps({"statement": said, "signature": base64.b64encode(signature).decode(), "certificates": pem}).encode()


ODD = {  # certificates that are whole, and that the library can't judge
    "a kind of key": certificate().replace(OWN_KIND, OWN_KIND[:-1] + b"\x77"), "a curve": certificate().replace(OWN_CURVE, OWN_CURVE[:-1] + b"\x77"),
    "a version": certificate().replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07"),
    "one extension twice": certificate(["1.2.3.4.5", "1.2.3.4.6"]).replace(bytes.fromhex("06042a030406"), bytes.fromhex("06042a030405")),
}  # fmt: skip


@pytest.mark.parametrize("said", [["a"], "a", None, 7, {}, {"sha256": ["a"]}])
def test_a_signed_statement_of_another_shape_is_unreadable_or_broken(said: Any) -> None:
    (row,) = verify_many([("a.txt", TEXT), ("a.txt" + marking.SIDECAR, statement(said, certificate()))])
    assert row["manifest"]["verdict"] in ("unreadable", "broken") and "Marked by us" not in row["sentence"]


@pytest.mark.parametrize("which", ODD)
def test_a_certificate_that_the_library_can_not_judge_stops_nothing(which: str) -> None:
    about = {"sha256": hashlib.sha256(TEXT).hexdigest()}
    (row,) = verify_many([("a.txt", TEXT), ("a.txt" + marking.SIDECAR, statement(about, ODD[which]))])
    assert row["manifest"]["signer"] != "this machine"
    left = verify(with_chunks(chunk(b"teXt", b"c2pa.signature\0c2pa.assertions\0" + ODD[which])), "a.png")
    assert left["manifest"]["verdict"] == "unreadable" and "damaged" in left["sentence"]


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_chunks(*chunks: bytes) -> bytes:
    content = saved("PNG", 64)
    return content[:33] + b"".join(chunks) + content[33:]


SLOW = {
    "steps without a sampler": [chunk(b"zTXt", b"parameters\0\0" + zlib.compress(b"Steps: " + b"1" * 19_990))] * 20,
    "many steps": [chunk(b"zTXt", b"parameters\0\0" + zlib.compress(b"Steps: 1 " * 2200))] * 100,
    "packets without an end": [chunk(b"teXt", b"<x:xmpmeta " * 400_000)], "ends without a packet": [chunk(b"teXt", b"</rdf:RDF>" * 400_000)],
    "beginnings of certificates": [chunk(b"teXt", b"c2pa.signature\0c2pa.assertions\0" + b"\x30\x82\xff\xff\x30\x82" * 1_000_000)],
    "small beginnings of certificates": [chunk(b"teXt", b"c2pa.signature\0c2pa.assertions\0" + b"\x30\x82\x40\x00\x30\x82" * 1_000_000)],
}  # fmt: skip


@pytest.mark.parametrize("kind", SLOW)
def test_metadata_that_are_made_to_take_for_ever_take_seconds(kind: str) -> None:
    content = with_chunks(*SLOW[kind])
    began = time.process_time()
    verify(content, "a.png")
    assert time.process_time() - began < SECONDS


def test_of_several_packets_each_is_read() -> None:
    empty, says = b"<x:xmpmeta></x:xmpmeta>", b'<x:xmpmeta a="DigitalSourceType=trainedAlgorithmicMedia"></x:xmpmeta>'
    found = verify(with_chunks(chunk(b"teXt", b"</x:xmpmeta><x:xmpmeta " + empty + says)), "a.png")
    assert found["metadata"]["says"] == ["IPTC digital source type: trainedAlgorithmicMedia (made by a model)"]


@pytest.mark.parametrize("already", [b"", b"free", b"skip"])
@pytest.mark.parametrize("added", [b"free", b"skip", b"mdat"])
def test_boxes_that_are_added_to_a_film_break_its_manifest(already: bytes, added: bytes) -> None:
    film = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"isom") + box(b"mdat", b"\3" * 500) + (box(already, b"0" * 40) if already else b"")
    signed = marking.media(film, FACTS, "film")
    assert verify(signed, "a.mp4")["manifest"]["verdict"] == "valid"
    assert verify(signed + box(added, b"more"), "a.mp4")["manifest"]["verdict"] == "broken"


def box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(data), name) + data


@pytest.mark.parametrize("entity", ["&#" + "9" * 5000 + ";", "&amp;#" + "0" * 5000, "&#x" + "f" * 5000 + ";"])
def test_an_entity_of_many_digits_is_no_letter_and_stops_nothing(entity: str) -> None:
    assert verify(TEXT + entity.encode(), "a.txt")["manifest"]["verdict"] == "absent"
    (row,) = verify_many([("a.txt", (TEXT.decode() + entity).encode())])
    assert "error" not in row


def test_a_long_name_and_one_that_no_system_has_stop_no_other_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long, good = tmp_path / ("n" * 251 + ".png"), tmp_path / "good.png"  # too long for a name with a statement's ending
    for file in (long, good):
        file.write_bytes(marking.png(drawing(160), FACTS))
    assert main(["verify", str(tmp_path), "--json"]) == 0
    assert [row["manifest"]["verdict"] for row in json.loads(capsys.readouterr().out)] == ["valid", "valid"]
    assert main(["verify", str(good), str(tmp_path / ("n" * 300)), "a\0b", "--json"]) == 2
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["manifest"]["verdict"] == "valid" and all("can't be read" in row["error"] for row in rows[1:])


def test_a_name_in_an_error_of_the_system_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "\x1b[31m\u202e" + "n" * 300]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said and "\u202e" not in said
