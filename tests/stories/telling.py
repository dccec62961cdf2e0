"""Tells a story on a channel: the real house, a moved clock, and after each act a look at every screen."""

from contextlib import AsyncExitStack
from datetime import datetime, time, timedelta
from typing import Any, Self

from sqlalchemy import select

from bot.application import build
from bot.invitations import create_invitation
from bot.offices import add_office
from content.regulation_loader import load_regulations
from scheduler.clock import MovableClock
from storage.models import Base, InboundUpdate, Member, Office, Role
from storage.transaction import Database
from tests.fakes.graph_server import GraphServer
from tests.fakes.telegram_server import TelegramServer
from tests.moving_on import move_on
from tests.stories.on_console import ConsolePhones
from tests.stories.on_telegram import TelegramPhones
from tests.stories.on_whatsapp import WhatsAppPhones
from tests.stories.phones import Phones, Shown
from tests.stories.text import SECOND, Scene, Sees, Story, on

OFFICE, GROUP, HAND = "Dinas Kominfo", "Grup Dinas", "Administrator"
SECOND_PHONE = " (2)"
REGULATIONS = load_regulations()
_MOST_ROUNDS = 200


class Telling:
    """One office on one channel, or on two."""

    def __init__(self, story: Story, channel: str, database: Database) -> None:
        """`database`: with every table, and nothing in them."""
        self.story, self.channel = story, channel
        self.clock = MovableClock(datetime.fromisoformat(story.start))
        self.database = database
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        two = self.story.beside or (self.story.group and self.channel == "whatsapp")  # which has no groups
        names = [self.channel, SECOND[self.channel]] if two else [self.channel]
        self.phones = [await self._open(name) for name in names]
        self.house = build(self.database, self.clock, REGULATIONS, *(phones.channel() for phones in self.phones))
        self._stack.push_async_callback(self.house.worker.close)
        for phones in self.phones:
            phones.join(self.house)
        await self._found_office()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _open(self, channel: str) -> Phones:
        phones: Phones
        match channel:
            case "telegram":
                telegram = await self._stack.enter_async_context(TelegramServer(self.clock))
                phones = TelegramPhones(telegram, self.database, self.clock)
            case "whatsapp":
                graph = await self._stack.enter_async_context(GraphServer(self.clock))
                phones = WhatsAppPhones(graph, self.database, self.clock)
                await phones.approves_templates()
            case _:
                phones = ConsolePhones([*self.story.people, HAND], OFFICE, GROUP, self.clock)
        self._stack.push_async_callback(phones.close)
        return phones

    async def _found_office(self) -> None:
        """People join with a code, one after the other; others are names on the roster; the group is linked."""
        joined = {name: role for name, role in self.story.people.items() if role}
        async with self.database.transaction() as session:
            now = self.clock.now()
            office = await add_office(session, OFFICE, REGULATIONS[self.story.regulation], None, now)
            codes = {
                name: (await create_invitation(session, office, Role(role), 1, now)).code
                for name, role in joined.items()
            }
            office_id = office.id
        for name, code in codes.items():
            await self._joins(self.phones[0], name, code)
        async with self.database.transaction() as session:
            session.add_all(
                Member(office_id=office_id, name=name, role=Role.ANGGOTA, created_at=self.clock.now())
                for name in self.story.roster
            )
        if self.story.group:
            await self._link_group(office_id)

    async def _joins(self, phones: Phones, name: str, code: str) -> None:
        await phones.says(name, phones.words_of(phones.channel().link(code)) or "")
        await self._settle()
        assert "Anda sudah bergabung" in phones.screen(name)[-1].text

    async def _link_group(self, office_id: int) -> None:
        """An administrator does, on the channel that has groups."""
        async with self.database.transaction() as session:
            office = await session.get_one(Office, office_id)
            invited = await create_invitation(session, office, Role.ADMINISTRATOR, 1, self.clock.now())
        await self._joins(self.phones[-1], HAND, invited.code)
        await self.phones[-1].links_group(HAND, GROUP)
        await self._settle()
        assert "tertaut ke" in self.phones[-1].screen("group")[-1].text

    # time

    async def _settle(self) -> None:
        """Bring, answer and send until all is quiet."""
        for _ in range(_MOST_ROUNDS):
            for phones in self.phones:
                await phones.deliver()
            await self.house.settle()
            if await self.house.next_wake() > self.clock.now():
                return
            self.clock.advance(timedelta(milliseconds=50))
        raise AssertionError("never quiet")

    async def _clock_to(self, target: datetime) -> None:
        await move_on(self.house, self.clock, target, self._settle)

    # the story

    async def tell(self) -> None:
        """Every scene of it; then what the database holds."""
        for scene in self.story.scenes:
            played = on(self.channel, scene)
            if played is not None:
                try:
                    await self._play(played)
                except AssertionError as error:
                    raise AssertionError(f"{scene.title!r} on {self.channel}: {error}") from error
        await self._check_tables()

    async def _play(self, scene: Scene) -> None:
        before = self.screens()
        hands = self.phones[1] if scene.second else self.phones[0]
        await self._act(scene, hands)
        await self._settle()
        actor = scene.who + SECOND_PHONE * scene.second
        for who, now in self.screens().items():
            sees = scene.sees if who == actor else scene.others.get(who, Sees(messages=0))
            _check(who, sees, before[who], now, hands.toast if who == actor and scene.presses is not None else None)

    def screens(self) -> dict[str, list[Shown]]:
        """What everybody has before them; behind a name, whose second phone it is."""
        own, *second = self.phones
        found = {who: own.screen(who) for who in self.story.people}
        for phones in second:
            found |= {who + SECOND_PHONE: phones.screen(who) for who in self.story.people}
        return found | ({"group": self.phones[-1].screen("group")} if self.story.group else {})

    async def _act(self, scene: Scene, hands: Phones) -> None:
        if scene.clock is not None:
            await self._clock_to(datetime.fromisoformat(scene.clock))
        elif scene.presses is not None:
            await hands.presses(scene.who, scene.presses, scene.where)
        elif scene.shows is not None:
            await hands.shows(scene.who, scene.shows, scene.where, replying=scene.replying)
        elif scene.follows is not None:
            read = self.phones[0].screen(scene.follows)[-1].text
            words = hands.words_of(read)
            assert words, f"no link in {read!r}"
            await hands.says(scene.who, words)
        else:
            await hands.says(scene.who, scene.says or "")

    async def _check_tables(self) -> None:
        async with self.database.transaction() as session:
            for name, rows in {"inbound_updates": [], **self.story.holds}.items():
                table = Base.metadata.tables[name]
                query = select(table).order_by(table.c.id)
                if name == "inbound_updates":
                    query = query.where(InboundUpdate.incident.is_not(None))
                found = [row._mapping for row in await session.execute(query)]
                columns = [list(row) for row in rows]
                assert len(found) == len(rows), f"{name}: {[dict(row) for row in found]}"
                shown = [{c: _plain(row[c]) for c in names} for row, names in zip(found, columns, strict=True)]
                assert shown == rows, name


