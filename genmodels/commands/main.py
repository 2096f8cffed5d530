"""The command line, one function a verb. Pages call the same functions.

Exit code 0 for success, 1 when a limit was broken or a training failed, 2 for bad input, 130 after Ctrl-C, 143 after
SIGTERM. With `--json` one JSON
document goes to standard output; everything else goes to standard error.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import io
import itertools
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from genmodels.refusal import Refusal
from genmodels.registry import Registry, unknown
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import SHOWN, Run
from genmodels.runs.store import RunStore
from genmodels.trained.opening import open_model
from genmodels.verdicts.error_rates import sentence

VERBS = Registry("command")
Arguments = argparse.Namespace


INTERRUPTED = {"SIGINT": 130, "SIGTERM": 143}  # exit codes, as shells have them: 128 and the number of the signal
TRAINING = ("train", "resume", "branch")  # whose JSON says why it failed
LARGEST_SEED = 2**31 - 1


class Terminated(BaseException):
    """SIGTERM came; no `Exception`, so that nothing but the end of the command takes it."""


class Interrupted(BaseException):
    """Ctrl-C where another library would make an error of its own of a `KeyboardInterrupt`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    from genmodels.review.audit_job import Stopped

    ours, chosen = threading.current_thread() is threading.main_thread(), None
    before = signal.signal(signal.SIGTERM, _terminate) if ours else None
    try:
        _never_strict(sys.stdout, sys.stderr)
        chosen = parser().parse_args(arguments)
        _all_text(chosen)
        return VERBS[chosen.verb](chosen) or 0
    except Refusal as refusal:
        if chosen is not None and chosen.json and chosen.verb in TRAINING:
            print(json.dumps({"state": "failed", "reason": str(refusal)}))
        print(f"genmodels: {refusal}", file=sys.stderr)
    except (KeyboardInterrupt, Interrupted):
        print("genmodels: interrupted.", file=sys.stderr)
        return INTERRUPTED["SIGINT"]
    except Terminated:
        print("genmodels: ended by SIGTERM.", file=sys.stderr)
        return INTERRUPTED["SIGTERM"]
    except Stopped as stopped:
        print(f"genmodels: {stopped}", file=sys.stderr)
    except BrokenPipeError:
        return 0
    except OSError as error:
        from genmodels.printable import printable

        print(
            f"genmodels: {error.strerror or error}: {printable(str(error.filename or ''), 200)}; check the path and the free space.",
            file=sys.stderr,
        )
    finally:
        if ours:
            signal.signal(signal.SIGTERM, before)
    return 2


