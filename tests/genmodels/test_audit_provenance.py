"""The audit of provenance: each verdict has the rates of its own rule, and too few files are no pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genmodels.audits.audit import AUDITS
from genmodels.audits.provenance import as_they_leave
from genmodels.checks import marked_clips
from genmodels.checks.marked_files import Accepted, AcceptedShares, of_manifests, of_survival, share_of
from genmodels.data.dataset import DATA
from genmodels.estimates.estimate import clopper_pearson
from genmodels.kinds.video.attacks import CLIPS
from genmodels.provenance import marking
from genmodels.subjects.stand_ins import Parrot
from genmodels.subjects.subject import Subject
from genmodels.verdicts.finding import Finding
from tests.drawings import drawing


def test_too_few_files_are_no_pass() -> None:
    limit = Accepted(0.0, 0.05)
    few, enough = (of_manifests(0, n, limit, "picture", []) for n in (24, 80))
    assert (few.verdict, enough.verdict) == ("not measured", "pass") and "would do" in few.reason
    assert of_manifests(1, 80, limit, "picture", []).verdict == "fail"


def test_rates_are_those_of_the_verdict_on_files() -> None:
    rates = of_manifests(0, 80, Accepted(0.0, 0.05), "picture", []).error_rates
    assert rates["false_alarm"] == 0 and rates["n"] == 80
    assert rates["power"] == pytest.approx(1 - 0.95**80) and rates["small_power"] == pytest.approx(1 - 0.975**80)


def test_a_share_at_the_limit_is_an_innocent_that_seldom_fails() -> None:
    limit = Accepted(0.1, 0.15)
    rates = limit.rates(60, "without a watermark")
    assert rates["false_alarm"] < 0.03 < rates["power"] and limit.verdict(clopper_pearson(0, 60)) == "pass"


def test_what_cannot_fail_is_reported() -> None:
    rows = [{"change": "as it was", "watermark": 1.0, "ledger": 1.0, "together": 1.0, "n": 24, "missed": 0, "unseen": 0}]
    unseen, together = of_survival(rows, AcceptedShares(Accepted(0, 0.05), Accepted(1.0, 0.1), Accepted(0.5, 0.25)), "picture", "enlarged")
    assert (unseen.verdict, together.verdict) == ("reported", "pass") and "not_measured" in unseen.error_rates


def test_the_worst_of_several_changes_is_judged_more_strictly() -> None:
    assert share_of(3, 24, 8).low < share_of(3, 24).low and Accepted(0.5, 0.25).rates(24, "x", 8)["false_alarm"] < Accepted(0.5, 0.25).rates(24, "x")["false_alarm"]


def asked(pictures: np.ndarray) -> dict[str, Finding]:
    """What the audit says of a generator that repeats pictures."""
    digits = DATA["digits"]().load()
    data = replace(digits, spec=replace(digits.spec, shape=pictures.shape[1:]))
    return {finding.part: finding for finding in AUDITS["provenance"](Subject(Parrot(pictures), data, n=16, name="vae r1"))}


def test_auditing_enters_nothing_and_says_whose_the_files_are(home: Path) -> None:
    found = asked(np.stack([drawing(seed=seed) for seed in range(16)]))
    assert not (home / "ledger.jsonl").exists()
    assert found["manifest of a picture"].exhibits[0]["model"] == "vae r1"
    assert found["watermark of a picture"].verdict in ("pass", "not measured") and "128 x 128" in found["watermark of a picture"].claim
    rows = {row["change"]: row for row in found["together of a picture"].exhibits}
    assert rows["as it was"]["watermark"] == rows["crop 10 %"]["watermark"] == 1


def test_clips_are_sent_out_and_worn_and_nothing_is_entered(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marked_clips, "FILES", 10)
    monkeypatch.setattr(marked_clips, "WORN", 4)
    monkeypatch.setattr(marked_clips, "CLIPS", {name: CLIPS[name] for name in ("as it was", "H.264 again, rate factor 35", "GIF")})
    data = DATA["motion"](clips=200, frames=8).load()
    found = {finding.part: finding for finding in AUDITS["provenance"](Subject(Parrot(data.train.images[:10]), data, n=10, name="video r1"))}
    assert set(found) == {"manifest of a clip", "watermark of a clip", "together of a clip"} and not (home / "ledger.jsonl").exists()
    assert found["manifest of a clip"].estimate.value == 0 and found["manifest of a clip"].exhibits[0]["model"] == "video r1"
    rows = {row["change"]: row for row in found["together of a clip"].exhibits}
    assert len(rows) == 3 and rows["GIF"]["n"] == 4 and rows["as it was"]["watermark"] == 1, rows
    assert all(row["together"] >= 0.5 for row in rows.values()), rows


def test_auditing_texts_enters_nothing(home: Path) -> None:
    assert marking.statements(["a text"], [{}]) and not (home / "ledger.jsonl").exists()


def test_survival_is_counted_at_the_size_in_which_files_leave(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = np.stack([np.asarray(Image.fromarray(drawing(seed=seed)).resize((8, 8))) for seed in range(16)])
    found = asked(small)["watermark of a picture"]
    assert found.verdict == "fail" and "8 x 8" in found.claim and "no room for a watermark" in found.claim

    class Upscaler:
        def upscale(self, images: np.ndarray) -> np.ndarray:
            return images.repeat(4, 1).repeat(4, 2)

    monkeypatch.setattr("genmodels.audits.provenance.open_shipped", lambda name, family: Upscaler())
    for data, side, leaves in (("digits", 8, 8), ("icons", 28, 28), ("icons", 32, 32), ("openmoji", 32, 128), ("openmoji", 128, 128)):
        images, how = as_they_leave(np.zeros((2, side, side, 3), np.uint8), data)
        assert images.shape[1] == leaves and f"{leaves} x {leaves}" in how
