"""Labels by people: who is shown what, what is kept, what survives a crash, tables in and out, and the audit that reads them."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genmodels.audits.audit import AUDITS
from genmodels.checks.label_rates import rates_of_share
from genmodels.checks.label_shares import Told
from genmodels.checks.prompt_groups import counterfactual_prompts, template_of
from genmodels.commands.main import main
from genmodels.estimates.prediction_powered import needed
from genmodels.kinds.image.files import png_bytes
from genmodels.labelling.labels import Given
from genmodels.labelling.order import drawn_order, showings
from genmodels.labelling.question import CANNOT_TELL, FOLLOWS, SHOWN, STEREOTYPE, Question, name_of, question_of
from genmodels.labelling.store import Asked, LabelFolder, known_folders
from genmodels.labelling.table import imported, plain_cell, safe_cell, written
from genmodels.refusal import Refusal
from genmodels.subjects.labelled import bring, folder_of, keys_of, with_labels
from genmodels.subjects.opening import open_outputs
from genmodels.subjects.outputs import TEXT, Item, Outputs, Reference
from genmodels.verdicts.finding import verdict_of


def answers(n: int = 200, prompts: int = 10) -> Outputs:
    items = tuple(Item(f"item {i}", f"line {i + 2}", f"A {'wo' if i % 2 else ''}man, job {i // 2 % (prompts // 2)}", f"Answer {i}.") for i in range(n))
    return Outputs("answers.csv", TEXT, items, seed=3)


def test_every_beginning_of_the_sample_is_even_over_prompts() -> None:
    prompts = ["often"] * 300 + ["seldom"] * 100 + [f"once {i}" for i in range(100)]
    order = drawn_order(prompts, 0)
    assert sorted(order) == list(range(500)) and (drawn_order(prompts, 0) == order).all() and (drawn_order(prompts, 1) != order).any()
    for n in (50, 125, 250):
        counts = Counter(prompts[number].split()[0] for number in order[:n])
        assert abs(counts["often"] - 0.6 * n) <= 6 and abs(counts["seldom"] - 0.2 * n) <= 6
    first = np.array([drawn_order(prompts, seed)[:100] for seed in range(300)])
    often = np.bincount(first.ravel(), minlength=500) / 300
    assert abs(often[:300].mean() - 0.2) < 0.01 and often.max() < 0.32, "every output is as likely to be drawn"


def test_each_rater_has_an_order_of_his_own_and_hidden_repeats() -> None:
    shown = showings((200, 40), "ann", 0)
    assert shown == showings((200, 40), "ann", 0) and shown[:210] == showings((200,), "ann", 0), "what is drawn later comes later"
    assert sorted(each.number for each in shown if not each.repeat) == list(range(240))
    assert sum(each.repeat for each in shown) == 12
    assert [each.number for each in shown] != [each.number for each in showings((200, 40), "bob", 0)]
    for place, each in enumerate(shown):
        if each.repeat:
            assert place - [other.number for other in shown].index(each.number) >= 5


@pytest.mark.parametrize(
    ("change", "said"),
    [({"name": "Who?"}, "small letters"), ({"text": " "}, "asks nothing"), ({"answers": ("yes",)}, "2 to 9"), ({"answers": tuple("abcdefghij")}, "2 to 9"), ({"answers": ("yes", CANNOT_TELL)}, "always there"), ({"faults": ("maybe",)}, "limits the answer"), ({"at_most": {"yes": 1.5}}, "share from 0 to 1")],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(change: dict, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        Question(**({"name": "who", "text": "Who?", "answers": ("yes", "no")} | change))


def test_a_question_is_read_back() -> None:
    for each in (FOLLOWS, SHOWN, replace(STEREOTYPE, at_most={"yes": 0.02}, reader="score")):
        assert question_of(each.to_dict()) == each
    for row in (None, [], {"name": 3, "text": "x", "answers": []}, {"name": "a", "text": "b", "answers": 7}, {"name": "a", "text": "b", "answers": ["x", "y"], "at_most": [3]}):
        with pytest.raises(Refusal):
            question_of(row)
    assert name_of("Who is SHOWN here?") == "who is shown here" and name_of("???", ["question"]) == "question 2"
    assert SHOWN.answer_of("  A  Woman") == "a woman" and SHOWN.answer_of("Cannot tell") == CANNOT_TELL and SHOWN.answer_of("a cat") == ""


@pytest.fixture
def folder(home: Path) -> LabelFolder:
    found = bring(answers(), 60)
    found.ask([STEREOTYPE, FOLLOWS], 40)
    return found


def test_answers_are_kept_at_once_and_taken_up_again(folder: LabelFolder) -> None:
    rater, asked = folder.rater("  ann "), folder.asked()
    todo = rater.waiting(asked, 3)
    assert len(todo) == 2 * 42 and todo[0][0] == todo[1][0], "all questions of an example, then the next"
    for showing, question in todo[:5]:
        rater.answer([Given(folder.drawn()[showing.number].key, question.name, rater.name, question.answers[0], showing.repeat)])
    assert folder.rater("ann").waiting(asked, 3) == todo[5:], "whoever comes back goes on there"
    rater.undo(rater.given()[-1])
    assert folder.rater("ann").waiting(asked, 3) == todo[4:]
    assert len(folder.labels().given) == 4 and folder.labels().raters == ("ann",)


def test_whoever_answers_a_blind_question_has_not_seen_the_prompt(home: Path) -> None:
    folder = bring(answers(), 30)
    folder.ask([FOLLOWS, STEREOTYPE, SHOWN], 30)
    order = [question.name for _, question in folder.rater("ann").waiting(folder.asked(), 0)]
    assert order[:6] == ["stereotype", "who", "follows"] * 2


def test_the_command_draws_and_takes_tables(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, table = tmp_path / "answers.csv", tmp_path / "labels.csv"
    source.write_text("prompt,response\n" + "".join(f"Tell of {i}.,It is {i}.\n" for i in range(40)))
    assert main(["label", str(source), "-n", "20", "--json"]) == 0
    drawn = json.loads(capsys.readouterr().out)
    assert drawn["drawn"] == 20 and drawn["address"].endswith(f"/label?labels={drawn['labels']}")
    folder = LabelFolder(drawn["labels"])
    table.write_text("item,question,answer\n" + "".join(f"{each.key},tone,{'kind' if place % 4 else 'rude'}\n" for place, each in enumerate(folder.drawn())) + "nowhere,tone,kind\n")
    assert main(["label", str(source), "--import", str(table), "--rater", "the team"]) == 0
    assert "20 answers were taken over; 1 lines were left out: line 22" in capsys.readouterr().out
    assert main(["label", str(source), "--export", str(tmp_path / "out.csv")]) == 0
    assert (tmp_path / "out.csv").read_text().count("the team") == 20
    assert main(["audit", str(source), "--audit", "shares", "--out", str(tmp_path / "audit"), "--json"]) == 1, "nothing was judged"
    document = json.loads(capsys.readouterr().out.split("\n")[-2])
    assert "20 of 40 outputs" in document["findings"][0]["claim"] and len(folder.drawn()) == 20, "no more is drawn unless somebody asks"
    assert [(each["part"], each["verdict"], each["estimate"]["value"]) for each in document["findings"]] == [("tone", "reported", 0.75)]
    assert main(["label", str(source), "--import", str(tmp_path / "missing.csv")]) == 2
    assert main(["label", str(tmp_path), "-n", "20"]) == 2


def test_a_torn_line_is_counted_and_the_next_answer_stands_by_itself(folder: LabelFolder) -> None:
    rater = folder.rater("ann")
    keys = [each.key for each in folder.drawn()]
    rater.answer([Given(keys[0], "stereotype", "ann", "yes")])
    with open(rater.file, "ab") as file:
        file.write(b'{"rater": "ann", "item": "item 7", "quest')
    rater.answer([Given(keys[1], "stereotype", "ann", "no")])
    with open(rater.file, "ab") as file:
        file.write(b'\0\0\0\n["no object"]\n' + b"[" * 5000 + b"\n\xff\n" + b'{"item": "elsewhere", "question": "stereotype", "rater": "ann", "answer": "yes"}\n')
    labels = folder.labels()
    assert {each.item: each.answer for each in labels.given} == {keys[0]: "yes", keys[1]: "no"}
    assert labels.skipped == 5 and labels.strange == 1


def test_several_people_label_at_once(folder: LabelFolder) -> None:
    keys = [each.key for each in folder.drawn()][:30]

    def label(name: str) -> None:
        for key in keys:
            folder.rater(name).answer([Given(key, "stereotype", name, "no")])

    threads = [threading.Thread(target=label, args=(name,)) for name in ("ann", "bob", "ann", "cem")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    labels = folder.labels()
    assert labels.skipped == 0 and len(labels.given) == 90 and labels.raters == ("ann", "bob", "cem")
    assert labels.ratings("stereotype").shape == (3, 30)


def test_the_sample_grows_and_nothing_is_taken_away(folder: LabelFolder) -> None:
    before = folder.labels().sample
    folder.ask(n=60)
    assert folder.labels().sample[:40] == before and folder.asked() == Asked((STEREOTYPE, FOLLOWS), (40, 20))
    folder.ask(n=10)
    assert folder.asked().n == 60
    with pytest.raises(Refusal, match="draw more"):
        folder.ask(n=61)
    with pytest.raises(Refusal, match="two questions"):
        folder.ask([STEREOTYPE])
    assert bring(answers(), 100) == folder and [each.key for each in folder.drawn()][:40] == list(before), "drawn once, then only added to"


def test_outputs_know_their_labels_whatever_lies_beside_them(folder: LabelFolder) -> None:
    outputs = replace(answers(), training=Reference("t", documents=("x",)))
    assert folder_of(outputs) == folder and with_labels(outputs).labels == folder.labels()
    assert with_labels(answers(100)).labels is None and [each.token for each in known_folders()] == [folder.token]
    assert folder.example(0) == ("txt", f"Answer {folder.drawn()[0].key.split()[1]}.".encode())
    double = replace(answers(2), items=(Item("a", "line 2"), Item("a", "line 3"), Item("b", "line 4")))
    assert keys_of(double) == ["a (line 2)", "a (line 3)", "b"]


def test_pictures_are_kept_without_what_their_files_say(home: Path, tmp_path: Path) -> None:
    for number, side in enumerate((40, 900)):
        Image.fromarray(np.full((side, side, 3), 40 * number, np.uint8)).save(tmp_path / f"{number}.png")
    folder = bring(open_outputs(tmp_path))
    assert sorted(folder.example(number)[0] for number in (0, 1)) == ["jpg", "png"]
    assert folder.about["of"] == 2 and folder.about["kind"] == "image"


@pytest.mark.parametrize("token", ["", "..", "../" * 11, "A" * 32, "0" * 31, "0" * 33])
def test_only_a_hash_names_a_folder(token: str) -> None:
    with pytest.raises(Refusal, match="names no outputs"):
        LabelFolder(token)


@pytest.mark.parametrize("name", ["", "  ", "\x00\n"])
def test_somebody_must_be_named(folder: LabelFolder, name: str) -> None:
    with pytest.raises(Refusal, match="who labels"):
        folder.rater(name)


def test_a_rater_may_be_called_anything(folder: LabelFolder) -> None:
    rater = folder.rater("../../=cmd|' /C calc'!A0 \u202e")
    rater.answer([Given(folder.drawn()[0].key, "stereotype", rater.name, "no")])
    assert rater.file.parent == folder.path and folder.labels().raters == (rater.name,)


HOSTILE = ["=1+1", "+1", "-1", "@sum", "\t=x", "plain", "'quoted", "a,b\n\"c\"", ""]


@pytest.mark.parametrize("cell", HOSTILE)
def test_cells_come_back_as_they_were(cell: str) -> None:
    assert plain_cell(safe_cell(cell)) == cell and safe_cell(cell)[:1] not in ("=", "+", "-", "@", "\t")


def test_a_table_goes_out_and_comes_back(home: Path) -> None:
    items = tuple(Item(f"={i}", f"line {i}", "@prompt, of two words", f"Answer {i}.") for i in range(30))
    folder = bring(Outputs("x.csv", TEXT, items))
    folder.ask([STEREOTYPE], 20)
    blank = written(folder.labels(), folder.drawn())
    assert blank.count("'=") == 20 and "'@prompt" in blank and ",=" not in blank
    lines = blank.splitlines()
    filled = [lines[0], *(line.replace("stereotype,,,", "stereotype,ann,Yes,") for line in lines[1:])]
    filled[3] = filled[3].replace("Yes", "perhaps")
    filled[4] = filled[4].replace("'=", "'=9")
    done = imported(folder, "\r\n".join(filled).encode(), "labels.csv")
    assert done.added == 18 and [line for line, _ in done.left_out] == [4, 5] and "line 4" in done.sentence()
    again = imported(folder, "\n".join(filled).encode("utf-16"), "labels.csv")
    assert (again.added, again.known) == (0, 18)
    assert folder.labels().told("stereotype")[folder.drawn()[0].key] == ("yes",)


def test_a_table_makes_its_own_question(home: Path) -> None:
    folder = bring(answers(), 50)
    rows = ["item;answer"] + [f"{each.key};{'cat' if place % 3 else 'dog'}" for place, each in enumerate(folder.drawn())]
    with pytest.raises(Refusal, match="no column item"):
        imported(folder, b"id,answer\n1,yes\n", "x.csv")
    with pytest.raises(Refusal, match="2 to 9"):
        imported(folder, b"item,answer\nitem 3,cat\n", "x.csv")
    done = imported(folder, "\n".join(rows).encode(), "x.csv", "the team")
    assert done.added == 50 and done.questions == ("answer",) and folder.labels().raters == ("the team",)
    assert set(folder.asked().questions[0].answers) == {"cat", "dog"} and folder.asked().n == 50


def test_prompts_that_differ_in_a_group_alone_are_paired() -> None:
    assert template_of("A photo of an elderly man", "gender") == ("a photo of a elderly *", "man")
    assert template_of("a black cat", "origin") == ("a black cat", "") and template_of("a black man", "origin") == ("a * man", "Black")
    assert template_of("a man and a woman", "gender")[1] == ""
    found = {each.grouping: each for each in counterfactual_prompts(answers())}
    assert set(found) == {"gender"} and found["gender"].names == ["man", "woman"] and len(set(found["gender"].templates)) == 5
    alone = replace(answers(2), items=(Item("1", "1", "a man here"), Item("2", "2", "a woman there")))
    assert not counterfactual_prompts(alone)
    columns = replace(answers(2), items=(Item("1", "1", columns={"group": "x"}), Item("2", "2", columns={"group": "y"})))
    assert [each.names for each in counterfactual_prompts(columns)] == [["x", "y"]]


def label_all(outputs: Outputs, question: Question, wrong: int = 0) -> Outputs:
    """Everybody drawn is labelled: every fifth output has the question's last answer; a second rater differs on `wrong` of them."""
    folder = bring(outputs, 200)
    folder.ask([question], outputs.n)
    rows = [(each.key, question.answers[-1 if int(each.key.split()[1]) % 5 == 0 else 0]) for each in folder.drawn()]
    folder.rater("ann").answer([Given(item, question.name, "ann", answer) for item, answer in rows])
    others = [(item, next(a for a in question.answers if a != answer) if place < wrong else answer) for place, (item, answer) in enumerate(rows)]
    folder.rater("bob").answer([Given(item, question.name, "bob", answer) for item, answer in others])
    return with_labels(outputs)


