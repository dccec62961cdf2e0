"""Which words ask to be left alone, which may, which ask for more, and which speak of something else."""

from pathlib import Path

import pytest
import yaml

from bot.conversations.wishes import Wish, says_stop, wish_in, wish_within

SAID = yaml.safe_load(Path(__file__).with_name("wishes.yaml").read_text("utf-8"))


@pytest.mark.parametrize("words", SAID["stops"])
def test_who_asks_to_be_left_alone_is_heard_however_they_type_it(words):
    assert wish_in(words) is Wish.STOP


@pytest.mark.parametrize("words", SAID["may_ask"])
def test_what_may_ask_for_it_and_may_not_is_unclear(words):
    assert wish_in(words) is Wish.UNCLEAR


@pytest.mark.parametrize("words", SAID["goes_on"])
def test_who_asks_for_more_is_heard(words):
    assert wish_in(words) is Wish.GO_ON


@pytest.mark.parametrize("words", SAID["something_else"])
def test_what_speaks_of_something_else_is_no_wish(words):
    assert wish_in(words) is None


@pytest.mark.parametrize(
    "words", ["berhenti", "Berhenti mbak", "B E R H E N T I", "brhenti", "STOP semuanya", "unsubscribe", "tolong stop"]
)
def test_the_word_alone_stops_whatever_is_open(words):
    assert says_stop(words)


@pytest.mark.parametrize(
    "words",
    ["dihentikan", "mandek", "Hentikan", "berhenti merokok", "jangan berhenti", "terhenti", "stok", "sop", "", "🙏"],
)
def test_what_may_be_the_words_of_a_form_is_not_the_word_alone(words):
    assert not says_stop(words)


@pytest.mark.parametrize("words", SAID["may_ask"] + SAID["goes_on"] + SAID["something_else"])
def test_nothing_but_a_stop_stops_where_a_form_waits_for_words(words):
    assert not says_stop(words)
    assert wish_within(words) in (None, Wish.UNCLEAR)


@pytest.mark.parametrize("words", SAID["something_else"])
def test_what_speaks_of_something_else_stays_the_words_of_a_form(words):
    assert wish_within(words) is None


def test_an_apology_for_writing_no_more_asks_nothing():
    assert wish_in("mohon maaf tidak mengirim pesan lagi") is None


def test_a_text_longer_than_a_wish_is_none():
    assert wish_in("tolong jangan kirim pesan lagi " * 20) is None
