"""A restore that is cut off, at whichever step: what was there is whole, or the copy stands there in hold."""

import asyncio
import shutil
import sqlite3
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest

from storage import backup
from storage.backup import back_up, restore
from storage.errors import Unavailable
from storage.migrate import upgrade

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def cut_off_at(step, error):
    """`error` at the line of storage/backup.py that is the step-th one to be run; yields how many were."""
    run = [0]

    def trace(frame, event, _):
        if frame.f_code.co_filename != backup.__file__:
            return None
        if event == "line":
            run[0] += 1
            if run[0] == step:
                raise error
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield run
    finally:
        sys.settrace(before)


@pytest.fixture(scope="module")
def killed_bot(tmp_path_factory):
    """A folder as a bot leaves it that was killed: what it wrote last stands in the log alone. A copy is older."""
    folder = tmp_path_factory.mktemp("running")
    file, left = folder / "apel.sqlite", folder / "left"
    url = f"sqlite+aiosqlite:///{file}"
    asyncio.run(upgrade(url))
    left.mkdir()
    back_up(url, left / "copy.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("INSERT INTO settings (name, value, changed_at) VALUES ('ledger', 'sent', '2026-11-30')")
        connection.commit()
        for end in ("", "-wal"):
            shutil.copyfile(folder / f"apel.sqlite{end}", left / f"apel.sqlite{end}")
    return left


@pytest.fixture
def new_folder(tmp_path, killed_bot):
    """A function that makes another such folder."""

    def make(name):
        return shutil.copytree(killed_bot, tmp_path / str(name))

    return make


def restore_in(folder):
    restore(f"sqlite+aiosqlite:///{folder}/apel.sqlite", folder / "copy.sqlite", NOW)


def settings_in(folder, name="apel.sqlite"):
    with closing(sqlite3.connect(folder / name)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {name for (name,) in connection.execute("SELECT name FROM settings")}


def test_what_stands_in_the_log_alone_is_what_these_tests_are_about(new_folder):
    folder = new_folder("whole")
    assert settings_in(folder) == {"ledger"}
    (other := new_folder("without")).joinpath("apel.sqlite-wal").unlink()
    assert settings_in(other) == set()


@pytest.mark.parametrize("error", [Killed(), OSError("no space left")])
def test_cut_off_anywhere_it_leaves_the_old_whole_or_the_new_in_hold(new_folder, error):
    with cut_off_at(0, error) as run:
        restore_in(new_folder("uncut"))
    found = []
    for step in range(1, run[0] + 1):
        folder = new_folder(step)
        with cut_off_at(step, error), pytest.raises((Killed, OSError, Unavailable)):
            restore_in(folder)
        found.append(settings_in(folder))
    assert {frozenset(names) for names in found} == {frozenset({"ledger"}), frozenset({"restored"})}
    assert found == sorted(found, key=lambda names: "restored" in names)  # once it is the new one, it stays


def test_what_it_replaced_is_kept_with_its_log(new_folder):
    folder = new_folder("kept")
    restore_in(folder)
    assert settings_in(folder, "apel.sqlite.replaced-20261130T010000Z") == {"ledger"}
    assert not list(folder.glob("apel.sqlite-*"))


def test_while_another_program_reads_it_nothing_is_restored(new_folder, monkeypatch):
    folder = new_folder("read")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **more: connect(*given, **({"timeout": 0} | more)))
    with closing(connect(folder / "apel.sqlite")) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM settings").fetchall() == [(1,)]
        with pytest.raises(Unavailable):
            restore_in(folder)
    assert settings_in(folder) == {"ledger"}


def test_a_log_that_lost_its_database_does_not_get_into_the_new_one(new_folder):
    folder = new_folder("orphan")
    (folder / "apel.sqlite").unlink()
    restore_in(folder)
    assert settings_in(folder) == {"restored"}
