"""The verbs of the house itself: list, doctor, bench, dashboard."""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any

from genmodels.commands.signals import interrupted
from genmodels.commands.verb import Arguments, answer, flag, verb
from genmodels.refusal import Refusal
from genmodels.registry import unknown

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("GENMODELS_HOME", "GENMODELS_CACHE", "GENMODELS_DATA")  # that may be named from where the command is called
NICENESS = 10  # of what is drawn before anybody asks for it


@verb("list", flag("what", nargs="?", metavar="models|data|metrics|audits|runs"))
def list_(arguments: Arguments) -> int:
    """What there is: models, data, metrics, audits, runs."""
    from genmodels import catalogue

    sections = list(catalogue.SECTIONS) if arguments.what is None else [arguments.what]
    for section in sections:
        if section not in catalogue.SECTIONS:
            raise Refusal(unknown("list", section, catalogue.SECTIONS))
    document = {section: catalogue.SECTIONS[section]() for section in sections}
    answer(arguments, document, lambda: "\n\n".join(_listed(document)))
    return 0


def _listed(document: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Each section as a table, then what tables have no room for: shares of groups, and limits of audits."""
    from genmodels import catalogue

    tables = [catalogue.table(catalogue.for_people(rows)) for rows in document.values()]
    shares = [
        f"{row['name']}, {grouping}: {said}"
        for row in document.get("data", [])
        for grouping, said in row.get("shares", {}).items()
    ]
    limits = [
        f"{row['name']}.{name}: {limit['help']} {limit['default']:g} if a policy says nothing, {limit['lowest']:g} to {limit['greatest']:g}."
        for row in document.get("audits", [])
        for name, limit in row["limits"].items()
    ]
    return [*tables, *shares, *limits]


@verb(
    "doctor",
    flag("--mend", action="store_true", help="delete what killed processes left, and make the home private"),
)
def doctor(arguments: Arguments) -> int:
    """What is installed, where runs live, free disk, and what to do about what is missing."""
    from genmodels.doctor import examine, mend

    for done in mend() if arguments.mend else []:
        print(f"genmodels: {done}.", file=sys.stderr)
    checks = examine()
    lines = [
        f"{'ok ' if c['ok'] else 'NO '} {c['check']:24s} {c['value']}{'' if c['ok'] else '  -> ' + c['remedy']}"
        for c in checks
    ]
    answer(arguments, checks, "\n".join(lines))
    return 0 if all(check["ok"] or not check["required"] for check in checks) else 1


@verb(
    "bench",
    flag("names", nargs="*", metavar="NAME"),
    flag("--pairs", type=int, help="pairs of turns (5; with --ways fastest as many as fit into two minutes)"),
    flag(
        "--ways",
        choices=("all", "fastest"),
        default="all",
        help="every way in which a peer can be run, or only the fastest, in about two minutes",
    ),
)
def bench(arguments: Arguments) -> int:
    """Side by side with peers in one run, as ratios; above 1 ours is better."""
    from genmodels.bench import machine
    from genmodels.bench import run as run_benches

    rows = run_benches(arguments.names, pairs=arguments.pairs, ways=arguments.ways)
    answer(arguments, rows, "\n".join([machine.told(rows[0]["machine"]), *map(_raced, rows)]))
    return 0


def _raced(row: dict[str, Any]) -> str:
    """A line of the bench."""
    if "skipped" in row:
        said = f"not measured: {row['skipped']}"
    else:
        said = f"{row['ours']:10.4g} against {row['theirs']:10.4g} {row['unit']:12s} ratio {row['ratio']:.2f}"
    return f"{row['bench']:14s} {row['peer']:16s} {said}"


@verb(
    "dashboard",
    flag("--port", type=int, default=8501),
    flag("--headless", action="store_true"),
    flag(
        "--demo", action="store_true", help="a guided path for a team; writes into a folder that is deleted at the end"
    ),
)
def dashboard(arguments: Arguments) -> int:
    """Open the dashboard on this machine."""
    _refuse_a_taken_port(arguments.port)
    for name in FOLDERS:  # named from here, and read from another folder
        if os.environ.get(name):
            os.environ[name] = str(Path(os.environ[name]).expanduser().resolve())
    if arguments.demo:
        return _in_a_folder_of_its_own(arguments)
    return _opened(arguments)


def _in_a_folder_of_its_own(arguments: Arguments) -> int:
    """The same as a demo: a home that is gone at the end, with a copy of the pictures that were drawn before."""
    from genmodels.cache import cache
    from genmodels.files import make_folder, write_atomically

    kept = cache()
    with tempfile.TemporaryDirectory(prefix="genmodels-demo-", ignore_cleanup_errors=True) as folder:
        make_folder(Path(folder) / "cache")
        for file in (each for each in kept.glob("*.*") if each.is_file() and each.suffix != ".lock"):
            write_atomically(Path(folder) / "cache" / file.name, file.read_bytes())
        os.environ |= {
            "GENMODELS_HOME": folder,
            "GENMODELS_CACHE": str(Path(folder) / "cache"),
            "GENMODELS_DEMO": folder,
        }
        return _opened(arguments)


def _opened(arguments: Arguments) -> int:
    from genmodels.jobs.executor import LOCAL, genmodels_command
    from genmodels.runs import leftovers

    prepare = genmodels_command("--server", str(os.getpid()), module="genmodels.commands.draw_data")
    if not arguments.demo:  # whose first page draws what it needs, and whose folder is to be gone with the server
        LOCAL.start(prepare, niceness=NICENESS)  # so that a first visit finds its pictures drawn
    leftovers.sweep()
    os.chdir(ROOT)  # where .streamlit/config.toml is
    headless = str(arguments.headless).lower()
    app = ROOT / "dashboard" / "app.py"
    return _serve(["run", str(app), "--server.port", str(arguments.port), "--server.headless", headless])


def _refuse_a_taken_port(port: int) -> None:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise Refusal(f"Port {port} is taken or not allowed; choose another with --port {port + 1}.") from None


def _serve(command: list[str]) -> int:
    """`python -m streamlit` in this process, so that an interrupt ends as it does for every other command."""
    interrupted()
    sys.argv = ["streamlit", *command]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0
