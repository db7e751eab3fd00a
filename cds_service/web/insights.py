"""GET /insights, /insights/rule, /insights.json and /insights.csv: for whoever owns the alerts.

What reads the database is imported when somebody asks: the other workers need not carry it.
"""

import threading
from datetime import date
from urllib.parse import urlencode

from flask import Response, request

from cards import SERVICES
from cds_service.errors import BadQuery, NoRecords
from cds_service.insights.export import TABLES, table_csv, to_csv, to_json
from cds_service.insights.figures import Insights, Share, silent_rule
from cds_service.insights.headline import headlines
from cds_service.insights.period import Period, period_of
from cds_service.insights.plots import charts
from cds_service.insights.scope import NAMES, Scope, scope_of
from cds_service.insights.standout import mostly_overridden, standing_out
from cds_service.insights.words import Words, long_day, milliseconds, percent, rate
from cds_service.records.log import record_trouble
from cds_service.run.settings import Settings
from cds_service.web.answers import JSON
from cds_service.web.pages import look_of, shown
from cds_service.web.runtime import Access, Route, Runtime

_LOOK = look_of("insights.css")
_READERS = 2  # at a time and worker: of a database that does not answer each holds a thread of the service
_READING = threading.BoundedSemaphore(_READERS)
_PERIODS = (7, 30, 90)
_SAID: dict[str, object] = {function.__name__: function for function in (percent, rate, milliseconds, long_day)}


def routes(runtime: Runtime) -> list[Route]:
    """The page, that of one rule, and the two downloads."""
    words = Words(runtime.knowledge)

    def page() -> Response:
        period, scope = _asked(runtime.now().date())
        try:
            return _page(_found(runtime.settings, period, scope), words)
        except NoRecords as problem:
            return shown("no_insights.html", _LOOK, problem.status, problem=problem.diagnostics)

    def as_json() -> Response:
        period, scope = _asked(runtime.now().date())
        return _file(to_json(_found(runtime.settings, period, scope)), JSON, period, "json")

    def as_csv() -> Response:
        period, scope = _asked(runtime.now().date())
        return _file(_csv(_found(runtime.settings, period, scope), words).encode(), "text/csv", period, "csv")

    def of_rule() -> Response:
        period, scope = _asked(runtime.now().date())
        try:
            return _rule_page(_found(runtime.settings, period, scope), request.args.get("rule", ""), words)
        except NoRecords as problem:
            return shown("no_insights.html", _LOOK, problem.status, problem=problem.diagnostics)

    views = {"/insights": page, "/insights/rule": of_rule, "/insights.json": as_json, "/insights.csv": as_csv}
    return [Route(path, "GET", Access.INSIGHTS, view) for path, view in views.items()]


def _csv(found: Insights, words: Words) -> str:
    """The table that the address names; a line a day and rule where it names none."""
    name = request.args.get("table", "")
    return table_csv(found, name) if name else to_csv(found, words)


def _asked(today: date) -> tuple[Period, Scope]:
    """The period and the scope that the address names; BadQuery when it names none that there is."""
    told = request.args
    period = period_of(told.get("since"), told.get("until"), told.get("days"), today)
    return period, scope_of(told)


def _found(settings: Settings, period: Period, scope: Scope) -> Insights:
    from cds_service.insights.source import insights_of

    if not _READING.acquire(blocking=False):
        raise NoRecords("The records are being read for others, and the database takes its time. Look again later.")
    try:
        return insights_of(settings, period, scope)
    except NoRecords as problem:
        record_trouble("insights cannot read the records", problem=problem.diagnostics)
        raise
    finally:
        _READING.release()


def _page(found: Insights, words: Words) -> Response:
    return shown(
        "insights.html",
        _LOOK,
        200,
        insights=found,
        words=words,
        headlines=headlines(found),
        sentences=standing_out(found, words),
        charts=charts(found),
        periods=_PERIODS,
        shown_days=_shown_days(found.period),
        share=Share,
        mostly_overridden=mostly_overridden,
        services=SERVICES,
        tables=TABLES,
        address=_address,
        **_SAID,
    )


def _rule_page(found: Insights, name: str, words: Words) -> Response:
    """What became of the cards of one rule; BadQuery for a rule that neither spoke nor is one of today."""
    spoke = next((rule for rule in found.rules if rule.rule == name), None)
    if spoke is None and name not in words.knowledge.advice:
        raise BadQuery("rule: name a rule, as /rules lists them.")
    return shown(
        "insights_rule.html",
        _LOOK,
        200,
        insights=found,
        rule=spoke or silent_rule(name, found),
        days=[day for day in found.rule_days if day.rule == name],
        words=words,
        periods=_PERIODS,
        shown_days=_shown_days(found.period),
        share=Share,
        mostly_overridden=mostly_overridden,
        address=_address,
        **_SAID,
    )


def _shown_days(period: Period) -> int:
    """Which of the periods on offer this is; 0 when its days were named one by one."""
    return 0 if {"since", "until"} & request.args.keys() else period.length


def _file(body: bytes, media: str, period: Period, ending: str) -> Response:
    name = f'attachment; filename="magnesium-insights-{period.since}-{period.until}.{ending}"'
    return Response(body, mimetype=media, headers={"Content-Disposition": name})


def _address(path: str = "insights", **changes: object) -> str:
    """The address of what is shown now, with some of its parameters changed; relative, whatever the path before it."""
    times = () if "days" in changes else ("since", "until", "days")
    told = {name: value for name, value in request.args.items() if name in (*times, *NAMES)}
    query = urlencode({name: value for name, value in {**told, **changes}.items() if value})
    return f"{path}?{query}" if query else path
