"""The terms that trainings log: what they are called, their units, and which belong on one chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dashboard.safe_text import plain_text

INDEX = ("step", "epoch", "seconds", "broken", "latent")  # columns of a history that are no curves
SLOTS = {
    "loss": 0,
    "reconstruction": 2,
    "kl": 1,
    "generator_loss": 0,
    "discriminator_loss": 1,
    "penalty": 3,
    "real_score": 2,
    "fake_score": 1,
    "held_out_loss": 0,
    "held_out_reconstruction": 2,
    "held_out_kl": 1,
    "gradient_norm": 5,
    "gradient_norm_generator": 0,
    "gradient_norm_discriminator": 1,
    "kernel_distance": 3,
    "diversity": 4,
    "active_units": 4,
    "perplexity": 1,
    "bits_per_character": 2,
    "learning_rate": 4,
}


@dataclass(frozen=True)
class Group:
    """Terms that are drawn on one chart."""

    key: str
    title: str
    unit: str
    see: str
    holds: Callable[[str], bool]


GROUPS = (
    Group(
        "scores",
        "Discriminator's scores",
        "probability of real",
        "Healthy: both come close to 0.5. Real near 1 and fake near 0: the discriminator wins.",
        lambda name: name.endswith("_score"),
    ),
    Group(
        "held_out",
        "Held-out",
        "nats per picture",
        "Pictures that no training saw: while this falls the model learns; when it rises it memorises.",
        lambda name: name.startswith("held_out_"),
    ),
    Group(
        "kernel_distance",
        "Kernel distance to held-out pictures",
        "kernel distance",
        "How far samples are from held-out pictures; lower is better, and small steps are noise.",
        lambda name: name == "kernel_distance",
    ),
    Group(
        "diversity",
        "Diversity of samples",
        "share of held-out spread",
        "1 means samples differ as much as real pictures do; a fall towards 0 is mode collapse.",
        lambda name: name == "diversity",
    ),
    Group(
        "near_copy_rate",
        "Near-copies of training pictures",
        "share of samples",
        "Of 64 samples or fewer, how many are nearly a training picture. A rise while the loss still falls is copying.",
        lambda name: name == "near_copy_rate",
    ),
    Group(
        "coverage",
        "Coverage of held-out pictures",
        "share of held-out pictures",
        "How many held-out pictures have a sample nearby; a fall means that the model leaves things out.",
        lambda name: name == "coverage",
    ),
    Group(
        "shares",
        "Groups among the samples",
        "share of samples",
        "As read off the samples, not corrected for the reader's errors. Women among women and men, and each tone among pictures in a tone: a drift shows that bias grows.",
        lambda name: name.startswith("share_"),
    ),
    Group(
        "verbatim_rate",
        "Repeated training text",
        "share of runs of 8 tokens",
        "How much of what is written stands word for word in the training text; held-out text has such runs too.",
        lambda name: name == "verbatim_rate",
    ),
    Group(
        "valid",
        "Molecules",
        "share of what is written",
        "How many of the texts from fixed seeds are molecules that RDKit reads.",
        lambda name: name == "valid",
    ),
    Group(
        "nats_a_step",
        "Held-out nats per step",
        "nats per step",
        "How surprised it is by all four voices of a step of held-out pieces together; lower is better.",
        lambda name: name == "nats_a_step",
    ),
    Group(
        "crossing_rate",
        "Crossed voices",
        "share of steps",
        "In how many steps of the pieces of fixed seeds a higher voice sounds below a lower one; Bach's voices cross now and then too.",
        lambda name: name == "crossing_rate",
    ),
    Group(
        "active_units",
        "Active latent dimensions",
        "dimensions",
        "How much of the latent space is in use; near 0 is posterior collapse.",
        lambda name: name == "active_units",
    ),
    Group(
        "perplexity",
        "Held-out perplexity",
        "tokens",
        "Among how many equally likely tokens the model hesitates; lower is better.",
        lambda name: name == "perplexity",
    ),
    Group(
        "bits_per_character",
        "Held-out bits per character",
        "bits per character",
        "What the model would need to store held-out text; lower is better, and it can be compared across vocabularies.",
        lambda name: name == "bits_per_character",
    ),
    Group(
        "learning_rate",
        "Learning rate",
        "step size",
        "Rises in the warm-up, then falls along a cosine to a tenth.",
        lambda name: name == "learning_rate",
    ),
    Group(
        "gradient_norm",
        "Gradient norm",
        "norm",
        "Level or slowly falling is healthy; sudden growth comes before a training breaks.",
        lambda name: name.startswith("gradient_norm"),
    ),
)
LOSS = Group("loss", "Loss", "loss", "What the training lowers, each term by itself.", lambda name: True)
ADVERSARIAL = "The two networks play against each other: neither loss needs to fall, both should stay level."


def grouped(columns: Sequence[str]) -> list[tuple[Group, list[str]]]:
    """The charts that these columns of a history ask for, the loss first; a term of no group counts as a loss."""
    left = [name for name in columns if name not in INDEX]
    texts = "perplexity" in columns
    found = []
    for group in GROUPS:
        members = [name for name in left if group.holds(name)]
        left = [name for name in left if name not in members]
        if members:
            found.append(
                (
                    replace(group, unit="nats per token", see=group.see.replace("Pictures", "Texts"))
                    if texts and group.key == "held_out"
                    else group,
                    members,
                )
            )
    if not left:
        return found
    unit = "nats per token" if texts else "nats per picture" if "kl" in left else LOSS.unit
    see = ADVERSARIAL if "generator_loss" in left else LOSS.see
    return [(Group(LOSS.key, LOSS.title, unit, see, LOSS.holds), left), *found]


def term_label(name: str) -> str:
    """`held_out_kl` as `held-out KL`; a foreign name as plain text."""
    words = plain_text(name, 40).replace("held_out", "held-out").replace("_", " ")
    return " ".join("KL" if word == "kl" else word for word in words.split(" "))


def unit(name: str) -> str:
    """The unit of a term for an axis."""
    return next((group.unit for group in GROUPS if group.holds(name)), "")


def is_loss(name: str) -> bool:
    """Whether a term is a loss or a part of one: what each model family counts in its own unit."""
    return name.startswith("held_out_") or not any(group.holds(name) for group in GROUPS)


def slot(name: str) -> int:
    """The colour of a term, the same on every chart and at every moment."""
    return SLOTS[name] if name in SLOTS else sum(name.encode()) % 6
