"""How things move in the set `motion`: which clip is which is drawn from a seed, and all that is true of it is known.

Lengths are in pixels of a clip of 32 x 32; larger ones show the same in finer steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from genmodels.data.motion_objects import FINE, THINGS, stamp

SIDE = 32  # that lengths are said for
SIZE, SIZE_OF_TWO = 11, 9  # of a thing that is alone, and of two
DIRECTIONS = {
    "left": (0, -1),
    "right": (0, 1),
    "up": (-1, 0),
    "down": (1, 0),
    "up left": (-1, -1),
    "up right": (-1, 1),
    "down left": (1, -1),
    "down right": (1, 1),
}
SPEEDS = {"slowly": 6.0, "quickly": 12.0}  # pixels from the first frame to the last
HELD_OUT = 4  # one in so many pairs of thing and direction
MOTIONS = ("moving", "turning", "bouncing", "colliding")
SHARES = (0.55, 0.15, 0.15, 0.15)  # of the clips
TURN = 135.0  # degrees from the first frame to the last


@dataclass(frozen=True)
class Truth:
    """What a clip shows: thing (its number), direction, speed, kind of motion, and the thing that is hit (-1: none)."""

    thing: int
    direction: str
    speed: str
    motion: str
    hit: int = -1

    @property
    def caption(self) -> str:
        """Such as "a red car moving left slowly"."""
        thing = THINGS[self.thing]
        said = f"{thing.article} {thing.name}"
        if self.motion == "colliding":
            return f"{said} moving {self.direction} and hitting {THINGS[self.hit].article} {THINGS[self.hit].name}"
        if self.motion == "turning":
            return f"{said} turning and moving {self.direction} {self.speed}"
        moved = f"{said} moving {self.direction} {self.speed}"
        return f"{moved} and bouncing back" if self.motion == "bouncing" else moved

    @property
    def pair(self) -> str:
        """Thing and direction: what is held out whole."""
        return f"{THINGS[self.thing].name}, {self.direction}"


def directions(count: int) -> tuple[str, ...]:
    """The first 4 or all 8."""
    return tuple(DIRECTIONS)[:count]


def held_out(thing: int, direction: int, count: int) -> bool:
    """Is this pair of thing and direction (both numbers) held out? Each thing and each direction is seen with others."""
    return (thing + direction * (1 if count == HELD_OUT else 3)) % HELD_OUT == 0


def truths(n: int, count: int, motions: str, seed: int, *, unseen: bool) -> Iterator[Truth]:
    """What n clips show, of pairs that are held out (`unseen`) or of the others, each pair as often as the next."""
    names = directions(count)
    pairs = [(t, d) for t in range(len(THINGS)) for d in range(count) if held_out(t, d, count) == unseen]
    rng = np.random.default_rng([seed, int(unseen)])
    for start in range(0, n, len(pairs)):
        for number in rng.permutation(len(pairs))[: n - start]:
            thing, direction = pairs[number]
            motion = str(rng.choice(MOTIONS, p=SHARES)) if motions == "all" else "moving"
            if motion == "turning" and not THINGS[thing].turns:
                motion = "moving"
            others = [t for t in range(len(THINGS)) if t != thing and not held_out(t, direction, count)]
            hit, speed = int(rng.choice(others)), str(rng.choice(list(SPEEDS)))
            if motion == "colliding":
                yield Truth(thing, names[direction], "", motion, hit)
            else:
                yield Truth(thing, names[direction], speed, motion)


def drawn(truth: Truth, frames: int, side: int, rng: np.random.Generator) -> np.ndarray:
    """The clip of a truth, uint8 (frames, side, side, 3) on white; where it begins is drawn by `rng`."""
    shares = np.linspace(0, 1, frames)
    way = np.array(DIRECTIONS[truth.direction], float)
    way /= np.hypot(*way)
    if truth.motion == "colliding":
        return _collided(truth, shares, way, side, rng)
    travelled = SPEEDS[truth.speed] * shares
    if truth.motion == "bouncing":
        turned = SPEEDS[truth.speed] * rng.uniform(0.45, 0.65)
        travelled = turned - np.abs(travelled - turned)
        return _painted([(truth.thing, _against_the_wall(way, turned, travelled, rng), None)], SIZE, side)
    places = _inside(way[None] * travelled[:, None], SIZE, rng)
    angles = (TURN * shares * rng.choice([-1, 1])) if truth.motion == "turning" else None
    return _painted([(truth.thing, places, angles)], SIZE, side)


def _inside(path: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """A path (frames, 2) of a middle moved to where all of it is seen, at random."""
    low, high = size / 2 - path.min(axis=0), SIDE - size / 2 - path.max(axis=0)
    return path + low + (high - low) * rng.random(2)


def _against_the_wall(way: np.ndarray, turned: float, travelled: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A path that turns back where the thing meets the edge that it moves to."""
    path = _inside(way[None] * travelled[:, None], SIZE, rng)
    end = np.where(way > 0, SIDE - SIZE / 2, SIZE / 2)
    moves = np.abs(way) > 0.01
    farthest = path[np.argmax(travelled)] + way * (turned - travelled.max())
    return np.where(moves[None], path + end - farthest, path)


def _collided(truth: Truth, shares: np.ndarray, way: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """One thing moves up to another and stops, which moves on: equal masses, nothing lost."""
    travel, before = SPEEDS["quickly"], rng.uniform(0.4, 0.6)
    first = np.minimum(shares, before)[:, None] * travel * way[None]
    apart = way * (SIZE_OF_TWO / max(np.abs(way)))  # middle to middle where they touch
    second = before * travel * way + apart + np.maximum(shares - before, 0)[:, None] * travel * way[None]
    both = _inside(np.concatenate([first, second]), SIZE_OF_TWO, rng)
    n = len(shares)
    return _painted([(truth.hit, both[n:], None), (truth.thing, both[:n], None)], SIZE_OF_TWO, side)


def _painted(things: list[tuple[int, np.ndarray, np.ndarray | None]], size: int, side: int) -> np.ndarray:
    """Things by number with the path of their middle (frames, 2) and their angles in degrees (frames,), one over the other."""
    scale, frames = side / SIDE, len(things[0][1])
    clip = np.ones((frames, side, side, 3), np.float32)
    for thing, path, angles in things:
        for number in range(frames):
            angle = 0 if angles is None else round(float(angles[number]) / 9) * 9
            fine = np.round(path[number] * scale * FINE).astype(int)
            _stamped(clip[number], thing, round(size * scale), angle, fine)
    return np.round(clip * 255).astype(np.uint8)


def _stamped(frame: np.ndarray, thing: int, size: int, angle: int, fine: np.ndarray) -> None:
    """Put a thing into a frame, its middle at `fine` quarters of a pixel; what lies outside is cut off."""
    place, rest = np.divmod(fine, FINE)
    colours, cover = stamp(thing, size, angle % 360, int(rest[0]), int(rest[1]))
    half = (len(cover) - 1) // 2
    top, left = (int(each) - half for each in place)
    rows, columns = (
        slice(max(0, start), max(0, min(start + len(cover), length)))
        for start, length in zip((top, left), frame.shape[:2], strict=True)
    )
    own = np.s_[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    frame[rows, columns] = frame[rows, columns] * (1 - cover[own]) + colours[own]
