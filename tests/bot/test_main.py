"""What the console script says and with which status it ends: one sentence for what is wrong, never a traceback."""

import asyncio
import io
import json
import re

import pytest

from bot.cli import main
from tests.fakes.telegram_server import TelegramServer

TOKEN = "123456789:AAexample-token_of_thirty-five_char"


@pytest.fixture
def apel(tmp_path, monkeypatch, capsys, kept_logging):
    monkeypatch.setenv("APEL_DATABASE_URL", f"sqlite:///{tmp_path}/apel.sqlite")

    def typed(*arguments, stdin=b"", **settings):
        monkeypatch.setattr("sys.argv", ["apel", *arguments])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        for name, value in settings.items():
            monkeypatch.setenv(f"APEL_{name.upper()}", value)
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return ended.value.code, said.out, said.err

    return typed


@pytest.mark.parametrize(
    ("command", "settings", "words"),
    [
        ("run", {}, "APEL_TELEGRAM_TOKEN belum diisi"),
        ("run", {"telegram_token": "salah"}, "APEL_TELEGRAM_TOKEN tidak berbentuk token bot"),
        ("run", {"telegram_token": TOKEN, "regulation": "tidak-ada"}, "APEL_REGULATION menyebut peraturan"),
        ("run", {"http_port": "http"}, "APEL_HTTP_PORT harus berupa angka"),
        ("run", {"telegram_webhook_url": "https://bot.contoh.go.id"}, "APEL_HTTP_PORT harus diisi"),
        ("run", {"telegram_webhook_secret": "pendek"}, "APEL_TELEGRAM_WEBHOOK_SECRET harus"),
        ("run", {"telegram_api_url": "telegram"}, "APEL_TELEGRAM_API_URL bukan alamat"),
        ("run", {"log_format": "xml"}, 'APEL_LOG_FORMAT harus "text" atau "json"'),
        ("check", {"timezone": "Asia/Atlantis"}, "APEL_TIMEZONE bukan zona waktu"),
        ("check", {"database_url": "oracle://x"}, "APEL_DATABASE_URL bukan alamat basis data"),
        ("migrate", {"database_url": "sqlite:////proc/tidak/ada.sqlite"}, "APEL_DATABASE_URL menunjuk folder"),
        ("office add Kantor", {"regulation": "tidak-ada"}, "APEL_REGULATION menyebut peraturan"),
    ],
)
def test_a_missing_or_wrong_setting_is_one_sentence_and_status_2(apel, command, settings, words):
    status, out, err = apel(*command.split(), **settings)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert words in err


def test_a_database_that_is_none_is_one_sentence_and_status_2(apel, tmp_path):
    (tmp_path / "apel.sqlite").write_text("bukan basis data " * 100)
    status, _, err = apel("migrate")
    assert (status, err.count("\n"), "APEL_DATABASE_URL" in err) == (2, 1, True)


@pytest.mark.parametrize("command", ["migrate", "run", "office add Dinas"])
def test_a_server_that_is_not_there_is_one_sentence_without_its_password(apel, command):
    there = {"database_url": "postgresql://apel:s4ndi@127.0.0.1:9/apel", "telegram_token": TOKEN}
    status, out, err = apel(*command.split(), **there)
    assert (status, out) == (2, "")
    assert "APEL_DATABASE_URL menunjuk basis data yang tidak dapat dibuka" in err.splitlines()[-1]
    assert "s4ndi" not in err


@pytest.mark.parametrize("arguments", [("tidakada",), ("invite", "--role", "raja"), ("office",), ("ask",)])
def test_a_wrong_argument_is_status_2(apel, arguments):
    status, out, err = apel(*arguments)
    assert status == 2
    assert out + err


def test_an_unknown_regulation_is_one_sentence_and_status_2(apel):
    for arguments in (("regulations", "export", "x"), ("ask", "--regulation", "x", "halo")):
        status, _, err = apel(*arguments)
        assert (status, err.count("\n")) == (2, 1)
        assert 'Peraturan "x" tidak tersedia' in err


