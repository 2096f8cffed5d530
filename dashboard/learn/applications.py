"""The lesson on applications: one line and one live example of each, linked to its page.

A sample that ships is there at once; a click has the model make another, and only then TensorFlow is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dashboard import navigation, resources, state
from dashboard.applications.film_player import Film, play
from dashboard.applications.molecule_cards import structure
from dashboard.applications.music_made import Composed, compose
from dashboard.applications.music_roll import play as play_piece
from dashboard.applications.video_given import PROMPTED
from dashboard.applications.video_made import Asked, film_live, made_last
from dashboard.learn.lesson import Lesson
from dashboard.parts import samples, stating
from dashboard.parts.sharing import waits
from dashboard.parts.stating import refuse
from dashboard.review.asking import audited_runs
from dashboard.safe_text import counted, lines_of, made_caption, plain_text, safe_text
from genmodels.explore import completions, designs
from genmodels.explore import molecules as chemistry
from genmodels.kinds.music.composing import Composing
from genmodels.provenance.claims import made_by_a_model
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names, shipped

WORDS = ("home", "heart", "cloud", "bell", "star", "folder")
MOLECULES, SHOWN = 12, 4  # written; of which so many are drawn
STEPS = 32  # of a piece: eight bars of two quarters
PROBLEMS = ("add_lists", "clamp", "initials", "count_lines")  # functions that are asked for, one a click
FILMED = "a red car moving left slowly"


@dataclass(frozen=True)
class Application:
    """One application: its page, the kind of its examples, the model of the gallery ("": any of that kind), what it does, and
    how one more example is made from a seed and shown."""

    page: str
    kind: str
    model: str
    does: str
    button: str
    make: Callable[[Run, int], Any]
    show: Callable[[Any], None]

    def run(self) -> Run | None:
        """The model that is asked: the gallery's, else the first of its kind; None where there is none."""
        if self.model in gallery_names():
            return shipped(self.model)
        store = RunStore.default()
        return next((store[name] for name in audited_runs(store, (self.kind,))), None)


def show() -> None:
    """All applications, one under the other."""
    for each in APPLICATIONS:
        with st.container(border=True):
            _application(each)


def _application(each: Application) -> None:
    navigation.link(each.page)
    st.markdown(each.does)
    run = each.run()
    if run is None:
        stating.empty("No trained model of this is here yet; the page says how to train one.")
        return
    made: dict[str, tuple[int, Any]] = state.get(state.APPLIED, {})
    if st.button(each.button, key=f"applied.{each.page}", icon=":material/play_arrow:"):
        seed = made.get(each.page, (0, None))[0] + 1
        try:
            made = {**made, each.page: (seed, each.make(run, seed))}
            state.put(state.APPLIED, made)
        except Refusal as refusal:
            refuse(refusal)
    if each.page not in made:
        _shipped(run)
    else:
        seed, thing = made[each.page]
        line = made_by_a_model(f"{run.experiment.model} {run.id}, seed {seed}, just now.")
        st.caption(made_caption(line, 200))
        each.show(thing)
    samples.credit(str(run.facts.get("credit", "")))


def _shipped(run: Run) -> None:
    """What the model made in its training, which is on disk."""
    if newest := samples.newest(run.samples):
        epoch, file = newest
        st.caption(f"Made in training, after epoch {epoch}:")
        with st.container(width=480):
            samples.samples(file, run.experiment.model, run.experiment.data, epoch, most=1, characters=400)


def _composed(run: Run, seed: int) -> Composed:
    asked = Composing(steps=STEPS)
    return compose(run, asked, seed, line=None, harmonise=False, around=None, fixed=())


def _piece(made: Composed) -> None:
    if not len(made.piece.score):
        stating.noted("The model ended the piece before its first step; ask for another.")
        return
    play_piece(made.piece, made.step, f"Piano roll of a piece in four voices, {len(made.piece.score)} steps")


def _written(run: Run, seed: int) -> chemistry.Looked:
    with (
        stating.working("applied.molecules", "Loading the model") as tell,
        resources.generator_in_turn(run, waits(tell)) as model,
    ):
        tell("The model is writing")
        texts = chemistry.written(model, MOLECULES, seed=seed * MOLECULES, temperature=1.0)
    return chemistry.looked_at(texts, range(seed * MOLECULES, (seed + 1) * MOLECULES))


