"""GET /insights, /insights.json and /insights.csv: for whoever owns the alerts.

What reads the database is imported when somebody asks: the other workers need not carry it.
"""

from datetime import date
from urllib.parse import urlencode

from flask import Response, request

from cards import SERVICES
from cds_service.errors import NoRecords
from cds_service.insights.export import to_csv, to_json
from cds_service.insights.figures import Insights, Share
from cds_service.insights.headline import headlines
from cds_service.insights.period import Period, period_of, service_of
from cds_service.insights.plots import charts
from cds_service.insights.standout import mostly_overridden, standing_out
from cds_service.insights.words import Words, long_day, milliseconds, percent, rate
from cds_service.records.log import record_trouble
from cds_service.run.settings import Settings
from cds_service.web.answers import JSON
from cds_service.web.pages import look_of, shown
from cds_service.web.runtime import Access, Route, Runtime

_LOOK = look_of("insights.css")
_PERIODS = (7, 30, 90)
_SAID: dict[str, object] = {function.__name__: function for function in (percent, rate, milliseconds, long_day)}


def routes(runtime: Runtime) -> list[Route]:
    """The page and the two downloads."""
    words = Words(runtime.knowledge)

    def page() -> Response:
        period, service = _asked(runtime.now().date())
        try:
            return _page(_found(runtime.settings, period, service), words)
        except NoRecords as problem:
            return shown("no_insights.html", _LOOK, problem.status, problem=problem.diagnostics)

    def as_json() -> Response:
        period, service = _asked(runtime.now().date())
        return _file(to_json(_found(runtime.settings, period, service)), JSON, period, "json")

    def as_csv() -> Response:
        period, service = _asked(runtime.now().date())
        return _file(to_csv(_found(runtime.settings, period, service), words).encode(), "text/csv", period, "csv")

    views = {"/insights": page, "/insights.json": as_json, "/insights.csv": as_csv}
    return [Route(path, "GET", Access.INSIGHTS, view) for path, view in views.items()]


def _asked(today: date) -> tuple[Period, str]:
    """The period and the service that the address names; BadQuery when it names none that there is."""
    told = request.args
    period = period_of(told.get("since"), told.get("until"), told.get("days"), today)
    return period, service_of(told.get("service", ""))


def _found(settings: Settings, period: Period, service: str) -> Insights:
    from cds_service.insights.source import insights_of

    try:
        return insights_of(settings, period, service)
    except NoRecords as problem:
        record_trouble("insights cannot read the records", problem=problem.diagnostics)
        raise


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
    told = {name: value for name, value in request.args.items() if name in ("since", "until", "days", "service")}
    if "days" in changes:
        told = {"service": told.get("service", "")}
    query = urlencode({name: value for name, value in {**told, **changes}.items() if value})
    return f"{path}?{query}" if query else path
