"""The verb that audits: a run, what somebody's model made, or the answers to a plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from genmodels.commands.verb import OUT, SEED, Arguments, answer, check_n, flag, path_of, settings, several, verb
from genmodels.files import make_folder, write_atomically
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs.store import RunStore, gallery_names
from genmodels.verdicts.error_rates import sentence

if TYPE_CHECKING:
    from genmodels.review.policy import Policy
    from genmodels.review.spent import Spent

MOST = 100_000  # samples


@verb(
    "audit",
    flag("subject", metavar="SUBJECT", help="a run, a folder or zip of pictures, a table of answers, or a plan"),
    several("--audit"),
    flag("-n", type=int, default=4000, help="of a run: samples in all"),
    SEED,
    flag("--policy", metavar="NAME|FILE", help="demo, internal, public, or a file of your own"),
    flag("--full", action="store_true", help="400 pictures of each occupation"),  # an option of an audit, as the next
    flag(
        "--pairs",
        type=path_of,
        metavar="FILE.csv",
        help="paired sentences: columns sent_more, sent_less, bias_type",
    ),
    flag("--junit", type=path_of, metavar="FILE", help="write the findings as JUnit XML too, for CI"),
    flag("--look", action="store_true", help="of outputs: only read them, and say what can be asked of them"),
    flag("--outputs", type=path_of, metavar="ANSWERS", help="the answers to a plan, where SUBJECT is its folder"),
    flag(
        "--training", type=path_of, metavar="DIR", help="beside outputs: what the model learned from, or a part of it"
    ),
    flag("--held-out", type=path_of, metavar="DIR", help="beside outputs: examples that the model never saw"),
    flag(
        "--columns",
        action="append",
        metavar="prompt=NAME",
        help="of a table: which column holds prompt=, answer= and id=, where their names do not say it",
    ),
    OUT,
)
def audit(arguments: Arguments) -> int:
    """Judge a run, or what somebody's model made; exit code 1 when a limit was broken or a required check could not be measured."""
    from genmodels.review.policy import Policy

    check_n(arguments.n, MOST)
    if arguments.junit:
        make_folder(arguments.junit.parent)  # refused before hours of work
    policy = Policy.of(arguments.policy) if arguments.policy else None  # refused before anything is loaded
    is_run = arguments.subject in (*RunStore.default().ids(), *gallery_names())
    brought = path_of(arguments.subject)
    document = (_audit_run if is_run or not brought.exists() else _audit_brought)(arguments, policy)
    answer(arguments, document, "\n".join(_audited(document)))
    if arguments.look:
        return 0
    if arguments.junit:
        from genmodels.review.junit import junit

        write_atomically(arguments.junit, junit(document))
    return 1 if document["verdict"] in ("fail", "not measured") else 0


def _audit_run(arguments: Arguments, policy: Policy | None) -> dict[str, Any]:
    """A run of ours, which can be asked for samples."""
    from genmodels.audits.audit import options_of
    from genmodels.review.audit_job import at_work, folder_of
    from genmodels.review.earlier_audits import remember_first
    from genmodels.review.spent import Spent

    spent = Spent.begin()
    if arguments.training or arguments.held_out or arguments.columns or arguments.outputs:
        raise Refusal(
            "--outputs, --training, --held-out and --columns are for outputs that were brought; a run knows its data."
        )
    if arguments.look:
        raise Refusal("--look is for outputs that were brought; what a run gives is known.")
    options = {"full": arguments.full, "pairs": str(arguments.pairs or "")}
    for each in options_of(options).values():
        each.check()  # refused before anything is loaded
    names = [*RunStore.default().ids(), *gallery_names()]
    if arguments.subject not in names:
        either = unknown("run", arguments.subject, names)
        raise Refusal(f"{either} Or bring a folder or zip of pictures, or a table of answers.")
    run = RunStore.default()[arguments.subject]
    remember_first(folder_of(run), run.findings())
    with at_work(arguments.out) as progress:
        from genmodels.review.audit import audit_run  # TensorFlow; whoever looks sees the audit as begun

        document = audit_run(
            run,
            arguments.audit,
            n=arguments.n,
            seed=arguments.seed,
            policy=policy,
            options=options,
            progress=progress,
        )
        return _kept(arguments, document, spent)


