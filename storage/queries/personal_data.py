"""Everything that is held about one person, as plain rows for the file that they may ask for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, false, or_, select

from storage.models import (
    Activity,
    AuditEntry,
    Base,
    CalendarDay,
    Confirmation,
    Conversation,
    Delivery,
    Evidence,
    Invitation,
    JoinAttempt,
    KeptFile,
    Member,
    Office,
    Person,
    PersonAddress,
    Report,
    Schedule,
    Turn,
)
from storage.queries.mentions import lines_of, may_quote_reports_of, pattern_of, said_in
from storage.transaction import Session

Rows = list[dict[str, Any]]
_OF_AN_ADDRESS = (
    *("channel", "user_id", "chat_id", "unreachable", "phone"),
    *("last_inbound_at", "opted_in_at", "opted_out_at"),
)
_QUOTED = 40  # characters: lists cut what they quote, none of them shorter


async def held_about(session: Session, person: Person) -> dict[str, Rows]:
    """Rows by subject, each row by column.

    `messages` are those sent into the person's private chats, `mentions` what was said of them in other chats.
    `regulation` is the id of the one that words a row's seats and values; None where no office has it.
    """
    addresses = (await session.scalars(_of(PersonAddress, PersonAddress.person_id == person.id))).all()
    members = (await session.scalars(_of(Member, Member.person_id == person.id))).all()
    ids = [member.id for member in members]
    offices = {office.id: office for office in await session.scalars(select(Office))}
    accounts = [(address.channel, address.user_id) for address in addresses]
    return {
        "person": [_row(person, "name", "created_at", "noticed_at")],
        "addresses": [_row(address, *_OF_AN_ADDRESS) for address in addresses],
        "memberships": [
            {"office": offices[member.office_id].name, "regulation": offices[member.office_id].regulation_id}
            | _row(member, "name", "role", "leads_assembly", "created_at", "joined_at", "left_at")
            for member in members
        ],
        **await _kept_by_members(session, ids, {number: office.regulation_id for number, office in offices.items()}),
        **await _kept_by_accounts(session, accounts),
        "messages": await _messages(session, addresses),
        "mentions": await _mentions(session, person, members, addresses),
    }


async def _kept_by_members(
    session: Session, ids: Sequence[int], regulations: Mapping[int | None, str]
) -> dict[str, Rows]:
    sources: dict[str, tuple[Select[Any], tuple[str, ...]]] = {
        "reports": (
            _of(Report, Report.member_id.in_(ids)),
            ("day", "value_slug", "behaviour_n", "text", "problem", "remedy", "state", "remark", "created_at"),
        ),
        "confirmations": (_of(Confirmation, Confirmation.member_id.in_(ids)), ("kind", "day", "at", "afterwards")),
        "evidence": (_of(Evidence, Evidence.member_id.in_(ids)), ("kind", "channel", "reference", "name", "at")),
        "turns": (_of(Turn, Turn.member_id.in_(ids)), ("day", "state")),
        "activities": (
            _of(Activity, Activity.entered_by.in_(ids)),
            ("day", "what", "means", "problem", "remedy", "created_at"),
        ),
        "invitations": (_of(Invitation, Invitation.created_by.in_(ids)), ("role", "created_at", "expires_at")),
        "schedules": (_of(Schedule, Schedule.created_by.in_(ids)), ("kind", "title", "body", "created_at")),
        "calendar_days": (_of(CalendarDay, CalendarDay.decided_by.in_(ids)), ("day", "kind", "name", "decided_at")),
    }
    rows = {
        subject: [
            _row(found, *columns) | {"regulation": regulations.get(found.office_id)}
            for found in await session.scalars(query)
        ]
        for subject, (query, columns) in sources.items()
    }
    await _note_copies(session, rows["evidence"])
    return rows | {"acts": await _acts(session, ids, regulations)}


async def _note_copies(session: Session, evidence: Rows) -> None:
    """Of which photos and files the bytes are kept here, since when, and as what."""
    references = select(KeptFile).where(KeptFile.reference.in_([row["reference"] for row in evidence]))
    kept = {(file.channel, file.reference): file for file in await session.scalars(references)}
    for row in evidence:
        file = kept.get((row["channel"], row["reference"]))
        row["kept_at"] = file.kept_at if file is not None else None
        row["media_type"] = file.media_type if file is not None else None


async def _acts(session: Session, ids: Sequence[int], regulations: Mapping[int | None, str]) -> Rows:
    """What the audit log says that they did (`own`), and what it says that others did to them."""
    about = AuditEntry.detail["member"].as_integer().in_(ids)
    found = await session.scalars(_of(AuditEntry, or_(AuditEntry.actor_id.in_(ids), about)))
    return [
        _row(entry, "act", "detail", "at")
        | {"own": entry.actor_id in ids, "regulation": regulations.get(entry.office_id)}
        for entry in found
    ]


async def _kept_by_accounts(session: Session, accounts: Sequence[tuple[str, str]]) -> dict[str, Rows]:
    dialogues, attempts = _accounts(Conversation, accounts), _accounts(JoinAttempt, accounts)
    return {
        "dialogues": [_row(found, "dialogue", "data", "updated_at") for found in await session.scalars(dialogues)],
        "attempts": [_row(found, "at") for found in await session.scalars(attempts)],
    }


def _accounts(model: type[Conversation | JoinAttempt], accounts: Sequence[tuple[str, str]]) -> Select[Any]:
    return _of(
        model, or_(false(), *(and_(model.channel == channel, model.user_id == user) for channel, user in accounts))
    )


async def _messages(session: Session, addresses: Sequence[PersonAddress]) -> Rows:
    chats = [
        and_(Delivery.channel == address.channel, Delivery.chat_id == address.chat_id)
        for address in addresses
        if address.chat_id is not None
    ]
    rows = await session.scalars(_of(Delivery, or_(false(), *chats)))
    return [
        {
            "at": row.sent_at or row.created_at,
            "state": row.state,
            "text": row.message.get("text", ""),
            "asked": row.parameters.get("asked"),  # what an answer remembers of the question, names taken out
        }
        for row in rows
    ]


async def _mentions(
    session: Session, person: Person, members: Sequence[Member], addresses: Sequence[PersonAddress]
) -> Rows:
    """What other chats were told of the person: a group's post whole, of a private message the lines about them.

    The other lines of a private message speak of other people: those are not this person's to read.
    """
    ids = [member.id for member in members]
    named = pattern_of({person.name, *(member.name for member in members)})
    quoted = pattern_of(_beginnings(await session.scalars(_of(Report, Report.member_id.in_(ids)))))
    quoting = set(await session.scalars(select(Delivery.id).where(may_quote_reports_of(ids))))
    own = {(address.channel, address.chat_id) for address in addresses}
    found = []
    for row in await session.scalars(said_in({member.office_id for member in members})):
        patterns = [named, quoted if row.id in quoting else None]
        lines = [line for line in lines_of(row.message) if any(known and known.search(line) for known in patterns)]
        if lines and (row.channel, row.chat_id) not in own:
            text = row.message.get("text", "") if row.group_id is not None else "\n".join(lines)
            found.append({"at": row.sent_at or row.created_at, "text": text})
    return found


def _beginnings(reports: Iterator[Report]) -> set[str]:
    """The words by which a quotation of these reports is known: how their lines begin."""
    lines = (
        line for report in reports for text in (report.text, report.problem, report.remedy) for line in lines_of(text)
    )
    return {line if len(line) <= _QUOTED else line[:_QUOTED].rpartition(" ")[0] for line in map(str.strip, lines)}


def _of(model: type[Base], condition: Any) -> Select[Any]:
    return select(model).where(condition).order_by(model.__table__.c.id)


def _row(found: Any, *columns: str) -> dict[str, Any]:
    return {column: getattr(found, column) for column in columns}
