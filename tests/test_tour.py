"""`docs/tour.md` shows every screen, with pictures that exist, are small and have words."""

from __future__ import annotations

import re

from dashboard.navigation import SCREENS
from tests.tour import FOLDER, MOST, PAGE, SHOTS, written

TOGETHER = 1_300_000  # bytes of all pictures


def test_every_screen_is_shown_and_every_picture_has_words() -> None:
    shots = [shot for each in SHOTS.values() for shot in each]
    assert {screen.name for screen in SCREENS} == {shot.name for shot in shots}
    assert PAGE.read_text(encoding="utf-8") == written(), "python -m tests.tour writes it"
    named = re.findall(r"!\[(.+?)\]\(tour/(.+?)\)", written())
    assert len(named) == len(shots) == len({file for _, file in named}) and all(len(alt) > 10 for alt, _ in named)
    assert {file for _, file in named} == {file.name for file in FOLDER.iterdir()}


def test_the_pictures_are_small() -> None:
    sizes = {file.name: file.stat().st_size for file in FOLDER.iterdir()}
    assert max(sizes.values()) <= MOST and sum(sizes.values()) <= TOGETHER, sizes
