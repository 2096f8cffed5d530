"""Music as data: notes, spelling, counts with known answers, words that find copies in any key, and what files hold."""

from __future__ import annotations

import io
import struct
import sys
import threading
import xml.etree.ElementTree as ElementTree

import mido
import numpy as np
import pytest

from genmodels.estimates.estimate import Estimate
from genmodels.kinds.music import counting, files
from genmodels.kinds.music.copied import Copies
from genmodels.kinds.music.keys import heard_key
from genmodels.kinds.music.lines import Note, notes_of
from genmodels.kinds.music.musicxml import musicxml
from genmodels.kinds.music.notation import KEYS, Piece, document, is_given, key_of, piece_of
from genmodels.kinds.music.passages import sounded, words
from genmodels.kinds.music.roll import roll, rolls
from genmodels.kinds.music.spelling import sharps, signature, spelled
from genmodels.measuring.music import divergence
from genmodels.refusal import Refusal


def piece(*steps: tuple[int, int, int, int], key: int | None = 0) -> Piece:
    return Piece(np.array(steps, np.int16), key)


def random_piece(seed: int, steps: int = 40, key: int | None = 3) -> Piece:
    rng = np.random.default_rng(seed)
    score = rng.integers(-4, 5, (steps, 4)) + np.array([72, 65, 58, 48])
    again = rng.random((steps, 4)) < 0.4
    for step in range(1, steps):
        score[step] = np.where(again[step], -abs(score[step - 1]), score[step])
    score[5, 2] = 0
    return Piece(score.astype(np.int16), key)


C_MAJOR = (72, 67, 64, 48)


@pytest.mark.parametrize("given", [None, 0, 1, 2, 3])
def test_a_document_holds_a_piece_whole(given: int | None) -> None:
    made = random_piece(1)
    again = piece_of(document(made, given))
    assert (again.score == made.score).all() and again.key == 3 and is_given(document(made, given)) == (given is not None)


def test_what_is_no_next_voice_is_left_out() -> None:
    text = document(piece(C_MAJOR, C_MAJOR))
    assert len(piece_of(text[:-1]).score) == 1 and len(piece_of(text[:3] + "x" + text[4:]).score) == 1
    assert len(piece_of("plain text").score) == 0


def test_keys_have_names_and_names_are_read() -> None:
    assert [key_of(name) for name in KEYS] == list(range(24))
    assert key_of("Eb minor") == key_of("e- Minor") == KEYS.index("E♭ minor") and key_of("C") == 0
    for wrong in ("", "H minor", "C dur", "C major minor", " ", "\x00", "C##"):
        with pytest.raises(Refusal, match="is no key"):
            key_of(wrong)


def test_notes_end_where_the_next_begins() -> None:
    line = np.zeros((6, 4), np.int16)
    line[:, 0] = [60, -60, 60, 0, -62, -62]
    assert list(notes_of(Piece(line), 0)) == [Note(60, 0, 2), Note(60, 2, 3), Note(62, 4, 6)] and not list(notes_of(Piece(line), 1))


def test_pitches_are_spelled_by_their_key() -> None:
    """C minor has E♭ and the leading note B; A major G♯; without a key flats and sharps as in C."""
    assert [spelled(pitch, key_of("C minor")).name for pitch in (63, 71, 68)] == ["E♭4", "B4", "A♭4"]
    assert spelled(68, key_of("A major")).name == "G♯4" and spelled(60, key_of("C♯ minor")).name == "B♯3"
    assert spelled(59, key_of("D♭ major")).name in ("C♭4", "B3") and spelled(70).name == "B♭4"
    assert all(piece_pitch(spelled(pitch, key)) == pitch for key in (*range(24), None) for pitch in range(24, 100))
    assert sharps(key_of("F♯ minor")) == 3 and signature(key_of("E♭ major")) == {"B": -1, "E": -1, "A": -1}


def piece_pitch(written: object) -> int:
    steps = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    return steps[written.letter] + written.raised + 12 * (written.octave + 1)  # type: ignore[attr-defined]


