"""The command beside a finding gives it again, on another machine too: it names files and no folders."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genmodels.commands.main import main
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
