"""Provenance: is what a model makes marked when it leaves, and does the mark outlive what happens to files?

Samples are marked as what the command line sends out is, at the size in which it leaves, but none leaves and none is entered
into the ledger; they are read back as `genmodels verify` reads them, and worn. A share of marked files is counted with its
exact interval; so is the share that is still recognised after each change. Files are independent, so the error rates of each
verdict follow from the binomial, at its own n and limits (`exactly`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from genmodels.audits.audit import audit
from genmodels.checks.marked_clips import of_clips
from genmodels.checks.marked_files import (
    FILES,
    LEAST,
    QUESTIONS,
    SURE,
    WORN,
    Accepted,
    AcceptedShares,
    facts_of,
    of_manifests,
    of_survival,
    survived,
)
from genmodels.checks.marked_texts import of_texts
from genmodels.kinds.image import fingerprint
from genmodels.kinds.image import watermark as picture_watermark
from genmodels.kinds.image.attacks import PICTURES
from genmodels.kinds.image.files import open_picture
from genmodels.kinds.image.resizing import FACTOR
from genmodels.kinds.image.watermark import LEAST_SIDE
from genmodels.kinds.kind import kind_of
from genmodels.provenance import credentials, marking
from genmodels.provenance.book import Book
from genmodels.provenance.keys import watermark_key
from genmodels.subjects.subject import Subject
from genmodels.trained.opening import open_shipped
from genmodels.trained.roles import Sends
from genmodels.trained.upscaler import fits_data
from genmodels.verdicts.finding import Finding, not_measured
from genmodels.verdicts.limits import Limits, beyond, limit

CHANGES = (
    "as it was",
    "JPEG 50",
    "resize to 50 %",
    "crop 10 %",
    "rotation 2.5°",
    "noise of 10 levels",
    "PNG to JPEG to WebP",
    "screenshot",
)
Send = Callable[[np.ndarray], bytes]  # the way out of a picture


@dataclass(frozen=True, kw_only=True)
class ProvenanceLimits(Limits):
    """What is accepted of files: without a manifest, without a watermark, and without any mark after the worst change."""

    unmarked: float = limit(0.0, "The share of files that may carry no valid manifest of this machine.")
    unmarked_effect: float = beyond("unmarked", 0.05)
    unseen: float = limit(0.1, "The share of files in which no watermark may be found as they were saved.")
    unseen_effect: float = beyond("unseen", 0.15)
    lost: float = limit(
        0.5, "The share of files in which no mark may be found after the change that costs most of them."
    )
    lost_effect: float = beyond("lost", 0.25)

    @property
    def shares(self) -> AcceptedShares:
        """The three questions with what is accepted of each."""
        return AcceptedShares(
            Accepted(self.unmarked, self.unmarked_effect),
            Accepted(self.unseen, self.unseen_effect),
            Accepted(self.lost, self.lost_effect),
        )


@audit(
    "provenance",
    question="Is what this model makes marked, and does the mark survive?",
    kinds=("image", "text", "code", "video"),
    needs=("tokens of texts",),
    limits=ProvenanceLimits,
)
def provenance(subject: Subject, limits: ProvenanceLimits) -> list[Finding]:
    """Sends samples out and reads them back, as they were and worn."""
    spec = subject.data.spec
    looked = of_texts if kind_of(spec).tokens else LOOKED.get(spec.kind, _of_pictures)
    return looked(subject, limits.shares)


def _of_pictures(subject: Subject, policy: AcceptedShares) -> list[Finding]:
    samples = subject.samples[:FILES]
    if len(samples) < LEAST:
        return [
            not_measured(
                "provenance",
                QUESTIONS["manifest of a picture"],
                f"n too small: {len(samples)} samples; at least {LEAST} are needed.",
                "manifest of a picture",
            )
        ]
    send = _way_out(subject)
    subject.report("files", 0, len(samples))
    found = [credentials.read(send(image)) for image in samples]
    bare = sum(
        manifest.state != "whole" or manifest.signer == "unknown" or not manifest.generated for manifest in found
    )
    exhibits: list[dict[str, Any]] = [
        {"file": number, "manifest": manifest.state, "signer": manifest.signer, **manifest.claims}
        for number, manifest in enumerate(found[:12])
    ]
    leaving, how = as_they_leave(samples[:WORN], subject.data.name)
    pictures = [open_picture(send(image)) for image in leaving]
    return [
        of_manifests(bare, len(found), policy.unmarked, "picture", exhibits),
        *of_survival(_worn(subject, pictures), policy, "picture", how),
    ]


def _way_out(subject: Subject) -> Send:
    """How a picture of the subject becomes a file: by its own way where it has one, else as the command line does."""
    if isinstance(subject.generator, Sends):
        return subject.generator.sent
    return lambda image: marking.signed_png(marking.visible(image), facts_of(subject))


def as_they_leave(images: np.ndarray, data: str) -> tuple[np.ndarray, str]:
    """Pictures of a model of that data set at the size in which they are handed out, and that size in words: enlarged where the upscaler fits."""
    height, width = images.shape[1:3]
    if fits_data(data, images.shape[1:]):
        return open_shipped("upscaler", "upscaler").upscale(
            images
        ), f"enlarged to {FACTOR * width} x {FACTOR * height} pixels, as they are saved by default"
    small = (
        ""
        if min(height, width) >= LEAST_SIDE
        else f", in which there is no room for a watermark ({LEAST_SIDE} x {LEAST_SIDE} are needed)"
    )
    return images, f"as they are saved, of {width} x {height} pixels{small}"


def _worn(subject: Subject, pictures: list[Image.Image]) -> list[dict[str, Any]]:
    """For each change: the shares of pictures in which the watermark, the ledger, either is found, n, and how many are missed."""
    book = Book([{"sha256": "", "print": fingerprint.of_picture(image)} for image in pictures])
    key, rng = watermark_key("picture"), np.random.default_rng([subject.seed, 7])
    rows: list[dict[str, Any]] = []
    room = min(min(picture.size) for picture in pictures) >= LEAST_SIDE
    for name in CHANGES:
        subject.report("degraded pictures", len(rows), len(CHANGES))
        changed = [PICTURES[name](picture, rng) for picture in pictures]
        seen = np.array([room and picture_watermark.detect(picture, key).p_value <= SURE for picture in changed])
        kept = np.array([book.picture(fingerprint.of_picture(picture)) is not None for picture in changed])
        rows.append(survived(name, seen, kept))
        room = room and (
            len(rows) > 1 or bool(seen.any())
        )  # of marked files; what was never there is not looked for again
        if not (seen | kept).any():
            break  # what was never there can't survive
    return rows


LOOKED = {"video": of_clips}  # who looks at what of a kind leaves, where it is neither a picture nor a text
