import json

import pytest

from bot.evaluating import (
    DECLINED,
    Confusion,
    Question,
    Scores,
    Verdict,
    WrongQuestions,
    by_part,
    confusions,
    read_questions,
    scores,
    verdicts_on,
)
from content.regulation_loader import load_regulations

REGULATIONS = load_regulations()
RIGHT = Verdict(Question("a", "kupang-30-2025", "", ("motto",), ("nilai",), "direct"), ("motto",))
FAIR = Verdict(Question("b", "kupang-30-2025", "", ("motto",), ("nilai",), "typo"), ("nilai", "motto"), asked_back=True)
SECOND = Verdict(Question("c", "serang-25-2018", "", ("motto",), (), "typo"), ("salam", "nilai", "motto"))
REFUSED = Verdict(Question("d", "serang-25-2018", "", ("motto",), (), "typo"), ())
TAKEN = Verdict(Question("e", "serang-25-2018", "", (DECLINED,), (), "direct"), ("salam",))
LEFT = Verdict(Question("f", "serang-25-2018", "", (DECLINED,), (), "direct"), ())
EVERY = [RIGHT, FAIR, SECOND, REFUSED, TAKEN, LEFT]


def test_the_scores_count_what_the_questions_say():
    assert scores(EVERY) == Scores(
        in_scope=4, top1=2, strict=1, top3=3, asked_back=1, false_declines=1, out_of_scope=2, false_answers=1
    )


def test_the_scores_are_told_by_regulation_and_by_style():
    parts = by_part(EVERY)
    assert list(parts) == ["kupang-30-2025", "serang-25-2018", "direct", "typo"]
    assert parts["kupang-30-2025"] == scores([RIGHT, FAIR])
    assert parts["typo"] == scores([FAIR, SECOND, REFUSED])


def test_confusions_stand_most_frequent_first_with_the_questions_that_show_them():
    again = Verdict(Question("g", "kupang-30-2025", "", ("motto",), (), "typo"), ("salam",))
    assert confusions([*EVERY, again]) == [
        Confusion("motto", "salam", 2, ("c", "g")),
        Confusion(DECLINED, "salam", 1, ("e",)),
        Confusion("motto", DECLINED, 1, ("d",)),
    ]


def test_a_did_you_mean_is_told_from_an_answer():
    text = "lihat rekan begitu waktu melayani"
    (verdict,) = verdicts_on([Question("1", "kupang-30-2025", text, ("x",))], REGULATIONS)
    assert verdict.asked_back


def test_a_question_in_the_file_is_answered_for_its_own_regulation():
    asked = [{"id": "1", "regulation": name, "text": "twibbon", "expected": ["x"]} for name in ("kupang-30-2025",)]
    asked.append({"id": "2", "regulation": "tangerang-66-2023", "text": "twibbon", "expected": ["x"], "note": "kept"})
    lines = [b"\n", *(json.dumps(line).encode() for line in asked)]
    first, second = verdicts_on(read_questions(lines, REGULATIONS), REGULATIONS)
    assert first.topics == ()
    assert not second.asked_back
    assert second.topics[0] == "aktivasi/twibbon"


@pytest.mark.parametrize(
    "line",
    [
        b"x",
        b"[]",
        b'{"id":"1","regulation":"kupang-30-2025","text":"a"}',
        b'{"id":"1","regulation":"kupang-30-2025","text":"a","expected":[]}',
        b'{"id":"1","regulation":"medan-1-2020","text":"a","expected":["motto"]}',
    ],
)
def test_a_line_that_is_no_question_is_named(line):
    with pytest.raises(WrongQuestions) as caught:
        read_questions([b"", line], REGULATIONS)
    assert caught.value.line == 2
