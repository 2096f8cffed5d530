"""What every data set that needs no network keeps to: pictures and texts, each what fits its kind."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from genmodels import catalogue
from genmodels.cache import SHIPPED, NotDrawn, file_name, only_kept
from genmodels.data.dataset import DATA, Dataset, describe
from genmodels.data.facts import counted, known
from genmodels.data.text_data import TextData
from genmodels.intake.text_sets import import_text
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.kind import KINDS
from genmodels.kinds.music import notation
from genmodels.kinds.music.passages import pieces, words
from genmodels.kinds.text.examples import Texts
from genmodels.kinds.text.tokens import Tokens
from genmodels.refusal import Refusal

OWN = ("folder", "text", "own-molecules", "own-clips")  # need an import; see test_data_folder.py, test_data_texts.py, test_molecules.py and test_films.py
OFFLINE = sorted(name for name, source in DATA.items() if source.offline and name not in OWN)
FAMILIES = [("icons", {"family": family}) for family in ("phosphor", "remix", "font-awesome")]
EMOJI = [("openmoji", {"split": "combination"}), ("openmoji", {"subset": "all"}), ("hands", {"subset": "all", "label": "tone or none"})]
VARIED = {name: {"unit": "character", "context": 32} for name in OFFLINE if issubclass(DATA[name], TextData)}
CODE = [("python-code", {"form": "source", "windows": 100}), ("occupations", {"skew": 0.3, "n": 6000})]
CASES = [(name, {}) for name in OFFLINE] + FAMILIES + EMOJI + list(VARIED.items()) + CODE
IMAGES = [case for case in CASES if DATA[case[0]].kind == "image"]
MUSIC = [("chorales", {"transpositions": 0}), ("chorales", {"given": False, "transpositions": 1})]
TEXTS = [case for case in CASES if DATA[case[0]].kind in ("text", "code", "molecule")]


def name_of(case: tuple[str, dict]) -> str:
    return f"{case[0]} {case[1]}"


@pytest.fixture(scope="module", params=CASES, ids=name_of)
def loaded(request: pytest.FixtureRequest) -> Dataset:
    name, knobs = request.param
    return DATA[name](**knobs).load()


@pytest.fixture(scope="module", params=IMAGES, ids=name_of)
def pictures(request: pytest.FixtureRequest) -> Dataset:
    name, knobs = request.param
    return DATA[name](**knobs).load()


@pytest.fixture(scope="module", params=TEXTS, ids=name_of)
def texts(request: pytest.FixtureRequest) -> Dataset:
    name, knobs = request.param
    return DATA[name](**knobs).load()


def keys(part: Examples) -> set[bytes]:
    return {image.tobytes() for image in part.images}


def test_pictures_are_what_the_spec_says(pictures: Dataset) -> None:
    for part in (pictures.train, pictures.test):
        assert part.images.dtype == np.uint8
        assert part.images.shape[1:] == pictures.spec.shape
        assert part.images.std() > 20  # drawn, not blank
        assert pictures.name == "fakes" or all(image.min() < image.max() for image in part.images), "but for the blank pages that the detector must not accuse"


def test_captions_labels_and_groups_are_one_a_picture(pictures: Dataset) -> None:
    for part in (pictures.train, pictures.test):
        assert len(part.captions) in (0, len(part))
        assert all(len(values) == len(part) for values in part.groups.values())
        if pictures.spec.classes:
            assert part.labels is not None
            assert set(np.unique(part.labels)) == set(range(pictures.spec.classes))
            assert len(pictures.spec.vocabulary) == pictures.spec.classes
        else:
            assert part.labels is None


def test_no_picture_is_on_both_sides_of_the_split(pictures: Dataset) -> None:
    assert not keys(pictures.train) & keys(pictures.test)


@pytest.fixture(scope="module", params=MUSIC, ids=name_of)
def music(request: pytest.FixtureRequest) -> Dataset:
    name, knobs = request.param
    return DATA[name](**knobs).load()


def test_music_is_what_the_spec_says_and_no_piece_is_on_both_sides_in_any_key(music: Dataset) -> None:
    tokens, about = Tokens.of(music.spec), describe(music)
    assert music.spec.kind == "music" and (music.train.context,) == music.spec.shape
    own, theirs = ({tuple(words(each)) for each in pieces(part)} for part in (music.train, music.test))
    assert not own & theirs and [len(own), len(theirs)] == about["pieces"]
    windows, _ = music.train.batch(music.train.order((1, 2))[:3])
    assert (windows[:, 0] == 0).all(), "a window begins where a piece does"
    assert all(notation.document(notation.piece_of(each)) == each for each in music.test.documents[:20])
    if about["keys"]:
        assert tokens.decode(windows[0, 1:2])[0] in {chr(notation.KEY + key) for key in range(24)}
        assert sum(keys[1] for keys in about["keys"].values()) == about["pieces"][1]


def test_texts_are_what_the_spec_says(texts: Dataset) -> None:
    tokens = Tokens.of(texts.spec)
    assert texts.spec.kind in ("text", "code", "molecule") and texts.spec.classes == 0 and texts.test.windows == 0
    for part in (texts.train, texts.test):
        assert isinstance(part, Texts) and (part.context,) == texts.spec.shape
        assert part.tokens.dtype == np.int32 and part.tokens.min() >= 0 and part.tokens.max() < len(tokens)
        assert part.tokens[0] == part.tokens[-1] == 0 and (part.tokens == 0).sum() == len(part.documents) + 1
        assert all(len(values) == len(part.documents) for values in part.groups.values())
        assert all(document.strip() and "\0" not in document for document in part.documents)
        windows, labels = part.batch(part.order((1, 2))[:3])
        assert windows.shape == (3, part.context + 1) and labels is None
    for document, row in zip(texts.train.documents, np.split(texts.train.tokens, np.flatnonzero(texts.train.tokens == 0))[1:], strict=False):
        assert tokens.decode(row) == document, "the tokens are the text"


def test_no_document_is_on_both_sides_or_twice(texts: Dataset) -> None:
    train, test = texts.train.documents, texts.test.documents
    assert not set(train) & set(test)
    assert len(set(train)) == len(train) and len(set(test)) == len(test)


def test_a_text_is_described_by_its_documents(texts: Dataset) -> None:
    described = describe(texts)
    assert described["documents"] == [len(texts.train.documents), len(texts.test.documents)]
    assert described["characters"] == [texts.train.characters, texts.test.characters]
    assert described["tokens"] == [len(texts.train.tokens), len(texts.test.tokens)]
    assert described["vocabulary"] == len(texts.spec.vocabulary) and described["classes"] == []


def test_a_tenth_to_a_fifth_is_held_out(loaded: Dataset) -> None:
    pictures = isinstance(loaded.train, Examples)
    train, test = (len(part) if pictures else len(part.tokens) for part in (loaded.train, loaded.test))
    if loaded.spec.kind == "music":  # training pieces stand there in many keys, held-out ones in their own
        train, test = describe(loaded)["pieces"]
    if loaded.name == "fakes":  # whole hands and kinds of pages are held out, and a third of what each generator drew
        shared = set(loaded.test.groups["family"]) & set(loaded.train.groups["family"])
        assert shared == {"real", "vae", "gan", "diffusion", "upscaled", "interpolated"}
        return
    if loaded.name == "hands":  # whole hands are held out, however many drawings they made
        assert not set(loaded.test.groups["hand"]) & set(loaded.train.groups["hand"])
        return
    assert 0.04 < test / (test + train) < 0.21  # the combinations of openmoji are of its people only


def test_it_says_its_licence_and_source(loaded: Dataset) -> None:
    assert loaded.licence and loaded.source
    described = json.loads(json.dumps(describe(loaded)))
    assert described["n_train"] == len(loaded.train)
    assert described["sha256"] == loaded.digest()
    for groups in described["groups"].values():
        assert sum(each["share"] for each in groups) == pytest.approx(1)


@pytest.mark.parametrize("name", OFFLINE)
def test_what_is_said_before_it_is_read_is_true(name: str) -> None:
    """Made again by `python -m genmodels.commands.data_facts`."""
    if known(name) is None:
        pytest.skip("other Python, other texts")
    assert known(name) == counted(DATA[name]().load())["described"]
    assert known(name, DATA[name]().to_dict()) == known(name)
    for other in (knob for knob in DATA[name].knobs() if knob.choices):
        assert known(name, {other.name: next(choice for choice in other.choices if choice != other.default)}) is None


def test_what_shipped_weights_draw_ships_and_was_drawn_by_these_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made again by `python -m genmodels.commands.data_facts`; a visit draws nothing."""
    monkeypatch.setenv("GENMODELS_CACHE", str(tmp_path / "empty"))
    named = SHIPPED / file_name("fakes", DATA["fakes"]().facts())
    assert sorted(file.name for file in SHIPPED.glob("fakes-*")) == [named.name, named.with_suffix(".sha256").name], "other weights, other pictures"
    assert named.stat().st_size < 3e6
    with only_kept():
        assert len(DATA["fakes"]().load().train) == known("fakes")["n_train"]
    monkeypatch.setattr("genmodels.cache.SHIPPED", tmp_path)
    with only_kept(), pytest.raises(NotDrawn):
        DATA["fakes"]().load()
    assert not (tmp_path / "empty").exists()


