"""The verb that compares: a measure of two runs, or two audits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from genmodels.commands.verb import Arguments, answer, flag, path_of, verb
from genmodels.estimates.rounding import alone, told
from genmodels.files import make_folder, write_atomically
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore, gallery_names

METRIC = "kid"


@verb(
    "compare",
    flag("run", metavar="RUN|AUDIT", help="a run, or an audit: the folder that `audit --out` wrote, or its audit.json"),
    flag(
        "other", metavar="RUN|AUDIT", help="what it is compared with; of audits the second is judged against the first"
    ),
    flag("--metric", help=f"of runs: which measure, {METRIC} if not given"),
    flag("--junit", type=path_of, metavar="FILE", help="of audits: write the differences as JUnit XML too, for CI"),
)
def compare(arguments: Arguments) -> int:
    """The same measure of two runs, or two audits; exit code 1 where the second audit is worse beyond chance or nothing could be compared."""
    runs = {*RunStore.default().ids(), *gallery_names()}
    names = (arguments.run, arguments.other)
    audits = [name not in runs and path_of(name).exists() for name in names]
    if not any(audits):
        return _runs(arguments)
    if not all(audits):
        lone = names[audits.index(False)]
        told = "is a run" if lone in runs else "is not there"
        raise Refusal(f"{lone[:80]!r} {told}; name two runs, or two audits as `genmodels audit ... --out` wrote them.")
    if arguments.metric:
        raise Refusal("--metric is of two runs; two audits are compared finding by finding.")
    return _audits(arguments)


def _runs(arguments: Arguments) -> int:
    """What was measured by two protocols is not compared."""
    from genmodels.review.comparison import difference

    if arguments.junit:
        raise Refusal("--junit is of two audits; leave it out for two runs.")
    store = RunStore.default()
    row = difference(store[arguments.run], store[arguments.other], arguments.metric or METRIC)
    apart, low, high = told(row["difference"], row["low"], row["high"])
    numbers = f"{alone(row['first'])} against {alone(row['second'])}, difference {apart} [{low}, {high}]"
    answer(arguments, row, f"{row['metric']}: {numbers} ({row['better']} is better)")
    return 0


def _audits(arguments: Arguments) -> int:
    """A gate against regression: 0 only where something was tested and nothing is worse."""
    from genmodels.review.junit import junit_of_comparison
    from genmodels.review.two_audits import NOT_WORSE, compared, read_audit

    if arguments.junit:
        make_folder(arguments.junit.parent)
    document = compared(read_audit(path_of(arguments.run)), read_audit(path_of(arguments.other)))
    answer(arguments, document, "\n".join(_told(document)))
    if arguments.junit:
        write_atomically(arguments.junit, junit_of_comparison(document))
    return 0 if document["verdict"] == NOT_WORSE else 1


def _told(document: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a comparison: each difference, what can't be compared, and the verdict."""
    from genmodels.review.two_audits import sentence_of, word_of

    for row in document["findings"]:
        name = ", ".join(filter(None, (row["audit"], row["part"], row["series"])))
        yield f"{word_of(row):14s} {name}: {sentence_of(row)}"
    for row in document["not_comparable"]:
        yield f"{'not compared':14s} {row['audit']}, {row['part']}: {row['reason']}"
    yield from (f"{'note':14s} {note}" for note in document["notes"])
    yield f"verdict: {document['verdict']}. {document['said']}"
