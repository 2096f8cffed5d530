"""The rules of the house, read from the source and from a fresh interpreter. `docs/house.md` says them in words."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import (
    HEAVY,
    LATE,
    MEMBERS,
    ORDER,
    ROOT,
    SOURCES,
    Import,
    circles,
    imports,
    loads,
    module_of,
    modules,
    parsed,
    room_of,
)

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_LINE = 300, 45, 120
MOST_ANY = 0.03  # of all parameters

TYPED = {"data", "generator", "run", "learner", "subject"}  # parameters that are never `Any`

# What a rule allows, each for a reason that stands beside it.
ASKED_BY_NAME = {
    "genmodels/kinds/image/features.py": 2,
    "genmodels/kinds/image/files.py": 1,
}  # `hasattr`, and `getattr` with a literal name


def calls(file: Path, method: str) -> bool:
    nodes = ast.walk(parsed(file))
    return any(isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == method for n in nodes)


def arrows() -> Iterator[tuple[str, Import]]:
    return ((module_of(file), each) for file in SOURCES for each in imports(file))


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def test_no_import_goes_up() -> None:
    """A room imports only rooms before it, imports inside functions included."""
    up = {(importer, each.module) for importer, each in arrows() if ORDER.index(room_of(each.module)) > ORDER.index(room_of(importer))}
    assert not up


def test_no_files_import_each_other_in_a_circle() -> None:
    assert not circles()


@pytest.mark.parametrize("folder", MEMBERS)
def test_members_do_not_know_each_other(folder: str) -> None:
    """What a member is stands in a file of its own; a member imports that one and no sibling."""
    inside = {name for name in modules() if name.rpartition(".")[0] == folder} - {f"{folder}.{name}" for name in MEMBERS[folder]}
    assert not {(importer, each.module) for importer, each in arrows() if importer in inside and each.module in inside}


def test_imports_inside_functions_are_of_what_takes_long_to_load() -> None:
    """Of our own files those that load Keras or scikit-learn; anything else stands at the top, where it can be seen."""
    light = {(importer, each.module) for importer, each in arrows() if each.late and importer not in LATE and not loads(each.module) - loads(importer)}
    assert not light
    for file in SOURCES:
        assert not late_libraries(file) - HEAVY, f"{named(file)} imports {sorted(late_libraries(file) - HEAVY)} inside a function"


def late_libraries(file: Path) -> set[str]:
    functions = [node for node in ast.walk(parsed(file)) if isinstance(node, ast.FunctionDef)]
    found: set[str] = set()
    for node in (inner for function in functions for inner in ast.walk(function)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found - {"genmodels", "dashboard"} - set(sys.stdlib_module_names)


def test_few_files_lie_at_the_top() -> None:
    assert len(list((ROOT / "genmodels").glob("*.py"))) <= 12
    assert len(list((ROOT / "dashboard").glob("*.py"))) <= 8


def test_files_and_functions_are_short() -> None:
    assert {named(file) for file in SOURCES if len(file.read_text().splitlines()) > LONGEST_FILE} == set()
    functions = ((file, node) for file in SOURCES for node in ast.walk(parsed(file)) if isinstance(node, ast.FunctionDef))
    assert {f"{named(file)}:{node.name}" for file, node in functions if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION} == set()


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_lines_of_code_are_short(file: Path) -> None:
    """Only a text may run on, since a broken sentence can't be searched for."""
    text = file.read_text()
    with_text: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            with_text |= set(range(token.start[0], token.end[0] + 1))
    long = [number for number, line in enumerate(text.split("\n"), start=1) if len(line) > LONGEST_LINE and number not in with_text]
    assert not long


def undocumented(file: Path) -> list[str]:
    """Public functions, methods and classes of a file that say nothing of themselves."""

    def inside(node: ast.Module | ast.ClassDef, within: str) -> Iterator[str]:
        for each in node.body:
            if isinstance(each, ast.FunctionDef | ast.ClassDef) and not each.name.startswith("_"):
                if not ast.get_docstring(each):
                    yield within + each.name
                if isinstance(each, ast.ClassDef):
                    yield from inside(each, f"{each.name}.")

    return list(inside(parsed(file), ""))


