"""The way in for channels that sign what they post: verify, split, store every event under its own key, answer 200.

Nothing is answered here: what is stored is worked on afterwards, and a sender that does not get its 200 posts again.
It waits for a second, the database perhaps for longer: then a 503 is answered, and the storing goes on. No transaction
is broken off for it, and what was stored after all is known when it comes again.
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
"""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scheduler.clock import Clock
from storage.errors import Unavailable
from storage.queries import inbound
from storage.transaction import Database

log = logging.getLogger(__name__)

SIGNATURE_HEADER = "X-Hub-Signature-256"
_LARGEST_POST = 3 * 1024 * 1024  # bytes; Meta batches up to so much
_TRY_AGAIN_SECONDS = 10
ANSWERED_WITHIN = 0.9  # seconds; Meta wants its answer within one
_AT_ONCE = 50  # posts that wait for the database; what comes beside them is not even begun with

Split = Callable[[bytes], Iterable[tuple[str, bytes]]]  # a post -> its events, each with the key that tells a repeat


class Signatures:
    """How the posts of late were signed; `key` is what to call it to whoever may have mistyped it.

    Strangers post now and then. What is only ever signed wrongly is signed by Meta, with another secret than ours.
    """

    def __init__(self, key: str = "the secret") -> None:
        self._key = key
        self._wrong = 0  # since the last right one

    def right(self) -> None:
        """A post was signed rightly."""
        self._wrong = 0

    def wrong(self, path: str) -> None:
        """A post was signed wrongly; told the first time, the tenth, the hundredth: anybody may post as they like."""
        self._wrong += 1
        if str(self._wrong).strip("0") == "1":
            log.warning("%s: turned away: %s", path, self.trouble)

    @property
    def trouble(self) -> str | None:
        """What is wrong, in words without secrets; None where the last post was signed rightly, or none came."""
        if not self._wrong:
            return None
        return f"posts wrongly signed since the last right one: {self._wrong}; does {self._key} fit?"


class SignedInlet(Struct, frozen=True):
    """A path at which a channel posts, signing with `secret`, and first asks for a word of ours with `verify_token`.

    `on_stored` is called after each post that was stored, also where its answer, `within` so many seconds, came before.
    """

    channel: str
    path: str
    secret: str
    verify_token: str
    split: Split
    on_stored: Callable[[], None]
    signatures: Signatures = field(default_factory=Signatures)
    within: float = ANSWERED_WITHIN


def signed_route(inlet: SignedInlet, database: Database, clock: Clock) -> Route:
    """GET: the handshake. POST: 200 once committed, 403 wrongly signed, 413 too large, 503 not stored in time."""
    under_way: set[asyncio.Task[bool]] = set()

    async def answer(request: Request) -> Response:
        if request.method != "POST":
            return _shake_hands(inlet, request)
        raw = await request.body()
        if not _is_signed(inlet, request, raw):
            return Response(status_code=403)
        if await stored_in_time(raw):
            return Response()
        return Response(status_code=503, headers={"Retry-After": str(_TRY_AGAIN_SECONDS)})

    async def stored_in_time(raw: bytes) -> bool:
        done: set[asyncio.Task[bool]] = set()
        if len(under_way) < _AT_ONCE:
            storing = asyncio.create_task(_store(inlet, database, clock, raw))
            under_way.add(storing)
            storing.add_done_callback(under_way.discard)
            done, _ = await asyncio.wait({storing}, timeout=inlet.within)
        if not done:
            log.warning("%s: a post is not stored yet, %d wait; the sender is to try again", inlet.path, len(under_way))
        return any(storing.result() for storing in done)

    return Route(inlet.path, answer, methods=["GET", "POST"], max_body_size=_LARGEST_POST)


def _shake_hands(inlet: SignedInlet, request: Request) -> Response:
    asked = request.query_params
    if asked.get("hub.mode") == "subscribe" and _same(asked.get("hub.verify_token", ""), inlet.verify_token):
        return PlainTextResponse(asked.get("hub.challenge", ""))
    log.warning("%s: a handshake with a wrong word was turned away", inlet.path)
    return Response(status_code=403)


def _is_signed(inlet: SignedInlet, request: Request, raw: bytes) -> bool:
    if _same(request.headers.get(SIGNATURE_HEADER, ""), signature(inlet.secret, raw)):
        inlet.signatures.right()
        return True
    inlet.signatures.wrong(inlet.path)
    return False


async def _store(inlet: SignedInlet, database: Database, clock: Clock, raw: bytes) -> bool:
    """Store the events of a post; whether that could be done."""
    events = _events(inlet, raw)
    try:
        async with database.concurrent() as session:
            await inbound.store_many(session, inlet.channel, events, clock.now())
    except Unavailable as error:
        log.warning("%s: a post could not be stored (%s); the sender is to try again", inlet.path, error)
        return False
    inlet.on_stored()
    return True


def _events(inlet: SignedInlet, raw: bytes) -> Sequence[tuple[str, bytes]]:
    """The events of a post; where it cannot be taken apart for a defect of ours it is one, of which the first counts.

    Otherwise it would come again for days, with all that is batched beside.
    """
    try:
        return list(inlet.split(raw))
    except Exception as error:  # noqa: BLE001  a trace may quote what somebody wrote
        log.error("%s: a post could not be taken apart: %s", inlet.path, type(error).__name__)  # noqa: TRY400
        return [(f"sha256:{hashlib.sha256(raw).hexdigest()}", raw)]


def signature(secret: str, raw: bytes) -> str:
    """What the header must say of these bytes."""
    return f"sha256={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"


def _same(shown: str, right: str) -> bool:
    """In a time that tells nothing; signs that are no ASCII are bytes like others."""
    return hmac.compare_digest(shown.encode(errors="surrogateescape"), right.encode())
