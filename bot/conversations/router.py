"""The router: one inbound message -> person, seat, state -> the dialogue that answers -> its Step, applied.

Everything a message causes is committed in one transaction with 'handled', so a repeated update is a no-op.
"""

import logging
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from bot.access import Permission, may
from bot.channels.inbound import InboundMessage, Kind
from bot.conversations.accounts import as_known, with_name
from bot.conversations.bare_words import as_command, begun_with, may_mean_to_stop, name_of, reads_words, spoken_of
from bot.conversations.bundles import bundles, in_words
from bot.conversations.overtaken import beside_form, data_to_keep, is_overtaken
from bot.conversations.second_opinion import SecondOpinion
from bot.conversations.step import (
    AttachmentHandler,
    Command,
    Dialogue,
    Handler,
    Place,
    Press,
    Reply,
    State,
    Step,
    Surroundings,
    Turn,
)
from bot.conversations.typed_choices import pressed_by_words
from content.courtesy import asks
from content.markup import plain_text
from content.rendering import render
from scheduler.abilities import abilities_of
from scheduler.delivery_queue import enqueue
from scheduler.retry_policy import NO_ROOM, NO_TEMPLATE
from scheduler.sender import Destination
from storage.errors import Unavailable
from storage.models import Person, Priority
from storage.queries import claims, conversations, deliveries, group_chats, inbound, offices, people
from storage.transaction import Database, Session

log = logging.getLogger(__name__)

_SAID = (Kind.TEXT, Kind.COMMAND, Kind.PHOTO, Kind.FILE)  # what waited counts for the day on which it was said
STALE_IN_GROUPS = timedelta(minutes=5)  # an older word to us there was answered by people long ago
ONE_ANSWER_IN = timedelta(minutes=1)  # to the items of an album, which come one by one
FORGOTTEN_AFTER = timedelta(hours=24)  # an open dialogue that nobody came back to


class Outcome(Struct, frozen=True):
    """What the channel still has to do: acknowledge the press with these words, if any."""

    press_id: str | None = None
    toast: str | None = None


