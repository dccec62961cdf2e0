"""What became of each push of a month, from the rows that drive sending; in words that the channel proves."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from scheduler import recurrence
from scheduler.abilities import settling
from scheduler.retry_policy import NO_TEMPLATE
from storage.models import DeliveryState, OccurrenceState, Office, ScheduleKind
from storage.queries import ledger
from storage.queries.ledger import Push
from storage.transaction import Session

ON_TIME_WITHIN = timedelta(minutes=1)  # people read minutes


class Fate(StrEnum):
    """What a reader asks of a push. "Accepted": the channel's server took it; whether it was read nobody knows."""

    ON_TIME = "on_time"
    LATE = "late"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    MISSED = "missed"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    HELD = "held"  # until a person decides, or its window closes
    FORGOTTEN = "forgotten"  # private ones are not kept for ever; it had been written


class Line(Struct, frozen=True):
    """One push to one chat. `group` None: privately; `late`: after its hour, of what was accepted.

    `persons`: so many private chats that met the same fate, the one that was the latest shown for all.
    """

    kind: ScheduleKind
    title: str
    group: str | None
    due_at: datetime
    fate: Fate
    sent_at: datetime | None = None
    late: timedelta = timedelta(0)
    reason: str | None = None
    persons: int = 1
    channel: str | None = None
    left: bool = False  # the server for its reader, where the channel tells
    delivered: bool = False  # to a device, likewise
    read: bool = False  # likewise


class Proved(Struct, frozen=True):
    """What a channel that tells by itself has told of pushes; of some it may tell nothing, so these are the least."""

    channel: str
    accepted: int
    left: int
    delivered: int
    read: int


class Charged(Struct, frozen=True):
    """How many messages, answers too, a channel said to charge in this category."""

    channel: str
    category: str
    number: int


class Record(Struct, frozen=True):
    """An office's month: every push in order of time, and what was charged.

    `no_template`: messages of any kind that wait now, as the channel lets none of their templates be used.
    """

    first: date
    lines: tuple[Line, ...]
    charged: tuple[Charged, ...] = ()
    no_template: int = 0

    def counts(self) -> dict[ScheduleKind, Counter[Fate]]:
        """How many of each kind met which fate."""
        counted: dict[ScheduleKind, Counter[Fate]] = {}
        for line in self.lines:
            counted.setdefault(line.kind, Counter())[line.fate] += 1
        return counted

    def proved(self, kind: ScheduleKind) -> tuple[Proved, ...]:
        """What became of the accepted pushes of this kind, by channel, on those that tell."""
        accepted = [line for line in self.lines if line.kind is kind and line.fate in (Fate.ON_TIME, Fate.LATE)]
        found: list[Proved] = []
        for channel in sorted({line.channel or "" for line in accepted} & settling().keys()):
            own = [line for line in accepted if line.channel == channel]
            told = [sum(getattr(line, name) for line in own) for name in ("left", "delivered", "read")]
            found.append(Proved(channel, len(own), *told))
        return tuple(found)

    def remarkable(self) -> tuple[Line, ...]:
        """What did not go out on time, as far as it is still known; private chats of one fate together."""
        found: dict[tuple[object, ...], Line] = {}
        for place, line in enumerate(self.lines):
            if line.fate in (Fate.ON_TIME, Fate.FORGOTTEN):
                continue
            same = (line.kind, line.title, line.due_at, line.fate, line.reason) if line.group is None else (place,)
            other = found.get(same)
            found[same] = replace(max(line, other, key=_lateness), persons=other.persons + 1) if other else line
        return tuple(found.values())


def _lateness(line: Line) -> timedelta:
    return line.late


_ENDED = {
    DeliveryState.UNCERTAIN: Fate.UNCERTAIN,
    DeliveryState.FAILED: Fate.FAILED,
    DeliveryState.MISSED: Fate.MISSED,
    DeliveryState.CANCELLED: Fate.CANCELLED,
}


async def month_of(session: Session, office: Office, day: date, now: datetime) -> Record:
    """The record of the month in which `day` lies, in the office's zone, up to the aware instant `now`."""
    first = day.replace(day=1)
    since = recurrence.instant(first, time(0), office.timezone)
    until = recurrence.instant((first + timedelta(days=32)).replace(day=1), time(0), office.timezone)
    pushes = await ledger.pushes(session, office.id, since, min(until, now))
    charged = await ledger.charged(session, office.id, since, until)
    no_template = await ledger.waiting_for(session, office.id, NO_TEMPLATE)
    return Record(first, read(pushes), tuple(Charged(*of_category) for of_category in charged), no_template)


def read(pushes: Sequence[Push]) -> tuple[Line, ...]:
    """Each push with its fate."""
    return tuple(_line(push) for push in pushes)


def _line(push: Push) -> Line:
    late = push.sent_at - push.due_at if push.sent_at and push.state is DeliveryState.SENT else timedelta(0)
    return Line(
        push.kind,
        push.title,
        push.group,
        push.due_at,
        _fate(push, late),
        push.sent_at,
        late,
        push.reason,
        channel=push.channel,
        left=push.left_at is not None,
        delivered=push.delivered_at is not None,
        read=push.read_at is not None,
    )


def _fate(push: Push, late: timedelta) -> Fate:
    if push.state is DeliveryState.SENT:
        return Fate.LATE if late > ON_TIME_WITHIN else Fate.ON_TIME
    if push.state is None and push.occurrence is not OccurrenceState.PLANNED:
        return Fate.MISSED if push.occurrence is OccurrenceState.MISSED else Fate.FORGOTTEN
    ended = _ENDED.get(push.state) if push.state else None
    return ended or (Fate.HELD if push.held else Fate.WAITING)


def local(instant: datetime, office: Office) -> datetime:
    """The instant on the office's clock."""
    return instant.astimezone(ZoneInfo(office.timezone))
