"""Does the hospital's own protocol order magnesium?"""

from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.loading import Knowledge
from cards.model import DraftTest, Indicator, Problem, Say, Suggestion
from cards.plan import doses, site_protocol
from cards.plan.site_protocol import Course
from cards.protocol.say import order_text, reason_text
from cards.wording import listed


@rule(Problem.LOW_MAGNESIUM, starts=attrgetter("knowledge.protocols"))
def protocol_orders_magnesium(chart: Chart) -> Say | Because:
    """A low result where the site file names a protocol: its orders within our stops (s.15), else why not."""
    if not chart.knowledge.protocols:
        return because("the site names no protocol")
    course = site_protocol.course(chart)
    if course is None:
        return _not_for(chart)
    return Say(
        Indicator.INFO,
        tuple(_lines(course)),
        values=_values(course, chart.knowledge),
        suggestions=tuple(_suggestions(course, chart)),
        tests=tuple(_tests(course, chart)),
        title="" if chart.low is None else "orders" if course.choices else "none",
        adds=chart.low is not None,
    )


def _not_for(chart: Chart) -> Say | Because:
    """Which condition of the protocol the patient does not meet, where the shipped doses hold."""
    found = site_protocol.not_for(chart)
    if found is None:
        return because("no matter of a protocol")
    protocol, answer = found
    reason = reason_text(answer.why, chart.knowledge.words)
    return Say(Indicator.INFO, ("not_for",), values={"protocol": protocol.id, "reason": reason}, adds=True)


def _lines(course: Course) -> Iterator[str]:
    """What is otherwise than the paper comes first."""
    answer = course.answer
    yield from ("slower",) if any(c.way.slower for c in course.choices) else ()
    yield from ("first_only",) if any(c.way.first_only for c in course.choices) else ()
    yield from ("dose", "order") if course.choices else ()
    yield from ("withheld",) if _withheld(course) and not course.choices else ()
    yield from ("withheld_rows",) if _withheld(course) else ()
    yield from ("instead",) if course.instead else ()
    if not answer.bundles:
        yield "no_order" if answer.applies else "silent"
    yield from ("tell",) if answer.tell else ()
    yield from ("remarks",) if course.remarks else ()
    yield "signed" if course.protocol.is_signed else "draft"


def _withheld(course: Course) -> tuple[str, ...]:
    each = [*(text for c in course.choices for text in c.way.withheld), *course.drafted.then.withheld]
    return tuple(dict.fromkeys([*each, *course.drafted.withheld]))


def _values(course: Course, knowledge: Knowledge) -> dict[str, str]:
    answer, signed = course.answer, course.protocol.approved
    return {
        "protocol": course.protocol.id,
        "row": answer.row.name if answer.row else "",
        "orders": _choices(course, knowledge, "dose"),
        "short": _choices(course, knowledge, "dose_short"),
        "first": _first(course),
        "slower": "; ".join(dict.fromkeys(text for c in course.choices for text in c.way.slower)),
        "withheld": "; ".join(_withheld(course)),
        "why": "; ".join(dict.fromkeys(text.partition(": ")[2] for text in _withheld(course))),
        "instead": doses.spoken((course.instead,), knowledge) if course.instead else "",
        "reason": reason_text(answer.why, knowledge.words),
        "tell": listed(answer.tell),
        "remarks": "; ".join(course.remarks),
        "by": signed.get("by", ""),
        "on": signed.get("date", ""),
    }


def _choices(course: Course, knowledge: Knowledge, key: str) -> str:
    return " or ".join(doses.spoken(choice.orders, knowledge, key) for choice in course.choices)


def _first(course: Course) -> str:
    """The preferred way in few words, for the summary."""
    orders = course.choices[0].way.orders if course.choices else ()
    return " and ".join(order_text(replace(order, diluent="", remarks=())) for order in orders)


def _suggestions(course: Course, chart: Chart) -> Iterator[Suggestion]:
    """One button a way; of several one is to be chosen. Where there is none, one for what is given instead."""
    ways = [choice.orders for choice in course.choices] or ([(course.instead,)] if course.instead else [])
    for number, orders in enumerate(ways):
        label = doses.spoken(orders, chart.knowledge, "dose_short")
        yield Suggestion("way", orders, number == 0, {"label": label}, alternative=True)


def _tests(course: Course, chart: Chart) -> Iterator[DraftTest]:
    for text in course.answer.order_test:
        name = text.split(" ")[0].lower()
        if name in chart.knowledge.tests:
            yield DraftTest(name, "now")
    when = site_protocol.recheck(course, chart)
    if chart.low is None and when:
        yield DraftTest("magnesium", when)
