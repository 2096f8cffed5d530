"""What those who look at a training are sent, and how much of its speed it keeps while twenty look at it."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from contextlib import AsyncExitStack
from pathlib import Path

import psutil
import pytest

from genmodels.runs import launching
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from tests.dashboard.made import made
from tests.dashboard.sessions import Session, served

VIEWERS, WINDOW, TURNS = 20, 20.0, 3  # sessions, seconds, windows with viewers; one without before and after each


async def speed(run: Run, seconds: float = WINDOW) -> float:
    """Steps a second of a training, by the clock, over the next so many seconds."""
    begun, step = time.monotonic(), run.status["step"]
    await asyncio.sleep(seconds)
    return float((run.status["step"] - step) / (time.monotonic() - begun))


def processor_seconds(process: int) -> float:
    times = psutil.Process(process).cpu_times()
    return float(times.user + times.system)


async def kept(port: int, server: int, run: Run) -> list[float]:
    """The speed with viewers over the mean of that without them before and after, window by window."""
    alone, watched, taken = [await speed(run)], [], []
    for _ in range(TURNS):
        async with AsyncExitStack() as stack:
            sessions = [await stack.enter_async_context(Session(port)) for _ in range(VIEWERS)]
            await asyncio.gather(*(session.open("train", 300, run=run.id) for session in sessions))
            await asyncio.sleep(20)  # until all have the pace that so many have
            before = processor_seconds(server)
            watched.append(await speed(run))
            taken.append((processor_seconds(server) - before) / WINDOW)
            assert all(session.errors == [] and session.runs > 1 for session in sessions)
        await asyncio.sleep(3)
        alone.append(await speed(run))
    print(f"\nsteps a second alone {[round(each, 1) for each in alone]}, with {VIEWERS} viewers {[round(each, 1) for each in watched]}, cores that the server took {[round(each, 2) for each in taken]}, load {os.getloadavg()}")
    return [each / statistics.mean(alone[number : number + 2]) for number, each in enumerate(watched)]


@pytest.mark.slow
def test_a_training_keeps_four_fifths_of_its_speed_with_twenty_viewers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path))
    monkeypatch.setenv("GENMODELS_CHECKPOINT_SECONDS", "10")
    with served(tmp_path) as (port, _, server):
        run = launching.start(Experiment.from_dict({"model": "vae", "data": "digits", "epochs": 100_000}), RunStore.default())
        try:
            for _ in range(1200):
                if run.status.get("epoch", 0) >= 3:
                    break
                time.sleep(0.1)
            ratios = asyncio.run(kept(port, server, run))
        finally:
            launching.stop(run)
            for _ in range(600):
                if run.state not in ("waiting", "running"):
                    break
                time.sleep(0.1)
    print(f"kept: {[round(each, 3) for each in ratios]}, median {statistics.median(ratios):.3f}")
    assert statistics.median(ratios) >= 0.8, ratios


def test_charts_and_pictures_come_again_only_when_there_is_something_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the server sends: numbers at every look, charts and pictures after a line was logged."""
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path))
    run = made("running")
    charts, numbers = "bidi_component", "progress"

    async def seen(port: int) -> None:
        async with Session(port) as session:
            await session.open("train", 120, run=run.id)
            first = session.sent.copy()
            once = first[charts] - 1  # one is of the whole page: what has links followed in the same tab
            assert once >= 3 and first["imgs"] == 3 and first[numbers] >= 1 and session.errors == []
            await until_sent(session, numbers, first[numbers] + 7)
            assert session.sent[charts] == first[charts] and session.sent["imgs"] == first["imgs"]
            with open(run.path / "history.jsonl", "a") as file:
                file.write('{"step": 61, "epoch": 3, "seconds": 7.0, "loss": 1.0}\n')
            await until_sent(session, charts, first[charts] + once)
            assert session.sent[charts] == first[charts] + once and session.errors == []
            await until_sent(session, numbers, session.sent[numbers] + 7)
            assert session.sent[charts] == first[charts] + once

    with run.lease(), served(tmp_path) as (port, _, _):
        asyncio.run(seen(port))


async def until_sent(session: Session, kind: str, least: int) -> None:
    for _ in range(1200):
        if session.sent[kind] >= least:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(session.sent)
