"""/metrics as Prometheus reads it."""

from datetime import UTC, datetime, timedelta

import httpx
from prometheus_client.parser import text_string_to_metric_families

from bot.web.app import make_app
from scheduler.clock import MovableClock
from scheduler.delivery_queue import enqueue
from scheduler.metrics import Metrics
from scheduler.sender import Destination
from storage.errors import Unavailable

NOW = datetime(2026, 11, 30, tzinfo=UTC)


class LostDatabase:
    def transaction(self):
        raise Unavailable("OperationalError")

    concurrent = transaction


async def scraped(database, metrics):
    app = make_app(database, MovableClock(NOW), metrics)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
        answer = await client.get("/metrics")
    families = text_string_to_metric_families(answer.text)
    return answer.status_code, {
        (sample.name, *sorted(sample.labels.values())): sample.value for family in families for sample in family.samples
    }


async def test_what_is_counted_is_told_by_its_codes(database):
    metrics = Metrics()
    metrics.push_due("reading")
    metrics.missed(4)
    metrics.sent("telegram", timedelta(seconds=0.4))
    metrics.sent("telegram")
    metrics.not_sent({("telegram", "failed", "removed"): 3, ("telegram", "uncertain", "OutcomeUnknown"): 1})
    metrics.throttled("telegram")
    metrics.breaches(2)
    status, samples = await scraped(database, metrics)
    assert status == 200
    assert samples["apel_pushes_due_total", "reading"] == 1
    assert samples["apel_missed_total",] == 4
    assert samples["apel_deliveries_sent_total", "telegram"] == 2
    assert samples["apel_deliveries_not_sent_total", "failed", "removed", "telegram"] == 3
    assert samples["apel_deliveries_not_sent_total", "OutcomeUnknown", "telegram", "uncertain"] == 1
    assert samples["apel_throttled_total", "telegram"] == 1
    assert samples["apel_ledger_breaches_total",] == 2
    assert (samples["apel_lateness_seconds_count",], samples["apel_lateness_seconds_sum",]) == (1, 0.4)
    assert (samples["apel_lateness_seconds_bucket", "0.25"], samples["apel_lateness_seconds_bucket", "0.5"]) == (0, 1)


async def test_a_message_that_left_before_its_hour_by_another_clock_is_not_late(database):
    metrics = Metrics()
    metrics.sent("telegram", timedelta(seconds=-1))
    _, samples = await scraped(database, metrics)
    assert samples["apel_lateness_seconds_sum",] == 0


async def test_the_queue_is_told_as_it_stands_in_the_database(database):
    async with database.transaction() as session:
        for chat in ("-1", "-2"):
            written = NOW - timedelta(seconds=7)
            await enqueue(
                session,
                destination=Destination("telegram", chat),
                key="help/not_understood",
                parameters={},
                now=written,
            )
    _, samples = await scraped(database, Metrics())
    assert samples["apel_deliveries_waiting", "planned"] == 2
    assert samples["apel_deliveries_waiting", "sending"] == 0
    assert samples["apel_oldest_waiting_seconds",] == 7


async def test_without_its_database_the_counters_are_still_told():
    metrics = Metrics()
    metrics.sent("telegram")
    status, samples = await scraped(LostDatabase(), metrics)
    assert (status, samples["apel_deliveries_sent_total", "telegram"]) == (200, 1)
