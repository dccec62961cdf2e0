"""Settings.from_environment(): the only reader of the environment."""

import os
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from scheduler.charges import CATEGORIES, Prices
from scheduler.rate_limit import Limits

DEFAULT_REGULATION = "karanganyar-44-2023"
DEFAULT_DATABASE = "sqlite+aiosqlite:///data/apel.sqlite"
TELEGRAM = "https://api.telegram.org"
WHATSAPP = "https://graph.facebook.com"
LOG_FORMATS = ("text", "json")
_MOST_MESSAGES = 1000  # in any span: what Telegram takes at most, paid for
_MOST_PERSONS = 1_000_000
_MOST_SECONDS = 10  # for a second opinion: whoever asked is waiting

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{20,}")
_ADDRESS = re.compile(r"[!-~]+")  # printable ASCII without blanks
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_PRICE = re.compile(r"([a-z]+)=([0-9]{1,9}(?:\.[0-9]{1,6})?)")
_CURRENCY = re.compile(r"[A-Z]{3}")  # ISO 4217
_SQLITE = ("sqlite", "sqlite+aiosqlite")
_POSTGRESQL = ("postgresql", "postgres", "postgresql+asyncpg")
_DRIVERS = {"sslmode": "ssl"}  # what PostgreSQL's own programs call it -> what the driver does


class WrongSetting(Exception):
    """A setting is missing or cannot be used. `key` is the sentence in the catalogue, area "setting"."""

    def __init__(self, name: str, key: str) -> None:
        super().__init__(f"{name}: {key}")
        self.name = name
        self.key = key


class Secret:
    """A value that never shows itself in a log, an error or a trace."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class DatabaseUrl(str):
    """Where the database is; it may hold a password, so its representation shows nothing."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "DatabaseUrl(...)"


class WhatsAppSettings(Struct, frozen=True):
    """The account at Meta from which the bot writes, and what its webhooks are checked by."""

    phone_id: str
    token: Secret
    app_secret: Secret
    verify_token: Secret
    business_account_id: str
    api_url: str  # origin only
    daily_persons: int | None = None  # to how many it may write first in 24 hours; None: as Meta tells
    prices: Prices | None = None  # None: nobody is told what a push costs


class Endpoint(Struct, frozen=True):
    """Who may put suggested topics in another order: an OpenAI-compatible address, the model, the key to it."""

    url: str  # "/chat/completions" is appended
    model: str
    key: Secret | None = None
    seconds: float = 3  # how long it may take


