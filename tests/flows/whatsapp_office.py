"""An office on WhatsApp on the loopback: Meta's API, the webhook, the house on a database, and a clock that is moved.

    async with WhatsAppTown(tmp_path, "2026-11-16T14:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
        await town.says(secretary, "lapor")
        await town.taps(secretary, "Akuntabel")

Everything a person does is posted to the webhook, answered and sent before the next line of the story.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx
from sqlalchemy import select, update

from bot.application import build, whatsapp_channel
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.sending import WhatsAppSender, listed_templates
from bot.channels.whatsapp.splitting import events
from bot.channels.whatsapp.templates import remembered
from bot.invitations import create_invitation
from bot.offices import add_office
from bot.web.app import make_app
from bot.web.signed_webhooks import SignedInlet
from content.regulation_loader import load_regulations
from content.templates import templates
from scheduler.charges import Prices
from scheduler.clock import MovableClock
from scheduler.metrics import Metrics
from scheduler.persons_limit import PersonsLimit
from storage.engine import make_engine
from storage.models import (
    Delivery,
    InboundUpdate,
    Office,
    PersonAddress,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleState,
)
from storage.queries import offices
from storage.queries.templates import keep_all
from storage.transaction import Database
from tests.empty_tables import empty_tables
from tests.fakes.graph_chats import Sent
from tests.fakes.graph_people import Person
from tests.fakes.graph_server import GraphServer, Template

REGULATIONS = load_regulations()
WEBHOOK = "http://apel.example/whatsapp/webhook"
NUMBER = "628110000001"
_MOST_ROUNDS = 200


class WhatsAppTown:
    """One installation of the bot that runs on WhatsApp alone."""

    def __init__(self, place: Path, start: str, prices: Prices | None = None) -> None:
        self.clock = MovableClock(datetime.fromisoformat(start))
        self.server = GraphServer(self.clock)
        self._file = place / "apel.sqlite"
        self.url = f"sqlite+aiosqlite:///{self._file}"
        self.office_name, self._prices = "", prices
        self.daily_persons = 250  # to so many may be written first

    async def __aenter__(self) -> Self:
        await self.server.__aenter__()
        self._file.write_bytes(empty_tables())
        self.database = Database(make_engine(self.url))
        self._start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._kill()
        await self.database.close()
        await self.server.__aexit__(*exception)

    def _start(self) -> None:
        self.graph = Graph(self.server.origin, self.server.phone_id, self.server.token, answer_seconds=2.0)
        self.persons = PersonsLimit(self.daily_persons, told=True)
        sender = WhatsAppSender(self.graph, self.clock, self.database, self.persons)
        account, prices = self.server.account_id, self._prices
        channel = whatsapp_channel(sender, self.server.phone_id, lambda: NUMBER, account_id=account, prices=prices)
        self.house = build(self.database, self.clock, REGULATIONS, channel)
        inlet = SignedInlet(
            "whatsapp",
            "/whatsapp/webhook",
            self.server.app_secret,
            self.server.verify_token,
            events,
            lambda: None,
            within=60.0,  # a slow machine changes no story
        )
        app = make_app(self.database, self.clock, Metrics(), inlets=[inlet])
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app))

    async def _kill(self) -> None:
        await self.http.aclose()
        await self.house.worker.close()
        await self.graph.close()

    async def kill_and_restart(self) -> None:
        """Kill the process, start it again on the same database, let it catch up."""
        await self._kill()
        self._start()
        await self.house.worker.recover(self.clock.now())
        await self.settle()

    # time

    async def deliver(self, **how: Any) -> None:
        """Let Meta post what waits."""
        for raw, headers in self.server.posts(**how):
            answer = await self.http.post(WEBHOOK, content=raw, headers=headers)
            assert answer.status_code == 200, answer.status_code

    async def settle(self, **how: Any) -> None:
        """Post, answer and send until all is quiet; the clock moves only as far as the limits of sending ask for."""
        for _ in range(_MOST_ROUNDS):
            await self.deliver(**how)
            await self.house.settle()
            wake, now = await self.house.next_wake(), self.clock.now()
            if wake - now > timedelta(seconds=2) and not self.server.pending:
                return
            self.clock.move_to(
                max(wake, now + timedelta(milliseconds=50)) if wake - now <= timedelta(seconds=2) else now
            )
        raise AssertionError(f"never quiet: it wants to go on at {wake}")

    async def clock_to(self, instant: str) -> None:
        """Move the clock there, doing on the way whatever falls due."""
        target = datetime.fromisoformat(instant)
        await self.settle()
        while (wake := await self.house.next_wake()) < target:
            self.clock.move_to(max(wake, self.clock.now() + timedelta(milliseconds=50)))
            await self.settle()
        self.clock.move_to(target)
        await self.settle()

    async def nobody_writes_for_a_day(self) -> None:
        """Everybody's window is closed, without the clock's having to go through that day."""
        for chat in self.server.chats.values():
            chat.heard_at = None
        async with self.database.transaction() as session:
            await session.execute(update(PersonAddress).values(last_inbound_at=None))

    # templates

    async def approves(self, **states: str) -> None:
        """Meta has all of our templates, approved but for these, and the bot asks for them as it does by itself."""
        for name, ours in templates().items():
            template = Template(name, ours.numbered, states.get(name, "APPROVED"), category=ours.category.upper())
            self.server.templates[name] = template
        await self.asks_for_templates()

    async def asks_for_templates(self) -> None:
        """What the bot does every few minutes."""
        listed = await listed_templates(self.graph, self.server.account_id, self.clock.now())
        async with self.database.transaction() as session:
            await keep_all(session, "whatsapp", remembered(listed), self.clock.now())

    # people

    async def opens(self, name: str, regulation_id: str) -> None:
        """`apel office add`; later calls concern this office."""
        self.office_name = name
        async with self.database.transaction() as session:
            await add_office(session, name, REGULATIONS[regulation_id], None, self.clock.now())

    async def pushes_to_persons(self, *kinds: ScheduleKind) -> None:
        """These of the office's first schedules go to its members one by one."""
        async with self.database.transaction() as session:
            chosen = update(Schedule).where(Schedule.kind.in_(kinds))
            await session.execute(chosen.values(to_persons=True, state=ScheduleState.ACTIVE, reason=None))

    async def invites(self, role: Role) -> str:
        """`apel invite`: a code."""
        async with self.database.transaction() as session:
            office: Office = await offices.find_office(session, self.office_name)
            return (await create_invitation(session, office, role, 1, self.clock.now())).code

    async def joins(self, name: str, role: Role, **ids: Any) -> Person:
        """Somebody new sends what the link to join wrote beforehand, and is on the roster."""
        person = self.server.person(name, **ids)
        await self.says(person, f"Gabung {await self.invites(role)}")
        assert "Anda sudah bergabung" in self.text(person)
        return person

    async def says(self, person: Person, text: str, **more: Any) -> list[Sent]:
        """Somebody writes; what the bot then sent them."""
        before = len(self.server.messages(person))
        person.says(text, **more)
        await self.settle()
        return self.server.messages(person)[before:]

    async def taps(self, person: Person, title: str) -> list[Sent]:
        """Somebody taps the newest button or row with this title; what the bot then sent them."""
        before = len(self.server.messages(person))
        person.taps(self.offering(person, title), title)
        await self.settle()
        return self.server.messages(person)[before:]

    # what can be seen

    def text(self, person: Person) -> str:
        """All that the bot has said to this person."""
        return "\n\n".join(message.text for message in self.server.messages(person))

    def offering(self, person: Person, title: str) -> Sent:
        """The newest message under which this can be tapped."""
        for message in reversed(self.server.messages(person)):
            if title in message.choices:
                return message
        raise AssertionError(f"no {title!r} in {[list(m.choices) for m in self.server.messages(person)]}")

    async def ledger(self) -> list[Delivery]:
        """Every delivery, in the order of writing."""
        async with self.database.transaction() as session:
            return list(await session.scalars(select(Delivery).order_by(Delivery.id)))

    async def addresses(self) -> list[PersonAddress]:
        """Every account that is known."""
        async with self.database.transaction() as session:
            return list(await session.scalars(select(PersonAddress).order_by(PersonAddress.id)))

    async def incidents(self) -> list[str]:
        """The ids of everything that went wrong unexpectedly."""
        async with self.database.transaction() as session:
            query = select(InboundUpdate.incident).where(InboundUpdate.incident.is_not(None))
            return list(await session.scalars(query))
