"""A Graph API on the loopback: Meta's limits and refusals, signed webhooks, statuses late, twice and out of order.

    async with GraphServer() as server:
        member = server.person("Anggota 1")
        member.says("Gabung KODE")
        await server.post_to(url)                # or: for body, headers in server.posts(): ...
        answer = server.messages(member)[-1]     # what the bot sent
        member.taps(answer, "Simpan")
        server.next_call(131056)                 # what goes wrong next: a code, `TooMany()`, `Lose()`, `Broken()`
        server.tells(answer, "delivered")        # a status, which waits for the bot as a message does

Point the bot at `server.origin` with `server.token` and `server.phone_id`.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import mimetypes
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import httpx

from scheduler.clock import Clock, MovableClock
from tests.fakes.graph_account import Account
from tests.fakes.graph_chats import Chat, Refused, Sent, check, named
from tests.fakes.graph_limits import Limits
from tests.fakes.graph_people import Person
from tests.fakes.graph_templates import Template, check_template, page_of, submitted, values_of
from tests.fakes.http_server import HttpServer, Request, Response

_MONDAY = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
VERSION = "v26.0"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_TAKEN = (
    *("image/jpeg", "image/png", "text/plain", "application/pdf"),
    *(f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet", f"{_OFFICE}presentationml.presentation"),
    *("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
)
_PICTURE, _DOCUMENT = 5 << 20, 100 << 20  # bytes at most
_OF_ACCOUNT = (["message_templates"], ["phone_numbers"], ["subscribed_apps"])
_OF_THE_NUMBER = ("messages", "statuses")
_TIER_FIELD = "whatsapp_business_manager_messaging_limit"
PATIENCE = 15.0  # real seconds that a test waits for the bot before it fails


@dataclass(frozen=True)
class Lose:
    """The connection breaks without an answer; the message was taken if `accepted`."""

    accepted: bool = True


@dataclass(frozen=True)
class Broken:
    """An answer that Meta's API did not write."""

    status: int = 502
    body: bytes = b"<html>Bad Gateway</html>"
    accepted: bool = False


@dataclass(frozen=True)
class TooMany:
    """HTTP 429 with Meta's words, and where Meta says so after how many seconds to ask again."""

    code: int = 130429
    retry_after: int | None = None

    def answer(self) -> Response:
        """As it goes out."""
        error = {"message": "Rate limit hit", "type": "OAuthException", "code": self.code, "fbtrace_id": "A"}
        headers = (("Retry-After", str(self.retry_after)),) if self.retry_after is not None else ()
        return Response(429, json.dumps({"error": error}).encode(), headers=headers)


