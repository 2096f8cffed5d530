"""The verbs that make something, or bring it in and out: sample, walk, import, export."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from genmodels.commands.verb import (
    OUT,
    RUN,
    SEED,
    Arguments,
    answer,
    check_n,
    flag,
    path_of,
    seed_of,
    settings,
    several,
    verb,
)
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

MOST_FRAMES = 4096


@verb(
    "sample",
    RUN,
    flag(
        "-n",
        type=int,
        help="how many: 16 if not given, or one of each --given; with --prompts so many of each line, one if not given",
    ),
    SEED,
    flag("--given", action="append", help="a label or a prompt, one for all or one each"),
    flag("--epoch", type=int),
    several(
        "--set",
        dest="settings",
        metavar="setting=value",
        help="how it is drawn or written, such as steps=20 or temperature=0.7",
    ),
    flag(
        "--prompts",
        type=path_of,
        metavar="FILE.csv",
        help="a table with a column prompt, or a .txt with one in each line: one picture for each, or -n",
    ),
    flag(
        "--from",
        type=path_of,
        dest="start",
        metavar="FILE",
        help="a picture to begin from, as far as strength says; of music a melody to harmonise (MIDI or MusicXML)",
    ),
    flag("--mask", type=path_of, metavar="PICTURE", help="white where the picture to begin from is drawn again"),
    flag(
        "--upscale",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="enlarge pictures by four, so that they can carry a watermark; done by itself where the upscaler was measured",
    ),
    flag("--alerted", action="store_true", help="keep molecules that have a PAINS or Brenk alert"),
    OUT,
)
def sample(arguments: Arguments) -> int:
    """Draw samples from a run into a folder; the same seed draws the same."""
    from genmodels.commands.sample_files import Asked, sample_files, write_samples

    run = RunStore.default()[arguments.run]
    asked = Asked(
        n=arguments.n,
        seed=arguments.seed,
        given=tuple(arguments.given or ()),
        epoch=arguments.epoch,
        settings=settings(arguments.settings),
        prompts=arguments.prompts,
        start=arguments.start,
        mask=arguments.mask,
        upscale=arguments.upscale,
        alerted=arguments.alerted,
    )
    made = sample_files(run, asked)
    paths = [str(path) for path in write_samples(arguments.out, f"{run.id}-seed-{arguments.seed}", made)]
    notice = made.loses_its_marks
    for said in made.notices:
        print(said, file=sys.stderr)
    document: dict[str, Any] = {"run": run.id, "seed": arguments.seed, "files": paths, "notices": made.notices}
    if notice:
        document["notice"] = notice
    answer(
        arguments, document, f"{made.counted()} in {arguments.out}, each marked as made by a model. {notice}".strip()
    )
    return 0


@verb(
    "walk",
    RUN,
    flag("--anchors", default="1,2", help="seeds, separated by commas"),
    flag("--frames", type=int, default=64),
    flag("--kind", default="spherical", metavar="linear|spherical"),
    OUT,
    flag("--given", help="a label, for a conditional model"),
)
def walk(arguments: Arguments) -> int:
    """Walk the latent space between samples; all seeds are recorded."""
    from genmodels.explore.walks import about_walk, walk_seeds, write_walk
    from genmodels.trained.opening import open_model
    from genmodels.trained.roles import to_walk

    run = RunStore.default()[arguments.run]
    seeds = _anchors(arguments.anchors)
    check_n(arguments.frames, MOST_FRAMES)
    _has_a_latent_space(run)
    model = open_model(run)
    to_walk(model)
    path = walk_seeds(model, seeds, frames=arguments.frames, kind=arguments.kind, label=arguments.given)
    files = write_walk(path, arguments.out, about_walk(run, path))
    document = {"run": run.id, "seeds": seeds, "files": [str(f) for f in files]}
    answer(arguments, document, f"{arguments.frames} frames in {arguments.out}.")
    return 0


def _anchors(text: str) -> list[int]:
    """The seeds of "1,2,3"."""
    try:
        return [seed_of(part) for part in text.split(",")]
    except argparse.ArgumentTypeError as error:
        raise Refusal(
            f"--anchors is {text[:80]!r}, and {error}; write seeds separated by commas, such as 1,2,3."
        ) from None


def _has_a_latent_space(run: Run) -> None:
    if not run.experiment.make_recipe().decodes:
        raise Refusal(
            f"Run {run.id} is of the model {run.experiment.model} and has no latent space to walk; use sample."
        )


@verb(
    "import",
    flag("file", type=path_of),
    flag("--name", default=""),
    flag("--licence", default="not stated"),
)
def import_(arguments: Arguments) -> int:
    """Keep your own text, molecules (.smi, .csv, .sdf), films (MP4, WebM, GIF, a folder of them) or pictures (a folder or zip), to train on: --data text, own-molecules, own-clips or folder, --with token=..."""
    from genmodels.intake.film_sets import is_films
    from genmodels.intake.molecule_sets import is_molecules
    from genmodels.intake.picture_sets import is_pictures

    ways = ((is_films, _films), (is_pictures, _pictures), (is_molecules, _molecules))
    keep = next((way for fits, way in ways if fits(arguments.file)), _text)
    document, said = keep(arguments.file, arguments.name or arguments.file.stem, arguments.licence)
    use = f"--data {document['data']} --with token={document['token']}"
    answer(arguments, document, f"{said} Train on it with {use}")
    return 0


def _pictures(file: Path, name: str, licence: str) -> tuple[dict[str, Any], str]:
    """Keep pictures; says on standard error what was left out, and why."""
    from genmodels.intake.picture_sets import import_pictures, kept_of

    token = import_pictures(file, name, licence=licence)
    kept = kept_of(token)
    for refused in kept["left_out"]:
        print(f"Left out: {refused['file']}: {refused['reason']}", file=sys.stderr)
    if unmatched := kept.get("unmatched"):
        print(
            f"{len(unmatched):,} of the {kept['captions']:,} lines of the table mean no picture, or more than one; the first: line {unmatched[0]['line']}, {unmatched[0]['file']}",
            file=sys.stderr,
        )
    said = f"Kept {kept['pictures']:,} pictures, {kept['captioned']:,} of them with a caption; {len(kept['left_out']):,} files left out."
    return {"data": "folder", "token": token, **kept}, said


def _films(file: Path, name: str, licence: str) -> tuple[dict[str, Any], str]:
    """Keep clips of films; says on standard error what was left out, and why."""
    from genmodels.intake.film_sets import import_films, read_films_index

    token = import_films(file, file.name, title=name, licence=licence)
    index = read_films_index(token)
    for each in index["left_out"]:
        print(f"Left out: {each['file']}: {each['reason']}", file=sys.stderr)
    kept = {name: index[name] for name in ("clips", "films", "left_out")}
    return {
        "data": "own-clips",
        "token": token,
        **kept,
    }, f"Kept {index['clips']:,} clips of {len(index['films']):,} films."


def _molecules(file: Path, name: str, licence: str) -> tuple[dict[str, Any], str]:
    """Keep molecules; says on standard error how many entries were left out, and why."""
    from genmodels.intake.molecule_sets import import_molecules, left_out_told, read_molecules_index

    token = import_molecules(file, file.name, title=name, licence=licence)
    index = read_molecules_index(token)
    if index["left_out"]:
        print(f"Left out: {left_out_told(index['left_out'])}.", file=sys.stderr)
    kept = {name: index[name] for name in ("molecules", "left_out")}
    said = f"Kept {kept['molecules']:,} molecules; {sum(kept['left_out'].values()):,} entries left out."
    return {"data": "own-molecules", "token": token, **kept}, said


def _text(file: Path, name: str, licence: str) -> tuple[dict[str, Any], str]:
    """Keep a text."""
    from genmodels.intake.text_sets import import_text, read_text_index

    token = import_text(file, name, licence=licence)
    index = read_text_index(token)
    kept = {name: index[name] for name in ("characters", "encoding")}
    said = f"Kept {kept['characters']:,} characters, read as {kept['encoding']}."
    return {"data": "text", "token": token, **kept}, said


@verb("export", RUN, OUT)
def export(arguments: Arguments) -> int:
    """Write the network that draws as a .keras file: latent and label in, picture in [0, 1] out."""
    from genmodels.trained.opening import export_keras

    run = RunStore.default()[arguments.run]
    export_keras(run, arguments.out)
    answer(arguments, {"run": run.id, "file": str(arguments.out)}, f"{arguments.out} written.")
    return 0
