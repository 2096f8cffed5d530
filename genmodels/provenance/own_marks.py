"""What this machine's own marks say of a file, its watermark and its ledger, and what of it is proof that the file is ours.

A picture is ours where it carries our pattern at the place of an entry that it looks like, or where an entry is of its very
bytes. The pattern alone can be copied from any marked picture, a likeness alone is chance or a copy of the same thing, an
entry without a key can be written by anybody: each is told as that, and none is called ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PIL import Image

from genmodels.kinds.image import watermark as picture_watermark
from genmodels.printable import printable
from genmodels.provenance.book import Book, Match
from genmodels.provenance.keys import watermark_key_at_hand

SURE = 0.001  # p-value below which a watermark counts as found
NO_KEY = "this machine has no key of watermarks, so it put none into anything"
PLAIN = "too plain for a fingerprint (a colour, a faint or nearly empty page), so it is compared by its bytes alone"
FOUND_IN_LEDGER = ("exact match", "near match")  # verdicts under which an entry of this machine is like the file
Part = dict[str, Any]


def watermark_of(picture: Image.Image, match: Match | None, key: bytes | None = None) -> Part:
    """Is the pattern of this machine in a picture? "own": does it stand where it would in the picture of an entry that is like it (None: not asked).

    Without a `key` that of this machine is taken, where it has one.
    """
    key, least = key or watermark_key_at_hand("picture"), picture_watermark.LEAST_SIDE
    found = None if key is None else picture_watermark.detect(picture, key)
    if key and found and found.p_value <= SURE:
        like = match is not None and match.keyed and not match.begun
        own = (
            any(found.at(picture_watermark.place_of(entry["sha256"].encode(), key)) for entry in match.alike)
            if match and like
            else None
        )
        return {"verdict": "found", "p_value": found.p_value, "reason": "", "own": own}
    if min(picture.size) < least:
        return {
            "verdict": "not measured",
            "p_value": None,
            "reason": f"no watermark: too small ({picture.width} x {picture.height} pixels; it is put in from {least} x {least})",
        }
    if found is None:
        return {"verdict": "not measured", "p_value": None, "reason": NO_KEY}
    return {"verdict": "not found", "p_value": found.p_value, "reason": ""}


def ledger_of(book: Book, match: Match | None, *, plain: bool = False) -> Part:
    """Which entry is like the file, and how many lines of the ledger can't be believed. `plain`: a picture that no fingerprint tells from others."""
    damaged = {"damaged": book.damaged, "unread": book.unread}
    if match is None:
        reason = book.reason or (
            "the key of the ledger is not at hand"
            if book.unread and not book.entries
            else PLAIN
            if plain and (book.entries or book.older)
            else ""
        )
        return {
            "verdict": "not measured" if reason else "no match",
            "distance": None,
            "entry": None,
            "reason": reason,
            **damaged,
        }
    verdict = (
        "older entry"
        if not match.keyed
        else "exact match"
        if match.exact
        else "begun from it"
        if match.begun
        else "near match"
    )
    entry = {name: printable(str(match.entry.get(name, ""))) for name in ("time", "kind", "model", "seed")}
    return {"verdict": verdict, "distance": match.distance, "entry": entry, "reason": "", **damaged}


def not_looked_at(reason: str, *names: str) -> Part:
    """A part of which nothing can be said, and why; `names` are None."""
    return {"verdict": "not measured", "looked": False, **dict.fromkeys(names), "reason": reason}


LIKE_AN_ENTRY = {  # what is said of a likeness alone, by what the file is
    "picture": "It looks like a picture of our ledger (near match), which does not say who made it.",
    "film": "A frame of it looks like one of a film in our ledger (near match), which does not say who made it.",
    "text": "It holds runs of words of a text in our ledger (near match), which does not say who wrote them first.",
}


def ours(parts: Mapping[str, Part]) -> bool:
    """Do the readings together say that this machine made it? Never by what can be copied, written by hand, or looks alike."""
    manifest, mark, match = (parts[name] for name in ("manifest", "watermark", "ledger"))
    if (manifest["verdict"] == "valid" and manifest["signer"] == "this machine") or match["verdict"] == "exact match":
        return True
    return mark["verdict"] == "found" and bool(
        mark.get("own", True)
    )  # the pattern of a text can't be copied, and has no "own"


def no_proof(kind: str, parts: Mapping[str, Part]) -> str:
    """Sentences about marks that are there and prove nothing about who made the file; "" where there are none."""
    mark, match = parts["watermark"], parts["ledger"]
    told = []
    if mark["verdict"] == "found" and not mark.get("own", True) and match["verdict"] != "exact match":
        told.append(
            f"It carries our pattern (p = {mark['p_value'] or 0:.1g}), which can be copied from any picture that we marked, so that proves nothing about who made it."
        )
        if match["verdict"] == "near match":
            told.append(
                "It also looks like an entry of our ledger, but the pattern does not stand where it does in that picture."
            )
    elif match["verdict"] == "near match":
        told.append(LIKE_AN_ENTRY.get(kind, LIKE_AN_ENTRY["text"]))
    if match["verdict"] == "begun from it":
        told.append(
            "It looks like the picture that drawing began from, which our ledger keeps so that it is not taken for what was drawn."
        )
    if match["verdict"] == "older entry":
        told.append(
            "An older entry of our ledger is like it; it has no key, so anybody could have written it and it proves nothing."
        )
    return " ".join(told)


def state_of_ledger(parts: Mapping[str, Part]) -> str:
    """A sentence about lines of the ledger that can't be believed; "" where all can."""
    damaged, unread = (int(parts["ledger"].get(name) or 0) for name in ("damaged", "unread"))
    told = (
        f" Of this machine's ledger {damaged} {'line is' if damaged == 1 else 'lines are'} damaged, out of order or not entered by it, and {'was' if damaged == 1 else 'were'} not used."
        if damaged
        else ""
    )
    return told + (
        f" {unread} {'line' if unread == 1 else 'lines'} of it could not be judged, since its key is not at hand."
        if unread
        else ""
    )
