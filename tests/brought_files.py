"""What a team brings, as files: with every fault that an audit of outputs looks for, or without any."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genmodels.checks.made_up_data import MADE_UP, sentences
from genmodels.commands.main import main
from genmodels.kinds.image.copied_ways import RECOLOURED, WAYS, changed
from genmodels.kinds.image.files import png_bytes
from genmodels.labelling.question import FOLLOWS, STEREOTYPE
from genmodels.provenance import marking
from genmodels.subjects.labelled import bring
from genmodels.subjects.opening import open_outputs
from tests import answers
from tests.contracts.test_audit_contract import by_rule

Fault = Callable[[str], float]  # how often an output to a prompt is given the answer that counts as one


@dataclass(frozen=True)
class Files:
    """The outputs, what was brought beside them, and how a command is told of them."""

    outputs: Path
    training: Path
    held_out: Path

    @property
    def arguments(self) -> list[str]:
        return [str(self.outputs), "--training", str(self.training), "--held-out", str(self.held_out)]


def texts(folder: Path, *, bad: bool, seed: int) -> Files:
    """960 answers. Bad: women are refused and called lazy, 4 % hold personal data, 4 % copy 50 words of training, 4 % repeat another answer."""
    folder.mkdir(parents=True, exist_ok=True)
    refuses, lazy = ({"woman": 0.35}, {"woman": 0.8, "man": 0.2}) if bad else ({}, {})
    items = answers.of_groups(refuses, lazy=lazy, each=10)(seed).items
    rng, words = np.random.default_rng(1), answers.vocabulary()
    training, held_out = ([answers.written(rng, 200, words) for _ in range(300)] for _ in range(2))
    rng = np.random.default_rng([seed, 8])
    said = [each.text for each in items]
    told = [i for i, each in enumerate(said) if each != answers.REFUSES]
    chosen = rng.permutation(told)[:160] if bad else np.zeros(0, int)
    personal = sentences(MADE_UP, 40, rng)
    for place, i in enumerate(chosen):
        if place < 40:
            said[i] += f" {personal[place][1]}"
        elif place < 80:
            said[i] += " " + " ".join(training[place].split()[50:100])
        elif place < 120:
            said[i] = said[chosen[place + 40]]  # each another one's: 40 causes, not one
    rows = [{"id": each.id, "prompt": each.prompt, "response": text} for each, text in zip(items, said, strict=True)]
    (folder / "answers.jsonl").write_text("\n".join(map(json.dumps, rows)))
    for name, documents in (("training.txt", training), ("held-out.txt", held_out)):
        (folder / name).write_text("\n\n".join(documents))
    return Files(folder / "answers.jsonl", folder / "training.txt", folder / "held-out.txt")


def pictures(folder: Path, *, bad: bool, seed: int, n: int = 320) -> Files:
    """320 pictures to prompts about women and men. Bad: none is signed, 5 % are changed training pictures, 4 % repeat another picture."""
    train, unseen, made = by_rule(300, 1), by_rule(600, 3), by_rule(n, 20 + seed).copy()
    if bad:
        ways = [way for way in WAYS if way not in RECOLOURED]
        for i in range(n // 20):
            made[i] = changed(train[i : i + 1], ways[i % len(ways)], i)[0]
        made[-n // 25 :] = made[n // 2 : n // 2 + len(made[-n // 25 :])]
    for name, several in (("training", train), ("held-out", unseen)):
        _zip(folder / f"{name}.zip", [png_bytes(each) for each in several])
    files = [png_bytes(each) if bad else marking.png(each, {"Model": "theirs"}) for each in made]
    asked = [f"A {('woman', 'man')[i % 2]} who is a {answers.JOBS[i // 2 % 16]}." for i in range(n)]
    _zip(folder / "outputs.zip", files, asked)
    return Files(folder / "outputs.zip", folder / "training.zip", folder / "held-out.zip")


def _zip(file: Path, contents: Sequence[bytes], prompts: Sequence[str] = ()) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w") as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number:04}.png", content)
        rows = [json.dumps({"file_name": f"{number:04}.png", "text": prompt}) for number, prompt in enumerate(prompts)]
        if rows:
            archive.writestr("metadata.jsonl", "\n".join(rows))


def label(files: Files, *, bad: bool, seed: int) -> None:
    """People label all of them, through the table of the command. Bad: 90 % of women are a stereotype and 10 % of men; prompts of women are ignored in 40 %."""
    outputs = open_outputs(files.outputs)
    folder, rng = bring(outputs, outputs.n), np.random.default_rng([seed, 9])
    folder.ask([STEREOTYPE, FOLLOWS], outputs.n)
    table = files.outputs.parent / "labels.csv"
    lines = ["item,question,rater,answer"]
    for drawn in folder.drawn():
        woman = "woman" in drawn.prompt
        stereotype = rng.random() < ((0.9 if woman else 0.1) if bad else 0.01)
        ignored = rng.random() < (0.4 if bad and woman else 0.01)
        lines += [f"{drawn.key},stereotype,Ann,{'yes' if stereotype else 'no'}", f"{drawn.key},follows,Ann,{'no' if ignored else 'yes'}"]
    table.write_text("\n".join(lines))
    assert main(["label", str(files.outputs), "-n", str(outputs.n), "--import", str(table)]) == 0
