"""Is this file marked, and by whom? Four readings of one file, each with how often it is wrong, and a sentence that joins them.

It never says that something is real: only that no sign was found, and what would have been missed.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from genmodels import calibration
from genmodels.pictures import open_picture, printable
from genmodels.provenance import credentials, fingerprints, ledger, marking, picture_watermark, text_watermark
from genmodels.provenance.keys import watermark_key
from genmodels.refusal import Refusal
from genmodels.tokens import Tokens

SURE = 0.001  # p-value below which a watermark counts as found
MOST_TEXT = 4_000_000  # bytes
LOSSY = ("image/jpeg", "image/webp")  # of the pictures that are read; a WebP without loss is rare, and shows itself as one with
Part = dict[str, Any]
Detector = Callable[[np.ndarray], Mapping[str, Any]]  # a picture, uint8 (height, width, 3), to probability and abstained


def verify(content: bytes, name: str, *, sidecar: bytes | None = None, detector: Detector | None = None) -> dict[str, Any]:
    """What is known about a picture, text, sound or film: file, kind, manifest, watermark, ledger, detector, sentence.

    Each part has a "verdict", "false_alarm" and "miss" (None: not measured). `detector` reads pictures; without one that
    part is "not measured". Raises `Refusal` for what is empty, too large, damaged, or of no kind that can be read.
    """
    if not content:
        raise Refusal(f"{printable(name)} is empty; choose a file with something in it.")
    if len(content) > credentials.MOST_BYTES:
        raise Refusal(f"{printable(name)} has {len(content) / 1e6:.0f} MB; at most {credentials.MOST_BYTES // 1_000_000} MB are read.")
    media = credentials.media_type(content)
    kind = {"": "text", "audio/wav": "sound", "video/mp4": "film"}.get(media, "picture")
    if content.startswith(b"BM") and not media:
        kind = "picture"
    parts = (_picture if kind == "picture" else _text if kind == "text" else _other)(content, name, sidecar, detector)
    for part, own in parts.items():
        own |= error_rates(part, kind, media)
    return {"file": printable(name), "kind": kind, **parts, "sentence": sentence(kind, parts)}


def error_rates(part: str, kind: str, media: str = "") -> Part:
    """How often such a verdict is wrong, from planted cases: "false_alarm" and "miss", None where it was not measured.

    Of the detector: in the wears that such a file may have had, the worst of them; what is no JPEG or WebP now may have been one.
    """
    if part == "detector":
        from genmodels.detecting import rates

        counted = rates(lossy=media in LOSSY) if kind == "picture" else None
        names = ("false_alarm", "false_alarm_high", "innocent", "miss", "miss_of", "miss_as_it_was")
        return {name: None if counted is None else counted[name] for name in names}
    found = calibration.of("provenance", f"{part} of a {kind}")
    return {"false_alarm": None if found is None else found["false_alarm"], "miss": None if found is None else 1 - found["power"], "miss_of": None if found is None else str(found["case"]).split(" (")[0]}


def _picture(content: bytes, name: str, sidecar: bytes | None, detector: Detector | None) -> dict[str, Part]:
    picture = open_picture(content, name)
    small = min(picture.size) < picture_watermark.LEAST_SIDE
    found = picture_watermark.detect(picture, watermark_key("picture"))
    if found.p_value <= SURE:
        mark = {"verdict": "found", "p_value": found.p_value, "reason": ""}
    elif small:
        mark = {"verdict": "not measured", "p_value": None, "reason": f"no watermark: too small ({picture.width} x {picture.height} pixels; it is put in from {picture_watermark.LEAST_SIDE} x {picture_watermark.LEAST_SIDE})"}
    else:
        mark = {"verdict": "not found", "p_value": found.p_value, "reason": ""}
    match = ledger.book().picture(fingerprints.of_picture(picture), hashlib.sha256(content).hexdigest())
    reading: Part = {"verdict": "not measured", "probability": None, "abstained": None, "reason": "no detector was asked"}
    if detector is not None:
        reading = {"reason": "", **detector(np.asarray(picture))}
    return {"manifest": _manifest(credentials.read(content)), "watermark": mark, "ledger": _match(match), "detector": reading}


def _text(content: bytes, name: str, sidecar: bytes | None, detector: Detector | None) -> dict[str, Part]:
    if len(content) > MOST_TEXT:
        raise Refusal(f"{printable(name)} is a text of {len(content) / 1e6:.0f} MB; at most {MOST_TEXT // 1_000_000} MB are read, so give a part of it.")
    try:
        whole = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(f"{printable(name)} is no PNG, JPEG, GIF, WebP, BMP, WAV or MP4 file and no text in UTF-8 (byte {error.start}); save it as one of these.") from None
    if "\0" in whole:
        raise Refusal(f"{printable(name)} holds bytes that no text has; save it as a picture, sound, film or plain text.")
    text = marking.body(whole)
    found, searched = detect_text(text)
    if found is None:
        mark: Part = {"verdict": "not measured", "p_value": None, "reason": f"too short: fewer than {text_watermark.LEAST_TOKENS} different runs of tokens"}
    else:
        p = min(1.0, found.p_value * searched)
        mark = {"verdict": "found" if p <= SURE else "not found", "p_value": p, "reason": "", "scheme": found.scheme, "tokens": found.scored}
    manifest = credentials.Manifest("absent", reason="no sidecar was given, and a text can carry no manifest")
    if sidecar is not None:
        try:
            manifest = marking.read_sidecar(json.loads(sidecar[:1_000_000]), content)
        except (ValueError, RecursionError):
            manifest = credentials.Manifest("unreadable", reason="the sidecar is no JSON")
    match = ledger.book().text(text, hashlib.sha256(content).hexdigest())
    reading = {"verdict": "not measured", "probability": None, "abstained": None, "reason": "the detector reads pictures"}
    return {"manifest": _manifest(manifest), "watermark": mark, "ledger": _match(match), "detector": reading}


def _other(content: bytes, name: str, sidecar: bytes | None, detector: Detector | None) -> dict[str, Part]:
    nothing = {"p_value": None, "reason": "sounds and films get no watermark yet"}
    match = ledger.book().text("", hashlib.sha256(content).hexdigest())
    reading = {"verdict": "not measured", "probability": None, "abstained": None, "reason": "the detector reads pictures"}
    return {"manifest": _manifest(credentials.read(content)), "watermark": {"verdict": "not measured", **nothing}, "ledger": _match(match), "detector": reading}


def detect_text(text: str) -> tuple[text_watermark.Detection | None, int]:
    """The most telling mark over all schemes and all vocabularies that this machine knows, and how many were searched."""
    key, found, searched = watermark_key("text"), [], 0
    for tokens in vocabularies():
        numbers = tokens.encode("".join(c for c in text if tokens.merges or c in tokens.numbers))
        for scheme in text_watermark.WIDTH:
            searched += 1
            found.append(text_watermark.detect(numbers, key, scheme))
    told = [each for each in found if not math.isnan(each.p_value)]
    return min(told, key=lambda each: each.p_value, default=None), searched


def vocabularies() -> list[Tokens]:
    """The different vocabularies of the runs that write."""
    found: dict[Any, Tokens] = {}
    for file in _fact_files():
        tokens = _tokens_of(file, file.stat().st_mtime_ns)
        if tokens is not None:
            found.setdefault(hash(tokens), tokens)
    return list(found.values())


def _fact_files() -> Iterator[Path]:
    from genmodels.gallery import GALLERY
    from genmodels.runs import RunStore, gallery_names

    yield from (GALLERY / name / "facts.json" for name in gallery_names())
    yield from (run.path / "facts.json" for run in RunStore.default() if (run.path / "facts.json").is_file())


@lru_cache(maxsize=512)
def _tokens_of(file: Path, changed: int) -> Tokens | None:
    from genmodels.runs import Run

    try:
        spec = Run(file.parent).spec
        return Tokens.of(spec) if spec.kind in ("text", "code") else None
    except (Refusal, OSError, ValueError, KeyError, TypeError):
        return None


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
    """What the four readings say together."""
    manifest, mark, match, reading = (parts[name] for name in ("manifest", "watermark", "ledger", "detector"))
    ours = [said for said, holds in (
        (f"the watermark (p = {mark['p_value'] or 0:.1g})", mark["verdict"] == "found"),
        (f"the ledger ({match['verdict']})", match["verdict"] in ("exact match", "near match")),
    ) if holds]  # fmt: skip
    name = f'"{manifest["name"]}"' if manifest["name"] else "someone"
    if manifest["verdict"] == "valid" and manifest["signer"] == "this machine":
        claims = ", ".join(f"{label} {value}" for label, value in manifest["claims"].items() if label in ("model", "seed") and value)
        said = f"Marked by us and unchanged since: made by a model ({claims or 'no details'})."
    elif manifest["verdict"] == "valid":
        known = "whom this machine trusts" if manifest["signer"] == "trusted" else "whom this machine does not know, so the claim is only a claim"
        said = f"It {'says that a model made it' if manifest['generated'] else 'carries a manifest that does not say a model made it'}, unchanged since {name} signed it, {known}."
        said += f" It carries our mark: {' and '.join(ours)}." if ours else ""
    elif ours:
        lost = "its manifest is broken: it was changed or forged since" if manifest["verdict"] == "broken" else "its manifest is gone or was never with it"
        only = len(ours) == 1 and match["verdict"] == "near match"
        said = f"{'It looks like something' if only else 'Marked by us, altered since or stripped: it is something'} that this machine made, says {' and '.join(ours)}; {lost}."
    elif manifest["verdict"] in ("broken", "unreadable"):
        said = f"Its manifest is {manifest['verdict']} ({manifest['reason']}), so nothing in it can be believed; no mark of ours was found."
    else:
        missed = [f"{label} {part['miss']:.0%} of {part['miss_of']}" for label, part in (("the watermark", mark), ("the ledger", match)) if part.get("miss") is not None and part["verdict"] != "not measured"]
        said = "No sign found, which does not say that it is real" + (f": of marked files the test of {' and of '.join(missed)} misses." if missed else ": what no longer carries a mark is missed.")
    return said + _detected(reading)


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


def verify_many(files: Sequence[tuple[str, bytes]], *, detector: Detector | None = None, report: Callable[[int, int], None] = lambda done, of: None) -> list[dict[str, Any]]:
    """Every file with its sidecar, if that is among them; one that can't be read gives {"file", "error"}."""
    sidecars = {name: content for name, content in files if name.endswith(marking.SIDECAR)}
    rows, asked = [], [(name, content) for name, content in files if name not in sidecars]
    for number, (name, content) in enumerate(asked):
        report(number, len(asked))
        try:
            rows.append(verify(content, name, sidecar=sidecars.get(name + marking.SIDECAR), detector=detector))
        except Refusal as refusal:
            rows.append({"file": printable(name), "error": str(refusal)})
    report(len(asked), len(asked))
    return rows
