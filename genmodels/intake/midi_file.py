"""Notes of a MIDI file (Standard MIDI Files 1.0, 1996), read by ourselves so that no length in it is trusted.

A byte is looked at once, and a number of variable length has at most four: what claims to be longer is damaged.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from genmodels.refusal import Refusal

MOST_BYTES = 1_000_000
MOST_TRACKS, MOST_NOTES = 1000, 20_000  # of a file; of a track, behind which nothing is read
DRUMS = 9  # the channel of drums
LENGTHS = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}  # data bytes of each message
DAMAGED = "{name} is a damaged MIDI file: {why}. Export it again from the program that wrote it."


@dataclass
class Part:
    """One line of a score as it was found: its name, and notes as (MIDI pitch, start, end) in quarters."""

    name: str = ""
    notes: list[tuple[int, float, float]] = field(default_factory=list)
    drums: bool = False


class _Damaged(Exception):
    """Says what is wrong."""


def read_midi(content: bytes, name: str) -> list[Part]:
    """The parts of a MIDI file, one a track and channel; raises `Refusal` for what is none, or damaged before its first note.

    What is whole before the damage is kept. Tempo makes no difference, since time is counted in quarters.
    """
    if len(content) > MOST_BYTES:
        raise Refusal(
            f"{name} has {len(content) / 1e6:.0f} MB; a MIDI file of at most {MOST_BYTES // 1_000_000} MB is read."
        )
    if content[:4] != b"MThd" or len(content) < 14:
        raise Refusal(f"{name} is no MIDI file: it does not begin like one; choose a .mid file.")
    size, _, _, division = struct.unpack(">IHHh", content[4:14])
    if division < 0:
        raise Refusal(
            f"{name} counts time in frames of film (SMPTE), not in quarters; export it with a resolution in ticks a quarter."
        )
    if division == 0 or not 6 <= size < len(content):
        raise Refusal(DAMAGED.format(name=name, why="its header says that a quarter has no ticks"))
    parts: list[Part] = []
    try:
        for track in _tracks(content, 8 + size):
            _read_track(track, division, parts)
    except _Damaged as damage:
        if not any(part.notes for part in parts):
            raise Refusal(DAMAGED.format(name=name, why=str(damage))) from None
    return [part for part in parts if part.notes]


def _tracks(content: bytes, place: int) -> Iterator[bytes]:
    for _ in range(MOST_TRACKS):
        if place + 8 > len(content):
            return
        kind, size = content[place : place + 4], struct.unpack(">I", content[place + 4 : place + 8])[0]
        if kind == b"MTrk":
            yield content[place + 8 : place + 8 + size]
        if place + 8 + size > len(content):
            raise _Damaged("a track is said to go on behind the end of the file")
        place += 8 + size


def _read_track(track: bytes, division: int, parts: list[Part]) -> None:
    """Enter the parts of a track, one a channel, into `parts`, as far as it can be read."""
    own: dict[int, Part] = {}
    sounding: dict[tuple[int, int], int] = {}
    place, now, running, title = 0, 0, 0, ""
    try:
        while place < len(track) and sum(len(part.notes) for part in own.values()) < MOST_NOTES:
            waited, place = _number(track, place)
            now += waited
            status = _byte(track, place)
            if status in (0xFF, 0xF0, 0xF7):
                kind = _byte(track, place + 1) if status == 0xFF else -1
                length, place = _number(track, place + (2 if status == 0xFF else 1))
                if kind == 0x03 and not title:
                    title = track[place : place + min(length, 200)].decode("latin-1")
                if kind == 0x2F:
                    break
                place += length
                continue
            if status & 0x80:
                running, place = status, place + 1
            if running & 0xF0 not in LENGTHS:
                raise _Damaged("data stand where a message should begin")
            _note(track, place, running, now, division, own, sounding)
            place += LENGTHS[running & 0xF0]
    finally:
        for (channel, pitch), start in sounding.items():
            own[channel].notes.append((pitch, start / division, max(now, start + 1) / division))
        for part in own.values():
            part.name = title
        parts += own.values()


def _note(
    track: bytes,
    place: int,
    message: int,
    now: int,
    division: int,
    own: dict[int, Part],
    sounding: dict[tuple[int, int], int],
) -> None:
    """Begin or end a note; another beginning ends the one before."""
    kind, channel = message & 0xF0, message & 0x0F
    if kind not in (0x80, 0x90):
        return
    pitch, loudness = _byte(track, place) & 0x7F, _byte(track, place + 1) & 0x7F
    part = own.setdefault(channel, Part(drums=channel == DRUMS))
    start = sounding.pop((channel, pitch), None)
    if start is not None and now > start:
        part.notes.append((pitch, start / division, now / division))
    if kind == 0x90 and loudness:
        sounding[channel, pitch] = now


def _byte(track: bytes, place: int) -> int:
    if place >= len(track):
        raise _Damaged("it ends in the middle of a message")
    return track[place]


def _number(track: bytes, place: int) -> tuple[int, int]:
    """A number of variable length, and where what follows begins."""
    value = 0
    for _ in range(4):
        byte = _byte(track, place)
        value, place = value << 7 | byte & 0x7F, place + 1
        if not byte & 0x80:
            return value, place
    raise _Damaged("a length in it has no end")
