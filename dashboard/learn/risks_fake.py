"""A fake checked live: a picture is drawn, marked, damaged and checked; and a detector, with what it gets wrong here."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from dashboard import navigation, resources, state
from dashboard.drawing.drawn import upscaled
from dashboard.parts import samples, stating
from dashboard.parts.sharing import waits
from dashboard.parts.stating import refuse
from dashboard.safe_text import safe_text
from genmodels.estimates.estimate import clopper_pearson
from genmodels.estimates.rounding import between
from genmodels.instruments.detector import unworn_rates
from genmodels.kinds.image.attacks import recompressed
from genmodels.kinds.image.files import png_bytes
from genmodels.provenance import recorded, way_out
from genmodels.refusal import Refusal
from genmodels.review.file_check import verify
from genmodels.runs.store import gallery_names, shipped
from genmodels.trained.upscaler import UPSCALED

MODEL, N = "gan-openmoji", 32  # who draws; pictures of each side that the detector reads
DAMAGES = ("None", "JPEG, quality 50", "Half the size", "Cropped by a quarter")
KINDS = {
    "emoji": "Emoji that people drew",
    "icons": "Icons that people drew",
    "vae": "Of a VAE",
    "gan": "Of GANs",
    "diffusion": "Of diffusion models",
    "upscaled": "Made larger by the upscaler",
    "interpolated": "Half way between two samples",
}
WITNESSES = ("manifest", "metadata", "watermark", "ledger", "detector")


def show() -> None:
    """Draw and mark, damage, verify; then the detector."""
    st.header("A fake, checked live", anchor=False)
    st.markdown("A model draws a picture; what leaves is marked. Damage the file, and see which marks are still found.")
    if MODEL not in gallery_names():
        stating.empty(f"The model {MODEL} is not here.")
        return
    try:
        _marked()
        _detector()
    except Refusal as refusal:
        refuse(refusal)
    samples.credit(str(shipped(MODEL).facts.get("credit", "")))
    st.markdown(
        "**What a responsible team does**: it marks all that leaves in several ways, tests which damage the marks survive, and takes a detector "
        "as a hint with an error rate, never as proof."
    )
    navigation.link("deepfake", "Audit what survives")
    navigation.link("verify", "Check a file of your own")


def _marked() -> None:
    if st.button("Draw and mark a picture", key="risks.fake", icon=":material/fingerprint:", type="primary"):
        run = shipped(MODEL)
        with (
            stating.working("risks.marking", "Loading the model") as tell,
            resources.generator_in_turn(run, waits(tell)) as model,
        ):
            picture, weights = np.asarray(model.sample(1, seed=0))[0], model.weights
        content = way_out.picture(upscaled(picture), recorded.facts(run, weights, seed=0) | UPSCALED)
        state.put(state.RISK_FAKE, bytes(content))
    content = state.get(state.RISK_FAKE)
    if content is None:
        return
    how = st.segmented_control("Damage", DAMAGES, default=DAMAGES[0], required=True, key="risks.damage")
    file = damaged(content, str(how))
    st.image(file, alt="The picture as it is checked", width=128)
    with stating.waiting("Checking"):
        found = verify(file, "picture", detector=resources.detector())
    st.markdown(safe_text(found["sentence"], 600))
    st.table([{"Witness": name, "Says": str(found[name]["verdict"])} for name in WITNESSES if name in found])


def damaged(content: bytes, how: str) -> bytes:
    """A PNG after that damage, as it would be saved again; the very same bytes for none."""
    from PIL import Image

    if how == DAMAGES[0]:
        return content
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    side, eighth = picture.width, picture.width // 8
    if how == DAMAGES[1]:
        return png_bytes(recompressed("JPEG", 50)(picture, np.random.default_rng(0)))
    if how == DAMAGES[2]:
        return png_bytes(picture.resize((side // 2, side // 2)))
    return png_bytes(picture.crop((eighth, eighth, side - eighth, side - eighth)))


def _detector() -> None:
    st.subheader("A detector that is wrong sometimes", anchor=False)
    if st.button(f"Have it judge {N} made and {N} real drawings", key="risks.detector", icon=":material/search:"):
        with (
            stating.working("risks.judging", "Loading the model") as tell,
            resources.generator_in_turn(shipped(MODEL), waits(tell)) as model,
        ):
            tell(f"Drawing {N} pictures")
            made = np.asarray(model.sample(N, seed=100))
        real = resources.dataset("openmoji").test.images[:N]
        detector, images = resources.detector(), np.concatenate([made, real])
        if detector is None:
            raise Refusal("There is no detector in the gallery.")
        state.put(state.RISK_JUDGED, (images, detector.read(images)[0] >= detector.scale.threshold))
    kept = state.get(state.RISK_JUDGED)
    if kept is None:
        return
    images, called = kept
    truth = np.arange(len(images)) < N
    for name, wrong in (("made drawings are missed", ~called[:N]), ("real drawings are called made", called[N:])):
        each = clopper_pearson(int(wrong.sum()), len(wrong))
        st.markdown(f"**{each.said(percent=True)}** of {name}; in brackets the 95 % interval.")
    st.caption(
        "The real drawings are held out: the detector learned from none of them. The made ones are new, but of a generator that it learned "
        "from. Where it can't tell, that counts as not made here."
    )
    for name, places in (("right", np.flatnonzero(called == truth)), ("wrong", np.flatnonzero(called != truth))):
        if len(places):
            place = int(places[-1])
            samples.images(images[place][None], f"A drawing about which the detector is {name}", side=96, width=96)
            said = "made by a model" if called[place] else "not made by a model"
            st.caption(f"Here it is {name}: it says {said}; it is {'a made' if truth[place] else 'a real'} drawing.")
        else:
            st.caption(f"Of these {len(images)} it was {name} about none.")
    _held_out()


def _held_out() -> None:
    """What was counted of the detector before, on many drawings that it did not learn from."""
    rows = unworn_rates()
    if not rows:
        return
    st.markdown(
        "**How often it calls a drawing made**, counted before on drawings, and samples, that it did not learn from:"
    )
    st.table(
        [
            {"Drawings": KINDS.get(row["family"], row["family"]), "Called made": share(row), "n": row["n"]}
            for row in rows
        ]
    )
    st.caption(
        "95 % intervals, over drawings. No real one is accused, since its threshold was set so; the price is what it misses. All these generators "
        "were among those it learned from: trained without them, it finds 67 % of what the GANs draw and none of 500 pictures of the diffusion models "
        "(docs/audits.md). After JPEG, blur or a smaller size it finds fewer, too."
    )


def share(row: Mapping[str, Any]) -> str:
    """The share that was called made, with its interval."""
    return between(row["flagged"], row["low"], row["high"], percent=True)
