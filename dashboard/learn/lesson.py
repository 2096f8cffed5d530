"""What a lesson is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """A page of about five minutes, by doing.

    `name` is its part of the address (`/learn?lesson=NAME`); `promise` one sentence that says what one will have seen
    at its end; `show` draws it, without its title; `simplified` says what the lesson leaves out or makes smaller than
    it is, one sentence each; `sources` are its references, in Markdown.
    """

    name: str
    title: str
    icon: str
    minutes: int
    promise: str
    show: Callable[[], None]
    simplified: tuple[str, ...]
    sources: tuple[str, ...]
