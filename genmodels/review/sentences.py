"""What was found in a file, in one paragraph that says no more than that."""

from __future__ import annotations

from collections.abc import Mapping

from genmodels.calibration import calibrate
from genmodels.provenance import credentials
from genmodels.provenance.own_marks import FOUND_IN_LEDGER, Part, no_proof, ours, state_of_ledger
from genmodels.provenance.said import quoted

LOOKED = {"manifest": "its manifest", "metadata": "its metadata", "watermark": "the watermark", "ledger": "the ledger"}


def manifest_told(found: credentials.Manifest) -> Part:
    """Integrity and trust as two facts, never one."""
    trust = {
        "this machine": "signed by this machine",
        "trusted": "signed by one whom this machine trusts",
        "unknown": "signer unknown: not trusted",
        "": "",
    }
    return {
        "verdict": {"whole": "valid"}.get(found.state, found.state),
        "integrity": {"whole": "unchanged since it was signed", "broken": "changed since it was signed, or forged"}.get(
            found.state, ""
        ),
        "trust": trust[found.signer],
        "signer": found.signer,
        "name": found.name,
        "generated": found.generated,
        "claims": dict(found.claims),
        "reason": found.reason,
    }


def sentence(kind: str, parts: Mapping[str, Part]) -> str:
    """What the readings say together."""
    manifest, mark, reading = (parts[name] for name in ("manifest", "watermark", "detector"))
    made, other = evidence(kind, parts), no_proof(kind, parts)
    if manifest["verdict"] == "valid" and manifest["signer"] == "this machine":
        claims = ", ".join(
            f"{label} {value}" for label, value in manifest["claims"].items() if label in ("model", "seed") and value
        )
        said = f"Marked by us and unchanged since: made by a model ({claims or 'no details'})."
    elif manifest["verdict"] == "valid":
        known = (
            "whom this machine trusts"
            if manifest["signer"] == "trusted"
            else "whom this machine does not know, so the claim is only a claim"
        )
        said = f"It {'says that a model made it' if manifest['generated'] else 'carries a manifest that does not say a model made it'}, unchanged since {quoted(manifest['name'])} signed it, {known}."
        said += f" It carries our mark: {made}." if made else f" {other}" if other else ""
    elif made or other:
        lost = (
            _damaged(manifest)
            if manifest["verdict"] in ("broken", "unreadable")
            else "its manifest is gone or was never with it"
        )
        said = (
            f"Marked by us, altered since or stripped: it is something that this machine made, says {made}; {lost}."
            if made
            else other
        )
        if not made and (mark["verdict"] == "found" or manifest["verdict"] in ("broken", "unreadable")):
            said += f" {lost[0].upper()}{lost[1:]}."
    elif manifest["verdict"] in ("broken", "unreadable"):
        lost, why = _damaged(manifest), "its pixels can't be read" if mark.get("damaged") else str(mark["reason"])
        said = f"{lost[0].upper()}{lost[1:]}; {'no mark of ours was found' if mark.get('looked', True) else why}."
    else:
        said = _nothing(parts)
    return said + _also(parts) + state_of_ledger(parts) + _detected(reading)


def _damaged(manifest: Part) -> str:
    """A manifest that can't be believed, and whom it names: never who signed it, which only a whole one says."""
    name = quoted(manifest["name"])
    if manifest["verdict"] == "broken":
        named = f"it names {name} as who signed it, but " if manifest["name"] else ""
        return f"its manifest is broken: {named}the file was damaged, changed or forged since ({manifest['reason']}), so nothing in it can be believed"
    if manifest["reason"] != credentials.DAMAGED:
        return f"its manifest is unreadable ({manifest['reason']}), so nothing in it can be believed"
    if manifest["name"]:
        return (
            f"it carries a manifest that says who signed it, {name}, but the file is damaged, so that can't be checked"
        )
    return "it carries what is left of a manifest, but the file is damaged: the part that says who signed it is gone, so nothing can be checked"


def _nothing(parts: Mapping[str, Part]) -> str:
    """No mark was found: in what, and what was not looked at."""
    unlooked = {
        name: str(parts[name]["reason"])
        for name in ("metadata", "watermark", "ledger")
        if not parts[name].get("looked", True)
    }
    if parts["metadata"]["verdict"] == "says generated" and not unlooked:
        return "No mark of this machine was found."
    if not unlooked:
        return f"No sign found, which does not say that it is real. {_missed(parts)}"
    looked = [LOOKED[name] for name in LOOKED if name not in unlooked] + ["its hash in the ledger"] * (
        "ledger" in unlooked
    )
    left = "; ".join(
        dict.fromkeys(reason for name, reason in unlooked.items() if name != "ledger" or len(unlooked) == 1)
    )
    damaged = "The file is damaged. " if "damaged" in str(parts["manifest"]["reason"]) else ""
    return f"{damaged}Not looked into: {left}. In what was looked at ({', '.join(looked)}) nothing was found, which does not say that it is real."


