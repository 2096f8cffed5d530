"""Pieces as files: MIDI, MusicXML, staff notation as SVG, and sound."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.kinds.music.notation import MODES, VOICES, Piece
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    import pretty_midi

TEMPO = 80  # quarters a minute
RATE = 22_050  # samples of sound a second
TICKS = 480  # of MIDI in a quarter
OVERTONES = (1.0, 0.5, 0.25, 0.12)  # of the synthesised voices: soft, like a small organ
LOUDEST = 0.9


@dataclass(frozen=True)
class Note:
    """One note: its MIDI pitch, and where it begins and ends, in steps."""

    pitch: int
    start: int
    end: int


def notes_of(piece: Piece, voice: int) -> Iterator[Note]:
    """The notes of a voice one after another; what goes on before anything began is a note too."""
    line = piece.score[:, voice].astype(int)
    start = 0
    for step in range(1, len(line) + 1):
        if step == len(line) or line[step] >= 0 or abs(line[step]) != abs(line[start]):
            if line[start]:
                yield Note(int(abs(line[start])), start, step)
            start = step


def midi(piece: Piece, step: float = 0.5, tempo: float = TEMPO) -> bytes:
    """A MIDI file of four tracks, one a voice; `step` is in quarters, `tempo` in quarters a minute."""
    import mido

    file = mido.MidiFile(ticks_per_beat=TICKS)
    for number, name in enumerate(VOICES):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)])
        if number == 0:
            track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo), time=0))
        now = 0
        for note in notes_of(piece, number):
            start, end = (round(each * step * TICKS) for each in (note.start, note.end))
            track.append(mido.Message("note_on", channel=number, note=note.pitch, velocity=80, time=start - now))
            track.append(mido.Message("note_off", channel=number, note=note.pitch, velocity=0, time=end - start))
            now = end
        file.tracks.append(track)
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


def musicxml(piece: Piece, step: float = 0.5, title: str = "") -> bytes:
    """A MusicXML document of four staves in 4/4, whose bars are counted from the beginning: a score knows none."""
    music21 = _music21()
    from music21.musicxml.m21ToXml import GeneralObjectExporter

    score = music21.stream.Score()
    score.metadata = music21.metadata.Metadata(title=title or "Chorale")
    for number, name in enumerate(VOICES):
        part = music21.stream.Part(id=name)
        part.partName = name.capitalize()
        part.append(
            music21.clef.BassClef()
            if number == 3
            else music21.clef.Treble8vbClef()
            if number == 2
            else music21.clef.TrebleClef()
        )
        if piece.key is not None:
            part.append(music21.key.Key(piece.key_name.split()[0], MODES[piece.key // 12]))
        part.append(music21.meter.TimeSignature("4/4"))
        now = 0
        for note in [*notes_of(piece, number)]:
            if note.start > now:
                part.append(music21.note.Rest(quarterLength=(note.start - now) * step))
            part.append(music21.note.Note(note.pitch, quarterLength=(note.end - note.start) * step))
            now = note.end
        if now < len(piece.score):
            part.append(music21.note.Rest(quarterLength=(len(piece.score) - now) * step))
        score.insert(0, part)
    return bytes(GeneralObjectExporter(score).parse())


def staves(xml: bytes, width: int = 1600) -> list[str]:
    """Staff notation of a MusicXML document of ours as SVG, one a page, `width` in tenths of a millimetre."""
    import verovio

    toolkit = verovio.toolkit()
    toolkit.setOptions(
        {
            "pageWidth": width,
            "adjustPageHeight": True,
            "scale": 40,
            "footer": "none",
            "header": "none",
            "svgViewBox": True,
        }
    )
    if not toolkit.loadData(xml.decode()):
        raise Refusal("The notes can't be set as staves; the piano roll shows them.")
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]


def sound(piece: Piece, step: float = 0.5, tempo: float = TEMPO) -> np.ndarray:
    """The piece as it sounds, int16 (samples,), `RATE` a second, by adding sine waves."""
    seconds = 60 / tempo * step
    waves = _synthesised(piece, seconds)
    loudest = np.abs(waves).max() if len(waves) else 0
    return (waves * (LOUDEST * 32767 / loudest) if loudest else waves).astype(np.int16)


def wav(samples: np.ndarray) -> bytes:
    """A WAV file, one channel, of int16 samples."""
    import wave

    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return written.getvalue()


def _synthesised(piece: Piece, seconds: float) -> np.ndarray:
    import pretty_midi

    score = pretty_midi.PrettyMIDI()
    for voice in range(4):
        instrument = pretty_midi.Instrument(program=19)
        instrument.notes = [
            pretty_midi.Note(velocity=80, pitch=note.pitch, start=note.start * seconds, end=note.end * seconds)
            for note in notes_of(piece, voice)
        ]
        score.instruments.append(instrument)
    return score.synthesize(fs=RATE, wave=_wave)


def _wave(phase: np.ndarray) -> np.ndarray:
    return sum(strength * np.sin((number + 1) * phase) for number, strength in enumerate(OVERTONES))


def _music21() -> Any:
    try:
        import music21
    except ImportError:
        raise Refusal("MusicXML needs the package music21; install it with: pip install music21") from None
    return music21
