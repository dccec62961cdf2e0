"""Questions about the member's own regulation: /tanya, plain text, buttons of an answer; /nilai lists the values."""

from bot.access import Permission
from bot.channels.inbound import Kind
from bot.conversations.step import EXPIRED, Command, Dialogue, Place, Press, Reply, State, Step, Turn, press_arguments
from content.answer_message import Keyed, answer_message, manifestations_message, topic_message, values_message
from content.courtesy import courtesy_in
from content.knowledge_base import Answer, find_answer
from storage.queries import posts

_NAME = "ask"


async def answer_plain(turn: Turn) -> Step:
    """The answer to a text that nothing else asked for; an open dialogue stays open."""
    if not turn.inbound.text.strip():  # a mention and nothing else
        return Step(replies=(Reply("answer/ask_group"),), keep=True)
    if await _is_chat_under_a_post(turn):
        return Step(keep=True)
    courtesy = courtesy_in(turn.inbound.text)
    if courtesy is not None:
        return Step(replies=(Reply("answer/courtesy", {"kind": courtesy}),), keep=True)
    return _replied(_answer(turn), keep=True)


async def _is_chat_under_a_post(turn: Turn) -> bool:
    """Whether somebody answers a reading or announcement ("hadir, Pak") and asks the bot nothing."""
    said = turn.inbound
    if said.chat.private or said.by_name or said.command is not None or said.reply_to is None or "?" in said.text:
        return False
    if isinstance(find_answer(turn.regulation_here, said.text), Answer):
        return False
    return await posts.occurrence_under(turn.session, said.channel, said.chat.chat_id, said.reply_to) is not None


async def _tanya(turn: Turn) -> Step:
    if turn.inbound.text.strip():
        return await answer_plain(turn)
    if turn.inbound.chat.private:
        return Step(replies=(Reply("answer/ask"),), state=State(_NAME))
    return Step(replies=(Reply("answer/ask_group"),), keep=True)


async def _take_question(turn: Turn) -> Step:
    """The text after a bare /tanya; anything but text is asked for again."""
    if turn.inbound.kind is not Kind.TEXT or not turn.inbound.text.strip():
        return Step(replies=(Reply("answer/ask"),), state=State(_NAME))
    return _replied(_answer(turn), keep=False)


async def _nilai(turn: Turn) -> Step:
    return _replied(values_message(turn.regulation_here), keep=True)


async def _show_topic(turn: Turn) -> Step:
    return _shown(turn, edits=False)


async def _pick_topic(turn: Turn) -> Step:
    """A suggestion was right: the answer takes the place of the suggestions."""
    return _shown(turn, edits=True)


async def _turn_page(turn: Turn) -> Step:
    topic, page = [*press_arguments(turn), "", ""][:2]
    try:
        return _replied(topic_message(turn.regulation_here, topic, page=int(page)), keep=True, edits=True)
    except (LookupError, ValueError):
        return EXPIRED


async def _show_manifestations(turn: Turn) -> Step:
    """The button "ask.more:akuntabel" opens them, "ask.more:akuntabel:2" turns the page."""
    value, page = [*press_arguments(turn), "", ""][:2]
    try:
        message = manifestations_message(turn.regulation_here, value, int(page or 1))
    except (LookupError, ValueError):
        return EXPIRED
    return _replied(message, keep=True, edits=bool(page))


def _answer(turn: Turn) -> Keyed:
    question = turn.inbound.text
    return answer_message(turn.regulation_here, find_answer(turn.regulation_here, question), question)


def _shown(turn: Turn, *, edits: bool) -> Step:
    topic = ":".join(press_arguments(turn))
    try:
        return _replied(topic_message(turn.regulation_here, topic), keep=True, edits=edits)
    except LookupError:
        return EXPIRED


def _replied(message: Keyed, *, keep: bool, edits: bool = False) -> Step:
    key, parameters = message
    return Step(replies=(Reply(key, parameters, edits_pressed=edits),), keep=keep)


DIALOGUE = Dialogue(
    name=_NAME,
    commands=(
        Command("tanya", _tanya, Permission.ASK, Place.ANYWHERE),
        Command("nilai", _nilai, Permission.ASK, Place.ANYWHERE),
    ),
    presses=(
        Press("ask.topic", _show_topic, Permission.ASK),
        Press("ask.pick", _pick_topic, Permission.ASK),
        Press("ask.page", _turn_page, Permission.ASK),
        Press("ask.more", _show_manifestations, Permission.ASK),
    ),
    goes_on=_take_question,
)