class Router:
    """Adds up the dialogues; `fallback` gets what nobody asked for: plain text is a question."""

    def __init__(
        self,
        database: Database,
        dialogues: Iterable[Dialogue],
        fallback: Handler,
        surroundings: Surroundings,
        second_opinion: SecondOpinion | None = None,
    ) -> None:
        self._database = database
        self._second_opinion = second_opinion
        self._surroundings = surroundings
        self._fallback = fallback
        self._dialogues: dict[str, Dialogue] = {}
        self._commands: dict[str, Command] = {}
        self._presses: dict[str, Press] = {}
        self._events: dict[Kind, Handler] = {}
        self._attachments: list[AttachmentHandler] = []
        self._newcomer: Handler | None = None
        for dialogue in dialogues:
            self._add(dialogue)

    def _add(self, dialogue: Dialogue) -> None:
        self._dialogues[dialogue.name] = dialogue
        for command in dialogue.commands:
            if self._commands.setdefault(command.name, command) is not command:
                raise ValueError(f"two dialogues answer to /{command.name}")
        for press in dialogue.presses:
            if self._presses.setdefault(press.verb, press) is not press:
                raise ValueError(f"two dialogues answer to the button {press.verb}")
        for event in dialogue.events:
            self._events[event.kind] = event.handler
        if dialogue.attached is not None:
            self._attachments.append(dialogue.attached)
        self._newcomer = dialogue.newcomer or self._newcomer

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command, in the order of the dialogues: for help and for the channel's own menu."""
        return tuple(self._commands.values())

    async def handle(self, row: int, message: InboundMessage, now: datetime) -> Outcome:
        """Answer one stored update (`row`) once; a row that is handled already is left alone.

        An unexpected error is logged with an id, told to the user, and closes the row: one bad message never blocks
        those behind it. `storage.errors.Unavailable` is passed on: the row stays and is tried again.
        """
        try:
            advice = await self._advice(row, message, now)
            async with self._database.transaction() as session:
                if await inbound.is_handled(session, row):
                    return Outcome(message.press_id)
                if _is_chatter(message):
                    await inbound.mark_handled(session, row, now)
                    return Outcome()
                turn = replace(await self._turn(session, row, message, now), advice=advice)
                step = beside_form(turn, await self._answer(turn))
                await self._apply(turn, step)
            return Outcome(turn.inbound.press_id, _toast(step))
        except Unavailable:
            raise
        except Exception:  # the edge: whatever went wrong, the person gets an incident id
            incident = secrets.token_hex(4)
            log.exception("incident %s at update %s of %s", incident, message.update_id, message.channel)
            return await self._incident(row, message, now, incident)

    async def _advice(self, row: int, message: InboundMessage, now: datetime) -> tuple[str, ...]:
        """What somebody outside makes of a question that is in doubt; asked while no transaction is open."""
        if self._second_opinion is None or message.kind not in {Kind.TEXT, Kind.COMMAND} or _is_chatter(message):
            return ()
        async with self._database.transaction() as session:
            if await inbound.is_handled(session, row):
                return ()
            turn = await self._turn(session, row, message, now)
            answered = not _none_of_ours(turn) and _refusal(turn, Permission.ASK) is None
            doubt = await self._second_opinion.doubt_of(turn) if answered else None
        return await self._second_opinion.reranker.order(doubt) if doubt is not None else ()

    async def _turn(self, session: Session, row: int, message: InboundMessage, now: datetime) -> Turn:
        message = await as_known(session, message, now)
        chat, sender = message.chat, message.sender
        said_at = min(now, message.at) if message.kind in _SAID else now
        person = None
        if chat.private and message.kind is not Kind.PERSON_BLOCKED:  # who leaves is not met anew
            person = await _meet(session, message, now)
        elif not sender.anonymous:
            person = await people.find_person(session, message.channel, sender.user_id)
        member = await people.active_member(session, person.id) if person else None
        stored = await conversations.find_conversation(session, message.channel, chat.chat_id, sender.user_id)
        still_open = stored is not None and said_at - stored.updated_at < FORGOTTEN_AFTER
        state = State(stored.dialogue, stored.data) if stored and still_open else None
        overtaken = is_overtaken(message, state)
        return Turn(
            inbound=message,
            now=said_at,
            answered_at=now,
            session=session,
            surroundings=self._surroundings,
            inbound_row=row,
            commands=self.commands,
            person=person,
            member=member,
            office=await offices.get_office(session, member.office_id) if member else None,
            host=None
            if chat.private
            else await group_chats.host_office(session, message.channel, chat.chat_id, chat.topic_id),
            state=None if overtaken else state,
            overtaken=overtaken,
        )

    async def _answer(self, turn: Turn) -> Step:
        message = turn.inbound
        if message.kind in self._events:
            return await self._events[message.kind](turn)
        if message.kind is Kind.PRESS:
            return await self._pressed(turn)
        if message.edited or message.forwarded:
            return _only_in_private(turn, "help/edited" if message.edited else "help/forwarded")
        if message.kind is Kind.COMMAND:
            return await self._commanded(turn)
        picked = None if turn.overtaken else await pressed_by_words(turn, by_place=self._chooses(turn))
        if picked is not None:
            return await self._pressed(picked)
        named = as_command(turn, self._commands, free=self._is_free(turn))
        return await self._said(turn) if named is None else await self._commanded(named)

    def _is_free(self, turn: Turn) -> bool:
        """Whether no dialogue is open that could take any word for its answer, or what is shown with it."""
        if turn.inbound.attachment is not None:
            return turn.state is None and turn.inbound.reply_to is None
        dialogue = self._dialogues.get(turn.state.dialogue) if turn.state else None
        return dialogue is None or (dialogue.takes_no_word is not None and dialogue.takes_no_word(turn))

    def _chooses(self, turn: Turn) -> bool:
        """Whether a number can be meant for the place of a choice alone: no open dialogue takes it for words."""
        dialogue = self._dialogues.get(turn.state.dialogue) if turn.state else None
        return dialogue is None or dialogue.goes_on is None or (dialogue.chooses is not None and dialogue.chooses(turn))

    async def _pressed(self, turn: Turn) -> Step:
        verb = turn.inbound.text.partition(":")[0]
        press = self._presses.get(verb)
        if press is None:
            return Step(keep=True, toast="toast/expired")
        refusal = _refusal(turn, press.permission)
        if refusal is not None:
            return Step(keep=True, toast="toast/not_allowed" if refusal == "not_allowed" else "toast/not_member")
        return await press.handler(turn)

    async def _commanded(self, turn: Turn) -> Step:
        message = turn.inbound
        private = message.chat.private
        command = self._commands.get(name_of(message))
        if _none_of_ours(turn):
            return Step(keep=True)
        if command is None:  # without our name it may be another bot's
            known = private or message.by_name
            return Step(replies=(Reply("help/unknown_command"),) if known else (), keep=True)
        refusal = _refusal(turn, command.permission)
        if refusal is not None:
            parameters = {"command": command.name} if refusal == "not_allowed" else {}
            return Step(replies=(Reply(f"help/{refusal}", parameters),), keep=True)
        if private and command.place is Place.GROUP:
            return Step(replies=(_in_which_group(turn, command),), keep=True)
        if not private and (command.place is Place.PRIVATE or _tells_strangers(turn, command)):
            return Step(replies=(Reply("help/private_only", {"command": command.name}),), keep=True)
        return await command.handler(turn)

    async def _said(self, turn: Turn) -> Step:
        message = turn.inbound
        if message.attachment is not None and message.reply_to is not None:
            for attached in self._attachments:
                step = await attached(turn)
                if step is not None:
                    return step
        dialogue = self._dialogues.get(turn.state.dialogue) if turn.state else None
        if dialogue is not None and dialogue.goes_on is not None and (message.chat.private or message.addressed):
            return await dialogue.goes_on(turn)
        if _none_of_ours(turn):
            return Step(keep=True)
        if message.kind is Kind.OTHER:  # in a group a sticker in reply is applause, not a question
            return _only_in_private(turn, "help/not_understood")
        if message.kind is not Kind.TEXT and not asks(message.text):
            return await _unasked(turn)
        refusal = _refusal(turn, Permission.ASK)
        if refusal == "not_member" and message.chat.private and self._newcomer is not None:
            return await self._newcomer(turn)
        if refusal is not None:
            return Step(replies=(Reply(f"help/{refusal}"),), keep=True)
        return self._or_command(turn, await self._fallback(turn))

    def _or_command(self, turn: Turn, step: Step) -> Step:
        """The answer; where it is in doubt, above it how to give the command that the text begins with, or speaks of.

        Of a stop that may be meant it is told alone how to ask for it.
        """
        if step.in_doubt and may_mean_to_stop(turn):
            return Step(replies=(Reply("consent/meant"),), keep=True)
        begun = begun_with(turn, self._commands)
        meant = begun or spoken_of(turn, self._commands)
        if meant is None or not step.in_doubt or _refusal(turn, meant.permission) is not None:
            return step
        hint = Reply("help/with_slash" if reads_words(begun) else "help/name_alone", {"command": meant.name})
        return replace(step, replies=(hint, *step.replies))

    async def _apply(self, turn: Turn, step: Step) -> None:
        message, session = turn.inbound, turn.session
        where = (message.channel, message.chat.chat_id, message.sender.user_id)
        if step.state is not None:
            data = data_to_keep(turn, step.state)
            await conversations.keep_conversation(session, *where, step.state.dialogue, data, turn.now)
        elif not step.keep:
            await conversations.close_conversation(session, *where)
        replies = in_words(turn, step)
        if replies and message.chat.private and turn.person is not None and turn.person.noticed_at is None:
            replies = (Reply("privacy/notice"), *replies)
            turn.person.noticed_at = turn.now
        for number, bundle in enumerate(bundles(turn, replies)):
            await _send(turn, bundle, number)
        await inbound.mark_handled(session, turn.inbound_row, turn.answered_at)

    async def _incident(self, row: int, message: InboundMessage, now: datetime, incident: str) -> Outcome:
        async with self._database.transaction() as session:
            await inbound.mark_handled(session, row, now, incident=incident)
            told = message.chat.private or message.addressed
            if told and not (message.kind is Kind.PRESS and abilities_of(message.channel).toasts):
                message = await with_name(session, message, now)
                turn = Turn(
                    inbound=message,
                    now=now,
                    answered_at=now,
                    session=session,
                    surroundings=self._surroundings,
                    inbound_row=row,
                )
                await _send(turn, (Reply("help/incident", {"incident": incident}),), 0)
        return Outcome(message.press_id, render("toast/incident", {"incident": incident}).text)


