"""The README says what is true now."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from genmodels.commands.main import parser
from tests.readme_tables import PAGES, README, filled

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_are_those_of_the_registries(page: Path) -> None:
    text = page.read_text()
    assert filled(text) == text, "run `make readme`"


def test_every_command_in_it_parses() -> None:
    commands = re.findall(r"^genmodels (.*)$", README.read_text(), re.MULTILINE)
    assert len(commands) > 8
    for command in commands:
        parser().parse_args(shlex.split(command.split("#")[0]))


def test_its_pictures_and_links_are_there() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text()):
        assert (ROOT / target).exists(), target


def test_every_make_target_in_it_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`make (\w+)`", README.read_text()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
