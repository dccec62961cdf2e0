"""The whole process on WhatsApp, alone and beside Telegram: it starts, takes Meta's posts, answers, and stops."""

import asyncio
import signal
import socket
from contextlib import suppress

import httpx
import pytest

from bot.application import opened, whatsapp_link
from bot.config import Settings, WrongSetting
from bot.installation import WRONG_SETTING, check_installation, invite_to
from bot.invitations import create_invitation
from bot.offices import add_office
from bot.running import run
from content.regulation_loader import load_regulations
from content.rendering import render
from scheduler.clock import SystemClock
from storage.models import EvidenceKind, Role
from storage.queries import evidence, kept_files
from storage.queries.evidence import Item, Subject
from tests.fakes.graph_server import GraphServer
from tests.fakes.telegram_server import TelegramServer

pytestmark = pytest.mark.usefixtures("kept_logging")
PATIENCE = 10.0  # real seconds


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
async def meta():
    async with GraphServer(SystemClock()) as meta:
        yield meta


def environment(meta, tmp_path, **more):
    return {
        "APEL_WHATSAPP_PHONE_ID": meta.phone_id,
        "APEL_WHATSAPP_TOKEN": meta.token,
        "APEL_WHATSAPP_APP_SECRET": meta.app_secret,
        "APEL_WHATSAPP_VERIFY_TOKEN": meta.verify_token,
        "APEL_WHATSAPP_BUSINESS_ACCOUNT_ID": meta.account_id,
        "APEL_WHATSAPP_API_URL": meta.origin,
        "APEL_DATABASE_URL": f"sqlite:///{tmp_path}/data/apel.sqlite",
        **more,
    }


@pytest.fixture
async def running():
    tasks = []

    def start(settings):
        tasks.append(asyncio.ensure_future(run(settings)))
        return tasks[-1]

    yield start
    for task in tasks:
        if not task.done():
            signal.raise_signal(signal.SIGTERM)
            with suppress(WrongSetting):
                await asyncio.wait_for(task, PATIENCE)


async def code_for_secretary(settings):
    async with opened(settings) as database, database.transaction() as session:
        office = await add_office(
            session, "Dinas Kominfo", load_regulations()[settings.regulation], None, SystemClock().now()
        )
        return (await create_invitation(session, office, Role.SEKRETARIS, 1, SystemClock().now())).code


async def post(meta, url):
    """Meta posts until somebody listens and takes it: what could not be stored within a second (503) comes again."""
    async with asyncio.timeout(PATIENCE):
        while meta.pending:
            waiting = list(meta.pending)
            try:
                answers = await meta.post_to(url)
            except httpx.ConnectError:
                answers = [503]
            assert set(answers) <= {200, 503}
            if 503 in answers:
                meta.pending = waiting


async def test_on_whatsapp_alone_it_shakes_hands_takes_posts_and_answers(meta, tmp_path, running):
    port = free_port()
    settings = Settings.from_environment(environment(meta, tmp_path, APEL_HTTP_PORT=str(port)))
    code = await code_for_secretary(settings)
    running(settings)
    url = f"http://127.0.0.1:{port}/whatsapp/webhook"
    secretary = meta.person("Sekretaris")
    secretary.says(f"Gabung {code}")
    await post(meta, url)
    await meta.message(secretary, "Anda sudah bergabung")
    asked = {"hub.mode": "subscribe", "hub.verify_token": meta.verify_token, "hub.challenge": "17"}
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(url, params=asked)).text == "17"
        assert (await client.post(url, content=b"{}")).status_code == 403
        told = (await client.get(f"http://127.0.0.1:{port}/readyz")).json()["whatsapp"]["trouble"]
        assert told == "posts wrongly signed since the last right one: 1; does APEL_WHATSAPP_APP_SECRET fit?"
    await meta.until(lambda: "" in meta.calls)  # it asked who we are
    secretary.says("undang")
    await post(meta, url)
    secretary.taps(await meta.message(secretary, "untuk kedudukan apa"), "Anggota")
    await post(meta, url)
    invitation = await meta.message(secretary, "Undangan bergabung")
    assert "https://wa.me/628110000001?text=Gabung" in invitation.text


