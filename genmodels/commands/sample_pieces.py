"""What `genmodels sample` writes of a model of music: MIDI, MusicXML and sound of each piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from genmodels.files import Unreadable, read_bytes
from genmodels.intake.melodies import read_melody
from genmodels.kinds.music.composing import Composing
from genmodels.kinds.music.keys import heard_key
from genmodels.kinds.music.notation import KEYS, Piece, anything
from genmodels.printable import printable
from genmodels.provenance import recorded, way_out
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.composer import Composer
from genmodels.trained.melody import fitted
from genmodels.trained.opening import open_model
from genmodels.trained.piece_files import Handed

MOST_GIVEN = 9_000_000  # bytes of a melody's file


def composed_files(
    run: Run, *, n: int, seed: int, epoch: int | None, settings: dict[str, str], melody: Path | None
) -> tuple[list[Mapping[str, way_out.Marked]], list[str]]:
    """The files of n pieces by suffix, the i-th from the seed `seed + i`, and sentences on what of a melody was changed.

    With a `melody` (MIDI or MusicXML) it is the soprano of each, and as long as it where `steps` is not asked for.
    """
    asked, composer = Composing.from_dict(settings), open_model(run, epoch)
    step = run.experiment.make_source().quarters
    given, said = None, list[str]()
    if "steps" not in settings:
        asked = replace(asked, steps=min(asked.steps, composer.longest()))
    if melody is not None:
        most = asked.steps if "steps" in settings else composer.longest(composer.looks_ahead)
        read = read_melody(
            given_bytes(melody, MOST_GIVEN, "a MIDI or MusicXML file"),
            melody.name,
            step=step,
            most=min(most, composer.longest(composer.looks_ahead)),
        )
        line, changed = fitted(composer.tokens, read.line)
        said = [f"{printable(melody.name, 80)}: {notice}" for notice in (*read.notices, *changed)]
        given = anything(len(line))
        given[:, 0] = line
        heard = heard_key(line)
        key = asked.key or (KEYS[heard] if heard is not None and heard in composer.keys else "")
        asked = replace(asked, steps=len(line), key=key)
    made: list[Mapping[str, way_out.Marked]] = []
    for number, piece in enumerate(_composed(composer, asked, range(seed, seed + n), given)):
        told = recorded.settings(
            asked.to_dict() | {"key": piece.key_name} | ({} if melody is None else {"given": "soprano"})
        )
        facts = recorded.facts(run, composer.weights, seed=seed + number, **told)
        made.append(Handed(piece, step, facts).all())
    return made, said


def _composed(composer: Composer, asked: Composing, seeds: range, given: np.ndarray | None) -> Iterator[Piece]:
    for start in range(0, len(seeds), composer.rows):
        *_, last = composer.compose(
            seeds[start : start + composer.rows],
            steps=asked.steps,
            key=asked.key_number,
            given=given,
            temperature=asked.temperature,
        )
        yield from (each.piece for each in last)


def given_bytes(file: Path, most: int, what: str) -> bytes:
    """What a file on the command line holds, looked at before it is read; `what` it should be."""
    try:
        return read_bytes(file, most)
    except Unreadable as reason:
        raise Refusal(f"{printable(file.name, 80)!r} {reason}; name {what}.") from None
