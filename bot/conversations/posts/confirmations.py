"""The buttons under a post ("Sudah dibacakan", "Rapat dibuka", "Sudah pasang", "Sudah diteruskan"): the log entry.

Any member of the office's roster may tap; the tapper may take it back for UNDO_WITHIN. A photo or file sent in reply
to the post is its evidence.
"""

from datetime import timedelta

from bot.access import Permission, may
from bot.conversations import evidence_keeping
from bot.conversations.evidence_intake import attachment_of
from bot.conversations.posts.edited import show_state, tap_words
from bot.conversations.press_numbers import number, press_number
from bot.conversations.step import EXPIRED, Dialogue, Handler, Press, Reply, Step, Turn
from scheduler import notices
from storage.models import ConfirmationKind, OccurrenceState
from storage.queries import confirmations, deliveries, evidence, posts
from storage.queries.confirmations import Confirmable
from storage.queries.evidence import Subject

UNDO_WITHIN = timedelta(minutes=10)
ONE_THANKS_IN = timedelta(minutes=1)  # the items of an album are thanked for together
MOST_ITEMS = 50  # for one occurrence
_KIND_OF = {f"done.{kind.value}": kind for kind in ConfirmationKind}


def _done(kind: ConfirmationKind) -> Handler:
    async def confirm(turn: Turn) -> Step:
        found = await _pressed(turn, kind)
        if isinstance(found, Step):
            return found
        if not await confirmations.record(turn.session, found, turn.known_member.id, turn.now):
            return await _recorded_already(turn, found)
        thanks = f"confirmation/toast_{kind.value}"
        about = {"occurrence_id": found.occurrence.id}
        return Step(await show_state(turn, found), keep=True, toast=thanks, toast_parameters=about)

    return confirm


def _undo(kind: ConfirmationKind) -> Handler:
    async def take_back(turn: Turn) -> Step:
        found = await _pressed(turn, kind)
        if isinstance(found, Step):
            return found
        tap = await confirmations.find(turn.session, found, turn.known_member.id)
        if tap is None:
            return Step(keep=True, toast="confirmation/toast_nothing")
        if tap.row.member_id != turn.known_member.id:
            return Step(keep=True, toast="confirmation/toast_not_yours")
        if turn.now - tap.row.at > UNDO_WITHIN:
            own = {"enters": may(turn.known_member.role, Permission.ENTER_ACTIVITY)}
            return Step(keep=True, toast="confirmation/toast_too_late", toast_parameters=own)
        await confirmations.remove(turn.session, tap.row.id)
        return Step(await show_state(turn, found), keep=True, toast="confirmation/toast_undone")

    return take_back


async def _pressed(turn: Turn, kind: ConfirmationKind) -> Confirmable | Step:
    """What the button stands for, if it is this office's to confirm and was posted.

    Anybody's press proves the post, also that of somebody who is not counted; so rights are asked for here.
    """
    found = await _posted(turn, kind, press_number(turn))
    if found is not None and turn.inbound.message_ref is not None:
        await _settle(turn, found, turn.inbound.message_ref)
    if turn.member is None:
        return Step(keep=True, toast="toast/not_member")
    if not may(turn.member.role, Permission.CONFIRM):
        return Step(keep=True, toast="toast/not_allowed")
    if found is None:
        return EXPIRED
    if found.occurrence.office_id != turn.known_office.id:
        return Step(keep=True, toast="confirmation/toast_other_office")
    return found


async def _posted(turn: Turn, kind: ConfirmationKind, occurrence_id: int) -> Confirmable | None:
    found = await confirmations.find_confirmable(turn.session, occurrence_id, kind)
    known = found is not None and found.occurrence.state is OccurrenceState.POSTED
    return found if known else None


async def _settle(turn: Turn, found: Confirmable, message_ref: str) -> None:
    chat = turn.inbound.chat.chat_id
    settled = await posts.settle(
        turn.session, found.occurrence.id, found.kind, turn.inbound.channel, chat, message_ref, turn.now
    )
    for row_id in settled:
        row = await deliveries.find(turn.session, row_id)
        if row is not None:
            await notices.tell_settled(turn.session, row, turn.now)


async def _recorded_already(turn: Turn, found: Confirmable) -> Step:
    if found.kind is ConfirmationKind.TWIBBON:
        return Step(keep=True, toast="confirmation/toast_counted")
    tap = await confirmations.find(turn.session, found, turn.known_member.id)
    if tap is None:
        raise LookupError(f"{found.subject} was neither recorded nor found")
    parameters = {"name": tap.name or "", "at": tap_words(turn, found, tap)}
    return Step(keep=True, toast="confirmation/toast_recorded", toast_parameters=parameters)


async def _attached(turn: Turn) -> Step | None:
    """A photo or file in reply to a post becomes evidence of that occurrence."""
    message = turn.inbound
    item = attachment_of(message)
    if item is None or message.reply_to is None:
        return None
    await _settle_answered(turn, message.reply_to)
    occurrence_id = await posts.occurrence_under(turn.session, message.channel, message.chat.chat_id, message.reply_to)
    found = await confirmations.find_confirmable(turn.session, occurrence_id) if occurrence_id is not None else None
    if found is None:
        return None
    if not _may_add(turn, found):
        quiet = message.album is not None and not message.text
        return Step(() if quiet else (Reply("confirmation/evidence_not_member"),), keep=True)
    return await _keep_evidence(turn, found, item)


async def _settle_answered(turn: Turn, message_ref: str) -> None:
    """A post whose answer was lost is known by its own button, which the channel shows with the reply."""
    for action in turn.inbound.reply_to_buttons:
        verb, _, argument = action.partition(":")
        kind = _KIND_OF.get(verb)
        found = await _posted(turn, kind, number(argument)) if kind else None
        if found is not None:
            await _settle(turn, found, message_ref)


def _may_add(turn: Turn, found: Confirmable) -> bool:
    member = turn.member
    return (
        member is not None and may(member.role, Permission.CONFIRM) and member.office_id == found.occurrence.office_id
    )


async def _keep_evidence(turn: Turn, found: Confirmable, item: evidence.Item) -> Step:
    session, member = turn.session, turn.known_member
    subject = Subject(occurrence_id=found.occurrence.id)
    if await evidence.count(session, subject) >= MOST_ITEMS:
        return Step((Reply("confirmation/evidence_full", {"most": MOST_ITEMS}),), keep=True)
    thanked = await evidence.latest_at(session, subject, member.id)
    await evidence_keeping.keep(turn, subject, [item])
    if thanked is not None and turn.now - thanked < ONE_THANKS_IN:
        return Step(keep=True)
    parameters = {"title": found.title, "day": found.occurrence.day}
    return Step((Reply("confirmation/evidence_kept", parameters),), keep=True)


DIALOGUE = Dialogue(
    name="confirmations",
    presses=(
        *(Press(f"done.{kind.value}", _done(kind), None) for kind in ConfirmationKind),
        *(Press(f"undo.{kind.value}", _undo(kind), None) for kind in ConfirmationKind),
    ),
    attached=_attached,
)