def test_regulations_are_listed_and_exported(apel):
    _, listed, _ = apel("regulations", "list")
    ids = [line.partition(":")[0] for line in listed.splitlines()]
    assert ids == [
        "banjarmasin-38-2016",
        "karanganyar-44-2023",
        "kupang-30-2025",
        "serang-25-2018",
        "tangerang-66-2023",
    ]
    status, exported, _ = apel("regulations", "export", "karanganyar-44-2023")
    pack = json.loads(exported)
    assert (status, pack["id"], len(pack["values"])) == (0, "karanganyar-44-2023", 7)
    value = pack["values"][1]
    assert value["slug"] == "akuntabel"
    assert {"slug", "name", "meaning", "source", "behaviours", "manifestations"} <= set(value)
    assert value["behaviours"][0]["n"] == 1
    assert value["behaviours"][0]["source"] == "Pasal 8 huruf b angka 1"


def test_an_office_is_added_once_and_found_by_name(apel):
    status, out, _ = apel("office", "add", "Dinas Kominfo", "--regulation", "kupang-30-2025")
    assert (status, "Asia/Makassar" in out) == (0, True)
    status, _, err = apel("office", "add", "dinas  KOMINFO")
    assert (status, "sudah terdaftar" in err) == (2, True)
    status, _, err = apel("invite", "--unit", "Dinas Lain", "--role", "ketua")
    assert (status, "belum terdaftar" in err) == (2, True)
    status, out, _ = apel("invite", "--unit", "Dinas Kominfo", "--role", "ketua")
    assert status == 0
    assert re.search(r"/start [0-9A-Z]{16}\b", out)


def test_a_question_is_answered_with_the_clause(apel):
    status, out, _ = apel("ask", "--regulation", "karanganyar-44-2023", "boleh tidak mobil dinas dipakai mudik?")
    assert status == 0
    assert "Pasal 8 huruf b angka 2" in out


def test_lines_of_questions_are_answered_line_by_line(apel):
    lines = [
        {"id": "1", "regulation": "karanganyar-44-2023", "text": "apa arti akuntabel?"},
        {"id": "2", "regulation": "kupang-30-2025", "text": "kapan twibbon dipasang?"},
        {"id": "3", "regulation": "tidak-ada", "text": "halo"},
    ]
    typed = "\n".join(json.dumps(line) for line in lines) + "\n\nbukan json\n"
    status, out, _ = apel("ask", "--jsonl", stdin=typed.encode())
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [answer["id"] for answer in answers] == ["1", "2", "3", None]
    assert [answer["declined"] for answer in answers] == [False, True, True, True]
    assert answers[0]["topic"] == "nilai/akuntabel"
    assert all({"id", "topic", "alternatives", "declined"} <= set(answer) for answer in answers)


def test_migrate_brings_the_database_up_to_date_as_often_as_asked(apel):
    for _ in range(2):
        status, out, _ = apel("migrate")
        assert (status, out) == (0, "Basis data siap dan mutakhir.\n")


async def test_check_gives_a_verdict_each(apel):
    async with TelegramServer() as server:
        reached = {"telegram_token": server.token, "telegram_api_url": server.origin}
        status, out, _ = await asyncio.to_thread(apel, "check", **reached)
        assert (status, len(out.splitlines())) == (0, 5)
        for verdict in (
            "Pengaturan: baik",
            "Isi: baik (5 peraturan)",
            "Basis data: baik",
            "Telegram: baik (bot @apel_bot)",
        ):
            assert verdict in out
        status, out, err = await asyncio.to_thread(apel, "check", telegram_token=TOKEN)
        assert (status, "Telegram: token ditolak" in out) == (2, True)
        assert TOKEN not in out + err


def test_check_without_a_token_or_without_telegram_says_what_to_do(apel):
    status, out, err = apel("check")
    assert (status, "APEL_TELEGRAM_TOKEN belum diisi" in out, err) == (2, True, "")
    status, out, err = apel("check", telegram_token=TOKEN, telegram_api_url="http://127.0.0.1:9")
    assert status == 1
    assert "Telegram: tidak dapat dihubungi" in out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["invite", "--unit", "Dinas", "--role", "kepala_dinas"], "--role; pilihannya: kepala, penanggung-jawab"),
        (["invite"], "--unit"),
        (["office", "add", "Dinas", "--zona", "x"], "--zona"),
        (["apa"], "apel --help"),
    ],
)
def test_a_command_line_that_cannot_be_read_gets_one_sentence(apel, arguments, named):
    status, out, err = apel(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert named in err
