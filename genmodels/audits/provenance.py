"""Provenance: is what a model makes marked when it leaves, and does the mark outlive what happens to files?

Samples are marked as what the command line sends out is, at the size in which it leaves, but none leaves and none is entered
into the ledger; they are read back as `genmodels verify` reads them, and worn. A share of marked files is counted with its
exact interval; so is the share that is still recognised after each change. Files are independent, so the error rates of each
verdict follow from the binomial, at its own n and limits (`exactly`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from genmodels.audits.audit import audit
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.kinds.image import fingerprint as image_fingerprint
from genmodels.kinds.image import watermark as picture_watermark
from genmodels.kinds.image.attacks import PICTURES
from genmodels.kinds.image.files import open_picture
from genmodels.kinds.image.resizing import FACTOR
from genmodels.kinds.image.watermark import LEAST_SIDE
from genmodels.kinds.text import fingerprint
from genmodels.kinds.text.attacks import TEXTS
from genmodels.kinds.text.decoding import Decoding
from genmodels.provenance import credentials, marking
from genmodels.provenance.book import Book
from genmodels.provenance.keys import watermark_key
from genmodels.provenance.sidecar import read_sidecar
from genmodels.provenance.text_mark import p_value
from genmodels.subjects.subject import Subject
from genmodels.trained.opening import open_shipped
from genmodels.trained.upscaler import fits_data
from genmodels.verdicts.error_rates import Case, Rates, exactly, unknown_rates
from genmodels.verdicts.finding import Finding, judge, not_measured, verdict_of
from genmodels.verdicts.limits import Limit

FILES, WORN = 80, 24  # that are sent out; that are worn, which takes far longer
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
LEAST = 10
SURE = 0.001
QUESTIONS = {
    "manifest of a picture": "Does every saved picture carry a whole manifest of this machine that says a model made it?",
    "manifest of a text": "Does every saved text come with a signed statement of this machine?",
    "watermark": "Is the watermark found in a {kind} as it was saved?",
    "together": "Is some mark found after every change that happens to a {kind}?",
}
WAYS = "Send files out by ways that keep the manifest; state in the card which changes lose every mark."
REMEDY = "Save files with genmodels.provenance.marking, and check that the keys of this machine are those that mark."
Send = Callable[[np.ndarray], bytes]  # the way out of a picture


@audit(
    "provenance",
    question="Is what this model makes marked, and does the mark survive?",
    kinds=("image", "text", "code"),
    limits={
        "unmarked": Limit("The share of files that may carry no valid manifest of this machine."),
        "unseen": Limit("The share of files in which no watermark may be found as they were saved."),
        "lost": Limit("The share of files in which no mark may be found after the change that costs most of them."),
    },
)
def provenance(
    subject: Subject,
    *,
    unmarked: float = 0.0,
    unmarked_effect: float = 0.05,
    unseen: float = 0.1,
    unseen_effect: float = 0.15,
    lost: float = 0.5,
    lost_effect: float = 0.25,
) -> list[Finding]:
    """Sends samples out and reads them back, as they were and worn.

    `unmarked` is the accepted share of files that carry no valid manifest of this machine, `unseen` that of files in which
    no watermark is found as they left, `lost` that of files that no mark is found in after the change that costs most of
    them. `..._effect` is how far beyond its limit a share must be seen.
    """
    policy = Limits(Accepted(unmarked, unmarked_effect), Accepted(unseen, unseen_effect), Accepted(lost, lost_effect))
    if subject.data.spec.kind != "image":
        return _texts(subject, policy)
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
    send: Send = getattr(
        subject.generator, "sent", lambda image: marking.signed_png(marking.visible(image), _facts(subject))
    )
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
    pictures = [_opened(send(image)) for image in leaving]
    return [
        _manifests(bare, len(found), policy.unmarked, "picture", exhibits),
        *_survival(_worn(subject, pictures), policy, "picture", how),
    ]


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


def _facts(subject: Subject) -> dict[str, str]:
    return {"Model": subject.name, "Seed": str(subject.seed)}


@dataclass(frozen=True)
class Accepted:
    """An accepted share, and how far beyond it a share must be seen."""

    share: float
    effect: float

    def verdict(self, estimate: Estimate) -> str:
        return verdict_of(estimate, limit=self.share, effect=self.effect)

    def rates(self, n: int, fault: str, worst_of: int = 1) -> Rates:
        """The error rates of a verdict on k of n files; `fault` completes "models that leave 5 % of their files ..."."""
        if self.share >= 1:
            return unknown_rates("nothing was judged: no share can lie above the limit")
        beyond = min(1.0, self.share + self.effect)
        planted = [(False, share) for share in sorted({0.0, self.share})] + [
            (True, share) for share in sorted({(self.share + beyond) / 2, beyond})
        ]
        cases = [
            (Case(f"leave {100 * share:.1f} % of their files {fault}", culprit, max(0.0, share - self.share)), share)
            for culprit, share in planted
        ]
        crude = (Case(f"leave every file {fault}", True, 1 - self.share, crude=True), 1.0)
        return exactly(n, [*cases, crude], lambda k: self.verdict(_share(k, n, worst_of)))


@dataclass(frozen=True)
class Limits:
    """The limits of the three questions."""

    unmarked: Accepted
    unseen: Accepted
    lost: Accepted


def _worn(subject: Subject, pictures: list[Image.Image]) -> list[dict[str, Any]]:
    """For each change: the shares of pictures in which the watermark, the ledger, either is found, n, and how many are missed."""
    book = Book([{"sha256": "", "print": image_fingerprint.of_picture(image)} for image in pictures])
    key, rng = watermark_key("picture"), np.random.default_rng([subject.seed, 7])
    rows: list[dict[str, Any]] = []
    room = min(min(picture.size) for picture in pictures) >= LEAST_SIDE
    for name in CHANGES:
        subject.report("degraded pictures", len(rows), len(CHANGES))
        changed = [PICTURES[name](picture, rng) for picture in pictures]
        seen = np.array([room and picture_watermark.detect(picture, key).p_value <= SURE for picture in changed])
        kept = np.array([book.picture(image_fingerprint.of_picture(picture)) is not None for picture in changed])
        rows.append(_row(name, seen, kept))
        room = room and (
            len(rows) > 1 or bool(seen.any())
        )  # of marked files; what was never there is not looked for again
        if not (seen | kept).any():
            break  # what was never there can't survive
    return rows


def _row(change: str, seen: np.ndarray, kept: np.ndarray) -> dict[str, Any]:
    either = seen | kept
    return {
        "change": change,
        "watermark": float(seen.mean()),
        "ledger": float(kept.mean()),
        "together": float(either.mean()),
        "n": len(seen),
        "missed": int((~either).sum()),
        "unseen": int((~seen).sum()),
    }


def _manifests(bare: int, n: int, limit: Accepted, kind: str, exhibits: list[dict[str, Any]]) -> Finding:
    part, estimate, what = (
        f"manifest of a {kind}",
        _share(bare, n),
        "manifest" if kind == "picture" else "signed statement",
    )
    claim = f"{bare} of {n} {kind}s were saved without a whole {what} of this machine{_between(estimate)}; accepted are {100 * limit.share:.0f} %."
    rates = limit.rates(n, f"without a {what}")
    return judge(
        "provenance",
        claim,
        estimate,
        limit=limit.share,
        effect=limit.effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part=part,
        question=QUESTIONS[part],
        error_rates=rates,
    )


def _survival(rows: list[dict[str, Any]], policy: Limits, kind: str, how: str) -> list[Finding]:
    first, worst, n, few = rows[0], max(rows, key=lambda row: row["missed"]), rows[0]["n"], len(rows)
    estimate, lost = _share(first["unseen"], n), _share(worst["missed"], n, few)
    unseen = f"In {first['unseen']} of {n} {kind}s, {how}, the watermark is not found as they were saved{_between(estimate)}; accepted are {100 * policy.unseen.share:.0f} %."
    claim = f"The worst of {few} changes, {worst['change']}, leaves {worst['missed']} of {n} {kind}s ({how}) with no mark that is found{_between(lost)}; accepted are {100 * policy.lost.share:.0f} %. Each change: see the survival matrix."
    return [
        judge(
            "provenance",
            unseen,
            estimate,
            limit=policy.unseen.share,
            effect=policy.unseen.effect,
            remedy=REMEDY,
            exhibits=rows[:1],
            part=f"watermark of a {kind}",
            question=QUESTIONS["watermark"].format(kind=kind),
            error_rates=policy.unseen.rates(n, "without a watermark that is found"),
        ),
        judge(
            "provenance",
            claim,
            lost,
            limit=policy.lost.share,
            effect=policy.lost.effect,
            remedy=WAYS,
            exhibits=rows,
            part=f"together of a {kind}",
            question=QUESTIONS["together"].format(kind=kind),
            error_rates=policy.lost.rates(n, "without any mark after one of the changes", few),
        ),
    ]


def _share(k: int, n: int, worst_of: int = 1) -> Estimate:
    """The share with an interval that allows for having taken the worst of so many."""
    return clopper_pearson(k, n, 1 - 0.05 / worst_of)


def _between(estimate: Estimate) -> str:
    return f" ({100 * estimate.low:.1f} % to {100 * estimate.high:.1f} % of all would be)"


def _opened(file: bytes) -> Image.Image:
    return open_picture(file)


def _texts(subject: Subject, policy: Limits) -> list[Finding]:
    generator: Any = subject.generator
    if not hasattr(generator, "tokens"):
        return [
            not_measured(
                "provenance",
                QUESTIONS["watermark"].format(kind="text"),
                "This subject shows no tokens, so no watermark can be looked for.",
                "watermark of a text",
            )
        ]
    subject.report("texts", 0, FILES)
    decoding = Decoding(temperature=1.0, length=200)
    human = [document for document in subject.data.test.documents if len(document) > 40] or [
        " ".join(subject.data.test.documents)
    ]
    texts = sorted((str(text) for text in generator.sample(FILES, seed=subject.seed, decoding=decoding)), key=len)
    key = getattr(generator, "watermark_key", None) or watermark_key("text")

    def seen(text: str) -> bool:
        return p_value(text, [generator.tokens], key) <= SURE

    files = [f"{marking.MADE_BY}: {subject.name}\n\n{text}\n" for text in texts]
    facts = [{"Model": subject.name, "Seed": str(subject.seed + number)} for number in range(len(files))]
    statements = [
        read_sidecar(json.loads(each), file.encode())
        for each, file in zip(marking.statements(files, facts), files, strict=True)
    ]
    bare = sum(each.state != "whole" or each.signer == "unknown" for each in statements)
    exhibits: list[dict[str, Any]] = [
        {"sha256": hashlib.sha256(file.encode()).hexdigest()[:16], "text": text[:200]}
        for file, text in zip(files[:8], texts[:8], strict=True)
    ]
    findings = [_manifests(bare, len(files), policy.unmarked, "text", exhibits)]
    long = [
        text
        for text in texts[-WORN:]
        if len(generator.tokens.encode("".join(c for c in text if not generator.tokens.unknown(c)))) >= 50
    ]
    if len(long) < LEAST:
        return [
            *findings,
            not_measured(
                "provenance",
                QUESTIONS["watermark"].format(kind="text"),
                f"n too small: {len(long)} of the {WORN} longest of {FILES} texts have 50 tokens or more; {LEAST} are needed.",
                "watermark of a text",
            ),
        ]
    book, rng, rows = (
        Book([{"sha256": "", "print": fingerprint.of_text(text)} for text in long]),
        np.random.default_rng([subject.seed, 8]),
        [],
    )
    for name, change in TEXTS.items():
        changed = [change(text, human, rng) for text in long]
        marked, kept = (
            np.array([seen(text) for text in changed]),
            np.array([book.text(text) is not None for text in changed]),
        )
        rows.append(_row(name, marked, kept))
    return [*findings, *_survival(rows, policy, "text", f"the {len(long)} longest texts, of 50 tokens or more")]
