"""Every session key and URL parameter. The URL is the selection, session state the unsaved choice, the run folder the truth.

A bound key is both: `st.selectbox(..., **bound(MODEL))` writes its choice into the URL and is set by it. A parameter is
only ever looked up among known names, never used as a path.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

# In the URL
MODEL, DATA = "model", "data"  # what to train
TRAIN_ON = "on"  # the data set that a link asks to train on; taken over and gone
LIKE = "like"  # the run whose settings the form of a new training takes over; taken over and gone
ADD = "add"  # Data: the set to bring something of one's own to; from a page that binds `data`, of which a link would lose it
OWN_SET = "token"  # which of one's own imported sets, beside the data set
RUN = "run"  # which run is watched or explored
PART = "part"  # the page of a model: which part of it
LABELS = "labels"  # which outputs people label
OUTPUTS = "outputs"  # which outputs that were brought are audited
SEARCH, STATES, MODELS, TAGS = "search", "state", "models", "tags"  # filters of the runs page
LISTED, PAGE = "as", "page"  # the runs as cards or as a table; which page of the cards
COMPARED = "compare"  # the ids of the runs that are worked with, or compared
TERM, AXIS = "term", "axis"  # what the overlay of curves shows
VIEW, SEEDS, KIND, LABEL = (
    "view",
    "seeds",
    "kind",
    "label",
)  # latent page: its view, anchors, interpolation; what is told
PICTURES = "pictures"  # latent page: anchors that are pictures of the data, "train:57,12" or "test:0,3"
PROMPT, SEED = "prompt", "seed"  # prompt page: what the text begins with (once it was written on, if short), first seed

KEY, LENGTH, TEMPERATURE = "key", "length", "temperature"  # music, drug discovery, code: what is composed or written

PAINTING, LOOKED_AT = "painting", "looked"  # prompt page: which view of a model that draws; which seed is looked into
NUMBER, BEGIN = "n", "begin"  # drug discovery and code: how many; drug discovery: the first characters of each
FILM_WAY = "film"  # video: from what a clip is made
DESIGN_VIEW = "design"  # product design: which view
CODE_VIEW = "code"  # code: which view
PROBLEM, SIGNATURE, DOCSTRING = "problem", "signature", "docstring"  # its function: one of ours by name, or one's own
MOLECULES_VIEW, GIVEN_MOLECULE = "molecules", "molecule"  # its view; the molecule that is to be improved
DEMO = "demo"  # which step of which path of the demo
WORD = "word"  # glossary: the term that is looked for
LESSON, STEP = "lesson", "step"  # which lesson of Learn, and which of its steps
WRITER, SENTENCE = "writer", "sentence"  # Transformer: the model; the user's own words
PAINTER, PICTURED = "painter", "pictured"  # Text to image: the model; the prompt

# In the session only
MOLECULES, BETTER_MOLECULES = "molecules_written", "molecules_better"  # what was written last; what a search found
COMPLETED, TRIED, FILLED = "code_completed", "code_tried", "code_filled"  # functions completed last; run; gap filled
WALKED_MOLECULES = "molecules_walked"  # what a walk met
RISK_DRAWN, RISK_RUN, RISK_COPIED = "risk_drawn", "risk_run", "risk_copied"  # the lesson on risks: drawn last, trained
RISK_FAKE, RISK_JUDGED = "risk_fake", "risk_judged"  # its marked picture; what its detector read
APPLIED = "applied"  # the lesson on applications: the newest example of each page, with its seed
FILMED, FILM_BESIDE = "filmed", "video.beside"  # what was filmed last; the model that films beside
DESIGNS, DESIGN_LOOKS = "designs", "design_looks"  # what was designed last in each view; what it was found to look like
ANCHORS = "anchors"  # latent page: where its anchors come from
NOISE = "learn_seed"  # Text to image: the seed of the noise
GROWN, TO_GROW, DRAWS = "grown", "to_grow", "draws"  # Transformer: tokens after the sentence; asked for; how often
DEMO_PLACE = "demo_place"  # the same, for pages that a link without it leads to
RATER = "rater"  # who labels
REVIEWER = "reviewer"  # who decides on findings
NEXT_LABELS = "next_labels"  # the outputs to be labelled after the next rerun
LABEL_REFUSED = "label_refused"  # why the last answer was not kept
NEXT_OUTPUTS = "next_outputs"  # the outputs to be shown after the next rerun
CONTENTS = "contents"  # where the list of a page's headings stands, and what it names so far
SEEN_TOO = "seen_too"  # which more terms the foot of this page explains
NOTICE = "notice"  # to be shown after the next rerun
FOLLOWED = "followed"  # what the address said of the page of a model when it was drawn last
EPOCH, EPOCH_MOVED = "epoch_shown", "epoch_moved"  # slider over epochs; whether it left the newest
NOT_TAKEN = "not_taken"  # settings of the run that the form is to be like which it can't have, and what it has instead
FITTED = "fitted"  # the size of a latent space that the form of a training set for the data
FORECAST, TIMING = "forecast", "timing"  # what the form would train, and its timing; the timing that was begun last
RESTED = "rested"  # the form as it was at the last look
SMOOTHING, LOG = "smoothing", "log_axis"
LIVE_DRAWN = "live_drawn"  # what curves and pictures of a run that works were drawn from
WATTS = "watts"
CHOSEN, CHOSEN_BY_LINK = "chosen_runs", "chosen_by_link"  # the same, as the field has them; what the address said last
TICKED = "ticked_runs"  # how often the table of runs was drawn anew, of which runs, and what was ticked in it then
EVERY_COLUMN = "every_column"  # of the table of runs
UPLOAD, UPLOAD_RUN = "upload", "upload_run"
KERAS = "keras_file"  # the run and its .keras file, once it was made
SLOTS = "slots"  # which colour a run has in charts
SHOWN_DATA = "shown_data"  # a set that is fetched from the internet was asked for
LOOKED_AT_DATA = "looked_at_data"  # the data set that was looked at last, with its knobs
RUN_IN_URL = "run_in_url"  # the run that the address named when the page was last drawn
CHOSEN_MODEL = "chosen_model"  # what the last page was about
OPEN = "open_next"  # the run to be shown after the next rerun
ASKED = "asked_texts"  # what is to be written in this run of the page
WRITE_NOW = "write_now"  # what the form asks for is to be written, as if Write was pressed
WRITTEN = "written"  # the texts that were written last, one list a kind of view
SAMPLES, OTHER, LAYER = "samples", "other_model", "layer"  # prompt page
SWAP_FROM, SWAP_TO, CANDIDATES = "swap_from", "swap_to", "candidates"  # counterfactual prompts
DRAWN, DRAW_AGAIN = (
    "drawn",
    "draw_again",
)  # the pictures that were drawn last, one list a view; one is to be drawn at once
HISTORY, STARS = "history", "stars"  # pictures of this session; the favourites among them
TOWARDS, WORD_STEP = "towards", "word_step"  # second prompt; at which step of a drawing words are shown
COMPOSED = "composed"  # the piece that was composed last
WAY, GIVEN_BY, FIXED = (
    "music.way",
    "music.given_by",
    "music.fixed",
)  # how it is composed; where a melody comes from; voices that stay
CHECKED = "checked_files"  # the files that were checked last, and what was found
PAINTED = "painted"  # what was painted on the page
BEGUN, BEFORE = (
    "begun",
    "before",
)  # picture and mask to begin from as the form has them; what the last drawing began from
SWEEP, SWEPT = "sweep.shape", "sweep.drawn"  # axes of the sweep as the form has them; of what was drawn
UNFOLDED = "unfolded"  # the form that "Change" opened over its result
ASKED_FOR, TOLD = (
    "asked_for",
    "told",
)  # what a link asked of widgets that are tied to the address; what its page said of it
UNDONE = "undone"  # the key and value that ask once more for what failed
STARTED = "started"  # what was started last and when, so that a double click starts one run


def bound(key: str) -> dict[str, Any]:
    """Arguments that tie a widget to a URL parameter. What a link asked for is kept, since a widget drops what it does not have."""
    if key not in st.session_state and (asked := st.query_params.get_all(key)):
        st.session_state.setdefault(ASKED_FOR, {})[key] = asked
    return {"key": key, "bind": "query-params"}


def mirrored(key: str, options: Sequence[str]) -> dict[str, Any]:
    """The same for a key that links of the page carry too: those of a `bound` one Streamlit would strip from the link, since it
    takes them for the page's own. What the address asks for and is none of the options is taken out of it."""
    asked = in_url(key)
    value = asked if asked in options else None
    if (key in st.session_state and get(key) != value) or (asked and not value):
        set_in_url(
            key, value or ""
        )  # a link on the very page, of which Streamlit does not tell the address, or a wrong one
    put(key, value)
    return {"key": key, "on_change": lambda: set_in_url(key, get(key) or "")}