class Settings(Struct, frozen=True):
    """What the environment says, checked."""

    telegram_token: Secret | None
    telegram_api_url: str  # origin only
    database_url: DatabaseUrl
    regulation: str  # default for new offices
    timezone: str | None  # IANA, default for new offices; None: the regulation's own
    webhook_url: str | None  # the public origin and path; None: long polling
    webhook_secret: Secret | None  # None: made and kept in the database
    http_port: int | None
    log_format: str
    limits: Limits = Limits()  # how fast Telegram is written to
    heartbeat_url: Secret | None = None  # called after healthy ticks; its path is often the key to it
    llm: Endpoint | None = None  # None: no question leaves the house
    whatsapp: WhatsAppSettings | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read and check every APEL_ variable; empty counts as unset.

        Raises:
            WrongSetting: for the first one that cannot be used.
        """
        read = {name: value.strip() for name, value in (environment or os.environ).items() if value.strip()}
        webhook_url = _address(read, "APEL_TELEGRAM_WEBHOOK_URL")
        port = _port(read)
        if webhook_url and port is None:
            _wrong("APEL_HTTP_PORT", "port_for_webhook")
        api_url = _origin(read, "APEL_TELEGRAM_API_URL") or TELEGRAM
        if webhook_url and api_url == TELEGRAM and urlsplit(webhook_url).scheme != "https":
            _wrong("APEL_TELEGRAM_WEBHOOK_URL", "webhook_https")
        return cls(
            telegram_token=_secret(read, "APEL_TELEGRAM_TOKEN", _TOKEN, "token"),
            telegram_api_url=api_url,
            database_url=_database(read),
            regulation=read.get("APEL_REGULATION", DEFAULT_REGULATION),
            timezone=_timezone(read),
            webhook_url=webhook_url,
            webhook_secret=_secret(read, "APEL_TELEGRAM_WEBHOOK_SECRET", _SECRET, "webhook_secret"),
            http_port=port,
            log_format=_log_format(read),
            limits=_limits(read),
            heartbeat_url=_heartbeat(read),
            llm=_endpoint(read),
            whatsapp=_whatsapp(read),
        )

    def known_token(self) -> Secret:
        """The Telegram token; raises WrongSetting where none is set."""
        if self.telegram_token is None:
            _wrong("APEL_TELEGRAM_TOKEN", "token_missing")
        return self.telegram_token

    def check_channels(self) -> None:
        """Raise WrongSetting where there is no messenger to run on, or one of them cannot post to us."""
        if self.whatsapp is None:
            self.known_token()
        elif self.http_port is None:
            _wrong("APEL_HTTP_PORT", "port_for_whatsapp")


def _wrong(name: str, key: str) -> NoReturn:
    raise WrongSetting(name, key)


def _secret(read: Mapping[str, str], name: str, pattern: re.Pattern[str], key: str) -> Secret | None:
    value = read.get(name)
    if value is None:
        return None
    if not pattern.fullmatch(value):
        _wrong(name, key)
    return Secret(value)


def _origin(read: Mapping[str, str], name: str) -> str | None:
    value = _address(read, name)
    if value is not None and urlsplit(value).path:
        _wrong(name, "origin")
    return value


def _address(read: Mapping[str, str], name: str, *, query: bool = False) -> str | None:
    value = read.get(name)
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        port = parts.port  # read here because a wrong one is found no earlier
    except ValueError:
        _wrong(name, "url")
    odd = parts.fragment or parts.username is not None or port == 0 or not _ADDRESS.fullmatch(value)
    if parts.scheme not in {"https", "http"} or not parts.hostname or odd or (parts.query and not query):
        _wrong(name, "url")
    return value.rstrip("/")


def _heartbeat(read: Mapping[str, str]) -> Secret | None:
    address = _address(read, "APEL_HEARTBEAT_URL", query=True)
    return Secret(address) if address else None


def _endpoint(read: Mapping[str, str]) -> Endpoint | None:
    url = _address(read, "APEL_LLM_URL")
    if url is None:
        return None
    if "APEL_LLM_MODEL" not in read:
        _wrong("APEL_LLM_MODEL", "llm_model")
    usual = int(Endpoint("", "").seconds)
    return Endpoint(
        url,
        read["APEL_LLM_MODEL"],
        _secret(read, "APEL_LLM_KEY", _ADDRESS, "llm_key"),
        _number(read, "APEL_LLM_SECONDS", usual, most=_MOST_SECONDS, key="llm_seconds"),
    )


def _database(read: Mapping[str, str]) -> DatabaseUrl:
    value = read.get("APEL_DATABASE_URL", DEFAULT_DATABASE)
    if value.partition("://")[0] in _POSTGRESQL:
        return DatabaseUrl(_server(value))
    scheme, _, path = value.partition(":///")
    # a database in memory would be another one for every connection
    if scheme not in _SQLITE or path in {"", ":memory:"} or "?" in path:
        _wrong("APEL_DATABASE_URL", "database_url")
    return DatabaseUrl(f"sqlite+aiosqlite:///{path}")


def _server(value: str) -> str:
    """A PostgreSQL by its host, or by the folder of its socket: `postgresql://user@/name?host=/run/postgresql`."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # read here because a wrong one is found no earlier
        asked = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
    except ValueError:
        _wrong("APEL_DATABASE_URL", "database_url")
    one_place = bool(parts.hostname) != asked.get("host", "").startswith("/")
    named = re.fullmatch(r"/[^/]+", parts.path)
    if not one_place or not named or parts.fragment or not set(asked) <= {"host", "ssl", "sslmode"}:
        _wrong("APEL_DATABASE_URL", "database_url")
    query = urlencode({_DRIVERS.get(name, name): text for name, text in asked.items()}, safe="/")
    return f"postgresql+asyncpg://{parts.netloc}{parts.path}" + (f"?{query}" if query else "")


def _timezone(read: Mapping[str, str]) -> str | None:
    value = read.get("APEL_TIMEZONE")
    if value is not None:
        check_timezone("APEL_TIMEZONE", value)
    return value


