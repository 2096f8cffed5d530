"""Reports: complete, honest about what is missing, and safe with foreign text."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import asdict
from html.parser import HTMLParser
from typing import Any

import pytest

from genmodels.estimates.estimate import Estimate
from genmodels.printable import clean
from genmodels.refusal import Refusal
from genmodels.review.document import as_html, as_markdown, markdown_text
from genmodels.review.report import model_card, report
from genmodels.review.run_document import run_document
from genmodels.runs.run import Run
from genmodels.verdicts.finding import document, judge, not_measured
from genmodels.verdicts.scale import measured, svg

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()
HOSTILE = '"><script>alert(1)</script><img src="https://evil.example/x.png" onerror=alert(1)>\u202e![x](https://evil.example) | `a` [l](javascript:x)'


def made(**changes: Any) -> dict[str, Any]:
    found = [
        judge("memorisation", "No copies", Estimate(0.2, 0.15, 0.25, 400), limit=0.0, remedy="Look at the pairs."),
        not_measured("bias", "Shares are as in the data", "the data set has no groups"),
    ]
    measures = [
        {
            "metric": "kid",
            "value": 0.0123,
            "low": 0.01,
            "high": 0.015,
            "n": 1000,
            "better": "lower",
            "unit": "",
            "protocol": "pixels v1",
            "seed": 12345,
        }
    ]
    return {
        "run": "run-7", "state": "done", "measures": measures,
        "experiment": {"model": "vae", "data": "digits", "recipe": {"latent": 8}, "source": {}, "epochs": 20, "batch_size": 64, "seed": 3, "parent": ""},
        "facts": {"licence": "BSD-3-Clause", "credit": "OpenMoji", "source": "somewhere", "n_train": 1437, "n_test": 360, "data_sha256": "ab" * 32,
                  "spec": {"kind": "image", "shape": [8, 8, 1]}, "versions": {"keras": "3.15.1"}},
        "status": {"epoch": 20, "step": 440, "seconds": 61.2, "cpu_seconds": 100.0},
    } | document("run-7", found) | changes  # fmt: skip


class Reader(HTMLParser):
    """Collects tags and checks that they are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("format", ["html", "md"])
def test_it_says_what_a_model_card_must(format: str) -> None:
    text = report(made(), format)
    for needed in ("Variational autoencoder", "BSD-3-Clause", "OpenMoji", "digits", "1437", "8 x 8 x 1", "0.0123", "0.0100 to 0.0150", "1000", "12345",
                   "pixels v1", "fail", "0.15 to 0.25", "Look at the pairs", "no groups", "Known limits", "Intended use", "FID", "latent", "3.15.1"):  # fmt: skip
        assert needed in text.replace("\\", ""), needed


def test_what_is_missing_is_said_to_be_missing() -> None:
    text = report({"run": "empty"}, "md")
    assert "Not measured" in text and "Not audited" in text and "0.0" not in text


def test_a_measure_without_a_value_says_so_and_has_no_interval() -> None:
    nothing = {"metric": "filters", "value": None, "low": None, "high": None, "n": 0, "better": "higher", "unit": "share", "protocol": "not measured: the list is not at hand", "seed": 1}
    row = next(line for line in report(made(measures=[nothing]), "md").splitlines() if line.startswith("| filters"))
    assert row.startswith("| filters | not measured |  |  | higher |") and "not stated" not in row


def test_the_card_takes_dataclasses_too() -> None:
    assert "✗ fail" in model_card({"run": "x"}, [judge("a", "claim", Estimate(1, 0.5, 1, 9), limit=0.1)])


