"""The picture of the house in docs/house.svg and its table in docs/house.md, from the imports. `make readme` writes both."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from genmodels import catalogue
from tests.house import ORDER, ROOT, SOURCES, imports, module_of, room_of

PICTURE = ROOT / "docs" / "house.svg"
WIDTH, HEIGHT, ACROSS, BETWEEN, ASIDE, EDGE = 118, 34, 40, 46, 70, 20  # of a box, from box to box, from level to level, levels aside, around; pixels


@lru_cache
def needs() -> dict[str, frozenset[str]]:
    """Each room with the rooms that its files import."""
    found: dict[str, set[str]] = {room: set() for room in ORDER}
    for file in SOURCES:
        room = room_of(module_of(file))
        found[room] |= {room_of(each.module) for each in imports(file)} - {room}
    return {room: frozenset(others) for room, others in found.items()}


def reached(room: str) -> set[str]:
    """All rooms below a room, through whatever it imports."""
    return set(needs()[room]).union(*map(reached, needs()[room]))


def arrows(room: str) -> list[str]:
    """The rooms that a room imports and that no other of these leads to."""
    return [other for other in ORDER if other in needs()[room] and not any(other in reached(by) for by in needs()[room])]


def level(room: str) -> int:
    """How many rooms lie below, one on the other; the ground is 0."""
    return max((level(other) + 1 for other in needs()[room]), default=0)


def svg() -> str:
    """Rooms as boxes, each above all that it imports, and arrows down to those that no other arrow leads to."""
    levels = [[room for room in ORDER if level(room) == number] for number in range(max(map(level, ORDER)) + 1)]
    across = max(map(len, levels)) * (WIDTH + ACROSS) - ACROSS + 2 * (EDGE + ASIDE)
    down = len(levels) * (HEIGHT + BETWEEN) - BETWEEN + 2 * EDGE
    place = {}
    for number, rooms in enumerate(levels):
        left = (across - len(rooms) * (WIDTH + ACROSS) + ACROSS) // 2 + ASIDE * (number % 3 - 1)
        for position, room in enumerate(rooms):
            place[room] = (left + position * (WIDTH + ACROSS), down - EDGE - HEIGHT - number * (HEIGHT + BETWEEN))
    ends = [(room, other) for room in ORDER for other in arrows(room)]

    def spread(room: str, others: list[str], other: str) -> int:
        """Where on the edge of a box an arrow begins or ends: side by side in the order of the other ends."""
        beside = sorted(others, key=lambda each: place[each])
        return place[room][0] + round(WIDTH * (beside.index(other) + 1) / (len(beside) + 1))

    lines = []
    for room, other in ends:
        begin = spread(room, [down for up, down in ends if up == room], other)
        end = spread(other, [up for up, down in ends if down == other], room)
        lines.append(f'<line x1="{begin}" y1="{place[room][1] + HEIGHT}" x2="{end}" y2="{place[other][1] - 3}"/>')
    boxes = [f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>\n<text x="{x + WIDTH // 2}" y="{y + 22}">{room}</text>' for room, (x, y) in place.items()]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" width="{across}" height="{down}" role="img" aria-label="The rooms of the house; each imports only rooms below it">',
        '<style>rect{fill:#eef3f2;stroke:#3c5a57}line{stroke:#7a8c8a;marker-end:url(#tip)}text{font:14px sans-serif;fill:#1d2b2a;text-anchor:middle}</style>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#7a8c8a"/></marker></defs>',
        f'<rect x="0" y="0" width="{across}" height="{down}" style="fill:#fff;stroke:none"/>',
        *lines,
        *boxes,
        "</svg>\n",
    ])  # fmt: skip


def files_of(room: str) -> str:
    """The files and folders of a room, by name."""
    names = set()
    for file in SOURCES:
        if room_of(module_of(file)) == room:
            inside = file.relative_to(ROOT).parts
            inside = inside[1:] if room in ("ground", "catalogue", "dashboard", "pages") or len(inside) == 2 else inside[2:]
            names.add(f"{inside[0]}/" if len(inside) > 1 else Path(inside[0]).stem)
    return ", ".join(sorted(names - {"__init__"}))


def rooms() -> str:
    """The rooms from the ground up, with their files and what they import."""
    return catalogue.table([
        {"room": f"[{room}](#{room})", "files": files_of(room), "imports": ", ".join(other for other in ORDER if other in needs()[room])} for room in ORDER
    ])  # fmt: skip
