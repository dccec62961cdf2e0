"""Every setting is used, defaulted or refused with its name and a sentence, before anything else happens."""

from decimal import Decimal

import pytest

from bot.config import DEFAULT_DATABASE, TELEGRAM, Endpoint, Secret, Settings, WrongSetting
from content.rendering import render
from scheduler.charges import Prices
from scheduler.rate_limit import Limits

TOKEN = "123456789:AAnot-a-real-token_of_35_characters"


def _refused(**environment):
    with pytest.raises(WrongSetting) as refused:
        Settings.from_environment(environment)
    assert refused.value.name in render(f"setting/{refused.value.key}", {"name": refused.value.name}).text
    return refused.value.name, refused.value.key


def test_without_any_setting_there_are_defaults_and_no_token():
    settings = Settings.from_environment({"APEL_TELEGRAM_TOKEN": " "})
    assert (settings.telegram_api_url, settings.database_url, settings.log_format) == (
        TELEGRAM,
        DEFAULT_DATABASE,
        "text",
    )
    with pytest.raises(WrongSetting) as missing:
        settings.known_token()
    assert (missing.value.name, missing.value.key) == ("APEL_TELEGRAM_TOKEN", "token_missing")


def test_what_is_set_is_used():
    settings = Settings.from_environment(
        {
            "APEL_TELEGRAM_TOKEN": TOKEN,
            "APEL_TELEGRAM_API_URL": "http://127.0.0.1:8081/",
            "APEL_DATABASE_URL": "sqlite:////var/lib/apel/apel.sqlite",
            "APEL_TELEGRAM_WEBHOOK_URL": "https://bot.contoh.go.id:8443/apel/masuk",
            "APEL_HTTP_PORT": "8080",
            "APEL_LOG_FORMAT": "json",
            "APEL_TIMEZONE": "Asia/Jayapura",
        }
    )
    assert settings.known_token() == Secret(TOKEN)
    assert settings.telegram_api_url == "http://127.0.0.1:8081"
    assert settings.database_url == "sqlite+aiosqlite:////var/lib/apel/apel.sqlite"
    assert settings.webhook_url == "https://bot.contoh.go.id:8443/apel/masuk"
    assert (settings.http_port, settings.log_format, settings.timezone) == (8080, "json", "Asia/Jayapura")


def test_a_secret_does_not_show_itself():
    settings = {"APEL_TELEGRAM_TOKEN": TOKEN, "APEL_DATABASE_URL": "postgresql://apel:s4ndi@db.contoh.go.id/apel"}
    shown = repr(Settings.from_environment(settings))
    assert TOKEN not in shown
    assert "s4ndi" not in shown


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("postgresql://apel:p%40s@db:5433/apel", "postgresql+asyncpg://apel:p%40s@db:5433/apel"),
        ("postgres://apel@db/apel?sslmode=require", "postgresql+asyncpg://apel@db/apel?ssl=require"),
        ("postgresql+asyncpg://db/apel?ssl=verify-full", "postgresql+asyncpg://db/apel?ssl=verify-full"),
        ("postgresql://apel:@/apel?host=/run/pg", "postgresql+asyncpg://apel:@/apel?host=/run/pg"),
    ],
)
def test_a_server_is_given_by_its_host_or_its_socket(value, url):
    assert Settings.from_environment({"APEL_DATABASE_URL": value}).database_url == url


@pytest.mark.parametrize(
    "value",
    [
        *("foo", "ftp://x", "http://", "http://[::1", "http://x:99999", "http://x:abc", "http://x:0", "https://x?y=z"),
        *("https://orang:sandi@x", "https://x y", "https://é.id", "https://x#y"),
    ],
)
@pytest.mark.parametrize("name", ["APEL_TELEGRAM_API_URL", "APEL_TELEGRAM_WEBHOOK_URL"])
def test_what_is_no_address_is_refused(name, value):
    assert _refused(**{name: value, "APEL_HTTP_PORT": "8080"}) == (name, "url")


def test_the_bot_api_s_address_is_an_origin_only():
    assert _refused(APEL_TELEGRAM_API_URL="https://api.telegram.org/bot") == ("APEL_TELEGRAM_API_URL", "origin")