def test_html_is_whole_and_loads_nothing() -> None:
    text = report(made(pictures=[{"title": "Samples", "png": PNG}]), "html")
    page = Reader(text)
    assert not page.open
    assert {"html", "main", "h1", "h2", "table", "th", "img"} <= {tag for tag, _ in page.tags}
    assert not {"script", "link", "iframe", "object", "a", "form"} & {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert tag != "img" or ((attributes["src"] or "").startswith("data:image/png;base64,") and attributes["alt"])
    assert (
        "prefers-color-scheme: dark" in text and "@media print" in text and "url(" not in text and "@import" not in text
    )


def test_a_finding_is_a_row_with_its_mark_on_a_scale_and_the_worst_comes_first() -> None:
    passed = judge("memorisation", "Few copies", Estimate(0.0, 0.0, 0.01, 400), limit=0.1)
    text = report(made(findings=[asdict(passed), *made()["findings"]]))
    assert re.findall(r'class="finding gm-([\w-]+)"', text) == ["fail", "pass", "not-measured"]
    first = text.split('class="finding')[1]
    assert svg(measured(made()["findings"][0])) in first and "0.20, 95 % interval 0.15 to 0.25, n = 400; limit 0" in first.split("</svg>")[1], "the numbers stand below it as text"
    assert "<svg" not in text.split('class="finding')[3] and "<script" not in text
    assert report(made(), "md").count("| ✗ fail |") == 1


def test_foreign_text_is_only_text() -> None:
    facts = made()["facts"] | {"credit": HOSTILE, "licence": HOSTILE}
    text = report(made(run=HOSTILE, facts=facts, pictures=[{"title": HOSTILE, "png": PNG}]), "html")
    page = Reader(text)
    assert not page.open and not {"script", "a"} & {tag for tag, _ in page.tags}
    assert [tag for tag, _ in page.tags].count("img") == 1
    assert "\u202e" not in text

    text = report(made(run=HOSTILE, facts=facts), "md")
    assert "<" not in text and "\u202e" not in text
    assert not re.search(r"(?<!\\)[\[\]!`]", text), "a link, picture or code begins"
    assert "https:" not in text and "javascript:" not in text
    rows = [line for line in text.splitlines() if line.startswith("| credit")]
    assert len(rows) == 1 and len(re.findall(r"(?<!\\)\|", rows[0])) == 3


@pytest.mark.parametrize("png", ["", "x", '"><script>', PNG + '"', base64.b64encode(b"<svg>").decode()])
def test_what_is_no_png_is_refused(png: str) -> None:
    with pytest.raises(Refusal, match="not a PNG"):
        report(made(pictures=[{"title": "t", "png": png}]), "html")


def test_json_is_the_document_with_null_for_what_json_does_not_know() -> None:
    read = json.loads(report(made(extra=[float("nan"), {"x": float("inf")}]), "json"))
    assert read["extra"] == [None, {"x": None}] and read["findings"][0]["estimate"]["n"] == 400


def test_obligations_come_with_a_caveat() -> None:
    obligations = [
        {"source": "EU AI Act Art. 50(2), read 2026-11", "text": "Output is marked", "evidence": "not measured"}
    ]
    assert "not legal advice" in report(made(obligations=obligations), "md")
    assert "legal advice" not in report(made(), "md")


def test_an_unknown_format_is_answered() -> None:
    with pytest.raises(Refusal, match="Did you mean 'html'"):
        report(made(), "htm")


def test_texts_are_cleaned_and_cut() -> None:
    assert clean("a\x00b\x1b[31m\u2066c\r") == "ab[31mc"
    assert len(clean("x" * 10_000)) == 4000
    assert markdown_text("# no\n- heading") == "\\# no - heading"
    assert markdown_text("- item") == "\\- item" and markdown_text("1. item") == "1\\. item"
    assert (
        markdown_text("0.5") == "0.5" and markdown_text("-0.5 to 1") == "-0.5 to 1" and markdown_text("---") == "\\---"
    )
    assert as_markdown("t", []) == "# t\n" and "<h1>t</h1>" in as_html("t", [])


@pytest.mark.parametrize("format", ["html", "md", "json"])
def test_a_run_that_writes_shows_its_texts_as_nothing_but_text(format: str, trained) -> None:
    run = Run(trained("transformer"))
    texts = json.loads(run.samples[max(run.samples)].read_text())
    text = report(run_document(run) | {"texts": [texts[0], {"prompt": "p", "text": HOSTILE, "seed": 77}]}, format)
    assert "Made by a model" in text and "77" in text and run.facts["licence"] in text.replace("\\", "")
    assert "Documents".lower() in text and str(run.experiment.data) in text
    if format == "html":
        page = Reader(text)
        assert not page.open and not {"script", "a", "img"} & {tag for tag, _ in page.tags} and "&lt;script&gt;" in text
    if format == "md":
        assert "<" not in text and "https:" not in text and not re.search(r"(?<!\\)[\[\]!`]", text)
