"""A stranger's run on the page of runs: checked in a caged process, refused in one sentence, the page goes on."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from tests.pages.test_pages import opened


def test_a_hostile_zip_is_refused_on_the_page_and_nothing_is_kept(home: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("experiment.json", '{"format": 1, "created": 1' + "0" * 400 + "}")
    test = opened("runs")
    test.file_uploader[0].set_value(("run.zip", buffer.getvalue(), "application/zip")).run()
    assert any("read in a caged process" in caption.value for caption in test.caption), [caption.value for caption in test.caption]
    next(button for button in test.button if button.label == "Check and keep").click().run()
    assert not test.exception and "401 digits" in test.error[0].value
    assert not list((home / "runs").glob("*")) and not list((home / "runs").glob(".*"))
