"""The console as the demo drives it: its stage, its numbered buttons, and the screen as it is printed."""

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from bot.application import Channel, House, console_channel
from bot.channels.console import ConsoleChannel
from bot.stage import GROUP_ID, Stage
from content.demo_story import DemoPerson, DemoStory
from content.message import Message
from scheduler.clock import MovableClock
from scheduler.sender import Destination, SendReceipt
from tests.stories.phones import Shown, unseen

_LINK = re.compile(r"^(?:Tautan: )?(/start \S+)$", re.MULTILINE)


class _Screen(ConsoleChannel):
    """The screen, with a memory of where each printed block stands."""

    def __init__(self) -> None:
        self.chats: dict[str, dict[str, Shown]] = {}
        self.over: str | None = None
        self._block = ""
        super().__init__(self._printed, lambda chat_id: chat_id, colour=False)

    def _printed(self, block: str) -> None:
        self._block = block

    async def send(self, destination: Destination, message: Message, entry: object = None) -> SendReceipt:
        receipt = await super().send(destination, message)
        self._keep(destination.chat_id, receipt.message_ref, message)
        return receipt

    async def edit(self, destination: Destination, message_ref: str, message: Message) -> SendReceipt:
        receipt = await super().edit(destination, message_ref, message)
        self._keep(destination.chat_id, message_ref, message)
        return receipt

    async def acknowledge(self, press_id: str, words: str | None) -> None:
        await super().acknowledge(press_id, words)
        self.over = self._block.strip().removeprefix("(").removesuffix(")") if words else None

    def _keep(self, chat_id: str, reference: str | None, message: Message) -> None:
        lines = [line.removeprefix("│ ") for line in self._block.split("\n")[1:-1]]
        labels = tuple(button.label for button in self.buttons if button.message_ref == reference)
        file = message.document
        self.chats.setdefault(chat_id, {})[reference or ""] = Shown(
            "\n".join(lines), labels, "buttons", file.name if file else None, file.data if file else b""
        )


class ConsolePhones:
    """See `tests.stories.phones.Phones`. Everybody sits at the one console and is played in turn."""

    name = "console"

    def __init__(self, people: Iterable[str], office: str, group: str, clock: MovableClock) -> None:
        self._screen, self._clock = _Screen(), clock
        self._cast = tuple(DemoPerson(who.casefold(), who, "") for who in people)
        self._office, self._group = office, group
        self._photos = 0

    def channel(self) -> Channel:
        return console_channel(self._screen)

    def join(self, house: House) -> None:
        """The stage hands every act to it at once."""
        story = DemoStory(self._office, "", self._clock.now(), self._group, self._cast, (), ())
        self._stage = Stage(story, house, self._screen, self._clock, ZoneInfo("Asia/Jakarta"))

    async def deliver(self) -> None:
        """The stage has."""

    async def says(self, who: str, text: str) -> None:
        self._plays(who)
        await self._stage.says(text)

    async def presses(self, who: str, label: str, where: str) -> None:
        """By its number, as it is typed behind a #."""
        self._plays(who)
        chat = "group" if where == "group" else who
        mine = [button for button in self._screen.buttons if (button.chat_id, button.label) == (_chat_id(chat), label)]
        if not mine:
            raise unseen(label, self.screen(chat))
        await self._stage.presses(mine[-1].number)

    async def shows(self, who: str, caption: str, where: str, *, replying: bool) -> None:
        assert not caption, "a photo at the console has no caption"
        self._plays(who)
        self._stage.in_group = where == "group"
        self._photos += 1
        last = self._screen.last_in(self._stage.chat().chat_id) if replying else None
        await self._stage.shows(f"foto-{self._photos}.jpg", last)
        self._stage.in_group = False

    def words_of(self, link: str) -> str | None:
        found = _LINK.search(link)
        return found[1] if found else None

    def screen(self, who: str) -> list[Shown]:
        return list(self._screen.chats.get(_chat_id(who), {}).values())

    @property
    def toast(self) -> str | None:
        """What was printed over the chat for the last press."""
        return self._screen.over

    async def links_group(self, who: str, title: str) -> None:
        self._plays(who)
        self._stage.in_group = True
        await self._stage.joins_group()
        await self._stage.says("/tautkan")
        self._stage.in_group = False

    async def close(self) -> None:
        """There is no connection."""

    def _plays(self, who: str) -> None:
        self._screen.over = None
        assert self._stage.plays(who), who


def _chat_id(who: str) -> str:
    return GROUP_ID if who == "group" else f"user-{who.casefold()}"
