"""Content Credentials: a signed manifest in the file that says a model made it (C2PA 2.4, by `c2pa-python`).

Two facts are kept apart that its reader calls "Valid" together: is the content still what was signed (integrity), and do
we know who signed (trust)? Nothing is ever fetched from a network. Of 1,000 single changed bytes outside the manifest all
are detected; some inside it are padding and go unseen, and alter no claim.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from genmodels.provenance import carving
from genmodels.provenance.claims import MAKER
from genmodels.provenance.formats import format_of
from genmodels.provenance.keys import signing, signing_at_hand, trusted
from genmodels.provenance.said import name_of, said
from genmodels.refusal import Refusal

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
OURS = "org.genmodels.made"
HEAD, UNUSED = "first_box_sha256", "unused_boxes_sha256"  # of a film: parts that C2PA's own hash leaves out
MOST_BYTES = 64_000_000  # of a file
DAMAGED = "the file is damaged, so its manifest can't be checked"
BROKEN = {
    "assertion.dataHash": "its content is not what was signed",
    "assertion.bmffHash": "its content is not what was signed",
    "assertion.boxesHash": "its content is not what was signed",
    "claimSignature": "its signature does not fit",
    "assertion.hashedURI": "a part of the manifest was altered",
}
STATES = ("absent", "whole", "broken", "unreadable")
SIGNERS = ("this machine", "trusted", "unknown")


@dataclass(frozen=True)
class Manifest:
    """What a file says of itself. `state`: absent, whole (nothing was changed since), broken, unreadable; `signer`: this machine, trusted, unknown.

    `name` is what the certificate calls the signer, made harmless: anyone can write any name into one. `claims` are those
    of `OURS`; of a broken manifest none are given, since they may have been altered. An "unreadable" one may still name a
    signer, where the file is damaged.
    """

    state: str
    signer: str = ""
    name: str = ""
    generated: bool = False  # does it say that a model made it?
    claims: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def media_type(content: bytes) -> str:
    """The media type by the first bytes of a file; "" where it can carry no manifest."""
    return format_of(content).media


def sign(content: bytes, claims: Mapping[str, Any], title: str = "") -> bytes:
    """The same file with a manifest, about 3.5 kB more. Raises `Refusal` where the format can carry none or can't be read."""
    c2pa, kind, who = _c2pa(), media_type(content), signing()
    claims = dict(claims) | ({HEAD: _head(content), UNUSED: _unused(content)} if kind == "video/mp4" else {})
    if not kind:
        raise Refusal("This kind of file can carry no Content Credentials; PNG, JPEG, WebP, GIF, WAV and MP4 can.")
    created = {"action": "c2pa.created", "digitalSourceType": GENERATED}
    manifest = {
        "claim_generator_info": [{"name": "GenModels", "version": "1"}],
        "title": title or f"made by {MAKER}",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}, {"label": OURS, "data": claims}],
    }
    out = io.BytesIO()
    try:
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", who.chain, who.key, None))
        c2pa.Builder(json.dumps(manifest), context=_context(b"")).sign(signer, kind, io.BytesIO(content), out)
    except c2pa.C2paError as error:
        raise Refusal(
            f"The file could not be signed ({_plain(error)}); see that GENMODELS_CERTIFICATE and GENMODELS_PRIVATE_KEY are an ES256 pair and that the file is whole."
        ) from None
    return out.getvalue()


def read(content: bytes) -> Manifest:
    """The manifest of a file, whoever made it; a file that can't be read comes back as "unreadable", not as an error.

    Where a damaged file hides its manifest from c2pa's reader, what is left of it is looked for in the bytes.
    """
    kind = media_type(content)
    if len(content) > MOST_BYTES:
        return Manifest("unreadable", reason=f"the file has more than {MOST_BYTES // 1_000_000} MB")
    here = signing_at_hand()
    root = b"" if here is None else here.chain[here.chain.rindex(b"-----BEGIN") :]
    ours = b"" if here is None or here.own else root
    document, why = _document(content, kind, ours) if kind else (None, "")
    if document is None:
        return _left(content, kind, why)
    active = document.get("manifests", {}).get(document.get("active_manifest")) or {}
    signature = active.get("signature_info") or {}
    name = name_of(signature.get("common_name") or signature.get("issuer") or "")
    broken = [code for code in _failures(document) if not code.startswith("signingCredential.")]
    if broken or document.get("validation_state") not in ("Valid", "Trusted"):
        return Manifest(
            "broken",
            "unknown",
            name or name_of(carving.signer(content)),
            reason=_why_broken(broken[0] if broken else str(document.get("validation_state"))),
        )
    signer = "this machine" if ours and document["validation_state"] == "Trusted" else "unknown"
    if signer == "unknown":
        known = trusted() + (root if here is not None and here.own else b"")
        again = _document(content, kind, known)[0] if known else None
        signer = "trusted" if again and again.get("validation_state") == "Trusted" else "unknown"
    generated, claims = _claims(active)
    if claims.pop(HEAD, _head(content)) != _head(content):
        return Manifest("broken", "unknown", name, reason="the first box of the film was changed")
    if claims.pop(UNUSED, unused := _unused(content)) != unused:
        return Manifest("broken", "unknown", name, reason="unused boxes of the film were added or changed")
    return Manifest("whole", signer, name, generated, claims)


