"""apel run: the tasks of one process on its channels, from the start to the signal that stops them in order."""

import asyncio
import logging
import math
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from socket import socket
from typing import Any, NoReturn

from bot.application import House, build, opened, packaged_regulations, reranker_of
from bot.channels.telegram import CHANNEL as TELEGRAM
from bot.channels.whatsapp import CHANNEL as WHATSAPP
from bot.config import Settings, WrongSetting, prepare_place
from bot.freed_memory import give_back
from bot.housekeeping import keep_house, next_housekeeping
from bot.log_setup import setup_logging
from bot.loops import Alarm, Loop, finished
from bot.on_telegram import OnTelegram
from bot.on_whatsapp import OnWhatsApp
from bot.pulse import Pulse
from bot.tenure import Tenure
from bot.web.app import make_app
from bot.web.health import Heartbeat
from bot.web.serving import open_port, serve
from bot.web.signed_webhooks import SignedInlet
from bot.web.webhooks import Inlet
from content.question_model import packaged_model
from content.regulation import Regulation
from scheduler import clock_set_back, hold
from scheduler.clock import FollowingClock, SystemClock
from scheduler.errors import ChannelRefusesUs
from scheduler.lane import Answer
from scheduler.ledger_check import check
from scheduler.metrics import Metrics
from storage.engine import is_postgresql, make_engine
from storage.errors import InUse, Unavailable
from storage.queries.leases import Taken
from storage.sole_user import sole_user
from storage.transaction import Database
from storage.wakeups import listen

log = logging.getLogger(__name__)

Task = Callable[[], Coroutine[Any, Any, Any]]

STOP_WITHIN = 10.0  # seconds from the signal for what is in flight; what is cut off is uncertain
_CHECKED_EVERY = timedelta(minutes=1)
_LOCKED_AGAIN = 0.5  # seconds until what begins a tenure is tried again


@contextmanager
def alone(database_url: str) -> Iterator[None]:
    """Hold the file for this bot: a second one would take the first one's unfinished sends for its own.

    Any number may work with one PostgreSQL: there they settle in it who acts.

    Raises:
        WrongSetting: another bot holds it, or its folder cannot be made.
        Unavailable: its folder cannot be written to.
    """
    if is_postgresql(database_url):
        yield
        return
    prepare_place(database_url)
    try:
        with sole_user(database_url):
            yield
    except InUse:
        raise WrongSetting("APEL_DATABASE_URL", "database_in_use") from None


async def run(settings: Settings) -> None:
    """Run the bot on Telegram, WhatsApp or both until SIGTERM or SIGINT.

    Raises:
        WrongSetting: something is missing, or Telegram does not accept the token.
        Unavailable: the database cannot be opened at the start.
    """
    settings.check_channels()
    setup_logging(settings.log_format)
    regulations = packaged_regulations(settings)
    packaged_model()  # read now, so that the first question need not wait for it
    give_back()  # reading it needs twice what it leaves
    with alone(settings.database_url):
        async with opened(settings) as database:
            await _Running(settings, database, regulations).until_stopped()