def _never_strict(*streams: Any) -> None:
    """What a stream can't encode, such as a path of other bytes, is written with backslashes."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _all_text(chosen: Arguments) -> None:
    """Refuse words with bytes of another encoding than that of the terminal; paths may hold any."""
    for value in vars(chosen).values():
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, str) and any("\ud800" <= letter <= "\udfff" for letter in word):
                shown = word[:60].encode(errors="replace").decode()
                raise Refusal(
                    f"{shown!r} holds bytes that are no {sys.getfilesystemencoding().upper()}; write it in the encoding of the terminal."
                )


def _terminate(number: int, frame: Any) -> None:
    raise Terminated


class Parser(argparse.ArgumentParser):
    """Refuses in one sentence, like everything else."""

    def error(self, message: str) -> Any:
        """Raises `Refusal` with what argparse says, in place of leaving the process."""
        raise Refusal(f"{message[0].upper()}{message[1:]}; see {self.prog} --help.")


def parser() -> Parser:
    """The whole grammar."""
    root = Parser(prog="genmodels", description="Train, explore and review generative models.")
    root.add_argument("--version", action="version", version=f"genmodels {importlib.metadata.version('genmodels')}")
    verbs = root.add_subparsers(dest="verb", metavar="COMMAND", required=True, parser_class=Parser)

    def verb(name: str, *flags: tuple[str, dict[str, Any]], **more: Any) -> None:
        help = (VERBS[name].__doc__ or "").splitlines()[0]
        made = verbs.add_parser(name, help=help, description=VERBS[name].__doc__)
        for flag, settings in flags:
            made.add_argument(*flag.split(), **settings)
        made.add_argument("--json", action="store_true", help="print one JSON document")

    run = ("run", {"metavar": "RUN"})
    seed = ("--seed", {"type": seed_of, "default": 0})
    out = ("--out", {"type": path_of, "required": True})
    name = {"action": "append", "default": []}
    verb("list", ("what", {"nargs": "?", "metavar": "models|data|metrics|audits|runs"}))
    verb(
        "doctor",
        ("--mend", {"action": "store_true", "help": "delete what killed processes left, and make the home private"}),
    )
    verb(
        "train",
        ("model", {"metavar": "MODEL"}),
        ("--data", {"default": "digits", "metavar": "NAME"}),
        ("--with", {**name, "dest": "source", "metavar": "setting=value", "help": "a setting of the data set"}),
        ("--set", {**name, "dest": "recipe", "metavar": "setting=value", "help": "a setting of the model"}),
        *((f"--{knob.name.replace('_', '-')}", {"default": knob.default, "help": knob.help}) for knob in asked_for()),
        ("--forecast", {"action": "store_true", "help": "only say how long it will take and what it will weigh"}),
        ("--detach", {"action": "store_true", "help": "train in the background"}),
    )
    verb("resume", run)
    verb("stop", run, ("--now", {"action": "store_true", "help": "end the process at once"}))
    verb(
        "branch",
        run,
        ("--epoch", {"type": int, "required": True}),
        ("--set", {**name, "dest": "recipe", "metavar": "setting=value"}),
        ("--epochs", {"default": None}),
        ("--seed", {"default": None}),
    )
    verb(
        "sample",
        run,
        (
            "-n",
            {
                "type": int,
                "help": "how many: 16 if not given, or one of each --given; with --prompts so many of each line, one if not given",
            },
        ),
        seed,
        ("--given", {"action": "append", "help": "a label or a prompt, one for all or one each"}),
        ("--epoch", {"type": int}),
        (
            "--set",
            {
                **name,
                "dest": "settings",
                "metavar": "setting=value",
                "help": "how it is drawn or written, such as steps=20 or temperature=0.7",
            },
        ),
        (
            "--prompts",
            {
                "type": path_of,
                "metavar": "FILE.csv",
                "help": "a table with a column prompt, or a .txt with one in each line: one picture for each, or -n",
            },
        ),
        (
            "--from",
            {
                "type": path_of,
                "dest": "start",
                "metavar": "PICTURE",
                "help": "a picture to begin from, as far as strength says",
            },
        ),
        (
            "--mask",
            {"type": path_of, "metavar": "PICTURE", "help": "white where the picture to begin from is drawn again"},
        ),
        (
            "--upscale",
            {
                "action": argparse.BooleanOptionalAction,
                "default": None,
                "help": "enlarge pictures by four, so that they can carry a watermark; done by itself where the upscaler was measured",
            },
        ),
        out,
    )
    verb(
        "walk",
        run,
        ("--anchors", {"default": "1,2", "help": "seeds, separated by commas"}),
        ("--frames", {"type": int, "default": 64}),
        ("--kind", {"default": "spherical", "metavar": "linear|spherical"}),
        out,
        ("--given", {"help": "a label, for a conditional model"}),
    )
    verb("import", ("file", {"type": path_of}), ("--name", {"default": ""}), ("--licence", {"default": "not stated"}))
    verb(
        "measure",
        run,
        ("--metric", name),
        ("-n", {"type": int, "help": "samples: 1,000 pictures or 200 texts if not given"}),
        seed,
        (
            "--features",
            {
                "default": "",
                "metavar": "NAME|FILE.keras",
                "help": "what pictures are compared in: pixels-16+gradients, pixels, pca, encoder or a Keras model",
            },
        ),
    )
    verb("compare", run, ("other", {"metavar": "RUN"}), ("--metric", {"default": "kid"}))
    verb(
        "audit",
        run,
        ("--audit", name),
        ("-n", {"type": int, "default": 4000, "help": "samples in all"}),
        seed,
        ("--policy", {"type": path_of}),
        ("--full", {"action": "store_true", "help": "400 pictures of each occupation"}),
        (
            "--pairs",
            {
                "type": path_of,
                "metavar": "FILE.csv",
                "help": "paired sentences: columns sent_more, sent_less, bias_type",
            },
        ),
        out,
    )
    verb(
        "calibrate",
        ("names", {"nargs": "*", "metavar": "AUDIT"}),
        ("--repetitions", {"type": int, "default": 1000}),
        seed,
        ("--keep", {"action": "store_true", "help": "keep the result where verdicts find it, in the project"}),
    )
    verb(
        "verify",
        ("files", {"nargs": "+", "type": path_of, "metavar": "FILE"}),
        ("--out", {"type": path_of, "metavar": "FILE.html|.json", "help": "write what was found as a report"}),
    )
    verb("report", run, out)
    verb("export", run, out)
    verb(
        "bench",
        ("names", {"nargs": "*", "metavar": "NAME"}),
        ("--pairs", {"type": int, "help": "pairs of turns (5; with --ways fastest as many as fit into two minutes)"}),
        (
            "--ways",
            {
                "choices": ("all", "fastest"),
                "default": "all",
                "help": "every way in which a peer can be run, or only the fastest, in about two minutes",
            },
        ),
    )
    verb("dashboard", ("--port", {"type": int, "default": 8501}), ("--headless", {"action": "store_true"}))
    return root


def asked_for() -> list[Any]:
    """The knobs of an experiment that are plain flags."""
    return [knob for knob in Experiment.knobs() if knob.name in ("epochs", "batch_size", "seed", "patience")]


def answer(arguments: Arguments, document: Any, text: str | Callable[[], str]) -> None:
    """Print the JSON document or the text."""
    print(json.dumps(document, default=str) if arguments.json else text() if callable(text) else text)


def settings(pairs: Sequence[str]) -> dict[str, str]:
    """`setting=value` texts as a dictionary."""
    for pair in pairs:
        if "=" not in pair:
            raise Refusal(f"{pair[:80]!r} is not setting=value; write for example latent=32.")
    return dict(pair.split("=", 1) for pair in pairs)


@VERBS.add("list")
def list_(arguments: Arguments) -> int:
    """What there is: models, data, metrics, audits, runs."""
    from genmodels import catalogue

    sections = list(catalogue.SECTIONS) if arguments.what is None else [arguments.what]
    for section in sections:
        if section not in catalogue.SECTIONS:
            raise Refusal(unknown("list", section, catalogue.SECTIONS))
    document = {section: catalogue.SECTIONS[section]() for section in sections}
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
    answer(
        arguments,
        document,
        lambda: "\n\n".join(
            [*(catalogue.table(catalogue.for_people(rows)) for rows in document.values()), *shares, *limits]
        ),
    )
    return 0


@VERBS.add("doctor")
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


@VERBS.add("train")
def train(arguments: Arguments) -> int:
    """Train a model on a data set in a new run."""
    experiment = Experiment.from_dict(
        {
            "model": arguments.model,
            "data": arguments.data,
            "recipe": settings(arguments.recipe),
            "source": settings(arguments.source),
        }
        | {knob.name: getattr(arguments, knob.name) for knob in asked_for()}
    )
    if arguments.forecast:
        from genmodels.training.forecast import forecast

        expected = forecast(experiment)
        answer(arguments, expected, f"About {expected['seconds']:.0f} s, {expected['bytes'] / 1e6:.0f} MB on disk.")
        return 0
    store = RunStore.default()
    if arguments.detach:
        from genmodels.runs import launching

        run = launching.start(experiment, store)
        answer(arguments, {"run": run.id, "state": run.state}, f"{run.id} trains in the background.")
        return 0
    return _work(arguments, store.create(experiment), store)


@VERBS.add("resume")
def resume(arguments: Arguments) -> int:
    """Go on with a run from its last whole checkpoint (or start it)."""
    from genmodels.runs import launching

    store = RunStore.default()
    run = store[arguments.run]
    run.experiment  # noqa: B018  (a damaged run is refused before anything is written)
    if run.state == "done":
        raise Refusal(f"Run {run.id} is done; branch it to train on.")
    if run.state not in ("waiting", "running"):  # a stop that was asked for before it begins stands
        launching.clear_stop(run)
    return _work(arguments, run, store)


def _work(arguments: Arguments, run: Run, store: RunStore) -> int:
    """Hold the lease, wait for the turn, train, and say how it ended."""
    from genmodels.runs import beginning, launching, leftovers

    leftovers.sweep()
    tell = _progress if sys.stderr.isatty() else _phases()
    with run.lease():
        try:
            leftovers.sweep_run(run.path)
            with launching.turn(run, store):
                beginning.enter(run, "importing", tell, **beginning.present())
                from genmodels.training.loop import train as train_run

                state = train_run(run, tell)
        except (InterruptedError, KeyboardInterrupt, Terminated) as error:
            state = "stopped"
            run.write_status(
                state=state, message="Stopped while it waited; resume puts it into the queue again.", phase=""
            )
            if not isinstance(error, InterruptedError):
                raise
    status = run.status
    document = {
        "run": run.id,
        "state": state,
        "epochs": status.get("epoch", 0),
        "seed": run.experiment.seed,
        "seconds": round(status.get("seconds", 0.0), 1),
        "reason": str(status.get("message", "")),
    }
    if state == "failed":
        print(f"genmodels: {document['reason']}", file=sys.stderr)
    answer(arguments, document, f"{run.id} {state}: {status.get('message', '')}")
    by_signal = [
        code
        for name, code in INTERRUPTED.items()
        if state == "stopped" and f"Stopped by {name} " in str(status.get("message"))
    ]
    return by_signal[0] if by_signal else 1 if state == "failed" else 0


def _phases() -> Callable[[dict[str, Any]], None]:
    """Says on standard error what a training does before its first step, a line each; for logs and pipes."""
    said = {""}

    def tell(status: dict[str, Any]) -> None:
        if status.get("phase") and (message := str(status["message"])) not in said:
            said.add(message)
            print(f"{message} …", file=sys.stderr, flush=True)

    return tell


def _progress(status: dict[str, Any]) -> None:
    """The same in a terminal, and then how far it is, in one line."""
    if status.get("phase"):
        print(f"\r{status['message']} …".ljust(78), end="", file=sys.stderr, flush=True)
        return
    left = status.get("seconds_left")
    line = f"epoch {status.get('epoch', 0)}/{status.get('epochs', 0)}  step {status.get('step', 0)}/{status.get('steps', 0)}"
    print(f"\r{line}  {'' if left is None else f'{left:.0f} s left'}   ", end="", file=sys.stderr)


@VERBS.add("stop")
def stop(arguments: Arguments) -> int:
    """Ask a run to stop at its next step and save."""
    from genmodels.runs import launching

    run = RunStore.default()[arguments.run]
    said = launching.kill(run) if arguments.now else launching.stop(run)
    answer(arguments, {"run": run.id, "message": said}, said)
    return 0


@VERBS.add("branch")
def branch(arguments: Arguments) -> int:
    """Train on from a kept epoch of a run, with other settings, in a new run."""
    from genmodels.runs import launching

    store = RunStore.default()
    changes = {name: value for name in ("epochs", "seed") if (value := getattr(arguments, name)) is not None}
    run = launching.branch(store, store[arguments.run], arguments.epoch, recipe=settings(arguments.recipe), **changes)
    return _work(arguments, run, store)


@VERBS.add("sample")
def sample(arguments: Arguments) -> int:
    """Draw samples from a run into a folder; the same seed draws the same."""
    from genmodels.commands.sample_files import loses_its_marks, sample_files
    from genmodels.files import make_folder
    from genmodels.provenance import way_out

    run = RunStore.default()[arguments.run]
    made = sample_files(arguments, run, settings(arguments.settings))
    folder, paths = make_folder(arguments.out), []
    stem = free_name(folder, f"{run.id}-seed-{arguments.seed}")
    for number, files in enumerate(made.files):
        for suffix, content in files.items():
            way_out.write(folder / f"{stem}-{number:04d}{suffix}", content)
        paths.append(str(folder / f"{stem}-{number:04d}{next(iter(files))}"))
    notice = loses_its_marks(run, arguments.upscale)
    for said in made.notices:
        print(said, file=sys.stderr)
    document = {"run": run.id, "seed": arguments.seed, "files": paths, "notices": made.notices} | (
        {"notice": notice} if notice else {}
    )
    answer(
        arguments, document, f"{len(paths)} files in {arguments.out}, each marked as made by a model. {notice}".strip()
    )
    return 0


@VERBS.add("walk")
def walk(arguments: Arguments) -> int:
    """Walk the latent space between samples; all seeds are recorded."""
    from genmodels.explore.walks import about_walk, walk_seeds, write_walk

    run = RunStore.default()[arguments.run]
    try:
        seeds = [seed_of(part) for part in arguments.anchors.split(",")]
    except argparse.ArgumentTypeError as error:
        raise Refusal(
            f"--anchors is {arguments.anchors[:80]!r}, and {error}; write seeds separated by commas, such as 1,2,3."
        ) from None
    check_n(arguments.frames, 4096)
    if run.spec.kind != "image":
        raise Refusal(f"Run {run.id} writes {run.spec.kind} and has no latent space to walk; use sample.")
    path = walk_seeds(open_model(run), seeds, frames=arguments.frames, kind=arguments.kind, label=arguments.given)
    files = write_walk(path, arguments.out, about_walk(run, path))
    answer(
        arguments,
        {"run": run.id, "seeds": seeds, "files": [str(f) for f in files]},
        f"{arguments.frames} frames in {arguments.out}.",
    )
    return 0


@VERBS.add("import")
def import_(arguments: Arguments) -> int:
    """Keep your own text, or pictures (a folder or zip), to train on: --data text or folder, --with token=..."""
    from genmodels.intake.picture_sets import import_pictures, is_pictures, kept_of
    from genmodels.intake.text_sets import import_text, read_text_index

    name = arguments.name or arguments.file.stem
    if is_pictures(arguments.file):
        token = import_pictures(arguments.file, name, licence=arguments.licence)
        data, kept = "folder", kept_of(token)
        for refused in kept["left_out"]:
            print(f"Left out: {refused['file']}: {refused['reason']}", file=sys.stderr)
        if unmatched := kept.get("unmatched"):
            print(
                f"{len(unmatched):,} of the {kept['captions']:,} lines of the table mean no picture, or more than one; the first: line {unmatched[0]['line']}, {unmatched[0]['file']}",
                file=sys.stderr,
            )
        said = f"Kept {kept['pictures']:,} pictures, {kept['captioned']:,} of them with a caption; {len(kept['left_out']):,} files left out."
    else:
        token = import_text(arguments.file, name, licence=arguments.licence)
        index = read_text_index(token)
        data, kept = "text", {name: index[name] for name in ("characters", "encoding")}
        said = f"Kept {kept['characters']:,} characters, read as {kept['encoding']}."
    answer(
        arguments, {"data": data, "token": token, **kept}, f"{said} Train on it with --data {data} --with token={token}"
    )
    return 0


@VERBS.add("measure")
def measure(arguments: Arguments) -> int:
    """Measure a run against held-out data: estimates with intervals, kept in its findings.json."""
    check_n(arguments.n or 1, 100_000)
    if arguments.features:
        from genmodels.instruments import features
        from genmodels.jobs import sandbox

        if arguments.features.endswith(".keras"):
            print(sandbox.told(sandbox.active_layers()), file=sys.stderr)
        features.check_early(arguments.features)  # seconds before TensorFlow is there
    from genmodels.measuring.measure import measure_run

    document = measure_run(
        RunStore.default()[arguments.run],
        arguments.metric,
        n=arguments.n,
        seed=arguments.seed,
        features=arguments.features,
    )
    lines = [
        f"{m['metric']:28s} {m['protocol']}"
        if m["value"] is None
        else f"{m['metric']:28s} {m['value']:.4g}  [{m['low']:.4g}, {m['high']:.4g}]  n={m['n']}  ({m['better']} is better)"
        for m in document["measures"]
    ]
    answer(arguments, document, "\n".join(lines))
    return 0


@VERBS.add("compare")
def compare(arguments: Arguments) -> int:
    """The same measure of two runs; what was measured by two protocols is not compared."""
    from genmodels.review.comparison import difference

    store = RunStore.default()
    row = difference(store[arguments.run], store[arguments.other], arguments.metric)
    answer(
        arguments,
        row,
        f"{row['metric']}: {row['first']:.4g} against {row['second']:.4g}, difference {row['difference']:.4g} [{row['low']:.4g}, {row['high']:.4g}] ({row['better']} is better)",
    )
    return 0


@VERBS.add("audit")
def audit(arguments: Arguments) -> int:
    """Judge a run under a policy; exit code 1 when a limit was broken or a required check could not be measured."""
    from genmodels.review.policy import Policy

    check_n(arguments.n, 100_000)
    policy = Policy.read(arguments.policy) if arguments.policy else None  # refused before anything is loaded
    from genmodels.files import write_atomically
    from genmodels.review.audit_job import at_work

    if arguments.pairs:
        from genmodels.checks.sentence_pairs import read_pairs

        read_pairs(arguments.pairs)  # so too
    run = RunStore.default()[arguments.run]
    with at_work(arguments.out) as progress:
        from genmodels.review.audit import audit_run  # TensorFlow; whoever looks sees the audit as begun

        document = audit_run(
            run,
            arguments.audit,
            n=arguments.n,
            seed=arguments.seed,
            policy=policy,
            full=arguments.full,
            pairs=arguments.pairs,
            progress=progress,
        )
        write_atomically(arguments.out / "audit.json", json.dumps(document, indent=1))
    lines = [line for finding in document["findings"] for line in _told(finding)]
    lines += [f"left out      {row['audit']}, {row['part']}: {row['why']}" for row in document["left_out"]]
    told = {finding["audit"] for finding in document["findings"]}
    lines += [
        f"not measured  {row['audit']}: {row['reason']}" for row in document["not_measured"] if row["audit"] not in told
    ]
    counts = ", ".join(f"{count} {verdict}" for verdict, count in document["counts"].items() if count)
    answer(arguments, document, "\n".join([*lines, f"verdict: {document['verdict']} ({counts})"]))
    return 1 if document["verdict"] in ("fail", "not measured") else 0


def _told(finding: Mapping[str, Any]) -> Iterator[str]:
    """Verdict and what was found; below it why nothing was, or how often such a verdict is wrong, and what to do."""
    yield f"{finding['verdict']:13s} {finding['audit']}, {finding['part'] or 'all'}: {finding['claim']}"
    if finding["verdict"] not in ("not measured", "reported"):
        yield " " * 14 + sentence(finding["error_rates"], finding["verdict"])
    for name in ("reason", "remedy"):
        if finding[name]:
            yield " " * 14 + finding[name]


@VERBS.add("calibrate")
def calibrate(arguments: Arguments) -> int:
    """How often each audit is wrong: false alarms on planted innocents, and the culprits that it catches."""
    from genmodels.calibration import calibrate

    check_n(arguments.repetitions, 100_000)
    told = lambda said: print(said, file=sys.stderr, flush=True)  # noqa: E731
    rows = calibrate.calibrate(arguments.names, arguments.repetitions, arguments.seed, told)
    if arguments.keep:
        calibrate.keep(rows)
    lines = [
        f"{'culprit ' if r['culprit'] else 'innocent'} {r['audit']}, {r['part']}: {r['case']}, n = {r['n']}: flagged {r['rate']:.1%} [{r['low']:.1%}, {r['high']:.1%}] of {r['repetitions']}"
        for r in rows
    ]
    answer(arguments, rows, "\n".join(lines))
    return 0


@VERBS.add("verify")
def verify(arguments: Arguments) -> int:
    """Is a picture, text, sound or film marked as made by a model, and by whom? Of a folder all its files. Exit code 2 where one could not be read."""
    from genmodels.instruments.detector import asked_when_needed
    from genmodels.provenance.credentials import MOST_BYTES
    from genmodels.provenance.pairing import read_paths
    from genmodels.review.file_check import verify_many
    from genmodels.review.report import verified

    rows = verify_many(read_paths(arguments.files, MOST_BYTES), detector=asked_when_needed())
    if arguments.out:
        write_report(arguments.out, lambda form: verified(rows, form))
    if len(rows) == 1 and "error" in rows[0]:
        if arguments.json:
            answer(arguments, rows[0], "")
        raise Refusal(rows[0]["error"])
    answer(
        arguments,
        rows[0] if len(rows) == 1 else rows,
        "\n".join(f"{row['file']}: {row.get('error') or row['sentence']}" for row in rows),
    )
    return 2 if any("error" in row for row in rows) else 0


@VERBS.add("report")
def report(arguments: Arguments) -> int:
    """Write the report of a run: its model card, numbers and findings as .html, .json or .md."""
    from genmodels.provenance import way_out
    from genmodels.review.report import SHOWN as TEXTS
    from genmodels.review.report import report as render
    from genmodels.review.run_document import run_document

    run = RunStore.default()[arguments.run]
    document = run_document(run)
    write_report(arguments.out, lambda form: render(document, form))
    way_out.shown(
        [str(each.get("text", "")) for each in document.get("texts", [])[:TEXTS]],
        {"Model": f"{run.experiment.model} {run.id}"},
    )
    answer(arguments, {"run": run.id, "file": str(arguments.out)}, f"{arguments.out} written.")
    return 0


@VERBS.add("export")
def export(arguments: Arguments) -> int:
    """Write the network that draws as a .keras file: latent and label in, picture in [0, 1] out."""
    from genmodels.trained.opening import export_keras

    run = RunStore.default()[arguments.run]
    export_keras(run, arguments.out)
    answer(arguments, {"run": run.id, "file": str(arguments.out)}, f"{arguments.out} written.")
    return 0


@VERBS.add("bench")
def bench(arguments: Arguments) -> int:
    """Side by side with peers in one run, as ratios; above 1 ours is better."""
    from genmodels.bench import machine
    from genmodels.bench import run as run_benches

    rows = run_benches(arguments.names, pairs=arguments.pairs, ways=arguments.ways)
    lines = [machine.told(rows[0]["machine"])] + [
        f"{r['bench']:14s} {r['peer']:16s} "
        + (
            f"not measured: {r['skipped']}"
            if "skipped" in r
            else f"{r['ours']:10.4g} against {r['theirs']:10.4g} {r['unit']:12s} ratio {r['ratio']:.2f}"
        )
        for r in rows
    ]
    answer(arguments, rows, "\n".join(lines))
    return 0


@VERBS.add("dashboard")
def dashboard(arguments: Arguments) -> int:
    """Open the dashboard on this machine."""
    import os
    import socket
    import subprocess

    from genmodels.runs import leftovers

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", arguments.port))
        except (OSError, OverflowError):
            raise Refusal(
                f"Port {arguments.port} is taken or not allowed; choose another with --port {arguments.port + 1}."
            ) from None
    for name in (
        "GENMODELS_HOME",
        "GENMODELS_CACHE",
        "GENMODELS_DATA",
    ):  # named from here, and read from another folder
        if os.environ.get(name):
            os.environ[name] = str(Path(os.environ[name]).expanduser().resolve())
    prepare = [
        sys.executable,
        "-m",
        "genmodels.commands.draw_data",
        "--server",
        str(os.getpid()),
    ]  # so that a first visit finds its pictures drawn
    subprocess.Popen(
        prepare,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.nice(10),
    )
    leftovers.sweep()
    app = Path(__file__).parent.parent.parent / "dashboard" / "app.py"
    os.chdir(app.parent.parent)  # where .streamlit/config.toml is
    return _serve(
        ["run", str(app), "--server.port", str(arguments.port), "--server.headless", str(arguments.headless).lower()]
    )


def _serve(command: list[str]) -> int:
    """`python -m streamlit` in this process, so that an interrupt ends as it does for every other command."""
    import runpy

    def interrupt(number: int, frame: Any) -> None:
        raise Interrupted

    signal.signal(signal.SIGINT, interrupt)
    sys.argv = ["streamlit", *command]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0


def path_of(text: str) -> Path:
    """A path as it was written, `~` as the home folder."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise Refusal(f"{text[:80]!r} names the home of a user who is not there; write the whole path.") from None


