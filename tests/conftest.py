"""Set before anything imports telegram: a retry delay is a timedelta, so its constructor does not warn."""

import logging
import os

os.environ.setdefault("PTB_TIMEDELTA", "1")

import pytest
from hypothesis import settings

from storage.engine import make_engine
from storage.transaction import Database
from tests.empty_tables import empty_tables
from tests.postgres import Postgres
from tests.quick_engines import quicken


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="what the tests of rooms other than storage, which has its own on both, run on",
    )
    parser.addoption("--every-fault", action="store_true", help="run also those of tests/faults that take long")


def pytest_configure(config):
    config.addinivalue_line("markers", "in_full: only with --every-fault, which `make faults` gives")
    quicken()


@pytest.fixture
async def sqlite_database(tmp_path):
    """A fresh SQLite file with every table."""
    path = tmp_path / "apel.sqlite"
    path.write_bytes(empty_tables())
    database = Database(make_engine(f"sqlite+aiosqlite:///{path}"))
    yield database
    await database.close()


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server, started by the first test that asks for it."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture
async def postgresql_database(postgres):
    """A fresh database on PostgreSQL with every table."""
    database = Database(make_engine(await postgres.emptied()))
    yield database
    await database.close()


@pytest.fixture
def database(request):
    """A fresh database with every table; where it matters which, tests name one of the two."""
    return request.getfixturevalue(f"{request.config.getoption('database')}_database")


@pytest.fixture
def kept_logging():
    """Puts the loggers back as they were, for tests in which the product sets them up for its own process."""
    loggers = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    yield
    logging.captureWarnings(capture=False)
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


# The same examples on every run and every machine, and no verdict by the machine's speed.
settings.register_profile("apel", derandomize=True, deadline=None, database=None)
settings.load_profile("apel")