def check_timezone(name: str, value: str) -> None:
    """Raise WrongSetting about `name` unless the value is an IANA zone."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _wrong(name, "timezone")


def _port(read: Mapping[str, str]) -> int | None:
    value = read.get("APEL_HTTP_PORT")
    if value is None:
        return None
    if not value.isdecimal() or not 0 < int(value) < 65536:
        _wrong("APEL_HTTP_PORT", "port")
    return int(value)


def _limits(read: Mapping[str, str]) -> Limits:
    usual = Limits()
    return Limits(
        _number(read, "APEL_TELEGRAM_PER_SECOND", usual.per_second),
        _number(read, "APEL_TELEGRAM_PER_CHAT_SECOND", usual.per_chat_second),
        _number(read, "APEL_TELEGRAM_PER_GROUP_MINUTE", usual.per_group_minute),
    )


def _whatsapp(read: Mapping[str, str]) -> WhatsAppSettings | None:
    """All or none; the origin has a usual one."""
    api_url, prices = _origin(read, "APEL_WHATSAPP_API_URL") or WHATSAPP, _prices(read)
    names = {
        "phone_id": "APEL_WHATSAPP_PHONE_ID",
        "token": "APEL_WHATSAPP_TOKEN",
        "app_secret": "APEL_WHATSAPP_APP_SECRET",
        "verify_token": "APEL_WHATSAPP_VERIFY_TOKEN",
        "business_account_id": "APEL_WHATSAPP_BUSINESS_ACCOUNT_ID",
    }
    if not any(name in read for name in names.values()):
        return None
    for name in names.values():
        value = read.get(name)
        if value is None:
            _wrong(name, "whatsapp_missing")
        if not _ADDRESS.fullmatch(value):
            _wrong(name, "whatsapp_value")
    for name in ("phone_id", "business_account_id"):
        if not (read[names[name]].isascii() and read[names[name]].isdecimal()):
            _wrong(names[name], "whatsapp_id")
    return WhatsAppSettings(
        phone_id=read[names["phone_id"]],
        token=Secret(read[names["token"]]),
        app_secret=Secret(read[names["app_secret"]]),
        verify_token=Secret(read[names["verify_token"]]),
        business_account_id=read[names["business_account_id"]],
        api_url=api_url,
        prices=prices,
        daily_persons=_daily_persons(read),
    )


def _daily_persons(read: Mapping[str, str]) -> int | None:
    name = "APEL_WHATSAPP_DAILY_PERSONS"
    return _number(read, name, 0, most=_MOST_PERSONS, key="daily_persons") if name in read else None


def _prices(read: Mapping[str, str]) -> Prices | None:
    """What one message costs, as `utility=357 marketing=586.33 service=357`: every category once."""
    currency = read.get("APEL_WHATSAPP_CURRENCY", "IDR")
    if not _CURRENCY.fullmatch(currency):
        _wrong("APEL_WHATSAPP_CURRENCY", "whatsapp_currency")
    value = read.get("APEL_WHATSAPP_PRICES")
    if value is None:
        return None
    found = [match.groups() for match in map(_PRICE.fullmatch, value.split()) if match]
    if len(found) != len(value.split()) or sorted(name for name, _ in found) != sorted(CATEGORIES):
        _wrong("APEL_WHATSAPP_PRICES", "whatsapp_prices")
    return Prices(currency, {name: Decimal(price) for name, price in found})


def _number(read: Mapping[str, str], name: str, usual: int, *, most: int = _MOST_MESSAGES, key: str = "number") -> int:
    value = read.get(name)
    if value is None:
        return usual
    if not value.isdecimal() or not 0 < int(value) <= most:
        _wrong(name, key)
    return int(value)


def _log_format(read: Mapping[str, str]) -> str:
    value = read.get("APEL_LOG_FORMAT", "text")
    if value not in LOG_FORMATS:
        _wrong("APEL_LOG_FORMAT", "log_format")
    return value


def prepare_place(database_url: str) -> None:
    """Make the folder of a SQLite file. Raises WrongSetting if it cannot be made."""
    scheme, _, path = database_url.partition(":///")
    if scheme not in _SQLITE:
        return
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting("APEL_DATABASE_URL", "database_place") from error
