import pytest

from content.knowledge_base import Declined, Reason, find_answer
from content.noise import is_noise
from content.question_bank import packaged_bank, utterances_for
from content.regulation_loader import load_regulations

REGULATIONS = load_regulations()
NOISE = [
    *("asdfghjkl", "qwerty", "wkwkwk123", "wkwk", "hahaha", "hehe", "xixixi", "kwkwkw", "lkjhgfdsa", "zxcvbnm asdf"),
    *("qwertyuiop 123", "WKWKWK", "haha hihi", "fghj", "bcdfg"),
]


@pytest.mark.parametrize("text", NOISE)
def test_noise_is_not_understood(text):
    assert is_noise(text)
    for regulation in REGULATIONS.values():
        assert find_answer(regulation, text) == Declined(Reason.NOT_UNDERSTOOD)


@pytest.mark.parametrize(
    "text", ["", "123", "kbk", "tpbk", "sk", "yel yel", "haha, akuntabel apa", "twibbon", "skrtrs kbk"]
)
def test_what_has_a_word_in_it_is_not(text):
    assert not is_noise(text)


def test_nothing_that_the_bank_says_of_a_topic_is_noise():
    said = {row.text for pack in REGULATIONS.values() for row in utterances_for(packaged_bank(), pack)}
    heard = {
        row.text
        for pack in REGULATIONS.values()
        for row in utterances_for(packaged_bank(), pack)
        if "?" not in row.topics[0]
    }
    assert len(said) > len(heard) > 0
    assert [text for text in heard if is_noise(text)] == []
