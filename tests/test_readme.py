"""The README and the pages of docs/ say what is true now."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from genmodels.audits.audit import AUDITS
from genmodels.commands.main import VERBS, parser
from genmodels.data.dataset import DATA
from genmodels.metrics.metric import METRICS
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs.store import gallery_names
from tests import house_picture
from tests.house import ORDER
from tests.readme_tables import PAGES, README, filled

ROOT = Path(__file__).parent.parent
MOST_BYTES = 8_000  # of the README
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def command_lines(page: Path) -> list[str]:
    """The commands in blocks of shell or console, each on a line of its own, without the comment behind it."""
    lines = [line for language, block in FENCE.findall(page.read_text()) if language in ("sh", "console") for line in block.splitlines()]
    told = [line.removeprefix("$ ") for line in lines]
    return [re.split(r"\s+# ", line)[0] for line in told if line.startswith("genmodels ")]


def commands_in_words(page: Path) -> list[str]:
    """Commands named in a sentence, such as `genmodels verify FILE`."""
    return re.findall(r"`genmodels ([^`\n]+)`", FENCE.sub("", page.read_text()))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made of their words."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_the_tables_are_those_of_the_registries(page: Path) -> None:
    text = page.read_text()
    assert filled(text) == text, "run `make readme`"


def test_the_readme_is_a_front_door() -> None:
    assert len(README.read_bytes()) < MOST_BYTES
    assert len(command_lines(README)) >= 12
    assert (ROOT / "docs" / "first-page.png").stat().st_size < 200_000


@each_page
def test_every_command_line_in_it_parses_and_names_what_exists(page: Path) -> None:
    """Models, data, settings, audits, metrics and runs of the gallery too; a run in capitals is the reader's own."""
    for line in command_lines(page):
        chosen = vars(parser().parse_args(shlex.split(line)[1:]))
        runs = [chosen[name] for name in ("run", "other", "subject") if name in chosen and not str(chosen[name]).isupper()]
        assert not {*runs} - {*gallery_names(), "plan", "answers.jsonl"}, line
        if chosen["verb"] == "train":
            MODELS[chosen["model"]].from_dict(dict(pair.split("=", 1) for pair in chosen["recipe"]))
            DATA[chosen["data"]].from_dict(dict(pair.split("=", 1) for pair in chosen["source"]))
        assert not {*(chosen.get("audit") or [])} - {*AUDITS}, line
        metrics = chosen.get("metric") or []
        assert not {*([metrics] if isinstance(metrics, str) else metrics)} - {*METRICS}, line


@each_page
def test_commands_named_in_a_sentence_exist_with_their_flags(page: Path) -> None:
    """A sentence may leave out what a command needs beside, but names no verb or flag that is not there."""
    for words in commands_in_words(page):
        verb, *rest = shlex.split(words)
        if verb == "COMMAND":
            continue
        assert verb in VERBS, words
        try:
            parser().parse_args([verb, *rest])
        except Refusal as refused:
            assert "arguments are required" in str(refused), words
        except SystemExit as ended:  # --help
            assert not ended.code, words


@each_page
def test_its_pictures_and_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!http)([^)\s]+)\)", FENCE.sub("", page.read_text())):
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@each_page
def test_every_make_target_and_module_in_it_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`make (\w+)`", page.read_text()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for module in re.findall(r"python -m ([\w.]+)", page.read_text()):
        assert importlib.util.find_spec(module), module


@each_page
def test_every_file_named_in_it_exists(page: Path) -> None:
    for file in re.findall(r"`((?:genmodels|dashboard|pages|tests|docs)/[\w./-]+\.\w+)`", page.read_text()):
        assert (ROOT / file).exists(), file


def test_the_picture_of_the_house_is_drawn_from_the_imports_of_now() -> None:
    assert house_picture.PICTURE.read_text() == house_picture.svg(), "run `make readme`"
    assert all(ORDER.index(other) < ORDER.index(room) for room in ORDER for other in house_picture.arrows(room))


def test_each_room_has_its_paragraph() -> None:
    told = re.findall(r"^### (\w+)\n.{40}", (ROOT / "docs" / "house.md").read_text(), re.MULTILINE)
    assert told == list(ORDER)