def _refusal(turn: Turn, permission: Permission | None) -> str | None:
    """Why this person may not do this here, as the name of a message; None where it is allowed.

    In a linked group anybody may ask: the regulation is public, and most staff never open a private chat.
    """
    if permission is None or (permission is Permission.ASK and turn.host is not None):
        return None
    if turn.inbound.sender.anonymous:
        return "anonymous"
    if turn.member is None:
        return "not_member"
    return None if may(turn.member.role, permission) else "not_allowed"


def _in_which_group(turn: Turn, command: Command) -> Reply:
    """Where a command for groups belongs; to whoever writes where there are none, on which channels they are."""
    groups_on = ", ".join(turn.surroundings.groups_on)
    here = "" if turn.abilities.groups else turn.abilities.name
    return Reply("help/group_only", {"command": command.name, "here": here, "groups_on": groups_on})


def _tells_strangers(turn: Turn, command: Command) -> bool:
    """Whether the answer would show the speaker's office's plans and names in a group that is not its own."""
    host = turn.host.id if turn.host else None
    return command.permission is Permission.SEE_SCHEDULE and host != turn.known_office.id


async def _meet(session: Session, message: InboundMessage, now: datetime) -> Person:
    """Who writes in this private chat."""
    sender, channel = message.sender, message.channel
    if not abilities_of(channel).pushes_any_time:  # whoever writes may be written to, whatever was waited for
        for why in (NO_ROOM, NO_TEMPLATE):
            await claims.wake_chat(session, now, channel, message.chat.chat_id, why)
    return await people.meet_person(
        session,
        channel,
        sender.user_id,
        message.chat.chat_id,
        sender.name,
        now,
        heard_at=None if abilities_of(channel).pushes_any_time else min(message.at, now),
        phone=sender.phone,
    )


