"""The JSON documents in a stranger's zip, read within bounds; what is wrong names the member and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genmodels.intake import bounded_json
from genmodels.refusal import Refusal

AGAIN = "export the run again"
MAX_DOCUMENT = 4_000_000  # bytes of a JSON file


def object_of(file: Path) -> dict[str, Any]:
    """The object that a JSON file holds; raises `Refusal` for anything else."""
    document = json_of(file)
    if not isinstance(document, dict):
        raise Refusal(f"{file.name} in the zip is not a JSON object; {AGAIN}.")
    return document


def json_of(file: Path, name: str = "") -> Any:
    """What a JSON file holds, within its bounds; raises `Refusal` with the place in the zip."""
    place = f"{name or file.name} in the zip"
    if file.stat().st_size > MAX_DOCUMENT:
        raise Refusal(f"{place} is larger than {MAX_DOCUMENT // 1_000_000} MB, so it is no part of a run; {AGAIN}.")
    return bounded_json.read(file.read_bytes(), place, most_bytes=MAX_DOCUMENT, what_to_do=AGAIN)
