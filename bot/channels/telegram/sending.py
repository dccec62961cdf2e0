"""Out to Telegram: the Sender port, and the few calls that are no messages."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, InputFile
from telegram.constants import CallbackQueryLimit
from telegram.error import BadRequest
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.channels.telegram import CHANNEL, refusals
from bot.channels.telegram.identity import BotIdentity
from bot.channels.telegram.keyboard import keyboard
from content import markup
from content.message import Message, Quiz
from scheduler.clock import Clock
from scheduler.errors import (
    ChannelDown,
    Malformed,
    OutcomeUnknown,
    RecipientUnreachable,
    UnreachableReason,
)
from scheduler.sender import Destination, LedgerEntry, SendReceipt

log = logging.getLogger(__name__)
_HTML = "HTML"  # the parse mode
_NO_PREVIEW = {"is_disabled": True}
_PHOTO = "photo.jpg"  # what is uploaded as one is called something, and shown without a name

# (text, parse mode) -> what Telegram answers: a message, or True
_Post = Callable[[str, str | None], Awaitable[Any]]


class TelegramSender:
    """A `scheduler.sender.Sender`. A text too long is refused: cut it first, with `content.splitting`."""

    polls = True

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock

    async def send(self, destination: Destination, message: Message, entry: LedgerEntry | None = None) -> SendReceipt:
        """As the port says. Where a group allows no polls, a quiz is sent as its text."""
        post = self._sending(destination, message)
        try:
            if message.quiz is not None and (poll := await self._poll(destination, message.quiz)) is not None:
                return _receipt(poll)
            about = {"key": entry.key, "delivery": entry.id} if entry is not None else {}
            return _receipt(await _formatted_else_plain(post, message, about))
        except Exception as error:  # whatever is not known to be a refusal leaves the outcome unknown
            if refusals.was_sent(error):
                return SendReceipt(message_ref=None)
            raise refusals.send_error(error, self._clock.now()) from error

    async def edit(self, destination: Destination, message_ref: str, message: Message) -> SendReceipt:
        """As the port says. A lost answer is ChannelDown here: an edit may be repeated freely."""
        post = self._editing(_chat_id(destination), int(message_ref), message)
        try:
            await _formatted_else_plain(post, message, {"key": "an edit", "message_ref": message_ref})
        except Exception as error:  # as above; an edit is merely made again
            if refusals.nothing_to_change(error):
                return SendReceipt(message_ref)
            problem = refusals.send_error(error, self._clock.now())
            raise (ChannelDown(str(problem)) if isinstance(problem, OutcomeUnknown) else problem) from error
        return SendReceipt(message_ref)

    async def acknowledge(self, press_id: str, text: str | None = None) -> None:
        """Answer a press, with a short text shown over the chat. Never raises: a failed answer is no failure."""
        try:
            shown = text and text[: CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH]
            await self._bot.answer_callback_query(press_id, text=shown)
        except Exception as error:  # noqa: BLE001  late, repeated or lost: the press itself is stored and will be done
            log.info("a press was not acknowledged: %s", type(error).__name__)

    async def identity(self) -> BotIdentity:
        """Who we are (getMe). Raises the leaves of `SendError`; ChannelDown whenever a later try may succeed."""
        try:
            me = await self._bot.get_me()
        except Exception as error:  # asking again harms nothing, whatever went wrong
            raise self._repeatable(error) from error
        return BotIdentity(me.id, me.username or "", reads_everything=me.can_read_all_group_messages is True)

    async def set_commands(self, private: Mapping[str, str], group: Mapping[str, str]) -> None:
        """Show these commands (name -> description) in private chats and in groups. Raises as `identity`."""
        try:
            for commands, scope in (
                (private, BotCommandScopeAllPrivateChats()),
                (group, BotCommandScopeAllGroupChats()),
            ):
                shown = [BotCommand(name, description) for name, description in commands.items()]
                await self._bot.set_my_commands(shown, scope=scope)
        except Exception as error:  # asking again harms nothing, whatever went wrong
            raise self._repeatable(error) from error

    def _repeatable(self, error: Exception) -> Exception:
        problem = refusals.send_error(error, self._clock.now())
        return ChannelDown(str(problem)) if isinstance(problem, OutcomeUnknown) else problem

    async def _poll(self, destination: Destination, quiz: Quiz) -> Any:
        """A quiz of which nobody's answer is known; None where this chat allows no polls."""
        own = {"chat_id": _chat_id(destination), "message_thread_id": _topic_id(destination)}
        try:
            return await self._call(
                "sendPoll",
                own,
                question=quiz.question,
                options=[{"text": option} for option in quiz.options],
                type="quiz",
                is_anonymous=True,
                correct_option_ids=[quiz.right],
                explanation=quiz.explanation,
            )
        except BadRequest as error:
            if not refusals.allows_no_polls(error):
                raise
        return None

    def _sending(self, destination: Destination, message: Message) -> _Post:
        document, picture = message.document, message.picture
        if picture is not None and picture.channel != CHANNEL and picture.data is None:
            raise Malformed(f"a picture of channel {picture.channel}")
        own = {
            "chat_id": _chat_id(destination),
            "message_thread_id": _topic_id(destination),
            "reply_markup": keyboard(message.choices),
        }

        async def post(text: str, parse_mode: str | None) -> Any:
            if picture is not None and picture.name is not None:
                file_ref = picture.file_ref
                return await self._call("sendDocument", own, document=file_ref, caption=text, parse_mode=parse_mode)
            if picture is not None:
                photo = picture.file_ref if picture.data is None else InputFile(picture.data, _PHOTO)
                return await self._call("sendPhoto", own, photo=photo, caption=text, parse_mode=parse_mode)
            if document is not None:
                file = InputFile(document.data, document.name)
                return await self._call("sendDocument", own, document=file, caption=text, parse_mode=parse_mode)
            return await self._call(
                "sendMessage", own, text=text, parse_mode=parse_mode, link_preview_options=_NO_PREVIEW
            )

        return post

    def _editing(self, chat_id: int, message_id: int, message: Message) -> _Post:
        own = {"chat_id": chat_id, "message_id": message_id, "reply_markup": keyboard(message.choices)}

        async def post(text: str, parse_mode: str | None) -> Any:
            try:
                return await self._call(
                    "editMessageText", own, text=text, parse_mode=parse_mode, link_preview_options=_NO_PREVIEW
                )
            except BadRequest as error:
                if not refusals.has_caption_only(error):
                    raise
            return await self._call("editMessageCaption", own, caption=text, parse_mode=parse_mode)

        return post

    async def _call(self, method: str, own: Mapping[str, Any], **more: Any) -> Any:
        """A method of the API, its answer as builtins.

        The library's own method for it would make objects of everything that is sent and answered: that costs as much
        as all the rest of a send, and but for two references nothing of the answer is ever looked at.
        """
        given = {name: value for name, value in {**own, **more}.items() if value is not None}
        parameters = [
            RequestParameter.from_input(name, value)
            if isinstance(value, InputFile)
            else RequestParameter(name, value, None)
            for name, value in given.items()
        ]
        return await self._bot.request.post(f"{self._bot.base_url}/{method}", RequestData(parameters))


