"""The command beside a finding gives it again, on another machine too: it names files and no folders."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genmodels.audits.audit import AUDITS
from genmodels.commands.main import main
from genmodels.review.repeating import with_commands_of_run
from genmodels.review.report import report
from genmodels.review.run_document import run_document
from genmodels.runs.store import gallery_names
from genmodels.runs.store import shipped as shipped_run
from genmodels.verdicts.finding import from_dict


def test_the_command_of_a_finding_gives_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    folder, elsewhere = tmp_path / "secret place" / "what they made", tmp_path / "elsewhere"
    folder.mkdir(parents=True)
    for number in range(12):
        drawn = np.random.default_rng(number // 2).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(drawn).resize((64, 64)).save(folder / f"{number}.png")
    (tmp_path / "ours.json").write_text('{"name": "ours", "limits": {"repeats": {"equal": 0.9}}}')
    main(["audit", str(folder), "--audit", "repeats", "--seed", "7", "--policy", str(tmp_path / "ours.json"), "--out", str(tmp_path / "out"), "--json"])
    finding = json.loads(capsys.readouterr().out)["findings"][0]
    assert finding["command"] == "genmodels audit 'what they made' --audit repeats --seed 7 --policy ours.json" and "secret" not in finding["command"]
    assert from_dict(finding).audit == "repeats", "it is read again as a finding"
    shutil.copytree(folder, elsewhere / folder.name)
    shutil.copy(tmp_path / "ours.json", elsewhere)
    monkeypatch.chdir(elsewhere)
    main([*shlex.split(finding["command"])[1:], "--out", str(tmp_path / "again"), "--json"])
    assert json.loads(capsys.readouterr().out)["findings"][0] == finding


@pytest.mark.parametrize("name", gallery_names())
def test_each_number_of_a_run_has_a_command_that_there_is(name: str) -> None:
    """Of every shipped run: the metric and the audit of each command are known, with the n and the seed of the number."""
    from genmodels.measuring.measure import MEASURED

    run = shipped_run(name)
    document = run_document(run)
    metrics = MEASURED[run.experiment.make_recipe().role_for(run.spec)].names
    for row in document.get("measures") or []:
        words = shlex.split(row["command"])
        metric = words[words.index("--metric") + 1]
        assert words[:3] == ["genmodels", "measure", name] and (metric in metrics or row["metric"] in metrics), row["command"]
    for row in document.get("findings") or []:
        if row.get("made"):
            words = shlex.split(row["command"])
            assert words[:5] == ["genmodels", "audit", name, "--audit", row["audit"]] and row["audit"] in AUDITS
            assert words[words.index("-n") + 1] == str(row["made"]["n"])
    assert len(document["obligations"]) and "Evidence" not in report({"run": "empty"})


def test_hostile_rows_give_words_and_no_shell() -> None:
    rows = {"findings": [{"audit": "$(id)", "made": {"n": "`id`; rm", "seed": "x y", "policy": {"name": "a b"}}}, {"audit": "x"}, 3], "measures": [{"metric": "a [b; c]"}, {"metric": ""}, "x"]}
    found = with_commands_of_run(rows, "r u n", ["demo"])
    assert shlex.split(found["findings"][0]["command"]) == ["genmodels", "audit", "r u n", "--audit", "$(id)", "-n", "`id`; rm", "--seed=x y", "--policy", "a b.json"]
    assert shlex.split(found["measures"][0]["command"])[-2:] == ["--features", "b; c"] and "command" not in found["findings"][1] and found["findings"][2] == 3
