"""The verb for labels by people: draws the examples, opens the page, and writes or reads the table of labels."""

from __future__ import annotations

import argparse
from typing import Any

from genmodels.cache import Report
from genmodels.commands.verb import VERBS, Arguments, answer, flag, path_of, verb
from genmodels.files import Unreadable, make_folder, read_bytes, write_atomically
from genmodels.printable import printable
from genmodels.refusal import Refusal

MOST_BYTES = 64 << 20  # of a table of labels


@verb(
    "label",
    flag("subject", metavar="SUBJECT", help="a folder or zip of pictures, a table of answers, or a plan"),
    flag("-n", type=int, help="examples that are drawn at random for people to see (400)"),
    flag("--outputs", type=path_of, metavar="ANSWERS", help="the answers to a plan, where SUBJECT is its folder"),
    flag("--export", type=path_of, metavar="FILE.csv", help="write the labels, and blank lines to fill in"),
    flag("--import", type=path_of, metavar="FILE", dest="table", help="take over the labels of a table"),
    flag("--rater", default="", metavar="NAME", help="who labelled, where the table does not say"),
    flag("--brought", metavar="TOKEN", help="SUBJECT was brought to the dashboard under this token"),
    flag("--port", type=int, default=8501),
    flag("--headless", action="store_true"),
)
def label(arguments: Arguments) -> int:
    """Have people label what somebody's model made: draws examples at random and opens the page Label."""
    from genmodels.labelling.table import imported, written

    folder = _drawn(arguments)
    document: dict[str, Any] = {"labels": folder.token, "folder": str(folder.path), "drawn": len(folder.drawn())}
    said = [f"{document['drawn']:,} examples of {folder.about['of']:,} were drawn at random."]
    if arguments.table:
        done = imported(folder, _content(arguments), arguments.table.name, arguments.rater)
        left_out = [{"line": line, "reason": reason} for line, reason in done.left_out]
        document |= {"added": done.added, "known": done.known, "left_out": left_out}
        said.append(done.sentence())
    if arguments.export:
        make_folder(arguments.export.parent)
        write_atomically(arguments.export, written(folder.labels(), folder.drawn()))
        document["file"] = str(arguments.export)
        said.append(f"{arguments.export} written.")
    opens = not (arguments.table or arguments.export)
    document["address"] = f"http://127.0.0.1:{arguments.port}/label?labels={folder.token}"
    answer(arguments, document, "\n".join([*said, *([f"Label at {document['address']}"] if opens else [])]))
    return _open(arguments) if opens and not arguments.json else 0


def _drawn(arguments: Arguments) -> Any:
    """The folder of labels; of what was brought to the dashboard, which then shows how far it is."""
    from genmodels.review import audit_job, brought
    from genmodels.subjects.labelled import bring

    if arguments.brought is None:
        return bring(_opened(arguments), arguments.n)
    subject = brought.found(arguments.brought)
    with audit_job.at_work(subject.drawing, "The drawing was stopped; nothing of it is kept.") as progress:
        folder = bring(_opened(arguments, progress), arguments.n, subject.token)
        brought.keep_labels(subject, folder.token)
        return folder


def _opened(arguments: Arguments, report: Report = lambda what, done, of: None) -> Any:
    """The outputs; of a plan the answers to it, as its audit will see them."""
    from genmodels.subjects.opening import open_outputs
    from genmodels.subjects.plan import FILE, matched, read_plan

    subject = path_of(arguments.subject)
    if not (subject / FILE).exists():
        if arguments.outputs:
            raise Refusal("--outputs goes with the folder of a plan; name the answers alone.")
        return open_outputs(subject, report=report)
    if not arguments.outputs:
        raise Refusal("The answers to the plan are missing; name them with --outputs.")
    return matched(read_plan(subject), open_outputs(arguments.outputs))[0]


def _content(arguments: Arguments) -> bytes:
    try:
        return read_bytes(arguments.table, MOST_BYTES)
    except (Unreadable, FileNotFoundError) as reason:
        said = reason if isinstance(reason, Unreadable) else "is not there"
        raise Refusal(f"{printable(arguments.table.name)} {said}; name a table of labels.") from None


def _open(arguments: Arguments) -> int:
    """The dashboard, unless one answers at that port already."""
    import socket

    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", arguments.port)) == 0:
            return 0
    return VERBS["dashboard"].act(argparse.Namespace(port=arguments.port, headless=arguments.headless, json=False))
