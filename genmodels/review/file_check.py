"""Is this file marked, and by whom? Five readings of one file, each with how often it is wrong, and a sentence that joins them.

It never says that something is real: only that no sign was found, and what would have been missed. What can't be looked at
is named, and is never "no sign". The manifest is read first, so that a damaged file still says who signed it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from genmodels.calibration import calibrate
from genmodels.instruments.detector import rates
from genmodels.intake.texts import ForeignText, read_text
from genmodels.kinds.image import fingerprint as image_fingerprint
from genmodels.kinds.image.watermark import LEAST_SIDE
from genmodels.kinds.text import watermark as text_watermark
from genmodels.printable import printable
from genmodels.provenance import carving, credentials, ledger, marking, metadata
from genmodels.provenance.formats import READ, TEXT, Format, archive, format_of
from genmodels.provenance.keys import watermark_key_at_hand
from genmodels.provenance.own_marks import NO_KEY, SURE, ledger_of, not_looked_at, watermark_of
from genmodels.provenance.pixels import Pixels, pixels
from genmodels.provenance.sidecar import read_sidecar
from genmodels.refusal import Refusal
from genmodels.review.film_check import marks_in_frames
from genmodels.review.report_check import NO_RATES, checked_report
from genmodels.review.report_seal import read_seal
from genmodels.review.sentences import manifest_told, sentence
from genmodels.review.text_search import detect_text

MOST_TEXT = 4_000_000  # bytes
PARTS = ("manifest", "metadata", "watermark", "ledger", "detector")
LOSSY = (
    "image/jpeg",
    "image/webp",
)  # of the pictures that are read; a WebP without loss is rare, and shows itself as one with
Part = dict[str, Any]
Detector = Callable[
    [np.ndarray], Mapping[str, Any]
]  # a picture, uint8 (height, width, 3), to probability and abstained


def verify(
    content: bytes, name: str, *, sidecar: bytes | None = None, detector: Detector | None = None
) -> dict[str, Any]:
    """What is known about a file: file, kind (picture, text, report, ...), format, manifest, metadata, watermark, ledger, detector, sentence.

    Each part has a "verdict", "false_alarm" and "miss" (None: not measured). `detector` reads pictures; without one that
    part is "not measured". Raises `Refusal` for what is empty, too large, an archive, of no kind that is known, and for what
    is damaged and carries neither a manifest nor metadata that say how it was made.
    """
    if not content:
        raise Refusal(f"{printable(name)} is empty; choose a file with something in it.")
    if len(content) > credentials.MOST_BYTES:
        raise Refusal(
            f"{printable(name)} has {len(content) / 1e6:.0f} MB; at most {credentials.MOST_BYTES // 1_000_000} MB are read."
        )
    if seal := read_seal(content):
        return checked_report(seal, content, name)
    if packed := archive(content):
        raise Refusal(
            f"{printable(name)} is a {packed}, no {READ} file and no text; unpack it and give the files in it."
        )
    form = format_of(content)
    if form == TEXT:
        text = None if carving.remains(content) else _read_or_none(content, name)
        form, parts = (TEXT, _text(content, name, text, sidecar)) if text else _unknown(content, name)
    else:
        looked = LOOKED_INTO.get(form.kind)
        parts = looked(content, name, form, detector) if looked else _unseen(content, form, sidecar)
    for part, own in parts.items():
        own |= error_rates(part, form.kind, form.media) if own.pop("counted", True) else NO_RATES
    return {
        "file": printable(name),
        "kind": form.kind,
        "format": form.name,
        **parts,
        "sentence": sentence(form.kind, parts),
    }


def error_rates(part: str, kind: str, media: str = "") -> Part:
    """How often such a verdict is wrong, from planted cases: "false_alarm" and "miss", None where it was not measured.

    Of the detector: in the wears that such a file may have had, the worst of them; what is no JPEG or WebP now may have been one.
    """
    if part == "detector":
        counted = rates(lossy=media in LOSSY) if kind in DETECTED else None
        names = ("false_alarm", "false_alarm_high", "innocent", "miss", "miss_of", "miss_as_it_was")
        return {name: None if counted is None else counted[name] for name in names}
    found = calibrate.of("provenance", f"{part} of a {PLANTED_AS.get(kind, kind)}")
    return {
        "false_alarm": None if found is None else found["false_alarm"],
        "miss": None if found is None else 1 - found["power"],
        "miss_of": None if found is None else str(found["case"]).split(" (")[0],
    }


def _picture(content: bytes, name: str, form: Format, detector: Detector | None) -> dict[str, Part]:
    """The manifest and the metadata first: a picture that can't be opened still has them."""
    manifest, notes = credentials.read(content), metadata.notes(content, form)
    seen = pixels(content, form)
    if seen.damaged and seen.picture is None and manifest.state == "absent" and not notes:
        raise Refusal(
            f"{printable(name)} is no {form.name} picture that can be read: {seen.reason}, and neither a manifest nor metadata that say how it was made are in it; get it again from where it came."
        )
    return {
        "manifest": manifest_told(manifest),
        "metadata": _metadata(notes),
        **_marks(content, seen),
        "detector": _detector(seen, detector),
    }


