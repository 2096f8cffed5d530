"""Is this file marked, and by whom? Five readings of one file, each with how often it is wrong, and a sentence that joins them.

It never says that something is real: only that no sign was found, and what would have been missed. What can't be looked at
is named, and is never "no sign". The manifest is read first, so that a damaged file still says who signed it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from genmodels import calibration
from genmodels.foreign_text import ForeignText, read_text
from genmodels.pictures import printable
from genmodels.provenance import carving, credentials, fingerprints, ledger, marking, metadata, pairing, picture_watermark, text_watermark
from genmodels.provenance.formats import READ, TEXT, Format, archive, format_of
from genmodels.provenance.keys import watermark_key
from genmodels.provenance.pairing import Content
from genmodels.provenance.pixels import Pixels, pixels
from genmodels.provenance.said import quoted
from genmodels.provenance.text_search import detect_text
from genmodels.refusal import Refusal

SURE = 0.001  # p-value below which a watermark counts as found
MOST_TEXT = 4_000_000  # bytes
PARTS = ("manifest", "metadata", "watermark", "ledger", "detector")
LOOKED = {"manifest": "its manifest", "metadata": "its metadata", "watermark": "the watermark", "ledger": "the ledger"}
Part = dict[str, Any]
Detector = Callable[[np.ndarray], Mapping[str, Any]]  # a picture, uint8 (height, width, 3), to probability and abstained


def verify(content: bytes, name: str, *, sidecar: bytes | None = None, detector: Detector | None = None) -> dict[str, Any]:
    """What is known about a file: file, kind, format, manifest, metadata, watermark, ledger, detector, sentence.

    Each part has a "verdict", "false_alarm" and "miss" (None: not measured). `detector` reads pictures; without one that
    part is "not measured". Raises `Refusal` for what is empty, too large, an archive, of no kind that is known, and for what
    is damaged and carries neither a manifest nor metadata that say how it was made.
    """
    if not content:
        raise Refusal(f"{printable(name)} is empty; choose a file with something in it.")
    if len(content) > credentials.MOST_BYTES:
        raise Refusal(f"{printable(name)} has {len(content) / 1e6:.0f} MB; at most {credentials.MOST_BYTES // 1_000_000} MB are read.")
    if packed := archive(content):
        raise Refusal(f"{printable(name)} is a {packed}, no {READ} file and no text; unpack it and give the files in it.")
    form = format_of(content)
    if form == TEXT:
        text = None if carving.remains(content) else _read_or_none(content, name)
        form, parts = (TEXT, _text(content, name, text, sidecar)) if text else _unknown(content, name)
    else:
        parts = _picture(content, name, form, detector) if form.kind == "picture" else _unseen(content, form)
    for part, own in parts.items():
        own |= error_rates(part, form.kind, form.media)
    return {"file": printable(name), "kind": form.kind, "format": form.name, **parts, "sentence": sentence(form.kind, parts)}


def error_rates(part: str, kind: str, media: str = "") -> Part:
    """How often such a verdict is wrong, from planted cases: "false_alarm" and "miss", None where it was not measured.

    Of the detector: in the wears that such a file may have had, the worst of them; what is no JPEG now may have been one.
    """
    if part == "detector":
        from genmodels.detecting import rates

        counted = rates(lossy=media == "image/jpeg") if kind == "picture" else None
        names = ("false_alarm", "false_alarm_high", "innocent", "miss", "miss_of", "miss_as_it_was")
        return {name: None if counted is None else counted[name] for name in names}
    found = calibration.of("provenance", f"{part} of a {kind}")
    return {"false_alarm": None if found is None else found["false_alarm"], "miss": None if found is None else 1 - found["power"], "miss_of": None if found is None else str(found["case"]).split(" (")[0]}


def _picture(content: bytes, name: str, form: Format, detector: Detector | None) -> dict[str, Part]:
    """The manifest and the metadata first: a picture that can't be opened still has them."""
    manifest, notes = credentials.read(content), metadata.notes(content, form)
    seen = pixels(content, form)
    if seen.damaged and manifest.state == "absent" and not notes:
        raise Refusal(f"{printable(name)} is damaged: {seen.reason}, and neither a manifest nor metadata that say how it was made are in it; save it again from where it came.")
    return {"manifest": _manifest(manifest), "metadata": _metadata(notes), **_marks(content, seen), "detector": _detector(seen, detector)}