@pytest.mark.parametrize(
    "value",
    [
        *("apel.sqlite", "sqlite://", "sqlite:///", "sqlite:///:memory:"),
        *("sqlite://tempat/apel.sqlite", "sqlite:///a.sqlite?mode=ro", "mysql:///x"),
        *("postgresql://db", "postgresql://db/", "postgresql:///apel", "postgresql://db:x/apel", "postgresql://db/a/b"),
        *("postgresql://db/apel?host=/run/pg", "postgresql:///apel?host=db", "postgresql://db/apel?sslcert=x"),
        *("postgresql://db/apel#x", "postgresql://db/apel?ssl"),
    ],
)
def test_what_is_no_database_is_refused(value):
    assert _refused(APEL_DATABASE_URL=value) == ("APEL_DATABASE_URL", "database_url")


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("APEL_TELEGRAM_TOKEN", "abc", "token"),
        ("APEL_TELEGRAM_WEBHOOK_SECRET", "pendek", "webhook_secret"),
        ("APEL_TELEGRAM_PER_SECOND", "0", "number"),
        ("APEL_TELEGRAM_PER_CHAT_SECOND", "1,5", "number"),
        ("APEL_TELEGRAM_PER_GROUP_MINUTE", "1001", "number"),
        ("APEL_HTTP_PORT", "0", "port"),
        ("APEL_HTTP_PORT", "65536", "port"),
        ("APEL_HTTP_PORT", "²", "port"),
        ("APEL_LOG_FORMAT", "xml", "log_format"),
        ("APEL_TIMEZONE", "Asia/Atlantis", "timezone"),
        ("APEL_TIMEZONE", "../etc/passwd", "timezone"),
        ("APEL_TIMEZONE", "Asia", "timezone"),
    ],
)
def test_each_wrong_setting_is_named(name, value, key):
    assert _refused(**{name: value}) == (name, key)


def test_a_webhook_without_a_port_is_refused():
    assert _refused(APEL_TELEGRAM_WEBHOOK_URL="https://x.id") == ("APEL_HTTP_PORT", "port_for_webhook")


def test_telegram_itself_posts_to_https_only_a_bot_api_of_one_s_own_to_http_too():
    webhook = {"APEL_TELEGRAM_WEBHOOK_URL": "http://x.id", "APEL_HTTP_PORT": "8080"}
    assert _refused(**webhook) == ("APEL_TELEGRAM_WEBHOOK_URL", "webhook_https")
    own = Settings.from_environment({**webhook, "APEL_TELEGRAM_API_URL": "http://127.0.0.1:8081"})
    assert own.webhook_url == "http://x.id"


def test_a_heartbeat_s_address_may_hold_a_key_and_shows_it_nowhere():
    settings = Settings.from_environment({"APEL_HEARTBEAT_URL": "https://awas.example/ping?kunci=rahasia"})
    assert settings.heartbeat_url.reveal() == "https://awas.example/ping?kunci=rahasia"
    assert "rahasia" not in repr(settings)
    with pytest.raises(WrongSetting):
        Settings.from_environment({"APEL_HEARTBEAT_URL": "awas.example/ping"})


def test_the_limits_of_sending_are_the_published_ones_unless_set():
    assert Settings.from_environment({"APEL_REGULATION": "x"}).limits == Limits(30, 1, 20)
    named = {
        "APEL_TELEGRAM_PER_SECOND": "1000",
        "APEL_TELEGRAM_PER_CHAT_SECOND": "2",
        "APEL_TELEGRAM_PER_GROUP_MINUTE": "60",
    }
    assert Settings.from_environment(named).limits == Limits(1000, 2, 60)


def test_without_an_address_nobody_is_asked_for_a_second_opinion():
    assert Settings.from_environment({"APEL_LLM_MODEL": "kecil-1", "APEL_LLM_KEY": "rahasia"}).llm is None


def test_a_second_opinion_is_asked_for_where_and_how_it_is_set():
    environment = {"APEL_LLM_URL": "http://127.0.0.1:8000/v1/", "APEL_LLM_MODEL": "kecil-1"}
    assert Settings.from_environment(environment).llm == Endpoint("http://127.0.0.1:8000/v1", "kecil-1", None, 3)
    full = Settings.from_environment(environment | {"APEL_LLM_KEY": "rahasia", "APEL_LLM_SECONDS": "5"})
    assert (full.llm.key, full.llm.seconds) == (Secret("rahasia"), 5)
    assert "rahasia" not in repr(full)


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("APEL_LLM_URL", "bukan alamat", "url"),
        ("APEL_LLM_MODEL", "", "llm_model"),
        ("APEL_LLM_KEY", "dua kata", "llm_key"),
        ("APEL_LLM_SECONDS", "0", "llm_seconds"),
        ("APEL_LLM_SECONDS", "11", "llm_seconds"),
    ],
)
def test_a_second_opinion_that_is_set_wrongly_is_refused(name, value, key):
    usual = {"APEL_LLM_URL": "http://127.0.0.1:8000/v1", "APEL_LLM_MODEL": "kecil-1"}
    assert _refused(**(usual | {name: value})) == (name, key)


