"""Melodies from outside: what is read of them, and what hostile or broken files come to, in bounded time and memory."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile

import mido
import numpy as np
import pytest

from genmodels.intake.melodies import Melody, _in_steps, read_melody
from genmodels.intake.midi_file import MOST_NOTES, read_midi
from genmodels.kinds.music import files
from genmodels.kinds.music.musicxml import musicxml
from genmodels.refusal import Refusal
from tests.genmodels.test_music import random_piece

HEAD = '<?xml version="1.0"?><!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://127.0.0.1:9/partwise.dtd">'


def read(content: bytes, name: str = "given.mid", step: float = 0.5, most: int = 200) -> Melody:
    return read_melody(content, name, step=step, most=most)


def midi(*tracks: bytes, division: int = 480, said: int | None = None) -> bytes:
    body = b"".join(b"MTrk" + struct.pack(">I", len(track)) + track for track in tracks)
    return b"MThd" + struct.pack(">IHHh", 6, 1, said or len(tracks), division) + body


def note(pitch: int, wait: int = 0, length: bytes = b"\x83\x60", channel: int = 0) -> bytes:
    """One quarter of 480 ticks."""
    return bytes([wait, 0x90 | channel, pitch, 80]) + length + bytes([0x80 | channel, pitch, 0])


def xml(notes: str, head: str = HEAD) -> bytes:
    return f'{head}<score-partwise><part-list><score-part id="P1"><part-name>Tune</part-name></score-part></part-list><part id="P1"><measure><attributes><divisions>2</divisions></attributes>{notes}</measure></part></score-partwise>'.encode()


def sung(step: str, octave: int = 4, duration: str = "2", more: str = "") -> str:
    return f"<note><pitch><step>{step}</step><octave>{octave}</octave></pitch><duration>{duration}</duration>{more}</note>"


def test_what_we_write_is_read_again() -> None:
    for seed in range(5):
        made = random_piece(seed)
        for content in (files.midi(made, 0.5), musicxml(made, 0.5), zipped({"META-INF/container.xml": b"<container/>", "score.musicxml": musicxml(made, 0.5)})):
            assert (read(content).line == made.score[:, 0]).all()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_the_highest_part_of_many_is_the_melody() -> None:
    made = read(midi(*[note(30 + i // 2) * 4 for i in range(100)]))
    assert set(abs(made.line)) == {79} and "100 parts" in made.notices[0]
    chords = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack([mido.Message("note_on", note=each, velocity=9, time=0) for each in (60, 64, 67)])
    track += [mido.Message("note_off", note=each, velocity=0, time=480 * (each == 60)) for each in (60, 64, 67)]
    chords.tracks.append(track)
    buffer = io.BytesIO()
    chords.save(file=buffer)
    made = read(buffer.getvalue())
    assert made.line.tolist() == [67, -67] and "the highest" in made.notices[0]


def test_tempo_running_status_and_unended_notes_are_read() -> None:
    still = b"\x00\xff\x51\x03\x00\x00\x00" + note(60)
    assert read(midi(still)).line.tolist() == [60, -60], "a tempo of 0 changes nothing, since time is in quarters"
    running = b"\x00\x90\x3c\x40\x83\x60\x3e\x40\x83\x60\x3c\x00\x00\x3e\x00"
    assert read(midi(running)).line.tolist()[:1] == [60]
    assert read(midi(b"\x00\x90\x3c\x40\x83\x60\x90\x3e\x40\x83\x60\xff\x2f\x00")).line.tolist() == [60, -60, 62, -62]


def test_what_is_longer_than_the_model_overlooks_is_cut_and_said() -> None:
    made = read(midi(note(60) * 300), most=50)
    assert len(made.line) == 50 and "first 50 of 600 steps" in made.notices[0]
    far = read(midi(note(60) + b"\xff\xff\xff\x7f\x90\x3e\x40\x83\x60\x80\x3e\x00"), most=50)
    assert len(far.line) == 50, "a note after years of silence costs nothing"


WRONG_MIDI = {
    "empty": (b"", "is empty"),
    "no music": (b"hello there", "neither MIDI nor MusicXML"),
    "a head alone": (b"MThd\0\0", "is no MIDI file"),
    "no notes": (midi(b"\x00\xff\x2f\x00"), "holds no notes"),
    "drums alone": (midi(note(40, channel=9) * 3), "drums alone"),
    "frames": (midi(note(60), division=-6120), "frames of film"),
    "no ticks": (midi(note(60), division=0), "a quarter has no ticks"),
    "a header without end": (b"MThd" + struct.pack(">IHHh", 2**31, 1, 1, 480) + b"MTrk", "damaged"),
    "an endless length": (midi(b"\xff" * 900_000), "a length in it has no end"),
    "a message that is cut": (midi(b"\x00\x90\x3c"), "ends in the middle"),
    "data without a message": (midi(b"\x00\x3c\x40"), "where a message should begin"),
    "a track beyond the end": (b"MThd" + struct.pack(">IHHh", 6, 1, 1, 480) + b"MTrk" + struct.pack(">I", 2**31) + b"\0", "goes? on behind the end|ends in the middle|goes on"),
    "50 MB": (b"MThd" + b"\0" * 50_000_000, "has 50 MB"),
}
BOMB = "<!DOCTYPE score-partwise [" + '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)) + "]>"
WRONG_XML = {
    "cut": (xml(sung("C"))[:-30], "no whole XML"),
    "a bomb of entities": (xml(f"<note>{'&j;'}</note>", BOMB), "declares entities"),
    "an entity from a file": (xml("<note>&x;</note>", '<!DOCTYPE score-partwise [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "declares entities"),
    "an entity from the web": (xml("<note>&x;</note>", '<!DOCTYPE score-partwise [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>'), "declares entities"),
    "another document": (b"<html><body/></html>", "no MusicXML score by parts"),
    "deep": (b"<score-partwise>" + b"<a>" * 100_000, "nested more than"),
    "no notes": (xml("<note><rest/><duration>4</duration></note>"), "holds no notes"),
    "no length": (xml(sung("C", duration="0") + sung("D", duration="nan") + sung("E", duration="")), "holds no notes"),
    "50 MB": (b"<score-partwise>" + b" " * 50_000_000, "has 50 MB"),
    "a zip of 1 GB": (zipped({"score.xml": b"<score-partwise>" + b" " * 30_000_000}), "has 8 MB"),
    "a zip of nothing": (zipped({"readme.txt": b"hello"}), "no MusicXML lies"),
    "half a zip": (zipped({"score.xml": xml(sung("C"))})[:80], "damaged or locked zip"),
}


@pytest.mark.parametrize("case", [*WRONG_MIDI, *(f"xml {name}" for name in WRONG_XML)])
def test_what_can_not_be_read_is_answered_with_a_sentence_in_bounded_time_and_memory(case: str) -> None:
    content, said = WRONG_XML[case.removeprefix("xml ")] if case.startswith("xml ") else WRONG_MIDI[case]
    begun = time.process_time()
    tracemalloc.start()
    with pytest.raises(Refusal, match=said) as refused:
        read(content, "a\x1b[31m name.mid")
    assert tracemalloc.get_traced_memory()[1] < 120_000_000 and time.process_time() - begun < 20
    tracemalloc.stop()
    assert "\x1b" not in str(refused.value)


def test_parts_of_a_quarter_without_measure_are_as_good_as_none() -> None:
    """Notes as long as numbers go, and longer; a rest of any length costs nothing."""
    for divisions in ("1e-320", "1e-300", "-5", "0", "nan", "inf"):
        content = xml(sung("C", duration="99999") + "<backup><duration>99999</duration></backup>" + sung("D")).replace(b"<divisions>2<", f"<divisions>{divisions}<".encode())
        assert set(abs(read(content).line).tolist()) <= {0, 60, 62} and len(read(content).line) <= 200, divisions


def test_many_notes_take_bounded_time_and_memory() -> None:
    """As large a file as is read, of nothing but notes of three bytes; behind the first 20,000 nothing is read."""
    parts = read_midi(midi(b"\x00\x90" + b"\x3c\x40\x01" * 330_000), "given")
    assert [len(part.notes) for part in parts] == [MOST_NOTES + 1] and len(_in_steps(parts[0], 0.5, 200, []).line) <= 200


def test_random_bytes_never_break_it() -> None:
    rng, whole, text = np.random.default_rng(0), bytearray(files.midi(random_piece(1))), bytearray(musicxml(random_piece(1)))
    for number in range(400):
        damaged = bytearray(whole if number % 2 else text)
        for place in rng.integers(len(damaged), size=8):
            damaged[place] = rng.integers(256)
        try:
            line = read(bytes(damaged)).line
        except Refusal:
            continue
        assert line.dtype == np.int16 and 1 <= len(line) <= 200 and abs(line).max() <= 127


def test_ties_chords_voices_and_transposing_parts_of_musicxml() -> None:
    tied = sung("C", more='<tie type="start"/>') + sung("C", more='<tie type="stop"/>') + sung("D")
    assert read(xml(tied)).line.tolist() == [60, -60, -60, -60, 62, -62]
    chord = sung("C") + sung("E").replace("<note>", "<note><chord/>") + sung("D")
    assert read(xml(chord)).line.tolist() == [64, -64, 62, -62]
    voices = sung("C", 5, "4") + "<backup><duration>4</duration></backup>" + sung("E", 3, "2") + sung("F", 3, "2")
    assert read(xml(voices)).line.tolist() == [72, -72, -72, -72]
    clarinet = "<attributes><transpose><chromatic>-2</chromatic></transpose></attributes>" + sung("D")
    assert read(xml(clarinet)).line.tolist() == [60, -60]
    assert read(xml("<note><grace/><pitch><step>A</step><octave>6</octave></pitch></note>" + sung("C"))).line.tolist() == [60, -60]