def _missed(parts: Mapping[str, Part]) -> str:
    """How often a mark that was there would have been missed, in a sentence."""
    known = {
        name: parts[name]
        for name in ("watermark", "ledger")
        if parts[name].get("miss") is not None and parts[name]["verdict"] != "not measured"
    }
    if not known:
        return "What no longer carries a mark is missed."
    after = dict.fromkeys(str(each["miss_of"]) for each in known.values())
    if not any(each["miss"] for each in known.values()):
        both = "both would" if len(known) == 2 else f"the {next(iter(known))} would"
        return f"In tests {both} have found every mark after {' and '.join(after)}."
    found = [
        f"the {name} would have found {_share(1 - each['miss'])} of the marks after {each['miss_of']}"
        for name, each in known.items()
    ]
    return f"In tests {' and '.join(found)}."


def _share(rate: float) -> str:
    """A share that is never rounded up to all."""
    return f"{100 * rate:.0f} %" if rate == 1 or rate <= 0.99 else "more than 99 %"


def _also(parts: Mapping[str, Part]) -> str:
    """What else has to be said: that a file with a whole manifest is damaged, and what its own metadata say."""
    unseen = (
        ": its pixels can't be read"
        if not parts["watermark"].get("looked", True)
        else ", in a part that neither its pixels nor its manifest need"
    )
    broken = (
        f" The file is damaged all the same{unseen}."
        if parts["watermark"].get("damaged") and parts["manifest"]["verdict"] in ("valid", "absent")
        else ""
    )
    signed = parts["manifest"]["verdict"] == "valid" and parts["manifest"]["generated"]
    if parts["metadata"]["verdict"] != "says generated" or signed:
        return broken
    says = parts["metadata"]["says"]
    maker = "a program" if all("made by a program" in each for each in says) else "a model"
    return f"{broken} Its own metadata say that {maker} made it ({'; '.join(says[:2])}); that is unsigned: anyone can write it."


def _detected(reading: Part) -> str:
    """What the detector says, with the error rates of that very verdict."""
    if reading.get("probability") is None:
        return (
            f" The detector, which needs no mark, says nothing: {reading['reason']}."
            if reading["verdict"] == "not measured" and reading.get("abstained")
            else ""
        )
    if reading.get("abstained"):
        return f" The detector, which needs no mark, can't decide (probability of being generated {100 * reading['probability']:.0f} %, assuming half of all drawings are generated)."
    known = isinstance(reading.get("false_alarm"), float)
    if reading["verdict"] == "generated":
        wrong = (
            f"it wrongly says so of {100 * reading['false_alarm']:.1f} % of drawings that no generator made (at most {100 * reading['false_alarm_high']:.1f} %), counted after the change that is hardest for it"
            if known
            else "how often it is wrong was not measured"
        )
        return f" The detector, which needs no mark, finds that it looks generated: {wrong}."
    plain = (
        f"{100 * reading['miss_as_it_was']:.0f} % as it was and "
        if isinstance(reading.get("miss_as_it_was"), float)
        else ""
    )
    missed = (
        f": it misses {plain}{100 * reading['miss']:.0f} % after the change that is hardest for it, of what the generators draw that it knows"
        if known
        else ""
    )
    return f" The detector, which needs no mark, finds no trace of a generator{missed}."


def evidence(kind: str, parts: Mapping[str, Part]) -> str:
    """The marks by which a file without our valid manifest is ours, as "the watermark (p = 1e-09) and the ledger (near match)"; "" where it is not."""
    if not ours(parts):
        return ""
    mark, match = parts["watermark"], parts["ledger"]
    found = [f"the watermark (p = {mark['p_value'] or 0:.1g})"] * (mark["verdict"] == "found") + [
        f"the ledger ({match['verdict']})"
    ] * (match["verdict"] in FOUND_IN_LEDGER)
    wrong = calibrate.of("provenance", f"ours of a {kind}") if match["verdict"] != "exact match" else None
    return " and ".join(found) + (
        f"; of foreign pictures onto which our pattern was copied {100 * wrong['false_alarm']:.1f} % (at most {100 * wrong['false_alarm_high']:.1f} %) read so"
        if wrong
        else ""
    )
