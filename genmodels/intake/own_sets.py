"""Sets that a user brought: each in a folder of its own under the home folder, with an index that says what is in it.

A set is `data/<token>/` with an index (JSON: "format", "title", "licence", SHA-256 of what was kept) beside what it holds. The
token is our own short name made from the user's and the SHA-256 of the index, so the same things under the same name are
one set. Names from outside are shown, never used as paths.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genmodels.files import Unreadable, cannot_write, home, make_folder, read_document, write_atomically
from genmodels.refusal import Refusal
from genmodels.registry import unknown

FORMAT = 1
TOKEN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class OwnSets:
    """The sets of one sort: the file name of their index, and what they are called in sentences.

    `noun` answers a wrong token, `one` is one set, `things` is what is to be imported again where it is damaged and the
    slug of a name that has none of the letters a to z and digits.
    """

    index: str
    noun: str
    one: str
    things: str

    def keep(self, name: str, fill: Callable[[Path], dict[str, Any]]) -> str:
        """Keep a set; returns its token. `fill` writes all but the index into an empty folder aside and returns the index.

        Whatever `fill` raises leaves nothing behind. Raises `Refusal` where the disk is full or read-only.
        """
        parent = make_folder(home() / "data")
        aside = parent / f".{secrets.token_hex(8)}.part"
        try:
            make_folder(aside)
            text = json.dumps({"format": FORMAT} | fill(aside), indent=1)
            token = f"{self._slug(name)}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
            write_atomically(aside / self.index, text)
            if not (parent / token).exists():  # the same things under the same name are there already
                aside.rename(parent / token)
            return token
        except OSError as error:
            if isinstance(error, Refusal):
                raise
            raise cannot_write(parent, error) from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _slug(self, name: str) -> str:
        """Our own short name made from a user's: letters and digits of ASCII, dashes between."""
        return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:40].strip("-") or self.things

    def folder(self, token: str) -> Path:
        """Where the set of that token lies."""
        return home() / "data" / token

    def tokens(self) -> list[str]:
        """The tokens of all sets of this sort, in order."""
        folders = sorted(file.parent.name for file in (home() / "data").glob(f"*/{self.index}"))
        return [name for name in folders if TOKEN.fullmatch(name)]

    def read(self, token: str, sound: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """What `sound` makes of the index of a set; it raises ValueError, KeyError or TypeError for one that is damaged.

        Raises `Refusal` for an unknown token, an index of another format and a damaged one.
        """
        known = self.tokens()
        if token not in known:
            raise Refusal(unknown(self.noun, token, known))
        try:
            index = read_document(self.folder(token) / self.index)
            if index["format"] != FORMAT:
                raise Refusal(f"The {self.one} {token} is of format {index['format']!r}, this version reads {FORMAT}.")
            return sound(index)
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            if isinstance(error, Refusal) and not isinstance(error, Unreadable):
                raise
            raise Refusal(f"The index of the {self.one} {token} is damaged; import the {self.things} again.") from None

    def readable(self, read: Callable[[str], dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The token and index of each set by its title; a damaged one is left out. `read` reads an index by its token."""
        found = []
        for token in self.tokens():
            try:
                found.append((token, read(token)))
            except Refusal:
                continue
        return iter(sorted(found, key=lambda each: str(each[1]["title"])))