async def _formatted_else_plain(post: _Post, message: Message, about: Mapping[str, object]) -> Any:
    """`about`: the key of the message, and what else tells in the log which one it is."""
    try:
        return await post(markup.well_formed(message.text), _HTML)
    except BadRequest as error:
        if not refusals.markup_is_broken(error):
            raise
        words = "Telegram cannot parse our markup of %s (%s); sending it plain"
        key, offset = about.get("key", "a message"), refusals.byte_offset(error)
        log.error(words, key, offset, extra=about)  # noqa: TRY400  a trace would quote the text
    return await post(markup.plain_text(message.text), None)


def _receipt(sent: Any) -> SendReceipt:
    if sent is True:
        return SendReceipt(message_ref=None)
    file = sent["photo"][-1] if "photo" in sent else sent.get("document")
    poll = sent.get("poll")
    return SendReceipt(
        str(sent["message_id"]), file_ref=file["file_id"] if file else None, poll_ref=poll["id"] if poll else None
    )


def _chat_id(destination: Destination) -> int:
    try:
        return int(destination.chat_id)
    except ValueError:
        raise RecipientUnreachable(UnreachableReason.NOT_FOUND) from None


def _topic_id(destination: Destination) -> int | None:
    return int(destination.topic_id) if destination.topic_id else None
