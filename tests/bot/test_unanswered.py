"""apel questions, as an administrator types it."""

import asyncio
from datetime import UTC, datetime

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import cli
from storage.engine import make_engine
from storage.models import QuestionReason
from storage.queries import offices, questions
from storage.transaction import Database

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
PACK = "karanganyar-44-2023"


@pytest.fixture
def apel(tmp_path, monkeypatch):
    monkeypatch.setenv("APEL_DATABASE_URL", f"sqlite:///{tmp_path}/apel.sqlite")

    def typed(*arguments):
        result = CliRunner().invoke(cli, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return typed


@pytest.fixture
def two_offices(apel, tmp_path):
    for office in ("Dinas Satu", "Dinas Dua"):
        apel("office", "add", office, "--regulation", PACK)
    asyncio.run(_ask(f"sqlite+aiosqlite:///{tmp_path}/apel.sqlite"))


async def _ask(url):
    database = Database(make_engine(url))
    async with database.transaction() as session:
        for office, texts in (("Dinas Satu", ("gaji 13 kapan", "kapan gaji 13")), ("Dinas Dua", ("twibon mana",))):
            number = (await offices.find_office(session, office)).id
            for text in texts:
                await questions.keep(session, number, PACK, text, QuestionReason.DECLINED, NOW)
        two = (await offices.find_office(session, "Dinas Dua")).id
        (row,) = await questions.waiting(session, two)
        await questions.decide(session, two, [row.id], "aktivasi/twibbon", NOW)
    await database.close()


@pytest.mark.usefixtures("two_offices")
def test_what_waits_and_what_was_mapped_is_listed_office_by_office(apel):
    status, said = apel("questions")
    assert status == 0
    assert "Dinas Satu: 2 pertanyaan menunggu, 0 dipetakan\n1. gaji 13 kapan (2)" in said
    assert (
        "Dinas Dua: 0 pertanyaan menunggu, 1 dipetakan\n→ Twibbon BerAKHLAK (Tanggal 17 setiap bulan): twibon mana"
        in said
    )
    status, said = apel("questions", "--unit", "dinas dua")
    assert (status, "Dinas Satu" in said) == (0, False)


@pytest.mark.usefixtures("two_offices")
def test_what_was_mapped_is_exported_for_the_bank(apel):
    status, said = apel("questions", "export")
    assert status == 0
    assert yaml.safe_load(said) == {"aktivasi/twibbon": [["twibon mana"]]}
    assert apel("questions", "export", "--unit", "Dinas Satu") == (0, "Belum ada pertanyaan yang dipetakan.\n")


def test_an_unknown_office_is_refused(apel):
    assert apel("questions", "--unit", "Tidak Ada")[0] == 2
    assert apel("questions", "export", "--unit", "Tidak Ada")[0] == 2
