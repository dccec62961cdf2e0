"""apel hold, backup and restore, as an administrator types them."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bot.cli import cli
from scheduler.delivery_queue import enqueue
from scheduler.sender import Destination
from storage.engine import make_engine
from storage.models import AuditEntry, Delivery
from storage.queries import holds, offices
from storage.sole_user import sole_user
from storage.transaction import Database

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


@pytest.fixture
def url(tmp_path):
    return f"sqlite+aiosqlite:///{tmp_path}/apel.sqlite"


@pytest.fixture
def apel(tmp_path, monkeypatch):
    monkeypatch.setenv("APEL_DATABASE_URL", f"sqlite:///{tmp_path}/apel.sqlite")

    def typed(*arguments):
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="apel")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return typed


@pytest.fixture
def two_offices(apel, url):
    """Each with one message that is held; another waits for somebody of no office."""
    apel("office", "add", "Dinas Satu")
    apel("office", "add", "Dinas Dua")
    asyncio.run(_hold(url))


async def _hold(url):
    database = Database(make_engine(url))
    async with database.transaction() as session:
        for office in [*await offices.all_offices(session), None]:
            row = await enqueue(
                session,
                destination=Destination("telegram", "7777"),
                key="registration/stayed",
                parameters={},
                now=NOW,
                office_id=office.id if office else None,
            )
            await holds.hold(session, [], [row.id])
    await database.close()


async def _rows(url, model):
    database = Database(make_engine(url))
    async with database.transaction() as session:
        found = list(await session.scalars(select(model).order_by(model.id)))
    await database.close()
    return found


def ledger(url):
    return [(row.office_id, row.held, row.state.value, row.reason) for row in asyncio.run(_rows(url, Delivery))]


def test_where_nothing_is_held_it_says_so(apel):
    for arguments in (("hold",), ("hold", "list"), ("hold", "release"), ("hold", "discard")):
        assert apel(*arguments) == (0, "Tidak ada kiriman yang ditahan.\n")


@pytest.mark.usefixtures("two_offices")
def test_what_is_held_is_listed_office_by_office(apel):
    status, said = apel("hold")
    assert (status, said.count("1 pesan lain")) == (0, 3)
    assert said.index("Dinas Satu") < said.index("Dinas Dua") < said.index("belum bergabung dengan kantor")
    assert apel("hold", "list")[1] == said
    _, said = apel("hold", "list", "--unit", "dinas dua")
    assert ("Dinas Satu" in said, "Dinas Dua" in said) == (False, True)


@pytest.mark.usefixtures("two_offices")
def test_one_office_is_released_and_the_rest_discarded(apel, url):
    assert apel("hold", "release", "--unit", "Dinas Satu")[1].startswith("Dinas Satu: 1 pesan dilepas")
    assert ledger(url) == [(1, False, "planned", None), (2, True, "planned", None), (None, True, "planned", None)]
    assert apel("hold", "discard")[1].count("1 pesan dibatalkan") == 2
    gone = ("cancelled", "discarded")
    assert ledger(url) == [(1, False, "planned", None), (2, True, *gone), (None, True, *gone)]
    assert apel("hold", "release")[1] == "Tidak ada kiriman yang ditahan.\n"
    entries = [entry for entry in asyncio.run(_rows(url, AuditEntry)) if entry.act.startswith("hold.")]
    assert [(entry.office_id, entry.act, entry.actor_id) for entry in entries] == [
        (1, "hold.released", None),
        (2, "hold.discarded", None),
        (None, "hold.discarded", None),
    ]


@pytest.mark.parametrize("act", ["list", "release", "discard"])
def test_an_office_that_is_not_there_is_named(apel, act):
    status, said = apel("hold", act, "--unit", "Dinas Tiga")
    assert (status, "Dinas Tiga" in said) == (2, True)


@pytest.mark.usefixtures("two_offices")
def test_it_works_while_the_bot_runs(apel, url, tmp_path):
    with sole_user(url):
        assert apel("hold", "release")[0] == 0
        assert apel("backup", tmp_path / "copy.sqlite")[0] == 0


def test_a_database_is_marked_as_restored(apel, tmp_path):
    assert apel("hold", "mark")[0] == 0
    with closing(sqlite3.connect(tmp_path / "apel.sqlite")) as connection:
        assert connection.execute("SELECT name FROM settings").fetchall() == [("restored",)]


def test_a_copy_is_made_and_put_back(apel, tmp_path):
    apel("office", "add", "Dinas Satu")
    status, said = apel("backup", tmp_path / "copy.sqlite")
    assert (status, "MB, 1 kantor, 0 anggota, 0 kiriman." in said) == (0, True)
    apel("office", "add", "Dinas Dua")
    status, said = apel("restore", tmp_path / "copy.sqlite")
    assert (status, "Yang lama disimpan di" in said, "ditahan sampai diputuskan" in said) == (0, True, True)
    assert apel("office", "add", "Dinas Dua")[0] == 0


def test_what_cannot_be_copied_or_put_back_is_said_in_a_sentence(apel, tmp_path, url):
    apel("office", "add", "Dinas Satu")
    copy = tmp_path / "copy.sqlite"
    apel("backup", copy)
    assert "tidak ditimpa" in apel("backup", copy)[1]
    assert "periksa foldernya" in apel("backup", tmp_path / "absent" / "copy.sqlite")[1]
    (tmp_path / "strange").write_text("anything", "utf-8")
    assert "bukan cadangan Apel" in apel("restore", tmp_path / "strange")[1]
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "versi Apel yang lebih baru" in apel("restore", copy)[1]
    with sole_user(url):
        status, said = apel("restore", tmp_path / "strange")
    assert (status, "hentikan dahulu bot itu" in said) == (2, True)


def test_on_postgresql_the_tools_that_do_it_are_named(apel, monkeypatch, tmp_path):
    (tmp_path / "apel.dump").touch()
    monkeypatch.setenv("APEL_DATABASE_URL", "postgresql://apel:rahasia@127.0.0.1/apel")
    for command, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
        status, said = apel(command, tmp_path / "apel.dump")
        assert (status, tool in said, "rahasia" in said) == (2, True, False)
