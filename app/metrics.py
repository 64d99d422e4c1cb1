"""The service in numbers for Prometheus: counts and ages only, nothing that names a person.

What: gauges read from the rows at each scrape.
Why: the rows are the truth in every process; counters kept in one of them would tell of that one alone.
Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app.status import Status


class ServiceCollector(Collector):
    """Asks for the status when scraped."""

    def __init__(self, ask: Callable[[], Status]) -> None:
        self._ask = ask

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge a fact."""
        found = self._ask()
        yield _one("remsfax_database_up", "Whether the database answers.", float(found.database))
        yield _one("remsfax_broker_up", "Whether the broker answers.", float(found.broker))
        yield _one("remsfax_due_steps", "Steps of work that are due by their rows.", found.due)
        yield _one("remsfax_lag_seconds", "Age of the oldest fax that waits for the machine.", found.lag_seconds)
        if found.clock_last_ran is not None:
            moment = found.clock_last_ran.timestamp()
            yield _one("remsfax_clock_last_run_timestamp_seconds", "When what is due by time was last told to its end.", moment)
        yield _by("remsfax_faxes", "Faxes by state.", "state", found.faxes)
        yield _by("remsfax_documents", "Documents by state.", "state", found.documents)
        yield _by("remsfax_reviews", "Review items by state.", "state", found.reviews)
        yield _by("remsfax_deliveries", "Deliveries by state.", "state", found.deliveries)
        yield _by("remsfax_mails", "Deliveries by state that go by e-mail.", "state", found.mails)
        yield _by("remsfax_quality_alarms", "Alarms of the live error rate that are on.", "fields", found.alarms)
        yield _by("remsfax_pending_nudges", "Nudges on their way by queue.", "queue", found.pending)
        ages = {name: (found.at - one).total_seconds() for name, one in found.oldest.items() if one is not None}
        yield _by("remsfax_oldest_age_seconds", "Age of the oldest item by what it waits for.", "waits", ages)


def registry_of(ask: Callable[[], Status]) -> CollectorRegistry:
    """A registry of its own, so that two services in one process (as in tests) do not meet."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ServiceCollector(ask))
    return registry


def _one(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def _by(name: str, meaning: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