def kept(key: str) -> dict[str, Any]:
    """Arguments that keep a widget's value for the session, while it is not drawn too."""
    return {"key": key, "persist_state": "session"}


def knob_key(*parts: str) -> str:
    """The key of a knob's widget: which form, which thing, which knob."""
    return ".".join(("knob", *parts))


def get(key: str, default: Any = None) -> Any:
    return st.session_state.get(key, default)


def put(key: str, value: Any) -> None:
    """Set a value; of a widget only before it is drawn (in a callback, for one)."""
    st.session_state[key] = value


def clear() -> None:
    """Forget all that this session chose."""
    st.session_state.clear()


def take(key: str) -> Any:
    """The value, which is forgotten."""
    return st.session_state.pop(key, None)


def parameter(key: str) -> str:
    """A URL parameter as it stands there; foreign text. For links to a page whose widget is not drawn yet."""
    return st.session_state.get(key) or st.query_params.get(key, "")


def in_url(key: str) -> str:
    """What the URL says of a key, "" where it is silent; foreign text."""
    return st.query_params.get(key, "")


def all_in_url(key: str) -> list[str]:
    """What the URL says of a key that takes several values; foreign texts. A widget drops what it does not know."""
    return [value for value in st.query_params.get_all(key) if value]


def set_in_url(key: str, value: str) -> None:
    """Put a value into the URL before the widget is drawn that is bound to it; "" takes it out."""
    if value:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)


