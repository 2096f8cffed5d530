"""Models are shared by all sessions: built one at a time, asked one at a time; and ten people at once break nothing."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard import resources
from dashboard.parts.sharing import InTurn
from genmodels.networks import learner
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.opening import open_model
from tests.dashboard.sessions import Session, served

NAMES = 'The name "concatenate" is used 4 times in the model. All operation names should be unique.'


class Watched:
    """Counts how many are inside at once."""

    def __init__(self, answer: Any = None) -> None:
        self.inside = self.most = self.calls = 0
        self.answer = answer

    def __call__(self, *given: Any) -> Any:
        self.calls += 1
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.01)
        self.inside -= 1
        return self.answer

    scores = given_away = __call__


def test_networks_are_built_one_at_a_time() -> None:
    recipe = SimpleNamespace(networks=Watched({"net": 1}))
    with ThreadPoolExecutor(8) as pool:
        assert all(built == {"net": 1} for built in pool.map(lambda _: learner.built(recipe, None), range(24)))  # type: ignore[arg-type]
    assert recipe.networks.calls == 24 and recipe.networks.most == 1


def test_a_network_whose_names_were_muddled_is_built_again() -> None:
    tries = iter([ValueError(NAMES), ValueError(NAMES), None])

    def networks(spec: Any) -> dict[str, int]:
        if error := next(tries):
            raise error
        return {"net": 1}

    assert learner.built(SimpleNamespace(networks=networks), None) == {"net": 1}  # type: ignore[arg-type]
    for error in (ValueError("another"), Refusal(NAMES)):
        with pytest.raises(type(error)):
            learner.built(SimpleNamespace(networks=lambda spec, error=error: (_ for _ in ()).throw(error)), None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="4 times"):
        learner.built(SimpleNamespace(networks=lambda spec: (_ for _ in ()).throw(ValueError(NAMES))), None)  # type: ignore[arg-type]


def test_operations_that_have_one_name_get_another() -> None:
    """Keras began its numbering anew in the middle of a network, in busy servers only; here the names are given so."""
    import keras
    import numpy as np

    from genmodels.lazy_keras import network

    given = keras.Input((4,))
    h = keras.layers.Dense(3, name="dense")(given)
    skipped = keras.layers.Dense(3, name="dense")(h)
    h = keras.layers.Concatenate(name="concatenate")([keras.layers.Concatenate(name="concatenate")([h, skipped]), skipped])
    with pytest.raises(ValueError, match='"concatenate" is used 2 times|"dense" is used 2 times'):
        keras.Model(given, h)
    made = network(given, [h, skipped], name="made")
    assert made.name == "made" and len({each.name for each in made.operations}) == len(made.operations) == 5
    assert [np.asarray(each).shape for each in made(np.zeros((2, 4), "float32"))] == [(2, 9), (2, 3)]


def test_every_family_builds_although_keras_counts_anew(trained: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the state of the thread were lost before each operation."""
    from keras.src.utils import naming

    monkeypatch.setattr(naming, "uniquify", lambda name: name)
    for model in ("vae", "gan"):
        assert open_model(Run(trained(model))).sample(1, seed=0).shape[0] == 1


def test_a_shared_model_is_asked_in_turn() -> None:
    model = Watched(3)
    shared = InTurn(model)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: (shared, shared.scores, shared.given_away)[number % 3](number), range(24)))
    assert model.calls == 24 and model.most == 1 and shared.answer == 3


def test_the_server_opens_models_in_one_thread(home: Path, trained: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []
    monkeypatch.setattr(resources, "open_model", lambda run, epoch=None: threads.append(threading.current_thread().name))
    shutil.copytree(trained("vae"), home / "runs" / "mine")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda epoch: resources._loaded(str(home / "runs" / "mine"), epoch, 0), range(4)))
    assert len(threads) == 4 and {name.split("_")[0] for name in threads} == {"builder"}


PAGES = [
    ("prompt", {"run": "diffusion-openmoji", "prompt": "woman firefighter"}), ("latent", {"run": "gan-digits"}), ("latent", {"run": "vae-digits"}),
    ("prompt", {"run": "transformer-docs", "prompt": "The"}), ("latent", {"run": "vae-digits", "view": "Directions"}), ("latent", {"run": "vae-icons"}),
    ("prompt", {"run": "gan-prompts"}), ("latent", {"run": "gan-openmoji"}), ("bias", {"run": "diffusion-openmoji"}), ("deepfake", {"run": "gan-digits"}),
]  # fmt: skip


@pytest.mark.slow
def test_ten_people_at_once(tmp_path: Path) -> None:
    """Ten sessions walk over pages of every kind of model, each beginning elsewhere, in an otherwise empty server."""

    async def visitor(port: int, number: int) -> list[str]:
        async with Session(port) as session:
            for step in range(len(PAGES)):
                page, query = PAGES[(number + step) % len(PAGES)]
                await session.open(page, 900, **query)
            return session.errors

    async def visit(port: int) -> list[list[str]]:
        return await asyncio.gather(*(visitor(port, number) for number in range(10)))

    with served(tmp_path / "home") as (port, log, _):
        assert asyncio.run(visit(port)) == [[]] * 10
        said = log.read_text(errors="replace")
    assert "Traceback" not in said and "is used" not in said, said[-3000:]