def _check(who: str, sees: Sees, before: list[Shown], now: list[Shown], toast: str | None) -> None:
    new = now[len(before) :]
    changed = [after for was, after in zip(before, now, strict=False) if was != after]
    told = f"{who} sees {[shown.text for shown in (*changed, *new)]} and over the chat {toast!r}"
    assert (len(new), len(changed)) == (sees.count, sees.edits), f"{told}, not {sees.count} new, {sees.edits} changed"
    assert (sees.toast is None) == (toast is None), told
    assert sees.toast is None or _flat(sees.toast) in _flat(toast or ""), told
    read = _flat(" ".join(shown.text for shown in (*changed, *new)))
    for words in sees.reads:
        assert _flat(words) in read, f"{told}, not {words!r}"
    for words in sees.lacks:
        assert _flat(words) not in read, f"{told}, also {words!r}"
    last = (*changed, *new)[-1] if changed or new else Shown("")
    if sees.offers is not None:
        offered = (last.form, last.labels)
        assert offered == (sees.form, sees.offers), f"{who} is offered {offered}, not {sees.form} {sees.offers}"
    assert last.file == sees.file, told
    for words in sees.holds:
        assert words in last.data.decode("utf-8-sig"), last.data.decode("utf-8-sig")


def _flat(words: str) -> str:
    return " ".join(words.split())


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, time) else getattr(value, "value", value)
