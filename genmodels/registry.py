"""Names to things; a wrong name is answered with the right ones."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from genmodels.refusal import UnknownName

Thing = TypeVar("Thing")


class Registry(dict[str, Any]):
    """A dictionary that is filled by a decorator and explains what it does not hold.

    >>> SHAPES = Registry("shape")
    >>> @SHAPES.add("circle")
    ... class Circle: ...
    >>> SHAPES["circel"]
    Traceback (most recent call last):
    genmodels.refusal.UnknownName: No shape is called 'circel'. Did you mean 'circle'? There are: circle.
    """

    def __init__(self, noun: str) -> None:
        super().__init__()
        self.noun = noun

    def add(self, name: str) -> Callable[[Thing], Thing]:
        """Decorator: enter a class or function under `name`, which must be new."""

        def enter(thing: Thing) -> Thing:
            if name in self:
                raise ValueError(f"Two things of the kind {self.noun} are called {name!r}.")
            self[name] = thing
            return thing

        return enter

    def __missing__(self, name: str) -> Any:
        raise UnknownName(unknown(self.noun, name, self))


def unknown(noun: str, name: str, known: Iterable[str]) -> str:
    """The sentence that answers a wrong name, with the nearest right one."""
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"No {noun} is called {str(name)[:80]!r}.{hint} There are: {', '.join(names) or 'none'}."
