"""A plan fixes what is asked before any answer is seen; answers are matched by id, and what does not fit is named."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.stats import binom

from genmodels.audits.audit import AUDITS
from genmodels.bench.in_place import WORLDS, World
from genmodels.bench.in_place import planned as planned_power
from genmodels.commands.main import main
from genmodels.estimates.estimate import clopper_pearson
from genmodels.refusal import Refusal
from genmodels.review.plan_sizes import SIZES, needed, of_difference, sizes_of
from genmodels.review.planning import planned, planned_under, write_plan
from genmodels.review.policy import Policy
from genmodels.subjects.answers import outputs_of_answers
from genmodels.subjects.outputs import Outputs
from genmodels.subjects.plan import matched, read_plan
from genmodels.verdicts.finding import verdict_of

LONGER = ("marks", "verbatim", "personal-data")  # audits that take longer to repeat
PROMPTS = ("A {group} at work", "A house")


@pytest.mark.parametrize(("accepted", "effect"), [(0.0, 0.05), (0.1, 0.1), (0.5, 0.15)])
def test_so_many_answers_find_the_fault_and_clear_the_innocent(accepted: float, effect: float) -> None:
    """By the rule of the verdicts themselves: nine of ten each, and with half as many answers not."""
    def rates(n: int) -> tuple[float, float]:
        verdicts = [verdict_of(clopper_pearson(k, n), limit=accepted, effect=effect) for k in range(n + 1)]
        chance = {share: binom.pmf(np.arange(n + 1), n, share) for share in (accepted, accepted + effect)}
        found = sum(p for p, verdict in zip(chance[accepted + effect], verdicts, strict=True) if verdict == "fail")
        unsure = sum(p for p, verdict in zip(chance[accepted], verdicts, strict=True) if verdict == "not measured")
        return found, unsure

    n = needed(accepted, effect)
    found, unsure = rates(n)
    assert found >= 0.9 and unsure <= 0.1
    found, unsure = rates(n // 2)
    assert found < 0.9 or unsure > 0.1


def test_a_prompt_with_a_group_is_asked_once_for_each_with_the_same_seeds() -> None:
    plan = planned("text", ["repeats"], PROMPTS, groups=("woman", "man"), seed=5)
    women, men, houses = ([each for each in plan.questions if each.group == group] for group in ("woman", "man", ""))
    assert [each.seed for each in women] == [each.seed for each in men] == list(range(5, 5 + len(women))) and houses
    assert {each.prompt for each in women} == {"A woman at work"} and [each.pair for each in women] == [each.pair for each in men]
    assert len({each.id for each in plan.questions}) == len(plan.questions)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"prompts": PROMPTS}, "at least two groups"),
        ({"prompts": ()}, "no prompt to ask"),
        ({"names": ["bias"], "prompts": ("x",)}, "audit bias is not asked"),
        ({"names": ["marks"], "prompts": ("x",), "kind": "text"}, "audit marks is not asked of text"),
    ],
)
def test_what_can_not_be_planned_is_refused(given: dict, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        planned(given.get("kind", "image"), given.get("names", []), given["prompts"])


def test_answers_are_matched_by_id_and_nothing_is_dropped_silently(tmp_path: Path) -> None:
    write_plan(planned("text", ["repeats"], PROMPTS, groups=("woman", "man")), tmp_path / "plan")
    plan = read_plan(tmp_path / "plan")
    ids = [each.id for each in plan.questions]
    rows = [{"id": own, "response": f"answer {own}", "prompt": "something else" if own == ids[4] else plan.questions[i].prompt} for i, own in enumerate(ids) if i != 2]
    rows += [{"id": ids[0], "response": "again"}, {"id": "nobody", "response": "x"}]
    (tmp_path / "answers.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    answers, matching = matched(plan, outputs_of_answers(tmp_path / "answers.jsonl"))
    assert matching.unfit == {"gaps": (ids[2],), "twice": (ids[0],), "extras": (f"line {len(rows)}",), "empty": (), "other prompt": (ids[4],)}
    assert answers.items[0].text == f"answer {ids[0]}" and answers.items[0].columns["group"] == "woman" and answers.n == len(ids) - 1
    assert [item.prompt for item in answers.items] == [each.prompt for each in plan.questions if each.id != ids[2]], "the plan's prompts count"
    with pytest.raises(Refusal, match="has an id of the plan"):
        (tmp_path / "other.csv").write_text("response\nx\n")
        matched(plan, outputs_of_answers(tmp_path / "other.csv"))


@pytest.mark.parametrize("change", [{"audits": ["marks"]}, {"questions": []}, {"seal": "0" * 64}, {"policy": {"limits": {}}}, {"format": 9}, {"kind": 3}])
def test_a_plan_that_was_changed_is_refused(tmp_path: Path, change: dict) -> None:
    write_plan(planned("text", ["repeats"], ("x",)), tmp_path)
    document = json.loads((tmp_path / "plan.json").read_text())
    (tmp_path / "plan.json").write_text(json.dumps(document | change))
    with pytest.raises(Refusal):
        read_plan(tmp_path)
    for content in (b"", b"[1]", b"{}", b"\xff\xfe", b"[" * 10_000):
        (tmp_path / "plan.json").write_bytes(content)
        with pytest.raises(Refusal):
            read_plan(tmp_path)


def test_from_the_plan_to_the_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "prompts.txt").write_text("A red car\n=cmd()\n")
    (tmp_path / "policy.json").write_text('{"name": "ours", "limits": {"repeats": {"equal": 0.2}}, "required": ["repeats"]}')
    asked = ["plan", "--prompts", str(tmp_path / "prompts.txt"), "--audit", "repeats", "--policy", str(tmp_path / "policy.json")]
    assert main([*asked, "--out", str(tmp_path / "plan"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["questions"] == 20 and "'=cmd()" in (tmp_path / "plan" / "ask.csv").read_text(), "no cell is a formula"
    assert "diffusers" in (tmp_path / "plan" / "HOW.md").read_text()
    assert main([*asked, "--out", str(tmp_path / "plan")]) == 2, "a sealed plan is not replaced"
    (tmp_path / "answers").mkdir()
    for number, line in enumerate((tmp_path / "plan" / "ask.jsonl").read_text().splitlines()[1:]):
        pixels = np.random.default_rng(number).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "answers" / f"{json.loads(line)['id']}.png")
    capsys.readouterr()
    returned = ["audit", str(tmp_path / "plan"), "--outputs", str(tmp_path / "answers"), "--out", str(tmp_path / "out"), "--json"]
    assert main(returned) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["plan"]["seal"] == told["seal"] and document["plan"]["matching"]["gaps"]["count"] == 1
    assert document["policy"]["name"] == "ours" and document["findings"][0]["limit"] == 0.2
    (tmp_path / "later.json").write_text('{"name": "later", "limits": {"repeats": {"equal": 0.9}}}')
    assert main([*returned, "--policy", str(tmp_path / "later.json")]) == 2 and "sealed under another policy" in capsys.readouterr().err
    assert Policy.read(tmp_path / "policy.json").digest == document["policy"]["digest"]


def test_a_plan_under_a_policy_with_a_team_is_audited_under_it() -> None:
    team = {"role": "provider", "placed": "2026-09-01"}
    policy = Policy("ours", {}, ("repeats",), team, ("repeats",))
    plan = planned("text", ["repeats"], ("x",), policy=policy)
    assert planned_under(plan) == policy and planned_under(plan).digest == plan.policy["digest"]


@pytest.mark.parametrize("world", [each for each in WORLDS if each.audit not in LONGER], ids=lambda each: f"{each.audit}.{each.limit}")
def test_a_plan_asks_for_enough_of_each_limit(world: World) -> None:
    """A fault as large as the default policy names, on 40 new data sets of the planned size: 9 of 10 found, three standard errors."""
    found = planned_power(world, 40)
    assert found.found.value >= 0.9 - 3 * (0.09 / 40) ** 0.5 and found.n == sizes_of(AUDITS[world.audit], {})[world.limit]


@pytest.mark.slow
@pytest.mark.parametrize("world", [each for each in WORLDS if each.audit in LONGER], ids=lambda each: f"{each.audit}.{each.limit}")
def test_a_plan_asks_for_enough_of_each_limit_that_takes_longer(world: World) -> None:
    assert planned_power(world, 40).found.value >= 0.9 - 3 * (0.09 / 40) ** 0.5


def test_every_limit_that_has_an_effect_has_a_size() -> None:
    counted = {f"{each.audit}.{each.limit}" for each in WORLDS}
    for name, audit in AUDITS.items():
        if audit.of is Outputs:
            for limit, n in sizes_of(audit, {}).items():
                assert n >= 20 and (f"{name}.{limit}" in counted or name in ("copies", "likeness")), f"{name}.{limit} is not simulated"
    assert set(SIZES) <= {f"{name}.{limit}" for name, audit in AUDITS.items() for limit in audit.limits()}
    assert sizes_of(AUDITS["wording"], {"words": 10.0}).keys() == {"regard"}, "what nothing can break needs nothing"
    with pytest.raises(Refusal, match="100,000"):
        of_difference(0.0, 0.001)


def test_no_cell_of_a_plan_is_a_formula(tmp_path: Path) -> None:
    prompts = ("=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", 'a "b", c')
    write_plan(planned("text", ["repeats"], prompts), tmp_path)
    with open(tmp_path / "ask.csv", newline="") as file:
        cells = {row["prompt"] for row in csv.DictReader(file)}
    assert cells == {f"'{each}" if each != prompts[-1] else each for each in prompts}
    assert {json.loads(line)["prompt"] for line in (tmp_path / "ask.jsonl").read_text().splitlines()} == set(prompts), "scripts read what is meant"
