"""Questions about the member's own regulation: /tanya, plain text, buttons of an answer; /nilai lists the values."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.access import Permission
from bot.channels.inbound import Kind
from bot.conversations.question_keeping import (
    found_answer,
    keep_disliked,
    keep_unanswered,
    mapped_here,
    without_names,
)
from bot.conversations.second_opinion import Candidate, Doubt
from bot.conversations.step import EXPIRED, Command, Dialogue, Place, Press, Reply, State, Step, Turn, press_arguments
from content.answer_message import (
    Keyed,
    answer_message,
    examples_message,
    manifestations_message,
    topic_message,
    values_message,
)
from content.courtesy import asks, courtesy_in
from content.follow_up import follow_up
from content.follow_up_words import leans_only, leans_wholly, number_among, numbered_alone, points_back, varies
from content.knowledge_base import Answer, Result, Suggestions, find_answer, likeliest
from content.mapped_question import in_context
from content.scrubbing import without_digits
from content.topics import topic_of, topics_of
from storage.queries import answers, posts

_NAME = "ask"
_ADVISED = 5  # topics that a second opinion puts in order
REMEMBERED = timedelta(minutes=30)  # how long a private question may lean on the answer before it


async def answer_plain(turn: Turn) -> Step:
    """The answer to a text that nothing else asked for; an open dialogue stays open."""
    if not turn.inbound.text.strip():  # a mention and nothing else
        return Step(replies=(Reply("answer/ask_group"),), keep=True)
    if await _is_chat_under_a_post(turn):
        return Step(keep=True)
    courtesy = courtesy_in(turn.inbound.text, turn.regulation_here.acronym)
    if courtesy is not None:
        return Step(replies=(Reply("answer/courtesy", {"kind": courtesy}),), keep=True)
    return _replied(await _answer(turn), keep=True)


async def _is_chat_under_a_post(turn: Turn) -> bool:
    """Whether somebody answers a reading or announcement ("hadir, Pak") and asks the bot nothing."""
    said = turn.inbound
    if said.chat.private or said.by_name or said.command is not None or said.reply_to is None or "?" in said.text:
        return False
    if asks(said.text) and isinstance(find_answer(turn.regulation_here, said.text), Answer):
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
    return _replied(await _answer(turn), keep=False)


async def _nilai(turn: Turn) -> Step:
    return _replied(values_message(turn.regulation_here), keep=True)


async def _show_topic(turn: Turn) -> Step:
    return _shown(turn, edits=False)


async def _pick_topic(turn: Turn) -> Step:
    """A suggestion was right: the answer takes the place of the suggestions, and the question is open no longer."""
    _, shown = await _under_press(turn)
    step = _shown(turn, edits=True)
    if step is not EXPIRED and shown.get("asked"):
        await found_answer(turn, shown["asked"])
    return step


async def _none_meant(turn: Turn) -> Step:
    """None of the suggestions was right. The question is kept since they were shown."""
    key, _ = await _under_press(turn)
    if key != "answer/suggestions":
        return EXPIRED
    return Step(replies=(Reply("answer/none_meant", edits_pressed=True),), keep=True)


async def _unfit(turn: Turn) -> Step:
    """The answer was called unfitting, which can be said once of each."""
    key, shown = await _under_press(turn)
    if not (shown.get("asked") and shown.get("topic")):
        return EXPIRED
    await keep_disliked(turn, shown["asked"], shown["topic"])
    answer = Reply(key, dict(shown) | {"asked": None}, edits_pressed=True)  # without the button
    return Step(replies=(answer,) if turn.abilities.edits else (), keep=True, toast="answer/toast_unfit")


async def _turn_page(turn: Turn) -> Step:
    topic, page = [*press_arguments(turn), "", ""][:2]
    try:
        key, parameters = topic_message(turn.regulation_here, topic, page=int(page))
    except (LookupError, ValueError):
        return EXPIRED
    _, shown = await _under_press(turn)
    return _replied((key, parameters | {"asked": shown.get("asked")}), keep=True, edits=True)


async def _show_manifestations(turn: Turn) -> Step:
    """The button "ask.more:akuntabel" opens them, "ask.more:akuntabel:2" turns the page."""
    value, page = [*press_arguments(turn), "", ""][:2]
    try:
        message = manifestations_message(turn.regulation_here, value, int(page or 1))
    except (LookupError, ValueError):
        return EXPIRED
    return _replied(message, keep=True, edits=bool(page))


async def doubt_of(turn: Turn) -> Doubt | None:
    """What is put before a second opinion: a question for which the retriever would ask back. None: it is sure."""
    said = turn.inbound
    typed = said.kind is Kind.TEXT or said.command == "tanya"
    asks = typed and said.text.strip() and not (said.edited or said.forwarded) and not courtesy_in(said.text)
    elsewhere = turn.state is not None and turn.state.dialogue != _NAME and said.command is None
    if not asks or elsewhere or await _is_chat_under_a_post(turn):
        return None
    result = await _found(turn, await _topic_before(turn))
    if not isinstance(result, Suggestions):
        return None
    regulation = turn.regulation_here
    near = dict.fromkeys((*result.topics, *likeliest(regulation, [said.text], _ADVISED)))
    known = [topics_of(regulation)[topic] for topic in list(near)[:_ADVISED]]
    return Doubt(
        without_digits(await without_names(turn, said.text)),
        tuple(Candidate(topic.id, topic.heading, topic.passages[0].text) for topic in known),
    )


async def _found(turn: Turn, before: str | None) -> Result:
    return find_answer(turn.regulation_here, turn.inbound.text, await mapped_here(turn), before)


async def _answer(turn: Turn) -> Keyed:
    question, regulation = turn.inbound.text, turn.regulation_here
    shown = await _shown_before(turn)
    before = shown.get("topic")
    leaned = await _one_suggested(turn, shown) or _more_of_it(turn, shown)
    if leaned is not None:
        return leaned
    result = await _found(turn, before)
    if isinstance(result, Suggestions) and turn.advice:  # another order of what was doubtful, nothing else
        result = Suggestions(turn.advice[: len(result.topics)])
    key, parameters = answer_message(regulation, result, question)
    meant = follow_up(regulation, question, before)
    last, answer = topic_of(regulation, before or ""), result if isinstance(result, Answer) else None
    little = _says_little(question, before)
    if meant.topic or meant.lacking or (little and (last is None or answer is None)):
        return key, parameters
    asked = await without_names(turn, question)
    if last is not None and answer is not None and (little or answer.leaning):
        asked = in_context(last.heading, asked)
    await keep_unanswered(turn, asked, result)
    return key, parameters | ({"asked": asked} if "asked" in parameters else {})


def _says_little(question: str, before: str | None) -> bool:
    """Whether these words alone say nothing to whoever decides on unanswered questions."""
    leans = leans_wholly(question) or leans_only(question) or points_back(question)
    return leans or varies(question, after_answer=before is not None)


def _more_of_it(turn: Turn, shown: Mapping[str, Any]) -> Keyed | None:
    """Examples of what was answered, or its next page, where the question asks for these."""
    regulation, topic = turn.regulation_here, shown.get("topic")
    meant = follow_up(regulation, turn.inbound.text, topic)
    if meant.topic is None:
        return None
    turning = shown.get("turning") or {}
    on = turning.get("on") or ""
    if on.startswith("ask.more:") and (meant.examples or meant.onward) and meant.topic == topic:
        return manifestations_message(regulation, meant.topic.removeprefix("nilai/"), turning["page"] + 1)
    if meant.examples:
        return examples_message(regulation, meant.topic)
    return topic_message(regulation, meant.topic, page=turning["page"] + 1) if meant.onward and on else None


async def _one_suggested(turn: Turn, shown: Mapping[str, Any]) -> Keyed | None:
    """The one of the last suggestions whose number was said: "yang kedua"."""
    suggested = shown.get("topics", ())
    said = numbered_alone(turn.inbound.text)
    number = number_among(said, len(suggested)) if said else None
    if number is None:
        return None
    topic = suggested[number - 1]["action"].partition(":")[2]
    if topic not in topics_of(turn.regulation_here):
        return None
    if shown.get("asked"):
        await found_answer(turn, shown["asked"])
    return topic_message(turn.regulation_here, topic)


async def _topic_before(turn: Turn) -> str | None:
    shown = await _shown_before(turn)
    return shown.get("topic")  # None too where the last question was declined


async def _shown_before(turn: Turn) -> Mapping[str, Any]:
    """What a follow-up leans on: the answer that it replies to; in private also the last one."""
    said = turn.inbound
    if said.reply_to is not None:
        _, shown = await answers.shown_in(turn.session, said.channel, said.chat.chat_id, said.reply_to)
        if shown.get("topic"):
            return shown
    if not said.chat.private:
        return {}
    since = turn.now - REMEMBERED
    return await answers.last_with(turn.session, said.channel, said.chat.chat_id, "topic", "answer", since)


async def _under_press(turn: Turn) -> tuple[str, Mapping[str, Any]]:
    """What the message whose button was pressed says now."""
    said = turn.inbound
    if said.message_ref is None:
        return "", {}
    return await answers.shown_in(turn.session, said.channel, said.chat.chat_id, said.message_ref)


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
        Command("tanya", _tanya, Permission.ASK, Place.ANYWHERE, spoken=lambda _turn: True),
        Command("nilai", _nilai, Permission.ASK, Place.ANYWHERE),
    ),
    presses=(
        Press("ask.topic", _show_topic, Permission.ASK),
        Press("ask.pick", _pick_topic, Permission.ASK),
        Press("ask.none", _none_meant, Permission.ASK),
        Press("ask.unfit", _unfit, Permission.ASK),
        Press("ask.page", _turn_page, Permission.ASK),
        Press("ask.more", _show_manifestations, Permission.ASK),
    ),
    goes_on=_take_question,
)
