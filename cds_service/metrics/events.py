"""The events that are counted, one function each. No label value comes from a request: all are names of ours.

With PROMETHEUS_MULTIPROC_DIR set when this is first imported, the counts of a process live in files there, which the
page of any process adds up and which outlive the process.
"""

from collections.abc import Callable, Iterable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from cards import RULES, SERVICES, Card, Decision, What
from cds_service.call.key_outcomes import KeyData
from cds_service.trust.tokens import Refusal

PREFIX = "magnesium_cds_"
HELD_BYTES = f"{PREFIX}records_held_bytes"
FEEDBACK_OUTCOMES = ("accepted", "overridden")
_ANSWER_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_FETCH_BUCKETS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 1.0, 2.0)
_REFUSED_BY_SERVER = (400, 408, 414, 417, 431, 501)
_NOT_LET_IN = frozenset({401, 403, 429})


class Metrics:
    """The counts of this process; for any number of threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._calls = self._counter("calls", "Answered calls of a service, by HTTP status.", "service", "status")
        self._cards = self._counter("cards", "Cards shown, by leading rule and indicator.", "rule", "indicator")
        text = "Cards that a trial did not show, by leading rule and indicator."
        self._trial_cards = self._counter("trial_cards", text, "rule", "indicator")
        text = "Calls answered silently while the whole service is on trial, by the HTTP status there would have been."
        self._trial_calls = self._counter("trial_calls", text, "service", "status")
        text = "Calls that name the hook of another service, or one that no service has; answered as the one called."
        self._called_as = self._counter("called_as_another", text, "service", "hook")
        self._quiet = self._counter("advice_quiet", "Advice not repeated since it was answered, by rule.", "rule")
        self._feedback = self._counter("feedback", "Feedback on cards, as often as sent.", "service", "outcome")
        text = "Feedback with a field that nobody knows: what it says is lost."
        self._unknown_fields = self._counter("feedback_unknown_fields", text, "service")
        self._refused = self._counter("tokens_refused", "Tokens that were not accepted, by kind of fault.", "kind")
        text = "Requests that the web server itself refused, by HTTP status."
        self._refused_by_server = self._counter("requests_refused", text, "status")
        self._answer_seconds = self._seconds("answer", "Time to answer a call.", "service", _ANSWER_BUCKETS)
        self._fetch_seconds = self._seconds("fhir_fetch", "Time of a FHIR fetch.", "key", _FETCH_BUCKETS)
        self._count_data()
        self._count_candidates()
        self._count_events()
        self._workers = self._gauge(f"{PREFIX}workers", "Worker processes.")
        text = "Records that wait in the memory of workers, since the disk of the state folder takes none."
        self._held_bytes = self._gauge(HELD_BYTES, text)
        self._begin_at_zero()

    def _count_data(self) -> None:
        """What the answers are made of."""
        self._keys = self._counter("prefetch_keys", "How each prefetch key of a call was had.", "key", "outcome")
        self._foreign = self._counter("foreign_resources", "Resources of other patients that were dropped.", "key")
        text = "What of a patient's data nobody understands, by what it is and what of it is not understood."
        self._not_understood = self._counter("not_understood", text, "what", "why")
        self._entries = self._counter("entries", "Entries of data that were sent, by what they are.", "what")
        self._read = self._counter("entries_read", "Entries that were sent and understood, by what they are.", "what")
        text = "Rules, and cards by leading rule, that failed: left out, the other cards go out."
        self._rules_failed = self._counter("rules_failed", text, "rule")

    def _count_candidates(self) -> None:
        """What is tried beside what is live."""
        text = "Calls that a candidate was to answer beside what is live: evaluated, failed, or left out when too busy."
        self._candidate_calls = self._counter("candidate_calls", text, "outcome")
        text = "Cards that a candidate would have shown, by leading rule and indicator."
        self._candidate_cards = self._counter("candidate_cards", text, "rule", "indicator")

    def _count_events(self) -> None:
        """What has no label."""
        self.rate_limited = self._event(
            "rate_limited", "Calls refused because the client calls too often, or too much at once."
        )
        self.look_up_fell_back = self._event(
            "token_lookup_fallbacks", "Used tokens looked up in the memory of one process, the database being unusable."
        )
        self.feedback_unknown = self._event(
            "feedback_unknown", "Feedback on cards that its sender did not get from that service; kept nowhere."
        )
        self.files_taken_away = self._event(
            "files_taken_away", "Times that a worker found files of its own taken away under it."
        )
        self.log_line_dropped = self._event(
            "log_lines_dropped", "Lines of the log that nobody took: who reads standard error stopped to, or is gone."
        )
        self._not_recalled = self._event(
            "memory_failures", "Answers in which the memory of earlier advice failed: said as if nobody had answered."
        )
        self.record_lost = self._event("records_lost", "Records that neither disk nor memory took.")
        self.failed = self._event("failures", "Requests that failed by a fault of the service (500).")

    def answered(
        self, service: str, status: int, seconds: float, decision: Decision | None, trial_status: int | None = None
    ) -> None:
        """A call of a service; refusals at the gate have no say in how long an answer takes."""
        self._calls(service, status).inc()
        if trial_status:
            self._trial_calls(service, trial_status).inc()
        if status not in _NOT_LET_IN:
            self._answer_seconds(service).observe(seconds)
        if decision is None:
            return
        self._said(decision)
        self._understood(decision)
        for rule in decision.trace.failures:
            self._rules_failed(rule).inc()
        if decision.trace.not_recalled:
            self._not_recalled()
        for rule in decision.trace.quiet:
            self._quiet(rule).inc()

    def called_as_another(self, service: str, hook: str) -> None:
        """A call that names another hook than that of the service."""
        self._called_as(service, hook).inc()

    def _understood(self, decision: Decision) -> None:
        chart = decision.trace.chart
        for kind, count in chart.not_understood.items():
            self._not_understood(kind.what, kind.why).inc(count)
        for what, (unread, listed) in chart.reading.items():
            if listed:
                self._entries(what).inc(listed)
                self._read(what).inc(listed - unread)

    def _said(self, decision: Decision) -> None:
        for card in decision.cards:
            self._cards(card.rules[0], card.indicator.word).inc()
        for told in decision.on_trial:
            if told.leads:
                self._trial_cards(told.rule, told.indicator.word).inc()

    def candidate_call(self, outcome: str, cards: Iterable[Card] = ()) -> None:
        """A call that a candidate was to answer, and the cards that it would have shown."""
        self._candidate_calls(outcome).inc()
        for card in cards:
            self._candidate_cards(card.rules[0], card.indicator.word).inc()

    def gathered(self, data: Iterable[KeyData]) -> None:
        """How the prefetch keys of one call were had."""
        for item in data:
            self._keys(item.key, item.outcome).inc()
            if item.seconds:
                self._fetch_seconds(item.key).observe(item.seconds)
            if item.foreign:
                self._foreign(item.key).inc(item.foreign)

    def feedback_received(self, service: str, outcome: str) -> None:
        """What became of a card."""
        self._feedback(service, outcome).inc()

    def feedback_not_known(self, service: str, fields: int) -> None:
        """Fields of a feedback that nobody knows."""
        self._unknown_fields(service).inc(fields)

    def token_refused(self, kind: Refusal) -> None:
        """A token that was not accepted."""
        self._refused(kind).inc()

    def refused_by_server(self, status: int) -> None:
        """A request that no part of the service saw."""
        self._refused_by_server(status).inc()

    def records_held(self, size: int) -> None:
        """How many bytes of records wait in the memory of this process, the disk taking none."""
        self._held_bytes.set(size)

    def worker_started(self) -> None:
        """This process is a worker, until it ends."""
        self._workers.set(1)

    def _begin_at_zero(self) -> None:
        """The first event after a start shows as a rise only where the count was there before it."""
        for service in SERVICES:
            self._calls(service.id, 200)
            self._answer_seconds(service.id)
            self._unknown_fields(service.id)
            self._called_as(service.id, "another")
            for outcome in FEEDBACK_OUTCOMES:
                self._feedback(service.id, outcome)
        for rule in RULES:
            self._rules_failed(rule.name)
        for kind in Refusal:
            self._refused(kind)
        for status in _REFUSED_BY_SERVER:
            self._refused_by_server(status)
        for what in What:
            self._entries(what)
            self._read(what)

    def _counter(self, name: str, text: str, *labels: str) -> Callable[..., Counter]:
        return cache(Counter(f"{PREFIX}{name}", text, labels, registry=self.registry).labels)

    def _event(self, name: str, text: str) -> Callable[[], None]:
        return Counter(f"{PREFIX}{name}", text, registry=self.registry).inc

    def _gauge(self, name: str, text: str) -> Gauge:
        """Of all workers that live, taken together."""
        return Gauge(name, text, registry=self.registry, multiprocess_mode="livesum")

    def _seconds(self, name: str, text: str, label: str, buckets: tuple[float, ...]) -> Callable[..., Histogram]:
        made = Histogram(f"{PREFIX}{name}_seconds", text, (label,), registry=self.registry, buckets=buckets)
        return cache(made.labels)
