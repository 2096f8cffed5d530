"""What docs/adding.md shows runs, and keeps the contracts of what ships."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from genmodels.audits.audit import AUDITS
from genmodels.data.dataset import DATA, Dataset
from genmodels.metrics.metric import METRICS
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.subjects.stand_ins import Parrot
from tests import conftest
from tests.contracts import test_audit_contract as audits
from tests.contracts import test_data_contract as data
from tests.contracts import test_metric_contract as metrics
from tests.contracts import test_model_contract as models

PAGE = Path(__file__).parent.parent / "docs" / "adding.md"
BLOCK = re.compile(r"^```python\n# (genmodels/\S+)\.py\n(.*?)^```", re.MULTILINE | re.DOTALL)
REGISTRIES = (DATA, MODELS, METRICS, AUDITS)


@pytest.fixture(autouse=True, scope="module")
def added() -> Iterator[None]:
    """Everything on the page is entered, each file as a module of the name that it would have, and taken out again."""
    before, names = [dict(registry) for registry in REGISTRIES], []
    for path, source in BLOCK.findall(PAGE.read_text()):
        module = ModuleType(path.replace("/", "."))
        assert module.__name__ not in sys.modules, "the page shows what is not there"
        sys.modules[module.__name__] = module
        names.append(module.__name__)
        exec(compile(source, f"{path}.py in docs/adding.md", "exec"), module.__dict__)
    assert len(names) == len(REGISTRIES)
    yield
    for registry, were in zip(REGISTRIES, before, strict=True):
        for name in registry.keys() - were.keys():
            del registry[name]
    for name in names:
        del sys.modules[name]


def test_the_data_set_keeps_the_contract() -> None:
    loaded: Dataset = DATA["stripes"](n=100).load()
    for promise in (data.test_pictures_are_what_the_spec_says, data.test_captions_labels_and_groups_are_one_a_picture, data.test_no_picture_is_on_both_sides_of_the_split, data.test_it_says_its_licence_and_source):
        promise(loaded)
    data.test_two_loads_are_equal_and_the_hash_sees_one_pixel_or_letter("stripes")
    data.test_every_knob_has_help_and_survives_json("stripes")


def test_the_metric_keeps_the_contract() -> None:
    loaded = DATA["digits"]().load()
    pictures = loaded.train.images[:300], loaded.test.images[:300]
    metrics.test_it_says_how_to_read_it("centre")
    for promise in (metrics.test_it_estimates_with_an_interval_and_repeats, metrics.test_real_pictures_do_better_than_noise, metrics.test_identical_pictures_are_no_accident):
        promise("centre", pictures)
    metrics.test_bad_input_is_refused_in_one_sentence("centre", metrics.ROOM, metrics.POINTS)


def test_the_model_keeps_the_contract(trained: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(conftest.TINY, "linear", {"width": 4})
    monkeypatch.setitem(conftest.SMALL, "linear", {"data": "digits"})
    monkeypatch.setitem(models.FALLING, "linear", "held_out_loss")
    models.test_every_knob_has_help_and_a_default_that_it_accepts("linear")
    models.test_an_experiment_survives_json("linear")
    for promise in (models.test_it_learns, models.test_the_same_seed_gives_the_same_sample_whatever_the_number, models.test_saved_and_loaded_it_draws_the_same, models.test_two_latents_that_are_equal_decode_equal_and_encoding_brings_back_the_picture):
        promise("linear", trained)
    models.test_weights_of_another_architecture_are_refused("linear", trained, tmp_path)
    models.test_it_takes_every_size_that_the_data_sets_have("linear")


def test_the_audit_keeps_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    one_colour = audits.digits(lambda whole, unseen: Parrot(np.full_like(unseen.images, 255)))
    monkeypatch.setitem(audits.CULPRITS, "blank", {"one colour": one_colour})
    monkeypatch.setitem(audits.INNOCENTS, "blank", {"real pictures": audits.digits(lambda whole, unseen: Parrot(unseen.images))})
    audits.test_every_audit_has_culprits_and_innocents("blank")
    audits.test_it_catches_the_culprit("blank", "one colour")
    audits.test_it_lets_the_innocent_pass("blank", "real pictures")
    audits.test_findings_are_whole_and_repeat("blank")
    few = audits.Subject(Parrot(audits.split(0)[1].images), audits.split(0)[0], n=10)
    assert [finding.verdict for finding in AUDITS["blank"](few)] == ["not measured"], "too few to tell is not a pass"
    with pytest.raises(Refusal, match="blank"):
        AUDITS["blank"].checked({"blanc": 0.1})
