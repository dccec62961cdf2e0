"""Meta's Graph API, as far as we need it: one message, one file, who we are."""

import base64
import hashlib
import hmac
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec
from msgspec import Struct

from bot.channels.proxy import proxy_for
from bot.channels.whatsapp.wire import body_of, read

VERSION = "v26.0"  # since 2026-07-29; https://developers.facebook.com/docs/graph-api/changelog
_CONNECT_SECONDS = 5.0
_AT_ONCE = 50
_MOST_PAGES = 100  # of templates: an account may have 6,000
_HOSTS = ("fbsbx.com", "facebook.com", "whatsapp.net")  # where files are; lookaside.fbsbx.com as a rule
_CHUNK = 65536  # bytes
_UNKNOWN_FIELD = _WRONG_PROOF = 100  # a parameter that Meta does not take; which one, its words alone tell

Answer = TypeVar("Answer")


class _Error(Struct, frozen=True):
    code: int | None = None
    error_subcode: int | None = None
    error_user_msg: str = ""


class _Refusal(Struct, frozen=True):
    error: _Error = _Error()


class _Reference(Struct, frozen=True):
    id: str


class _Accepted(Struct, frozen=True):
    messages: tuple[_Reference, ...]


class Number(Struct, frozen=True):
    """The number that we write from, as Meta shows it: with blanks and a plus, its verified name and its quality.

    `whatsapp_business_manager_messaging_limit`: to how many persons a day it may write first, "TIER_250".
    """

    display_phone_number: str
    verified_name: str = ""
    quality_rating: str = ""
    whatsapp_business_manager_messaging_limit: str = ""


class TokenRights(Struct, frozen=True):
    """Of which app a token is, and what it may do ("whatsapp_business_messaging")."""

    app_id: str = ""
    scopes: tuple[str, ...] = ()


class _Inspected(Struct, frozen=True):
    data: TokenRights


class _Numbers(Struct, frozen=True):
    data: tuple[_Reference, ...]


class _AboutApp(Struct, frozen=True):
    whatsapp_business_api_data: _Reference


class _Apps(Struct, frozen=True):
    data: tuple[_AboutApp, ...]


class Media(Struct, frozen=True):
    """Where a file that somebody sent is to be had, for five minutes and with the token alone; what Meta tells of it.

    `sha256`: in hexadecimal or in base64, which of them is not documented.
    """

    url: str = ""
    mime_type: str = ""
    sha256: str = ""
    file_size: int | None = None

    def is_whole(self, data: bytes, media_type: str) -> bool:
        """Whether this is the file, which came as `media_type`: not empty, cut off or somebody's error page."""
        digest = hashlib.sha256(data).digest()
        hashes = (digest.hex(), digest.hex().upper(), base64.b64encode(digest).decode())
        if self.sha256 and self.sha256 not in hashes:
            return False
        is_page = media_type == "text/html" != self.mime_type
        return bool(data) and not is_page and self.file_size in (None, len(data))


class Elsewhere(Exception):
    """An address that Meta told is not one of Meta's."""


class NotWhole(Exception):
    """What came is not the file of which Meta told."""


class _Address(Struct, frozen=True):
    """What of an address says who is there."""

    scheme: str
    host: str
    port: int | None

    @staticmethod
    def of(url: str) -> "_Address":
        try:
            parts = urlsplit(url)
            host = "" if "@" in parts.netloc else parts.hostname or ""
            return _Address(parts.scheme, host, parts.port)
        except ValueError:
            return _Address("", "", None)


class MetasTemplate(Struct, frozen=True):
    """A template as Meta keeps it; `components` as it was submitted, `rejected_reason` "NONE" where it was not."""

    name: str = ""
    language: str = ""
    status: str = ""
    category: str = ""
    components: tuple[dict[str, Any], ...] = ()
    rejected_reason: str = "NONE"


class Created(Struct, frozen=True):
    """A template that was just submitted; `category`: as Meta counts it."""

    id: str
    status: str = "PENDING"
    category: str = ""


class _Cursors(Struct, frozen=True):
    after: str = ""


class _Paging(Struct, frozen=True):
    cursors: _Cursors = _Cursors()
    next: str = ""


class _TemplatePage(Struct, frozen=True):
    data: tuple[MetasTemplate, ...]
    paging: _Paging = _Paging()


class Refused(Exception):
    """An answer that is no yes; `code` and `subcode` are Meta's own, None where it told none.

    `told`: its sentence for people, which may be none; https://developers.facebook.com/docs/graph-api/guides/error-handling
    """

    def __init__(self, status: int, code: int | None, subcode: int | None = None, told: str = "") -> None:
        super().__init__(f"status {status}, code {code}")
        self.status = status
        self.code = code
        self.subcode = subcode
        self.told = told


