"""The group chat of the README's picture: the demo's office, played through the real router, and what was said in it."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from bot import demo
from bot.application import build, console_channel, opened
from bot.channels.console import ConsoleChannel
from bot.config import Settings
from bot.stage import GROUP_ID, Stage, chat_title
from content.demo_story import load_demo_story
from content.message import Message
from content.regulation_loader import load_regulations
from scheduler.clock import MovableClock
from scheduler.sender import Destination, SendReceipt

QUESTION = "/tanya siapa yang memimpin apel pagi?"


class Said(Struct, frozen=True):
    """One message as it stands in the chat. `who` is None for the bot; `at` is local."""

    message: Message
    at: datetime
    who: str | None = None
    edited: bool = False


class Shown(Struct, frozen=True):
    """Words that the app shows over the chat for a moment, to the one who pressed."""

    words: str


class RecordedChat(Struct, frozen=True):
    """The chat's title, the first day in it, and what is in it from top to bottom."""

    title: str
    day: datetime
    lines: tuple[Said | Shown, ...]


class _Recorder(ConsoleChannel):
    """The console, with a memory for one chat: an edit takes the place of what it edits."""

    def __init__(self, clock: MovableClock, zone: ZoneInfo) -> None:
        super().__init__(lambda _block: None, lambda chat_id: chat_id, colour=False)
        self._clock, self._zone = clock, zone
        self.lines: dict[str, Said | Shown] = {}

    @property
    def now(self) -> datetime:
        return self._clock.now().astimezone(self._zone)

    async def send(self, destination: Destination, message: Message, entry=None) -> SendReceipt:
        receipt = await super().send(destination, message, entry)
        if destination.chat_id == GROUP_ID and receipt.message_ref:
            self.lines[receipt.message_ref] = Said(message, self.now)
        return receipt

    async def edit(self, destination: Destination, message_ref: str, message: Message) -> SendReceipt:
        receipt = await super().edit(destination, message_ref, message)
        stands = self.lines.get(message_ref)
        if isinstance(stands, Said):
            self.lines[message_ref] = replace(stands, message=message, edited=True)
        return receipt

    async def acknowledge(self, press_id: str, words: str | None) -> None:
        await super().acknowledge(press_id, words)
        if words:
            self.lines[f"press {press_id}"] = Shown(words)

    def heard(self, who: str, text: str) -> None:
        """Somebody wrote this."""
        self.lines[f"heard {len(self.lines)}"] = Said(Message(text), self.now, who)


async def recorded_chat(folder: Path) -> RecordedChat:
    """The reading as it is posted, tapped and changed; a question and its answer. `folder` takes the database."""
    story, regulations = load_demo_story(), load_regulations()
    clock = MovableClock(story.start)
    zone = ZoneInfo(regulations[story.regulation].timezone)
    screen = _Recorder(clock, zone)
    settings = Settings.from_environment({"APEL_DATABASE_URL": f"sqlite:///{folder / 'chat.sqlite'}"})
    async with opened(settings) as database:
        house = build(database, clock, regulations, console_channel(screen))
        stage = Stage(story, house, screen, clock, zone)
        await demo._seed(stage, house, story)
        await stage.moves_clock("besok 07.29")
        screen.lines.clear()
        await stage.moves_clock("07.30")
        stage.in_group = True
        stage.plays("anggota 1")
        await stage.moves_clock("07.42")
        button = screen.find("Sudah dibacakan")
        assert button is not None
        await stage.presses(button.number)
        await stage.moves_clock("09.05")
        stage.plays("anggota 2")
        screen.heard(stage.person.name, QUESTION)
        await stage.says(QUESTION)
    return RecordedChat(chat_title(story, GROUP_ID), screen.now, tuple(screen.lines.values()))