class _Running:
    """The tasks of one process."""

    def __init__(self, settings: Settings, database: Database, regulations: Mapping[str, Regulation]) -> None:
        self._settings = settings
        self._database = database
        self._regulations = regulations
        self._clock = FollowingClock() if database.shared else SystemClock()
        self._beside = Database(make_engine(settings.database_url)) if database.shared else database
        self._signs = hold.Signs(database)
        self._alarm = Alarm(self._clock)
        self._metrics = Metrics()
        self._pulse = Pulse(settings.heartbeat_url.reveal(), self._clock) if settings.heartbeat_url else None
        self._house: House | None = None
        self._ends = math.inf  # when what is in flight has to be settled, by the event loop's time
        self._answering = Loop("inbox", self._answer, self._clock, self._alarm)
        self._working = Loop("worker", self._work, self._clock, self._alarm)
        self._sending = Loop("outbox", self._send, self._clock, self._alarm, timedelta(milliseconds=1))
        self._housekeeping = Loop("housekeeping", self._keep_house, self._clock, self._alarm)
        self._checking = Loop("ledger", self._check_ledger, self._clock, self._alarm)
        self._keeping = Loop("files", self._keep_files, self._clock, self._alarm)
        self._acting: list[Task] = [self._housekeeping.run, self._checking.run]
        self._house_kept_until = datetime.min.replace(tzinfo=UTC)
        self._ticked_at: datetime | None = None
        self._unrecorded: Sequence[Answer] = ()  # since the last tenure
        self._needed: list[Heartbeat] = []  # to be well, besides the worker itself
        token, heard = settings.telegram_token, self._answering.wake
        self._telegram = OnTelegram(settings, token, database, self._clock, heard) if token else None
        self._whatsapp = OnWhatsApp(settings.whatsapp, database, self._clock) if settings.whatsapp else None
        lines = ((TELEGRAM, self._telegram), (WHATSAPP, self._whatsapp))
        self._channels = [name for name, line in lines if line is not None]
        self._tenure = Tenure(database, self._channels[0], self._clock, self._beside, more=self._channels[1:])

    async def until_stopped(self) -> None:
        """Run every task; on a signal, or when one task cannot go on, stop them in order."""
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        self._alarm.start()
        tasks = await self._tasks()
        try:
            await together([partial(self._signalled, stopping), *tasks])
        except ChannelRefusesUs:
            raise WrongSetting("APEL_TELEGRAM_TOKEN", "token_refused") from None
        finally:
            await self._stop()

    async def _tasks(self) -> list[Task]:
        """What this process does besides other processes on the same database; `_acting` is what only one does."""
        tasks: list[Task] = [partial(self._tenure.whenever_held, self._act)]
        if self._database.shared:
            tasks.append(partial(listen, self._settings.database_url, self._heard))
        loops = [
            self._beat("inbox", lambda: self._answering.last, timedelta(minutes=2)),
            self._beat("worker", lambda: self._working.last, timedelta(minutes=2)),
            self._beat("outbox", lambda: self._sending.last, timedelta(minutes=2)),
        ]
        channels, inlets = await self._ways_in()
        self._needed = [*loops, *channels]
        if (whatsapp := self._whatsapp) is not None:  # by what is posted to us one gets out of it: no reason to close
            self._needed.append(self._beat("sending", lambda: whatsapp.last_welcome, timedelta(minutes=12)))
        if self._settings.http_port is not None:
            app = make_app(
                self._database,
                self._clock,
                self._metrics,
                inlets=inlets,
                loops=loops,
                channels=channels,
                database_trouble=self._database_trouble,
            )
            tasks.append(partial(serve, app, _listen(self._settings.http_port)))
        return tasks

    async def _ways_in(self) -> tuple[list[Heartbeat], list[Inlet | SignedInlet]]:
        """What tells that a channel is heard, and where channels post to us."""
        channels: list[Heartbeat] = []
        inlets: list[Inlet | SignedInlet] = []
        if (whatsapp := self._whatsapp) is not None:
            self._acting.append(whatsapp.introduce)
            inlets.append(whatsapp.inlet(self._answering.wake))
            last, within = lambda: whatsapp.last_good_check, timedelta(minutes=12)
            channels.append(self._beat("whatsapp", last, within, lambda: whatsapp.trouble))
        if (telegram := self._telegram) is None:
            return channels, inlets
        way = await telegram.way_in()
        self._acting.append(way.hear)
        channels.append(self._beat(way.name, way.last_heard, way.within, way.trouble))
        if way.inlet is not None:
            inlets.append(way.inlet)
        return channels, inlets

    def _beat(
        self,
        name: str,
        last: Callable[[], datetime | None],
        within: timedelta,
        trouble: Callable[[], str | None] = lambda: None,
    ) -> Heartbeat:
        """Of something that beats only in the process that acts."""

        def beat() -> datetime | None:
            standing_by = self._database.shared and not self._tenure.held
            return self._clock.now() if standing_by else last()

        return Heartbeat(name, beat, within, trouble)

    def _database_trouble(self) -> str | None:
        loops = (self._answering, self._working, self._sending) if self._tenure.held else ()
        return self._tenure.trouble or next((loop.trouble for loop in loops if loop.trouble), None)

    def _heard(self) -> None:
        """Somebody else wrote something, or let the lease go."""
        self._tenure.look()
        self._answering.wake()
        self._working.wake()

    async def _act(self, taken: Taken) -> None:
        """Be the one process that receives, answers, plans and sends, until cancelled."""
        try:
            await together([partial(self._begin, taken.at), *self._acting])
        finally:
            await self._close_house()

    async def _begin(self, start: datetime) -> NoReturn:
        """Answer, plan and send, whether or not the channels can be reached just now."""
        self._house = house = build(
            self._database,
            self._clock,
            self._regulations,
            *(line.channel for line in (self._telegram, self._whatsapp) if line is not None),
            reranker=reranker_of(self._settings, self._clock),
            holder=self._tenure.holder,
            metrics=self._metrics,
            on_answer=self._sending.wake,
        )
        worker = house.worker
        worker.outbox.adopt(self._unrecorded)
        await _insist(lambda: clock_set_back.heed(self._database, self._channels, start))
        await _insist(lambda: hold.begin(self._database, worker.prepare, start))
        await _insist(lambda: worker.recover(self._clock.now()))
        introduce = [partial(self._telegram.introduce, house.router)] if self._telegram is not None else []
        loops = [self._answering.run, self._working.run, self._sending.run, self._keeping.run]
        await together([*introduce, *loops])
        raise AssertionError("they run until they are cancelled")

    @property
    def _open_house(self) -> House | None:
        """What acts, as long as it may."""
        return self._house if self._tenure.held else None

    async def _answer(self) -> datetime | None:
        if (house := self._open_house) is not None and await house.inbox.drain(wait=False):
            self._sending.wake()
            self._working.wake()
        return None

    async def _send(self) -> datetime | None:
        if (house := self._open_house) is None:
            return None
        worker, busy = house.worker, house.worker.outbox.busy
        wakes = await worker.outbox.step()
        if worker.board.running and worker.outbox.busy is not busy:  # show how far a broadcast is, and its end
            self._working.wake()
        return wakes

    async def _work(self) -> datetime | None:
        if (house := self._open_house) is None:
            return None
        await self._signs.note(now := self._clock.now())
        tick = await house.worker.tick(now, wait=False)
        self._ticked_at = now
        if self._pulse is not None and tick.undone == 0 and self._is_well():
            self._pulse.beat()
        self._sending.wake()
        return await house.next_tick()

    def _is_well(self) -> bool:
        """Whether rows leave and channels are heard: a tick alone helps nobody."""
        now = self._clock.now()
        return all(heartbeat.verdict(now)["ok"] for heartbeat in self._needed)

    async def _keep_house(self) -> datetime | None:
        """At the start, for machines that are switched off at night, then once a day."""
        now = self._clock.now()
        if now >= self._house_kept_until:
            await keep_house(self._database, now)
            self._house_kept_until = next_housekeeping(now)
            self._working.wake()
        return self._house_kept_until

    async def _keep_files(self) -> datetime | None:
        """Fetch what its channel gives away after some days; at every heartbeat, for what is wanted newly."""
        return await house.keeper.step() if (house := self._open_house) is not None else None

    async def _check_ledger(self) -> datetime:
        """Once a minute: do the rows of every push add up, by the last tick? What ended since is not settled yet."""
        if self._ticked_at is not None:
            async with self._database.transaction() as session:
                found = await check(session, self._ticked_at)
            self._metrics.breaches(found)  # no sooner: what is rolled back is found again
        return self._clock.now() + _CHECKED_EVERY

    async def _signalled(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._ends = asyncio.get_running_loop().time() + STOP_WITHIN

    async def _close_house(self) -> None:
        house, self._house = self._house, None
        if house is None:
            return
        await house.worker.outbox.stop(min(STOP_WITHIN, self._ends - asyncio.get_running_loop().time()))
        self._unrecorded = house.worker.outbox.unrecorded

    async def _stop(self) -> None:
        self._alarm.stop()
        if self._pulse is not None:
            await self._pulse.close()
        for line in (self._telegram, self._whatsapp):
            if line is not None:
                await line.close()
        await self._beside.close()
        log.info("stopped")


async def _insist(task: Task) -> None:
    """Do it once the database can be worked with: whoever acted before may have left locks, which lapse."""
    while True:
        try:
            await finished(task())
        except Unavailable as error:
            log.warning("not acting yet: the database cannot be worked with (%s)", error)
        else:
            return
        await asyncio.sleep(_LOCKED_AGAIN)


async def together(tasks: Sequence[Task]) -> None:
    """Run them all until one ends, and cancel the others; raises what it raised."""
    running = [asyncio.create_task(task()) for task in tasks]
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _listen(port: int) -> socket:
    try:
        return open_port(port)
    except OSError as error:
        raise WrongSetting("APEL_HTTP_PORT", "port_taken") from error
