"""What is done about every answer that Telegram is known to give to a send, row by row: wire -> error -> decision.

The rows are what Telegram's own servers say (tdlib/telegram-bot-api, `Client.cpp`), as it is sent.
Everything between is real but the network.
"""

import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest

from bot.channels.telegram.sending import TelegramSender
from content.message import Message
from scheduler.clock import MovableClock
from scheduler.errors import Refusal, SendError, UnreachableReason
from scheduler.retry_policy import Again, GiveUp, PauseChat, Readdress, StopAll, Uncertain, decide
from scheduler.sender import Destination, SendReceipt

NOW = datetime(2026, 11, 30, tzinfo=UTC)
GROUP = Destination("telegram", "-100500")
SENT = SendReceipt(None)
REFUSED, OUR_FAULT = GiveUp("refused"), GiveUp("refused", defect=True)  # the latter is told to the administrators
LATER = Again(NOW + timedelta(seconds=5))
TOKEN = "123456789:AAnot-a-real-token_of_35_characters"


def told(seconds):
    """Wait exactly so long; it was no attempt of ours that failed."""
    return Again(NOW + timedelta(seconds=seconds), counts=False)


def pause(reason):
    return PauseChat(UnreachableReason(reason))


class Wire(BaseRequest):
    """Gives every request the same answer, or lets it break the same way."""

    def __init__(self, outcome):
        self.outcome, self.requests = outcome, 0

    @property
    def read_timeout(self):
        return 1.0

    async def initialize(self):
        """Nothing."""

    async def shutdown(self):
        """Nothing."""

    async def do_request(self, *_, **__):
        self.requests += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def refusal(status, description, **parameters):
    answer = {"ok": False, "error_code": status, "description": description}
    return status, json.dumps(answer | ({"parameters": parameters} if parameters else {})).encode()


def broken(error, cause):
    error.__cause__ = cause
    return error


async def outcome_of(wire, *, edit=False):
    sender = TelegramSender(Bot(TOKEN, request=wire, get_updates_request=wire), MovableClock(NOW))
    try:
        if edit:
            return await sender.edit(GROUP, "7", Message("halo"))
        return await sender.send(GROUP, Message("halo"))
    except SendError as error:
        return error


async def decision(wire, *, edit=False, repeatable=False, attempt=1):
    outcome = await outcome_of(wire, edit=edit)
    return outcome if isinstance(outcome, SendReceipt) else decide(outcome, attempt, NOW, repeatable=repeatable or edit)


