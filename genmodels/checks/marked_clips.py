"""Marked clips: sent out as films, read back as they were and worn."""

from __future__ import annotations

from typing import Any

import numpy as np

from genmodels.checks.marked_files import (
    FILES,
    SURE,
    WORN,
    AcceptedShares,
    facts_of,
    of_manifests,
    of_survival,
    survived,
)
from genmodels.kinds.video.attacks import CLIPS
from genmodels.kinds.video.files import FPS, frames_of
from genmodels.kinds.video.fingerprint import of_clip
from genmodels.kinds.video.watermark import detect_in_frames
from genmodels.provenance import credentials, marking
from genmodels.provenance.book import Book
from genmodels.provenance.keys import watermark_key
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import to_sample
from genmodels.verdicts.finding import Finding


def of_clips(subject: Subject, policy: AcceptedShares) -> list[Finding]:
    """The findings on clips that a model sends out as MP4."""
    subject.report("clips", 0, FILES)
    clips = np.asarray(to_sample(subject.generator).sample(FILES, seed=subject.seed))
    shown = [marking.as_film(clip) for clip in clips]
    facts = facts_of(subject)
    files = [
        marking.signed_film(each, facts | {"Seed": str(subject.seed + number)}, FPS)
        for number, each in enumerate(shown)
    ]
    found = [credentials.read(each) for each in files]
    bare = sum(each.state != "whole" or each.signer == "unknown" or not each.generated for each in found)
    exhibits: list[dict[str, Any]] = [
        {"file": number, "manifest": each.state, "signer": each.signer, **each.claims}
        for number, each in enumerate(found[:12])
    ]
    how = f"as MP4 of {shown[0].shape[2]} x {shown[0].shape[1]} pixels, as they are saved"
    manifests = of_manifests(bare, len(found), policy.unmarked, "clip", exhibits)
    return [manifests, *of_survival(_worn(subject, shown[:WORN], files[:WORN]), policy, "clip", how)]


def _worn(subject: Subject, shown: list[np.ndarray], files: list[bytes]) -> list[dict[str, Any]]:
    """For each change: the shares of clips in which the watermark, the ledger, either is found."""
    book = Book([{"sha256": "", "print": each} for clip in shown for each in of_clip(clip)])
    key, rng = watermark_key("picture"), np.random.default_rng([subject.seed, 8])
    rows: list[dict[str, Any]] = []
    for name, change in CLIPS.items():
        subject.report("worn clips", len(rows), len(CLIPS))
        changed = [change(frames_of(file), rng) for file in files]
        seen = np.array([detect_in_frames(clip, key).p_value <= SURE for clip in changed])
        kept = np.array([any(book.picture(each) is not None for each in of_clip(clip)) for clip in changed])
        rows.append(survived(name, seen, kept))
    return rows