def _molecules(made: chemistry.Looked) -> None:
    st.markdown(f"RDKit reads {len(made.molecules)} of the {made.n} texts as molecules; the first {SHOWN}:")
    with st.container(horizontal=True):
        for each in made.molecules[:SHOWN]:
            structure(each.smiles, plain_text(each.smiles, 60))


def _completed(run: Run, seed: int) -> tuple[str, bool]:
    problem = completions.problem_named(PROBLEMS[seed % len(PROBLEMS)])
    with (
        stating.working("applied.code", "Loading the model") as tell,
        resources.generator_in_turn(run, waits(tell)) as model,
    ):
        tell("The model is writing")
        decoding = completions.how(0.8, 120)
        (text,) = completions.completed(model, problem, docstring=False, n=1, seed=seed, decoding=decoding)
    return text, bool(completions.looked_at([text], "", None).judged.parses[0])


def _function(made: tuple[str, bool]) -> None:
    text, parses = made
    st.code(lines_of(text), language="python", wrap_lines=True)
    st.markdown(
        "Python can read it. Whether it does what its name says is another question; the page runs its tests in a cage."
        if parses
        else "Python can't read it: it breaks a rule of the language."
    )


def _drawn(run: Run, seed: int) -> designs.Named:
    with (
        stating.working("applied.icons", "Loading the model") as tell,
        resources.generator_in_turn(run, waits(tell)) as model,
    ):
        return designs.family(model, WORDS, "outline", seed, lambda share: tell("Drawing", share))


def _icons(made: designs.Named) -> None:
    words = ", ".join(made.words)
    samples.images(made.icons, f"Icons of {words}", columns=len(made.words), side=640, width=640)
    st.caption(safe_text(f"Asked for: {words}.", 200))


def _filmed(run: Run, seed: int) -> np.ndarray | None:
    film_live(Asked(PROMPTED, FILMED, seed), [run])
    made = made_last()
    return made[0].clip if made else None


def _clip(made: np.ndarray | None) -> None:
    if made is not None:
        play([Film(f"Filmed just now: {FILMED}", made)], "applied.film", f"A clip of {counted(len(made), 'frame')}.")


APPLICATIONS: Sequence[Application] = (
    Application(
        "music",
        "music",
        "transformer-chorales",
        "A Transformer that learned chorales by Bach writes pieces in four voices, step by step; you can hear them.",
        "Compose a piece",
        _composed,
        _piece,
    ),
    Application(
        "molecules",
        "molecule",
        "transformer-molecules",
        "A Transformer writes molecules as SMILES, which are lines of text; a chemistry program checks each.",
        "Write molecules",
        _written,
        _molecules,
    ),
    Application(
        "code",
        "code",
        "transformer-code",
        "A Transformer that read the standard library of Python goes on from the first line of a function.",
        "Write a function",
        _completed,
        _function,
    ),
    Application(
        "design",
        "image",
        "diffusion-design",
        "A diffusion model draws icons of one style from words, out of noise in 20 steps.",
        "Draw six icons",
        _drawn,
        _icons,
    ),
    Application(
        "video",
        "video",
        "",
        "A model of clips draws all frames of a film together, so that a thing stays itself while it moves.",
        "Film a clip",
        _filmed,
        _clip,
    ),
)

LESSON = Lesson(
    name="applications",
    title="Applications",
    icon=":material/apps:",
    minutes=5,
    promise="The same few ideas write music, molecules and code, and draw icons and films. Click, and see one made.",
    show=show,
    simplified=(
        "These models have 0.8 to 3.8 million parameters and learned on one processor; products use models a thousand times larger, built on the same ideas.",
        "One example says nothing about how good a model is. Each page has measures, with their intervals, on many.",
        "A chemistry program checks whether a text is a molecule. It does not say what the molecule does in a body.",
    ),
    sources=(
        "Music: Huang et al., *Music Transformer*, 2019, [arXiv:1809.04281](https://arxiv.org/abs/1809.04281)",
        "Molecules: Segler et al., *Generating focused molecule libraries with recurrent neural networks*, 2018, [arXiv:1701.01329](https://arxiv.org/abs/1701.01329)",
        "Code: Chen et al., *Evaluating large language models trained on code*, 2021, [arXiv:2107.03374](https://arxiv.org/abs/2107.03374)",
        "Icons: Ho et al., *Denoising diffusion probabilistic models*, 2020, [arXiv:2006.11239](https://arxiv.org/abs/2006.11239)",
        "Video: Ho et al., *Video diffusion models*, 2022, [arXiv:2204.03458](https://arxiv.org/abs/2204.03458)",
    ),
)
