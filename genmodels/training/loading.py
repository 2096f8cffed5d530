"""The data of an experiment, as its model is trained on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genmodels import instruments  # noqa: F401  (what data sets need of trained models)
from genmodels.data.captioning import captioned
from genmodels.data.dataset import Dataset
from genmodels.kinds.text.word_pieces import WordPieces
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names, shipped
from genmodels.trained.opening import newest_weights

if TYPE_CHECKING:
    from genmodels.networks.learner import Learner


def load_for(experiment: Experiment) -> Dataset:
    """The data of an experiment, checked against its batch size and its model."""
    source, kinds = experiment.make_source(), experiment.make_recipe().kinds
    if source.kind not in kinds:
        others = ", ".join(name for name, recipe in MODELS.items() if source.kind in recipe.kinds) or "none yet"
        raise Refusal(
            f"The model {experiment.model} learns {' or '.join(kinds)} and {experiment.data} is {source.kind};"
            f" for this data choose: {others}."
        )
    data = source.load()
    if experiment.make_recipe().captioned:
        data = captioned(data, word_pieces(experiment, data.train.captions))
    if len(data.train) < experiment.batch_size:
        raise Refusal(
            f"The data set {experiment.data} has {len(data.train)} training examples and a batch is"
            f" {experiment.batch_size}; lower the batch size or add more."
        )
    if len(data.test) < 2:
        raise Refusal(f"The data set {experiment.data} has {len(data.test)} held-out examples; at least 2 are needed.")
    if experiment.make_recipe().needs_labels and not data.spec.classes:
        raise Refusal(f"The data set {experiment.data} has no labels as it is set up, so conditional must be false.")
    return data


def word_pieces(experiment: Experiment, captions: Sequence[str]) -> WordPieces:
    """The word pieces that captions are read in: those of the encoder that is taken over, or learned from these captions."""
    recipe = experiment.make_recipe()
    return WordPieces.of(encoder_run(recipe.takes_over).spec) if recipe.takes_over else recipe.word_pieces(captions)


def take_over(learner: Learner) -> None:
    """Before the first step: the weights of the text encoder that the recipe takes over, if it takes any."""
    if name := learner.recipe.takes_over:
        learner.adopt(
            {key: array for key, array in newest_weights(encoder_run(name)).items() if key.startswith("text.")}
        )


def encoder_run(name: str) -> Run:
    """The run whose text encoder is taken over, of the gallery where it has one of that name; refuses one that has none."""
    run = shipped(name) if name in gallery_names() else RunStore.default()[name]
    if not run.experiment.make_recipe().lends_text:
        raise Refusal(
            f"Run {run.id} has no text encoder to take over; name a run of the model clip with text=transformer."
        )
    return run
