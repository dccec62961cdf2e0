"""What stands for a command without its slash: its name alone, another word for it, words that are plainly for it."""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from bot.channels.inbound import InboundMessage, Kind
from bot.conversations.step import Command, Turn
from bot.conversations.wishes import Wish, begins_to_stop, says_stop, wish_in, wish_within, wonders
from content.courtesy import asks
from content.normalising import words

_WORDED = (Kind.TEXT, Kind.PHOTO, Kind.FILE)  # a caption is read as the text it is
_WAYS_OUT = {"batal", "bantuan", "berhenti", "mulai"}  # everywhere, for those who are stuck or want no more
_OF_CONSENT = {"berhenti", "mulai"}
_OTHERWISE = {
    "help": "bantuan",
    "menu": "bantuan",
    "batalkan": "batal",
    "batalin": "batal",
    "cancel": "batal",
    "stop": "berhenti",
    "unsubscribe": "berhenti",
    "unreg": "berhenti",
}
_DONE_BY = {  # what people speak of who have a command in mind; no word that is of the regulation alone
    "giliran": "giliran",
    "jadwal": "jadwal",
    "riwayat": "riwayat",
    "undang": "undang",
    "undangan": "undang",
    "siaran": "siar",
    "siarkan": "siar",
    "pengumuman": "siar",
    "umumkan": "siar",
    "lapor": "lapor",
    "melapor": "lapor",
}
_PLEASE = r"(?:(?:tolong|mohon|maaf)\b[\W_]*)*"
_WISH = r"(?:(?:(?:saya|aku)\s+)?(?:mau|ingin|hendak)\s+)?"
_SAID = re.compile(rf"[\W_]*{_PLEASE}{_WISH}([^\W_]+)[\s.,!]*(.*)", re.IGNORECASE | re.DOTALL)
_FILLING = re.compile(
    r"[\W_]*(?:\b(?:pak|bapak|bu|ibu|kak|kakak|mas|mbak|bang|min|admin|dong|deh|ya|dulu|lagi|aja|saja|tolong|mohon"
    r"|sekarang juga|sekali"
    r"|(?:terima ?kasih|makasih?)(?: banyak)?)\b[\W_]*)*",
    re.IGNORECASE,
)


def name_of(message: InboundMessage) -> str:
    """The name of the command that a message gives with a slash; in private also by another word: "/stop"."""
    name = message.command or ""
    return _OTHERWISE.get(name, name) if message.chat.private else name  # in a group it may be another bot's


def begun_with(turn: Turn, commands: Mapping[str, Command]) -> Command | None:
    """The command with whose name a private text begins, where no slash is usual: perhaps meant."""
    word, _, rest = turn.inbound.text.strip().partition(" ")
    meant = rest and not asks(rest) and turn.inbound.chat.private and not turn.abilities.commands
    command = commands.get(word.casefold()) if meant else None
    return None if command is None or command.name in _WAYS_OUT else command


def spoken_of(turn: Turn, commands: Mapping[str, Command]) -> Command | None:
    """The command that does what a private text speaks of, where no slash is usual: "kapan giliran saya"."""
    if turn.abilities.commands or not turn.inbound.chat.private:
        return None
    said = words(turn.inbound.text)
    if {"hapus", "hapuskan", "menghapus"} & set(said) and {"data", "akun"} & set(said):
        return commands.get("hapusdata")
    named = (commands.get(_DONE_BY[word]) for word in said if word in _DONE_BY)
    return next((command for command in named if command is not None), None)


def may_mean_to_stop(turn: Turn) -> bool:
    """Whether a private text, where no slash is usual, names a stop at its beginning."""
    text = turn.inbound.text
    if turn.abilities.commands or not turn.inbound.chat.private or asks(text):
        return False
    return begins_to_stop(text)


def reads_words(command: Command | None) -> bool:
    """Whether what stands behind the name is read."""
    return command is not None and command.spoken is not None


def _wished(turn: Turn, named: str, *, free: bool) -> tuple[str, str] | None:
    """The command that a wish about what we send is one for, in whatever words, and what is left unclear in them.

    `named`: the command that is all of the text. Where a form waits for words (not `free`), only few are a wish; those
    of a broadcast none, for they are read back before they go.
    """
    text = turn.inbound.text
    if says_stop(text):
        return "berhenti", ""
    if named in _OF_CONSENT:
        return ("berhenti", text) if wonders(text) or wish_in(text) is Wish.UNCLEAR else (named, "")
    if not free and turn.state is not None and turn.state.dialogue == "broadcast":
        return None
    wish = None if named else wish_in(text) if free else wish_within(text)
    if wish is None or (wish is Wish.UNCLEAR and not free and turn.inbound.attachment is not None):
        return None
    unclear = text if wish_in(text) is Wish.UNCLEAR else f"{text}?"  # what is plain elsewhere is in question here
    return "mulai" if wish is Wish.GO_ON else "berhenti", unclear if wish is Wish.UNCLEAR else ""


def as_command(turn: Turn, commands: Mapping[str, Command], *, free: bool) -> Turn | None:
    """The turn as the command that was written in private without its slash; None where it is none.

    Ways out always; others where no slash is usual and nothing is open that a word could answer: `free`, as it must be
    for words behind the name, which are plainly for it.
    """
    message = turn.inbound
    said = _SAID.match(message.text)
    if said is None or message.kind not in _WORDED or not message.chat.private:
        return None
    word, rest = said[1].casefold(), said[2].strip()
    name = _OTHERWISE.get(word, word)
    rest = "" if _FILLING.fullmatch(rest) else rest
    wished = None
    if not (free and reads_words(commands.get(name))):
        wished = _wished(turn, name if name in commands and not rest else "", free=free)
        name, rest = wished or (name, rest)
    command = commands.get(name)
    if command is None or not (command.name in _WAYS_OUT or (free and not turn.abilities.commands)):
        return None
    named = replace(turn, inbound=replace(message, kind=Kind.COMMAND, command=command.name, text=rest))
    spoken = wished is not None or (free and command.spoken is not None and command.spoken(named))
    return named if not rest or spoken else None
