"""The page Audit lists runs of every kind that some check is made of, and shows each with what was found."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genmodels.audits.audit import AUDITS
from genmodels.kinds.kind import KINDS
from genmodels.models.recipe import MODELS
from genmodels.runs.store import gallery_names, shipped

ROOT = Path(__file__).parent.parent.parent
RUNS = [name for name in gallery_names() if MODELS[shipped(name).experiment.model].draws]
ONE_OF_EACH = list({shipped(name).spec.kind: name for name in RUNS if shipped(name).spec.kind != "image"}.values())


def page(**query: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page("../pages/audit.py")
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def test_runs_of_every_kind_are_listed(home: Path) -> None:
    assert {"image", "text", "code", "music", "molecule", "video"} <= set(KINDS)
    test = page()
    assert not test.exception and not test.error
    told = " ".join(str(table.value.to_dict()) for table in test.table)
    assert len(RUNS) > 10 and all(f"audit?run={name})" in told for name in RUNS)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_run_of_any_kind_shows_its_findings(home: Path, name: str) -> None:
    test = page(run=name)
    assert not test.exception and not test.error and not test.warning and test.query_params["run"] == name
    found = [each for each in shipped(name).findings()["findings"] if each["audit"] in AUDITS]
    assert test.header[0].value == "Audited" and found
    said = " ".join(each.value for each in test.caption)
    assert all(each["audit"].replace("-", "\\-") in said for each in found), "each finding says of which check it is"