def test_every_public_thing_says_what_it_is() -> None:
    """Shapes, ranges, units, errors and the source where there are any; one sentence where nothing else is to be said."""
    found = {named(file): undocumented(file) for file in SOURCES if file.is_relative_to(ROOT / "genmodels")}
    assert not {name: things for name, things in found.items() if things}


def parameters(file: Path) -> Iterator[tuple[str, str]]:
    """The annotated parameters of a file's functions: name and annotation."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            for each in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
                if each is not None and each.annotation is not None:
                    yield each.arg, ast.unparse(each.annotation)


def test_few_parameters_are_of_any_type() -> None:
    """The share of annotated parameters of genmodels that are `Any`; it may only fall."""
    given = [kind for file in SOURCES if file.is_relative_to(ROOT / "genmodels") for _, kind in parameters(file)]
    assert given.count("Any") / len(given) <= MOST_ANY


def test_what_the_house_is_about_is_never_of_any_type() -> None:
    """Data, generators, runs, learners and subjects have a class or a role."""
    found = {(named(file), name) for file in SOURCES for name, kind in parameters(file) if name in TYPED and re.search(r"\bAny\b", kind)}
    assert not found


def test_types_are_checked_in_the_whole_house() -> None:
    """What `mypy` reads where nobody says what."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        settings = tomllib.load(file)["tool"]["mypy"]
    assert set(settings["packages"]) == {each.relative_to(ROOT).parts[0] for each in SOURCES}
    assert settings["disallow_untyped_defs"] and settings["check_untyped_defs"] and settings["warn_unused_ignores"]


def count(pattern: str) -> dict[str, int]:
    found = {named(file): len(re.findall(pattern, file.read_text())) for file in SOURCES}
    return {name: number for name, number in found.items() if number}


def test_what_a_thing_can_do_is_declared_and_not_asked_by_name() -> None:
    assert count(r"\bhasattr\(|\bgetattr\([^()]+, \"\w+\"") == ASKED_BY_NAME


EXAMPLES = {"image", "text", "code", "picture"}


def kinds_compared(file: Path) -> int:
    """Comparisons of something called `kind` or `kinds` with names of kinds of examples."""
    found = 0
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            called = {side.attr if isinstance(side, ast.Attribute) else side.id for side in sides if isinstance(side, ast.Attribute | ast.Name)}
            written = {inner.value for side in sides for inner in ast.walk(side) if isinstance(inner, ast.Constant) and isinstance(inner.value, str)}
            found += bool(called & {"kind", "kinds"} and written & EXAMPLES)
    return found


def test_kinds_are_asked_and_not_compared() -> None:
    """Whatever depends on the kind of an example is answered by its `Kind`."""
    assert {named(file): number for file in SOURCES if (number := kinds_compared(file))} == {}


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_names_and_forbidden_things(file: Path) -> None:
    text, place = file.read_text(), file.relative_to(ROOT)
    assert file.stem not in ("utils", "util", "helpers", "helper", "common", "manager")
    assert "unsafe_allow_html" not in text and "import pickle" not in text and "Lambda(" not in text
    assert "allow_pickle=True" not in text and "safe_mode=False" not in text
    if place.parts[0] == "genmodels":
        assert not re.search(r"^\s*(import|from) streamlit", text, re.MULTILINE) or place == Path("genmodels/bench/first_page.py"), "pages are the dashboard's"
    if place.parts[:2] != ("genmodels", "bench"):
        assert not calls(file, "fit") or "sklearn" in text, "only the benches' peers call a Keras model's fit"
    if place.parts[0] in ("dashboard", "pages") and place != Path("dashboard/parts/stating.py"):
        said = [name for name in ("info", "success", "warning", "error", "spinner", "progress", "status") if calls(file, name)]
        assert not said, "empty, waiting, running, failed and done are drawn by stating.py, so that they look the same everywhere"
    if place != Path("dashboard/resources.py"):
        assert "st.cache_" not in text, "only resources.py caches"
    if place != Path("dashboard/state.py"):
        assert "set_page_config" not in text or place == Path("dashboard/navigation.py"), "an icon by name is fetched from the web"
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
    names = "registry knobs runs.run runs.store runs.launching verdicts.finding review.report subjects.subject training.diagnosis data models metrics audits catalogue doctor"
    code = "import sys\n" + "".join(f"import genmodels.{name}\n" for name in names.split())
    code += "print([m for m in ('keras', 'tensorflow', 'streamlit') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).strip() == "[]"


