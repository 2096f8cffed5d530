"""Transformer: one's own sentence from tokens to the next token, layer by layer, on a model that was really trained."""

from __future__ import annotations

from functools import partial

from dashboard import navigation, state
from dashboard.learn import fast_forward, inside, next_token, sentence
from dashboard.learn.lesson import Lesson
from dashboard.learn.steps import by_steps
from dashboard.parts import stating
from dashboard.parts.samples import credit
from dashboard.parts.stating import refuse
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore


def show() -> None:
    """The sentence and the model above, then one step after the other."""
    store = RunStore.default()
    run = sentence.model(store)
    if run is None:
        stating.empty("There is no trained model of texts yet. Train one, then take this lesson.")
        navigation.link("train", "Train a Transformer", model="transformer")
        return
    try:
        text = sentence.sentence(run)
        if asked := state.take(state.TO_GROW):
            next_token.grow(run, text, *asked)
        steps = {
            "Tokens": inside.tokens,
            "Vectors": inside.vectors,
            "Attention": inside.attention,
            "Layers": inside.layers,
            "Next token": next_token.choose,
        }
        by_steps(
            [
                *((name, partial(draw, run, text)) for name, draw in steps.items()),
                ("Training", partial(fast_forward.epochs, run)),
            ]
        )
        credit(run.facts.get("credit", ""))
    except Refusal as refusal:
        refuse(refusal)


LESSON = Lesson(
    name="transformer",
    title="Transformer",
    icon=":material/notes:",
    minutes=5,
    promise="How a language model goes on with your sentence: from tokens to vectors, attention and probabilities, and to the next token.",
    show=show,
    simplified=(
        "The model is small (0.7 to 3 million numbers, three to six layers); models that chat have thousands of times as many and hundreds of layers, but the same parts.",
        "Of a layer you see where it looks (attention) and what comes out. The feed-forward part between, which holds most of its numbers, is not shown by itself.",
        "The order of the words is put in inside the attention (rotary positions), not added to the vectors as in the first Transformer.",
        "Layers are read by the last layer's own dictionary (the logit lens): for early layers this is a reading aid, not what they were trained to say.",
        "No instruction tuning and no memory of a chat: the model only goes on with the text.",
        "What grows here is drawn without the invisible watermark that the page Prompt puts into texts, and nothing here can be downloaded.",
    ),
    sources=(
        "Vaswani et al. 2017, *Attention Is All You Need*, arXiv 1706.03762: the Transformer.",
        "Sennrich et al. 2016, arXiv 1508.07909: byte pairs, by which a text is cut into tokens.",
        "Radford et al. 2019, *Language Models are Unsupervised Multitask Learners*: one that only reads backwards, trained on the next token.",
        "Su et al. 2021, arXiv 2104.09864: rotary positions.",
        "Press and Wolf 2017, arXiv 1608.05859: the same vectors at the way in and at the way out.",
        "nostalgebraist 2020, *interpreting GPT: the logit lens*: what each layer would say.",
        "Jain and Wallace 2019, arXiv 1902.10186: why attention is no explanation.",
        "Ackley, Hinton and Sejnowski 1985: the temperature of a distribution.",
    ),
)
