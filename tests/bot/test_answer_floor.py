"""The floor under the answers: two points below what was reached, on questions the bank was not written from."""

from pathlib import Path

import pytest

from bot.evaluating import read_questions, scores, verdicts_on
from content.regulation_loader import load_regulations

QUESTIONS = Path(__file__).parents[1] / "content" / "questions" / "dev.jsonl"


@pytest.fixture(scope="module")
def reached():
    regulations = load_regulations()
    questions = read_questions(QUESTIONS.read_bytes().splitlines(), regulations)
    return scores(verdicts_on(questions, regulations))


def test_the_first_answer_is_right_as_often_as_before(reached):
    assert reached.in_scope == 166
    assert reached.top1 / reached.in_scope >= 0.938
    assert reached.strict / reached.in_scope >= 0.914


def test_one_of_the_first_three_is_right_as_often_as_before(reached):
    assert reached.top3 / reached.in_scope >= 0.974


def test_no_more_questions_in_scope_are_declined_than_before(reached):
    assert reached.false_declines / reached.in_scope <= 0.026


def test_no_more_questions_out_of_scope_are_answered_than_before(reached):
    assert reached.out_of_scope == 34
    assert reached.false_answers <= 2
