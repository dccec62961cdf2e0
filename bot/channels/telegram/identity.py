"""Who the bot is on Telegram."""

from msgspec import Struct


class BotIdentity(Struct, frozen=True):
    """What getMe tells. `username` is without @; `reads_everything`: privacy mode is off, all group texts arrive."""

    id: int
    username: str
    reads_everything: bool = False
