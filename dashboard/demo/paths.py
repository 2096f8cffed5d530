"""The guided paths of the demo: which pages, what to show there, what to say, how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One stop: a page with its parameters, what the speaker does there, says, and in how many seconds."""

    title: str
    screen: str
    show: str
    say: str
    seconds: int
    query: Mapping[str, str] = field(default_factory=dict)


DRAWS = Step(
    "A prompt becomes a picture",
    "prompt",
    "Press Enter in the prompt, and wait for four pictures to clear up.",
    "The model has 5 million numbers and learned from emoji on two processor cores. Nothing leaves this machine.",
    75,
    {"run": "diffusion-openmoji", "prompt": "woman firefighter", "seed": "3"},
)
COPIES = Step(
    "Is it new, or copied?",
    "memorisation",
    "Read one verdict, then scroll to the pairs: drawn on one side, the nearest training picture on the other.",
    "A picture that looks new may be a training picture. Each verdict says how often it is wrong.",
    60,
    {"run": "diffusion-openmoji"},
)
CHECKS = Step(
    "Where does a file come from?",
    "verify",
    "Drop a picture that was downloaded a minute ago, then one from elsewhere.",
    "Five witnesses are asked: manifest, metadata, watermark, ledger, detector. None found is no proof that a person made it, and the page says so.",
    45,
)
PATHS: Mapping[str, tuple[Step, ...]] = {
    "three": (DRAWS, COPIES, CHECKS),
    "ten": (
        DRAWS,
        Step(
            "How it learned",
            "train",
            "Move the slider over the epochs.",
            "A loss alone says little. The page says in plain words what goes wrong in a training, and by which rule.",
            60,
            {"run": "vae-openmoji"},
        ),
        Step(
            "Between two pictures",
            "latent",
            "Play the walk, and read what stands below it.",
            "Every picture is a point; on the way between two points one sees what the model understood.",
            75,
            {"run": "vae-openmoji"},
        ),
        Step(
            "Word by word",
            "prompt",
            "Write one line, then click a token to see what else might have come.",
            "A model of texts gives every next token a probability. It does not know what is true.",
            75,
            {"run": "transformer-docs", "prompt": "The function returns"},
        ),
        Step(
            "Who is drawn?",
            "bias",
            "Read one finding: estimate, interval, limit.",
            "The shares come from the training data. The interval says how sure one can be after so many pictures.",
            75,
            {"run": "diffusion-openmoji"},
        ),
        COPIES,
        Step(
            "Will a mark be found?",
            "deepfake",
            "Show which changes a mark survives, and which it does not.",
            "Marks help honest people. Whoever wants to remove one can.",
            60,
            {"run": "diffusion-openmoji"},
        ),
        CHECKS,
        Step(
            "Audit what another model made",
            "audit",
            "Show where a folder or a table of answers is dropped.",
            "The model itself is not needed: pictures or answers are enough.",
            45,
        ),
        Step(
            "Learn how it works",
            "learn",
            "Open a lesson.",
            "Lessons of five minutes, by doing, on the models that were shown.",
            30,
        ),
    ),
}
WARMED = ("diffusion-openmoji", "vae-openmoji", "transformer-docs")  # no more than `resources` keeps at a time