def _audit_brought(arguments: Arguments, policy: Policy | None) -> dict[str, Any]:
    """Outputs that somebody's model made."""
    from genmodels.review.audit_job import GOES_ON, at_work
    from genmodels.review.audit_outputs import audit_outputs, audit_plan, looked_at
    from genmodels.review.kept_items import write_items
    from genmodels.review.spent import Spent
    from genmodels.review.unfinished import FILE as UNFINISHED
    from genmodels.subjects.answers import columns_of
    from genmodels.subjects.opening import open_outputs
    from genmodels.subjects.plan import FILE, read_plan

    spent = Spent.begin()
    if arguments.full or arguments.pairs:
        raise Refusal("--full and --pairs ask a model of ours again; leave them out for outputs that were brought.")
    subject = path_of(arguments.subject)
    plan = read_plan(subject) if (subject / FILE).exists() else None
    if (plan is None) != (arguments.outputs is None):
        raise Refusal(
            "--outputs goes with the folder of a plan: `genmodels audit PLAN --outputs ANSWERS`, or name the answers alone."
        )
    with at_work(arguments.out, GOES_ON) as progress:
        outputs = open_outputs(
            arguments.outputs or subject,
            training=arguments.training,
            held_out=arguments.held_out,
            columns=columns_of(settings(arguments.columns)) if arguments.columns else None,
            seed=arguments.seed,
            report=progress,
        )
        if arguments.look:
            return _kept(arguments, looked_at(outputs))
        asked: dict[str, Any] = {"policy": policy, "progress": progress, "folder": arguments.out}
        asked["keep"] = partial(write_items, arguments.out)
        if plan is None:
            found = audit_outputs(outputs, arguments.audit, **asked)
        else:
            found = audit_plan(plan, outputs, arguments.audit, **asked)
        kept = _kept(arguments, found, spent)
        (arguments.out / UNFINISHED).unlink(missing_ok=True)
        return kept


def _kept(arguments: Arguments, document: dict[str, Any], spent: Spent | None = None) -> dict[str, Any]:
    """The document, sealed and with what it cost, once it lies in its folder: before the lease ends, so that whoever waits for that finds it."""
    from genmodels.review.audit_job import folder_of
    from genmodels.review.earlier_audits import put_audit, remember
    from genmodels.review.repeating import name_of_file, with_commands
    from genmodels.review.report_out import sealed_document
    from genmodels.review.spent import versions

    if "findings" not in document:
        write_atomically(arguments.out / "look.json", json.dumps(document, indent=1))
        return document
    of_run = "outputs" not in document
    document = with_commands(document, name_of_file(arguments.subject), list(_asked(arguments, of_run)))
    document |= {"spent": spent.told(), "versions": versions()} if spent else {}
    sealed, file = sealed_document(document)
    put_audit(arguments.out, file)
    if of_run:  # a run's audits are looked at over time, wherever each was written
        own = folder_of(RunStore.default()[arguments.subject])
        if arguments.out.resolve() != own.resolve():
            remember(own, file)
    return sealed


def _asked(arguments: Arguments, of_run: bool) -> Iterator[tuple[str, str]]:
    """The flags on which a finding depends, with their values; of a path its last part."""
    from genmodels.review.repeating import name_of_file

    if of_run:
        yield "-n", str(arguments.n)
    yield "--seed", str(arguments.seed)
    for name, value in (
        ("--policy", arguments.policy),
        ("--pairs", arguments.pairs),
        ("--outputs", arguments.outputs),
        ("--training", arguments.training),
        ("--held-out", arguments.held_out),
    ):
        if value:
            yield name, name_of_file(str(value))
    if arguments.full:
        yield "--full", ""
    yield from (("--columns", each) for each in arguments.columns or ())


def _audited(document: Mapping[str, Any]) -> Iterator[str]:
    """The lines of `audit`: what was brought, what was found, what was left out, what could not be measured, and the verdict."""
    if "outputs" in document:
        yield from _brought(document["outputs"])
    if "plan" in document:
        yield f"plan          {document['plan']['said']}"
    if "findings" not in document:
        yield from (
            f"{'can be asked' if not row['reason'] else 'not measured'}  {row['audit']}: {row['reason'] or row['question']}"
            for row in document["checks"]
        )
        return
    for finding in document["findings"]:
        yield from _found(finding)
    for row in document.get("left_out", ()):
        yield f"left out      {row['audit']}, {row['part']}: {row['why']}"
    told = {finding["audit"] for finding in document["findings"]}
    for row in document["not_measured"]:
        if row["audit"] not in told:
            yield f"not measured  {row['audit']}: {row['reason']}"
    counts = ", ".join(f"{count} {verdict}" for verdict, count in document["counts"].items() if count)
    yield f"verdict: {document['verdict']} ({counts})"


def _brought(outputs: Mapping[str, Any]) -> Iterator[str]:
    """What was brought, and what was left out of it."""
    noun, how = ("pictures", "") if outputs["kind"] == "image" else ("answers", f" ({outputs['took']})")
    yield f"{outputs['name']}: {outputs['n']:,} {noun}, {outputs['prompts']:,} different prompts{how}"
    if outputs["left_out"]:
        first = outputs["left_out"][0]
        yield f"left out      {outputs['left_out_count']:,}, the first: {first['file']}: {first['reason']}"


def _found(finding: Mapping[str, Any]) -> Iterator[str]:
    """Verdict and what was found; below it why nothing was, or how often such a verdict is wrong, and what to do."""
    yield f"{finding['verdict']:13s} {finding['audit']}, {finding['part'] or 'all'}: {finding['claim']}"
    if finding["verdict"] not in ("not measured", "reported"):
        yield " " * 14 + sentence(finding["error_rates"], finding["verdict"])
    for name in ("reason", "remedy"):
        if finding[name]:
            yield " " * 14 + finding[name]
