"""The button of a template ("Baca"): the tap opens the window, and the message that the template announced comes.

It may be tapped at any time and as often as one likes, by the person it went to.
"""

from bot.conversations.press_numbers import press_number
from bot.conversations.step import Dialogue, Press, Step, Turn
from bot.conversations.typed_choices import NOTHING_WAITS
from content.templates import READ
from scheduler.bringing import bring
from scheduler.delivery_queue import message_of
from scheduler.delivery_status import DeliveryStatus, Stage, record_status
from storage.models import Delivery
from storage.queries import deliveries

_GONE = Step(keep=True, toast="push/gone")


async def _read(turn: Turn) -> Step:
    row = await _own(turn)
    if row is None:
        return _GONE
    message, now = turn.inbound, turn.answered_at
    if message.message_ref is not None:  # whatever was heard of it: it stands in the chat
        news = DeliveryStatus(message.channel, Stage.READ, now, message.message_ref, row.id)
        await record_status(turn.session, news, now)
    await bring(turn.session, row, turn.inbound_row, now)
    return Step(keep=True)


async def _own(turn: Turn) -> Delivery | None:
    """The row that the button names, if it went to this private chat and its words are still kept."""
    row, here = await deliveries.find(turn.session, press_number(turn)), turn.inbound.chat
    if row is None or not here.private or (row.channel, row.chat_id) != (turn.inbound.channel, here.chat_id):
        return None
    said = message_of(row)
    return row if said.text or said.picture or said.document else None


async def _nothing(_turn: Turn) -> Step:
    return Step(keep=True, toast="push/nothing")


DIALOGUE = Dialogue(name="read_push", presses=(Press(READ, _read, None), Press(NOTHING_WAITS, _nothing, None)))
