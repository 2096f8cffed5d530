"""What can happen to a training: it ends, stops, breaks, runs out of patience or room; and what is said about it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from genmodels import checkpoints
from genmodels.refusal import Refusal
from genmodels.runs import launching
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.trained.opening import open_model
from tests.conftest import ROOT, TINY


def experiment(**changes: object) -> Experiment:
    return Experiment.from_dict({"model": "vae", "data": "digits", "recipe": TINY["vae"], "epochs": 3, "batch_size": 32} | changes)


def trained_here(asked: Experiment) -> Run:
    from genmodels.training.loop import train

    run = RunStore.default().create(asked)
    with run.lease():
        train(run)
    return run


def test_a_finished_run_holds_everything_that_the_pages_read(trained) -> None:
    run = Run(trained("vae"))
    status, facts = run.status, run.facts
    assert run.state == "done" and status["epoch"] == 4 and status["step"] == 4 * facts["steps_per_epoch"]
    assert status["cpu_seconds"] > 0 and status["seconds"] > 0 and status["seconds_left"] == pytest.approx(0, abs=1e-6)
    assert len(facts["data_sha256"]) == 64 and facts["versions"]["keras"]
    assert list(run.samples) == list(run.reconstructions) == [1, 2, 3, 4]
    assert [p.name for p in checkpoints.steps(run.path / "epochs")] == ["1", "2", "3", "4"]
    assert len(checkpoints.steps(run.path / "checkpoints")) == 2
    columns = set(run.history.columns)
    assert {"loss", "reconstruction", "kl", "gradient_norm", "held_out_loss", "active_units", "kernel_distance"} <= columns
    assert not (run.path / "reserve").exists()


def test_the_bound_is_its_two_terms(trained) -> None:
    history = Run(trained("vae", recipe=TINY["vae"] | {"warmup": 0})).history.dropna(subset=["loss"])
    np.testing.assert_allclose(history["loss"], history["reconstruction"] + history["kl"], rtol=1e-5)


def test_logistic_levels_sum_to_one_and_agree_with_the_closed_form() -> None:
    from genmodels.models.vae import logistic_in_levels

    levels = (np.arange(256) / 255).astype("float32")
    for mean, log_scale in ((0.5, -2.0), (0.02, -5.0), (1.1, -3.0), (0.3, -6.5)):
        log_p = np.asarray(logistic_in_levels(levels, np.float32(mean), np.float32(log_scale)))
        assert np.exp(log_p.astype(float)).sum() == pytest.approx(1, abs=2e-3)
    edges = (np.array([127.5, 128.5]) / 255 - 0.5) * np.exp(2.0)
    exact = np.log(np.diff(1 / (1 + np.exp(-edges)))[0])
    assert float(logistic_in_levels(np.float32(128 / 255), np.float32(0.5), np.float32(-2.0))) == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize(
    ("loss", "discriminator", "generator"),
    [  # of scores real = (2, -1), fake = (0.5, -3), by hand from the papers' formulas
        ("least-squares", (1 + 4) / 2 + (0.25 + 9) / 2, (0.25 + 16) / 2),
        ("hinge", (0 + 2) / 2 + (1.5 + 0) / 2, 1.25),
        ("wgan-gp", -1.25 - 0.5, 1.25),
        ("non-saturating", (0.126928 + 1.313262) / 2 + (0.974077 + 0.048587) / 2, (0.474077 + 3.048587) / 2),
    ],
)
def test_gan_losses_against_hand(loss: str, discriminator: float, generator: float) -> None:
    from genmodels.models.gan import LOSSES

    real, fake = np.array([[2.0], [-1.0]], "float32"), np.array([[0.5], [-3.0]], "float32")
    assert float(LOSSES[loss][0](real, fake)) == pytest.approx(discriminator, abs=1e-5)
    assert float(LOSSES[loss][1](fake)) == pytest.approx(generator, abs=1e-5)


def test_the_gradient_penalty_of_a_linear_critic_is_known() -> None:
    import keras

    from genmodels.models.gan import penalty_of

    pictures = keras.ops.convert_to_tensor(np.random.default_rng(0).random((4, 3, 3, 1), dtype="float32"))
    slope = np.full((3, 3, 1), 2.0, "float32")  # the gradient's norm is 2 * 3 = 6 everywhere
    assert float(penalty_of(lambda x: keras.ops.sum(x * slope, axis=(1, 2, 3)), pictures)) == pytest.approx(25, rel=1e-4)


def test_not_a_number_stops_at_the_first_step_and_names_the_term() -> None:
    from genmodels.training.loop import Trainer

    run = RunStore.default().create(experiment())
    with run.lease():
        trainer = Trainer(run, lambda status: None)
        weights = trainer.learner.weights()
        name = next(name for name in weights if name.startswith("decoder"))
        trainer.learner.restore(weights | {name: np.full_like(weights[name], np.nan)})
        state, message = trainer.go(lambda: "")
        run.write_status(state=state, message=message)
    assert run.state == "failed"
    assert "is not a finite number at step 1;" in run.status["message"]
    lines = [json.loads(line) for line in (run.path / "history.jsonl").read_text().splitlines()]
    assert lines == [lines[0]] and lines[0]["broken"] in run.status["message"]
    assert lines[0][lines[0]["broken"]] is None and lines[0]["step"] == 1


def test_patience_ends_a_run_that_gets_no_better() -> None:
    run = trained_here(experiment(recipe=TINY["vae"] | {"learning_rate": 0.03}, epochs=60, patience=1))  # large steps, so that an epoch soon loses
    losses = list(run.history["held_out_loss"].dropna())
    assert run.state == "done" and run.status["epoch"] == len(losses) < 60
    assert "for 1 epochs" in run.status["message"] and run.status["best"]["epoch"] == len(losses) - 1
    assert losses[-1] >= losses[-2] == min(losses)


def test_a_stop_asked_for_before_the_first_step_still_saves() -> None:
    from genmodels.training.loop import train

    run = RunStore.default().create(experiment())
    (run.path / "stop").touch()
    with run.lease():
        assert train(run) == "stopped"
    assert run.status["step"] == 0 and checkpoints.newest_whole(run.path / "checkpoints")[0]
    run.folder.forget_stop()
    with run.lease():
        assert train(run) == "done"


def test_a_branch_starts_from_the_kept_weights_with_other_knobs(trained, home: Path) -> None:
    source, store = Run(trained("vae")), RunStore.default()
    new = launching.branch(store, source, 2, recipe={"beta": 4.0}, epochs=1, seed=9)
    assert new.experiment.parent == f"{source.id}@2" and new.experiment.make_recipe().beta == 4.0
    assert new.experiment.differences(source.experiment).keys() == {"recipe.beta", "epochs", "seed", "parent"}
    from genmodels.training.loop import Trainer

    with new.lease():
        trainer = Trainer(new, lambda status: None)
        kept = checkpoints.load(source.path / "epochs" / "2")[1]["weights"]
        for name, array in trainer.learner.weights().items():
            assert np.array_equal(array, kept[name]), name
    with pytest.raises(Refusal, match="kept no weights of epoch 77; it kept: 1, 2, 3, 4"):
        launching.branch(store, source, 77)


def test_changed_data_are_not_trained_on(trained, tmp_path: Path) -> None:
    from genmodels.training.loop import train

    run = Run(Path(shutil.copytree(trained("vae"), tmp_path / "runs" / "copy")))
    facts = run.facts | {"data_sha256": "0" * 64}
    (run.path / "facts.json").write_text(json.dumps(facts))
    with run.lease():
        assert train(run) == "failed"
    assert "data has changed" in run.status["message"]


def test_a_batch_larger_than_the_data_is_refused(inside) -> None:
    asked = inside("train", "vae", "--data", "digits", "--batch-size", 4096, "--epochs", 1)
    assert asked.returncode == 1
    assert "training examples and a batch is 4096; lower the batch size" in asked.stdout


def test_a_forecast_writes_nothing_and_is_about_right(inside, home: Path) -> None:
    flags = ["--data", "digits", "--set", "width=8", "--set", "latent=4", "--epochs", 3, "--json"]
    expected = json.loads(inside("train", "vae", *flags, "--forecast").stdout)
    assert not (home / "runs").exists()
    document = json.loads(inside("train", "vae", *flags).stdout)
    run = RunStore.default()[document["run"]]
    assert document["state"] == "done" and document["epochs"] == 3
    assert expected["bytes"] / 4 < run.size < 4 * expected["bytes"]
    assert expected["epochs"] == 3 and expected["images_per_second"] > 0


def test_a_full_disk_stops_with_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    """On a small tmpfs of its own, in a mount namespace."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("unshare can't make a mount namespace here")
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f"""
mount -t tmpfs -o size=1500k tmpfs {disk}
GENMODELS_HOME={disk} GENMODELS_CACHE={tmp_path} {sys.executable} -m genmodels train vae --data digits --set width=16 --epochs 40 --json
echo "exit $?"; cd {disk}/runs/*; cat status.json; echo; tail -n 1 history.jsonl; ls checkpoints
cd {ROOT}; GENMODELS_HOME={disk} {sys.executable} -m genmodels list runs --json
"""
    shown = subprocess.run(["unshare", "-rm", "bash", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in shown.stdout
    assert "exit 1" in shown.stdout, shown
    assert "disk is full" in shown.stdout
    last = next(line for line in shown.stdout.splitlines() if line.startswith('{"step"'))
    assert json.loads(last)["step"] > 0
    assert '"state": "failed"' in shown.stdout.splitlines()[-1]


def test_a_home_that_can_not_be_written_is_one_sentence(inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_HOME", "/proc/no")
    asked = inside("train", "vae", "--data", "digits", "--epochs", 1)
    assert asked.returncode == 2
    assert asked.stderr.count("\n") == 1 and "GENMODELS_HOME" in asked.stderr


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["train", "vea"], "No model is called 'vea'. Did you mean 'vae'?"),
        (["train", "vae", "--data", "digts"], "No data set is called 'digts'. Did you mean 'digits'?"),
        (["train", "vae", "--set", "latnet=3"], "No setting is called 'latnet'. Did you mean 'latent'?"),
        (["train", "vae", "--set", "latent=1"], "latent is '1'; it must be a whole number from 2 to 512."),
        (["train", "vae", "--set", "latent=nan"], "latent is 'nan'; it must be a whole number from 2 to 512."),
        (["train", "vae", "--set", "latent"], "'latent' is not setting=value"),
        (["train", "vae", "--epochs", "0"], "epochs is '0'; it must be a whole number from 1 to 100000."),
        (["train", "gan", "--set", "loss=hing"], "loss is 'hing'; it must be one of non-saturating, least-squares, hinge, wgan-gp."),
        (["resume", "../../etc"], "No run is called '../../etc'."),
        (["sample", "nothing", "--out", "x"], "No run is called 'nothing'."),
        (["list", "modles"], "No list is called 'modles'. Did you mean 'models'?"),
        (["teach"], "see genmodels --help"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(flags: list[str], sentence: str, home: Path, capsys) -> None:
    from genmodels.commands.main import main

    assert main(flags) == 2
    shown = capsys.readouterr()
    assert sentence in shown.err and shown.err.count("\n") == 1 and not shown.out
    assert not home.exists()


def test_an_occupied_port_is_one_sentence(genmodels) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        asked = genmodels("dashboard", "--port", port, "--headless")
    assert asked.returncode == 2 and f"Port {port} is taken" in asked.stderr and asked.stderr.count("\n") == 1


def test_the_first_start_on_a_new_machine_asks_nothing(tmp_path: Path) -> None:
    """Streamlit asks a new user for an e-mail address and waits, unless it is told not to."""
    import socket
    import time
    import urllib.request

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"HOME": str(tmp_path), "BROWSER": "true", "DISPLAY": ""}
    command = [sys.executable, "-m", "genmodels", "dashboard", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        for _ in range(150):
            assert server.poll() is None, server.stdout.read().decode() if server.stdout else ""
            try:
                assert urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health").status == 200
                break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail("the dashboard did not answer within 30 s")
    finally:
        server.terminate()


def test_a_torn_history_is_read_around_and_appended_to(trained, tmp_path: Path) -> None:
    from genmodels.runs.history import History, read_history

    run = Run(Path(shutil.copytree(trained("vae"), tmp_path / "copy")))
    file = run.path / "history.jsonl"
    whole = len(run.history)
    with open(file, "ab") as stream:
        stream.write(b"\0" * 512 + b"\n" + b'{"step": 9')
    frame, skipped, _ = read_history(file)
    assert len(frame) == whole and skipped == 1
    history = History(file, step=int(frame["step"].iloc[-1]))
    history.log({"step": 10**6, "epoch": 9, "loss": float("nan")})
    history.close()
    frame, skipped, _ = read_history(file)
    assert len(frame) == whole + 1 and skipped == 0 and np.isnan(frame["loss"].iloc[-1])


def test_an_experiment_of_a_newer_format_is_refused(trained, tmp_path: Path) -> None:
    run = Run(Path(shutil.copytree(trained("vae"), tmp_path / "copy")))
    document = json.loads((run.path / "experiment.json").read_text())
    (run.path / "experiment.json").write_text(json.dumps(document | {"format": 99}))
    with pytest.raises(Refusal, match="has format 99 and this version reads up to 1; update"):
        _ = run.experiment


def test_an_experiment_with_a_model_that_is_gone_says_which(trained, tmp_path: Path) -> None:
    run = Run(Path(shutil.copytree(trained("vae"), tmp_path / "copy")))
    document = json.loads((run.path / "experiment.json").read_text())
    document["experiment"]["model"] = "vea"
    (run.path / "experiment.json").write_text(json.dumps(document))
    with pytest.raises(Refusal, match="No model is called 'vea'. Did you mean 'vae'"):
        _ = run.experiment


def test_missing_weights_are_one_sentence(trained, tmp_path: Path) -> None:
    run = Run(Path(shutil.copytree(trained("vae"), tmp_path / "copy")))
    shutil.rmtree(run.path / "checkpoints")
    shutil.rmtree(run.path / "epochs")
    with pytest.raises(Refusal, match="has no weights yet; train it"):
        open_model(run)


def test_a_deleted_run_is_a_notice_not_a_crash(trained, tmp_path: Path) -> None:
    run = Run(tmp_path / "gone")
    assert run.state in ("lost", "waiting") and run.samples == {} and len(run.history) == 0
    with pytest.raises(Refusal, match=r"has no experiment\.json; it was deleted or moved"):
        _ = run.experiment


def test_arrays_that_claim_more_than_they_hold_are_refused_before_memory_is_taken(tmp_path: Path) -> None:
    import io
    import zipfile

    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (10**10,)})
    with zipfile.ZipFile(tmp_path / "weights.npz", "w") as archive:
        archive.writestr("a.npy", header.getvalue() + b"\0" * 64)
    with pytest.raises(Refusal, match="another size than it claims"):
        checkpoints.read_arrays(tmp_path / "weights.npz")


def test_matrices_in_eight_bits_come_back_as_floats_close_to_what_they_were(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    kernel = (rng.normal(size=(3, 3, 16, 8)) * np.geomspace(1e-3, 10, 8)).astype(np.float32)
    arrays = {"kernel": kernel, "nothing": np.zeros((4, 2), np.float32), "bias": np.ones(8, np.float16), "step": np.array([3])}
    checkpoints.save(tmp_path / "1", about={}, weights=checkpoints.in_eight_bits(arrays))
    back = checkpoints.load(tmp_path / "1")[1]["weights"]
    assert back.keys() == arrays.keys() and not back["nothing"].any()
    assert (np.abs(back["kernel"] - kernel) <= np.abs(kernel).max(axis=(0, 1, 2)) / 253).all()
    assert back["bias"].dtype == np.float16 and back["step"] == 3
    assert (tmp_path / "1" / "weights.npz").stat().st_size < kernel.nbytes


@pytest.mark.parametrize("scale", [None, np.ones(3, np.float32), np.ones(2, np.float64), np.ones((2, 2), np.float32)])
def test_eight_bits_without_fitting_scales_are_damaged(scale: np.ndarray | None) -> None:
    arrays = {f"kernel{checkpoints.WHOLE}": np.ones((4, 2), np.int8)}
    if scale is not None:
        arrays[f"kernel{checkpoints.SCALE}"] = scale
    with pytest.raises(checkpoints.Damaged, match="eight bits"):
        checkpoints.in_full(arrays)


def test_eight_bits_that_grow_too_large_are_refused_before_memory_is_taken() -> None:
    large = np.broadcast_to(np.int8(1), (1 << 15, 1 << 15))  # 1 GB that takes no memory, 4 GB as floats
    with pytest.raises(checkpoints.Damaged, match="2048 MB as floats"):
        checkpoints.in_full({f"kernel{checkpoints.WHOLE}": large, f"kernel{checkpoints.SCALE}": np.ones(1 << 15, np.float32)})


def test_a_list_of_5000_runs_takes_seconds(home: Path) -> None:
    import time

    document = {"format": 1, "created": 1.0, "experiment": experiment().to_dict()}
    for number in range(5000):
        folder = home / "runs" / f"20260101-000000-vae-digits-{number:05d}"
        folder.mkdir(parents=True)
        (folder / "experiment.json").write_text(json.dumps(document))
        (folder / "status.json").write_text('{"state": "done", "step": 1}')
    from genmodels.catalogue import runs

    started = time.perf_counter()
    assert sum(row["state"] == "done" for row in runs()) >= 5000
    print(f"5,000 runs listed in {time.perf_counter() - started:.2f} s")
    assert os.environ["GENMODELS_HOME"] == str(home)


@pytest.mark.parametrize("model", ["vae", "gan"])
def test_an_exported_network_draws_what_the_run_draws(model: str, trained, home: Path, tmp_path: Path, inside) -> None:
    folder = trained(model)
    run = Run(Path(shutil.copytree(folder, home / "runs" / folder.name)))
    file = tmp_path / "out" / "drawing.keras"
    assert inside("export", run.id, "--out", file).returncode == 0
    import importlib

    import keras

    importlib.import_module("genmodels.networks.layers")  # what the file names
    network, generator = keras.saving.load_model(file, compile=False), open_model(run)
    latents = generator.latents(64, seed=2)
    drawn = np.asarray(network([latents, np.zeros((64, 0), "float32")]))
    expected = np.round(np.clip(drawn, 0, 1) * 255).astype("uint8")
    assert np.abs(expected.astype(int) - generator.decode(latents)).max() <= 1
    refused = inside("export", run.id, "--out", tmp_path / "drawing.h5")
    assert refused.returncode == 2 and "ends in .keras, not in '.h5'" in refused.stderr
    assert not (tmp_path / "drawing.h5").exists()
