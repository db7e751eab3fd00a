"""GET /rules and /rules/<name>: what stands behind each card, for who reads it. The text is that of docs/rules."""

from collections.abc import Callable
from functools import cache

from flask import Response

from cds_service import __version__
from cds_service.curate.rule_pages import NoSuchRuleError, page, topics
from cds_service.web.pages import look_of, shown
from cds_service.web.runtime import Access, Route, Runtime

_ONE = look_of("home.css", "rules.css")
_ALL = look_of("home.css", "rules.css", script="rules.js")


def routes(runtime: Runtime) -> list[Route]:
    """The list of the rules, and the page of each."""
    return [
        Route("/rules", "GET", Access.PUBLIC, _list(runtime)),
        Route("/rules/<name>", "GET", Access.PUBLIC, _page(runtime)),
    ]


def _list(runtime: Runtime) -> Callable[[], Response]:
    def show() -> Response:
        return shown("rules.html", _ALL, 200, topics=topics(runtime.knowledge), **_common(runtime))

    return show


def _page(runtime: Runtime) -> Callable[[str], Response]:
    knowledge = runtime.knowledge

    @cache
    def body(rule: str) -> str:
        from cds_service.web.markdown import rendered  # the workers that nobody asks need not carry it

        return rendered(page(rule, knowledge))

    def show(name: str) -> Response:
        try:
            text = body(name)
        except NoSuchRuleError as problem:
            return shown("no_rule.html", _ONE, 404, near=problem.near, **_common(runtime))
        told = knowledge.advice[name]
        is_off = name in knowledge.site.rules_off
        return shown("rule.html", _ONE, 200, told=told, body=text, is_off=is_off, **_common(runtime))

    return show


def _common(runtime: Runtime) -> dict[str, object]:
    return {
        "root": runtime.settings.pages_path,
        "knowledge": runtime.knowledge,
        "other_sites": bool(runtime.site_knowledge),
        "version": __version__,
    }
