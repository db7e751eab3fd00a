"""What is looked at when Prometheus asks: the spool and the shipper of this machine, and what runs here."""

from collections.abc import Callable, Iterable
from typing import Protocol

from prometheus_client.core import GaugeMetricFamily, Metric

from cards import Knowledge
from cds_service import __version__
from cds_service.metrics.events import PREFIX
from cds_service.records.state import Status, age_s


class Books(Protocol):
    """What is asked of the place where records wait."""

    def status(self) -> Status | None:
        """The shipper's last word; None when nobody could say."""

    def bytes_on_disk(self) -> int:
        """How much room they take."""


class MachineState:
    """Gauges of this machine and build, the same whichever process answers; a collector of prometheus-client."""

    def __init__(self, books: Books, knowledge: Knowledge, is_usable: Callable[[], bool] = lambda: True) -> None:
        """`is_usable` tells whether the state folder can be used."""
        self._books, self._is_usable = books, is_usable
        self._knowledge = knowledge

    def collect(self) -> Iterable[Metric]:
        """The gauges as they are now."""
        yield self._build()
        on_disk = self._books.bytes_on_disk()
        yield _gauge("spool_bytes", "Size of the spool, with what was shipped of files in use.", on_disk)
        yield _gauge("state_folder_usable", "Whether the state folder and its key can be used.", self._is_usable())
        yield from self._forecast()
        yield from self._shipper()

    def _build(self) -> Metric:
        labels = {
            "version": __version__,
            "knowledge": self._knowledge.version,
            "approval": "approved" if self._knowledge.is_approved else "draft",
        }
        info = GaugeMetricFamily(f"{PREFIX}build_info", "Always 1; the labels tell what runs.", labels=list(labels))
        info.add_metric(list(labels.values()), 1)
        return info

    def _forecast(self) -> Iterable[Metric]:
        """What the site expects of its trial; nothing where it says nothing."""
        forecast = self._knowledge.site.forecast
        if forecast.cards_per_1000_calls is not None:
            text = "Cards per 1,000 calls that the site expects of its trial."
            yield _gauge("trial_forecast_cards_per_1000_calls", text, forecast.cards_per_1000_calls)
            text = "By which share of it a trial may differ."
            yield _gauge("trial_forecast_within_ratio", text, forecast.within_percent / 100)

    def _shipper(self) -> Iterable[Metric]:
        """Nothing as long as the shipper of this machine did not say how it fares."""
        status = self._books.status()
        if status:
            reachable = float(status.reachable)
            yield _gauge("database_reachable", "Whether the database took the last records sent.", reachable)
            yield _gauge("spool_waiting_bytes", "What was not shipped of the spool, by the last word.", status.waiting)
            text = "What no database takes, kept aside for a person to look at, by the last word."
            yield _gauge("spool_rejected_bytes", text, status.rejected)
            text = "When files of ours were last found taken away, in seconds since 1970; 0 for never."
            yield _gauge("files_taken_away_time_seconds", text, status.taken_away)
            text = "Age of the last word of the shipping process; how far ahead where it is from the future."
            yield _gauge("shipper_report_age_seconds", text, age_s(status))


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}{name}", text, value)
