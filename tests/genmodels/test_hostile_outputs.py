"""Whatever is brought to be audited is hostile: it is named, counted or refused in one sentence, within bounds, and the audit goes on."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genmodels.audits.audit import AUDITS
from genmodels.commands.main import main
from genmodels.refusal import Refusal
from genmodels.review import unfinished
from genmodels.review.audit_outputs import audit_outputs
from genmodels.review.policy import Policy
from genmodels.review.report import report
from genmodels.subjects.opening import open_outputs
from tests import answers


def png(seed: int, side: int = 8) -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)).save(content, "PNG")
    return content.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


BOMB = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
BROKEN = {"empty": b"", "half": png(1)[:60], "cut": png(2)[:-30], "text": b"no picture", "page": b"<svg onload=alert(1)>", "bomb": BOMB, "zeros": bytes(500)}


def folder_of(path: Path, good: int, broken: int) -> set[str]:
    """Pictures, among them broken ones of every kind; gives the names of those."""
    path.mkdir()
    names = set()
    for i in range(good):
        (path / f"{i:05}.png").write_bytes(png(i))
    for i in range(broken):
        kind = list(BROKEN)[i % len(BROKEN)]
        names.add(f"broken-{i}-{kind}.png")
        (path / f"broken-{i}-{kind}.png").write_bytes(BROKEN[kind])
    return names


@pytest.mark.parametrize("good", [263, pytest.param(9_963, marks=pytest.mark.slow)])
def test_37_broken_files_are_named_and_counted_and_the_audit_goes_on(good: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = folder_of(tmp_path / "p", good, 37)
    assert main(["audit", str(tmp_path / "p"), "--audit", "repeats", "--out", str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["outputs"]["n"] == good and told["outputs"]["left_out_count"] == 37 and {each["file"] for each in told["outputs"]["left_out"]} == names
    assert all(each["reason"] and "\n" not in each["reason"] for each in told["outputs"]["left_out"])
    assert {each["verdict"] for each in told["findings"]} == {"pass"}
    assert "37" in re.sub(r"<[^>]+>", " ", report(told, "html"))


@pytest.mark.parametrize("kind", BROKEN)
def test_nothing_usable_is_one_sentence(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p").mkdir()
    for i in range(3):
        (tmp_path / "p" / f"{i}.png").write_bytes(BROKEN[kind])
    assert main(["audit", str(tmp_path / "p"), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err.strip()
    assert "None of the 3 files is a picture that can be read" in said and len(said.splitlines()) == 1 and "Traceback" not in said
    assert not (tmp_path / "out" / "audit.json").exists()


HOSTILE_NAMES = ["<img src=x onerror=alert(1)>.png", "![x](http:evil.example).png", "--help.png", "`touch pwned`.png", "=cmd().png", "\u202egnp.png", "new\nline.png", "$(id).png", "a" * 200 + ".png", " .png", "CON.png", "{group}.png", ":red[x].png"]


@pytest.mark.parametrize("packed", [False, True])
def test_names_with_markup_are_names(packed: bool, tmp_path: Path) -> None:
    """The same picture under every name, so that each is shown as evidence; and in a zip."""
    source = tmp_path / ("p.zip" if packed else "p")
    if packed:
        with zipfile.ZipFile(source, "w") as archive:
            for name in (*HOSTILE_NAMES, "../../out.png", "/etc/out.png", "a\\..\\b.png"):
                archive.writestr(name, png(1))
    else:
        source.mkdir()
        for name in HOSTILE_NAMES:
            (source / name).write_bytes(png(1))
    found = audit_outputs(open_outputs(source), ["repeats"])
    assert found["verdict"] == "fail" and found["outputs"]["n"] >= len(HOSTILE_NAMES)
    for form in ("html", "md"):
        text = report(found, form)
        assert "<img src=x" not in text and "\u202e" not in text and "new\nline" not in text
        assert form == "html" or not re.search(r"(?<!\\)!\[|(?<!\\)`", text)
    assert not list(tmp_path.rglob("pwned")) and not (tmp_path / "out.png").exists()


def test_links_pipes_and_loops_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    folder_of(tmp_path / "p", 12, 0)
    (tmp_path / "secret.png").write_bytes(png(99))
    (tmp_path / "p" / "loop").symlink_to(tmp_path / "p")
    (tmp_path / "p" / "itself").symlink_to("itself")
    (tmp_path / "p" / "out.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "p" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    os.mkfifo(tmp_path / "p" / "pipe.png")
    (tmp_path / "p" / "deep" / "x").mkdir(parents=True)
    (tmp_path / "p" / "deep" / "x" / "back").symlink_to(tmp_path / "p" / "deep")
    began = time.monotonic()
    outputs = open_outputs(tmp_path / "p")
    assert outputs.n == 12 and time.monotonic() - began < 20
    left = {each.name: each.reason for each in outputs.left_out}
    assert {"loop", "itself", "out.png", "gone.png", "pipe.png", "deep/x/back"} == set(left) and "link" in left["out.png"]


def bombs(path: Path) -> dict[str, Callable[[], None]]:
    def packed(name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("good.png", png(1))
            archive.writestr(name, content)

    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.png", png(1))
    return {
        "ratio": lambda: packed("zeros.png", bytes(30_000_000)),
        "zip in zip": lambda: packed("more.zip", inner.getvalue(), zipfile.ZIP_STORED),
        "pixels": lambda: packed("bomb.png", BOMB),
        "caption": lambda: packed("captions.csv", b"file_name,prompt\ngood.png," + b"x" * 3_000_000),
        "text": lambda: packed("good.txt", b"x" * 5_000_000),
    }


@pytest.mark.parametrize("bomb", ["ratio", "zip in zip", "pixels", "caption", "text"])
def test_bombs_are_left_out_and_named_or_refused(bomb: str, tmp_path: Path) -> None:
    bombs(tmp_path / "p.zip")[bomb]()
    try:
        outputs = open_outputs(tmp_path / "p.zip")
    except Refusal as refusal:
        assert "\n" not in str(refusal)
        return
    assert outputs.n == 1 and (len(outputs.left_out) == 1 or len(outputs.items[0].prompt) < 100_000)


@pytest.mark.parametrize("cut", [0, 10, 100, 400])
def test_half_a_zip_is_refused_in_one_sentence(cut: int, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as archive:
        for i in range(4):
            archive.writestr(f"{i}.png", png(i))
    (tmp_path / "p.zip").write_bytes((tmp_path / "whole.zip").read_bytes()[:cut])
    with pytest.raises(Refusal) as refused:
        open_outputs(tmp_path / "p.zip")
    assert "\n" not in str(refused.value)


def wide(name: str, count: int) -> bytes:
    """A table of so many columns; b.jsonl has a thousand times fewer, each in a line of its own."""
    names = [f"c{i}" for i in range(count)]
    if name.endswith("sv"):
        separator = "," if name == "a.csv" else "\t"
        return (separator.join(names) + "\n" + separator.join("1" for _ in names)).encode()
    if name == "b.jsonl":
        return "\n".join(json.dumps({each: 1, "response": "x"}) for each in names[: count // 300]).encode()
    row = dict.fromkeys(names, 1) | {"response": 1}
    return json.dumps([row] if name == "a.json" else row).encode()


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.json", "b.jsonl"])
def test_a_million_columns_are_refused_quickly(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(wide(name, 1_000_000))
    began = time.process_time()
    with pytest.raises(Refusal) as refused:
        open_outputs(tmp_path / name)
    assert "\n" not in str(refused.value) and re.search(r"column|names|characters", str(refused.value)) and time.process_time() - began < 20


def test_a_parquet_of_many_columns_and_half_of_one_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet
    from pyarrow import table as arrow_table

    parquet.write_table(arrow_table({f"c{i}": [1] for i in range(2000)}), tmp_path / "a.parquet")
    with pytest.raises(Refusal, match="2,000 columns"):
        open_outputs(tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    for part in (content[:-20], content[:8], content[:4] + bytes(2000) + b"PAR1"):
        (tmp_path / "b.parquet").write_bytes(part)
        with pytest.raises(Refusal, match=r"no whole \.parquet|holds no"):
            open_outputs(tmp_path / "b.parquet")


def test_bad_lines_of_a_table_are_named_and_the_audit_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps({"id": f"q{i}", "prompt": f"p{i}", "response": f"answer {i} of {i * 3} stones"}) for i in range(60)]
    lines[5], lines[9], lines[20], lines[30] = '{"half": ', "[1, 2]", "\x00\x00", json.dumps({f"c{i}": 1 for i in range(5000)})
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + '\n{"id": "last", "prompt": "p", "resp')
    assert main(["audit", str(tmp_path / "a.jsonl"), "--audit", "repeats", "--out", str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["outputs"]["n"] == 56 and told["outputs"]["left_out_count"] == 5
    assert {each["file"] for each in told["outputs"]["left_out"]} == {f"line {i}" for i in (6, 10, 21, 31, 61)}


MIXED = {
    "cp1252 with a line of UTF-8": "prompt,response\nwhat,caf\xe9 au lait\n".encode("cp1252") + "why,caf\xe9 cr\xe8me\n".encode(),
    "UTF-8 with a bad byte": "prompt,response\nwhat,caf\xe9\n".encode() + b"why,\xff\xfe\n",
    "UTF-16 without its mark": "prompt,response\nwhat,answer\n".encode("utf-16-le"),
    "NUL in it": b"prompt,response\nwhat,a\x00b\n",
}


@pytest.mark.parametrize("case", MIXED)
def test_mixed_encodings_are_read_or_refused_and_never_raise(case: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(MIXED[case])
    try:
        outputs = open_outputs(tmp_path / "a.csv")
    except Refusal as refusal:
        assert "\n" not in str(refusal) and "a.csv" in str(refusal)
        return
    assert outputs.n and outputs.took, "how it was read is said"


def test_formulas_in_cells_stay_texts_on_their_way_out(tmp_path: Path) -> None:
    """In evidence, labels, plans and tables of ours no cell begins as a formula does."""
    from dashboard.parts.charts import csv as of_table
    from genmodels.review.evidence import evidence_rows

    cells = ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://evil\")"]
    subject = answers.table([answers.Item(f"q{i}", cell, f"p{i}", f"{cell} the very same words") for i, cell in enumerate(cells * 4)], 0)
    import pandas

    rows = [row for finding in audit_outputs(subject, ["repeats"])["findings"] for row in evidence_rows(finding)]
    written = of_table(pandas.DataFrame(rows)).decode()
    assert "HYPERLINK" in written and not re.search(r'(?:^|,|\n)"?[=+@]', written)


class Killed(BaseException):
    pass


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which audits are really asked; the first time that personal data are looked for, the process is killed."""
    asked: list[str] = []

    def audit(name: str) -> Callable[..., Any]:
        def called(*given: Any, **limits: Any) -> Any:
            asked.append(name)
            if name == "personal-data" and asked.count(name) == 1:
                raise Killed
            return AUDITS[name](*given, **limits)

        return called

    monkeypatch.setattr("genmodels.review.asked.AUDITS", {name: audit(name) for name in ("repeats", "personal-data")})
    return asked


