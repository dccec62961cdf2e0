"""The words between the router and a dialogue: Turn in, Step out, and how a dialogue announces what it answers to."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.access import Permission
from bot.channels.inbound import InboundMessage, Kind
from content.message import Document, Picture
from content.regulation import Regulation
from scheduler.abilities import Abilities, abilities_of
from scheduler.charges import Prices
from scheduler.errors import TemplateTrouble
from scheduler.sender import Destination
from storage.models import Member, Office, Person
from storage.transaction import Session


class Place(Enum):
    """Where a command may be given."""

    PRIVATE = "private"
    GROUP = "group"
    ANYWHERE = "anywhere"


class State(Struct, frozen=True):
    """Where a conversation stands: the dialogue that goes on, and what it must remember (JSON values)."""

    dialogue: str
    data: dict[str, Any] = {}


class Surroundings(Struct, frozen=True):
    """What the wiring knows and dialogues need."""

    regulations: Mapping[str, Regulation]
    links: Callable[[str], Mapping[str, str]]  # a join code -> by channel the deep link, or the words to type
    groups_on: tuple[str, ...] = ()  # the channels, as people call them, whose groups can be linked here
    prices: Mapping[str, Prices] = {}  # by channel, of those that charge, where they are known
    # With how many people who did not write lately a conversation may be begun in a day on this channel, if it told.
    new_chats_a_day: Callable[[str], int | None] = lambda _channel: None
    # By channel, why a template in this state (a word of the channel's) cannot be used, if so.
    template_trouble: Mapping[str, Callable[[str], TemplateTrouble | None]] = {}


class Turn(Struct, frozen=True):
    """One inbound message with all that is known about it.

    Dialogues read and write through `storage.queries` with `session`; the router commits their work together with
    the Step. `now` (aware UTC) is when it was said, so that a report that waited through the night counts for its day;
    of a press, when it was received. `answered_at` is the present instant.
    """

    inbound: InboundMessage
    now: datetime
    answered_at: datetime
    session: Session
    surroundings: Surroundings
    inbound_row: int  # id of the stored update
    commands: "tuple[Command, ...]" = ()  # every command there is, for help
    person: Person | None = None
    member: Member | None = None
    office: Office | None = None
    host: Office | None = None  # the office that the group is linked to, where it came from one
    state: State | None = None
    overtaken: bool = False  # said before what the open form took in last: `state` is None then, and the form stays
    advice: tuple[str, ...] = ()  # a second opinion on what a question may mean, best first; mostly nobody was asked

    @property
    def abilities(self) -> Abilities:
        """What the channel can show and do on which it was said."""
        return abilities_of(self.inbound.channel)

    @property
    def zone(self) -> ZoneInfo:
        """The office's zone; a dialogue for members may count on it."""
        return ZoneInfo(self.known_office.timezone)

    @property
    def local_now(self) -> datetime:
        """When it was said, in the office's zone."""
        return self.now.astimezone(self.zone)

    @property
    def today(self) -> date:
        """The day it is in the office's zone: the day on which something counts."""
        return self.local_now.date()

    @property
    def known_office(self) -> Office:
        """The office of a member."""
        if self.office is None:
            raise LookupError("no office: the router lets only members this far")
        return self.office

    @property
    def known_member(self) -> Member:
        """The member who is speaking."""
        if self.member is None:
            raise LookupError("no member: the router lets only members this far")
        return self.member

    @property
    def known_person(self) -> Person:
        """Who is speaking; known in every private chat."""
        if self.person is None:
            raise LookupError("no person: only private chats name one for certain")
        return self.person

    @property
    def regulation(self) -> Regulation:
        """The regulation of the member's office."""
        return self.surroundings.regulations[self.known_office.regulation_id]

    @property
    def regulation_here(self) -> Regulation:
        """The regulation by which a question is answered: that of the group's office, else of the member's."""
        return self.surroundings.regulations[(self.host or self.known_office).regulation_id]


class Reply(Struct, frozen=True):
    """One message to send, by its key in the catalogue. Without `to` it answers in the chat it came from.

    `edits`: id of the delivery whose message it replaces; the message itself when the press came from it.
    """

    key: str
    parameters: Mapping[str, Any] = {}
    to: Destination | None = None
    edits: int | None = None
    edits_pressed: bool = False  # replace the message whose button was pressed, where one was
    picture: Picture | None = None
    document: Document | None = None


class Step(Struct, frozen=True):
    """What a dialogue answers: replies, the next state (None closes the conversation), a short toast for a press.

    `keep` leaves the stored state as it is, for answers given in the midst of another dialogue. `toast` is a message
    key of the area "toast"; it is shown over the chat and not stored.
    """

    replies: tuple[Reply, ...] = ()
    state: State | None = None
    keep: bool = False
    toast: str | None = None
    toast_parameters: Mapping[str, Any] = {}

    @property
    def in_doubt(self) -> bool:
        """Whether it answers what may have been no question, or another one."""
        return any(reply.key in _IN_DOUBT for reply in self.replies)


_IN_DOUBT = {"answer/suggestions", "answer/not_regulated", "answer/not_understood", "answer/incomplete"}
EXPIRED = Step(keep=True, toast="toast/expired")  # to a button that is forged, or whose time has passed

Handler = Callable[[Turn], Awaitable[Step]]
AttachmentHandler = Callable[[Turn], Awaitable[Step | None]]


class Command(Struct, frozen=True):
    """A slash command. `permission` None: also for people without a seat. Help words it by "summary/<name>".

    `spoken`, of those that read words: whether the words behind the bare name (the turn's text) are plainly for it.
    """

    name: str
    handler: Handler
    permission: Permission | None
    place: Place = Place.PRIVATE
    spoken: Callable[[Turn], bool] | None = None


class Press(Struct, frozen=True):
    """A button's verb ("report.save" in "report.save:12"); its arguments follow the colon, checked by the handler."""

    verb: str
    handler: Handler
    permission: Permission | None


class Event(Struct, frozen=True):
    """Something that happened to a chat (bot added, removed, blocked ...), not said by anybody."""

    kind: Kind
    handler: Handler


class Dialogue(Struct, frozen=True):
    """All that one file answers to.

    `goes_on` gets every text, photo or file while its State is open. `attached` is shown every photo or file that
    answers a message of ours; it returns None where that message is not its concern. `newcomer` gets what somebody
    without a seat writes in private. `takes_no_word`: whether the open State waits for something that no command's name
    is (a choice, a time), so that the bare name means the command. `chooses`: whether it waits for a choice, so that a
    number means the place of one.
    """

    name: str
    commands: tuple[Command, ...] = ()
    presses: tuple[Press, ...] = ()
    events: tuple[Event, ...] = ()
    goes_on: Handler | None = None
    attached: AttachmentHandler | None = None
    newcomer: Handler | None = None
    takes_no_word: Callable[[Turn], bool] | None = None
    chooses: Callable[[Turn], bool] | None = None


def press_arguments(turn: Turn) -> list[str]:
    """The arguments of the pressed button: "report.save:12:3" -> ["12", "3"]."""
    _, _, rest = turn.inbound.text.partition(":")
    return rest.split(":") if rest else []


def press_argument(turn: Turn, place: int = 0) -> str:
    """The argument at this place, "" where the button has none."""
    return "".join(press_arguments(turn)[place : place + 1])
