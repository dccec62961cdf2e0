"""What people hold in their hands, whatever the channel: they write, press and show, and see what is on the screen."""

from typing import Protocol

from msgspec import Struct

from bot.application import Channel, House


class Shown(Struct, frozen=True):
    """One message as it stands on the screen: its words without marks of formatting, and what can be chosen."""

    text: str
    labels: tuple[str, ...] = ()
    form: str = "buttons"  # of what can be chosen: "buttons", "rows" of a list, or "written" out
    file: str | None = None
    data: bytes = b""


class Phones(Protocol):
    """Everybody's phone on one channel; people and the group are known by their names."""

    name: str
    toast: str | None  # what the last press was answered with over the chat

    def channel(self) -> Channel:
        """The channel's ends, for the house."""
        ...

    def join(self, house: House) -> None:
        """This house answers."""
        ...

    async def deliver(self) -> None:
        """Bring to the house's inbox what was done on the phones."""
        ...

    async def says(self, who: str, text: str) -> None:
        """Write."""
        ...

    async def presses(self, who: str, label: str, where: str) -> None:
        """Choose what the newest message there offers under this label, in the way that the channel shows it."""
        ...

    async def shows(self, who: str, caption: str, where: str, *, replying: bool) -> None:
        """Send a photo, perhaps in reply to the bot's last message there."""
        ...

    def words_of(self, link: str) -> str | None:
        """What somebody says here who follows the link in these words; None where none leads here."""
        ...

    def screen(self, who: str) -> list[Shown]:
        """The chat with the bot from top to bottom, without what the person wrote."""
        ...

    async def links_group(self, who: str, title: str) -> None:
        """Add the bot to a group, and link it to the office; its screen is that of "group"."""
        ...

    async def close(self) -> None:
        """End."""
        ...


def unseen(label: str, screen: list[Shown]) -> AssertionError:
    """Nothing with this label can be chosen."""
    return AssertionError(f"no {label!r} in {[shown.labels for shown in screen]}")