def test_a_killed_audit_goes_on_after_what_was_over(tmp_path: Path, counted: list[str]) -> None:
    subject = answers.personal(0.0, n=60)(0)
    whole = audit_outputs(answers.personal(0.0, n=60)(0), ["repeats"])["findings"]
    counted.clear()
    with pytest.raises(Killed):
        audit_outputs(subject, ["repeats", "personal-data"], folder=tmp_path)
    assert counted == ["repeats", "personal-data"] and (tmp_path / unfinished.FILE).exists()
    found = audit_outputs(subject, ["repeats", "personal-data"], folder=tmp_path)
    assert counted == ["repeats", "personal-data", "personal-data"], "what was over is not asked again"
    assert json.loads(json.dumps(found["findings"][: len(whole)])) == json.loads(json.dumps(whole)), "and says the same"
    audit_outputs(subject, ["repeats"], folder=tmp_path, policy=Policy("other", {"repeats": {"equal": 0.5}}))
    assert counted[-1] == "repeats", "another policy begins from the start"
    for damage in (b"", b"[1]", b'{"key": "x", "audits": 3}', b"[" * 100_000):
        (tmp_path / unfinished.FILE).write_bytes(damage)
        audit_outputs(subject, ["repeats"], folder=tmp_path)
        assert counted[-2:] == ["repeats", "repeats"]


def test_a_command_that_was_killed_goes_on(tmp_path: Path) -> None:
    """Killed with -9 while it counts; started again it ends, with nothing left behind."""
    folder_of(tmp_path / "p", 40, 2)
    command = [sys.executable, "-m", "genmodels", "audit", str(tmp_path / "p"), "--audit", "repeats", "--audit", "marks", "--out", str(tmp_path / "out")]
    environment = os.environ | {"GENMODELS_HOME": str(tmp_path / "home")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    for _ in range(600):
        if (tmp_path / "out" / unfinished.FILE).exists() or process.poll() is not None:
            break
        time.sleep(0.02)
    process.kill()
    process.wait()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr and "left out      2" in done.stdout
    assert (tmp_path / "out" / "audit.json").exists() and not (tmp_path / "out" / unfinished.FILE).exists()
