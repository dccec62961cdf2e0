"""What every fault is met with: a loopback Telegram, a database of its own, an office, and processes that end."""

import asyncio
import itertools
import shutil
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from storage.engine import make_engine
from storage.migrate import upgrade
from storage.transaction import Database
from tests.faults import office
from tests.faults.bot import Bot, Forked, Plain, ended_or_done, environment
from tests.faults.launcher import Hooks
from tests.faults.ledger import Reader, Verdict, compare
from tests.faults.telegram import FaultyTelegram

TEMPLATE = "faults"


def pytest_collection_modifyitems(config, items):
    """Without --every-fault one of each kind suffices."""
    if config.getoption("every_fault"):
        return
    left_out = [item for item in items if item.get_closest_marker("in_full")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@dataclass
class Scene:
    """One run: everything in it is public."""

    folder: Path
    url: str
    server: FaultyTelegram
    reader: Reader
    database: Database
    settings: dict[str, str] = field(default_factory=dict)
    bots: list[Bot] = field(default_factory=list)
    kills: int = 0

    @property
    def log(self) -> Path:
        """What the processes said."""
        return self.folder / "said.txt"

    def said(self) -> str:
        """All of it so far."""
        return self.log.read_text("utf-8") if self.log.exists() else ""

    def starts(self, hooks: Hooks | None = None, **more: object) -> Forked:
        """The product, with what is hooked under it."""
        bot = Forked(self.settings | environment(self.server, self.url, **more), hooks or Hooks(), self.log)
        self.bots.append(bot)
        return bot

    def starts_plain(self, **more: object) -> Plain:
        """`apel run`."""
        bot = Plain(self.settings | environment(self.server, self.url, **more), self.log)
        self.bots.append(bot)
        return bot

    async def done(self, patience: float = 60.0) -> None:
        """Wait until nothing waits any more; the last process must live to see it."""
        try:
            assert await ended_or_done(self.bots[-1], self.reader, patience)
        except (TimeoutError, AssertionError):
            rows = [(row.id, row.chat_id, row.state.value, row.reason) for row in await self.reader.rows()]
            raise AssertionError(f"not done: {rows}\n{self.said()[-6000:]}") from None

    async def verdict(self, *explained: str) -> Verdict:
        """The ledger beside the server's log; the fault explains rows in these states."""
        return await compare(self.reader, self.server, kills=self.kills, explained=explained)

    async def states(self) -> dict[str, int]:
        """How many rows stand in each state."""
        return dict((await self.verdict()).states)

    async def kill(self, bot: Bot) -> None:
        """SIGKILL, and wait for the end."""
        bot.send_signal(signal.SIGKILL)
        await bot.gone()
        self.kills += 1


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A SQLite file as `apel migrate` makes it, copied by each test."""
    path = tmp_path_factory.mktemp("faults") / "migrated.sqlite"
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


@asynccontextmanager
async def opened(folder, url):
    async with FaultyTelegram() as server:
        database = Database(make_engine(url))
        scene = Scene(folder, url, server, Reader(url), database)
        try:
            yield scene
        finally:
            for bot in scene.bots:
                bot.send_signal(signal.SIGKILL)
                await bot.gone()
            await database.close()


@pytest.fixture
async def sqlite_scenes(tmp_path, migrated):
    """As many as are asked for, each on a SQLite file of its own; the one before is over."""

    async def scenes():
        for number in itertools.count(1):
            path = tmp_path / f"apel-{number}.sqlite"
            shutil.copyfile(migrated, path)
            async with opened(tmp_path, f"sqlite+aiosqlite:///{path}") as scene:
                yield scene

    found = scenes()
    yield found
    await found.aclose()


@pytest.fixture
async def sqlite_scene(sqlite_scenes):
    """On a SQLite file."""
    return await anext(sqlite_scenes)


@pytest.fixture(scope="session")
def migrated_template(postgres):
    """A PostgreSQL database as `apel migrate` makes it, the template of each test's own."""
    asyncio.run(postgres._do(f"CREATE DATABASE {TEMPLATE}"))
    asyncio.run(upgrade(postgres.url(TEMPLATE)))
    return TEMPLATE


@pytest.fixture
async def postgresql_scene(tmp_path, postgres, migrated_template):
    """On a PostgreSQL."""
    async with postgres.fresh(migrated_template) as url, opened(tmp_path, url) as scene:
        yield scene


IN_FULL = pytest.mark.in_full
MOSTLY_SQLITE = ["sqlite", pytest.param("postgresql", marks=IN_FULL)]


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request):
    """On either."""
    return request.getfixturevalue(f"{request.param}_scene")


async def morning(scene: Scene, *, groups: int = 3, people: tuple[int, ...] = (21, 22), ago: float = 1.0) -> int:
    """A reading that just fell due in the groups, and reminders to people; returns how many messages that is."""
    due = SystemClock().now() - timedelta(seconds=ago)
    await office.office(scene.database, scene.server, due=due, groups=groups)
    await office.reminders(scene.database, scene.server, people)
    return groups + len(people)