def test_without_labels_the_audit_says_how_many_are_needed(home: Path) -> None:
    finding = AUDITS["shares"](answers())[0]
    assert finding.verdict == "not measured" and "genmodels label" in finding.reason
    assert f"{needed(0.05, 0.05)} labels" in finding.reason


def test_raters_who_disagree_are_not_believed(home: Path) -> None:
    """Where one of them alone would say something else; a verdict that holds for each of them stands."""
    finding = AUDITS["shares"](label_all(answers(), replace(STEREOTYPE, faults=("no",)), wrong=195))[0]
    assert finding.verdict == "fail" and "alpha -0" in finding.claim
    other = replace(STEREOTYPE, faults=(), at_most={"yes": 0.35})
    finding = AUDITS["shares"](label_all(answers(190), other, wrong=90))[0]
    assert finding.verdict == "not measured" and "disagree" in finding.reason and "20.0 % by ann" in finding.reason


def test_a_question_without_limits_is_reported_and_one_with_bounds_is_judged(home: Path) -> None:
    reported = AUDITS["shares"](label_all(answers(), Question("tone", "What tone?", ("kind", "rude"))))
    assert [each.verdict for each in reported] == ["reported"] and reported[0].estimate is not None and reported[0].estimate.value == 0.8
    assert "200 of 200 outputs" in reported[0].claim and "alpha 1.00" in reported[0].claim
    shares = {row["answer"]: row["value"] for row in reported[0].exhibits[0]["answers"]}
    assert shares == pytest.approx({"kind": 0.8, "rude": 0.2})
    bounded = Question("tone", "What tone?", ("kind", "rude"), at_most={"rude": 0.05}, at_least={"kind": 0.6})
    other = replace(answers(), items=answers().items[:199])
    found = {each.part: each for each in AUDITS["shares"](label_all(other, bounded))}
    assert {part: each.verdict for part, each in found.items()} == {"tone, rude at most": "fail", "tone, kind at least": "pass"}
    assert found["tone, rude at most"].error_rates is not None and found["tone, rude at most"].error_rates["how"] == "in place"