def free_name(folder: Path, stem: str) -> str:
    """The stem, or with "-again-2", "-again-3" ... behind it, of which the folder holds no file yet: nothing is replaced."""
    taken = {entry.name for entry in folder.iterdir()}
    for number in itertools.count(1):
        name = stem if number == 1 else f"{stem}-again-{number}"
        if not any(each.startswith(f"{name}-0") for each in taken):
            return name
    raise AssertionError("there are endless numbers")


def write_report(out: Path, render: Callable[[str], str]) -> None:
    """Write what `render` makes for the ending of the file."""
    form = out.suffix.removeprefix(".").lower()
    if form not in ("html", "json", "md"):
        raise Refusal(f"A report ends in .html, .json or .md, not in {out.suffix[:20]!r}; choose one of them.")
    from genmodels.files import make_folder, write_atomically

    make_folder(out.parent)
    write_atomically(out, render(form))


def seed_of(text: str) -> int:
    """A seed as every command takes it."""
    try:
        seed = int(text)
    except ValueError:
        seed = -1
    if not 0 <= seed <= LARGEST_SEED:
        raise argparse.ArgumentTypeError(
            f"a seed is a whole number from 0 to {LARGEST_SEED:,}, and {text[:40]!r} is none"
        )
    return seed


def check_n(n: int, most: int) -> None:
    """Refuse a number of samples that is out of range."""
    if not 1 <= n <= most:
        raise Refusal(f"n is {n}; it must be from 1 to {most}.")


def shown_state(run: Run) -> str:
    """The state in the words of the page."""
    return SHOWN.get(run.state, run.state)
