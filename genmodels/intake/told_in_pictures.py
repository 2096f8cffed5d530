"""What a picture's file tells of how it was made: prompt, seed and settings, where the usual tools leave them.

Stable Diffusion WebUI, ComfyUI, Fooocus, InvokeAI and NovelAI are read by sd-parsers; our own files say it themselves. What is
told is anybody's word and hostile text: it is shown made harmless, and is never evidence that a model made the picture.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from genmodels.files import parsed
from genmodels.kinds.image.files import FORMATS
from genmodels.printable import printable

LONGEST = 2_000  # characters of a prompt that are kept
MOST_SETTINGS, LONGEST_SETTING = 20, 200
GREATEST_SEED = 2**64


@dataclass(frozen=True)
class Told:
    """What was told: the prompt ("" where there is none), the seed, other settings by name, and by which tool."""

    prompt: str = ""
    seed: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    tool: str = ""


NOTHING = Told()


def told_in(content: bytes) -> Told:
    """What the file of a picture tells; nothing where it tells nothing that can be read. No pixel is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=list(FORMATS)) as picture:
                return _by_us(picture.info) or _by_tools(picture) or NOTHING
    except Exception:  # a damaged or hostile file: whatever Pillow or a parser says of it, nothing is told
        return NOTHING


def _by_us(info: Mapping[Any, Any]) -> Told | None:
    """What our own files say."""
    if info.get("Software") != "GenModels":
        return None
    settings = {name: str(info[name]) for name in ("Model", "Label", "Settings") if name in info}
    return Told(_text(info.get("Prompt", "")), _seed(info.get("Seed")), _short(settings), "GenModels")


def _by_tools(picture: Image.Image) -> Told | None:
    from sd_parsers import ParserManager
    from sd_parsers.extractors import Eagerness

    if "prompt" in picture.info and "workflow" not in picture.info:
        picture.info["workflow"] = _links(str(picture.info["prompt"]))
    found = ParserManager(eagerness=Eagerness.FAST).parse(picture)
    if found is None:
        return None
    sampler = found.samplers[0] if found.samplers else None
    settings = {str(name): value for name, value in (sampler.parameters if sampler else {}).items()}
    settings |= {"sampler": sampler.name} if sampler and sampler.name else {}
    settings |= {"negative prompt": found.full_negative_prompt} if found.full_negative_prompt else {}
    for model in found.models:
        settings["model"] = str(model.name)
    seed = settings.pop("seed", None)
    return Told(_text(found.full_prompt), _seed(seed), _short(settings), str(found.generator.value))


def _links(graph: str) -> str:
    """The links between the nodes of a ComfyUI graph, which a picture drawn through its address does not hold beside it."""
    nodes = parsed(graph.encode())
    links = [
        [0, str(each[0]), 0, str(number), 0, name.upper()]
        for number, node in nodes.items()
        for name, each in node["inputs"].items()
        if isinstance(each, list) and each
    ]
    return json.dumps({"links": links})


def _text(value: object) -> str:
    return printable(str(value), LONGEST).strip()


def _seed(value: object) -> int | None:
    try:
        seed = int(str(value)[:30])
    except ValueError:
        return None
    return seed if 0 <= seed < GREATEST_SEED else None


def _short(settings: Mapping[str, Any]) -> dict[str, str]:
    few = list(settings.items())[:MOST_SETTINGS]
    return {
        printable(name, 40): printable(
            value if isinstance(value, str) else json.dumps(value, default=str), LONGEST_SETTING
        )
        for name, value in few
    }