@dataclass(frozen=True)
class Hold:
    """Neither taken nor answered until `release` is set."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


Fault = int | Lose | Broken | TooMany | Hold  # an int: refused with that code


class GraphServer:
    """The loopback Meta. Everything in it is public: tests look and meddle as they like."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or MovableClock(_MONDAY)
        self.token, self.phone_id, self.account_id = "EAAloopback-token", "1060000000001", "2060000000001"
        self.app_secret, self.verify_token = "loopback-app-secret", "loopback-verify-token"
        self.number = "+62 811-0000-001"
        self.quality = "GREEN"
        self.tier: str | None = "TIER_250"  # to how many persons may be written first; None: no such field is known
        self.limits: Limits | None = None  # set to have them enforced
        self.people: list[Person] = []
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.file_url = ""  # told instead of where files are
        self.file_told: dict[str, Any] = {}  # of a file, instead of what is so
        self.file_served: Response | None = None  # in place of a file
        self.fetched: list[str] = []
        self.account = Account([self.phone_id])
        self.templates: dict[str, Template] = {}
        self.templates_readable = True  # whether the token may manage the business account
        self.refused_template = ""  # by its name, whatever it says
        self.pending: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = []
        self.calls: list[str] = []
        self.automatic: Sequence[str] = ()  # statuses that follow every accepted message by themselves
        self._faults: deque[Fault] = deque()
        self._references = itertools.count(1)
        self._http = HttpServer(self._handle)
        self._change = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.origin = await self._http.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.stop()

    # people, and what the bot sent them

    def person(self, name: str = "Anggota 1", user_id: str | None = "", phone: str | None = "") -> Person:
        """Somebody new, by default with a business-scoped id and a number; None: Meta does not tell it."""
        number = len(self.people) + 1
        user_id = f"ID.90000000000000{number:02d}" if user_id == "" else user_id
        person = Person(self, name, user_id, f"62812000000{number:02d}" if phone == "" else phone)
        self.people.append(person)
        return person

    def chat(self, person: Person) -> Chat:
        """The chat with this person."""
        number = next((n for n, known in enumerate(self.people) if known.keys & person.keys), -1)
        return self.chats.setdefault(number, Chat())

    def messages(self, person: Person) -> list[Sent]:
        """What the bot has sent this person, in order."""
        return self.chat(person).sent

    async def message(self, person: Person, containing: str) -> Sent:
        """The first message to this person whose text contains this; waits for it, PATIENCE seconds at most."""

        def found() -> Sent | None:
            return next((message for message in self.messages(person) if containing in message.text), None)

        return await self.until(found)

    async def until(self, found: Callable[[], Any]) -> Any:
        """Wait until `found()` is true, looked at again with every call to us; what it gives."""
        async with asyncio.timeout(PATIENCE):
            while not (result := found()):
                self._change.clear()
                await self._change.wait()
        return result

    # webhooks

    def push(self, kind: str, item: dict[str, Any], contact: dict[str, Any] | None) -> None:
        """Let an event ("messages" or "statuses") wait for the bot."""
        self.pending.append((kind, item, contact))
        if self.limits is not None and kind == "messages":
            self.limits.hear(self.clock.now())

    def tells(self, message: Sent, status: str, *codes: int, **more: Any) -> dict[str, Any]:
        """Let a status of the message wait for the bot."""
        message.statuses.append(status)
        to = message.payload.get("to")
        item: dict[str, Any] = {
            "id": message.reference,
            "status": status,
            "timestamp": str(int(self.clock.now().timestamp())),
            **({"recipient_id": to} if to else {"recipient_user_id": message.payload["recipient"]}),
        }
        if (tracker := message.payload.get("biz_opaque_callback_data")) is not None:
            item["biz_opaque_callback_data"] = tracker
        if codes:
            item["errors"] = [{"code": code, "title": "told for people only"} for code in codes]
        self.push("statuses", item | more, None)
        return item

    def tells_of_template(self, name: str, event: str, category: str = "") -> None:
        """Let a template change its state, or its category, and the news of it wait for the bot."""
        template = self.templates[name]
        value = {"message_template_name": name, "message_template_language": template.language}
        if category:
            value |= {"previous_category": template.category, "new_category": category}
            template.category = category
        else:
            value |= {"event": event, "reason": "NONE"}
            template.status = event
        self.push("template_category_update" if category else "message_template_status_update", value, None)

    def posts(self, *, batch: int = 1, shape: str = "value") -> Iterator[tuple[bytes, dict[str, str]]]:
        """The waiting events as signed posts of so many each; `shape`: batched in one "value", "changes" or "entries"."""
        while self.pending:
            some, self.pending = self.pending[:batch], self.pending[batch:]
            yield self.signed(self._body(some, shape))

    def signed(self, body: Any) -> tuple[bytes, dict[str, str]]:
        """Any body as Meta would sign it."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()  # escaped, as Meta writes it
        digest = hmac.new(self.app_secret.encode(), raw, hashlib.sha256).hexdigest()
        return raw, {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}

    async def post_to(self, url: str, **how: Any) -> list[int]:
        """Post what waits; the statuses of the answers."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return [(await client.post(url, content=raw, headers=head)).status_code for raw, head in self.posts(**how)]

    def _body(self, events: list[tuple[str, dict[str, Any], dict[str, Any] | None]], shape: str) -> dict[str, Any]:
        about_us = [{"field": kind, "value": item} for kind, item, _ in events if kind not in _OF_THE_NUMBER]
        events = [event for event in events if event[0] in _OF_THE_NUMBER]
        groups = [events] if shape == "value" and events else [[event] for event in events]
        changes = [{"field": "messages", "value": self._value(group)} for group in groups] + about_us
        lists = [[change] for change in changes] if shape == "entries" else [changes]
        now = int(self.clock.now().timestamp())
        entries = [{"id": self.account_id, "time": now, "changes": some} for some in lists]
        return {"object": "whatsapp_business_account", "entry": entries}

    def _value(self, events: list[tuple[str, dict[str, Any], dict[str, Any] | None]]) -> dict[str, Any]:
        value: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "628110000001", "phone_number_id": self.phone_id},
        }
        for kind, item, contact in events:
            value.setdefault(kind, []).append(item)
            if contact is not None and contact not in value.setdefault("contacts", []):
                value["contacts"].append(contact)
        return value

    # the API

    def next_call(self, fault: Fault, times: int = 1) -> Fault:
        """Let the next message meet this fault, so often."""
        self._faults.extend([fault] * times)
        return fault

    def next_reference(self) -> str:
        """A fresh id of a message."""
        return f"wamid.loopback{next(self._references)}"

    def keep_file(self, name: str, data: bytes) -> str:
        """Store a file; its id."""
        reference = f"media-{len(self.files) + 1}"
        self.files[reference] = (name, data)
        return reference

    async def _handle(self, request: Request) -> Response:
        try:
            return await self._call(self._allowed(request), request)
        except Refused as refused:
            error: dict[str, Any] = {
                "message": refused.words,
                "type": "OAuthException",
                "code": refused.code,
                "fbtrace_id": "A",
            }
            if refused.subcode is not None:
                error |= {"error_subcode": refused.subcode, "error_user_msg": refused.words}
            return _json(refused.status, {"error": error})
        finally:
            self._change.set()

    def _allowed(self, request: Request) -> list[str]:
        version, number, *rest = request.path.strip("/").split("/")
        self.calls.append("/".join(rest))
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise Refused(190, "Invalid OAuth access token", 401)
        if not self._proven(request):
            raise Refused(100, "Invalid appsecret_proof provided in the API argument")
        if number in self.files and not rest and version in (VERSION, "download"):
            return [version, number]
        if version == VERSION and number == "debug_token" and not rest:
            return [number]
        if version == VERSION and number == self.account_id and rest in _OF_ACCOUNT:
            if not self.templates_readable:
                raise Refused(200, "Permissions error", 403)
            return rest
        if version != VERSION or number != self.phone_id:
            raise Refused(100, "Unsupported request", subcode=33)
        return rest

    def _proven(self, request: Request) -> bool:
        """Whether the proof, where one is given, shows that the caller knows the app's secret."""
        proof = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        return request.parameters.get("appsecret_proof", proof) == proof

    async def _call(self, path: list[str], request: Request) -> Response:
        if path == ["messages"]:
            return await self._message(json.loads(request.body))
        if path == ["media"]:
            upload = request.uploads["file"]
            if request.parameters.get("messaging_product") != "whatsapp" or upload.media_type not in _TAKEN:
                raise Refused(100, "not a type that Meta takes")
            if len(upload.data) > (_PICTURE if upload.media_type.startswith("image/") else _DOCUMENT):
                raise Refused(131053, "larger than Meta takes")
            return _json(200, {"id": self.keep_file(upload.name, upload.data)})
        if path == ["message_templates"]:
            return self._templates(request)
        if path in (["debug_token"], *_OF_ACCOUNT):
            return _json(200, self.account.told(path[0]))
        if len(path) == 2 and path[1] in self.files:
            return self._file(*path)
        about = {"id": self.phone_id, "display_phone_number": self.number, "verified_name": "Dinas Kominfo"}
        if _TIER_FIELD in str(request.parameters.get("fields")):
            if self.tier is None:
                raise Refused(100, f"Tried accessing nonexisting field ({_TIER_FIELD})")
            about[_TIER_FIELD] = self.tier
        return _json(200, about | {"quality_rating": self.quality})

    def _templates(self, request: Request) -> Response:
        if not request.body:
            asked = request.parameters
            return _json(200, page_of(self.templates, str(asked.get("after", "")), min(int(asked["limit"]), 5)))
        template = submitted(json.loads(request.body), self.templates)
        if template.name == self.refused_template:
            raise Refused(100, "as the test asked", subcode=2388293)
        self.templates[template.name] = template
        return _json(200, {"id": template.name, "status": template.status, "category": template.category})

    def _file(self, what: str, reference: str) -> Response:
        """Where a file is, or the file itself."""
        name, data = self.files[reference]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if what == "download":
            self.fetched.append(reference)
            return self.file_served or Response(200, data, kind)
        about = {
            "messaging_product": "whatsapp",
            "url": self.file_url or f"{self.origin}/download/{reference}",
            "mime_type": kind,
            "sha256": hashlib.sha256(data).hexdigest(),
            "file_size": str(len(data)),
            "id": reference,
        }
        return _json(200, about | self.file_told)

    async def _message(self, payload: dict[str, Any]) -> Response:
        fault = self._faults.popleft() if self._faults else None
        if isinstance(fault, int):
            raise Refused(fault, "as the test asked")
        if isinstance(fault, TooMany):
            return fault.answer()
        if isinstance(fault, Hold):
            fault.arrived.set()
            await fault.release.wait()
        if isinstance(fault, Lose | Broken) and not fault.accepted:
            return Response(lost=True) if isinstance(fault, Lose) else Response(fault.status, fault.body, "text/html")
        sent = self._accept(payload)
        if isinstance(fault, Lose | Broken):
            return Response(lost=True) if isinstance(fault, Lose) else Response(fault.status, fault.body, "text/html")
        return _json(200, {"messaging_product": "whatsapp", "messages": [{"id": sent.reference}]})

    def _accept(self, payload: dict[str, Any]) -> Sent:
        key = named(payload)
        person = next((known for known in self.people if key in known.keys), None)
        if person is None:
            raise Refused(131026, "Message undeliverable")
        chat, now = self.chat(person), self.clock.now()
        check(payload, chat, set(self.files), now)
        sent = Sent(self.next_reference(), payload, now)
        if payload["type"] == "template":
            template = check_template(payload["template"], self.templates)
            sent.words, sent.button = template.filled(values_of(payload["template"])), template.button
        if self.limits is not None:
            self.limits.take(self.people.index(person), now, first=not chat.is_open(now))
        chat.sent.append(sent)
        for status in self.automatic:
            self.tells(sent, status)
        return sent


def _json(status: int, value: dict[str, Any]) -> Response:
    return Response(status, json.dumps(value).encode())
