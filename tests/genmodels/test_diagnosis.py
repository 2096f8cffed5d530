"""Each reading on a history that shows it and silent on one that does not. Histories of real trainings are tested elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genmodels.training.diagnosis import RULES, diagnose

Lines = list[dict[str, Any]]
EPOCHS, STEPS = 20, 10
TRAINED = np.linspace(0, 1, EPOCHS * STEPS)


def history(epochs: dict[str, Any] | None = None, **terms: Any) -> Lines:
    """20 epochs of 10 logged steps: terms of (200,) numbers a step, of (20,) numbers an epoch."""
    lines: Lines = []
    for step in range(EPOCHS * STEPS):
        lines.append(
            {"step": step + 1, "epoch": step // STEPS, "seconds": step / 10}
            | {n: float(v[step]) for n, v in terms.items()}
        )
        if epochs and (step + 1) % STEPS == 0:
            lines.append(
                {"step": step + 1, "epoch": step // STEPS} | {n: float(v[step // STEPS]) for n, v in epochs.items()}
            )
    return lines


def vae(**changes: Any) -> Lines:
    wobble = np.random.default_rng(0).normal(0, 0.5, 200)
    falling = 30 + 100 * np.exp(-5 * TRAINED) + wobble
    terms = {
        "loss": falling,
        "reconstruction": falling - 15,
        "kl": 15 * (1 - np.exp(-20 * TRAINED)),
        "gradient_norm": 5 + np.abs(wobble),
    }
    held_out = 33 + 100 * np.exp(-5 * np.linspace(0, 1, EPOCHS))
    epochs = {"held_out_loss": held_out, "active_units": np.full(EPOCHS, 12), "latent": np.full(EPOCHS, 16)}
    return history(
        {n: changes.get(n, v) for n, v in epochs.items()}, **{n: changes.get(n, v) for n, v in terms.items()}
    )


def gan(more: dict[str, Any] | None = None, **changes: Any) -> Lines:
    wobble = np.random.default_rng(0).normal(0, 0.05, 200)
    terms = {
        "generator_loss": 1 + wobble, "discriminator_loss": 1.3 + wobble, "real_score": 0.6 + wobble, "fake_score": 0.4 + wobble,
        "gradient_norm_generator": 2 + wobble, "gradient_norm_discriminator": 2 + wobble,
    }  # fmt: skip
    epochs = {"diversity": 0.3 + 0.6 * np.linspace(0, 1, EPOCHS)}
    return history(
        {n: changes.get(n, v) for n, v in epochs.items()},
        **{n: changes.get(n, v) for n, v in terms.items()},
        **(more or {}),
    )


def only(readings: list[Any], name: str) -> Any:
    assert [reading.name for reading in readings] == [name]
    assert readings[0].sentence.endswith(".")
    return readings[0]


@pytest.mark.parametrize(("lines", "model"), [(vae(), "vae"), (gan(), "gan")])
def test_silent_on_healthy_trainings_from_start_to_end(lines: Lines, model: str) -> None:
    for end in range(0, len(lines) + 1, 3):
        assert diagnose(lines[:end], model) == []


def test_discriminator_wins() -> None:
    winning = 0.55 + 0.44 * np.clip(2 * TRAINED, 0, 1)
    reading = only(diagnose(gan(real_score=winning, fake_score=1 - winning), "gan"), "discriminator wins")
    assert reading.value > reading.threshold == 0.95
    assert 85 <= reading.since_step <= 100  # (0.95 - 0.55) / 0.44 of the first half


def test_a_critic_that_separates_is_as_it_should_be() -> None:
    lines = gan({"penalty": np.full(200, 0.1)}, real_score=np.full(200, 0.99), fake_score=np.full(200, 0.01))
    assert diagnose(lines, "gan") == []


def test_only_the_real_score_being_high_is_no_win() -> None:
    assert diagnose(gan(real_score=np.full(200, 0.99)), "gan") == []


def test_mode_collapse_of_a_run_that_had_spread() -> None:
    diversity = np.r_[np.linspace(0.3, 0.9, 12), np.full(8, 0.1)]
    reading = only(diagnose(gan(diversity=diversity), "gan"), "mode collapse")
    assert reading.since_step == 130 and reading.value == pytest.approx(0.1) and "10%" in reading.sentence


def test_mode_collapse_of_a_run_that_never_spread_is_said_late() -> None:
    lines = gan(diversity=np.full(EPOCHS, 0.05))
    assert only(diagnose(lines, "gan"), "mode collapse").since_step == 10
    assert diagnose(lines[: 8 * (STEPS + 1)], "gan") == []


def test_a_slow_start_is_no_collapse() -> None:
    assert diagnose(gan(diversity=0.05 + 0.2 * np.linspace(0, 1, EPOCHS)), "gan") == []


def test_posterior_collapse_by_active_units() -> None:
    active = np.r_[np.full(5, 12.0), np.full(15, 1.0)]
    reading = only(diagnose(vae(active_units=active), "vae"), "posterior collapse")
    assert reading.since_step == 60 and reading.value == pytest.approx(1 / 16) and "1 of 16" in reading.sentence


def test_posterior_collapse_by_the_kl_term() -> None:
    lines = [{n: v for n, v in line.items() if n != "latent"} for line in vae(kl=np.full(200, 0.01))]
    assert only(diagnose(lines, "vae"), "posterior collapse").threshold == 0.5


def test_overfitting_names_the_best_step() -> None:
    epochs = np.arange(EPOCHS)
    held_out = 50 + 10 * np.abs(epochs - 8) / 8
    reading = only(diagnose(vae(held_out_loss=held_out), "vae"), "overfitting")
    assert reading.since_step == 90 and "90" in reading.sentence


def test_a_plateau_is_no_overfitting() -> None:
    held_out = 50 + 50 * np.exp(-np.arange(EPOCHS)) + np.random.default_rng(1).normal(0, 0.1, EPOCHS)
    assert diagnose(vae(held_out_loss=held_out), "vae") == []


def test_a_broken_term_is_named() -> None:
    lines = [*vae(), {"step": 201, "epoch": 20, "loss": None, "kl": None, "broken": "kl"}]
    reading = only(diagnose(lines, "vae"), "diverging")
    assert reading.since_step == 201 and "kl" in reading.sentence
    assert diagnose([*vae(), {"step": 201, "loss": float("inf")}], "vae")[0].name == "diverging"


@pytest.mark.parametrize("name", ["gradient_norm_generator", "gradient_norm_discriminator"])
def test_an_exploding_gradient(name: str) -> None:
    norms = np.r_[np.full(140, 2.0), np.full(60, 500.0)]
    reading = only(diagnose(gan(**{name: norms}), "gan"), "diverging")
    assert reading.since_step == 141 and reading.value == pytest.approx(250)


def test_a_rising_loss() -> None:
    loss = np.r_[np.linspace(130, 30, 140), np.full(60, 900.0)]
    assert only(diagnose(vae(loss=loss), "vae"), "diverging").since_step == 141


def test_a_loss_below_zero_may_rise_a_little() -> None:
    assert diagnose(vae(loss=-3000 + np.random.default_rng(0).normal(0, 20, 200)), "vae") == []


@pytest.mark.parametrize(
    "lines", [[], [{}], [{"step": 1}], [{"step": 1, "loss": None}] * 100, [{"step": 1, "loss": float("nan")}] * 100]
)
@pytest.mark.parametrize("model", ["vae", "gan", "something new"])
def test_nothing_to_read_is_nothing_to_say(lines: Lines, model: str) -> None:
    assert diagnose(lines, model) == []


def test_every_rule_explains_itself() -> None:
    for rule in RULES.values():
        assert rule.text.endswith(".") and rule.source and np.isfinite(rule.threshold) and rule.function.__doc__


def transformer(held_out: Any, **terms: Any) -> Lines:
    loss = 1 + 5 * np.exp(-5 * TRAINED) + np.random.default_rng(0).normal(0, 0.02, 200)
    terms = {"loss": loss, "learning_rate": 0.003 * (1 - 0.9 * TRAINED), "gradient_norm": 1 + 0 * TRAINED} | terms
    return history({"held_out_loss": held_out, "perplexity": np.exp(held_out), "bits_per_character": held_out / 2}, **terms)


def test_a_language_model_is_read_as_well() -> None:
    epochs = np.arange(EPOCHS)
    healthy = 1.2 + 4 * np.exp(-epochs / 4)
    lines = transformer(healthy)
    assert all(diagnose(lines[:end], "transformer") == [] for end in range(0, len(lines) + 1, 3))
    assert only(diagnose(transformer(2 + np.abs(epochs - 8) / 8), "transformer"), "overfitting").since_step == 90
    exploding = np.r_[np.full(140, 1.0), np.full(60, 900.0)]
    assert only(diagnose(transformer(healthy, gradient_norm=exploding), "transformer"), "diverging").since_step == 141


def run_of(held_out: np.ndarray, seed: int) -> Lines:
    """A training whose own loss falls to the end, ten steps an epoch, with this held-out loss (epochs,)."""
    rng, lines = np.random.default_rng([seed, 1]), []
    for epoch, value in enumerate(held_out):
        for step in range(10 * epoch, 10 * epoch + 10):
            loss = 2 + np.exp(-step / (4 * len(held_out))) + rng.normal(0, 0.01)
            lines.append({"step": step + 1, "epoch": epoch, "loss": float(loss)})
        lines.append({"step": 10 * epoch + 10, "epoch": epoch, "held_out_loss": float(value)})
    return lines


def accused(curve: Any, n: int, model: str, seed: int) -> int:
    """How many of n made-up held-out curves, drawn by `curve(generator)`, are called overfitting."""
    rng = np.random.default_rng(seed)
    curves = [curve(rng) for _ in range(n)]
    return sum("overfitting" in [r.name for r in diagnose(run_of(each, seed), model)] for each in curves)


@pytest.mark.parametrize("model", ["vae", "transformer", "diffusion", "reader"])
@pytest.mark.parametrize("noise", [0.002, 0.01, 0.035, 0.1])
def test_healthy_trainings_that_level_off_are_hardly_ever_accused(noise: float, model: str) -> None:
    """Losses that fall by 0.9 to 2.3, quickly or slowly, in 6 to 100 epochs: of 200, 3 or fewer (43 % to 78 % once were)."""

    def level(rng: np.random.Generator) -> np.ndarray:
        epochs = int(rng.integers(6, 101))
        fall = np.exp(-np.arange(epochs) / (epochs * rng.uniform(0.03, 0.4)))
        return 2.3 + 0.9 * fall + rng.normal(0, noise, epochs)

    assert accused(level, 200 if model == "transformer" else 40, model, seed=11) <= (3 if model == "transformer" else 1)


@pytest.mark.parametrize(("noise", "least"), [(0.002, 49), (0.01, 47), (0.02, 45), (0.035, 42)])
def test_planted_overfitting_is_seen_through_noise(noise: float, least: int) -> None:
    """The held-out loss rises from its best by 10 to 60 % of what it had fallen, over half of 15 to 60 epochs: of 50."""

    def rising(rng: np.random.Generator) -> np.ndarray:
        epochs = int(rng.integers(15, 61))
        best, steps = epochs * rng.uniform(0.25, 0.5), np.arange(epochs)
        risen = rng.uniform(0.1, 0.6) * np.maximum(0, steps - best) / (epochs - best)
        return 2.3 + 0.9 * (np.exp(-4 * steps / best) + risen) + rng.normal(0, noise, epochs)

    assert accused(rising, 50, "transformer", seed=12) >= least


def test_a_short_and_noisy_rise_is_mostly_seen() -> None:
    """12 epochs, scatter of 4 % of the gain: of 100, seven in ten (six by a rank test)."""

    def rising(rng: np.random.Generator) -> np.ndarray:
        best, steps = 12 * rng.uniform(0.25, 0.5), np.arange(12)
        risen = rng.uniform(0.1, 0.6) * np.maximum(0, steps - best) / (12 - best)
        return 2.3 + 0.9 * (np.exp(-4 * steps / best) + risen) + rng.normal(0, 0.035, 12)

    assert accused(rising, 100, "transformer", seed=14) >= 65


def test_a_rise_of_four_per_cent_of_the_gain_is_seen_where_scatter_is_one_per_cent() -> None:
    """Over the last quarter of 90 epochs: of 50, seven in ten (half by a rank test)."""
    steps = np.arange(90)
    curve = 2.3 + 0.9 * (np.exp(-4 * steps / 67) + 0.04 * np.maximum(0, steps - 67) / 22)
    assert accused(lambda rng: curve + rng.normal(0, 0.01, 90), 50, "transformer", seed=15) >= 30


@pytest.mark.parametrize("noise", [0.005, 0.035])
def test_plateaus_that_are_reached_at_once_are_hardly_ever_accused(noise: float) -> None:
    """The hardest innocents: all of 10 to 90 epochs are level, so of 200, 6 or fewer."""

    def level(rng: np.random.Generator) -> np.ndarray:
        epochs = int(rng.choice([10, 20, 40, 90]))
        return 2.3 + 0.9 * np.exp(-np.arange(epochs) / (epochs * rng.uniform(0.03, 0.08))) + rng.normal(0, noise, epochs)

    assert accused(level, 200, "transformer", seed=16) <= 6


def test_a_noisy_plateau_is_silent_while_it_is_watched() -> None:
    """The page looks after every epoch: of 40 healthy trainings of 40 epochs at most one is ever accused."""
    curves = [2.3 + 0.9 * np.exp(-np.arange(40) / 5) + np.random.default_rng(seed).normal(0, 0.035, 40) for seed in range(40)]
    ever = [any(diagnose(run_of(curve[:end], 0), "transformer") for end in range(6, 41, 2)) for curve in curves]
    assert sum(ever) <= 1
