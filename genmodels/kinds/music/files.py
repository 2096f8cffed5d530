"""Pieces as MIDI files, as staff notation in SVG, and as sound; MusicXML stands in `musicxml`."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path

import numpy as np

from genmodels.kinds.music.lines import notes_of
from genmodels.kinds.music.notation import VOICES, Piece
from genmodels.refusal import Refusal

TEMPO = 80  # quarters a minute
RATE = 22_050  # samples of sound a second
TICKS = 480  # of MIDI in a quarter
OVERTONES = (1.0, 0.5, 0.25, 0.12)  # of the synthesised voices: soft, like a small organ
LOUDEST = 0.9
PAPER = '<rect width="100%" height="100%" fill="#ffffff"/>'


def midi(piece: Piece, step: float = 0.5, tempo: float = TEMPO) -> bytes:
    """A MIDI file of four tracks, one a voice; `step` is in quarters, `tempo` in quarters a minute."""
    try:
        import mido
    except ImportError:
        raise _missing("mido", "A MIDI file") from None
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


def staves(xml: bytes, width: int = 1600) -> list[str]:
    """Staff notation of a MusicXML document of ours as SVG on white, one a page, `width` in tenths of a millimetre."""
    try:
        import verovio
    except ImportError:
        raise _missing("verovio", "Staff notation") from None
    verovio.setDefaultResourcePath(str(Path(verovio.__file__).parent / "data"))  # each thread has its own
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(
        {
            "pageWidth": width,
            "adjustPageHeight": True,
            "scale": 40,
            "footer": "none",
            "header": "none",
            "svgViewBox": True,
            "breaks": "auto",
        }
    )
    if not toolkit.loadData(xml.decode()):
        raise Refusal("The notes can't be set as staves; the piano roll shows them.")
    pages = (toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1))
    return [re.sub(r"(<svg [^>]*>)", rf"\1{PAPER}", page, count=1) for page in pages]


def sound(piece: Piece, step: float = 0.5, tempo: float = TEMPO) -> np.ndarray:
    """The piece as it sounds, int16 (samples,), `RATE` a second, by adding sine waves."""
    seconds = 60 / tempo * step
    waves = _synthesised(piece, seconds)[: round(len(piece.score) * seconds * RATE)]
    loudest = np.abs(waves).max() if len(waves) else 0
    return (waves * (LOUDEST * 32767 / loudest) if loudest else waves).astype(np.int16)


def wav(samples: np.ndarray) -> bytes:
    """A WAV file, one channel, of int16 samples."""
    content = samples.astype("<i2").tobytes()
    header = struct.pack(
        "<4sI8sIHHIIHH4sI",
        b"RIFF",
        36 + len(content),
        b"WAVEfmt ",
        16,
        1,
        1,
        RATE,
        2 * RATE,
        2,
        16,
        b"data",
        len(content),
    )
    return header + content


def _synthesised(piece: Piece, seconds: float) -> np.ndarray:
    try:
        import pretty_midi
    except ImportError:
        raise _missing("pretty_midi", "Sound") from None
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


def _missing(package: str, what: str) -> Refusal:
    return Refusal(f"{what} needs the package {package}; install it with: pip install {package}")
