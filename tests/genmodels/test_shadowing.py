"""A user's run that is called like an instrument of the gallery is never opened in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genmodels.gallery import GALLERY
from genmodels.instruments import detector, drawn_by_models
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names, shipped
from genmodels.trained import opening
from genmodels.training import loading
from tests.dashboard.made import made


@pytest.fixture
def shadowed(home: Path) -> list[str]:
    """The user has a run under every name of the gallery."""
    for name in gallery_names():
        made("done").path.rename(home / "runs" / name)
    return gallery_names()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The runs that are opened, without opening them."""
    found: list[Path] = []

    def note(run: Run, epoch: int | None = None) -> Any:
        found.append(run.path)
        raise InterruptedError

    monkeypatch.setattr(opening, "open_model", note)
    monkeypatch.setattr(drawn_by_models, "open_model", note)
    monkeypatch.setattr(detector, "open_model", note)
    return found


OPENINGS: dict[str, Callable[[], Any]] = {
    "detector": detector.open_detector,
    "upscaler": lambda: opening.open_shipped.__wrapped__("upscaler", "upscaler"),
    "judge": lambda: opening.open_shipped.__wrapped__("judge", "clip"),
    "reader-gender": lambda: opening.open_shipped.__wrapped__("reader-gender", "reader"),
    "vae-openmoji": lambda: drawn_by_models._model.__wrapped__("vae-openmoji"),  # another test may have opened those that are kept
}


@pytest.mark.parametrize("name", OPENINGS)
def test_instruments_open_from_the_gallery(shadowed: list[str], opened: list[Path], name: str) -> None:
    assert RunStore.default()[name].path.parent != GALLERY, "the user's own run is found by who asks for it"
    with pytest.raises(InterruptedError):
        OPENINGS[name]()
    assert opened and all(path.parent == GALLERY for path in opened)


def test_text_encoders_too(shadowed: list[str]) -> None:
    assert loading.encoder_run("clip").path == GALLERY / "clip"
    assert shipped("detector").path == GALLERY / "detector"


def test_no_instrument_is_opened_by_name_from_the_users_runs() -> None:
    """Nothing but commands and pages, which a user tells a name, looks among the user's runs."""
    allowed = {"main.py", "verb.py", "training.py", "making.py", "auditing.py", "comparing.py", "reviewing.py", "house.py", "launching.py", "store.py", "catalogue.py", "exchange.py", "doctor.py", "loading.py", "text_search.py", "fcd_by_epoch.py", "human_eval.py"}
    root = Path(detector.__file__).parent.parent
    found = {file.name for file in root.rglob("*.py") if "RunStore.default()" in file.read_text()}
    assert found <= allowed
