"""What stands behind a finding is shown as what it is: pictures in pairs, passages side by side, small tables; foreign text stays text."""

from __future__ import annotations

import base64
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genmodels.kinds.image.files import png_bytes
from genmodels.review.document import Table
from genmodels.review.evidence import MOST, evidence_of, evidence_rows
from genmodels.review.report import report
from tests.genmodels.test_report import HOSTILE, Reader

PNG = base64.b64encode(png_bytes(np.full((64, 64, 3), 90, np.uint8))).decode()
PAIR = {"sample": "a.png", "training": HOSTILE, "distance": 0.0312, "how": "mirrored", "caption": "x", "pictures": [PNG, PNG]}
GROUP = {"outputs": ["b.png", "c.png", "d.png"], "of": 7, "pictures": [PNG, PNG]}
PASSAGE = {"item": "7", "place": "line 7", "words": 40, "word for word": 31, "answer": HOSTILE, "training": "the same words"}
BARE = {"file": HOSTILE, "manifest": "none", "signer": "", "metadata": ["IPTC", "text"]}
SHARES = [
    {"sample": 3, "item": "x3", "prompt": HOSTILE, "labels": ["yes", "no"]},
    {"prompts": [{"prompt": "a nurse", "value": 0.25, "low": 0.1, "high": 0.4, "n": 30}]},
    {"agreement": {"alpha": {"value": 0.7, "low": 0.5, "high": 0.9, "n": 30}}},
]  # fmt: skip


def finding(*exhibits: Any, **more: Any) -> dict[str, Any]:
    return {"audit": "copies", "part": "copies", "verdict": "fail", "claim": "x", "exhibits": list(exhibits)} | more


def written(*findings: dict[str, Any], form: str = "html") -> str:
    return report({"outputs": {"kind": "image", "n": 3}, "subject": "theirs", "verdict": "fail", "findings": list(findings)}, form)


def test_pictures_say_which_they_are_and_what_was_done() -> None:
    shown = evidence_of(finding(PAIR, GROUP)).pictures
    assert shown[0].pictures[0].title == "Output a.png" and shown[0].pictures[1].title.startswith("Training picture")
    assert "mirrored" in shown[0].title and "0.0312" in shown[0].title
    assert shown[1].title.startswith("7 outputs are alike, such as b.png, c.png") and [each.title for each in shown[1].pictures] == ["Output b.png", "Output c.png"]


def test_one_picture_alone_is_shown_and_not_written_out() -> None:
    found = evidence_of(finding({"sample": 77, "probability": 0.8167, "picture": PNG}))
    assert [each.title for each in found.pictures] == ["output 77, probability 0.8167"] and not found.tables
    text = written(finding({"sample": 77, "probability": 0.8167, "picture": PNG}))
    assert len(re.findall("iVBORw0KGgo", text)) == len(re.findall('src="data:image/png;base64,iVBORw0KGgo', text)) == 1


def test_passages_stand_side_by_side() -> None:
    found = evidence_of(finding(PASSAGE))
    assert found.passages[0].title == "line 7: 40 words alike, 31 word for word" and found.passages[0].theirs == "the same words" and not found.tables


def test_rows_of_one_shape_become_a_table_and_tables_within_an_exhibit_have_a_title() -> None:
    found = evidence_of(finding(*SHARES, BARE))
    titles = {each.title: each.table for each in found.tables}
    assert titles["By prompt"] == Table(("prompt", "share", "n", "interval"), (("a nurse", "0.25", "30", "0.1 to 0.4"),))
    assert titles["How far people agree"].columns[1] == "value" and titles["How far people agree"].rows[0] == ("alpha", "0.7", "30", "0.5 to 0.9")
    assert sum(each.title == "Examples" for each in found.tables) == 2
    assert any("IPTC, text" in row for each in found.tables for row in each.table.rows)


def test_no_more_than_twelve_are_shown_and_all_stand_in_the_csv() -> None:
    many = [PAIR] * 30 + [PASSAGE] * 30 + [BARE] * 30
    found = evidence_of(finding(*many))
    assert len(found.pictures) == len(found.passages) == len(found.tables[0].table.rows) == MOST and found.tables[0].of == 30
    assert "the first 12 of 30" in written(finding(*many))
    rows = evidence_rows(finding(*many))
    assert len(rows) == 90 and not any("pictures" in row for row in rows)
    assert [row["table"] for row in evidence_rows(finding(*SHARES))] == ["", "prompts", "agreement"]


BOMB = base64.b64encode(png_bytes(Image.new("RGB", (4000, 2)))).decode()


@pytest.mark.parametrize("exhibits", [None, 7, "x", [None, 3, "x", []], [{"pictures": "no"}], [{"pictures": ["nonsense", 7]}], [{"pictures": [BOMB, BOMB]}],
                                      [{"pictures": [], "outputs": [{}]}], [{"value": float("nan"), "low": "x"}], [{"a": [[1]], "b": {"c": {"d": {}}}}], [{str(i): i for i in range(999)}]])  # fmt: skip
def test_a_foreign_file_may_hold_anything(exhibits: Any) -> None:
    row = finding() | {"exhibits": exhibits}
    assert not evidence_of(row).pictures and isinstance(evidence_rows(row), list)
    written(row)


def test_foreign_text_stays_text_in_the_report() -> None:
    page = Reader(written(finding(PAIR, PASSAGE, BARE, *SHARES)))
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(images) == 2 and all(str(each["src"]).startswith("data:image/png;base64,") and each["alt"] for each in images)
    assert not [tag for tag, _ in page.tags if tag in ("script", "a", "iframe")] and [tag for tag, _ in page.tags].count("details") == 1
    assert "evil.example" not in written(finding(PAIR, PASSAGE), form="md").replace("https&#58;//evil.example", "")


def test_commands_stand_in_the_report() -> None:
    page = written(finding(command="genmodels audit theirs.zip --audit copies --seed 0"))
    assert "Commands that give each number again" in page and "copies, copies: genmodels audit theirs.zip --audit copies --seed 0" in page
