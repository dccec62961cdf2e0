"""Where each message costs, what is said at once is one; a toast that the channel cannot show is never lost for words."""

from datetime import UTC, datetime

import pytest

from bot.channels.inbound import Chat, InboundMessage, Kind, Sender
from bot.channels.whatsapp import CHANNEL
from bot.conversations.bundles import bundles, in_words
from bot.conversations.step import Reply, Step, Surroundings, Turn
from content.message import Document
from scheduler.sender import Destination

NOW = datetime(2026, 11, 30, tzinfo=UTC)
KEPT, GONE = Reply("report/evidence_kept"), Reply("report/gone")
ELSEWHERE = Reply("report/gone", to=Destination("whatsapp", "ID.2"))
ASIDE = Reply("report/toast_gone")


@pytest.fixture
def turn():
    def turn(channel):
        inbound = InboundMessage(channel, "u", Kind.PRESS, Chat("ID.1", private=True), Sender("ID.1"), NOW)
        return Turn(inbound, NOW, NOW, None, Surroundings({}, str), 1)

    return turn


def test_where_each_message_costs_what_is_said_here_is_one(turn):
    assert bundles(turn(CHANNEL), [KEPT, GONE]) == [(KEPT, GONE)]
    assert bundles(turn("telegram"), [KEPT, GONE]) == [(KEPT,), (GONE,)]


def test_what_is_said_to_another_stays_apart(turn):
    assert bundles(turn(CHANNEL), [KEPT, ELSEWHERE, GONE]) == [(KEPT,), (ELSEWHERE,), (GONE,)]


def test_what_is_forgotten_once_it_is_sent_is_hidden_under_no_other_key(turn):
    code = Reply("registration/link_code", {"code": "K", "links": [], "office": "Dinas", "minutes": 15})
    assert bundles(turn(CHANNEL), [code, GONE]) == [(code,), (GONE,)]
    assert bundles(turn(CHANNEL), [KEPT, code]) == [(KEPT, code)]


def test_a_file_takes_words_above_it_along_and_goes_above_nothing(turn):
    file = Reply("report/gone", document=Document("a.txt", b"x"))
    assert bundles(turn(CHANNEL), [KEPT, file]) == [(KEPT, file)]
    assert bundles(turn(CHANNEL), [file, KEPT]) == [(file,), (KEPT,)]


def test_what_cannot_be_shown_over_the_chat_is_said_above_what_comes_or_alone(turn):
    step = Step((GONE,), toast="report/toast_gone")
    assert in_words(turn(CHANNEL), step) == (ASIDE, GONE)
    assert in_words(turn(CHANNEL), Step((ELSEWHERE,), toast="report/toast_gone")) == (ELSEWHERE, ASIDE)
    assert in_words(turn("telegram"), step) == (GONE,)


def test_where_it_has_no_room_above_what_comes_the_press_is_answered_well_enough_without(turn):
    full = Reply("report/evidence_kept", document=Document("a.txt", b"x"))
    long = Reply("help/incident", {"incident": "x" * 4050})
    assert in_words(turn(CHANNEL), Step((long,), toast="report/toast_gone")) == (long,)
    assert in_words(turn(CHANNEL), Step((full,), toast="report/toast_gone")) == (ASIDE, full)