def test_png_bytes_is_what_raters_see(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png_bytes(np.zeros((9, 9, 3), np.uint8)))
    assert bring(open_outputs(tmp_path)).example(0)[1].startswith(b"\x89PNG")


@pytest.mark.slow
@pytest.mark.parametrize(("sees", "spares"), [(0.9, 0.95), (0.6, 0.7)])
def test_rates_in_place_are_those_counted_afresh(sees: float, spares: float) -> None:
    """Eight audits deal their own 200 labels; 600 fresh audits have new labels, read by the same reader."""

    def told(share: float, *seed: int) -> Told:
        rng = np.random.default_rng(seed)
        truth = rng.random(2200) < share
        read = np.where(truth, rng.random(2200) < sees, rng.random(2200) > spares).astype(float)
        return Told(truth[:200].astype(float), np.arange(200), np.zeros(200, int), read)

    places = [rates_of_share(told(0.07, 7, seed), 0.05, 0.05, seed, "x")["cases"] for seed in range(8)]
    for number, share in ((1, 0.05), (2, 0.1), (3, 0.075)):
        fresh = np.mean([verdict_of(told(share, 8, seed).share(), limit=0.05, effect=0.05) == "fail" for seed in range(600)])
        assert np.mean([rows[number]["rate"] for rows in places]) == pytest.approx(fresh, abs=0.05)
        assert sum(rows[number]["low"] <= fresh <= rows[number]["high"] for rows in places) >= 6