def _marks(content: bytes, seen: Pixels) -> dict[str, Part]:
    """Watermark and ledger of a picture; of one that can't be opened, the ledger by the hash of the file alone."""
    sha256 = hashlib.sha256(content).hexdigest()
    if seen.picture is None:
        match = ledger.book().text("", sha256)
        return {"watermark": not_looked_at(seen.reason, "p_value") | {"damaged": seen.damaged}, "ledger": _match(match) if match else not_looked_at(seen.reason, "distance", "entry")}
    picture = seen.picture
    if seen.reduced:
        mark = not_looked_at(seen.reason, "p_value")
    else:
        mark = _watermark(picture)
    return {"watermark": mark, "ledger": _match(ledger.book().picture(fingerprints.of_picture(picture), sha256))}


def _watermark(picture: Any) -> Part:
    small = min(picture.size) < picture_watermark.LEAST_SIDE
    found = picture_watermark.detect(picture, watermark_key("picture"))
    if found.p_value <= SURE:
        return {"verdict": "found", "p_value": found.p_value, "reason": ""}
    if small:
        return {"verdict": "not measured", "p_value": None, "reason": f"no watermark: too small ({picture.width} x {picture.height} pixels; it is put in from {picture_watermark.LEAST_SIDE} x {picture_watermark.LEAST_SIDE})"}
    return {"verdict": "not found", "p_value": found.p_value, "reason": ""}


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
        raise Refusal(f"{printable(name)} is no {READ} file and holds bytes that no text has, so nothing in it can be read; save it as one of these.")
    reason = "the file is so damaged that its kind can't be told"
    return Format("unknown", "picture"), {"manifest": _manifest(manifest), **_nothing_seen(content, reason, "the file is damaged")}


def _unseen(content: bytes, form: Format) -> dict[str, Part]:
    """A sound, film or document: its manifest, its metadata and its hash are looked at, what it holds is not."""
    reason = f"{form.kind}s get no watermark and are not looked into ({form.name})"
    parts = {"manifest": _manifest(credentials.read(content)), **_nothing_seen(content, reason, f"the detector reads pictures, and this is a {form.kind}")}
    return parts | {"metadata": _metadata(metadata.notes(content, form)) if form.metadata else not_looked_at(f"metadata of {form.name} files are not read here", "says")}


def _nothing_seen(content: bytes, reason: str, why_no_detector: str) -> dict[str, Part]:
    match = ledger.book().text("", hashlib.sha256(content).hexdigest())
    kept = _match(match) if match else not_looked_at("only the hash of the file was looked up, and it is not in it", "distance", "entry")
    return {"metadata": not_looked_at(reason, "says"), "watermark": not_looked_at(reason, "p_value"), "ledger": kept, "detector": not_looked_at(why_no_detector, "probability", "abstained")}


def _text(content: bytes, name: str, read: ForeignText, sidecar: bytes | None) -> dict[str, Part]:
    if len(content) > MOST_TEXT:
        raise Refusal(f"{printable(name)} is a text of {len(content) / 1e6:.0f} MB; at most {MOST_TEXT // 1_000_000} MB are read, so give a part of it.")
    text = marking.body(read.text)
    found, searched = detect_text(text)
    if found is None:
        mark: Part = {"verdict": "not measured", "p_value": None, "reason": f"too short: fewer than {text_watermark.LEAST_TOKENS} different runs of tokens"}
    else:
        p = min(1.0, found.p_value * searched)
        mark = {"verdict": "found" if p <= SURE else "not found", "p_value": p, "reason": "", "scheme": found.scheme, "tokens": found.scored}
    same = same_texts(content, read)
    hashes = [hashlib.sha256(each).hexdigest() for each in same]
    match = next((match for each in hashes if (match := ledger.book().text("", each))), None) or ledger.book().text(text)
    parts = {"manifest": _manifest(_statement(sidecar, same)), "metadata": _metadata(metadata.of_text(read.text)), "watermark": mark, "ledger": _match(match)}
    return parts | {"detector": not_looked_at("the detector reads pictures", "probability", "abstained")}


