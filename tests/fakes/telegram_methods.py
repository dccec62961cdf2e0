"""The Bot API methods of the loopback Telegram: they check what Telegram checks, and refuse in its words."""

import json
import re
from typing import TYPE_CHECKING, Any

from tests.fakes.http_server import Request, Upload
from tests.fakes.telegram_chats import BOT_ID, Button, ChatState, Poll, SentMessage
from tests.fakes.telegram_faults import Refuse
from tests.fakes.telegram_html import Unparsable, parse_html

if TYPE_CHECKING:
    from tests.fakes.telegram_server import TelegramServer

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class Refused(Exception):
    """The call is refused."""

    def __init__(self, reason: str, status: int = 400, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        prefix = "Bad Request: " if status == 400 else ""
        self.answer = Refuse(status, prefix + reason, parameters or {})


class Methods:
    """One coroutine per method, under the method's name in lower case."""

    def __init__(self, server: "TelegramServer") -> None:
        self._server = server

    async def getme(self, _: Request) -> dict[str, Any]:
        return {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Apel",
            "username": self._server.bot_name,
            "can_join_groups": True,
            "can_read_all_group_messages": not self._server.privacy_mode,
            "supports_inline_queries": False,
        }

    async def getupdates(self, request: Request) -> list[dict[str, Any]]:
        if self._server.webhook_url:
            reason = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            raise Refused(f"Conflict: {reason}", 409)
        offset = request.parameters.get("offset")
        self._allow(request)
        return await self._server.poll(
            int(offset) if offset else None,
            int(request.parameters.get("limit", "100")),
            float(request.parameters.get("timeout", "0")),
        )

    async def setwebhook(self, request: Request) -> bool:
        self._allow(request)
        secret = request.parameters.get("secret_token", "")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise Refused("secret token contains unallowed characters")
        self._server.set_webhook(request.parameters.get("url", ""), secret)
        self._drop_pending(request)
        return True

    async def deletewebhook(self, request: Request) -> bool:
        self._server.set_webhook("", "")
        self._drop_pending(request)
        return True

    async def getwebhookinfo(self, _: Request) -> dict[str, Any]:
        return {
            "url": self._server.webhook_url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._server.pending),
        } | ({"last_error_message": error, "last_error_date": 1} if (error := self._server.webhook_error) else {})

    async def sendmessage(self, request: Request) -> dict[str, Any]:
        chat, topic = self._writable(request)
        return self._keep(chat, topic, request, self._text(request, "text", 4096))

    async def sendphoto(self, request: Request) -> dict[str, Any]:
        chat, topic = self._writable(request)
        caption = self._text(request, "caption", 1024)
        return self._keep(chat, topic, request, caption, photo=self._file(request, "photo"))

    async def senddocument(self, request: Request) -> dict[str, Any]:
        chat, topic = self._writable(request)
        caption = self._text(request, "caption", 1024)
        document = self._server.files[self._file(request, "document")]
        return self._keep(chat, topic, request, caption, document=document)

    async def sendpoll(self, request: Request) -> dict[str, Any]:
        """A quiz, the only kind of poll that the bot has. https://core.telegram.org/bots/api#sendpoll."""
        chat, topic = self._writable(request)
        if not chat.allows_polls:
            raise Refused("not enough rights to send polls to the chat")
        asked = request.parameters
        options = [option["text"] for option in json.loads(asked["options"])]
        right, question, explanation = json.loads(asked["correct_option_ids"]), asked["question"], asked["explanation"]
        if (asked["type"], asked["is_anonymous"]) != ("quiz", "true"):
            raise Refused("only anonymous quizzes are expected here")
        if not 1 <= len(question) <= 300:
            raise Refused("poll question length must not exceed 300")
        if not 2 <= len(options) <= 12 or not all(1 <= len(option) <= 100 for option in options):
            raise Refused("poll options length must not exceed 100")
        if not right or not all(0 <= place < len(options) for place in right):
            raise Refused("wrong correct option ID specified")
        if len(explanation) > 200 or explanation.count("\n") > 2:
            raise Refused("message is too long")
        poll = Poll(f"poll-{chat.chat_id}-{chat.last_message_id}", question, options, right, explanation)
        return self._keep(chat, topic, request, (question, question), poll=poll)

    async def editmessagetext(self, request: Request) -> dict[str, Any]:
        message = self._editable(request)
        if message.photo is not None or message.document is not None:
            raise Refused("there is no text in the message to edit")
        return self._change(message, request, self._text(request, "text", 4096))

    async def editmessagecaption(self, request: Request) -> dict[str, Any]:
        message = self._editable(request)
        return self._change(message, request, self._text(request, "caption", 1024))

    async def editmessagereplymarkup(self, request: Request) -> dict[str, Any]:
        message = self._editable(request)
        return self._change(message, request, (message.text, message.raw_text))

    async def answercallbackquery(self, request: Request) -> bool:
        press = request.parameters.get("callback_query_id", "")
        text = request.parameters.get("text", "")
        if press not in self._server.open_presses:
            raise Refused("query is too old and response timeout expired or query ID is invalid")
        if len(text) > 200:
            raise Refused("MESSAGE_TOO_LONG")
        self._server.open_presses.remove(press)
        self._server.answers[press] = text
        self._server.changed()
        return True

    async def setmycommands(self, request: Request) -> bool:
        commands = json.loads(request.parameters["commands"])
        scope = json.loads(request.parameters.get("scope", '{"type": "default"}'))["type"]
        if len(commands) > 100:
            raise Refused("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not _COMMAND.fullmatch(command["command"]):
                raise Refused("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise Refused("BOT_COMMAND_DESCRIPTION_INVALID")
        self._server.commands[scope] = {command["command"]: command["description"] for command in commands}
        return True

    async def getfile(self, request: Request) -> dict[str, Any]:
        file_id = request.parameters.get("file_id", "")
        if file_id not in self._server.files:
            raise Refused("wrong file_id or the file is temporarily unavailable")
        return {"file_id": file_id, "file_unique_id": "u", "file_path": f"files/{file_id}"}

    async def getchatmember(self, request: Request) -> dict[str, Any]:
        self._chat(request)
        user_id = int(request.parameters["user_id"])
        if user_id not in self._server.people:
            raise Refused("user not found")
        return {"status": "member", "user": self._server.people[user_id].as_update_part()}

    def _allow(self, request: Request) -> None:
        # left out, the previous setting stays
        if "allowed_updates" in request.parameters:
            self._server.allowed = json.loads(request.parameters["allowed_updates"])

    def _drop_pending(self, request: Request) -> None:
        if request.parameters.get("drop_pending_updates") == "true":
            self._server.pending.clear()

    def _chat(self, request: Request) -> ChatState:
        chat = self._server.chats.get(int(request.parameters.get("chat_id") or 0))
        if chat is None:
            raise Refused("chat not found")
        if chat.moved_to is not None:
            reason = "group chat was upgraded to a supergroup chat"
            raise Refused(reason, 400, {"migrate_to_chat_id": chat.moved_to})
        return chat

    def _writable(self, request: Request) -> tuple[ChatState, int | None]:
        chat = self._chat(request)
        if chat.barrier is not None:
            status, reason = chat.barrier
            raise Refused(reason, status)
        topic = request.parameters.get("message_thread_id")
        if topic is None:
            return chat, None
        if int(topic) not in chat.topics:
            raise Refused("message thread not found")
        if not chat.topics[int(topic)]:
            raise Refused("TOPIC_CLOSED")
        return chat, int(topic)

    def _text(self, request: Request, name: str, limit: int) -> tuple[str, str]:
        raw = request.parameters.get(name, "")
        plain = raw
        if request.parameters.get("parse_mode") == "HTML":
            try:
                plain, _ = parse_html(raw)
            except Unparsable as error:
                raise Refused(f"can't parse entities: {error}") from error
        if not plain.strip() and name == "text":
            raise Refused("message text is empty")
        if len(plain.strip()) > limit or len(raw.encode()) > 32_768:
            raise Refused("message is too long" if name == "text" else "message caption is too long")
        return plain.strip(), raw

    def _buttons(self, request: Request) -> list[list[Button]]:
        markup = json.loads(request.parameters.get("reply_markup", "{}"))
        rows = [
            [Button(button["text"], button.get("callback_data"), button.get("url")) for button in row]
            for row in markup.get("inline_keyboard", [])
        ]
        for button in (button for row in rows for button in row):
            if not button.label.strip():
                raise Refused("can't parse inline keyboard button: text must be non-empty")
            if button.data is None and not re.match(r"https?://\S|tg://\S", button.url or ""):
                raise Refused("BUTTON_URL_INVALID")
            if button.data is not None and not 1 <= len(button.data.encode()) <= 64:
                raise Refused("BUTTON_DATA_INVALID")
        if sum(map(len, rows)) > 100:
            raise Refused("REPLY_MARKUP_TOO_LONG")
        return rows

    def _file(self, request: Request, name: str) -> str:
        """The id of an uploaded file, or of one that the server has already."""
        value = request.parameters.get(name, "")
        upload = request.uploads.get(value.removeprefix("attach://") if value else name)
        if upload is not None:
            return self._server.keep_file(upload)
        if value not in self._server.files:
            raise Refused("wrong file identifier/HTTP URL specified")
        return value

    def _keep(
        self,
        chat: ChatState,
        topic: int | None,
        request: Request,
        text: tuple[str, str],
        photo: str | None = None,
        document: Upload | None = None,
        poll: Poll | None = None,
    ) -> dict[str, Any]:
        buttons = self._buttons(request)
        at = self._server.clock.now()
        message = SentMessage(
            chat.chat_id, chat.next_message_id(), topic, *text, at, buttons, photo=photo, document=document, poll=poll
        )
        chat.sent.append(message)
        self._server.changed()
        return message.as_update_part(chat.as_update_part())

    def _editable(self, request: Request) -> SentMessage:
        chat = self._chat(request)
        message_id = int(request.parameters.get("message_id") or 0)
        for message in chat.sent:
            if message.message_id == message_id:
                return message
        known = message_id <= chat.last_message_id
        raise Refused("message can't be edited" if known else "message to edit not found")

    def _change(self, message: SentMessage, request: Request, text: tuple[str, str]) -> dict[str, Any]:
        buttons = self._buttons(request)
        if (message.text, message.buttons) == (text[0], buttons):
            raise Refused(
                "message is not modified: specified new message content and reply markup are exactly the same"
                " as a current content and reply markup of the message"
            )
        message.edits.append(message.text)
        message.text, message.raw_text = text
        message.buttons = buttons
        self._server.changed()
        return message.as_update_part(self._server.chats[message.chat_id].as_update_part())