def _toast(step: Step) -> str | None:
    # a toast is shown as it is: no markup, no escapes
    return plain_text(render(step.toast, step.toast_parameters).text) if step.toast else None


async def _unasked(turn: Turn) -> Step:
    """The answer to a photo or file that nothing asked for; an album's items get one together."""
    message, key, since = turn.inbound, "help/unasked_photo", turn.answered_at - ONE_ANSWER_IN
    together = message.album is not None or turn.abilities.charges  # where each answer costs, albums have no name
    told = together and await deliveries.said_since(turn.session, message.channel, message.chat.chat_id, key, since)
    return Step(replies=() if told else (Reply(key, {"private": message.chat.private}),), keep=True)


def _is_chatter(message: InboundMessage) -> bool:
    """Said in a group to others: nobody is looked up for it. An admin bot hears every word of its groups."""
    return not (message.chat.private or message.addressed) and message.kind in (Kind.TEXT, Kind.OTHER)


def _none_of_ours(turn: Turn) -> bool:
    """Said in a group, and not to us, or so long ago that people have answered it."""
    message = turn.inbound
    return not message.chat.private and (not message.addressed or turn.answered_at - message.at > STALE_IN_GROUPS)


def _only_in_private(turn: Turn, key: str) -> Step:
    return Step(replies=(Reply(key),) if turn.inbound.chat.private else (), keep=True)


async def _send(turn: Turn, bundle: Sequence[Reply], number: int) -> None:
    message, (*above, reply) = turn.inbound, bundle
    edits = reply.edits
    if reply.edits_pressed and message.kind is Kind.PRESS and message.message_ref is not None:
        edits = await deliveries.find_by_message(
            turn.session, message.channel, message.chat.chat_id, message.message_ref
        )
    group = None
    if reply.to is None and not message.chat.private:
        group = await group_chats.in_topic(turn.session, message.channel, message.chat.chat_id, message.chat.topic_id)
    await enqueue(
        turn.session,
        destination=reply.to or Destination(message.channel, message.chat.chat_id, message.chat.topic_id),
        key=reply.key,
        parameters=reply.parameters,
        now=turn.answered_at,
        priority=Priority.REPLY,
        part=str(number),
        office_id=turn.office.id if turn.office else None,
        inbound_id=turn.inbound_row,
        group_id=group.id if group else None,
        edits_id=edits,
        picture=reply.picture,
        document=reply.document,
        above=[(other.key, other.parameters) for other in above],
    )