ANSWERS = [
    (403, "Forbidden: bot was kicked from the group chat", pause("removed")),
    (403, "Forbidden: bot was kicked from the supergroup chat", pause("removed")),
    (403, "Forbidden: bot was kicked from the channel chat", pause("removed")),
    (403, "Forbidden: bot is not a member of the group chat", pause("removed")),
    (403, "Forbidden: bot is not a member of the supergroup chat", pause("removed")),
    (403, "Forbidden: bot is not a member of the channel chat", pause("removed")),
    (403, "Forbidden: the group chat was deleted", pause("removed")),
    (403, "Forbidden: bot was blocked by the user", pause("blocked")),
    (403, "Forbidden: user is deactivated", pause("deactivated")),
    (403, "Forbidden: bot can't initiate conversation with a user", pause("never_started")),
    (400, "Bad Request: chat not found", pause("not_found")),
    (400, "Bad Request: not enough rights to send text messages to the chat", pause("muted")),
    (400, "Bad Request: not enough rights to send photos to the chat", pause("muted")),
    (400, "Bad Request: not enough rights to send documents to the chat", pause("muted")),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", pause("muted")),
    (400, "Bad Request: have no write access to the chat", pause("muted")),
    (400, "Bad Request: need administrator rights in the channel chat", pause("muted")),
    (400, "Bad Request: have no rights to send a message", pause("muted")),
    (400, "Bad Request: message thread not found", pause("topic_gone")),
    (400, "Bad Request: TOPIC_CLOSED", pause("topic_closed")),
    (400, "Bad Request: message to be replied not found", OUR_FAULT),  # nothing of ours quotes
    (400, "Bad Request: can't parse entities: unsupported start tag at byte offset 3", OUR_FAULT),
    (400, "Bad Request: message is too long", OUR_FAULT),
    (400, "Bad Request: message caption is too long", OUR_FAULT),
    (400, "Bad Request: message text is empty", OUR_FAULT),
    (400, "Bad Request: Text is too long", OUR_FAULT),
    (400, "Bad Request: wrong file identifier/HTTP URL specified", Again(NOW)),
    (413, "Request Entity Too Large", OUR_FAULT),
    (500, "Internal Server Error: sent message was immediately deleted and can't be returned", SENT),
    (500, "Internal Server Error: restart", Uncertain()),
    (502, "Bad Gateway", Uncertain()),
    (409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", LATER),
    (401, "Unauthorized", StopAll(Refusal.CREDENTIALS)),
    (404, "Not Found", StopAll(Refusal.CREDENTIALS)),
]


@pytest.mark.parametrize(("status", "description", "expected"), ANSWERS, ids=[row[1][:60] for row in ANSWERS])
async def test_an_answer_to_a_groups_post(status, description, expected):
    assert await decision(Wire(refusal(status, description))) == expected


EDITS = [
    (400, "Bad Request: message is not modified: specified new message content is the same", SendReceipt("7")),
    (400, "Bad Request: message to edit not found", REFUSED),
    (400, "Bad Request: message can't be edited", REFUSED),
    (500, "Internal Server Error: restart", LATER),
    (502, "Bad Gateway", LATER),
]


@pytest.mark.parametrize(("status", "description", "expected"), EDITS, ids=[row[1][:60] for row in EDITS])
async def test_an_answer_to_an_edit_which_may_be_repeated_freely(status, description, expected):
    assert await decision(Wire(refusal(status, description)), edit=True) == expected


@pytest.mark.parametrize("seconds", [1, 7, 7200])
async def test_a_429_is_waited_out_to_the_second_however_often_it_comes(seconds):
    wire = Wire(refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds))
    assert [await decision(wire, attempt=attempt) for attempt in (1, 9)] == [told(seconds), told(seconds)]


async def test_a_429_that_names_no_time_is_waited_out_for_a_minute():
    assert await decision(Wire(refusal(429, "Too Many Requests: retry later"))) == told(60)


async def test_a_group_that_became_a_supergroup_is_followed_at_once():
    description = "Bad Request: group chat was upgraded to a supergroup chat"
    wire = Wire(refusal(400, description, migrate_to_chat_id=-100700))
    assert await decision(wire) == Readdress("-100700", NOW)


async def test_broken_markup_is_sent_once_more_as_plain_text_and_then_given_up():
    wire = Wire(refusal(400, "Bad Request: can't parse entities: unsupported start tag at byte offset 3"))
    await decision(wire)
    assert wire.requests == 2


NEVER_LEFT = [
    broken(NetworkError("ClientConnectorError"), aiohttp.ClientConnectorError(None, OSError())),
    broken(TimedOut("ConnectionTimeoutError"), aiohttp.ConnectionTimeoutError()),
]


@pytest.mark.parametrize("error", NEVER_LEFT, ids=str)
async def test_what_surely_never_left_goes_again_three_times_a_minute(error):
    waits = [(await decision(Wire(error), attempt=attempt)).instant - NOW for attempt in (1, 2, 3, 20)]
    assert waits == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 20)]


UNKNOWN = [
    broken(TimedOut("SocketTimeoutError"), aiohttp.SocketTimeoutError()),
    broken(TimedOut("ServerTimeoutError"), aiohttp.ServerTimeoutError()),
    broken(NetworkError("ServerDisconnectedError"), aiohttp.ServerDisconnectedError()),
    broken(NetworkError("ClientOSError"), aiohttp.ClientOSError()),
    broken(NetworkError("ClientPayloadError"), aiohttp.ClientPayloadError()),
    (200, b"<html>"),
    (200, b'{"ok": true}'),
    refusal(500, "Internal Server Error: restart"),
]


@pytest.mark.parametrize("wire", UNKNOWN, ids=[str(row)[:40] for row in UNKNOWN])
async def test_a_lost_answer_is_neither_success_nor_failure(wire):
    assert await decision(Wire(wire)) == Uncertain()
    assert await decision(Wire(wire), repeatable=True) == LATER
    assert await decision(Wire(wire), repeatable=True, attempt=2) == Uncertain()
