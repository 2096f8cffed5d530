"""One damaged run takes nothing down: every file of a run, damaged in every way."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import state
from dashboard.run_rows import RunTable
from dashboard.runs.table import table
from genmodels import catalogue
from genmodels.doctor import examine
from genmodels.estimates.estimate import Estimate
from genmodels.refusal import Refusal
from genmodels.review import audit_job
from genmodels.runs import launching
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.verdicts.finding import Finding
from tests.contracts.damages import DAMAGES, FILES
from tests.dashboard.made import made

ROOT = Path(__file__).parent.parent.parent
SMALL = ("experiment.json", "status.json", "labels.json", "facts.json", "findings.json")
CERTAIN = set(DAMAGES) - {"locked", "infinities", "not numbers", "nulls", "tables", "negative", "half a character", "a huge line"}  # told of each of them; root reads all
SECONDS = 20  # within which nothing may hang; a deadline, not a measure


@pytest.fixture(autouse=True)
def no_gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genmodels.gallery.GALLERY", tmp_path / "gallery")


def damaged(run: Run, file: str, how: str) -> None:
    if file.endswith("/manifest"):
        kept = sorted((run.path / file.split("/")[0]).glob("*"))
        path = (kept[-1] if kept else run.path / file.split("/")[0] / "4") / "manifest.json"
    else:
        path = run.path / file
    DAMAGES[how](path)


def within(work: Callable[[], None]) -> None:
    """Do it, and fail where it hangs."""
    said: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            said.append(error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert not thread.is_alive(), "it hangs"
    if said:
        raise said[0]


def looked_at(run: Run) -> None:
    """Everything that reads a run without a page; only a sentence may come back."""
    for ask in (lambda: run.experiment, lambda: run.spec, lambda: launching.stop(run), lambda: launching.kill(run), lambda: audit_job.running(run)):
        try:
            ask()
        except Refusal as refusal:
            assert 10 < len(str(refusal)) < 600
    _ = run.created, run.facts, run.status, run.state, run.labels, run.samples, run.reconstructions, run.history, run.size, run.findings(), run.damage


@pytest.mark.parametrize("file", FILES)
def test_a_damaged_run_stops_no_list_no_other_training_and_no_doctor(home: Path, file: str) -> None:
    sound = RunStore.default().create(made("done").experiment)
    for how in DAMAGES:
        run = made("running", name="damaged")
        damaged(run, file, how)

        def work(run: Run = run, how: str = how) -> None:
            with run.lease() if file != "lease" else open("/dev/null"):  # waiting, and alive
                rows = {row["name"]: row for row in catalogue.runs()}
                assert sound.id in rows and run.id in rows
                json.dumps(list(rows.values()), allow_nan=False)
                drawn = table(RunTable().rows(RunStore.default()), 15.0)
                assert run.id in set(drawn["Run"])
            if file in SMALL and how in CERTAIN:
                assert rows[run.id]["state"] == "damaged" and file in rows[run.id]["problem"], (how, rows[run.id])
                assert "damaged" in drawn.set_index("Run").loc[run.id, "State"]
            with launching.turn(sound, RunStore.default()):
                pass
            looked_at(run)
            if file in SMALL and how in CERTAIN:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr("genmodels.doctor.PACKAGES", ())
                    assert any(run.id in row["value"] for row in examine()), how

        within(work)
        shutil.rmtree(run.path)


def drawn(page: str, run: str, **query: str) -> AppTest:
    """The page with that run chosen, drawn once; nothing may be said but sentences."""
    test = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page(f"../pages/{page}.py")
    for name, value in ({"run": run} | query).items():
        test.query_params[name] = value
    if page == "runs":
        test.query_params[state.COMPARED] = run
    return test.run()


DEEPER = {"model": ({"part": "files"},), "runs": ({state.LISTED: "Table"},)}


def pages_draw(run: Run, how: str, pages: tuple[str, ...]) -> None:
    for page in pages:
        for query in ({}, *DEEPER.get(page, ())):
            shown = drawn(page, run.id, **query)
            assert not shown.exception, (page, query, how, shown.exception[0].value, shown.exception[0].stack_trace)


@pytest.mark.parametrize("number", range(len(FILES)))
def test_pages_draw_with_a_damaged_run(home: Path, trained: Callable[[str], Path], number: int) -> None:
    """Each file with one of the damages, in turn; the slow test below takes all."""
    how = ("words", "long numbers", "deep", "a pipe", "a link to itself", "lists", "nulls")[number % 7]
    run = ended(home, trained)
    damaged(run, FILES[number], how)
    pages_draw(run, how, ("train", "runs", "model"))


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_every_page_draws_with_every_damage(home: Path, trained: Callable[[str], Path], file: str) -> None:
    for number, how in enumerate(DAMAGES):
        run = ended(home, trained)
        damaged(run, file, how)
        others = ("memorisation", "deepfake", "latent", "prompt", "bias", "home")
        pages_draw(run, how, ("train", "runs", "model", others[number % len(others)]))
        shutil.rmtree(run.path)


def ended(home: Path, trained: Callable[[str], Path]) -> Run:
    """A trained run with everything that one may have."""
    path = home / "runs" / trained("vae").name
    shutil.copytree(trained("vae"), path)
    run = Run(path)
    run.label(name="mine", tags=["a"])
    (path / "log.txt").write_text("Trained.")
    measure = {"metric": "kid", "value": 0.1, "low": 0.0, "high": 0.2, "n": 50, "better": "lower", "unit": "", "protocol": "p"}
    finding = Finding("memorisation", "5 % of them.", "pass", Estimate(0.05, 0.0, 0.1, 100), 0.2, part="copies")
    (path / "findings.json").write_text(json.dumps({"measures": [measure], "findings": [finding.to_dict()]}))
    return run


def test_what_is_no_run_is_named_and_harmless(home: Path) -> None:
    sound = made("done")
    runs = home / "runs"
    (runs / "loop").symlink_to("loop")
    (runs / "nowhere").symlink_to("not-there")
    (runs / "text").write_text("x")
    (runs / "20260101-000000-empty").mkdir()
    odd = made("done")
    document = json.loads((odd.path / "experiment.json").read_text())
    document["experiment"]["recipe"]["width"] = "wide"
    (odd.path / "experiment.json").write_text(json.dumps(document))
    rows = {row["name"]: row for row in catalogue.runs()}
    assert rows[sound.id]["state"] == "done" and rows["20260101-000000-empty"]["problem"] == "experiment.json is missing"
    told = [row["value"] for row in examine() if row["check"] == "damaged run"]
    assert len(told) == 5 and any("width is 'wide'" in each for each in told) and any(each.startswith("loop: ") for each in told)
    assert not drawn("runs", sound.id).exception
    with launching.turn(sound, RunStore.default()):
        pass


def test_a_damaged_run_is_resumed_and_sampled_with_one_sentence(home: Path, inside) -> None:  # type: ignore[no-untyped-def]
    run = made("running")
    damaged(run, "experiment.json", "deep")
    for arguments in (["resume", run.id], ["sample", run.id, "--out", home / "out"], ["report", run.id, "--out", home / "r.html"], ["stop", run.id]):
        done = inside(*arguments)
        assert "Traceback" not in done.stderr and done.stderr.count("genmodels: ") == (arguments[0] != "stop")
        assert done.returncode == (0 if arguments[0] == "stop" else 2)
    assert run.status["state"] == "running", "nothing was written"
