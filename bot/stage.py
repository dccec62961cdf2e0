"""The demo's stage: who is played, where they speak, and the acts that they can do there."""

import itertools
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.application import House
from bot.channels import console
from bot.channels.inbound import Attachment, Chat, InboundMessage, Kind, Sender
from content.demo_story import DemoPerson, DemoStory
from content.markup import plain_text
from content.rendering import render
from scheduler.clock import MovableClock
from scheduler.date_phrases import When, read_when
from storage.queries import inbound

GROUP_ID = "-1"


class Stage:
    """One console, one house, one moved clock."""

    def __init__(
        self, story: DemoStory, house: House, screen: console.ConsoleChannel, clock: MovableClock, zone: ZoneInfo
    ) -> None:
        self.story = story
        self.screen = screen
        self.clock = clock
        self._house = house
        self._zone = zone
        self._updates = itertools.count(1)
        self.person = story.people[0]
        self.in_group = False

    @property
    def local_now(self) -> datetime:
        """The moved clock's time in the office's zone."""
        return self.clock.now().astimezone(self._zone)

    def chat(self) -> Chat:
        """Where the person who is played speaks now."""
        if self.in_group:
            return Chat(chat_id=GROUP_ID, private=False, title=self.story.group)
        return Chat(chat_id=_user_id(self.person), private=True, title=self.person.name)

    def plays(self, key: str) -> bool:
        """Be somebody else from now on; False where nobody has this key."""
        found = next((person for person in self.story.people if person.key == key.casefold().strip()), None)
        if found is not None:
            self.person = found
        return found is not None

    async def says(self, text: str) -> None:
        """Write a text or a command."""
        command, _, rest = text[1:].partition(" ") if text.startswith("/") else ("", "", "")
        if command:
            name = command.partition("@")[0].casefold()
            if "\n" in name:
                name, _, first = name.partition("\n")
                rest = f"{first} {rest}"
            await self._does(kind=Kind.COMMAND, command=name, text=rest.strip(), addressed=True)
        else:
            await self._does(kind=Kind.TEXT, text=text, addressed=not self.in_group)

    async def presses(self, number: int) -> bool:
        """Press the numbered button, in whichever chat it stands; False where there is none."""
        button = self.screen.numbered(number)
        if button is None:
            return False
        private = button.chat_id != GROUP_ID
        await self._does(
            kind=Kind.PRESS,
            chat=Chat(chat_id=button.chat_id, private=private),
            text=button.action,
            message_ref=button.message_ref,
            press_id=str(button.number),
        )
        return True

    async def shows(self, photo: str, reply_to: str | None) -> None:
        """Send a photo, perhaps in reply to a message."""
        await self._does(
            kind=Kind.PHOTO,
            attachment=Attachment(file_ref=f"console:{photo}", name=photo),
            reply_to=reply_to,
            addressed=not self.in_group or reply_to is not None,
        )

    async def joins_group(self) -> None:
        """The bot is added to the group by the person who is played."""
        await self._does(kind=Kind.GROUP_JOINED)

    async def moves_clock(self, phrase: str) -> bool:
        """Move the clock to a time as people type it, doing on the way all that falls due; False if unreadable."""
        read = read_when(phrase, self.local_now)
        if not isinstance(read, When) or read.instant is None:
            return False
        target = max(read.instant, self.clock.now())
        while True:
            await self._house.settle()
            wake = await self._house.next_wake()
            if wake > target:
                break
            self.clock.move_to(max(wake, self.clock.now() + timedelta(seconds=1)))
        self.clock.move_to(max(target, self.clock.now()))
        await self._house.settle()
        return True

    async def _does(self, *, chat: Chat | None = None, **fields: object) -> None:
        number = str(next(self._updates))
        values: dict[str, object] = {
            "channel": console.NAME,
            "update_id": number,
            "message_ref": f"in-{number}",
            "chat": chat or self.chat(),
            "sender": Sender(user_id=_user_id(self.person), name=self.person.name),
            "at": self.clock.now(),
        }
        message = InboundMessage(**(values | fields))  # type: ignore[arg-type]  # assembled from checked parts
        async with self._house.database.transaction() as session:
            await inbound.store(session, console.NAME, number, console.write(message), self.clock.now())
        await self._house.settle()


def _user_id(person: DemoPerson) -> str:
    return f"user-{person.key}"


def chat_title(story: DemoStory, chat_id: str) -> str:
    """How a chat is headed on the screen."""
    if chat_id == GROUP_ID:
        return story.group
    name = next((person.name for person in story.people if _user_id(person) == chat_id), chat_id)
    return plain_text(render("demo/private_chat", {"name": name}).text)