def test_counts_have_known_answers() -> None:
    fifths = piece((67, 60, 48, 36), (69, 62, 48, 36))  # soprano and alto a fifth apart, both a tone up
    assert counting.parallels(fifths) == (1, 0, 1)
    assert counting.parallels(piece((72, 60, 48, 36), (74, 62, 48, 36))) == (0, 1, 1)
    assert counting.parallels(piece((67, 60, 48, 36), (67, 60, 48, 36))) == (0, 0, 0)
    assert counting.parallels(piece((60, 67, 48, 36), (62, 69, 48, 36))) == (1, 0, 1), "a fifth between voices that cross"
    assert counting.parallels(piece((60, 65, 48, 36), (62, 67, 48, 36))) == (0, 0, 1), "a fourth between voices that cross is no fifth"
    assert counting.parallels(piece((67, 60, 48, 36), (65, 58, 48, 38))) == (1, 0, 3), "down together, and a bass of its own"
    assert counting.crossings(piece((60, 64, 48, 36), C_MAJOR, (0, 0, 0, 36))) == (1, 2)
    assert counting.pitch_classes(piece((62, 62, 62, 62), key=2)).tolist() == [4] + [0] * 11
    moves = counting.intervals(piece((60, 60, 60, 60), (62, -60, 80, 0)))
    assert moves[12 + 2] == 1 and moves[24] == 1 and moves.sum() == 2
    chords = counting.harmonies(piece(C_MAJOR, (74, 69, 66, 50), (0, 0, 0, 0)))
    assert chords[1 << 0 | 1 << 4 | 1 << 7] == 2 and chords[0] == 1, "a major triad, in any key"


def test_the_divergence_is_nothing_between_equals_and_one_bit_between_strangers() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.poisson(9, (40, 6)), rng.poisson(9, (40, 6))
    apart = divergence(np.pad(left, ((0, 0), (0, 6))), np.pad(right, ((0, 0), (6, 0))))
    assert apart.value == pytest.approx(1) and apart.high - apart.low < 1e-9
    same = divergence(left, right)
    assert isinstance(same, Estimate) and same.low == 0 and same.value < 0.002
    p, q = np.array([[3, 1]] * 4), np.array([[1, 3]] * 4)
    by_hand = 0.75 * np.log2(0.75 / 0.5) + 0.25 * np.log2(0.25 / 0.5)
    assert divergence(p, q).value == pytest.approx(by_hand, abs=0.02)


def test_a_passage_in_another_key_is_the_same_words() -> None:
    made = random_piece(2)
    moved = made.transposed(5)
    assert words(document(made)) == words(document(moved)) == words(document(moved, 1))
    assert words(document(made))[:1] != words(document(random_piece(3)))[:1]
    copies = Copies([words(document(made)), words(document(random_piece(4)))], [words(document(random_piece(5)))])
    passage = Piece(moved.score[10:30])
    assert 19 <= copies.longest(passage) <= 20, "where the bass of the first step came from is not known"
    assert copies.longest(random_piece(6)) <= 2 and copies.held_out(20).max() <= 2


def test_words_sound_as_the_piece_that_they_tell() -> None:
    made = random_piece(2)
    told = sounded(" ".join(words(document(made))))
    assert told is not None and words(document(told)) == words(document(made))
    for strange in ("", "a text", "+0:1.2.3", "+0:1.2.3.4 and", "+9999:1.2.3.4", "+0:1.2.3.4" + ".5"):
        assert sounded(strange) is None
    assert sounded("+100:120.120.120.120 " * 50) is not None, "what findings say may be anything"


@pytest.mark.parametrize("name", ["C major", "A minor", "E♭ major", "F♯ minor"])
def test_a_scale_is_heard_in_its_key(name: str) -> None:
    key = key_of(name)
    degrees = [0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0] if key < 12 else [0, 2, 3, 5, 7, 8, 11, 12, 7, 3, 0]
    assert heard_key(np.array([60 + key % 12 + each for each in degrees], np.int16)) == key
    assert heard_key(np.array([60, -60], np.int16)) is None


