"""The rules of the house, read from the source and from a fresh interpreter."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(p for folder in ("genmodels", "dashboard", "pages") for p in (ROOT / folder).rglob("*.py"))
FAMILIES = ("data", "models", "metrics", "audits", "explore")
LAYERS = {"genmodels": 0, "dashboard": 1, "pages": 2}


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(file: Path, method: str) -> bool:
    nodes = ast.walk(ast.parse(file.read_text()))
    return any(isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == method for n in nodes)


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT)))
def test_imports_go_one_way_and_siblings_do_not_know_each_other(file: Path) -> None:
    place = file.relative_to(ROOT).parts
    for name in imports(file):
        parts = name.split(".")
        assert LAYERS.get(parts[0], 0) <= LAYERS[place[0]], name
        if place[0] == "genmodels":
            assert parts[0] != "streamlit", name
        if len(place) > 2 and place[1] in FAMILIES and place[2] != "__init__.py" and parts[:2] == ["genmodels", place[1]]:
            own = (ROOT / Path(*parts)).with_suffix(".py")
            assert not own.exists() or own == file, f"sibling {name}"


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT)))
def test_names_and_forbidden_things(file: Path) -> None:
    text, place = file.read_text(), file.relative_to(ROOT)
    assert file.stem not in ("utils", "util", "helpers", "helper", "common", "manager")
    assert "unsafe_allow_html" not in text and "import pickle" not in text and "Lambda(" not in text
    assert "allow_pickle=True" not in text and "safe_mode=False" not in text
    if place.parts[:2] != ("genmodels", "bench"):
        assert not calls(file, "fit") or "sklearn" in text, "only the benches' peers call a Keras model's fit"
    if place != Path("dashboard/resources.py"):
        assert "st.cache_" not in text, "only resources.py caches"
    if place != Path("dashboard/state.py"):
        assert "st.session_state" not in text and "st.query_params" not in text, "only state.py spells keys"


def test_keras_loads_a_file_in_the_caged_child_only() -> None:
    """Safe mode is no boundary: what a file names runs while it loads. No other file of ours loads one, nor weights by pickle."""
    loading = re.compile(r"load_model\(|model_from_(?:json|config)|\.load_weights\(|deserialize_keras_object|torch\.load\(|joblib\.load\(|TFSMLayer|saved_model\.load")
    found = {str(file.relative_to(ROOT)) for file in SOURCES if loading.search(file.read_text())}
    assert found == {"genmodels/intake/keras_child.py"}


def test_arrays_are_never_read_with_pickle() -> None:
    reads = re.compile(r"np\.load\((.*)$", re.MULTILINE)
    for file in SOURCES:
        assert all("allow_pickle=False" in read for read in reads.findall(file.read_text())), file


def test_what_pages_read_imports_no_tensorflow() -> None:
    names = "registry recipe runs jobs findings report subject diagnosis data models metrics audits catalogue doctor"
    code = "import sys\n" + "".join(f"import genmodels.{name}\n" for name in names.split())
    code += "print([m for m in ('keras', 'tensorflow', 'streamlit') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).strip() == "[]"


def test_the_entry_point_is_short() -> None:
    assert len((ROOT / "dashboard" / "app.py").read_text().splitlines()) <= 25