def _marks(content: bytes, seen: Pixels) -> dict[str, Part]:
    """Watermark and ledger of a picture; of one that can't be opened, the ledger by the hash of the file alone."""
    if seen.picture is None:
        return {
            "watermark": not_looked_at(seen.reason, "p_value") | {"damaged": seen.damaged},
            "ledger": _by_hash(content, seen.reason),
        }
    book, own = ledger.book(), image_fingerprint.of_picture(seen.picture)
    match = book.picture(own, hashlib.sha256(content).hexdigest(), image_fingerprint.of_middle(seen.picture))
    mark = not_looked_at(seen.reason, "p_value") if seen.reduced else watermark_of(seen.picture, match)
    mark |= {"damaged": True} if seen.damaged else {}
    entry = ledger_of(book, match, plain=not image_fingerprint.telling(own))
    counted = min(seen.picture.size) >= LEAST_SIDE  # the rates are those of pictures of this size
    return {"watermark": mark, "ledger": entry | {"counted": counted}}


def _by_hash(content: bytes, reason: str) -> Part:
    """The ledger, in which only the very bytes of a file can be looked up."""
    book = ledger.book()
    match = book.text("", hashlib.sha256(content).hexdigest())
    found = ledger_of(book, match)
    return (
        found
        if match or found["verdict"] == "not measured"
        else found | not_looked_at(f"only its hash was looked up, and is not in it: {reason}", "distance", "entry")
    )


def _detector(seen: Pixels, detector: Detector | None) -> Part:
    if seen.picture is None:
        return not_looked_at(seen.reason, "probability", "abstained")
    if detector is None:
        return not_looked_at("no detector was asked", "probability", "abstained")
    return {"reason": "", **detector(np.asarray(seen.picture))}


def _read_or_none(content: bytes, name: str) -> ForeignText | None:
    """The text of a file that begins like no other kind; None where it is none, but what is left of another kind."""
    try:
        return read_text(content, name)
    except Refusal:
        return None


def _unknown(content: bytes, name: str) -> tuple[Format, dict[str, Part]]:
    """A file that begins like nothing known, but carries what is left of a manifest."""
    manifest = credentials.read(content)
    if manifest.state == "absent":
        raise Refusal(
            f"{printable(name)} is no {READ} file and holds bytes that no text has, so nothing in it can be read; save it as one of these."
        )
    reason = "the file is so damaged that its kind can't be recognised"
    return Format("unknown", "picture"), {
        "manifest": manifest_told(manifest),
        **_nothing_seen(content, reason, "the file is damaged"),
    }


def _unseen(content: bytes, form: Format, sidecar: bytes | None) -> dict[str, Part]:
    """A sound, film or document: its manifest (or the sidecar of what can carry none), its metadata and its hash are looked at,
    what it holds is not."""
    manifest = credentials.read(content) if form.media or sidecar is None else _statement(sidecar, [content])
    reason = f"{form.kind}s get no watermark and are not looked into ({form.name})"
    parts = {
        "manifest": manifest_told(manifest),
        **_nothing_seen(content, reason, f"the detector reads pictures, and this is a {form.kind}"),
    }
    return parts | {
        "metadata": _metadata(metadata.notes(content, form))
        if form.metadata
        else not_looked_at(f"metadata of {form.name} files are not read here", "says")
    }


