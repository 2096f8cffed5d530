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


# Who writes past `files.write_atomically`, and why that is no harm.
WRITERS = {
    "genmodels/files.py": "the atomic writer itself",
    "genmodels/checkpoints.py": "a folder written aside, synced, hashed and renamed",
    "genmodels/imported.py": "into a folder aside, which is renamed when it is whole; every file has its hash in the index",
    "genmodels/portable.py": "into a scratch folder, which is renamed when it is whole",
    "genmodels/intake/foreign_run.py": "the caged child, into the scratch folder of an import",
    "genmodels/intake/keras_file.py": "the caged child, into its scratch folder",
    "genmodels/cage.py": "the caged child, into its scratch folder",
    "genmodels/sandbox.py": "the job and the log of a caged child, in its scratch folder",
    "genmodels/features.py": "what a caged child is given, in its scratch folder",
    "genmodels/generator.py": "Keras, into a temporary folder; what it wrote is kept by the atomic writer",
    "genmodels/training.py": "zeros that keep room on the disk",
    "genmodels/audit_jobs.py": "the log of a process, which grows while it is read",
    "genmodels/provenance/ledger.py": "lines of a chain, appended under a lock",
    "genmodels/provenance/keys.py": "a secret, for its owner alone from its first byte; written aside, synced and linked",
    "genmodels/rasters.py": "an empty lock",
    "genmodels/gallery/make.py": "copies into the project, made anew by hand",
    "genmodels/bench/first_page.py": "a page in a temporary folder, and the null device",
    "genmodels/bench/turns.py": "a pipe to a process",
}
WRITE_METHODS = {"write_text", "write_bytes", "copyfile", "copy", "copy2", "copytree", "move", "tofile", "save_model", "to_csv", "to_json", "to_parquet", "save", "savez", "savez_compressed", "savetxt"}
IN_MEMORY = {"buffer", "io"}


def writes(file: Path) -> Iterator[str]:
    """The calls of a file that open or write a file, other than into memory."""
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        owner = node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
        words = [arg.value for arg in [*node.args, *(keyword.value for keyword in node.keywords)] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        memory = bool(node.args) and isinstance(node.args[0], ast.Name) and node.args[0].id in IN_MEMORY
        opens = name in ("open", "fdopen", "ZipFile", "NamedTemporaryFile") and any(re.fullmatch(r"(?=.*[wax+])[rwaxbt+]{1,3}", word) for word in words)
        flags = name == "open" and owner == "os" and bool({"O_WRONLY", "O_RDWR"} & {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)})
        written = name in WRITE_METHODS and bool(node.args) and (owner in ("np", "shutil") or name not in ("copy", "move")) and owner not in ("copy", "checkpoints", "self")
        if not memory and (opens or flags or written):
            yield f"{name}, line {node.lineno}"


def test_every_file_is_written_by_the_atomic_writer() -> None:
    found = {str(file.relative_to(ROOT)): list(writes(file)) for file in SOURCES}
    assert {name: calls for name, calls in found.items() if calls and name not in WRITERS} == {}
    assert {name for name in WRITERS if not found[name]} == set(), "an exception that is not needed any more"
