"""The files in which a composed piece leaves: MIDI and MusicXML, each with its signed statement, and sound that carries its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from genmodels.kinds.music import files
from genmodels.kinds.music.musicxml import musicxml
from genmodels.kinds.music.notation import Piece
from genmodels.provenance import way_out
from genmodels.provenance.claims import made_by_a_model

MIDI, MUSICXML, WAV = ".mid", ".musicxml", ".wav"


@dataclass(frozen=True)
class Handed:
    """A piece that leaves: how long a step is in quarters, and what its files say of what made it."""

    piece: Piece
    step: float
    facts: Mapping[str, str]

    def as_midi(self) -> dict[str, way_out.Marked]:
        """The MIDI file and its statement, by suffix."""
        return self._accompanied(MIDI, files.midi(self.piece, self.step))

    def as_musicxml(self) -> dict[str, way_out.Marked]:
        """The MusicXML document and its statement, by suffix; what made it stands in it too."""
        said = made_by_a_model(f"{self.facts.get('Model', '')}, seed {self.facts.get('Seed', '')}")
        return self._accompanied(MUSICXML, musicxml(self.piece, self.step, made_by=said))

    def as_sound(self) -> way_out.Marked:
        """The WAV file, which holds its manifest."""
        return way_out.sound(files.wav(files.sound(self.piece, self.step)), self.facts)

    def all(self) -> dict[str, way_out.Marked]:
        """All of them, by suffix."""
        return self.as_midi() | self.as_musicxml() | {WAV: self.as_sound()}

    def _accompanied(self, suffix: str, content: bytes) -> dict[str, way_out.Marked]:
        file, statement = way_out.accompanied(content, "music", self.facts)
        return {suffix: file, suffix + way_out.SIDECAR: statement}