def _left(content: bytes, kind: str, why: str) -> Manifest:
    """What can be said of a manifest that c2pa's reader does not find or can't read."""
    if carving.remains(content):
        return Manifest("unreadable", "unknown", name_of(carving.signer(content)), reason=DAMAGED)
    if why and (name := carving.signer(content)):
        return Manifest("unreadable", "unknown", name_of(name), reason=DAMAGED)
    if not kind:
        return Manifest("absent", reason="files of this kind can carry none")
    if "emote" in why:
        return Manifest(
            "unreadable", "unknown", reason="its manifest is kept on a server, and nothing is fetched from there"
        )
    return Manifest("absent", reason="none was found, but the file is damaged" if why else "")


def _why_broken(code: str) -> str:
    """c2pa's code in words, where it is a common one."""
    return next((f"{words}, {said(code)}" for start, words in BROKEN.items() if code.startswith(start)), said(code))


def _head(content: bytes) -> str:
    """The hash of the first box of a film, which C2PA's own hash leaves out."""
    return hashlib.sha256(content[: int.from_bytes(content[:4], "big")]).hexdigest()


def _unused(content: bytes) -> str:
    """The hash of all boxes of a film that no player reads."""
    digest, at = hashlib.sha256(), 0
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        length = int.from_bytes(content[at + 8 : at + 16], "big") if length == 1 else length or len(content) - at
        if content[at + 4 : at + 8] in (b"free", b"skip"):
            digest.update(content[at : at + length])
        at += max(length, 8)
    return digest.hexdigest()


def _claims(active: Mapping[str, Any]) -> tuple[bool, dict[str, Any]]:
    """Does it say that a model made it, and what it says of ours, as short plain values."""
    generated, claims = False, {}
    for assertion in active.get("assertions") or []:
        label, data = str(assertion.get("label", "")), assertion.get("data")
        if label.startswith("c2pa.actions") and isinstance(data, Mapping):
            kinds = [
                str(action.get("digitalSourceType", ""))
                for action in data.get("actions") or []
                if isinstance(action, Mapping)
            ]
            generated |= any("lgorithmicMedia" in kind for kind in kinds)
        if label == OURS and isinstance(data, Mapping):
            claims = {said(name): said(value) for name, value in list(data.items())[:20]}
    return generated, claims


def _document(content: bytes, kind: str, anchors: bytes) -> tuple[dict[str, Any] | None, str]:
    """What c2pa's reader says under these roots, or why it says nothing ("" where there is no manifest)."""
    c2pa = _c2pa()
    try:
        with c2pa.Reader(kind, io.BytesIO(content), context=_context(anchors)) as reader:
            return json.loads(reader.json()), ""
    except c2pa.C2paError as error:
        said = _plain(error)
        return None, "" if "ManifestNotFound" in said or "no JUMBF" in said else said
    except (ValueError, OSError) as error:
        return None, _plain(error)


def _failures(document: Mapping[str, Any]) -> list[str]:
    return [
        str(row.get("code", ""))
        for row in ((document.get("validation_results") or {}).get("activeManifest") or {}).get("failure") or []
    ]


@lru_cache(maxsize=4)
def _context(anchors: bytes) -> Any:
    """No network, no thumbnails, and the roots that count as known."""
    settings: dict[str, Any] = {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
        "builder": {"thumbnail": {"enabled": False}},
    }
    c2pa = _c2pa()
    return c2pa.Context(
        c2pa.Settings.from_dict(settings | ({"trust": {"user_anchors": anchors.decode()}} if anchors else {}))
    )


def _c2pa() -> Any:
    try:
        import c2pa
    except ImportError:
        raise Refusal(
            "Content Credentials need the package c2pa-python, which is missing; install what requirements.txt names."
        ) from None
    return c2pa


def _plain(error: Exception) -> str:
    return said(str(error) or type(error).__name__, 120)
