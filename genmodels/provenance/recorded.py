"""What a file says of how it was made: everything that made it, and nothing that had no say. Decided here alone.

What has a say depends on the role of the model: what draws in one go (a GAN, an autoencoder) heeds no settings, what draws
in steps heeds its sampler, and a text that is greedy or searched draws nothing by chance, so that no temperature acts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from genmodels.provenance.claims import MAKER

GREEDY = {"temperature": 0, "top_k": 1, "top_p": 0, "min_p": 1}  # each alone leaves the most probable token only
OFF = {"repetition_penalty": 1, "top_k": 0, "top_p": 1, "min_p": 0, "beams": 1, "stop": ""}
SEARCHED = ("beams", "length", "stop")  # all that beam search heeds


class Source(Protocol):
    """The run that something was made with."""

    @property
    def id(self) -> str:
        """The name of the run."""
        ...

    @property
    def experiment(self) -> Any:
        """What was asked to be trained."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was found when it was trained: the data, versions, the machine."""
        ...


@dataclass(frozen=True)
class Weights:
    """Which weights a model was opened with: the epoch that they are of ("" where it is not known), and the SHA-256 of their file."""

    epoch: str
    sha256: str


def facts(run: Source, weights: Weights | None, *, seed: int, **more: str) -> dict[str, str]:
    """What every file of a run says: model and run, epoch and digest of its weights, seed, credit, and `more`."""
    of_weights = {} if weights is None else {"Epoch": weights.epoch, "Weights": weights.sha256}
    told = {"Software": "GenModels", "Made by": MAKER, "Model": f"{run.experiment.model} {run.id}"}
    return (
        told
        | {name: value for name, value in of_weights.items() if value}
        | {"Seed": str(seed), "Credit": run.facts.get("credit", ""), **more}
    )


def settings(values: Mapping[str, Any]) -> dict[str, str]:
    """Settings as a fact; none where there are none."""
    return {"Settings": json.dumps(dict(values), sort_keys=True)} if values else {}


def of_drawing(values: Mapping[str, Any], *, in_steps: bool, prompted: bool, begun: bool) -> dict[str, Any]:
    """The settings of a `Drawing` that had a say: none in what draws in one go.

    Guidance acts where there is a prompt or a negative one, a negative prompt where guidance is not 1 (Ho & Salimans 2022,
    arXiv 2207.12598: their difference times guidance - 1), strength where a picture was begun from.
    """
    if not in_steps:
        return {}
    against = bool(values.get("negative")) and values.get("guidance") != 1
    silent = set() if prompted or against else {"guidance"}
    silent |= set() if against else {"negative"}
    silent |= set() if begun else {"strength"}
    return {name: value for name, value in values.items() if name not in silent}


def of_writing(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a `Decoding` that had a say, without those that are off."""
    if values.get("beams", 1) > 1:
        silent = set(values) - set(SEARCHED)
    elif greedy := {name for name, value in GREEDY.items() if values.get(name) == value}:
        silent = {*GREEDY, "watermark"} - greedy
    else:
        silent = set()
    return {
        name: value for name, value in values.items() if name not in silent and not (name in OFF and OFF[name] == value)
    }