WHATSAPP = {
    "APEL_WHATSAPP_PHONE_ID": "1060000000001",
    "APEL_WHATSAPP_TOKEN": "EAAnot-a-real-token",
    "APEL_WHATSAPP_APP_SECRET": "0123456789abcdef",
    "APEL_WHATSAPP_VERIFY_TOKEN": "kata-kunci",
    "APEL_WHATSAPP_BUSINESS_ACCOUNT_ID": "2060000000001",
}


def test_whatsapp_is_set_up_by_all_its_settings():
    settings = Settings.from_environment(WHATSAPP | {"APEL_HTTP_PORT": "8080"})
    settings.check_channels()
    assert settings.whatsapp.api_url == "https://graph.facebook.com"
    assert "EAA" not in repr(settings)
    assert Settings.from_environment({"APEL_WHATSAPP_API_URL": "http://127.0.0.1:1"}).whatsapp is None


@pytest.mark.parametrize("left_out", WHATSAPP)
def test_half_of_whatsapp_is_refused_by_the_first_setting_that_is_missing(left_out):
    assert _refused(**{name: value for name, value in WHATSAPP.items() if name != left_out}) == (
        left_out,
        "whatsapp_missing",
    )


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("APEL_WHATSAPP_TOKEN", "dua kata", "whatsapp_value"),
        ("APEL_WHATSAPP_VERIFY_TOKEN", "katé", "whatsapp_value"),
        ("APEL_WHATSAPP_PHONE_ID", "+628110000001", "whatsapp_id"),
        ("APEL_WHATSAPP_DAILY_PERSONS", "0", "daily_persons"),
        ("APEL_WHATSAPP_DAILY_PERSONS", "banyak", "daily_persons"),
        ("APEL_WHATSAPP_API_URL", "https://graph.facebook.com/v26.0", "origin"),
    ],
)
def test_what_cannot_be_right_for_whatsapp_is_refused(name, value, key):
    assert _refused(**(WHATSAPP | {name: value})) == (name, key)


def test_an_address_with_a_path_is_told_what_its_own_looks_like():
    for name, example in (
        ("APEL_WHATSAPP_API_URL", "graph.facebook.com"),
        ("APEL_TELEGRAM_API_URL", "api.telegram.org"),
    ):
        assert render("setting/origin", {"name": name}).text.endswith(f"misalnya https://{example}.")


def test_whatsapp_needs_a_port_and_telegram_none():
    with pytest.raises(WrongSetting) as missing:
        Settings.from_environment(WHATSAPP).check_channels()
    assert (missing.value.name, missing.value.key) == ("APEL_HTTP_PORT", "port_for_whatsapp")
    Settings.from_environment({"APEL_TELEGRAM_TOKEN": TOKEN}).check_channels()


def test_prices_are_of_one_message_by_category_in_rupiah_unless_told_otherwise():
    prices = {"APEL_WHATSAPP_PRICES": "utility=357 marketing=586.33  service=0"}
    known = Settings.from_environment(WHATSAPP | {"APEL_HTTP_PORT": "8080"} | prices).whatsapp.prices
    assert known == Prices("IDR", {"utility": Decimal(357), "marketing": Decimal("586.33"), "service": Decimal(0)})
    dollars = Settings.from_environment(WHATSAPP | prices | {"APEL_WHATSAPP_CURRENCY": "USD"}).whatsapp.prices
    assert dollars.currency == "USD"
    assert Settings.from_environment(WHATSAPP).whatsapp.prices is None


@pytest.mark.parametrize(
    "prices",
    [
        "357",
        "utility=357 marketing=586",
        "utility=357 marketing=586 service=357 service=1",
        "utility=357 marketing=586 service=357 lain=1",
        "utility=357,5 marketing=586 service=357",
        "utility=-1 marketing=586 service=357",
        "utility=NaN marketing=586 service=357",
        "utility= 357 marketing=586 service=357",
    ],
)
def test_prices_that_cannot_be_read_are_refused(prices):
    assert _refused(**WHATSAPP | {"APEL_WHATSAPP_PRICES": prices}) == ("APEL_WHATSAPP_PRICES", "whatsapp_prices")


@pytest.mark.parametrize("currency", ["rupiah", "Rp", "idr", "IDRX"])
def test_a_currency_is_three_capitals(currency):
    assert _refused(**WHATSAPP | {"APEL_WHATSAPP_CURRENCY": currency}) == (
        "APEL_WHATSAPP_CURRENCY",
        "whatsapp_currency",
    )
