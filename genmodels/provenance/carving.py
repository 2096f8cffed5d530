"""What is left of a manifest in a damaged file, where its reader finds none: who is named as its signer.

A manifest lies in a box of JUMBF (ISO 19566-5) of the kind "c2pa"; its signature holds the signer's certificate, which is
looked for byte by byte. Nothing of this is checked: it says who is named, not who signed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from itertools import islice

STORE = b"c2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"  # the kind of a box that holds manifests
SIGNS = (
    STORE,
    b"jumdc2",
    b"c2pa.signature\0",
    b"c2pa.assertions\0",
    b"c2pa.claim\0",
    b"c2pa.claim.v2\0",
    b"c2pa.actions.v2\0",
    b"c2pa.hash.data\0",
    b"caBXjumb",
    b"cbor\0\x11\0\x10",
)
LEAST_SIGNS = 2  # one alone may be damage
MOST_BYTES = 8_000_000  # from where the manifest begins
BASE64 = re.compile(rb"[A-Za-z0-9+/=\r\n]{64,}(?:.{1,2}[A-Za-z0-9+/=\r\n]{64,})*", re.DOTALL)
COMMON_NAME, ORGANIZATION = b"\x06\x03\x55\x04\x03", b"\x06\x03\x55\x04\x0a"  # of a certificate's names
STRINGS = (0x0C, 0x13, 0x14, 0x16)  # kinds of text in a certificate
CERTIFICATE = re.compile(rb"\x30\x82(..)\x30\x82", re.DOTALL)
MOST_TRIED, MOST_CERTIFICATE = 2000, 20_000  # beginnings of a certificate that are tried; bytes of one


def remains(content: bytes) -> bool:
    """Does a file hold (what is left of) a manifest?"""
    return any(sum(sign in part for sign in SIGNS) >= LEAST_SIGNS for part in _views(content))


def signer(content: bytes) -> str:
    """Whom the certificate in a file names as its signer, not made harmless; "" where no certificate is left."""
    views = list(_views(content))
    for find in (_by_certificate, _by_letters):
        for view in views:
            if name := find(view):
                return name
    return ""


def _views(content: bytes) -> Iterator[bytes]:
    """The manifest's part of a file, as the formats divide it: in one piece, in blocks of a GIF, segments of a JPEG, letters of an SVG."""
    starts = [at for sign in SIGNS if (at := content.find(sign)) >= 0]
    if starts:
        start = max(0, min(starts) - 16)
        view = content[start : start + MOST_BYTES]
        yield view
        if content.startswith(b"\xff\xd8"):
            yield _joined_segments(view)
        if content.startswith(b"GIF") and (box := content.find(b"jumb")) > 4:
            yield _joined_blocks(content, box - 5)
    elif b"<svg" in content[:100_000] or b"c2pa:" in content[:100_000]:
        found = max(BASE64.findall(content[:MOST_BYTES]), key=len, default=b"")
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"A", re.sub(rb"[\r\n]", b"", found))
        for first in range(4):  # a damaged letter at the beginning moves the others
            yield base64.b64decode(letters[first : first + (len(letters) - first) // 4 * 4])


def _joined_blocks(content: bytes, at: int) -> bytes:
    """The data of a GIF's blocks, each with its length before it, from the one that begins there."""
    parts = []
    while at < len(content) and content[at]:
        parts.append(content[at + 1 : at + 1 + content[at]])
        at += 1 + content[at]
    return b"".join(parts)


def _joined_segments(view: bytes) -> bytes:
    """The data of a JPEG's segments APP11, without the heads that repeat those of the first."""
    first, *others = re.split(rb"\xff\xeb..JP..\0\0", view, flags=re.DOTALL)
    return first + b"".join(part[10:] for part in others)


def _by_certificate(view: bytes) -> str:
    """The subject of the first certificate that is whole and no authority's, else of the first that is whole."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    found = []
    for match in islice(CERTIFICATE.finditer(view), MOST_TRIED):
        length = 4 + int.from_bytes(match[1], "big")
        if length > MOST_CERTIFICATE:
            continue
        try:
            certificate = x509.load_der_x509_certificate(view[match.start() : match.start() + length])
            names = [
                *certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME),
                *certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME),
            ]
            found.append(
                (_is_authority(certificate), str(names[0].value) if names else certificate.subject.rfc4514_string())
            )
        except Exception:  # whatever the library says of bytes that only begin like one, of a damaged or an odd one
            continue
        if not found[-1][0] or len(found) > 8:
            break
    return min(found, default=(True, ""), key=lambda each: each[0])[1]


def _is_authority(certificate: object) -> bool:
    from cryptography import x509

    assert isinstance(certificate, x509.Certificate)
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def _by_letters(view: bytes) -> str:
    """The second name that a damaged certificate writes, the first being its issuer's; else the first."""
    for kind in (COMMON_NAME, ORGANIZATION):
        names = []
        for match in re.finditer(re.escape(kind), view):
            tag, length = view[match.end() : match.end() + 1], view[match.end() + 1 : match.end() + 2]
            if (
                tag
                and length
                and tag[0] in STRINGS
                and (name := view[match.end() + 2 : match.end() + 2 + length[0]].decode(errors="ignore"))
            ):
                names.append(name)
        if names:
            return names[1] if len(names) > 1 else names[0]
    return ""
