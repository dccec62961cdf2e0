"""The loopback Telegram itself: a fake that forgives would prove nothing."""

import asyncio

import httpx
import pytest

from tests.fakes.telegram_faults import Hold
from tests.fakes.telegram_html import Unparsable, parse_html
from tests.fakes.telegram_server import TelegramServer


@pytest.fixture
async def server():
    async with TelegramServer() as server:
        server.person(11)
        yield server


@pytest.fixture
async def call(server):
    async with httpx.AsyncClient(base_url=f"{server.origin}/bot{server.token}/", trust_env=False) as client:

        async def call(method, **parameters):
            return (await client.post(method, json=parameters)).json()

        yield call


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<b>a</b> &lt;&amp;&quot;&#39;&#x41;", "a <&\"'A"),
        ('<a href="tg://user?id=1">x</a>', "x"),
        ("<blockquote>a\n<i>b</i></blockquote>", "a\nb"),
        ("&nbsp; stays", "&nbsp; stays"),
        ("<strong>a</>", "a"),
    ],
)
def test_html_that_parses(text, plain):
    assert parse_html(text)[0] == plain


@pytest.mark.parametrize("text", ["<b>a", "a</b>", "<b><i>a</b></i>", "<p>a</p>", "a<br>b", "1 < 2", "<b", "</b"])
def test_html_that_does_not_parse(text):
    with pytest.raises(Unparsable):
        parse_html(text)


def test_entities_count_in_utf16_units():
    assert parse_html("😀<b>ab</b>")[1] == [{"type": "b", "offset": 2, "length": 2}]


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"text": " "}, "Bad Request: message text is empty"),
        ({"text": "a" * 4097}, "Bad Request: message is too long"),
        (
            {"text": "<u", "parse_mode": "HTML"},
            "Bad Request: can't parse entities: unclosed start tag at byte offset 0",
        ),
        ({"text": "a", "chat_id": 99}, "Bad Request: chat not found"),
        (
            {"text": "a", "chat_id": "x"},
            (
                "Bad Request: a parameter is missing or not of its kind: "
                "ValueError(\"invalid literal for int() with base 10: 'x'\")"
            ),
        ),
        ({"text": "a", "message_thread_id": 1}, "Bad Request: message thread not found"),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "é" * 33}]]}},
            "Bad Request: BUTTON_DATA_INVALID",
        ),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "x", "url": "ini bukan tautan"}]]}},
            "Bad Request: BUTTON_URL_INVALID",
        ),
    ],
)
async def test_it_refuses_what_telegram_refuses(server, call, parameters, description):
    answer = await call("sendMessage", **({"chat_id": 11} | parameters))
    assert (answer["ok"], answer["description"]) == (False, description)
    assert server.messages(11) == []


async def test_4096_characters_of_text_and_1024_of_caption_pass(server, call):
    server.people[11].sends_photo()
    assert (await call("sendMessage", chat_id=11, text="😀" * 4096))["ok"]
    assert (await call("sendPhoto", chat_id=11, photo="file-1", caption="a" * 1024))["ok"]
    assert not (await call("sendPhoto", chat_id=11, photo="file-1", caption="a" * 1025))["ok"]
    assert not (await call("sendPhoto", chat_id=11, photo="file-of-another-bot"))["ok"]


async def test_another_token_is_unauthorized(server):
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{server.origin}/bot1:x/getMe")
    assert answer.status_code == 401


async def test_updates_are_given_again_until_confirmed(server, call):
    server.people[11].says("satu")
    server.people[11].says("dua")
    for _ in range(2):
        assert [update["update_id"] for update in (await call("getUpdates"))["result"]] == [7001, 7002]
    assert [update["update_id"] for update in (await call("getUpdates", offset=7002))["result"]] == [7002]


async def test_kinds_that_were_not_asked_for_do_not_come(server, call):
    await call("getUpdates", allowed_updates=["message"])
    server.people[11].blocks_bot()
    assert server.pending == []


async def test_with_a_webhook_there_is_no_polling(server, call):
    await call("setWebhook", url="http://127.0.0.1:9/")
    assert (await call("getUpdates"))["error_code"] == 409


async def test_files_can_be_fetched(server, call):
    server.people[11].sends_document("a.pdf")
    path = (await call("getFile", file_id="file-1"))["result"]["file_path"]
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{server.origin}/file/bot{server.token}/{path}")
    assert answer.content == b"%PDF a file"


async def test_a_call_can_be_held_and_let_go(server, call):
    hold = server.next_call(Hold(), to=11)
    sending = asyncio.ensure_future(call("sendMessage", chat_id=11, text="halo"))
    await hold.arrived.wait()
    assert server.messages(11) == []
    hold.release.set()
    assert (await sending)["ok"]
    assert (await server.message(11)).text == "halo"


async def test_in_privacy_mode_a_group_is_hardly_heard(server):
    server.privacy_mode = True
    group = server.group(-100500)
    for text in ("halo", "@apel_bot halo", "/jadwal@lain_bot"):
        server.people[11].says(text, to=group)
    assert server.pending == []
    server.people[11].says("/jadwal", to=group)
    assert len(server.pending) == 1


async def test_chat_members_are_known_or_not(server, call):
    assert (await call("getChatMember", chat_id=11, user_id=11))["result"]["status"] == "member"
    assert not (await call("getChatMember", chat_id=11, user_id=12))["ok"]
