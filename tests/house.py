"""The rooms of the house in their order, and who imports whom: what `test_architecture.py` and `docs/house.md` are made from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = sorted(p for folder in ("genmodels", "dashboard", "pages") for p in (ROOT / folder).rglob("*.py"))

# A room imports rooms before it and never one behind it.
ORDER = (
    "ground", "estimates", "verdicts", "jobs", "kinds", "metrics", "provenance", "intake", "data", "networks", "models",
    "runs", "trained", "instruments", "training", "labelling", "subjects", "checks", "audits", "measuring", "calibration", "explore",
    "review", "catalogue", "bench", "commands", "dashboard", "pages",
)  # fmt: skip
GROUND = ("", "refusal", "registry", "files", "knobs", "lazy_keras", "cache", "checkpoints", "printable", "gallery", "lessons")
ABOVE = ("doctor", "__main__")  # at the top, because users look for them there; they read all rooms
# Folders whose files are members of one registry, and the files beside them that say what a member is.
MEMBERS = {
    "genmodels.data.sets": (),
    "genmodels.models": ("recipe",),
    "genmodels.metrics": ("metric", "retrieval"),
    "genmodels.audits": ("audit",),
    "genmodels.calibration": ("case", "calibrate", "trained_culprits", "copied_marks", "marked_clips"),
    "dashboard.kinds": ("renderer",),
}
# Libraries that may be imported inside functions: they take long, or only some users have them.
HEAVY = {
    "tensorflow", "keras", "torch", "sklearn", "scipy", "pandas", "pyarrow", "plotly", "streamlit", "tokenizers", "c2pa", "cryptography", "h5py",
    "PIL", "psutil", "fontTools", "starlette", "numpy", "emoji", "umap", "tsdownsample", "sd_parsers", "fairlearn", "playwright", "prdc", "phonenumbers", "rdkit", "music21", "verovio", "mido", "pretty_midi", "bandit", "pyflakes", "vtracer", "resvg_py", "av",
}  # fmt: skip
SLOW = {"tensorflow", "keras", "torch", "sklearn"}  # whoever loads one of these may be imported late
# Files that import their own late, and why.
LATE = {
    "genmodels.commands.house": "a command loads what it needs, and no other's",
    "genmodels.commands.making": "a command loads what it needs, and no other's",
    "genmodels.commands.comparing": "a command loads what it needs, and no other's",
    "genmodels.commands.auditing": "a command loads what it needs, and no other's",
    "genmodels.commands.labelling": "a command loads what it needs, and no other's",
    "genmodels.commands.planning": "a command loads what it needs, and no other's",
    "genmodels.commands.signing": "a command loads what it needs, and no other's",
    "genmodels.commands.reviewing": "a command loads what it needs, and no other's",
    "genmodels.commands.training": "a command loads what it needs, and no other's",
    "genmodels.catalogue": "a section loads what it lists",
    "genmodels.jobs.cage": "the caged child shuts its doors before it reads anything else",
}


@dataclass(frozen=True)
class Import:
    """An import of a module of ours; `late`: inside a function; `for_types`: under TYPE_CHECKING."""

    module: str
    late: bool
    for_types: bool = False


def module_of(file: Path) -> str:
    """genmodels/runs/run.py is genmodels.runs.run."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@lru_cache
def modules() -> frozenset[str]:
    return frozenset(map(module_of, SOURCES))


def room_of(module: str) -> str:
    """The room that a module lies in."""
    top, *inside = module.split(".")
    if top != "genmodels":
        return top
    name = inside[0] if inside else ""
    return "ground" if name in GROUND else "catalogue" if name == "catalogue" else "commands" if name in ABOVE else name


@cache
def parsed(file: Path) -> ast.Module:
    """The source of a file as a tree, read once for all rules; nobody changes it."""
    return ast.parse(file.read_text())


@cache
def imports(file: Path) -> tuple[Import, ...]:
    """The modules of ours that a file imports, each import by itself; those under TYPE_CHECKING too."""
    return tuple(_imports(file))


def _imports(file: Path) -> Iterator[Import]:
    tree = parsed(file)
    late = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    types = {id(inner) for node in ast.walk(tree) if _is_for_types(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            while name and name not in modules():
                name = name.rpartition(".")[0]
            if name and name != module_of(file):
                yield Import(name, id(node) in late, id(node) in types)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


@lru_cache
def _loaded() -> dict[str, tuple[set[str], set[str]]]:
    """Of each module what it loads when it is imported: modules of ours, and slow libraries."""
    found = {}
    for file in SOURCES:
        tree = parsed(file)
        late = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) or _is_for_types(node) for inner in ast.walk(node)}
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) and id(node) not in late for alias in node.names}
        names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and id(node) not in late}
        ours = {each.module for each in imports(file) if not each.late and not each.for_types}
        parents = {name.rpartition(".")[0] for name in ours} & modules() - {module_of(file).rpartition(".")[0]}
        found[module_of(file)] = ours | parents, {name.partition(".")[0] for name in names} & SLOW
    return found


@lru_cache
def loads(module: str) -> frozenset[str]:
    """The slow libraries that importing a module loads, through whatever it imports."""
    waiting, seen, found = [module], {module}, set[str]()
    while waiting:
        ours, slow = _loaded()[waiting.pop()]
        found |= slow
        waiting += ours - seen
        seen |= ours
    return frozenset(found)


def circles() -> list[set[str]]:
    """Sets of files that reach each other by imports (Tarjan 1972)."""
    reach = {module_of(file): {each.module for each in imports(file)} for file in SOURCES}
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(name: str) -> None:
        number[name] = lowest[name] = len(number)
        stack.append(name)
        for other in reach[name]:
            if other not in number:
                visit(other)
            if other in stack:
                lowest[name] = min(lowest[name], lowest[other])
        if lowest[name] == number[name]:
            circle = set(stack[stack.index(name) :])
            del stack[stack.index(name) :]
            if len(circle) > 1:
                found.append(circle)

    for name in reach:
        if name not in number:
            visit(name)
    return found
