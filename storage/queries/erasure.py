"""Taking a person out of the database: what is personal goes, what the log counts stays."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, func, literal, or_, select, update

from storage.models import (
    AuditEntry,
    Confirmation,
    Conversation,
    Delivery,
    DeliveryState,
    Evidence,
    Invitation,
    JoinAttempt,
    Member,
    Person,
    PersonAddress,
    Question,
    Report,
)
from storage.queries import audit_log, kept_files, ledger
from storage.queries.deliveries import WAITING
from storage.queries.mentions import NOT_WORDS, may_quote_reports_of, pattern_of, said_in
from storage.transaction import Session


async def erase_person(session: Session, person: Person, erased_name: str, now: datetime) -> None:
    """Remove the person, their accounts, dialogues, evidence, the messages sent to them, and those that quote them.

    Their roster lines stay as `erased_name`, off the roster, so that turns and audit rows keep their place; reports
    and confirmations keep day, value and behaviour, without text and without author. The name is taken out of what
    was posted in their offices.
    """
    members = (await session.scalars(select(Member).where(Member.person_id == person.id))).all()
    addresses = (await session.scalars(select(PersonAddress).where(PersonAddress.person_id == person.id))).all()
    await _erase_quotes(session, [member.id for member in members])
    await _erase_from_log(session, [member.id for member in members])
    for address in addresses:
        await _erase_account(session, address)
    names = {person.name, *(member.name for member in members)} - {erased_name}
    for office_id in {member.office_id for member in members}:
        await _erase_names(session, office_id, names, erased_name)
    for member in members:
        member.name, member.person_id, member.joined_at = erased_name, None, None
        member.left_at, member.leads_assembly = member.left_at or now, False
        await audit_log.record(session, member.office_id, None, "member.erased", {"member": member.id}, now)
    for address in addresses:
        await session.delete(address)
    await session.execute(delete(Invitation).where(Invitation.person_id == person.id))
    await session.flush()
    await session.delete(person)
    await session.flush()


async def _erase_quotes(session: Session, ids: Sequence[int]) -> None:
    """Leave no words in what quoted the reports of these members to secretaries and leads; the rows keep their place.

    Lists shorten and escape what they quote, so every such message of the office is emptied, found in it or not.
    """
    await session.execute(
        update(Delivery)
        .where(may_quote_reports_of(ids))
        .where(Delivery.state.not_in([*WAITING, DeliveryState.SENDING]))
        .values(message={"text": ""}, parameters={})
        .execution_options(synchronize_session=False)
    )


async def _erase_from_log(session: Session, ids: Sequence[int]) -> None:
    theirs = select(Report.id).where(Report.member_id.in_(ids))
    first = await session.scalar(select(func.min(Report.id)).where(Report.member_id.in_(ids)))
    evidence = or_(Evidence.member_id.in_(ids), Evidence.report_id.in_(theirs))
    files = await session.execute(select(Evidence.channel, Evidence.reference).where(evidence))
    await kept_files.drop(session, [(channel, reference) for channel, reference in files if channel is not None])
    await session.execute(delete(Evidence).where(evidence))
    await session.execute(
        update(Report)
        .where(Report.member_id.in_(ids))
        .values(
            text="",
            problem="",
            remedy="",
            remark=None,
            member_id=None,
            # one author's reports stay one nobody's: the log counts how many people reported
            key=literal(f"erased-{first}-") + cast(Report.id, String),
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Confirmation)
        .where(Confirmation.counted_for.in_(ids), Confirmation.member_id.in_(ids))
        .values(counted_for=-Confirmation.id)  # still one of a kind, no longer anybody's
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Confirmation)
        .where(Confirmation.member_id.in_(ids))
        .values(member_id=None)
        .execution_options(synchronize_session=False)
    )


async def _erase_account(session: Session, address: PersonAddress) -> None:
    for model in (Conversation, JoinAttempt):
        await session.execute(delete(model).where(model.channel == address.channel, model.user_id == address.user_id))
    private = select(Delivery.id).where(Delivery.channel == address.channel, Delivery.chat_id == address.chat_id)
    await forget_deliveries(session, [*await session.scalars(private)])


async def forget_deliveries(session: Session, ids: Sequence[int]) -> None:
    """Delete these rows of the ledger; what followed or replaced one of them stands alone from then on."""
    for first in range(0, len(ids), 500):  # within SQLite's limit of variables
        some = ids[first : first + 500]
        await ledger.uncount(session, some)
        for column in (Delivery.edits_id, Delivery.follows_id):
            await session.execute(
                update(Delivery)
                .where(column.in_(some))
                .values({column: None})
                .execution_options(synchronize_session=False)
            )
        await session.execute(
            delete(Delivery).where(Delivery.id.in_(some)).execution_options(synchronize_session=False)
        )


async def _erase_names(session: Session, office_id: int, names: Iterable[str], instead: str) -> None:
    """Put `instead` for these names in the office's ledger of messages, its audit log and the questions it keeps."""
    pattern = pattern_of(names)
    if pattern is None:
        return
    for delivery in await session.scalars(said_in([office_id])):
        delivery.message = _without(delivery.message, pattern, instead)
        delivery.parameters = _without(delivery.parameters, pattern, instead)
    for entry in await session.scalars(select(AuditEntry).where(AuditEntry.office_id == office_id)):
        entry.detail = _without(entry.detail, pattern, instead)
    in_any_case = re.compile(pattern.pattern, re.IGNORECASE)  # people write small letters when they ask
    for question in await session.scalars(select(Question).where(Question.office_id == office_id)):
        question.text = _without(question.text, in_any_case, instead)
    await session.flush()


def _without(value: Any, pattern: re.Pattern[str], instead: str) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda _: instead, value)
    if isinstance(value, dict):
        return {key: item if key in NOT_WORDS else _without(item, pattern, instead) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, pattern, instead) for item in value]
    return value
