"""Where in a demo one is: in the session, and in the address, so that a reload does not lose it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from dashboard import navigation, state
from dashboard.demo.paths import PATHS, Step

FLAG = "GENMODELS_DEMO"  # the home of a demo, set by `genmodels dashboard --demo`


@dataclass(frozen=True)
class Place:
    """A step of a path, and when the path was begun, in seconds of the epoch."""

    path: str
    number: int
    begun: int

    @property
    def step(self) -> Step:
        return PATHS[self.path][self.number]

    @property
    def last(self) -> bool:
        return self.number + 1 == len(PATHS[self.path])

    def moved(self, by: int) -> Place:
        """So many steps on, within the path."""
        return Place(self.path, min(max(self.number + by, 0), len(PATHS[self.path]) - 1), self.begun)

    def __str__(self) -> str:
        return f"{self.path}.{self.number + 1}.{self.begun}"


def wanted() -> bool:
    """Was the dashboard opened for a demo? Only where its home is that of the demo, since the end of one deletes all runs."""
    return bool(folder := os.environ.get(FLAG)) and folder == os.environ.get("GENMODELS_HOME")


def read(text: str) -> Place | None:
    """The place that an address names, None where it names none.

    >>> read("ten.2.1700000000").step.title
    'How it learned'
    >>> read("ten.99.0") is read("nonsense") is None
    True
    """
    path, _, rest = text.partition(".")
    number, _, begun = rest.partition(".")
    if path not in PATHS or not (number.isascii() and number.isdigit() and begun.isascii() and begun.isdigit()):
        return None
    if len(begun) > 12 or len(number) > 3 or not 1 <= int(number) <= len(PATHS[path]):
        return None
    return Place(path, int(number) - 1, int(begun))


def here() -> Place | None:
    """The place in the address, else that of the session, which a link within a page leaves out of the address."""
    place = read(state.in_url(state.DEMO)) or read(state.get(state.DEMO_PLACE, ""))
    if place:
        state.put(state.DEMO_PLACE, str(place))
        state.set_in_url(state.DEMO, str(place))
    return place


def link(place: Place, label: str, icon: str) -> None:
    """A link to the page of a step: the browser goes there, while a script may not set parameters that a page binds."""
    navigation.link(place.step.screen, label, icon, **place.step.query, **{state.DEMO: str(place)})


def begin(path: str) -> None:
    """Open the first page of a path; the clock starts."""
    place = Place(path, 0, int(time.time()))
    state.put(state.DEMO_PLACE, str(place))
    navigation.go(place.step.screen, **place.step.query, **{state.DEMO: str(place)})
