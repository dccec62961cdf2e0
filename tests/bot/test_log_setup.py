import io
import json
import logging

import pytest

from bot.channels.telegram.connection import Connection
from bot.channels.telegram.sending import TelegramSender
from bot.log_setup import redact, setup_logging
from content.message import Message
from scheduler.errors import SendError
from scheduler.sender import Destination
from tests.fakes import telegram_faults as faults
from tests.fakes.telegram_server import TelegramServer

TOKEN = "123456789:AAexample-token_of_thirty-five_char"
SAID = "rahasia kantor"  # by name: from Python 3.13 on a traceback shows every source line of a call


@pytest.fixture(params=["text", "json"])
def written(request, kept_logging):
    stream = io.StringIO()
    setup_logging(request.param, stream)
    return stream


def test_a_token_is_redacted_in_message_arguments_and_traceback(written):
    try:
        int(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except ValueError:
        logging.getLogger("bot").exception("calling %s with %r", f"/bot{TOKEN}/x", {"token": TOKEN})
    assert "bot<token>/getMe" in written.getvalue()
    assert TOKEN not in written.getvalue()


@pytest.mark.parametrize(
    "quoted", [TOKEN.replace(":", "%3A"), TOKEN.replace(":", "%3a").lower(), TOKEN.partition(":")[2]]
)
def test_a_token_that_a_proxy_quotes_in_its_own_way_is_redacted(quoted):
    assert redact(f"Bad Request: no such path /bot{quoted}/getMe") == "Bad Request: no such path /bot<token>/getMe"


def test_short_pairs_of_numbers_and_words_are_no_tokens():
    assert redact("07:30 report.save:12 sha256:abcdef") == "07:30 report.save:12 sha256:abcdef"


def test_httpx_does_not_tell_of_its_requests(written):
    logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/bot%s/sendMessage", TOKEN)
    assert written.getvalue() == ""


def test_a_json_line_is_one_object(written):
    logging.getLogger("bot").warning("Baris\nkedua dengan “kutip” %d", 7)
    lines = written.getvalue().splitlines()
    if lines[0].startswith("{"):
        [event] = map(json.loads, lines)
        assert (event["level"], event["logger"], event["message"]) == (
            "WARNING",
            "bot",
            "Baris\nkedua dengan “kutip” 7",
        )
        assert event["time"].endswith("+00:00")
    else:
        assert lines[0].endswith("WARNING bot: Baris")


def test_what_an_event_is_about_stands_beside_its_words(written):
    about = {"push": 7, "delivery": 41, "message_ref": "905", "secret": "rahasia"}
    logging.getLogger("bot").info("sent", extra=about)
    line = written.getvalue()
    if line.startswith("{"):
        event = json.loads(line)
        assert (event["message"], event["push"], event["delivery"], event["message_ref"]) == ("sent", 7, 41, "905")
    else:
        assert line.endswith("bot: sent push=7 delivery=41 message_ref=905\n")
    assert "rahasia" not in line


@pytest.mark.parametrize(
    "fault",
    [faults.unauthorized(), faults.lost_answer(), faults.server_error(), faults.Break(b"<html>" + SAID.encode())],
)
async def test_a_failing_send_leaves_neither_token_nor_message_in_the_log(written, fault):
    async with TelegramServer() as server:
        server.person(11)
        connection = Connection(server.token, server.origin)
        server.next_call(fault)
        try:
            await TelegramSender(connection.bot, server.clock).send(Destination("telegram", "11"), Message(SAID))
        except SendError:
            logging.getLogger("bot").exception("not sent")
        await connection.close()
    assert "not sent" in written.getvalue()
    assert server.token not in written.getvalue()
    assert SAID not in written.getvalue()


@pytest.mark.parametrize("told", ["+62 812", "phone:62811", "wamid.HBgMNjI4MTE=", "+6281234567890", "6281234567890"])
def test_a_phone_number_is_redacted_however_whatsapp_writes_it(told):
    assert redact(f"kirim ke {told.replace(' ', '00000')}, gagal") == "kirim ke <phone>, gagal"


@pytest.mark.parametrize("before", ["", " ", "\n", "\t", "'", "_", '"', "\\", "/"])
@pytest.mark.parametrize(
    "number",
    [
        "6281234567890",
        "60123456789",
        "6591234567",
        "12025550123",
        "+60 12-345 6789",
        "+62 812-3456-7890",
        "+1 (202) 555-0123",
        "62 812 3456 7890",
        "0812-3456-7890",
        "081234567890",
        "0812 3456 789",
        "(0812) 34567890",
        "62 (812) 3456-7890",
        "812-3456-7890",
        "812 3456 7890",
        "%2B628123456789",
        "628123456789x",
        "08123456789abc",
    ],
)
def test_a_number_is_redacted_wherever_it_stands_and_however_it_is_written(written, before, number):
    logging.getLogger("bot").warning("gagal:%s%s", before, number, extra={"message_ref": f"{before}{number}"})
    line = written.getvalue()
    assert line.count("<phone>") == 2
    assert number not in line


@pytest.mark.parametrize(
    "told",
    [
        *("delivery=6200", "-1006281234567890", "push 62", "x6281234567890y", "2026-11-30"),
        *(
            "8123-4567-8901",
            "812-3456",
            "deliveries 812, 3456, 7890",
            "812.345.678 byte",
            "id 812345678x",
            "x=0.08123456789a",
        ),
        *("at 1796000000", "at 1796000000123", "0.6281234567890", "1796000000.123456"),
        *(
            "2026-11-30 07:30:00+07:00",
            "2026-11-30T00:30:00.250+00:00",
            "update 123456789 of telegram",
            "127.0.0.1:8080",
        ),
        *(
            "ID.1502576394655843",
            "10.20.30.40",
            "row 812, 0812",
            "pukul 07.30, 08.15, 09.45",
            "sha256:12345678901234ab",
        ),
        "Mon, 30 Nov 2026 07:00:00 +0700",
    ],
)
def test_what_is_no_phone_number_is_left_alone(told):
    assert redact(told) == told


def test_metas_token_is_redacted():
    assert redact("Bearer EAAGm0PX4ZCpsBAKZ") == "Bearer <token>"
