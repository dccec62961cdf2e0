"""What is counted while the bot runs, for Prometheus: pushes due, messages sent or not, lateness, pleas to wait.

One object per process, made by the wiring and handed to whoever counts; several processes are summed by Prometheus.
Labels hold codes, never a chat, a person or an office. https://prometheus.io/docs/practices/naming/
"""

from collections.abc import Mapping
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_LATENESS_BUCKETS = (0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600)  # seconds


class Metrics:
    """Counters of one process; `registry` is what a scrape reads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._due = Counter(
            "apel_pushes_due", "Pushes that fell due and were written.", ["kind"], registry=self.registry
        )
        self._missed = Counter(
            "apel_missed", "Pushes, and messages of them, whose window closed first.", registry=self.registry
        )
        self._sent = Counter(
            "apel_deliveries_sent", "Messages that the channel's server took.", ["channel"], registry=self.registry
        )
        self._ended = Counter(
            "apel_deliveries_not_sent",
            "Messages that ended failed, missed, uncertain or cancelled.",
            ["channel", "state", "reason"],
            registry=self.registry,
        )
        self._throttled = Counter(
            "apel_throttled", "Answers of a channel that asked to wait (429).", ["channel"], registry=self.registry
        )
        self._lateness = Histogram(
            "apel_lateness_seconds",
            "From the instant a push fell due until the channel's server took it.",
            buckets=_LATENESS_BUCKETS,
            registry=self.registry,
        )
        self._waiting = Gauge(
            "apel_deliveries_waiting", "Messages that wait, by state.", ["state"], registry=self.registry
        )
        self._oldest = Gauge(
            "apel_oldest_waiting_seconds",
            "How long the oldest message that may leave has waited.",
            registry=self.registry,
        )
        self._breaches = Counter("apel_ledger_breaches", "Pushes whose rows did not add up.", registry=self.registry)

    def push_due(self, kind: str) -> None:
        """A push fell due and its rows were written."""
        self._due.labels(kind).inc()

    def missed(self, number: int) -> None:
        """So many pushes, or messages of them, did not leave within their window."""
        self._missed.inc(number)

    def sent(self, channel: str, late: timedelta | None = None) -> None:
        """A message was taken by the server; `late` after its hour, where it had one."""
        self._sent.labels(channel).inc()
        if late is not None:
            self._lateness.observe(max(0.0, late.total_seconds()))

    def not_sent(self, ended: Mapping[tuple[str, str, str], int]) -> None:
        """So many messages ended, by channel, state and reason (a code)."""
        for labels, number in ended.items():
            self._ended.labels(*labels).inc(number)

    def throttled(self, channel: str) -> None:
        """The channel asked to wait."""
        self._throttled.labels(channel).inc()

    def breaches(self, number: int) -> None:
        """So many pushes newly found whose rows do not add up."""
        self._breaches.inc(number)

    def queue(self, waiting: dict[str, int], oldest: timedelta) -> None:
        """How many rows wait at present, by state, and for how long the oldest that may leave."""
        for state, number in waiting.items():
            self._waiting.labels(state).set(number)
        self._oldest.set(oldest.total_seconds())
