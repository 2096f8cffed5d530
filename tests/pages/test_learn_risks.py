"""The lesson on risks, as a new user goes through it: what it says is what the models draw."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import numpy as np
import pytest

from dashboard import state
from dashboard.learn import risks_fake
from dashboard.learn.risks_fake import DAMAGES, KINDS, N, damaged
from genmodels.data.dataset import DATA
from genmodels.estimates.estimate import clopper_pearson
from genmodels.estimates.rounding import between
from genmodels.explore.faults import copies_of, share_of
from genmodels.kinds.image.near_copies import drawings_of
from genmodels.refusal import Refusal
from genmodels.review.file_check import verify
from genmodels.runs.faulty import COPIER, SKEWS, prepared, skewed
from tests.conftest import GALLERY
from tests.pages.test_pages import no_gallery, opened  # noqa: F401  (a fixture)


def test_the_shares_and_copies_that_it_says_are_those_drawn() -> None:
    test = opened("learn", lesson="risks")
    assert not test.exception, test.exception[0].value
    test.select_slider(key="risks.skew").set_value("95\u00a0%").run()
    test.button(key="risks.draw").click().run(timeout=300)
    test.button(key="risks.copy").click().run(timeout=300)
    assert not test.exception and not test.error
    name, drawn = test.session_state[state.RISK_DRAWN]
    found = share_of(drawn, prepared("skewed-95").experiment)
    said = " ".join(each.value for each in test.markdown)
    assert name == "skewed-95" and found.drawn.low > 0.75 and found.drawn.said(percent=True, n=False).replace("(", "(95 % interval ") in said
    copies = copies_of(test.session_state[state.RISK_COPIED], prepared(COPIER).experiment)
    assert copies.copied.low > copies.false_alarm.high and copies.copied.said(percent=True, n=False).partition(" (")[0] in said


@pytest.mark.parametrize("name", SKEWS)
def test_what_ships_was_trained_as_it_says(name: str) -> None:
    run = prepared(name)
    assert run.experiment == skewed(SKEWS[name]) and run.state == "done"
    labels = run.experiment.make_source().load().train.labels
    assert abs((labels == 0).mean() - SKEWS[name]) < 0.01 and set(labels) == {0, 1}


def test_the_rule_knows_a_copy_and_lets_held_out_pictures_pass() -> None:
    experiment = prepared(COPIER).experiment
    data = experiment.make_source().load()
    assert len(data.train) == 20 and copies_of(data.train.images, experiment).copied.value == 1
    noise = np.random.default_rng(0).integers(0, 256, (50, 8, 8, 1)).astype(np.uint8)
    assert copies_of(noise, experiment).copied.value == 0


def test_digits_that_are_none_are_refused() -> None:
    with pytest.raises(Refusal, match="digit"):
        DATA["digits"].from_dict({"only": "0, x"})
    with pytest.raises(Refusal):
        DATA["digits"].from_dict({"only": "0, 1", "skew": "7=0.5"})


def test_a_marked_picture_is_found_and_the_detector_is_counted(no_gallery: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr("genmodels.gallery.GALLERY", GALLERY)
    test = opened("learn", lesson="risks")
    test.button(key="risks.fake").click().run(timeout=300)
    assert not test.exception and not test.error, [each.value for each in test.error]
    content = test.session_state[state.RISK_FAKE]
    assert verify(content, "picture.png")["manifest"]["verdict"] == "valid"
    assert verify(damaged(content, DAMAGES[1]), "picture.jpg")["manifest"]["verdict"] != "valid"
    test.button(key="risks.detector").click().run(timeout=300)
    assert not test.exception and not test.error, [each.value for each in test.error]
    _, called = test.session_state[state.RISK_JUDGED]
    said = " ".join(each.value for each in test.markdown)
    assert all(f"**{clopper_pearson(int(wrong.sum()), N).said(percent=True)}**" in said for wrong in (~called[:N], called[N:]))
    held_out = {row["Drawings"]: row for row in test.table[-1].value.to_dict("records")}
    known = {row["family"]: row for row in json.loads((GALLERY / "detector" / "rates.json").read_text()) if row["wear"] == "as it was"}
    for family, name in KINDS.items():
        assert held_out[name]["n"] == known[family]["n"] and held_out[name]["Called made"] == between(*(known[family][end] for end in ("flagged", "low", "high")), percent=True)


def test_the_real_drawings_that_the_detector_judges_are_none_that_it_learned_from() -> None:
    """The set `fakes`, which it learned from, takes what it trains on from the training side of all emoji."""
    judged, learned = DATA["openmoji"].from_dict({}).load().test, DATA["openmoji"].from_dict({"subset": "all"}).load().train
    assert not set(drawings_of(judged)) & set(drawings_of(learned))


def test_what_the_lesson_quotes_of_generators_never_seen_is_what_was_counted() -> None:
    told = (Path(risks_fake.__file__).parents[2] / "docs" / "audits.md").read_text()
    for family, share in (("gan", "67.4%"), ("diffusion", "0.0%")):
        row = next(line for line in told.splitlines() if f"generated drawings, {family} never seen | {family}, as it was" in line)
        assert f"| 500 | {share} " in row
    assert "67 % of what the GANs draw and none of 500" in inspect.getsource(risks_fake)