async def test_a_file_that_is_wanted_is_fetched_and_outlives_meta(meta, tmp_path, running):
    settings = Settings.from_environment(environment(meta, tmp_path, APEL_HTTP_PORT=str(free_port())))
    photo = meta.keep_file("photo.jpg", b"\xff\xd8\xff a photo")
    now = SystemClock().now()
    async with opened(settings) as database, database.transaction() as session:
        office = await add_office(session, "Dinas Kominfo", load_regulations()[settings.regulation], None, now)
        await evidence.add(session, office.id, Subject(), [Item(EvidenceKind.PHOTO, photo, "whatsapp")], None, now)
        await kept_files.want(session, "whatsapp", photo, now)
    task = running(settings)
    await meta.until(lambda: photo in meta.fetched)
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(task, PATIENCE)
    async with opened(settings) as database, database.transaction() as session:
        assert await kept_files.data_of(session, "whatsapp", photo) == b"\xff\xd8\xff a photo"


async def test_beside_telegram_each_is_answered_where_they_wrote(meta, tmp_path, running):
    async with TelegramServer(SystemClock()) as telegram:
        port = free_port()
        more = {
            "APEL_HTTP_PORT": str(port),
            "APEL_TELEGRAM_TOKEN": telegram.token,
            "APEL_TELEGRAM_API_URL": telegram.origin,
        }
        settings = Settings.from_environment(environment(meta, tmp_path, **more))
        code = await code_for_secretary(settings)
        task = running(settings)
        on_telegram, on_whatsapp = telegram.person(11, "Sekretaris"), meta.person("Tamu")
        on_telegram.says(f"/start {code}")
        on_whatsapp.says("halo")
        await telegram.message(on_telegram, "Anda sudah bergabung")
        await post(meta, f"http://127.0.0.1:{port}/whatsapp/webhook")
        await meta.message(on_whatsapp, "belum terdaftar")
        on_telegram.says("/undang")
        on_telegram.presses(await telegram.message(on_telegram, "untuk kedudukan apa"), "Anggota")
        invitation = await telegram.message(on_telegram, "Undangan bergabung")
        assert "https://t.me/apel_bot?start=" in invitation.text
        assert "https://wa.me/628110000001?text=Gabung" in invitation.text
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(task, PATIENCE)


async def test_without_a_port_it_says_so(meta, tmp_path):
    with pytest.raises(WrongSetting) as refused:
        await run(Settings.from_environment(environment(meta, tmp_path)))
    assert (refused.value.name, refused.value.key) == ("APEL_HTTP_PORT", "port_for_whatsapp")
    said, about = (await check_installation(Settings.from_environment(environment(meta, tmp_path))))[0]
    assert render(said, about).text.startswith("Pengaturan: APEL_HTTP_PORT harus diisi bila WhatsApp dipakai")
    assert said in WRONG_SETTING


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "command/whatsapp_good"),
        ({"APEL_WHATSAPP_TOKEN": "EAAother"}, "command/whatsapp_bad"),
        ({"APEL_WHATSAPP_PHONE_ID": "17"}, "command/whatsapp_id_bad"),
        ({"APEL_WHATSAPP_API_URL": "http://127.0.0.1:9"}, "command/whatsapp_down_bad"),
    ],
)
async def test_check_tells_how_it_stands_with_meta(meta, tmp_path, changed, verdict):
    verdicts = await check_installation(Settings.from_environment(environment(meta, tmp_path) | changed))
    first, about = next((key, about) for key, about in verdicts if "whatsapp" in key or "token" in key)
    assert first == verdict
    if verdict.endswith("good"):
        assert about == {"number": meta.number, "name": "Dinas Kominfo", "quality": "GREEN"}


