"""One dashboard for all files that look at it in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.sessions import served


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and home of a dashboard in a process of its own; it has loaded TensorFlow once for all who ask it to draw."""
    home = tmp_path_factory.mktemp("home")
    with served(home) as (port, _, _):
        yield f"http://127.0.0.1:{port}", home
