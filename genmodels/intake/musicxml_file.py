"""Notes of a MusicXML document, plain or zipped (.mxl), read as a stream: nothing outside it is fetched, no entity expanded."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from xml.parsers import expat

from genmodels.intake.midi_file import Part
from genmodels.refusal import Refusal

MOST_BYTES = 8_000_000  # of the document
MOST_ZIPPED, MOST_ENTRIES = 2_000_000, 200
DEEPEST = 60
FEWEST_PARTS = 0.01  # of a quarter, in which lengths are counted
SCORES = (".xml", ".musicxml")
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
TOLD = ("step", "alter", "octave", "duration", "divisions", "part-name", "chromatic", "octave-change")


def read_musicxml(content: bytes, name: str) -> list[Part]:
    """The parts of a MusicXML document in "partwise" form; raises `Refusal` for what is none, too large, or declares entities."""
    document = _unzipped(content, name) if content[:2] == b"PK" else content
    if len(document) > MOST_BYTES:
        raise Refusal(
            f"{name} has {len(document) / 1e6:.0f} MB; MusicXML of at most {MOST_BYTES // 1_000_000} MB is read, so export the melody alone."
        )
    reader = _Reader(name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    parser.CharacterDataHandler, parser.EntityDeclHandler = reader.text, reader.entity
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise Refusal(
            f"{name} is no whole XML document (line {error.lineno}: {expat.ErrorString(error.code)}); export it again as MusicXML."
        ) from None
    return [part for part in reader.parts.values() if part.notes]


def _unzipped(content: bytes, name: str) -> bytes:
    """The score in an .mxl file: the first document that is not about the archive itself."""
    if len(content) > MOST_ZIPPED:
        raise Refusal(
            f"{name} has {len(content) / 1e6:.0f} MB; a zipped score of at most {MOST_ZIPPED // 1_000_000} MB is read."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [each.filename for each in archive.infolist()[:MOST_ENTRIES]]
            scores = [each for each in names if each.lower().endswith(SCORES) and not each.startswith("META-INF")]
            if scores:
                with archive.open(scores[0]) as file:
                    return file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        raise Refusal(f"{name} is a damaged or locked zip; give the .musicxml itself.") from None
    raise Refusal(f"{name} is a zip in which no MusicXML lies; give an .mxl file or the .musicxml itself.")


class _Reader:
    """What the parser calls: keeps the note that is being read and where each part has come to, in quarters."""

    def __init__(self, name: str) -> None:
        self.name, self.parts, self.names = name, dict[str, Part](), dict[str, str]()
        self.open: list[str] = []
        self.said: dict[str, str] = {}
        self.marks: set[str] = set()
        self.part, self.listed = Part(), ""
        self.now = self.last = 0.0
        self.divisions, self.moved = 1.0, 0

    def entity(self, *_: object) -> None:
        raise Refusal(
            f"{self.name} declares entities of its own, which no score needs and which can be traps; export it again as plain MusicXML."
        )

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.open and tag != "score-partwise":
            raise Refusal(
                f"{self.name} is no MusicXML score by parts (it begins with {tag[:40]!r}); export it as MusicXML, partwise."
            )
        self.open.append(tag)
        if len(self.open) > DEEPEST:
            raise Refusal(f"{self.name} is nested more than {DEEPEST} deep, as no score is; export it again.")
        if tag == "score-part":
            self.listed = attributes.get("id", "")[:100]
        elif tag == "part":
            identity = attributes.get("id", "")[:100]
            self.part = self.parts.setdefault(identity, Part(self.names.get(identity, "")))
            self.now = self.last = 0.0
            self.divisions, self.moved = 1.0, 0
        elif tag in ("note", "backup", "forward", "transpose"):
            self.said, self.marks = {}, set()
        elif tag == "tie":
            self.marks.add(f"tie {attributes.get('type', '')[:10]}")
        elif tag in ("rest", "grace", "cue", "chord", "unpitched"):
            self.marks.add(tag)
        if tag in TOLD:
            self.said[tag] = ""

    def text(self, text: str) -> None:
        if self.open and self.open[-1] in TOLD and len(self.said.get(self.open[-1], "")) < 100:
            self.said[self.open[-1]] = self.said.get(self.open[-1], "") + text[:100]

    def end(self, tag: str) -> None:
        self.open.pop()
        if tag == "part-name":
            self.names[self.listed] = self.said.get(tag, "").strip()
        elif tag == "divisions":
            self.divisions = max(self._value(tag) or 1.0, FEWEST_PARTS)
        elif tag == "transpose":
            self.moved = round(self._value("chromatic", -120) + 12 * self._value("octave-change", -10))
        elif tag == "backup":
            self.now = max(0.0, self.now - self._value("duration") / self.divisions)
        elif tag == "forward":
            self.now += self._value("duration") / self.divisions
        elif tag == "note":
            self._note()

    def _note(self) -> None:
        if self.marks & {"grace", "cue"}:
            return
        length = self._value("duration") / self.divisions
        start = self.last if "chord" in self.marks else self.now
        self.last, self.now = start, max(self.now, start + length)
        if "unpitched" in self.marks:
            self.part.drums = True
        step = STEPS.get(self.said.get("step", "").strip())
        if "rest" in self.marks or step is None or length <= 0:
            return
        pitch = step + round(self._value("alter", -12)) + 12 * (round(self._value("octave")) + 1) + self.moved
        if not 1 <= pitch <= 127:
            return
        if "tie stop" in self.marks:
            for place in range(len(self.part.notes) - 1, max(-1, len(self.part.notes) - 20), -1):
                other, began, ended = self.part.notes[place]
                if other == pitch and math.isclose(ended, start, abs_tol=1e-6):
                    self.part.notes[place] = (pitch, began, start + length)
                    return
        self.part.notes.append((pitch, start, start + length))

    def _value(self, name: str, lowest: float = 0.0) -> float:
        """A number that was told, 0 where there is none; up to 100,000."""
        try:
            value = float(self.said.get(name, "").strip() or 0)
        except ValueError:
            value = 0.0
        return min(max(value, lowest), 1e5) if math.isfinite(value) else 0.0