class Graph:
    """A warm pool of connections to `origin` ("https://graph.facebook.com"), for one number and its token.

    Nothing is repeated here. Every method raises `Refused` for an answer that is no yes, `msgspec.DecodeError` for one
    that cannot be read, and aiohttp's own errors or TimeoutError where none came.
    """

    def __init__(self, origin: str, phone_id: str, token: str, *, answer_seconds: float = 20.0) -> None:
        self._origin, self._phone_id, self._token = origin, phone_id, token
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        self._proxy = proxy_for(origin)
        self._timeout = aiohttp.ClientTimeout(
            total=2 * answer_seconds + _CONNECT_SECONDS, sock_connect=_CONNECT_SECONDS, sock_read=answer_seconds
        )
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def number(self) -> Number:
        """Who we are; without the limit where Meta knows no such field."""
        asked = ["display_phone_number", "verified_name", "quality_rating"]
        try:
            return await self._number_with([*asked, "whatsapp_business_manager_messaging_limit"])
        except Refused as refused:
            if refused.code != _UNKNOWN_FIELD or refused.subcode is not None:
                raise
        return await self._number_with(asked)

    async def _number_with(self, fields: list[str]) -> Number:
        return await self._call("GET", "", Number, params={"fields": ",".join(fields)})

    async def belongs_to(self, app_secret: str) -> bool:
        """Whether our token is one of the app with this secret, by which Meta signs what it posts; `number` is known.

        A proof that does not fit is refused although none is asked for.
        https://developers.facebook.com/docs/graph-api/guides/secure-requests
        """
        proof = hmac.new(app_secret.encode(), self._token.encode(), hashlib.sha256).hexdigest()
        try:
            await self._call("GET", "", _Reference, params={"fields": "id", "appsecret_proof": proof})
        except Refused as refused:
            if refused.code != _WRONG_PROOF or refused.subcode is not None:
                raise
            return False
        return True

    async def rights(self) -> TokenRights:
        """What our token may do; it is asked about with itself.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/permissions
        """
        asked = {"input_token": self._token}
        return (await self._call("GET", "", _Inspected, of="debug_token", params=asked)).data

    async def numbers_of(self, account_id: str) -> frozenset[str]:
        """The ids of the business account's numbers.

        https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/phone_numbers
        """
        asked = {"fields": "id", "limit": "100"}
        found = await self._call("GET", "/phone_numbers", _Numbers, of=account_id, params=asked)
        return frozenset(number.id for number in found.data)

    async def apps_of(self, account_id: str) -> frozenset[str]:
        """The ids of the apps to which Meta posts what happens in the business account.

        https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/subscribed_apps
        """
        found = await self._call("GET", "/subscribed_apps", _Apps, of=account_id)
        return frozenset(app.whatsapp_business_api_data.id for app in found.data)

    async def send(self, message: dict[str, Any]) -> str:
        """Hand over a message; its reference."""
        body = msgspec.json.encode(message)
        json = {"Content-Type": "application/json"}
        accepted = await self._call("POST", "/messages", _Accepted, data=body, headers=json)
        return accepted.messages[0].id if accepted.messages else ""

    async def upload(self, name: str, media_type: str, data: bytes) -> str:
        """Keep a file at Meta for thirty days; its reference."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", media_type)
        form.add_field("file", data, filename=name, content_type=media_type)
        return (await self._call("POST", "/media", _Reference, data=form)).id

    async def media(self, reference: str) -> Media:
        """A file that came in a webhook in the last seven days.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
        """
        told = await self._call("GET", "", dict[str, Any], of=reference, params={"phone_number_id": self._phone_id})
        return read(Media, told)

    async def templates(self, account_id: str) -> list[MetasTemplate]:
        """Every template of the business account, page by page.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
        """
        found: list[MetasTemplate] = []
        asked = {"fields": "name,language,status,category,components,rejected_reason", "limit": "100"}
        for _ in range(_MOST_PAGES):
            page = await self._call("GET", "/message_templates", _TemplatePage, of=account_id, params=asked)
            found += page.data
            if not (page.paging.next and page.paging.cursors.after):
                break
            asked["after"] = page.paging.cursors.after
        return found

    async def create_template(self, account_id: str, definition: dict[str, Any]) -> Created:
        """Submit a template for review."""
        body, json = msgspec.json.encode(definition), {"Content-Type": "application/json"}
        return await self._call("POST", "/message_templates", Created, of=account_id, data=body, headers=json)

    async def download(self, media: Media, most: int) -> bytes | None:
        """The file, if it is no more than `most` bytes, else None.

        Raises:
            Elsewhere: its address is not Meta's, and the token goes along.
            NotWhole: something else came, or a part of it.
        """
        if not self._is_metas(media.url):
            raise Elsewhere
        data, session = bytearray(), self._session or self._open()
        async with session.get(media.url, allow_redirects=False) as answer:
            if answer.status != 200:
                raise Refused(answer.status, None)
            async for chunk in answer.content.iter_chunked(_CHUNK):
                data += chunk
                if len(data) > most:
                    return None
            if not media.is_whole(bytes(data), answer.content_type):
                raise NotWhole
        return bytes(data)

    def _is_metas(self, url: str) -> bool:
        told = _Address.of(url)
        known = any(told.host == name or told.host.endswith(f".{name}") for name in _HOSTS)
        return told == _Address.of(self._origin) or (known and told.scheme == "https" and told.port in (None, 443))

    async def _call(
        self, method: str, path: str, kind: type[Answer], *, of: str | None = None, **content: Any
    ) -> Answer:
        """`of`: whose path it is; our number's, unless it is named."""
        url = f"{self._origin}/{VERSION}/{quote(of or self._phone_id, safe='')}{path}"
        session = self._session or self._open()
        async with session.request(method, url, allow_redirects=False, **content) as answer:
            body = await answer.read()
            if answer.status != 200:
                error = _error(body)
                raise Refused(answer.status, error.code, error.error_subcode, error.error_user_msg)
        return msgspec.json.decode(body, type=kind)

    def _open(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_AT_ONCE),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._headers,
            timeout=self._timeout,
            proxy=self._proxy,
        )
        return self._session


def _error(body: bytes) -> _Error:
    """What Meta says, field by field: what to do goes by the code, whatever stands beside it."""
    told = body_of(body)
    return read(_Refusal, told).error if isinstance(told, dict) else _Error()
