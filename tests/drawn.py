"""Import `drawn` into a test file whose tests read drawn data sets: they are drawn once a session, not once a test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """GENMODELS_CACHE, one for all workers of this session (files are written aside and renamed)."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENMODELS_CACHE", str(base / "drawn"))
        yield
