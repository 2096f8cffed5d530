"""What a team accepts, read from a file that anybody may have written: refused in one sentence where it is not a policy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from genmodels.audits.audit import AUDITS
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.review.team import checked_team
from genmodels.subjects.subject import Audited
from genmodels.verdicts.limits import shown

PARTS = ("name", "limits", "required", "team", "rated")
MOST_BYTES = 1_000_000
MOST_NAME = 120  # characters
SHIPPED = Path(__file__).parent / "policies"
FORM = '{"name": "ours", "limits": {"memorisation": {"copies": 0.01}}, "required": ["memorisation"]}'
MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}


def shipped() -> list[str]:
    """The names of the policies that ship: the mildest first."""
    return ["demo", "internal", "public"]


@dataclass(frozen=True)
class Policy:
    """What a team accepts: for each audit its limits by name, and which audits must have been measured.

    As JSON: {"name": "ours", "limits": {"memorisation": {"copies": 0.01}}, "required": ["memorisation"]}. A pass of an audit
    in "rated" counts only where its error rate was measured; elsewhere it is "not measured". Raises `Refusal`
    for an audit or a limit that does not exist, with the nearest name, and for a value out of range, with the range.
    """

    name: str = "default"
    audits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    team: Mapping[str, Any] = field(default_factory=dict)  # who the team is: see `genmodels.review.team`
    rated: tuple[str, ...] = ()  # audits whose pass needs a measured error rate

    def __post_init__(self) -> None:
        for audit in (*self.audits, *self.required, *self.rated):
            if audit not in AUDITS:
                where = "limits" if audit in self.audits else "required" if audit in self.required else "rated"
                raise Refusal(f"In `{where}` of the policy: {unknown('audit', audit, AUDITS)}")
        checked = {audit: AUDITS[audit].checked(values) for audit, values in self.audits.items()}
        object.__setattr__(self, "audits", checked)
        object.__setattr__(self, "required", tuple(dict.fromkeys(self.required)))
        object.__setattr__(self, "rated", tuple(dict.fromkeys(self.rated)))
        object.__setattr__(self, "team", checked_team(self.team))

    def limits(self, audit: str) -> dict[str, float]:
        """The limits to call that audit with; empty where its own defaults hold."""
        return dict(self.audits.get(audit, {}))

    def to_dict(self) -> dict[str, Any]:
        """The policy as `from_json` reads it."""
        return {
            "name": self.name,
            "limits": {name: dict(values) for name, values in self.audits.items()},
            "required": list(self.required),
            **({"team": dict(self.team)} if self.team else {}),
            **({"rated": list(self.rated)} if self.rated else {}),
        }

    def to_json(self) -> str:
        """The policy as a JSON file holds it."""
        return json.dumps(self.to_dict(), indent=1)

    def required_of(self, subject: Audited) -> list[str]:
        """The required audits that can be asked of such a subject at all: of what it is, and of its kind of example."""
        return [
            name
            for name in self.required
            if isinstance(subject, AUDITS[name].of) and subject.kind in AUDITS[name].kinds
        ]

    @property
    def digest(self) -> str:
        """SHA-256 (16 digits) of all that it says; equal policies have equal digests, however they are written."""
        said = self.to_dict() | {"required": sorted(self.required)}
        said |= {"rated": sorted(self.rated)} if self.rated else {}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    @classmethod
    def of(cls, name: str) -> Policy:
        """The policy that ships under a name, or the one in a file."""
        file = SHIPPED / f"{name}.json"
        return cls.read(file if name in shipped() else Path(name).expanduser())

    @classmethod
    def read(cls, file: Path) -> Policy:
        """The policy in a file; whatever the file holds, it is a policy or refused in one sentence."""
        called, content, wrong = shown(file.name), b"", ""
        try:
            if not file.is_file():  # a pipe would never end
                wrong = "is a folder" if file.is_dir() else "is no file" if file.exists() else "is not there"
            else:
                with open(file, "rb") as stream:
                    content = stream.read(MOST_BYTES + 1)
        except (OSError, ValueError) as error:
            raise Refusal(
                f"The policy {called} can't be read ({getattr(error, 'strerror', '') or error}); check the path and who may read it."
            ) from None
        if wrong:
            raise Refusal(f"The policy {called} {wrong}; give a JSON file such as {FORM}.")
        if len(content) > MOST_BYTES:
            raise Refusal(
                f"The policy {called} has more than {MOST_BYTES // 1_000_000} MB, so it is no policy; give a JSON file such as {FORM}."
            )
        return cls.from_json(_decoded(content))

    @classmethod
    def from_json(cls, text: str) -> Policy:
        """Read and check a policy; raises `Refusal` with what is wrong in it."""
        try:
            document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        except RecursionError:
            raise Refusal(f"The policy is nested too deeply; write it as {FORM}.") from None
        except Refusal:
            raise
        except ValueError as error:
            raise Refusal(f"The policy is not JSON ({shown(str(error))[1:-1]}); write it as {FORM}.") from None
        if not isinstance(document, dict):
            raise Refusal(f"The policy is not an object; write it as {FORM}.")
        for key in document:
            if key not in PARTS:
                raise Refusal(unknown("part of a policy", shown(key)[1:-1], PARTS))
        name, limits, required = (
            document.get("name", "unnamed"),
            document.get("limits", {}),
            document.get("required", []),
        )
        if not isinstance(name, str) or not 1 <= len(name) <= MOST_NAME or not name.isprintable():
            raise Refusal(f"The name of the policy is {shown(name)}; write 1 to {MOST_NAME} letters on one line.")
        if not isinstance(limits, dict) or not all(isinstance(values, dict) for values in limits.values()):
            raise Refusal("The limits of the policy are not an object of objects; write {audit: {limit: number}}.")
        rated = document.get("rated", [])
        for part, names in (("required", required), ("rated", rated)):
            if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
                raise Refusal(
                    f'`{part}` in the policy is not a list of names of audits; write for example ["memorisation"].'
                )
        return cls(name, limits, tuple(required), document.get("team", {}), tuple(rated))


def _decoded(content: bytes) -> str:
    """The text of a file in UTF-8, with or without its mark; another encoding is refused by its name where it shows."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), "")
        looks = f"it looks like {marked}" if marked else "it may be Latin-1 or no text at all"
        raise Refusal(f"The policy is not written in UTF-8 ({looks}); save it as UTF-8.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON in which no name stands twice: of two, one would be ignored without a word."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Refusal(f"The policy has {shown(name)} twice in one object; keep one.")
        found[name] = value
    return found


def _no_number(name: str) -> Any:
    raise Refusal(f"The policy holds {name}, which is no number; write one.")
