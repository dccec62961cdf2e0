import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.asking import answer_line, answer_text
from content.regulation_loader import load_regulations

REGULATIONS = load_regulations()


def answered(**line):
    return json.loads(answer_line(REGULATIONS, json.dumps(line).encode()))


def test_a_question_is_answered_with_topic_and_alternatives():
    out = answered(id="q1", regulation="karanganyar-44-2023", text="kapan pasang twibbon?", style="direct")
    assert list(out) == ["id", "topic", "alternatives", "declined"]
    assert (out["id"], out["topic"], out["declined"]) == ("q1", "aktivasi/twibbon", False)
    assert len(out["alternatives"]) <= 2


def test_a_question_out_of_scope_is_declined():
    out = answered(id="q2", regulation="kupang-30-2025", text="kapan pasang twibbon?")
    assert out == {"id": "q2", "topic": None, "alternatives": [], "declined": True}


def test_a_did_you_mean_counts_as_an_answer_with_its_first_suggestion():
    out = answered(id="q3", regulation="kupang-30-2025", text="lihat rekan begitu waktu melayani")
    assert out["declined"] is False
    assert out["topic"]


@pytest.mark.parametrize(
    "line", [b"", b"x", b"[]", b"{}", b'{"id":1,"regulation":"kupang-30-2025","text":""}', b"\xff\xfe"]
)
def test_a_line_that_is_no_question_comes_back_declined_with_the_reason(line):
    out = json.loads(answer_line(REGULATIONS, line))
    assert out["declined"] is True
    assert out["error"]


def test_a_byte_order_mark_before_the_first_line_is_no_fault():
    line = b'\xef\xbb\xbf{"id":"q","regulation":"kupang-30-2025","text":"apa arti loyal"}\r\n'
    assert json.loads(answer_line(REGULATIONS, line))["topic"] == "nilai/loyal"


def test_an_unknown_regulation_is_named_as_such():
    assert answered(id="q", regulation="medan-1-2020", text="apa motto")["error"] == "unknown regulation"


def test_the_whole_answer_holds_every_page_and_every_manifestation():
    regulation = REGULATIONS["karanganyar-44-2023"]
    said = answer_text(regulation, "apa arti nilai akuntabel?")
    assert all(item.text in said for item in regulation.value("akuntabel").manifestations)
    assert "Pasal 8 huruf b angka 3" in said
    said = answer_text(regulation, "indikator maturitas")
    assert all(text in said for level in regulation.maturity for text in (level.indicator, *level.evidence))


def test_a_did_you_mean_lists_what_may_be_meant():
    said = answer_text(REGULATIONS["kupang-30-2025"], "lihat rekan begitu waktu melayani")
    assert "Apakah tentang salah satu hal berikut?" in said
    assert said.count("• ") == 3
    assert said.count(": ") == 3  # each with its wording


def test_what_else_is_near_is_listed_once_behind_the_answer():
    said = answer_text(REGULATIONS["tangerang-66-2023"], "upload twibbon di medsos")
    assert said.count("• Lihat juga: ") == said.count("• ") > 0
    assert said.count("• Lihat juga: Media sosial") == 1


def test_what_is_far_from_the_question_is_not_listed():
    assert "Lihat juga" not in answer_text(REGULATIONS["kupang-30-2025"], "mobil dinas dipakai mudik")


def test_a_decline_says_why_and_what_wider_topic_there_is():
    said = answer_text(REGULATIONS["kupang-30-2025"], "kapan pasang twibbon?")
    assert said.startswith("Mohon maaf, Twibbon tidak diatur")
    assert said.endswith("• Lihat juga: Bentuk-bentuk aktivasi")


@given(st.text(max_size=100))
@settings(max_examples=30, deadline=None)
def test_any_text_gives_one_line(text):
    line = json.dumps({"id": "q", "regulation": "serang-25-2018", "text": text}).encode()
    assert b"\n" not in answer_line(REGULATIONS, line)
