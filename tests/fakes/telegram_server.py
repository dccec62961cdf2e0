"""A Telegram on the loopback: real HTTP, long polling and webhooks, its refusals, its faults, its people.

    async with TelegramServer() as server:
        secretary = server.person(11, "Sekretaris")
        secretary.says("/start KODE")                          # in private
        group = server.group(-100500, "Dinas Kominfo")
        group.adds_bot(by=secretary)
        secretary.says("/jadwal", to=group)
        server.next_call(lost_answer(), method="sendMessage")  # what goes wrong next
        post = await server.message(group, "dibacakan")        # waits until the bot has sent it
        secretary.presses(post, "Sudah dibacakan")
        assert server.messages(group) == [post]

Point the bot at `server.origin` with `server.token`.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self

import httpx

from scheduler.clock import Clock, MovableClock
from tests.fakes.http_server import HttpServer, Request, Response, Upload
from tests.fakes.telegram_chats import ChatState, SentMessage
from tests.fakes.telegram_faults import Break, Fault, Hold, Lose, Refuse
from tests.fakes.telegram_methods import Methods, Refused
from tests.fakes.telegram_people import Group, Person

PATIENCE = 15.0  # real seconds that a test waits for the bot before it fails
_MONDAY = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


class TelegramServer:
    """The loopback Telegram. Everything in it is public: tests look and meddle as they like."""

    def __init__(self, clock: Clock | None = None, *, privacy_mode: bool = False) -> None:
        self.clock = clock or MovableClock(_MONDAY)
        self.token = "123456789:AAloopback-token_of_thirty-five_chr"
        self.bot_name = "apel_bot"
        self.privacy_mode = privacy_mode
        self.chats: dict[int, ChatState] = {}
        self.people: dict[int, Person] = {}
        self.files: dict[str, Upload] = {}
        self.commands: dict[str, dict[str, str]] = {}
        self.answers: dict[str, str] = {}  # press id -> the text that the bot answered it with
        self.open_presses: set[str] = set()
        self.calls: list[str] = []  # the methods called, in order
        self.pending: list[dict[str, Any]] = []
        self.allowed: list[str] = []
        self.webhook_url = ""
        self.webhook_secret = ""
        self.webhook_error: str | None = None
        self._faults: deque[tuple[str | None, int | None, Fault]] = deque()
        self._methods = Methods(self)
        self._http = HttpServer(self._handle)
        self.last_update_id = 7000
        self._change = asyncio.Event()
        self._poll_number = 0

    async def __aenter__(self) -> Self:
        self.origin = await self._http.start()
        self._pump = asyncio.ensure_future(self._deliver_by_webhook())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)
        await self._http.stop()

    # people and groups

    def person(self, user_id: int, name: str = "Anggota", *, started: bool = True) -> Person:
        """A person; `started`: has opened a chat with the bot, so the bot may write."""
        person = Person(self, user_id, name)
        self.people[user_id] = person
        if started:
            person.starts()
        return person

    def group(self, chat_id: int, title: str = "Grup", *, topics: tuple[int, ...] = ()) -> Group:
        """A group that the bot is in (without having been told: see `adds_bot`)."""
        kind = "supergroup" if topics or str(chat_id).startswith("-100") else "group"
        self.chats[chat_id] = ChatState(chat_id, kind, title, topics=dict.fromkeys(topics, True))
        return Group(self, chat_id)

    # what the bot did

    def messages(self, chat: "Person | Group | int") -> list[SentMessage]:
        """What the bot has sent into a chat, in order."""
        state = self.chats.get(chat if isinstance(chat, int) else chat.chat_id)
        return list(state.sent) if state else []

    async def message(self, chat: "Person | Group | int", containing: str = "", after: int = 0) -> SentMessage:
        """The first message in the chat whose text contains this, later than message id `after`; waits for it."""

        def found() -> SentMessage | None:
            return next((m for m in self.messages(chat) if m.message_id > after and containing in m.text), None)

        return await self.until(
            found, lambda: f"no message {containing!r} among {[m.text for m in self.messages(chat)]}"
        )

    async def until(
        self, found: Callable[[], Any], otherwise: Callable[[], str] = lambda: "it never came to be"
    ) -> Any:
        """Wait until `found()` is true and return what it gives; AssertionError after PATIENCE seconds.

        Looked at again whenever something happens here, so `found` may only depend on what the server sees.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                while not (result := found()):
                    await self._next_change()
        except TimeoutError:
            raise AssertionError(otherwise()) from None
        return result

    async def received_all(self) -> None:
        """Wait until the bot has confirmed every update."""
        await self.until(lambda: not self.pending, lambda: f"still waiting: {self.pending}")

    # faults

    def next_call(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        to: "Person | Group | int | None" = None,
        times: int = 1,
    ) -> Fault:
        """Let the next call (to this method, into this chat) meet this fault, so often. `method` None: any send."""
        chat_id = to if to is None or isinstance(to, int) else to.chat_id
        self._faults.extend([(method and method.lower(), chat_id, fault)] * times)
        return fault

    # for Methods and people

    def changed(self) -> None:
        """Something happened that a test may wait for."""
        self._change.set()

    def keep_file(self, upload: Upload) -> str:
        """Store a file, as an upload would; its file id."""
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = upload
        return file_id

    def push(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """Let an update of this kind wait for the bot, unless the bot did not ask for its kind."""
        self.last_update_id += 1
        update = {"update_id": self.last_update_id, kind: content}
        if not self.allowed or kind in self.allowed:
            self.push_raw(update)
        return update

    def push_raw(self, update: dict[str, Any]) -> None:
        """Let anything wait for the bot."""
        self.pending.append(update)
        self.changed()

    def set_webhook(self, url: str, secret: str) -> None:
        """Where updates are posted from now on; "" = nowhere."""
        self.webhook_url, self.webhook_secret, self.webhook_error = url, secret, None
        self.changed()

    def redeliver(self) -> None:
        """Try the webhook again after it failed, as Telegram does by itself after a while."""
        self.webhook_error = None
        self.changed()

    async def poll(self, offset: int | None, limit: int, timeout: float) -> list[dict[str, Any]]:  # noqa: ASYNC109  the API's own parameter
        """getUpdates: confirm what is older than `offset`, then wait for something to be there."""
        if offset is not None:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
            self.changed()
        self._poll_number += 1
        mine = self._poll_number
        self.changed()  # an older poll must notice
        try:
            async with asyncio.timeout(timeout):
                while not self.pending or mine != self._poll_number:
                    if mine != self._poll_number:
                        reason = (
                            "terminated by other getUpdates request; make sure that only one bot instance is running"
                        )
                        raise Refused(f"Conflict: {reason}", 409)
                    await self._next_change()
        except TimeoutError:
            pass
        return self.pending[:limit]

    async def _next_change(self) -> None:
        # waiters share one event; each clears it only when it goes to sleep
        self._change.clear()
        await self._change.wait()

    async def _handle(self, request: Request) -> Response:
        prefix, _, rest = request.path.strip("/").partition("/")
        if prefix == "file" and rest.startswith(f"bot{self.token}/files/"):
            return Response(body=self.files[rest.rpartition("/")[2]].data, media_type="application/octet-stream")
        if prefix != f"bot{self.token}":
            return _refusal(Refuse(401, "Unauthorized"))
        self.calls.append(rest)
        try:
            return await self._with_fault(rest.lower(), request)
        except (KeyError, ValueError) as error:
            return _refusal(Refuse(400, f"Bad Request: a parameter is missing or not of its kind: {error!r}"))

    async def _with_fault(self, method: str, request: Request) -> Response:
        fault = self._take_fault(method, request.parameters.get("chat_id"))
        if isinstance(fault, Refuse):
            return _refusal(fault)
        if isinstance(fault, Hold):
            fault.arrived.set()
            await fault.release.wait()
        accepted = not isinstance(fault, Break | Lose) or fault.accepted
        response = await self._call(method, request) if accepted else Response()
        if isinstance(fault, Lose):
            return Response(lost=True)
        return Response(body=fault.body) if isinstance(fault, Break) else response

    def _take_fault(self, method: str, chat_id: str | None) -> Fault | None:
        for waiting in self._faults:
            wanted, chat, fault = waiting
            if (wanted == method or (wanted is None and method.startswith("send"))) and chat in (
                None,
                int(chat_id or 0),
            ):
                self._faults.remove(waiting)
                return fault
        return None

    async def _call(self, method: str, request: Request) -> Response:
        handler = getattr(self._methods, method, None)
        if handler is None:
            return _refusal(Refuse(404, "Not Found: method not found"))
        try:
            return _json(200, {"ok": True, "result": await handler(request)})
        except Refused as refused:
            return _refusal(refused.answer)

    async def _deliver_by_webhook(self) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                if self.webhook_url and self.pending and self.webhook_error is None:
                    await self._post(client, self.pending[0])
                else:
                    await self._next_change()

    async def _post(self, client: httpx.AsyncClient, update: dict[str, Any]) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook_secret} if self.webhook_secret else {}
        try:
            status = (await client.post(self.webhook_url, json=update, headers=headers)).status_code
        except httpx.HTTPError as error:
            self.webhook_error = type(error).__name__
        else:
            if 200 <= status < 300:
                self.pending.remove(update)
            else:
                self.webhook_error = f"Wrong response from the webhook: {status}"
        self.changed()


def _json(status: int, value: dict[str, Any]) -> Response:
    return Response(status, json.dumps(value).encode())


def _refusal(refusal: Refuse) -> Response:
    parameters = {"parameters": refusal.parameters} if refusal.parameters else {}
    answer = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    return _json(refusal.status, answer | parameters)
