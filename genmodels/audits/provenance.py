"""Provenance: is what a model makes marked when it leaves, and does the mark outlive what happens to files?

Samples are sent out as the command line sends them, read back as `genmodels verify` reads them, and worn. A share of
marked files is counted with its exact interval; so is the share that is still recognised after each change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from genmodels.audits import audit
from genmodels.findings import Estimate, Finding, clopper_pearson, judge, not_measured
from genmodels.provenance import credentials, fingerprints, marking, picture_watermark, text_watermark
from genmodels.provenance.attacks import PICTURES, TEXTS
from genmodels.provenance.keys import watermark_key
from genmodels.provenance.ledger import Book
from genmodels.subject import Subject

FILES = 24  # that are sent out
CHANGES = ("as it was", "JPEG 50", "resize to 50 %", "crop 10 %", "rotation 2.5°", "noise of 10 levels", "PNG to JPEG to WebP", "screenshot")
LEAST = 10
SURE = 0.001
REMEDY = "Let what leaves go through genmodels.provenance.marking, and see that the keys of this machine are those that mark."
Send = Callable[[np.ndarray], bytes]  # the way out of a picture


@audit("provenance", question="Is what this model makes marked, and does the mark survive?", kinds=("image", "text", "code"))
def provenance(subject: Subject, *, unmarked: float = 0.0, lost: float = 0.5) -> list[Finding]:
    """Sends samples out and reads them back, as they were and worn.

    `unmarked` is the accepted share of files that carry no valid manifest of this machine, `lost` the accepted share of
    files that no mark is found in after the change that costs most of them.
    """
    if subject.data.spec.kind != "image":
        return _texts(subject, unmarked, lost)
    samples = subject.samples[:FILES]
    if len(samples) < LEAST:
        return [not_measured("provenance", "What leaves is marked", f"n too small: {len(samples)} samples; at least {LEAST} are needed.", "manifest of a picture")]
    send: Send = getattr(subject.generator, "sent", lambda image: marking.png(image, {"Model": subject.name, "Seed": str(subject.seed)}))
    large = [np.asarray(Image.fromarray(image.squeeze()).resize((128, 128), Image.Resampling.NEAREST)) for image in samples]
    small, files = [send(image) for image in samples], [send(marking.as_array(image)) for image in large]
    found = [credentials.read(file) for file in small]
    bare = sum(manifest.state != "whole" or manifest.signer == "unknown" or not manifest.generated for manifest in found)
    exhibits: list[dict[str, Any]] = [{"file": number, "manifest": manifest.state, "signer": manifest.signer, **manifest.claims} for number, manifest in enumerate(found[:12])]
    claim = f"Every file that leaves carries a manifest of this machine that is whole and says that a model made it (share of {len(found)} files without one)"
    manifests = judge("provenance", claim, clopper_pearson(bare, len(found)), limit=unmarked, effect=1.0, remedy=REMEDY, exhibits=exhibits, part="manifest of a picture")
    pictures = [_opened(file) for file in files]
    book = Book([{"sha256": "", "print": fingerprints.of_picture(image)} for image in pictures])
    key, rng = watermark_key("picture"), np.random.default_rng([subject.seed, 7])
    rows: list[dict[str, Any]] = []
    for name in CHANGES:
        subject.report("worn pictures", len(rows), len(CHANGES))
        changed = [PICTURES[name](picture, rng) for picture in pictures]
        seen = np.array([picture_watermark.detect(picture, key).p_value <= SURE for picture in changed])
        kept = np.array([book.picture(fingerprints.of_picture(picture)) is not None for picture in changed])
        rows.append({"change": name, "watermark": float(seen.mean()), "ledger": float(kept.mean()), "together": float((seen | kept).mean()), "n": len(seen), "missed": int((~(seen | kept)).sum()), "unseen": int((~seen).sum())})
        if not seen.any():
            break  # what was never there can't survive
    return [manifests, *_survival(rows, lost, "picture", "enlarged to 128 x 128 pixels, since smaller pictures get no watermark")]


def _survival(rows: list[dict[str, Any]], lost: float, kind: str, how: str) -> list[Finding]:
    first, worst = rows[0], max(rows, key=lambda row: row["missed"])
    unseen = f"The watermark is found in a {kind} as it left ({how}; share without)"
    claim = f"Some mark is found after every one of {len(rows)} changes to a {kind}, {how} (share lost by the worst, {worst['change']}; intervals of each: see the survival matrix)"
    return [
        judge("provenance", unseen, clopper_pearson(first["unseen"], first["n"]), limit=0.1, effect=1.0, remedy=REMEDY, exhibits=rows[:1], part=f"watermark of a {kind}"),
        judge("provenance", claim, _simultaneous(worst["missed"], worst["n"], len(rows)), limit=lost, effect=1.0, remedy="Send files out by ways that keep the manifest; state in the card which changes lose every mark.", exhibits=rows, part=f"together of a {kind}"),
    ]  # fmt: skip


def _simultaneous(k: int, n: int, tests: int) -> Estimate:
    """The share with an interval that allows for having taken the worst of so many."""
    return clopper_pearson(k, n, 1 - 0.05 / tests)


def _opened(file: bytes) -> Image.Image:
    from genmodels.pictures import open_picture

    return open_picture(file)


def _texts(subject: Subject, unmarked: float, lost: float) -> list[Finding]:
    from genmodels.decoding import Decoding

    generator: Any = subject.generator
    if not hasattr(generator, "tokens"):
        return [not_measured("provenance", "What leaves is marked", "This subject shows no tokens, so no watermark can be looked for.", "watermark of a text")]
    subject.report("texts", 0, FILES)
    decoding = Decoding(temperature=1.0, length=200)
    human = [document for document in subject.data.test.documents if len(document) > 40] or [" ".join(subject.data.test.documents)]
    texts = [str(text) for text in generator.sample(3 * FILES, seed=subject.seed, decoding=decoding)]
    texts = sorted(texts, key=len)[-FILES:]
    key = getattr(generator, "watermark_key", None) or watermark_key("text")

    def seen(text: str) -> bool:
        tokens = generator.tokens.encode("".join(c for c in text if not generator.tokens.unknown(c)))
        p = [text_watermark.detect(tokens, key, scheme).p_value * len(text_watermark.WIDTH) for scheme in text_watermark.WIDTH]
        return bool(np.nanmin([1.0, *p]) <= SURE)

    files = [f"{marking.MADE_BY}: {subject.name}\n\n{text}\n" for text in texts]
    facts = [{"Model": subject.name, "Seed": str(subject.seed + number)} for number in range(len(files))]
    statements = [marking.read_sidecar(json.loads(each), file.encode()) for each, file in zip(marking.texts(files, facts), files, strict=True)]
    bare = sum(each.state != "whole" or each.signer == "unknown" for each in statements)
    claim = f"Every text leaves with a signed statement of this machine (share of {len(files)} texts without one)"
    exhibits: list[dict[str, Any]] = [{"sha256": hashlib.sha256(file.encode()).hexdigest()[:16], "text": text[:200]} for file, text in zip(files[:8], texts[:8], strict=True)]
    findings = [judge("provenance", claim, clopper_pearson(bare, len(files)), limit=unmarked, effect=1.0, remedy=REMEDY, exhibits=exhibits, part="manifest of a text")]
    long = [text for text in texts if len(generator.tokens.encode("".join(c for c in text if not generator.tokens.unknown(c)))) >= 50]
    if len(long) < LEAST:
        return [*findings, not_measured("provenance", "The watermark is found in a text", f"n too small: {len(long)} of {3 * FILES} texts have 50 tokens or more; {LEAST} are needed.", "watermark of a text")]
    book, rng, rows = Book([{"sha256": "", "print": fingerprints.of_text(text)} for text in long]), np.random.default_rng([subject.seed, 8]), []
    for name, change in TEXTS.items():
        changed = [change(text, human, rng) for text in long]
        marked, kept = np.array([seen(text) for text in changed]), np.array([book.text(text) is not None for text in changed])
        rows.append({"change": name, "watermark": float(marked.mean()), "ledger": float(kept.mean()), "together": float((marked | kept).mean()), "n": len(long), "missed": int((~(marked | kept)).sum()), "unseen": int((~marked).sum())})
    return [*findings, *_survival(rows, lost, "text", f"the {len(long)} longest texts, of 50 tokens or more")]
