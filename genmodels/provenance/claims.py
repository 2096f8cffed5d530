"""What is claimed of something that a model made, and the one wording of that: in a manifest, in a sidecar, in the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

CLAIMED = {"epoch": "Epoch", "weights": "Weights", "label": "Label"}  # claim to fact; only those that there are
Facts = Mapping[str, str]
MAKER = "a model"  # who is said to have made a thing, in files, records and statements
MADE_BY = f"Made by {MAKER}"
COMMENT = "# "  # before that line in a file of code


def made_by_a_model(told: str = "") -> str:
    """The line that says that a model made something, and what is told of it: "Made by a model: gan r1, seed 7"."""
    return f"{MADE_BY}: {told}" if told else MADE_BY


def says_made(line: str) -> bool:
    """Whether a first line of a text or of a file of code says that a model made what follows."""
    return line.removeprefix(COMMENT).startswith(MADE_BY)


def claims(facts: Facts) -> dict[str, str]:
    """What a manifest says: model, seed, epoch, digest of the weights, label, and the hash of the prompt, which is not given away by it."""
    said = {"model": facts.get("Model", ""), "seed": facts.get("Seed", "")}
    said |= {name: facts[title] for name, title in CLAIMED.items() if title in facts}
    return said | ({"prompt_sha256": hashlib.sha256(facts["Prompt"].encode()).hexdigest()} if "Prompt" in facts else {})
