"""A 429 is a refusal that asks to wait, whatever its body holds; the wait begins now and has an end."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.telegram.connection import Connection
from bot.channels.telegram.sending import TelegramSender
from content.message import Message, Picture
from scheduler.clock import MovableClock
from scheduler.errors import Throttled
from scheduler.sender import Destination
from tests.fakes.http_server import HttpServer, Response

NOW = datetime(2026, 11, 30, tzinfo=UTC)
TOKEN = "123456789:AAexample-token_of_thirty-five_char"
UNTOLD, LONGEST = 60, 30 * 86_400


async def seconds_to_wait(body, message):
    """What becomes of a send that is answered 429 with this body."""

    async def answer(_):
        return Response(429, body.encode())

    server = HttpServer(answer)
    connection = Connection(TOKEN, await server.start())
    try:
        with pytest.raises(Throttled) as caught:
            await TelegramSender(connection.bot, MovableClock(NOW)).send(Destination("telegram", "11"), message)
    finally:
        await connection.close()
        await server.stop()
    return (caught.value.retry_at - NOW) / timedelta(seconds=1)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("5", 5),
        ("5.5", 5.5),
        ('"5"', 5),
        ("172800", 2 * 86_400),
        ("0", UNTOLD),
        ("-3", UNTOLD),
        ("null", UNTOLD),
        ('"soon"', UNTOLD),
        ("[5]", UNTOLD),
        ("NaN", UNTOLD),
        ("2147483648", LONGEST),
        ("10000000000000", LONGEST),
        ("1e300", LONGEST),
        ("Infinity", LONGEST),
        ("9" * 400, UNTOLD),
    ],
)
async def test_the_wait_that_is_told_is_kept_unless_nobody_can_mean_it_and_never_in_the_past(told, seconds):
    body = f'{{"ok": false, "error_code": 429, "parameters": {{"retry_after": {told}}}}}'
    assert await seconds_to_wait(body, Message(text="halo")) == seconds


@pytest.mark.parametrize(
    "body", ['{"parameters": null}', '{"parameters": []}', "[]", '"x"', "7", "null", "<html>429</html>", ""]
)
async def test_a_body_that_tells_nothing_makes_it_no_less_a_refusal(body):
    assert await seconds_to_wait(body, Message(text="halo")) == UNTOLD


async def test_what_takes_the_other_way_to_the_server_is_refused_alike(tmp_path):
    """A file goes by the whole client, everything else by the lean one."""
    picture = Message(text="halo", picture=Picture("telegram", "", data=b"jpeg"))
    assert await seconds_to_wait('{"parameters": {"retry_after": "7"}}', picture) == 7