def test_the_entry_point_is_short() -> None:
    assert len((ROOT / "dashboard" / "app.py").read_text().splitlines()) <= 35


# Who writes past `files.write_atomically`, and why that is no harm.
WRITERS = {
    "genmodels/files.py": "the atomic writer itself",
    "genmodels/checkpoints.py": "a folder written aside, synced, hashed and renamed",
    "genmodels/intake/picture_sets.py": "into a folder aside, which is renamed when it is whole; every file has its hash in the index",
    "genmodels/runs/exchange.py": "into a scratch folder, which is renamed when it is whole",
    "genmodels/runs/foreign_run.py": "the caged child, into the scratch folder of an import",
    "genmodels/intake/film_sets.py": "what a caged child is given, in its scratch folder",
    "genmodels/intake/keras_file.py": "the caged child, into its scratch folder",
    "genmodels/jobs/cage.py": "the caged child, into its scratch folder",
    "genmodels/jobs/sandbox.py": "the job and the log of a caged child, in its scratch folder",
    "genmodels/jobs/program_child.py": "a child of its own user, into what the kernel asks of it",
    "genmodels/kinds/code/judging.py": "the caged child, into its scratch folder",
    "genmodels/instruments/features.py": "what a caged child is given, in its scratch folder",
    "genmodels/trained/opening.py": "Keras, into a temporary folder; what it wrote is kept by the atomic writer",
    "genmodels/training/loop.py": "zeros that keep room on the disk",
    "genmodels/provenance/ledger.py": "lines of a chain, appended under a lock",
    "genmodels/provenance/keys.py": "a secret, for its owner alone from its first byte; written aside, synced and linked",
    "genmodels/cache.py": "an empty lock",
    "genmodels/commands/make_gallery.py": "copies into the project, made anew by hand",
    "genmodels/commands/make_photograph_readers.py": "Keras, into a temporary folder; what it wrote is kept by the atomic writer",
    "genmodels/bench/first_page.py": "a page in a temporary folder, and the null device",
    "genmodels/bench/audit_growth.py": "pictures of a bench, in a temporary folder",
    "genmodels/bench/turns.py": "a pipe to a process",
    "genmodels/review/brought.py": "what is uploaded, into a folder aside that is renamed once it is whole",
}
WRITE_METHODS = {"write_text", "write_bytes", "copyfile", "copy", "copy2", "copytree", "move", "tofile", "save_model", "to_csv", "to_json", "to_parquet", "save", "savez", "savez_compressed", "savetxt"}
IN_MEMORY = {"buffer", "io"}


def writes(file: Path) -> Iterator[str]:
    """The calls of a file that open or write a file, other than into memory."""
    for node in ast.walk(parsed(file)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        owner = node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
        words = [arg.value for arg in [*node.args, *(keyword.value for keyword in node.keywords)] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        memory = bool(node.args) and isinstance(node.args[0], ast.Name) and node.args[0].id in IN_MEMORY
        opens = name in ("open", "fdopen", "ZipFile", "NamedTemporaryFile") and any(re.fullmatch(r"(?=.*[wax+])[rwaxbt+]{1,3}", word) for word in words)
        flags = name == "open" and owner == "os" and bool({"O_WRONLY", "O_RDWR"} & {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)})
        written = name in WRITE_METHODS and bool(node.args) and (owner in ("np", "shutil") or name not in ("copy", "move")) and owner not in ("copy", "checkpoints", "self")
        written = written and not (name == "to_json" and not owner)  # of plotly: a text
        if not memory and (opens or flags or written):
            yield f"{name}, line {node.lineno}"


def test_every_file_is_written_by_the_atomic_writer() -> None:
    found = {str(file.relative_to(ROOT)): list(writes(file)) for file in SOURCES}
    assert {name: calls for name, calls in found.items() if calls and name not in WRITERS} == {}
    assert {name for name in WRITERS if not found[name]} == set(), "an exception that is not needed any more"
