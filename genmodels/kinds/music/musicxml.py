"""A piece as a MusicXML document (4.0, W3C 2021): four staves, notes spelled in its key, signs only where they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

from genmodels.kinds.music.lines import Note, notes_of
from genmodels.kinds.music.notation import MODES, VOICES, Piece
from genmodels.kinds.music.spelling import sharps, signature, spelled

PARTS = 4  # of a quarter: the shortest note is a sixteenth
BAR = 4 * PARTS
VALUES = {16: "whole", 12: "half.", 8: "half", 6: "quarter.", 4: "quarter", 3: "eighth.", 2: "eighth", 1: "16th"}
CLEFS = (("G", 2, 0), ("G", 2, 0), ("G", 2, -1), ("F", 4, 0))  # sign, line, octave, of each voice
BEAMS = "<beams/>"  # where the beams of a note stand
SIGNS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'


@dataclass(frozen=True)
class Written:
    """A note or rest of a bar: where it begins and how long it is, in parts of a quarter, and its element so far."""

    place: int
    length: int
    element: str
    rests: bool


def musicxml(piece: Piece, step: float = 0.5, title: str = "", made_by: str = "") -> bytes:
    """A MusicXML document of four staves in 4/4, whose bars are counted from the beginning: a score knows none.

    `step` is in quarters, a multiple of 1/4. `made_by` stands in its encoding.
    """
    bracket = '<part-group type="start" number="1"><group-symbol>bracket</group-symbol></part-group>'
    listed = bracket + "".join(
        f'<score-part id="P{number + 1}"><part-name>{name.capitalize()}</part-name></score-part>'
        for number, name in enumerate(VOICES)
    )
    listed += '<part-group type="stop" number="1"/>'
    parts = "".join(f'<part id="P{number + 1}">{"".join(_bars(piece, number, step))}</part>' for number in range(4))
    said = f"<work><work-title>{escape(title or 'Chorale')}</work-title></work><identification><encoding><software>GenModels</software><encoding-description>{escape(made_by)}</encoding-description></encoding></identification>"
    document = f'{HEAD}<score-partwise version="4.0">{said}<part-list>{listed}</part-list>{parts}</score-partwise>\n'
    return document.encode()


def _bars(piece: Piece, voice: int, step: float) -> Iterator[str]:
    """The bars of one voice."""
    scale, key = round(step * PARTS), piece.key
    end = max(BAR, -(-len(piece.score) * scale // BAR) * BAR)
    bars: list[list[Written]] = [[] for _ in range(end // BAR)]
    for start, until, note in _spans(list(notes_of(piece, voice)), scale, end):
        pieces = list(_values(start, until))
        for number, (place, length) in enumerate(pieces):
            ties = ["stop"] * (number > 0) + ["start"] * (number + 1 < len(pieces))
            bars[place // BAR].append(Written(place, length, _note(note, length, ties, key), note is None))
    for number, own in enumerate(bars):
        attributes = _attributes(voice, key) if number == 0 else ""
        yield f'<measure number="{number + 1}">{attributes}{"".join(_signed(_beamed(own), key))}</measure>'


def _spans(notes: list[Note], scale: int, end: int) -> Iterator[tuple[int, int, Note | None]]:
    """Notes and the rests between them, as (start, end, note or None), up to the end of the last bar."""
    now = 0
    for note in notes:
        if note.start * scale > now:
            yield now, note.start * scale, None
        yield note.start * scale, note.end * scale, note
        now = note.end * scale
    if now < end:
        yield now, end, None


def _values(start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span as (place, length) of notes that can be written: within a bar, the longest that fits first."""
    while start < end:
        room = min(end, (start // BAR + 1) * BAR) - start
        length = next(each for each in VALUES if each <= room)
        yield start, length
        start += length


def _attributes(voice: int, key: int | None) -> str:
    sign, line, octave = CLEFS[voice]
    mode = "" if key is None else f"<mode>{MODES[key // 12]}</mode>"
    lower = f"<clef-octave-change>{octave}</clef-octave-change>" if octave else ""
    return f"<attributes><divisions>{PARTS}</divisions><key><fifths>{sharps(key)}</fifths>{mode}</key><time><beats>4</beats><beat-type>4</beat-type></time><clef><sign>{sign}</sign><line>{line}</line>{lower}</clef></attributes>"


def _note(note: Note | None, length: int, ties: list[str], key: int | None) -> str:
    """A note or a rest; a place for its sign stands in it, which the bar decides on."""
    value = VALUES[length]
    written = f"<duration>{length}</duration>{{ties}}<voice>1</voice><type>{value.rstrip('.')}</type>{'<dot/>' * value.endswith('.')}"
    if note is None:
        return f"<note><rest/>{written.format(ties='')}</note>"
    pitch = spelled(note.pitch, key)
    raised = f"<alter>{pitch.raised}</alter>" if pitch.raised else ""
    tied = "".join(f'<tie type="{each}"/>' for each in ties)
    drawn = "".join(f'<tied type="{each}"/>' for each in ties)
    drawn = f"<notations>{drawn}</notations>" if drawn else ""
    sign = "" if "stop" in ties else f"{{{pitch.letter} {pitch.raised} {pitch.octave}}}"
    body = written.format(ties=tied)
    return f"<note><pitch><step>{pitch.letter}</step>{raised}<octave>{pitch.octave}</octave></pitch>{body}{sign}{BEAMS}{drawn}</note>"


def _beamed(notes: list[Written]) -> Iterator[str]:
    """The notes of a bar; those of a quarter that are all eighths, or all sixteenths, hang on one beam."""
    for _, own in groupby(notes, lambda note: note.place // PARTS):
        group = list(own)
        beams = {2: 1, 1: 2}.get(group[0].length, 0)
        together = len(group) > 1 and not any(note.rests or note.length != group[0].length for note in group)
        for number, note in enumerate(group):
            where = "begin" if number == 0 else "end" if number + 1 == len(group) else "continue"
            drawn = "".join(f'<beam number="{each + 1}">{where}</beam>' for each in range(beams)) if together else ""
            yield note.element.replace(BEAMS, drawn)


def _signed(notes: Iterable[str], key: int | None) -> Iterator[str]:
    """The notes of a bar, each with a sign where neither the key nor a note before it in the bar says the same."""
    own, said = signature(key), dict[str, int]()
    for note in notes:
        before, mark, rest = note.partition("{")
        if not mark:
            yield note
            continue
        told, _, after = rest.partition("}")
        letter, raised, octave = told.split()
        known = said.get(letter + octave, own.get(letter, 0))
        said[letter + octave] = int(raised)
        sign = f"<accidental>{SIGNS[int(raised)]}</accidental>" if known != int(raised) else ""
        yield before + sign + after