def follow(keys: tuple[str, ...]) -> None:
    """Have the address say what a link on the very page led to: Streamlit runs the page with the link's parameters and leaves
    the address as it was. `keys` are what such links differ in; on arrival from elsewhere the address is right, and stays."""
    said = {key: value for key in keys if (value := st.query_params.get(key))}
    before = get(FOLLOWED)
    put(FOLLOWED, said)
    if before is not None and before != said:
        st.query_params.from_dict({key: st.query_params.get_all(key) for key in st.query_params})


def from_url(key: str) -> None:
    """Takes a parameter over into the session when a link brought another one; called before its widget is drawn."""
    value, seen = st.query_params.get(key), f"{key}_in_url"
    if value is not None and value != get(seen):
        put(key, value)
        put(seen, value)


def to_url(key: str, value: str, most: int = 1000) -> None:
    """Show a text in the URL, so that a link leads here; a long one is left out."""
    put(f"{key}_in_url", value)
    if 0 < len(value) <= most:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)


def retry_with(key: str, value: Any) -> None:
    """What the button "Try again" puts into the session, if what follows fails; to be taken back once it has not."""
    put(UNDONE, (key, value))


def forget(key: str) -> None:
    """Drop a selection from session and URL, before its widget is drawn."""
    st.session_state.pop(key, None)
    st.query_params.pop(key, None)


def notice(text: str, icon: str = ":material/check_circle:") -> None:
    """Say this in a toast after the next rerun."""
    put(NOTICE, (text, icon))


def show_notice() -> None:
    """The toast that was asked for, once."""
    if waiting := take(NOTICE):
        st.toast(waiting[0], icon=waiting[1])


def upload_key(kind: str) -> str:
    """The key of an uploader; another one, which is empty, after its file was used."""
    return f"{kind}.{get(f'{kind}_used', 0)}"


def uploaded(kind: str) -> None:
    """The file of this uploader was used."""
    put(f"{kind}_used", get(f"{kind}_used", 0) + 1)


def open_run(name: str) -> None:
    """Show this run after the next rerun ("": none); a widget's key can't be set once it is drawn."""
    put(OPEN, name)


def opened() -> None:
    """Takes over the run that was asked for; called before the widget is drawn."""
    if OPEN in st.session_state:
        put(RUN, take(OPEN) or None)
        set_in_url(RUN, get(RUN) or "")


def table_key() -> str:
    """The key of the table of runs: a new one has ticked what it is told to, whatever the one before had."""
    return f"{TICKED}.{get(TICKED, (0,))[0]}"


def ticks(names: list[str], chosen: list[str]) -> list[str]:
    """What the table of these runs begins with as ticked: what is chosen when it is drawn anew, then always the same."""
    number, listed, ticked = get(TICKED, (0, None, []))
    if listed != names:
        number, ticked = number + 1, [name for name in chosen if name in names]
        put(TICKED, (number, names, ticked))
    return list(ticked)


def tick_anew() -> None:
    """Have the table of runs drawn anew, with what is chosen then."""
    put(TICKED, (get(TICKED, (0,))[0], None, []))


def slots(names: list[str]) -> dict[str, int]:
    """A number for each run's colour: the smallest free one, kept while the run stays chosen."""
    known = {name: slot for name, slot in get(SLOTS, {}).items() if name in names}
    for name in names:
        if name not in known:
            known[name] = next(slot for slot in range(len(names)) if slot not in known.values())
    put(SLOTS, known)
    return known