def same_texts(content: bytes, read: ForeignText) -> list[bytes]:
    """The bytes that are this very text: as they are, and in UTF-8 with plain line ends, as texts leave here."""
    return list(dict.fromkeys([content, read.text.encode(errors="replace"), read.text.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace")]))


def _statement(sidecar: bytes | None, same: list[bytes]) -> credentials.Manifest:
    if sidecar is None:
        return credentials.Manifest("absent", reason="no sidecar was given, and a text can carry no manifest")
    try:
        document = json.loads(sidecar[:1_000_000])
        said = document["statement"]["sha256"] if isinstance(document, dict) and isinstance(document.get("statement"), dict) else ""
    except (ValueError, RecursionError, KeyError):
        return credentials.Manifest("unreadable", reason="the sidecar is no JSON")
    return marking.read_sidecar(document, next((each for each in same if hashlib.sha256(each).hexdigest() == said), same[0]))


def not_looked_at(reason: str, *names: str) -> Part:
    """A part of which nothing can be said, and why; `names` are None."""
    return {"verdict": "not measured", "looked": False, **dict.fromkeys(names), "reason": reason}


def _metadata(notes: list[metadata.Note]) -> Part:
    return {"verdict": "says generated" if notes else "says nothing", "says": [str(note) for note in notes], "reason": "unsigned: anyone can write it" if notes else ""}


def _manifest(found: credentials.Manifest) -> Part:
    """Integrity and trust as two facts, never one."""
    trust = {"this machine": "signed by this machine", "trusted": "signed by one whom this machine trusts", "unknown": "signer unknown: not trusted", "": ""}
    return {
        "verdict": {"whole": "valid"}.get(found.state, found.state), "integrity": {"whole": "unchanged since it was signed", "broken": "changed since it was signed, or forged"}.get(found.state, ""),
        "trust": trust[found.signer], "signer": found.signer, "name": found.name, "generated": found.generated, "claims": dict(found.claims), "reason": found.reason,
    }  # fmt: skip


def _match(match: ledger.Match | None) -> Part:
    if match is None:
        return {"verdict": "no match", "distance": None, "entry": None, "reason": ""}
    entry = {name: match.entry.get(name, "") for name in ("time", "kind", "model", "seed")}
    return {"verdict": "exact match" if match.exact else "near match", "distance": match.distance, "entry": entry, "reason": ""}


def sentence(kind: str, parts: Mapping[str, Part]) -> str:
    """What the readings say together."""
    manifest, mark, match, reading = (parts[name] for name in ("manifest", "watermark", "ledger", "detector"))
    ours = [said for said, holds in (
        (f"the watermark (p = {mark['p_value'] or 0:.1g})", mark["verdict"] == "found"),
        (f"the ledger ({match['verdict']})", match["verdict"] in ("exact match", "near match")),
    ) if holds]  # fmt: skip
    if manifest["verdict"] == "valid" and manifest["signer"] == "this machine":
        claims = ", ".join(f"{label} {value}" for label, value in manifest["claims"].items() if label in ("model", "seed") and value)
        said = f"Marked by us and unchanged since: made by a model ({claims or 'no details'})."
    elif manifest["verdict"] == "valid":
        known = "whom this machine trusts" if manifest["signer"] == "trusted" else "whom this machine does not know, so the claim is only a claim"
        said = f"It {'says that a model made it' if manifest['generated'] else 'carries a manifest that does not say a model made it'}, unchanged since {quoted(manifest['name'])} signed it, {known}."
        said += f" It carries our mark: {' and '.join(ours)}." if ours else ""
    elif ours:
        lost = _damaged(manifest) if manifest["verdict"] in ("broken", "unreadable") else "its manifest is gone or was never with it"
        only = len(ours) == 1 and match["verdict"] == "near match"
        said = f"{'It looks like something' if only else 'Marked by us, altered since or stripped: it is something'} that this machine made, says {' and '.join(ours)}; {lost}."
    elif manifest["verdict"] in ("broken", "unreadable"):
        lost = _damaged(manifest)
        said = f"{lost[0].upper()}{lost[1:]}{'; no mark of ours was found' if mark.get('looked', True) else ''}."
    else:
        said = _nothing(parts)
    return said + _also(parts) + _detected(reading)


def _damaged(manifest: Part) -> str:
    """A manifest that can't be believed, and whom it names: never who signed it, which only a whole one says."""
    name = quoted(manifest["name"])
    if manifest["verdict"] == "broken":
        named = f"it names {name} as who signed it, but " if manifest["name"] else ""
        return f"its manifest is broken: {named}the file was damaged, changed or forged since ({manifest['reason']}), so nothing in it can be believed"
    if manifest["reason"] != credentials.DAMAGED:
        return f"its manifest is unreadable ({manifest['reason']}), so nothing in it can be believed"
    if manifest["name"]:
        return f"it carries a manifest that says who signed it, {name}, but the file is damaged, so that can't be checked"
    return "it carries what is left of a manifest, but the file is damaged: the part that says who signed it is gone, so nothing can be checked"


def _nothing(parts: Mapping[str, Part]) -> str:
    """No mark was found: in what, and what was not looked at."""
    unlooked = {name: str(parts[name]["reason"]) for name in ("metadata", "watermark", "ledger") if not parts[name].get("looked", True)}
    if parts["metadata"]["verdict"] == "says generated" and not unlooked:
        return "No mark of this machine was found."
    if not unlooked:
        missed = [f"the {name} {parts[name]['miss']:.0%} of {parts[name]['miss_of']}" for name in ("watermark", "ledger") if parts[name].get("miss") is not None and parts[name]["verdict"] != "not measured"]
        return "No sign found, which does not say that it is real" + (f": of marked files the test of {' and of '.join(missed)} misses." if missed else ": what no longer carries a mark is missed.")
    looked = [LOOKED[name] for name in LOOKED if name not in unlooked] + ["its hash in the ledger"] * ("ledger" in unlooked)
    left = "; ".join(dict.fromkeys(reason for name, reason in unlooked.items() if name != "ledger" or len(unlooked) == 1))
    return f"Not looked into: {left}. In what was looked at ({', '.join(looked)}) nothing was found, which does not say that it is real."


def _also(parts: Mapping[str, Part]) -> str:
    """What else has to be said: that a file with a whole manifest is damaged, and what its own metadata say."""
    broken = " The file is damaged all the same: its pixels can't be read." if parts["watermark"].get("damaged") and parts["manifest"]["verdict"] == "valid" else ""
    if parts["metadata"]["verdict"] != "says generated":
        return broken
    says = parts["metadata"]["says"]
    maker = "a program" if all("made by a program" in each for each in says) else "a model"
    return f"{broken} Its own metadata say that {maker} made it ({'; '.join(says[:2])}); that is unsigned: anyone can write it."


def _detected(reading: Part) -> str:
    """What the detector says, with the error rates of that very verdict."""
    if reading.get("probability") is None:
        return f" The detector, which needs no mark, says nothing: {reading['reason']}." if reading["verdict"] == "not measured" and reading.get("abstained") else ""
    if reading.get("abstained"):
        return f" The detector, which needs no mark, abstains (probability of being generated {100 * reading['probability']:.0f} %, if half of all drawings were)."
    known = isinstance(reading.get("false_alarm"), float)
    if reading["verdict"] == "generated":
        wrong = f"of drawings that no generator made it says so of {100 * reading['false_alarm']:.1f} % (at most {100 * reading['false_alarm_high']:.1f} %) in the worst wear" if known else "how often it is wrong was not measured"
        return f" The detector, which needs no mark, finds that it looks generated: {wrong}."
    plain = f"{100 * reading['miss_as_it_was']:.0f} % as it was and " if isinstance(reading.get("miss_as_it_was"), float) else ""
    missed = f": of what the generators it knows draw it misses {plain}{100 * reading['miss']:.0f} % in the worst wear" if known else ""
    return f" The detector, which needs no mark, finds no trace of a generator{missed}."


def verify_many(files: Sequence[tuple[str, Content]], *, detector: Detector | None = None, report: Callable[[int, int], None] = lambda done, of: None) -> list[dict[str, Any]]:
    """Every file with its signed statement, if that is among them; one that can't be read gives {"file", "error"}.

    A name may be a path and stands for one file: of the same bare name in two folders each has its own statement. A content
    may be a function that reads it. A statement whose file is not there comes last, as an error.
    """
    statements, asked = pairing.divided(files)
    names = pairing.shown([name for name, _ in asked])
    rows: list[dict[str, Any]] = []
    for number, (name, content) in enumerate(asked):
        report(number, len(asked))
        try:
            read = pairing.content_of(content, name)
            rows.append(verify(read, names[number], sidecar=statements.of(name, hashes_of(read)), detector=detector))
        except Refusal as refusal:
            rows.append({"file": printable(names[number]), "error": str(refusal)})
    report(len(asked), len(asked))
    return rows + [{"file": printable(Path(name).name), "error": pairing.alone(name)} for name in statements.left()]


def hashes_of(content: bytes) -> list[str]:
    """The SHA-256 of a file, and of the same text as it would leave here, where it is a text."""
    try:
        same = same_texts(content, read_text(content)) if format_of(content) == TEXT and len(content) <= MOST_TEXT else [content]
    except Refusal:
        same = [content]
    return [hashlib.sha256(each).hexdigest() for each in same]