def _nothing_seen(content: bytes, reason: str, why_no_detector: str) -> dict[str, Part]:
    return {
        "metadata": not_looked_at(reason, "says"),
        "watermark": not_looked_at(reason, "p_value"),
        "ledger": _by_hash(content, reason),
        "detector": not_looked_at(why_no_detector, "probability", "abstained"),
    }


def _text(content: bytes, name: str, read: ForeignText, sidecar: bytes | None) -> dict[str, Part]:
    if len(content) > MOST_TEXT:
        raise Refusal(
            f"{printable(name)} is a text of {len(content) / 1e6:.0f} MB; at most {MOST_TEXT // 1_000_000} MB are read, so give a part of it."
        )
    text = marking.body(read.text)
    found, searched = detect_text(text)
    if found is None:
        mark: Part = {
            "verdict": "not measured",
            "p_value": None,
            "reason": f"too short: fewer than {text_watermark.LEAST_TOKENS} different runs of tokens",
        }
    elif watermark_key_at_hand("text") is None:
        mark = {"verdict": "not measured", "p_value": None, "reason": NO_KEY}
    else:
        p = min(1.0, found.p_value * searched)
        mark = {
            "verdict": "found" if p <= SURE else "not found",
            "p_value": p,
            "reason": "",
            "scheme": found.scheme,
            "tokens": found.scored,
        }
    same = same_texts(content, read)
    book = ledger.book()
    exact = (match for each in same if (match := book.text("", hashlib.sha256(each).hexdigest())))
    entry = ledger_of(book, next(exact, None) or book.text(text))
    parts = {
        "manifest": manifest_told(_statement(sidecar, same)),
        "metadata": _metadata(metadata.of_text(read.text)),
        "watermark": mark,
        "ledger": entry,
    }
    return parts | {"detector": not_looked_at("the detector reads pictures", "probability", "abstained")}


def same_texts(content: bytes, read: ForeignText) -> list[bytes]:
    """The bytes that are this very text: as they are, and in UTF-8 with plain line ends, as texts leave here."""
    return list(
        dict.fromkeys(
            [
                content,
                read.text.encode(errors="replace"),
                read.text.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace"),
            ]
        )
    )


def _statement(sidecar: bytes | None, same: list[bytes]) -> credentials.Manifest:
    if sidecar is None:
        return credentials.Manifest("absent", reason="no sidecar was given, and a text can carry no manifest")
    try:
        document = json.loads(sidecar[:1_000_000])
        said = (
            document["statement"]["sha256"]
            if isinstance(document, dict) and isinstance(document.get("statement"), dict)
            else ""
        )
    except (ValueError, RecursionError, KeyError):
        return credentials.Manifest("unreadable", reason="the sidecar is no JSON")
    return read_sidecar(document, next((each for each in same if hashlib.sha256(each).hexdigest() == said), same[0]))


def _metadata(notes: list[metadata.Note]) -> Part:
    return {
        "verdict": "says generated" if notes else "says nothing",
        "says": [str(note) for note in notes],
        "reason": "unsigned: anyone can write it" if notes else "",
    }


def _film(content: bytes, name: str, form: Format, detector: Detector | None) -> dict[str, Part]:
    """A film: what every file says of itself, and where it can be decoded the marks in its frames."""
    parts = _unseen(content, form, None)
    try:
        return parts | marks_in_frames(content, name)
    except Refusal as refusal:
        reason = f"the frames of this {form.name} file can't be looked at: {str(refusal).rstrip('.')}"
        return parts | {"watermark": not_looked_at(reason, "p_value"), "ledger": _by_hash(content, reason)}


# What looks into files of a kind; of others their manifest and metadata are read.
LOOKED_INTO: dict[str, Callable[[bytes, str, Format, Detector | None], dict[str, Part]]] = {
    "picture": _picture,
    "film": _film,
}
DETECTED = frozenset({"picture"})  # kinds that the detector reads
PLANTED_AS = {"film": "clip"}  # what files of a kind are called among planted cases
