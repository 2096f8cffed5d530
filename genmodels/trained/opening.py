"""Opening what a run has trained: the one place that asks which role a model has."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels import checkpoints
from genmodels.files import make_folder, write_atomically
from genmodels.kinds.kind import kind_of
from genmodels.kinds.spec import Spec
from genmodels.printable import printable
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.registry import Registry
from genmodels.runs.run import Run
from genmodels.runs.store import shipped
from genmodels.trained.judge import Judge
from genmodels.trained.reader import TrainedReader
from genmodels.trained.upscaler import TrainedUpscaler

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks
    from genmodels.models.clip import Clip
    from genmodels.models.reader import Reader
    from genmodels.models.recipe import LatentRecipe, PromptedRecipe
    from genmodels.models.sequence_vae import SequenceVae
    from genmodels.models.transformer import Transformer
    from genmodels.models.upscaler import Upscaler
    from genmodels.trained.composer import Composer
    from genmodels.trained.filming import ClipRecipe, Filmer
    from genmodels.trained.latent import TrainedGenerator
    from genmodels.trained.latent_molecules import LatentMolecules
    from genmodels.trained.prompted import PictureGenerator
    from genmodels.trained.writer import TextGenerator

# What a trained model can do: its role to what makes it of recipe, spec, networks and the facts of its run. Those that
# load TensorFlow are loaded when one is opened.
ROLES = Registry("role")


@ROLES.add("latent")
def _latent(recipe: LatentRecipe, spec: Spec, networks: Networks, facts: Mapping[str, Any]) -> TrainedGenerator:
    from genmodels.trained.latent import TrainedGenerator

    return TrainedGenerator(recipe, spec, networks)


@ROLES.add("prompted")
def _prompted(recipe: PromptedRecipe, spec: Spec, networks: Networks, facts: Mapping[str, Any]) -> PictureGenerator:
    from genmodels.trained.prompted import PictureGenerator

    return PictureGenerator(recipe, spec, networks, facts.get("words", {}))


@ROLES.add("clips")
def _clips(recipe: ClipRecipe, spec: Spec, networks: Networks, facts: Mapping[str, Any]) -> Filmer:
    from genmodels.trained.filming import Filmer

    return Filmer(recipe, spec, networks, facts.get("words", {}))


@ROLES.add("writer")
def _writer(recipe: Transformer, spec: Spec, networks: Networks, facts: Mapping[str, Any]) -> TextGenerator:
    from genmodels.trained.writer import TextGenerator

    return TextGenerator(recipe, spec, networks, begins=facts.get("documents", 2) > 1)


@ROLES.add("music")
def _music(recipe: Transformer, spec: Spec, networks: Networks, facts: Mapping[str, Any]) -> Composer:
    from genmodels.trained.composer import Composer

    return Composer(recipe, spec, networks)


@ROLES.add("molecules")
def _molecules(recipe: Transformer, spec: Spec, networks: Networks, facts: Mapping[str, Any]) -> TextGenerator:
    from genmodels.trained.writer import TextGenerator

    return TextGenerator(recipe, spec, networks, rows=kind_of(spec).rows)


@ROLES.add("latent molecules")
def _latent_molecules(recipe: SequenceVae, spec: Spec, networks: Networks, facts: Mapping[str, Any]) -> LatentMolecules:
    from genmodels.trained.latent_molecules import LatentMolecules

    return LatentMolecules(recipe, spec, networks, rows=kind_of(spec).rows)


@ROLES.add("reader")
def _reader(recipe: Reader, spec: Spec, networks: Networks, facts: Mapping[str, Any]) -> TrainedReader:
    return TrainedReader(recipe, spec, networks)


@ROLES.add("judge")
def _judge(recipe: Clip, spec: Spec, networks: Networks, facts: Mapping[str, Any]) -> Judge:
    return Judge(recipe, spec, networks, facts.get("words", {}))


@ROLES.add("upscaler")
def _upscaler(recipe: Upscaler, spec: Spec, networks: Networks, facts: Mapping[str, Any]) -> TrainedUpscaler:
    return TrainedUpscaler(recipe, spec, networks)


def newest_weights(run: Run, epoch: int | None = None) -> dict[str, np.ndarray]:
    """Weights by name: of a kept epoch, of the newest whole checkpoint, or those that it ships with; floats as float32."""
    return _weights(run, epoch)[0]


def _weights(run: Run, epoch: int | None) -> tuple[dict[str, np.ndarray], Weights]:
    """`newest_weights`, and which these are. Raises `Refusal` where there are none, and where one is no finite number."""
    if epoch is not None:
        folder: Any = run.path / "epochs" / str(int(epoch))
    else:
        folder, _ = checkpoints.newest_whole(run.path / "checkpoints")
        folder = folder or next(reversed(checkpoints.steps(run.path / "epochs")), None)
    if folder is None or not folder.is_dir():
        raise Refusal(
            f"Run {run.id} has no weights{'' if epoch is None else f' of epoch {epoch}'} yet; train it or choose another."
        )
    about, parts = checkpoints.load(folder)
    weights = {
        name: array.astype("float32") if array.dtype == "float16" else array for name, array in parts["weights"].items()
    }
    for name, array in weights.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise Refusal(
                f"The weights of run {run.id} hold numbers that are not finite (in {printable(name)}), so it can draw and write nothing; choose an earlier epoch or train it again."
            )
    return weights, Weights(_epoch_of(run, folder, about), checkpoints.sha256(folder / "weights.npz"))


def _epoch_of(run: Run, folder: Path, about: Mapping[str, Any]) -> str:
    """The epoch whose end a checkpoint is of; between two, the one that is begun and the step."""
    if folder.parent.name == "epochs":
        return folder.name
    step, each = about.get("step"), run.facts.get("steps_per_epoch")
    if type(step) is not int or not each:
        return ""
    return str(step // each) if step % each == 0 else f"{step // each + 1}, step {step}"


def _networks(run: Run, epoch: int | None) -> tuple[dict[str, Any], Weights]:
    """The networks that drawing needs with their weights, and which weights these are."""
    from genmodels.networks.learner import BUILDING, Learner

    with BUILDING:
        weights, which = _weights(run, epoch)
        recipe = run.experiment.make_recipe()
        learner = Learner(recipe, run.spec, learning=False)
        learner.restore({name: array for name, array in weights.items() if name.split(".")[0] in recipe.drawing})
    return learner.networks, which


def open_model(run: Run, epoch: int | None = None) -> Any:
    """What a run has trained, ready for use, by its role: of the newest whole checkpoint or of a kept epoch.

    The weights are those of `newest_weights`; raises `Refusal` where there are none or they do not fit.
    """
    from genmodels.networks.learner import BUILDING

    recipe = run.experiment.make_recipe()
    with BUILDING:
        networks, which = _networks(run, epoch)
        model = ROLES[recipe.role_for(run.spec)](recipe, run.spec, networks, run.facts)
    model.weights = which  # what its files say
    return model


@lru_cache(maxsize=8)
def open_shipped(name: str, family: str) -> Any:
    """What the run of the gallery of that name has trained, which must be of that model family.

    Never a user's run of the same name, whose errors nobody counted.
    """
    run = shipped(name)
    if run.experiment.model != family:
        raise Refusal(
            f"Run {run.id} is of the model {run.experiment.model}; what is needed is a run of the model {family}."
        )
    return open_model(run)


def export_keras(run: Run, file: Path) -> None:
    """Write the network that draws as a `.keras` file: latent and label in, what `decode` reads out."""
    if file.suffix != ".keras":
        raise Refusal(f"A Keras file ends in .keras, not in {file.suffix[:20]!r}; choose such a name.")
    networks, _ = _networks(run, None)
    make_folder(file.parent)
    with tempfile.TemporaryDirectory() as aside:  # Keras writes in place
        networks[run.experiment.make_recipe().drawing[-1]].save(Path(aside) / "network.keras")
        write_atomically(file, (Path(aside) / "network.keras").read_bytes())
