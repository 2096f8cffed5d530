"""A melody that somebody gives, as a MIDI or MusicXML file, as steps of one voice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genmodels.intake.midi_file import Part, read_midi
from genmodels.intake.musicxml_file import read_musicxml
from genmodels.printable import printable
from genmodels.refusal import Refusal

SUFFIXES = ("mid", "midi", "musicxml", "xml", "mxl")
SHARE = 0.25  # of the notes of the fullest part, which a melody has at least


@dataclass(frozen=True)
class Melody:
    """One voice: int16 (steps,), a MIDI pitch where a note begins, its negative where it goes on, 0 for a rest.

    `notices` say in sentences what of the file is not in it.
    """

    line: np.ndarray
    notices: tuple[str, ...] = ()


def read_melody(content: bytes, name: str, *, step: float, most: int) -> Melody:
    """The melody of a file at steps of so many quarters, up to `most` of them: the highest part, and of it the highest notes.

    Raises `Refusal` for what is no such file, is damaged or too large, and for what holds no notes but drums.
    """
    name = printable(name, 80)
    if not content:
        raise Refusal(f"{name} is empty; choose a MIDI or MusicXML file.")
    start = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
    xml = content[:2] == b"PK" or start[:1] == b"<" or content[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not xml and content[:4] != b"MThd":
        raise Refusal(f"{name} is neither MIDI nor MusicXML; choose a file that ends in .mid, .musicxml or .mxl.")
    parts = (read_musicxml if xml else read_midi)(content, name)
    pitched = [part for part in parts if not part.drums]
    if not pitched:
        raise Refusal(
            f"{name} holds {'drums alone' if parts else 'no notes'}, so there is no melody to read; choose a file with one."
        )
    part, said = _highest(pitched)
    return _in_steps(part, step, most, said)


def _highest(parts: list[Part]) -> tuple[Part, list[str]]:
    """The part that lies highest among those with notes enough."""
    least = SHARE * max(len(part.notes) for part in parts)
    full = [part for part in parts if len(part.notes) >= least]
    found = max(full, key=lambda part: float(np.mean([pitch for pitch, _, _ in part.notes])))
    if len(parts) == 1:
        return found, []
    called = f", {printable(found.name, 40)!r}," if found.name else ""
    return found, [f"Of its {len(parts)} parts the highest{called} is taken as the melody."]


def _in_steps(part: Part, step: float, most: int, said: list[str]) -> Melody:
    first = min(start for _, start, _ in part.notes)
    line, length, chords = np.zeros(most, np.int16), 0, False
    for pitch, start, end in sorted(part.notes, key=lambda note: (note[1], note[0])):
        begin = round((start - first) / step)
        until = max(begin + 1, round((end - first) / step))
        length = max(length, until)
        if begin >= most:
            continue
        until = min(until, most)
        higher = abs(line[begin:until].astype(int)) > pitch
        chords = chords or bool((line[begin:until] != 0).any())
        own = np.full(until - begin, -pitch, np.int16)
        own[0] = pitch
        line[begin:until] = np.where(higher & (line[begin:until] != 0), line[begin:until], own)
    if chords:
        said = [*said, "Where several notes sound, the highest is taken."]
    if length > most:
        said = [*said, f"Its first {most} of {length:,} steps are read; the model overlooks no more at once."]
    return Melody(_begun(line[: min(length, most)]), tuple(said))


def _begun(line: np.ndarray) -> np.ndarray:
    """A line in which whatever goes on had begun: where another note lay above a beginning, it begins there."""
    before = np.concatenate([[0], abs(line[:-1].astype(int))])
    return np.where((line < 0) & (abs(line.astype(int)) != before), -line, line).astype(np.int16)
