"""What the facts and the status of a run in a stranger's zip may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genmodels.kinds.kind import MAX_TOKEN, MAX_TOKENS, kind_of
from genmodels.kinds.spec import Spec
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.runs.foreign_json import AGAIN
from genmodels.runs.run import STATES

STATUS = {  # what a page reads of a status: name to its type
    "step": int,
    "steps": int,
    "epoch": int,
    "epochs": int,
    "seconds": float,
    "cpu_seconds": float,
    "images_per_second": float,
    "tokens_per_second": float,
    "message": str,
    "best": dict,
    "last": dict,
}
CREDITS = ("data_sha256", "licence", "source", "credit")  # and as texts
COUNTS = ("documents", "characters", "tokens", "n_train", "n_test", "steps_per_epoch")  # what facts hold as numbers


def status_of(status: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the status, with the right types; a run that was working arrives as stopped."""
    kept: dict[str, Any] = {}
    for name, kind in STATUS.items():
        value = status.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float) if kind is float else kind):
            continue
        if isinstance(value, dict):
            kept[name] = {
                str(key)[:200]: _short(each)
                for key, each in value.items()
                if each is None or type(each) in (int, float, str)
            }
        elif isinstance(value, str) or (isinstance(value, int | float) and value >= 0):
            kept[name] = _short(value)
    best = kept.get("best", {})
    if best and not (
        isinstance(best.get("name"), str) and type(best.get("epoch")) is int and type(best.get("value")) in (int, float)
    ):
        kept["best"] = {}
    said = status.get("state")
    return kept | {"state": said if said in STATES and said not in ("waiting", "running", "lost") else "stopped"}


def _short(value: object) -> Any:
    return value[:1000] if isinstance(value, str) else value


def facts_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with a specification that a network may be built for."""
    for name in COUNTS:
        if name in facts and (type(facts[name]) is not int or not 0 <= facts[name] < 2**53):
            raise Refusal(
                f"facts.json in the zip says {name} is {printable(str(facts[name])[:80])!r}, which is no count; export the run again."
            )
    for name in CREDITS:
        if not isinstance(facts.get(name, ""), str):
            raise Refusal(f"facts.json in the zip says {name} is no text; {AGAIN}.")
    if not isinstance(facts.get("versions", {}), dict):
        raise Refusal(f"facts.json in the zip says versions is no group of names; {AGAIN}.")
    if not _are_words(facts.get("words", {})):
        raise Refusal(
            "facts.json in the zip says words of captions that are no words with their counts; export the run again."
        )
    if "spec" not in facts:
        return dict(facts)
    try:
        spec = Spec.from_dict(facts["spec"])
        sound = all(isinstance(word, str) for word in (*spec.vocabulary, *spec.merges))
        sound = sound and kind_of(spec).sound(spec)
    except (KeyError, TypeError, ValueError, AttributeError):
        sound = False
    if not sound:
        raise Refusal(
            "facts.json in the zip describes examples that no model here could draw or write; export the run again."
        )
    return dict(facts)


def _are_words(words: Any) -> bool:
    """The words of training captions, and how often each was there."""
    few = isinstance(words, dict) and len(words) <= MAX_TOKENS
    return few and all(
        len(word) <= MAX_TOKEN and type(count) is int and 0 < count < 2**53 for word, count in words.items()
    )
