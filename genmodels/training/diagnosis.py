"""What is going wrong in a training, in plain words, read from its history.

Each rule has a threshold, named below, and a source. A rule that lacks its numbers says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.registry import Registry
from genmodels.training.logged import History, Series

LEAST = 40  # logged values of a term (about two epochs), below which nothing is said about it
LEAST_EPOCHS = 4  # values logged once an epoch
WINNING = 0.95  # real score above this and fake score below 1 - this
FALLEN_DIVERSITY = 0.5  # spread of samples (as a share of that of held-out pictures) as a share of the best epoch's
LOW_DIVERSITY = 0.3  # the same as a share of held-out pictures, for a run that never spread
LATE_EPOCHS = 10  # before which a run that has not spread yet may still do so
ACTIVE_SHARE = 0.1  # of the latent dimensions
NEGLIGIBLE_KL = 0.5  # nats a picture
WORSE_EPOCHS = 5  # epochs over which the held-out loss has risen, at least
WORSE_BY = 0.02  # how much worse it is now, as a share of the improvement from the first epoch to the best
SMOOTHED = 3  # epochs whose mean is compared, so that one lucky epoch is no best
EXPLOSION = 50.0  # gradient norm now, as a multiple of its median before
RISEN = 3.0  # loss now, above its best, as a multiple of the fall from the first value to the best

RULES = Registry("rule")


@dataclass(frozen=True)
class Reading:
    """Something that goes wrong: its name, a sentence for the user, since which step, and the value that crossed a threshold."""

    name: str
    sentence: str
    since_step: int
    value: float
    threshold: float


@dataclass(frozen=True)
class Rule:
    """A rule as the page explains it; `models` are the families whose history it reads."""

    name: str
    text: str
    threshold: float
    source: str
    models: tuple[str, ...]
    function: Callable[[History], Reading | None]


def diagnose(history: Sequence[Mapping[str, Any]], model: str) -> list[Reading]:
    """All that goes wrong in a training of `model`, from the lines of its history (oldest first); empty where all is well.

    A line is a dictionary with `step` and the terms logged at it; terms that were not are absent, None or NaN.
    """
    lines = History(history)
    readings = [rule.function(lines) for rule in RULES.values() if model in rule.models or not rule.models]
    return [reading for reading in readings if reading is not None]


Test = Callable[[History], Reading | None]


def rule(name: str, text: str, threshold: float, source: str, *models: str) -> Callable[[Test], Test]:
    """Decorator: enter a function from a history to a reading, or to None where all is well."""

    def enter(function: Test) -> Test:
        RULES.add(name)(Rule(name, text, threshold, source, models, function))
        return function

    return enter


@rule(
    "diverging",
    f"A term is not a finite number; or the gradient is {EXPLOSION:g} times what it was; or the loss has risen by"
    f" {RISEN:g} times what it had fallen.",
    EXPLOSION,
    "Pascanu et al. 2013, arXiv 1211.5063",
)
def diverging(history: History) -> Reading | None:
    """The numbers run away."""
    return _not_finite(history) or _exploding_gradient(history) or _rising_loss(history)


def _not_finite(history: History) -> Reading | None:
    for line in history.lines:
        infinite = (name for name, value in line.items() if isinstance(value, float) and math.isinf(value))
        broken = line.get("broken") if isinstance(line.get("broken"), str) else next(infinite, None)
        if broken:
            sentence = f"The term {broken} is not a finite number any more. Lower the learning rate and branch from an earlier epoch."
            return Reading("diverging", sentence, int(line.get("step", 0)), math.inf, EXPLOSION)
    return None


def _exploding_gradient(history: History) -> Reading | None:
    for name in history.names("gradient_norm"):
        norms = history.series(name)
        if len(norms) < LEAST:
            continue
        late = norms.recent()
        usual = float(np.median(norms.values[: -len(late)]))
        now = float(np.median(late.values))
        if now > EXPLOSION * usual > 0:
            sentence = f"The gradient is {now / usual:.0f} times as large as before: the training runs away. Lower the learning rate."
            return Reading("diverging", sentence, norms.since(norms.values > EXPLOSION * usual), now / usual, EXPLOSION)
    return None


def _rising_loss(history: History) -> Reading | None:
    loss = history.series("loss")
    if len(loss) < LEAST:
        return None
    best = float(loss.values.min())
    fallen = max(float(np.median(loss.values[:3])) - best, 0.1 * abs(best), 1e-9)
    value = (float(np.median(loss.recent().values)) - best) / fallen
    if value <= RISEN:
        return None
    sentence = "The loss has risen far above where it began: the training runs away. Lower the learning rate."
    return Reading("diverging", sentence, loss.since(loss.values - best > RISEN * fallen), value, RISEN)


@rule(
    "discriminator wins",
    f"Over the last quarter real pictures score above {WINNING} and generated ones below {1 - WINNING:.2f}. Not asked of"
    " wgan-gp, whose critic is meant to tell them apart.",
    WINNING,
    "Arjovsky and Bottou 2017, arXiv 1701.04862",
    "gan",
)
def discriminator_wins(history: History) -> Reading | None:
    """The generator hardly learns any more, since nothing it does fools the discriminator."""
    real, fake = history.series("real_score"), history.series("fake_score")
    if (
        len(history.series("penalty"))
        or len(history.series("critic_gap"))
        or len(real) != len(fake)
        or len(real) < LEAST
    ):
        return None
    scores = [float(np.median(each.recent().values)) for each in (real, fake)]
    value = min(scores[0], 1 - scores[1])
    if value <= WINNING:
        return None
    sentence = (
        f"The discriminator wins: it scores real pictures {scores[0]:.2f} and generated ones {scores[1]:.2f}, so the"
        " generator learns little. Turn augmentation on, lower the learning rate, or try the loss wgan-gp."
    )
    since = real.since(np.minimum(real.values, 1 - fake.values) > WINNING)
    return Reading("discriminator wins", sentence, since, value, WINNING)


@rule(
    "mode collapse",
    f"Over the last quarter samples are less than {FALLEN_DIVERSITY:g} times as far apart as in the best epoch; or after"
    f" {LATE_EPOCHS} epochs less than {LOW_DIVERSITY:g} times as far as held-out pictures, and no longer rising.",
    FALLEN_DIVERSITY,
    "Goodfellow 2016, arXiv 1701.00160",
    "gan",
)
def mode_collapse(history: History) -> Reading | None:
    """The generator draws the same few pictures whatever the noise."""
    diversity = history.series("diversity")
    if len(diversity) < LEAST_EPOCHS:
        return None
    now, best = float(np.median(diversity.recent().values)), float(diversity.values.max())
    before = float(np.median(diversity.values[len(diversity) // 4 : max(len(diversity) // 2, 1)]))
    never = len(diversity) >= LATE_EPOCHS and now < LOW_DIVERSITY and now < 1.1 * before
    limit = LOW_DIVERSITY if never else FALLEN_DIVERSITY * best
    if now >= limit:
        return None
    sentence = (
        f"Mode collapse: samples are only {now:.0%} as far apart as real pictures. Branch from an earlier epoch with"
        " augmentation, a lower learning rate or another loss."
    )
    return Reading("mode collapse", sentence, diversity.since(diversity.values < limit), now, limit)


@rule(
    "posterior collapse",
    f"Fewer than {ACTIVE_SHARE:.0%} of the latent dimensions are active in two epochs on end, or over the last quarter"
    f" the KL term is below {NEGLIGIBLE_KL} nats per picture.",
    ACTIVE_SHARE,
    "Bowman et al. 2016, arXiv 1511.06349; active units: Burda et al. 2016, arXiv 1509.00519",
    "vae",
)
def posterior_collapse(history: History) -> Reading | None:
    """The decoder ignores the latent, so that all latents give one picture."""
    advice = "Lower beta or let it rise more slowly (warm-up)."
    active, latent = history.series("active_units"), history.series("latent")
    if len(active) >= 2 and len(latent) and latent.values[-1] > 0:
        shares = Series(active.steps, active.values / latent.values[-1])
        if shares.values[-1] < ACTIVE_SHARE and shares.values[-2] < ACTIVE_SHARE:
            sentence = f"Posterior collapse: {active.values[-1]:.0f} of {latent.values[-1]:.0f} latent dimensions are in use. {advice}"
            return Reading(
                "posterior collapse",
                sentence,
                shares.since(shares.values < ACTIVE_SHARE),
                float(shares.values[-1]),
                ACTIVE_SHARE,
            )
    kl = history.series("kl")
    if len(kl) >= LEAST and (now := float(np.median(kl.recent().values))) < NEGLIGIBLE_KL:
        sentence = f"Posterior collapse: the latent carries {now:.2g} nats about a picture, next to nothing. {advice}"
        return Reading("posterior collapse", sentence, int(kl.recent().steps[0]), now, NEGLIGIBLE_KL)
    return None


@rule(
    "overfitting",
    f"The held-out loss has risen over the last {WORSE_EPOCHS + 1} epochs or more, by a straight line that is steeper than level"
    f" losses with as much scatter have by chance (about one in a hundred); the mean of its last {SMOOTHED} epochs has lost"
    f" {WORSE_BY:.0%} of what was gained; and the training loss still falls.",
    WORSE_BY,
    "Prechelt 1998, Early Stopping - But When?; scatter that is alike from epoch to epoch: Bartlett 1946",
    "vae",
    "transformer",
    "diffusion",
    "reader",
    "clip",
    "upscaler",
)
def overfitting(history: History) -> Reading | None:
    """Training examples are learned by heart at the cost of others."""
    held_out, loss = history.series("held_out_loss"), history.series("reconstruction")
    loss = loss if len(loss) else history.series("loss")
    values = held_out.values
    if len(values) <= WORSE_EPOCHS or len(loss) < LEAST or not _rises(values):
        return None
    means = np.convolve(values, np.full(SMOOTHED, 1 / SMOOTHED), "valid")
    best = int(means.argmin())
    step = int(held_out.steps[best + SMOOTHED // 2])
    lost = float(means[-1] - means[best]) / max(float(values[0] - means[best]), 1e-9)
    at_best = loss.values[loss.steps <= step][-LEAST // 4 :]
    falls = len(at_best) > 0 and float(np.median(loss.recent().values)) < float(np.median(at_best))
    if lost <= WORSE_BY or not falls:
        return None
    sentence = (
        f"Overfitting: held-out examples were best at step {step} and have got worse since, while training examples"
        " still get better. Branch from there, or train on more of them."
    )
    return Reading("overfitting", sentence, step, lost, WORSE_BY)


def _rises(values: np.ndarray) -> bool:
    """Whether values (n,) rise from some point to the end by a line that is steeper than level ones have by chance.

    The statistic is the largest, over all points to begin at, of the slope of a line through the rest as a multiple of
    its standard error, so that a best epoch chosen among many is allowed for. The scatter is a median of second
    differences, which a fall or a rise hardly moves; where what the line leaves is alike from epoch to epoch, the error
    grows as that of a mean does. The limit lets up to 1.3 % of plateaus pass that were reached at once, whatever their
    noise, with `WORSE_BY` (found on 3,000 simulated ones for each of nine lengths, counted on 1,500 others of six).
    """
    n = len(values)
    scatter = 1.4826 * float(np.median(np.abs(np.diff(values, 2)))) / np.sqrt(6)
    scores, rests = [], []
    for start in range(n - WORSE_EPOCHS):
        rest = values[start:] - values[start:].mean()
        at = np.arange(len(rest)) - (len(rest) - 1) / 2
        slope = float(at @ rest) / float(at @ at)
        scores.append(slope * float(np.sqrt(at @ at)))
        rests.append(rest - slope * at)
    best = int(np.argmax(scores))
    left = rests[best]
    alike = float(left[1:] @ left[:-1]) / max(float(left @ left), 1e-30) + 2 / len(
        left
    )  # a line takes so much of it away
    alike = min(max(alike, 0.0), 0.8)
    error = max(scatter, 1e-12) * float(np.sqrt((1 + alike) / (1 - alike)))
    return bool(scores[best] > (2.5 + 0.18 * np.log(n)) * error)
