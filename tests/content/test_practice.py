import pytest

from content.answer_message import topic_message
from content.practice import packaged_practice, practice_of
from content.question_bank import keys_of
from content.regulation_loader import load_pack, load_regulations
from content.rendering import render
from content.topics import topics_of
from tests.fakes.regulation_pack import NAME, pack_text

REGULATIONS = load_regulations()


@pytest.mark.parametrize("regulation", REGULATIONS.values(), ids=REGULATIONS)
def test_every_value_and_behaviour_is_told_in_our_own_words(regulation):
    for topic in topics_of(regulation).values():
        if topic.value is not None:
            told = practice_of(regulation, topic.id)
            assert told, topic.id
            assert told not in {passage.text for passage in topic.passages}
            assert told in render(*topic_message(regulation, topic.id)).text


def test_a_behaviour_worded_otherwise_in_one_regulation_is_told_otherwise():
    told = {name: practice_of(regulation, "nilai/adaptif/3") for name, regulation in REGULATIONS.items()}
    assert "pikiran baik" in told["karanganyar-44-2023"]  # "bertindak positif"
    assert "tanpa menunggu disuruh" in told["kupang-30-2025"] == told["tangerang-66-2023"]  # "bertindak proaktif"


def test_nothing_is_told_of_topics_that_there_are_not():
    keys = {key for regulation in REGULATIONS.values() for key in keys_of(regulation)}
    assert set(packaged_practice()) <= keys
    for regulation in REGULATIONS.values():
        for key in keys_of(regulation):
            assert packaged_practice().get(key, {}).keys() <= topics_of(regulation).keys()


def test_a_regulation_without_words_of_ours_is_answered_all_the_same():
    regulation = load_pack(NAME, pack_text())
    assert practice_of(regulation, "nilai/tepat-janji") is None
    assert "Dalam praktik" not in render(*topic_message(regulation, "nilai/tepat-janji")).text
