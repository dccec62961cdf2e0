"""The way in for channels that post to us: verify the secret, store the raw update, commit, answer 200.

Nothing is parsed or answered here: what is stored is answered from the database, and a sender that does not get its
200 posts again. https://core.telegram.org/bots/api#setwebhook
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scheduler.clock import Clock
from storage.errors import Unavailable
from storage.queries import inbound
from storage.transaction import Database

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the header's name, no secret
_LARGEST_UPDATE = 1024 * 1024  # bytes; Telegram's are a few kilobytes
_TRY_AGAIN_SECONDS = 10


class Inlet(Struct, frozen=True):
    """A path at which a channel posts its updates, showing `secret`; `on_stored` is called after each new one."""

    channel: str
    path: str
    secret: str
    on_stored: Callable[[], None]


def webhook_route(inlet: Inlet, database: Database, clock: Clock) -> Route:
    """The route of an inlet: 200 once committed, 403 without the secret, 413 too large, 503 while we cannot store."""

    async def receive(request: Request) -> Response:
        shown = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(shown.encode(), inlet.secret.encode()):
            log.warning("%s: a post without the right secret was turned away", inlet.path)
            return Response(status_code=403)
        raw = await request.body()
        try:
            async with database.concurrent() as session:
                row = await inbound.store(session, inlet.channel, _update_key(raw), raw, clock.now())
        except Unavailable as error:
            log.warning("%s: an update could not be stored (%s); the sender is to try again", inlet.path, error)
            return Response(status_code=503, headers={"Retry-After": str(_TRY_AGAIN_SECONDS)})
        if row is not None:
            inlet.on_stored()
        return Response()

    return Route(inlet.path, receive, methods=["POST"], max_body_size=_LARGEST_UPDATE)


def _update_key(raw: bytes) -> str:
    """The update's own id; for what has none, its content's hash, so that a repeat of it is a repeat too."""
    try:
        update_id = json.loads(raw)["update_id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        update_id = None
    return str(update_id) if type(update_id) is int else f"sha256:{hashlib.sha256(raw).hexdigest()}"
