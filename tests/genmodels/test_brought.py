"""What is brought to the dashboard: kept whole or not at all, found again, audited by a process of its own."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genmodels.kinds.image.files import png_bytes
from genmodels.refusal import Refusal
from genmodels.review import audit_job, brought
from genmodels.review.report import report

ROOT = Path(__file__).parent.parent.parent


def packed(n: int = 6, seed: int = 0) -> io.BytesIO:
    pictures = np.random.default_rng(seed).integers(0, 256, (n, 8, 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, picture in enumerate(pictures):
            archive.writestr(zipfile.ZipInfo(f"{number}.png"), png_bytes(picture))  # without the time, which goes on meanwhile
    file.seek(0)
    return file


def test_it_is_kept_and_found_again(home: Path) -> None:
    kept = brought.keep({"outputs": ("../../theirs <b>.zip", packed()), "training": ("t.zip", packed(8, 1))}, policy='{"name": "ours"}')
    assert [each.token for each in brought.everything()] == [kept.token] and kept.path.parent == home / "brought"
    assert sorted(file.name for file in kept.path.iterdir()) == ["index.json", "outputs.zip", "policy.json", "training.zip"]
    assert brought.keep({"outputs": ("../../theirs <b>.zip", packed()), "training": ("t.zip", packed(8, 1))}, policy='{"name": "ours"}').token == kept.token
    brought.forget(kept)
    assert not brought.everything()


@pytest.mark.parametrize("name", ["model.keras", "a.pkl", "a", "a.txt", "a.tar.gz"])
def test_what_is_not_read_is_refused_and_leaves_nothing(home: Path, name: str) -> None:
    with pytest.raises(Refusal, match="is not read as outputs"):
        brought.keep({"outputs": (name, packed())})
    assert not list((home / "brought").iterdir())
    with pytest.raises(Refusal, match="no outputs"):
        brought.keep({"training": ("t.zip", packed())})


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 9999, b'{"format": 1, "files": {"outputs": "../../secret.zip"}, "title": "x", "when": 1}'])
def test_a_damaged_index_is_left_out(home: Path, content: bytes) -> None:
    kept = brought.keep({"outputs": ("a.zip", packed())})
    (kept.path / "index.json").write_bytes(content)
    assert not brought.everything()
    with pytest.raises(Refusal, match="damaged"):
        brought.found(kept.token)
    for token in ("..", "../x", "", "nobody"):
        with pytest.raises(Refusal, match="No set of outputs"):
            brought.found(token)


def wait(kept: brought.Brought, name: str) -> None:
    end = time.monotonic() + 300
    while not (kept.job / name).is_file() or audit_job.running_in(kept.job):
        assert time.monotonic() < end, audit_job.complaint_in(kept.job)
        time.sleep(0.2)


def shown(**query: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
    page.switch_page("../pages/audit.py")
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def test_it_is_looked_at_audited_and_shown() -> None:
    assert [header.value for header in shown().header] == ["Bring outputs", "All subjects"], "nothing was brought yet: how to, and the runs of the gallery"
    kept = brought.keep({"outputs": ("theirs.zip", packed()), "held-out": ("h.zip", packed(5, 2))}, "theirs")
    brought.start(kept, look=True)
    wait(kept, "look.json")
    assert audit_job.took_in(kept.job) is None, "the look is no audit, and says nothing of how long one takes"
    assert kept.looked()["outputs"]["n"] == 6 and kept.looked()["outputs"]["held_out"]["n"] == 5 and not kept.result()
    page = shown(outputs=kept.token)
    assert not page.exception and [header.value for header in page.header] == ["What can be checked"]
    brought.start(kept)
    wait(kept, "audit.json")
    page = shown(outputs=kept.token)
    assert not page.exception and "Audited" in [header.value for header in page.header] and page.metric[0].value == "6"
    page = shown(outputs="<script>nobody")
    assert not page.exception and any("There are no outputs called" in each.value for each in page.warning)
    written = report(kept.result(), "html")
    assert "What was brought" in written and "Intended use" not in written and json.loads(report(kept.result(), "json"))["outputs"]["n"] == 6
