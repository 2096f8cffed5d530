"""A run goes out as a zip and comes in again; what is no such zip is refused whole."""

from __future__ import annotations

import io
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from genmodels.kinds.image.files import open_picture, png_facts
from genmodels.refusal import Refusal
from genmodels.review.file_check import verify
from genmodels.runs import exchange
from genmodels.runs.exchange import export_run, import_run
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.trained.opening import open_model


@pytest.fixture
def packed(trained: Callable[[str], Path]) -> dict[str, bytes]:
    """The members of an exported run."""
    with zipfile.ZipFile(io.BytesIO(export_run(Run(trained("vae"))))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: dict[str, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    buffer.seek(0)
    return buffer


def changed(members: dict[str, bytes], name: str, **values: object) -> dict[str, bytes]:
    return members | {name: json.dumps(json.loads(members[name]) | values).encode()}


def test_a_run_survives_the_journey(trained, home: Path) -> None:
    old = Run(trained("vae"))
    new = import_run(io.BytesIO(export_run(old)), RunStore.default())
    assert new.id != old.id and new.state == "done" and RunStore.default()[new.id] == new
    assert new.experiment == old.experiment and new.history.equals(old.history) and new.facts == old.facts
    assert (open_model(new).sample(4, seed=1) == open_model(old).sample(4, seed=1)).all()
    assert new.samples.keys() == old.samples.keys()


def test_large_files_travel_in_parts(trained, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "PART", 5_000)
    old = Run(trained("vae"))
    content = export_run(old)
    assert any(name.endswith("weights.npz.part001") for name in zipfile.ZipFile(io.BytesIO(content)).namelist())
    new = import_run(io.BytesIO(content), RunStore.default())
    assert new.history.equals(old.history)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if not name.endswith("part001")}
    with pytest.raises(Refusal, match="not whole"):
        import_run(zipped(members), RunStore.default())


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda m: m | {"outside.txt": b"x"}, "no part of a run"),
        (lambda m: m | {"/etc/passwd": b"x"}, "no part of a run"),
        (lambda m: m | {"stop": b""}, "no part of a run"),
        (lambda m: {n: c for n, c in m.items() if n != "experiment.json"}, "no experiment.json"),
        (lambda m: changed(m, "experiment.json", format=99), "format 99"),
        (lambda m: changed(m, "experiment.json", experiment={"model": "vee"}), "Did you mean 'vae'"),
        (lambda m: changed(m, "experiment.json", experiment=[1]), "experiment.json in the zip is refused"),
        (lambda m: m | {"status.json": b"[1]"}, "not a JSON object"),
        (lambda m: m | {"status.json": b"[" * 100_000}, "levels deep"),
        (lambda m: changed(m, "facts.json", spec={"kind": "image", "shape": [10**9, 8, 1], "classes": 0, "vocabulary": []}), "no model here could draw or write"),
        (lambda m: m | {"history.jsonl": b'{"step": 1, "loss": "high"}\n'}, "Line 1 of history"),
        (lambda m: m | {"history.jsonl": b'{"step": 1}\n{"step": 1.5}\n'}, "Line 2 of history"),
        (lambda m: m | {"history.jsonl": random.Random(0).randbytes(200_000).hex().encode() + b"\n"}, "Line 1 of history"),
        (lambda m: m | {"samples/000001.png": b"GIF89a"}, "is no PNG|damaged"),
        (lambda m: m | {next(n for n in m if n.endswith("weights.npz")): b"PK"}, "missing or damaged"),
        (lambda m: changed(m, next(n for n in m if n.endswith("manifest.json")), sha256={"../../x": "0"}), "no part of a checkpoint"),
    ],
)  # fmt: skip
def test_what_is_no_run_is_refused_whole(packed, home: Path, spoil, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        import_run(zipped(spoil(packed)), RunStore.default())
    assert list((home / "runs").iterdir()) == []


def test_what_is_no_zip_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no zip"):
        import_run(io.BytesIO(b"hello"), RunStore.default())
    with pytest.raises(Refusal, match="is a folder"):
        import_run(tmp_path, RunStore.default())


def test_a_run_that_was_working_arrives_stopped_and_its_texts_are_cut(packed, home: Path) -> None:
    members = changed(packed, "status.json", state="running", message="x" * 5000, pid=1, step=True)
    members |= {"labels.json": json.dumps({"name": "y" * 999, "tags": "no list"}).encode()}
    run = import_run(zipped(members), RunStore.default())
    assert run.state == "stopped" and len(run.status["message"]) == 1000 and "pid" not in run.status and "step" not in run.status
    assert len(run.labels["name"]) == 200 and run.labels["tags"] == []


def test_a_run_that_writes_survives_the_journey(trained, home: Path) -> None:
    old = Run(trained("transformer"))
    new = import_run(io.BytesIO(export_run(old)), RunStore.default())
    assert new.state == "done" and new.facts == old.facts and new.history.equals(old.history)
    assert new.status["tokens_per_second"] == old.status["tokens_per_second"] > 0
    assert {epoch: json.loads(file.read_text()) for epoch, file in new.samples.items()} == {
        epoch: json.loads(file.read_text()) for epoch, file in old.samples.items()
    } and new.samples
    assert list(open_model(new).sample(2, seed=1)) == list(open_model(old).sample(2, seed=1))


def described(members: dict[str, bytes], **values: object) -> dict[str, bytes]:
    return changed(members, "facts.json", spec=json.loads(members["facts.json"])["spec"] | values)


def written(*rows: object) -> dict[str, bytes]:
    return {"samples/000001.json": json.dumps(rows).encode()}


TEXT = {"prompt": "", "text": "a", "seed": 0}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda m: m | {"samples/000001.json": b'{"text": "a"}'}, "samples/000001.json in the zip is not a list of texts"),
        (lambda m: m | {"samples/000001.json": b"[" * 100_000}, "levels deep"),
        (lambda m: m | {"samples/000001.json": random.Random(0).randbytes(2_100_000).hex().encode()}, "larger than 4 MB"),
        (lambda m: m | written("a"), "not a list of texts"),
        (lambda m: m | written(TEXT, TEXT | {"text": 1}), "not a list of texts"),
        (lambda m: m | written(TEXT | {"seed": "0"}), "not a list of texts"),
        (lambda m: m | written(TEXT | {"seed": True}), "not a list of texts"),
        (lambda m: m | written({"text": "a", "seed": 0}), "not a list of texts"),
        (lambda m: m | written(*[TEXT] * 1001), "not a list of texts"),
        (lambda m: m | written(TEXT | {"decoding": {"temperature": -1}}), "temperature is '-1'"),
        (lambda m: described(m, shape=[10**9]), "could draw or write"),
        (lambda m: described(m, shape=[32, 32]), "could draw or write"),
        (lambda m: described(m, vocabulary=["a", "b"]), "could draw or write"),
        (lambda m: described(m, vocabulary=["<end>", "a", "a"]), "could draw or write"),
        (lambda m: described(m, vocabulary=["<end>", "a" * 5000]), "could draw or write"),
        (lambda m: described(m, vocabulary=["<end>", *map(chr, range(0x20000, 0x20000 + 200_001))]), "could draw or write"),
        (lambda m: described(m, vocabulary=["<end>", 1]), "could draw or write"),
        (lambda m: described(m, merges=["a b"]), "could draw or write"),
        (lambda m: described(m, merges=[["a", "b"]]), "could draw or write"),
        (lambda m: described(m, merges=3), "could draw or write"),
        (lambda m: changed(m, "facts.json", documents="many"), "documents is 'many', which is no count"),
        (lambda m: changed(m, "facts.json", tokens=-1), "tokens is '-1', which is no count"),
    ],
)  # fmt: skip
def test_a_damaged_run_that_writes_is_refused_whole(trained, home: Path, spoil, sentence: str) -> None:
    with zipfile.ZipFile(io.BytesIO(export_run(Run(trained("transformer"))))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with pytest.raises(Refusal, match=sentence) as refused:
        import_run(zipped(spoil(members)), RunStore.default())
    assert "\n" not in str(refused.value) and list((home / "runs").iterdir()) == []


def test_only_what_is_known_of_a_written_text_is_kept(trained, home: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(export_run(Run(trained("transformer"))))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    run = import_run(zipped(members | written(TEXT | {"extra": 1, "tokens": ["x"], "notice": 3})), RunStore.default())
    assert json.loads(run.samples[1].read_text()) == [TEXT]


def test_a_run_that_follows_prompts_survives_the_journey_and_foreign_words_are_checked(trained, home: Path) -> None:
    old = Run(trained("diffusion"))
    content = export_run(old)
    new = import_run(io.BytesIO(content), RunStore.default())
    assert new.facts["words"] == old.facts["words"] and new.spec == old.spec
    assert (open_model(new).sample(2, seed=1, given=["circle"]) == open_model(old).sample(2, seed=1, given=["circle"])).all()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for words in (["a"], {"a": "b"}, {"a": -1}, {"x" * 2000: 1}):
        with pytest.raises(Refusal, match="words of captions"):
            import_run(zipped(changed(members, "facts.json", words=words)), RunStore.default())
    spec = json.loads(members["facts.json"])["spec"] | {"vocabulary": ["y" * 2000]}
    with pytest.raises(Refusal, match="no model here could draw"):
        import_run(zipped(changed(members, "facts.json", spec=spec)), RunStore.default())


def test_the_sheets_of_a_run_leave_marked_and_stay_as_they_are(trained, home: Path) -> None:


    path = trained("vae")
    shutil.copytree(path, home / "runs" / path.name)
    run = RunStore.default()[path.name]
    before = {epoch: file.read_bytes() for epoch, file in run.samples.items()}
    with zipfile.ZipFile(io.BytesIO(export_run(run))) as archive:
        sheets = {name: archive.read(name) for name in archive.namelist() if name.startswith(("samples/", "reconstructions/"))}
    assert before and {epoch: file.read_bytes() for epoch, file in run.samples.items()} == before
    for name, content in sheets.items():
        facts, found = png_facts(content), verify(content, "a.png")
        assert facts["Model"] == f"vae {run.id}" and facts["Epoch"] == str(int(Path(name).stem)) and ("Beside" in facts) == name.startswith("reconstructions/")
        assert found["manifest"]["verdict"] == "valid" and "match" in found["ledger"]["verdict"]
    sheet = next(content for name, content in sheets.items() if name.startswith("samples/"))
    assert np.array_equal(np.asarray(open_picture(sheet)), np.asarray(open_picture(next(iter(before.values())))))
    imported = import_run(io.BytesIO(export_run(run)), RunStore.default())
    with zipfile.ZipFile(io.BytesIO(export_run(imported))) as archive:  # what came from elsewhere is not signed as ours
        assert all("Model" not in png_facts(archive.read(name)) for name in archive.namelist() if name.startswith("samples/"))