def test_a_midi_file_holds_every_note_in_time() -> None:
    made = random_piece(7)
    read = mido.MidiFile(file=io.BytesIO(files.midi(made, step=0.5, tempo=90)))
    assert len(read.tracks) == 4 and read.ticks_per_beat == files.TICKS
    for voice, track in enumerate(read.tracks):
        now, found, began = 0, [], {}
        for message in track:
            now += message.time
            if message.type == "note_on":
                began[message.note] = now
            elif message.type == "note_off":
                found.append(Note(message.note, began[message.note] * 2 // files.TICKS, now * 2 // files.TICKS))
        assert found == list(notes_of(made, voice))


@pytest.mark.parametrize("step", [0.25, 0.5, 1.0])
def test_musicxml_holds_the_notes_whole_bars_and_signs_only_where_they_are_needed(step: float) -> None:
    made = random_piece(8, key=key_of("E♭ major"))
    root = ElementTree.fromstring(musicxml(made, step, "A <title> & more", made_by="Made by a model: <x>"))
    assert root.findtext("work/work-title") == "A <title> & more"
    for voice, part in enumerate(root.findall("part")):
        for bar in part.findall("measure"):
            assert sum(int(note.findtext("duration")) for note in bar.findall("note")) == 16
        sounding = [note for note in part.iter("note") if note.find("rest") is None]
        starts = [note for note in sounding if not any(tie.get("type") == "stop" for tie in note.findall("tie"))]
        assert len(starts) == len(list(notes_of(made, voice)))
        assert all(note.find("beam") is None or note.findtext("type") in ("eighth", "16th") for note in sounding)
    scale = piece(*[(pitch, 60, 55, 51) for pitch in (63, 65, 67, 68, 70, 72, 74, 75)], key=key_of("E♭ major"))
    assert "<accidental>" not in musicxml(scale).decode(), "a scale of the key needs no sign"
    natural = piece(*[(pitch, 60, 55, 51) for pitch in (69, 68, 68, 69)], key=key_of("E♭ major"))
    assert musicxml(natural).decode().count("<accidental>") == 3


def test_music21_reads_our_musicxml_as_the_same_notes() -> None:
    music21 = pytest.importorskip("music21")
    made = random_piece(9)
    score = music21.converter.parse(musicxml(made, 0.5).decode(), format="musicxml")
    for voice, part in enumerate(score.parts):
        notes = [note for note in part.flatten().notes if note.tie is None or note.tie.type == "start"]
        assert [note.pitch.midi for note in notes] == [note.pitch for note in notes_of(made, voice)]


def test_sound_is_as_long_as_the_piece_and_holds_its_pitches() -> None:
    made = piece(*[(69, 0, 0, 0), *[(-69, 0, 0, 0)] * 7])
    waves = files.sound(made, step=0.5, tempo=120)
    assert waves.dtype == np.int16 and abs(len(waves) / files.RATE - 2.0) < 0.3 and abs(waves).max() > 20_000
    strengths = abs(np.fft.rfft(waves[: files.RATE].astype(float)))
    assert abs(strengths.argmax() - 440) <= 1, "A4"
    read = files.wav(waves)
    assert read[:4] == b"RIFF" and struct.unpack("<I", read[4:8])[0] == len(read) - 8 and len(read) == 44 + 2 * len(waves)


def test_staves_are_drawn_on_white_and_run_nothing() -> None:
    drawn: list[list[str]] = []
    for _ in range(2):  # by itself the library knows its fonts in one thread only
        thread = threading.Thread(target=lambda: drawn.append(files.staves(musicxml(random_piece(10), 0.5, "<script>alert(1)</script>"))))
        thread.start()
        thread.join()
    pages = drawn[1]
    assert pages and all('fill="#ffffff"' in page and "<script" not in page for page in pages)


@pytest.mark.parametrize("package", ["mido", "verovio", "pretty_midi"])
def test_a_missing_package_is_a_sentence(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    needs = {"mido": files.midi, "verovio": lambda made: files.staves(musicxml(made)), "pretty_midi": files.sound}
    with pytest.raises(Refusal, match=f"needs the package {package}; install it with: pip install {package}"):
        needs[package](random_piece(1))


def test_a_roll_shows_each_voice_in_its_colour() -> None:
    made = roll(piece(C_MAJOR, (-72, -67, -64, -48)), 2)
    assert len(np.unique(made.reshape(-1, 3), axis=0)) >= 10 and rolls([random_piece(1), random_piece(2), random_piece(3)]).ndim == 3
    assert rolls([Piece(np.zeros((0, 4), np.int16))] * 2).size, "nothing composed is an empty sheet"
