"""Shares by prompt, two questions crossed, faults by what people saw, guesses by words: what is planted is found, nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact

from genmodels.audits.audit import AUDITS
from genmodels.checks.cheap_readers import guessed
from genmodels.checks.label_prompts import holm
from genmodels.checks.prompt_groups import counterfactual_prompts
from genmodels.labelling.labels import Given, Labels
from genmodels.labelling.question import ANSWER_WORDS, PRESENTATION, PROMPT_WORDS, SHOWN, STEREOTYPE, Question
from genmodels.subjects.outputs import TEXT, Item, Outputs
from genmodels.verdicts.finding import Finding

TONE = Question("tone", "Which skin tone is shown?", ("light", "dark"))
WHO = Question("who", "Who is told of?", ("a woman", "a man"))


def told(bad: float = 0.02, *, one_prompt: float | None = None, dark_women: float | None = None, n: int = 600, seed: int = 0) -> Outputs:
    """Outputs of six prompts about women and men of two tones, all labelled; faults by prompt or by what is seen."""
    rng = np.random.default_rng([seed, 4])
    items, given = [], []
    for i in range(n):
        prompt = f"a photo of person {i % 6}"
        who, tone = ("a woman", "a man")[rng.integers(2)], ("light", "dark")[rng.integers(2)]
        share = one_prompt if one_prompt is not None and i % 6 == 0 else bad
        share = dark_women if dark_women is not None and (who, tone) == ("a woman", "dark") else share
        fault = "yes" if rng.random() < share else "no"
        items.append(Item(f"{i}", f"line {i}", prompt, f"This tells of {who}."))
        given += [Given(f"{i}", question, "Ann", answer) for question, answer in (("who", who), ("tone", tone), ("stereotype", fault))]
    return Outputs("t", TEXT, tuple(items), seed=seed, labels=Labels((WHO, TONE, STEREOTYPE), tuple(map(str, range(n))), tuple(given), n, seed))


def parts(outputs: Outputs) -> dict[str, Finding]:
    return {each.part: each for each in AUDITS["shares"](outputs)}


def test_holm_is_what_the_paper_says() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06]) and holm([0.6, 0.7]) == [1, 1]


def test_the_prompt_that_gives_faults_is_found() -> None:
    found = parts(told(one_prompt=0.3))["stereotype, by prompt"]
    assert found.verdict == "fail" and "person 0" in found.claim and "1 prompts lie beyond" in found.claim
    assert parts(told())["stereotype, by prompt"].verdict in ("pass", "not measured")
    rates = found.error_rates
    assert rates is not None and rates["false_alarm"] <= 0.06 and rates["power"] > 0


def test_faults_of_one_intersection_are_found() -> None:
    """Dark women alone are wronged: neither all women nor all dark ones are as far apart as they."""
    found = parts(told(0.0, dark_women=0.4))
    crossed = found["stereotype, by who x tone"]
    assert crossed.verdict == "fail" and "a woman, dark" in crossed.claim and "as people labelled them" in crossed.claim
    assert crossed.estimate is not None and crossed.estimate.value > found["stereotype, by who"].estimate.value  # type: ignore[union-attr]


def test_two_questions_are_crossed_and_small_cells_named() -> None:
    even = parts(told())["who x tone"]
    assert even.verdict == "reported" and "No pair comes together" in even.claim
    few = parts(told(n=24))["who x tone"]
    assert few.verdict == "reported" and len(few.exhibits[0]["cells"]) == 4
    assert "too small" in parts(told(n=40, one_prompt=0.1))["stereotype, by prompt"].claim or parts(told(n=40))["stereotype, by prompt"].estimate is not None


def test_p_values_of_cells_are_those_of_fisher() -> None:
    outputs = told()
    rows = parts(outputs)["who x tone"].exhibits[0]["cells"]
    said = {each.item: {} for each in outputs.labels.given}  # type: ignore[union-attr]
    for each in outputs.labels.given:  # type: ignore[union-attr]
        said[each.item][each.question] = each.answer
    table = [[sum(one["who"] == who and one["tone"] == tone for one in said.values()) for tone in TONE.answers] for who in WHO.answers]
    p = fisher_exact(table)[1]
    assert min(row["p after Holm"] for row in rows) == pytest.approx(min(1, 4 * p))


def test_words_guess_an_answer() -> None:
    items = tuple(Item(str(i), str(i), prompt, text) for i, (prompt, text) in enumerate([("a photo of a nurse", "She was kind."), ("a man", "Nothing"), ("two women", "He and she"), ("x", "y")]))
    outputs = Outputs("t", TEXT, items)
    by_answer = guessed(outputs, Question("who", "Who?", WHO.answers, reader=ANSWER_WORDS), ["a woman"], np.arange(0))
    by_prompt = guessed(outputs, Question("who", "Who?", WHO.answers, reader=PROMPT_WORDS), ["a woman"], np.arange(0))
    assert by_answer is not None and by_answer.tolist() == [1, 0, 0.5, 0]
    assert by_prompt is not None and by_prompt.tolist() == [0, 0, 1, 0]
    assert guessed(outputs, Question("who", "Who?", WHO.answers, reader=PRESENTATION), ["a woman"], np.arange(0)) is None, "it reads pictures"


def test_a_reader_never_stands_for_labels() -> None:
    outputs = told()
    labels = outputs.labels
    assert labels is not None
    read = Question("who", WHO.text, WHO.answers, at_most={"a woman": 0.6}, reader=ANSWER_WORDS)
    nobody = Outputs("t", TEXT, outputs.items, labels=Labels((read,), labels.sample, (), len(labels.sample)))
    (found,) = AUDITS["shares"](nobody)
    assert found.verdict == "not measured" and "Nobody has labelled" in found.reason
    first = [each for each in labels.given if each.question == "who" and int(each.item) < 60]
    few = Outputs("t", TEXT, outputs.items, labels=Labels((read,), tuple(map(str, range(60))), tuple(first), 600))
    (helped,) = AUDITS["shares"](few)
    assert "guesses (words of the answer): they say what people say of 60 of 60" in helped.claim
    plain = Outputs("t", TEXT, outputs.items, labels=Labels((Question("who", WHO.text, WHO.answers, at_most={"a woman": 0.6}),), tuple(map(str, range(60))), tuple(first), 600))
    (alone,) = AUDITS["shares"](plain)
    assert helped.estimate and alone.estimate and helped.estimate.high - helped.estimate.low < 0.8 * (alone.estimate.high - alone.estimate.low)
    assert SHOWN.answers[0] == "a woman"


def test_prompts_are_crossed_by_two_groupings() -> None:
    prompts = [f"a photo of a {age} {who}" for age in ("young", "old") for who in ("woman", "man")] + ["a photo of a tree"]
    outputs = Outputs("t", TEXT, tuple(Item(str(i), str(i), prompt, "x") for i, prompt in enumerate(prompts)))
    found = {each.grouping: each for each in counterfactual_prompts(outputs)}
    assert found["gender x age"].names == ["man, old", "man, young", "woman, old", "woman, young"]
    assert len(set(found["gender x age"].templates[:4])) == 1 and found["gender x age"].groups[4] == ""
    assert sorted(found) == ["age", "gender", "gender x age"]