async def test_check_tells_whether_metas_posts_will_be_signed_as_expected(meta, tmp_path):
    whole = environment(meta, tmp_path)
    for changed, said, about in (
        ({}, "command/whatsapp_secret_good", "App Secret cocok dengan tokennya"),
        ({"APEL_WHATSAPP_APP_SECRET": "lain"}, "command/whatsapp_secret_bad", "periksa APEL_WHATSAPP_APP_SECRET"),
    ):
        verdicts = dict(await check_installation(Settings.from_environment(whole | changed)))
        assert {key for key in verdicts if "secret" in key} == {said}
        assert about in render(said, {}).text
        assert (said in WRONG_SETTING) is said.endswith("_bad")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("kata-yang-cukup-panjang", "terisi, 23 karakter, cukup panjang."),
        ("kata", "terisi, 4 karakter, terlalu pendek"),
    ],
)
async def test_check_tells_how_long_the_word_for_the_webhook_is_and_that_only_meta_can_try_it(
    meta, tmp_path, word, told
):
    whole = environment(meta, tmp_path) | {"APEL_WHATSAPP_VERIFY_TOKEN": word}
    verdicts = dict(await check_installation(Settings.from_environment(whole)))
    said = render("command/whatsapp_word", verdicts["command/whatsapp_word"]).text
    assert f"APEL_WHATSAPP_VERIFY_TOKEN {told}" in said
    assert said.endswith("Meta sendiri yang mengujinya ketika alamat webhook disimpan.")
    assert word not in said


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "command/whatsapp_account_good"),
        ({"numbers": ["1060000000002"]}, "command/whatsapp_account_bad"),
        ({"scopes": ["whatsapp_business_management"]}, "command/whatsapp_rights_bad"),
        ({"apps": []}, "command/whatsapp_subscribed_bad"),
        ({"apps": ["3060000000002"]}, "command/whatsapp_subscribed_bad"),
    ],
)
async def test_check_tells_whether_number_app_and_token_belong_together(meta, tmp_path, changed, verdict):
    for name, value in changed.items():
        setattr(meta.account, name, value)
    verdicts = dict(await check_installation(Settings.from_environment(environment(meta, tmp_path))))
    told = {key for key in verdicts if key.partition("_")[2].startswith(("account", "rights", "subscribed"))}
    assert told == {verdict}


async def test_a_meta_that_says_nothing_keeps_nobody_waiting_for_long(tmp_path, meta, monkeypatch):
    monkeypatch.setattr("bot.on_whatsapp.ASKED_WITHIN", 0.2)
    monkeypatch.setattr("bot.whatsapp_templates.ASKED_WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings = Settings.from_environment(environment(meta, tmp_path) | {"APEL_WHATSAPP_API_URL": url})
        async with asyncio.timeout(PATIENCE):
            verdicts = dict(await check_installation(settings))
    assert "command/whatsapp_down_bad" in verdicts


@pytest.mark.parametrize(
    ("tier", "setting", "told"),
    [
        ("TIER_2K", {}, {"limit": 2000, "source": "meta"}),
        ("TIER_UNLIMITED", {}, {"limit": None, "source": "meta"}),
        (None, {}, {"limit": 250, "source": "assumed"}),
        ("TIER_2K", {"APEL_WHATSAPP_DAILY_PERSONS": "100"}, {"limit": 100, "source": "setting"}),
    ],
)
async def test_check_tells_to_how_many_may_be_written_first_and_who_says_so(meta, tmp_path, tier, setting, told):
    meta.tier = tier
    verdicts = dict(await check_installation(Settings.from_environment(environment(meta, tmp_path) | setting)))
    assert verdicts["command/whatsapp_persons"] == told
    number = {2000: "2.000 orang", None: "berapa pun orang"}.get(told["limit"], f"{told['limit']} orang")
    assert number in render("command/whatsapp_persons", told).text


async def test_check_tells_whether_what_a_push_costs_can_be_estimated(meta, tmp_path):
    told = {"APEL_WHATSAPP_PRICES": "utility=357 marketing=586.33 service=357"}
    for setting, words in ((told, ": utilitas Rp357, pemasaran Rp586,33, layanan Rp357"), ({}, "belum diisi")):
        verdicts = dict(await check_installation(Settings.from_environment(environment(meta, tmp_path) | setting)))
        assert words in render("command/whatsapp_prices", verdicts["command/whatsapp_prices"]).text


async def test_a_code_from_the_command_line_comes_with_the_link(meta, tmp_path):
    settings = Settings.from_environment(environment(meta, tmp_path))
    await code_for_secretary(settings)
    invited = await invite_to(settings, "Dinas Kominfo", Role.ANGGOTA)
    assert invited.links == {"whatsapp": whatsapp_link("628110000001", invited.code)}