@pytest.mark.slow
def test_what_ships_is_what_is_drawn_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another processor rounds what models draw a little otherwise; nothing else may differ."""
    source = DATA["fakes"]()
    with np.load(SHIPPED / file_name("fakes", source.facts()), allow_pickle=False) as kept:
        shipped = dict(kept)
    monkeypatch.setenv("GENMODELS_CACHE", str(tmp_path / "empty"))
    drawn = source.drawn()
    assert drawn.keys() == shipped.keys()
    for name in drawn.keys() - {"images"}:
        assert np.array_equal(drawn[name], shipped[name]), name
    apart = np.abs(drawn["images"].astype(int) - shipped["images"])
    by_models = drawn["labels"] == drawn["labels"][drawn["family"] == "vae"][0]
    assert not apart[~by_models].any() and apart[by_models].mean() < 1


@pytest.mark.parametrize("name", OFFLINE)
def test_two_loads_are_equal_and_the_hash_sees_one_pixel_or_letter(name: str) -> None:
    first, second = DATA[name]().load(), DATA[name]().load()
    assert first.digest() == second.digest()
    if isinstance(first.train, Examples):
        images = first.train.images.copy()
        images.reshape(-1)[0] ^= 1
        train = dataclasses.replace(first.train, images=images)
    else:
        train = dataclasses.replace(first.train, documents=("x" + first.train.documents[0], *first.train.documents[1:]))
    assert dataclasses.replace(first, train=train).digest() != first.digest()


@pytest.mark.parametrize("name", sorted(DATA))
def test_every_knob_has_help_and_survives_json(name: str) -> None:
    source = DATA[name]()
    assert source.summary().endswith((".", ")"))
    assert all(knob.help for knob in source.knobs())
    assert DATA[name].from_dict(json.loads(json.dumps(source.to_dict()))) == source
    assert source.kind in KINDS and source.licence and isinstance(source.offline, bool)


def test_all_texts_have_the_same_four_knobs(tmp_path: Path) -> None:
    named = [source for source in DATA.values() if KINDS[source.kind].tokens]
    assert len(named) >= 5
    for source in named:
        assert {"unit", "vocabulary", "context", "windows"} <= {knob.name for knob in source.knobs()}
    (tmp_path / "own.txt").write_text("To be, or not to be: that is the question.\n\n" * 99)
    token = import_text(tmp_path / "own.txt", "own")
    data = DATA["text"](token=token, context=8, unit="byte-pair", vocabulary=300, windows=7).load()
    assert len(data.train) == 7 and data.spec.shape == (8,) and len(data.spec.vocabulary) <= 300


def test_the_list_counts_pictures_windows_and_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_CACHE", str(tmp_path / "drawn"))
    with only_kept():
        rows = {row["name"]: row for row in catalogue.data()}  # nothing is drawn for a list
    assert {row["name"] for row in rows.values() if row["n_train"] is None and "note" not in row} == set()
    monkeypatch.undo()
    assert rows["digits"]["n_train"] == 1438 and rows["digits"]["example"] == "picture" and "text" not in rows["digits"]
    data = DATA["occupations"]().load()
    assert rows["occupations"]["n_train"] == len(data.train) and rows["occupations"]["example"] == "window of 64 tokens"
    assert rows["occupations"]["text"]["documents"] == [18_000, 1_980] and rows["occupations"]["shares"]["gender"] == "he 50%, she 50%"
    assert "import a .txt first" in rows["text"]["note"] and rows["shakespeare"]["n_train"] is None


def test_a_wrong_name_is_answered_with_the_right_one() -> None:
    with pytest.raises(Refusal, match="Did you mean 'openmoji'"):
        DATA["openmojis"]
