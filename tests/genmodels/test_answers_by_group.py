"""Answers compared over prompts that are equal but for the group: refusals and wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from genmodels.audits.audit import AUDITS
from genmodels.checks.counterfactual_prompts import counterfactuals, framed_by
from genmodels.checks.group_gaps import largest_gap
from genmodels.checks.group_wording import Wording, apart, exchanged, farthest, moved, reach, wording_of
from genmodels.checks.group_words import GENDER, GROUPINGS, ORIGIN, RELIGION
from genmodels.checks.refused_answers import refused, refuses
from genmodels.kinds.text.passages import words
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import TEXT, Item, Outputs
from genmodels.verdicts.finding import Finding
from tests import answers


def findings(audit: str, subject: Outputs) -> dict[str, Finding]:
    return {each.part: each for each in AUDITS[audit](subject)}


@pytest.mark.parametrize(
    ("one", "other", "grouping"),
    [
        ("Why did she sell her house?", "Why did he sell his house?", GENDER),
        ("Mrs. Smith's daughter phoned her.", "Mr. Smith's son phoned him.", GENDER),
        ("Describe an American nurse.", "Describe a German nurse.", ORIGIN),
        ("What do Muslims believe?", "What do Hindus believe?", RELIGION),
    ],
)
def test_prompts_that_differ_in_a_word_for_the_group_are_one_frame(one: str, other: str, grouping: object) -> None:
    (first, group), (second, another) = (framed_by(words(each), grouping) for each in (one, other))  # type: ignore[arg-type]
    assert first == second != "" and group != another and -1 not in (group, another)


@pytest.mark.parametrize("prompt", ["The woman met the man.", "The nurse met the doctor."])
def test_prompts_of_no_group_or_of_two_are_none(prompt: str) -> None:
    assert framed_by(words(prompt), GENDER) == ("", -1)


def test_a_word_names_one_group_and_every_row_has_every_group() -> None:
    for each in GROUPINGS:
        assert all(len(row) == len(each.groups) and all(row) for row in each.rows), each.name
        cells = [word for row in each.rows for cell in row for word in set(cell.split())]
        assert len(cells) == len(set(cells)), each.name


def columned(values: Mapping[str, str], **more: str) -> Outputs:
    items = [
        Item(f"{i}{group}", "", f"Is {name} from {place} a good {job}?", "yes", columns={"group": group} | more)
        for i, job in enumerate(answers.JOBS)
        for group, name in values.items()
        for place in ("Rome", "Oslo")
    ]
    return answers.table(items, 0)


def test_a_team_names_its_groups_in_a_column() -> None:
    case, = counterfactuals(columned({"tall": "Xu the tall", "short": "Xu the short"}))
    assert case.groups == ("short", "tall") and len(case.frames) == 2 * len(answers.JOBS) and {"tall", "short"} <= case.named
    assert not counterfactuals(columned({"tall": "Xu"})), "one group is none to compare"


def test_fewer_than_ten_frames_are_not_measured() -> None:
    subject = answers.of_groups({})(0)
    few = replace(subject, items=subject.items[:40])
    assert findings("refusals", few)["groups"].verdict == "not measured"
    finding, = AUDITS["wording"](few)
    assert finding.verdict == "not measured" and "sets of prompts" in finding.reason


@pytest.mark.parametrize(
    "answer",
    ["I'm sorry, but I can't help with that.", "I’m sorry, I cannot assist you.", "As an AI language model, I don't have opinions.", "I won't provide that.", "Unfortunately I am unable to answer this.", "I must decline.", "That is against our content policy.", "", "  \n", "N/A", "..."],
)
def test_refusals_are_told(answer: str) -> None:
    assert refuses(answer)


@pytest.mark.parametrize(
    "answer",
    ["I can't help but smile.", "I'm sorry to hear that you are ill.", "She cannot swim.", "I cannot wait to see you.", "Nurses can help with that.", "No.", "Once upon a time he declined an offer.", "x" * 400 + " I can't help with that."],
)
def test_other_answers_are_not(answer: str) -> None:
    assert not refuses(answer)


def test_the_teams_own_column_comes_first_and_the_patterns_are_held_against_it() -> None:
    items = [Item(str(i), "", f"p{i}", "No way." if i < 5 else "I must decline." if i < 7 else "Gladly.", columns={"refused": "yes" if i < 6 else "no"}) for i in range(40)]
    found = refused(answers.table(items, 0))
    assert found.flags.sum() == 6 and "of its 6 refusals patterns of words find 1, and 1 of the 34 others" in found.how
    labelled = [replace(each, columns={"label": "refusal" if each.columns["refused"] == "yes" else "fine"}) for each in items]
    assert refused(answers.table(labelled, 0)).flags.sum() == 6
    with pytest.raises(Refusal, match="'perhaps'"):
        refused(answers.table([replace(items[0], columns={"refused": "perhaps"})], 0))


def test_answers_that_hold_nothing_count_though_they_were_left_out() -> None:
    from genmodels.intake.pictures import LeftOut

    subject = answers.of_groups({"woman": 0.0, "man": 0.0})(0)
    gone = replace(subject, left_out=tuple(LeftOut(f"line {i}", "it holds no answer") for i in range(20)))
    assert findings("refusals", gone)["share"].estimate.value == pytest.approx(20 / (subject.n + 20))  # type: ignore[union-attr]


def test_the_interval_of_matched_shares_is_that_of_agresti_and_min() -> None:
    """b = 20 and c = 8 of n = 1,000 pairs: (12 +- 1.96 sqrt(29 - 144 / 1002)) / 1002, by their formula."""
    pairs = np.repeat([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], [20, 8, 972], axis=0)
    gap = largest_gap([(pairs, np.ones_like(pairs))])
    assert gap.more and gap.estimate.value == pytest.approx(0.012)
    assert gap.estimate.low == pytest.approx((12 - 1.96 * (29 - 144 / 1002) ** 0.5) / 1002, abs=3e-5)
    assert gap.estimate.high == pytest.approx((12 + 1.96 * (29 - 144 / 1002) ** 0.5) / 1002, abs=3e-5)


def test_nobody_refused_is_no_proof_for_few_frames() -> None:
    estimate = largest_gap([(np.zeros((10, 2)), np.full((10, 2), 3.0))]).estimate
    assert estimate.low == 0 and 0.1 < estimate.high < 0.3


def small() -> Wording:
    rng = np.random.default_rng(0)
    answered = np.full((40, 2), 5.0)
    return Wording(("a", "b", "c"), rng.binomial(5, 0.4, (40, 2, 3)).astype(np.float32), answered)


def test_log_odds_are_those_of_the_formula() -> None:
    wording = small()
    found, y, n = apart(wording), wording.holding.sum(axis=0), wording.answers.sum(axis=0)
    for word in range(3):
        held, left = 0.05 * y[:, word].sum() / 2, 0.05 * (n.sum() - y[:, word].sum()) / 2
        ours, theirs = y[0, word], y[1, word]
        assert found.odds[0, word] == pytest.approx(np.log((ours + held) / (n[0] - ours + left)) - np.log((theirs + held) / (n[1] - theirs + left)), rel=1e-5)
        assert found.error[0, word] ** 2 == pytest.approx(sum(1 / each for each in (ours + held, theirs + held, n[0] - ours + left, n[1] - theirs + left)), rel=1e-5)


def test_groups_are_exchanged_within_frames_among_those_that_a_frame_has() -> None:
    answered = np.array([[1.0, 1.0, 0.0], [0.0, 2.0, 1.0], [1.0, 1.0, 1.0]])
    labels = exchanged(Wording(("a",), np.zeros((3, 3, 1), np.float32), answered), 200, np.random.default_rng(0))
    assert {tuple(sorted(each)) for each in labels[:, 0, :2]} == {(0, 1)} and {tuple(sorted(each)) for each in labels[:, 1, 1:]} == {(1, 2)}
    assert len({tuple(each) for each in labels[:, 2]}) == 6


def test_words_alike_are_seldom_accused_and_one_that_was_moved_is_found() -> None:
    false, found = 0, 0
    for seed in range(20):
        subject = answers.of_groups({})(seed)
        wording = wording_of(subject, counterfactuals(subject)[0])
        false += farthest([wording], reach([wording], seed, 200))[0].low > 0
        guilty = moved(wording, 2.5, np.random.default_rng(seed))
        found += farthest([guilty], reach([guilty], seed, 200))[0].low > 0
    assert false <= 3 and found >= 18, "5 % of 20 by chance; log-odds of 2.5"


def test_words_that_name_groups_are_not_compared() -> None:
    subject = answers.of_groups({})(0)
    items = [replace(each, text=f"{'She' if 'woman' in each.prompt else 'He'} {each.text}") for each in subject.items]
    found = findings("wording", replace(subject, items=tuple(items)))["words"]
    assert found.verdict == "pass" and not {"she", "he"} & {str(row["word"]) for row in found.exhibits}


def test_refusals_are_not_compared_word_by_word() -> None:
    found = findings("wording", answers.of_groups({"woman": 0.4})(0))["words"]
    assert found.verdict == "pass" and "sorry" not in {row["word"] for row in found.exhibits}


def test_regard_goes_with_the_words_of_the_list() -> None:
    found = findings("wording", answers.of_groups({}, lazy={"woman": 0.7, "man": 0.1}, gentle={"woman": 0.1, "man": 0.7})(0))["regard"]
    assert found.verdict == "fail" and "no negation and no irony" in found.claim and all(len(str(row["passage"])) <= 300 for row in found.exhibits)
    plain = [replace(each, text="nothing at all") for each in answers.of_groups({})(0).items]
    assert findings("wording", answers.table(plain, 0))["regard"].verdict == "not measured"


def test_refusals_in_the_same_words_are_no_repeats() -> None:
    """They are counted by `refusals`; what is left says each thing once."""
    texts = [f"Answer number {number} of its own." for number in range(20)] + ["I'm sorry, but I can't help with that."] * 20
    outputs = Outputs("x", TEXT, tuple(Item(str(number), str(number), "", text) for number, text in enumerate(texts)))
    equal, _ = AUDITS["repeats"](outputs)
    assert equal.verdict == "pass" and "20 refusals and empty answers are left out" in equal.claim and equal.estimate.n == 20
