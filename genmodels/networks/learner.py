"""Networks that learn: their optimizers, their random numbers, one compiled step.

The only file that knows the back end (TensorFlow). Not `keras.Model.fit`: it cannot be resumed bit for bit, and a step
inside it took 1.1 to 1.6 times as long on two cores, where its input pipeline competes for them and its default is XLA,
slower here than TensorFlow's own kernels (`genmodels bench train-vae train-gan`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from genmodels import lazy_keras
from genmodels.kinds.spec import Spec
from genmodels.networks.compute import compiled
from genmodels.refusal import Refusal

Terms = dict[str, tf.Tensor]
BUILDING = (
    threading.RLock()
)  # one network is built at a time: Keras numbers its operations by a state that threads disturb
TRIES = 3


class Family(Protocol):
    """What a learner asks of a recipe, which can do more (see `models.recipe`)."""

    @property
    def fused(self) -> bool:
        """Is its step compiled by XLA?"""
        ...

    @property
    def drawing(self) -> tuple[str, ...]:
        """The networks that a trained one needs."""
        ...

    def networks(self, spec: Spec) -> Mapping[str, keras.Model]:
        """The networks by name, for examples of that kind."""
        ...

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """The optimizer of each network that learns, by its name."""
        ...

    def step(self, learner: Learner, examples: tf.Tensor, labels: tf.Tensor | None, /) -> Terms:
        """One step on a batch; the terms of its loss."""
        ...


class Adam(keras.optimizers.Adam):
    """Keras's Adam in TensorFlow's one kernel a variable: the same formula in a third of the time."""

    def update_step(self, gradient: tf.Tensor, variable: keras.Variable, learning_rate: tf.Tensor | float) -> None:
        """Move a variable by its gradient, both moments in one fused operation of TensorFlow."""
        number, taken = self._get_variable_index(variable), tf.cast(self.iterations + 1, variable.dtype)
        handles = {"var": variable, "m": self._momentums[number].value, "v": self._velocities[number].value}
        tf.raw_ops.ResourceApplyAdam(
            **{name: each.handle for name, each in handles.items()},
            lr=tf.cast(learning_rate, variable.dtype),
            beta1_power=self.beta_1**taken,
            beta2_power=self.beta_2**taken,
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=gradient,
        )


def cosine(rate: float, steps: int, warmup: int, end: float) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """A step size that rises from 0 over `warmup` steps and falls along a cosine to the share `end` at the last of `steps`.

    Where the number of steps is not known (0), always `rate`.
    """
    if not steps:
        return rate
    rising = {"warmup_target": rate, "warmup_steps": warmup} if warmup else {}
    return keras.optimizers.schedules.CosineDecay(0.0 if warmup else rate, max(1, steps - warmup), end, **rising)


def built(recipe: Family, spec: Spec) -> dict[str, keras.Model]:
    """The networks of a recipe, built while nobody else builds.

    In a server with several sessions Keras (3.15) now and then began its numbering anew in the middle of a network, so
    that two operations had one name, which it refuses; such a network is built again.
    """
    for left in reversed(range(TRIES)):
        try:
            with BUILDING:
                return dict(recipe.networks(spec))
        except ValueError as error:
            if isinstance(error, Refusal) or "names should be unique" not in str(error) or not left:
                raise
    raise AssertionError


def part_of(network: keras.Model, outputs: keras.KerasTensor | list[keras.KerasTensor]) -> keras.Model:
    """The network from its inputs to these outputs in it, which share its weights."""
    with BUILDING:
        return lazy_keras.network(network.inputs, outputs)


class Learner:
    """The networks of a recipe, ready to take steps.

    `networks` maps names to Keras models, `optimizers` the names of those that learn to their optimizer. All random
    numbers of training come from `random`, whose state is saved with the weights, so that a resumed training draws
    what an uninterrupted one would have drawn. Not learning, it has only the networks that drawing needs. `steps` is
    how many there will be, for recipes whose step size falls towards the last (0: not known).
    """

    def __init__(self, recipe: Family, spec: Spec, seed: int = 0, learning: bool = True, steps: int = 0) -> None:
        keras.utils.set_random_seed(seed)
        self.recipe: Any = recipe  # of its family, whose own methods those use who know it
        self.spec = spec
        networks = built(recipe, spec)
        self.networks: dict[str, keras.Model] = (
            networks if learning else {name: networks[name] for name in recipe.drawing}
        )
        self.random = keras.random.SeedGenerator(seed)
        self.steps_taken = keras.Variable(0, dtype="int64", trainable=False, name="steps_taken")
        self.optimizers: dict[str, keras.Optimizer] = recipe.optimizers(steps) if learning else {}
        for name, optimizer in self.optimizers.items():
            optimizer.build(self.networks[name].trainable_variables)
        self._kept: dict[str, Any] = {}
        self._step = compiled(self._traced_step, fused=recipe.fused)

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` gives, made once for this learner: functions of its networks that take long to compile."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def noise(self, *shape: int) -> tf.Tensor:
        """Standard normal numbers of the given shape."""
        return keras.random.normal(shape, seed=self.random)

    def uniform(self, *shape: int) -> tf.Tensor:
        """Numbers from [0, 1) of the given shape."""
        return keras.random.uniform(shape, seed=self.random)

    def step(self, examples: np.ndarray, labels: np.ndarray | None = None) -> dict[str, float]:
        """One training step on uint8 images (n, height, width, channels) or int32 tokens; the terms of its loss as numbers."""
        given = None if labels is None else tf.constant(labels, tf.int32)
        terms = self._step(tf.constant(examples), given)
        return dict(zip(terms, tf.stack(list(terms.values())).numpy().tolist(), strict=True))

    def _traced_step(self, examples: tf.Tensor, labels: tf.Tensor | None) -> Terms:
        if examples.dtype == tf.uint8:
            examples = ops.cast(examples, "float32") / 255
        terms = self.recipe.step(self, examples, labels)
        self.steps_taken.assign_add(1)
        return {name: tf.cast(value, tf.float32) for name, value in terms.items()}

    def descend(self, objective: Callable[[], tuple[Mapping[str, tf.Tensor], Terms]]) -> Terms:
        """Lower each network's loss by one step of its optimizer.

        `objective()` returns the loss of each network that learns, and the terms to report; networks may share a
        loss. The norm of each distinct loss's gradient is added to the terms.
        """
        with tf.GradientTape(persistent=True) as tape:
            losses, terms = objective()
        sharing: dict[int, list[str]] = {}
        for name, loss in losses.items():
            sharing.setdefault(id(loss), []).append(name)
        updates = []
        for names in sharing.values():
            variables = [v for name in names for v in self.networks[name].trainable_variables]
            gradients = tape.gradient(losses[names[0]], [v.value for v in variables])
            suffix = "" if len(sharing) == 1 else f"_{names[0]}"
            terms[f"gradient_norm{suffix}"] = tf.linalg.global_norm(gradients)
            updates += [(names, gradients)]
        for names, gradients in updates:  # after all gradients are taken
            for name in names:
                count = len(self.networks[name].trainable_variables)
                self.optimizers[name].apply(gradients[:count], self.networks[name].trainable_variables)
                gradients = gradients[count:]
        return terms

    def weights(self) -> dict[str, np.ndarray]:
        """Every variable of every network under a stable name."""
        return {name: np.asarray(variable) for name, variable in self._weights().items()}

    def training_state(self) -> dict[str, np.ndarray]:
        """What resuming needs beyond the weights: optimizers, random numbers, steps taken."""
        return {name: np.asarray(variable) for name, variable in self._training_state().items()}

    def restore(self, weights: Mapping[str, np.ndarray], training: Mapping[str, np.ndarray] | None = None) -> None:
        """Set all variables; arrays of another architecture are refused before any is set."""
        pairs = _matched(self._weights(), weights)
        if training is not None:
            pairs += _matched(self._training_state(), training)
        for variable, array in pairs:
            variable.assign(array)

    def adopt(self, weights: Mapping[str, np.ndarray]) -> None:
        """Set some of the weights, by name: those that were trained before."""
        ours = self._weights()
        for variable, array in _matched({name: ours[name] for name in ours if name in weights}, weights):
            variable.assign(array)

    def _weights(self) -> dict[str, keras.Variable]:
        return {
            f"{name}.{number:03d}.{variable.name}": variable
            for name, network in self.networks.items()
            for number, variable in enumerate(network.variables)
        }

    def _training_state(self) -> dict[str, keras.Variable]:
        state = {
            f"{name}.optimizer.{number:03d}": variable
            for name, optimizer in self.optimizers.items()
            for number, variable in enumerate(optimizer.variables)
        }
        return state | {"random": self.random.state, "steps_taken": self.steps_taken}


def _matched(
    variables: Mapping[str, keras.Variable], arrays: Mapping[str, np.ndarray]
) -> list[tuple[keras.Variable, np.ndarray]]:
    for name in sorted(variables.keys() ^ arrays.keys()):
        where = "missing from the file" if name in variables else "not in this model"
        raise Refusal(f"These are weights of another architecture: {name} is {where}; open them with their own run.")
    for name, variable in variables.items():
        if tuple(variable.shape) != arrays[name].shape:
            raise Refusal(
                f"These are weights of another architecture: {name} has the shape {arrays[name].shape} in the file"
                f" and {tuple(variable.shape)} in this model; open them with their own run."
            )
    return [(variable, arrays[name]) for name, variable in variables.items()]


def compiled_once(function: Callable[..., Any], fused: bool = False) -> Callable[..., Any]:
    """`compiled` for arguments that always have the shapes of the first call, which are not looked at again (1 ms a call)."""
    traced: Any = compiled(function, fused)
    found: list[Any] = []

    def call(*arguments: tf.Tensor) -> Any:
        tensors = [tf.convert_to_tensor(each) for each in arguments]
        if not found:
            found.append(traced.get_concrete_function(*tensors))
        return found[0](*tensors)

    return call
