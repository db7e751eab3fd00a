"""`report.html`: the numbers of a back-test for people. One file, nothing from elsewhere, no scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cards import Knowledge
from cds_service import __version__
from cds_service.backtest.asof import ASSUMED_SUPPLY
from cds_service.backtest.moments import HOME, OPENED_AFTER, REFILL, SELECT, SIGN, VIEW
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict

Examples = Mapping[str, tuple[int, JsonDict]]
MOST_EXAMPLES = 6
_SAID_OF = {
    VIEW: "Chart opened after a result",
    SELECT: "Order being chosen",
    SIGN: "Orders signed",
    HOME: "Patient going home",
    REFILL: "Orders renewed",
}
_MOST_COLUMNS = 60
_CHART = (720, 140)
_TEMPLATES = "templates"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the chart over time: its span, cards, and where it is drawn."""

    label: str
    cards: int
    x: float
    y: float
    width: float
    height: float


def render(summary: JsonDict, examples: Examples, knowledge: Sequence[Knowledge]) -> str:
    """The report as HTML."""
    span, columns = columns_of(as_dict(summary["by_day"]))
    style = resources.files("cds_service.backtest").joinpath(_TEMPLATES, "report.css").read_text(encoding="utf-8")
    return _template().render(
        s=summary,
        burdens=_burdens(summary),
        said_of=_SAID_OF,
        style=style,
        questions={rule: advice.question for k in reversed(knowledge) for rule, advice in k.advice.items()},
        examples=_chosen(examples, as_dict(summary["by_leading_rule"])),
        columns=columns,
        span=span,
        chart=_CHART,
        opened_after=int(OPENED_AFTER / timedelta(minutes=1)),
        assumed_days=ASSUMED_SUPPLY.days,
        version=__version__,
    )


def _burdens(summary: JsonDict) -> list[tuple[str, JsonDict]]:
    """The figures of what was tried and of what it was compared with, by the name of the site file."""
    told, other = as_dict(summary["knowledge"]), as_dict(summary["compare"])
    found = [(str(told["site_file"]), as_dict(summary["burden"]))]
    return [*found, (str(as_dict(other["with"])["site_file"]), as_dict(other["burden"]))] if other else found


@cache
def _template() -> Template:
    """The page, compiled once a process."""
    environment = Environment(
        loader=PackageLoader("cds_service.backtest", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = _count
    environment.filters["spaced"] = _spaced
    return environment.get_template("report.html")


def _count(value: object) -> str:
    """A number with thousands apart; a dash where there is none."""
    if not isinstance(value, int | float):
        return "\u2013"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _chosen(examples: Examples, leading: Mapping[str, object]) -> list[tuple[int, JsonDict]]:
    """An example of each of the most frequent rules, every patient once."""
    chosen: dict[int, JsonDict] = {}
    for rule in leading:
        patient, told = examples[rule]
        chosen.setdefault(patient + 1, told)
    return list(chosen.items())[:MOST_EXAMPLES]


def columns_of(by_day: Mapping[str, object]) -> tuple[int, list[Column]]:
    """Cards over time: how many days a column spans, and the columns."""
    cards = {int(day): as_dict(told)["cards"] for day, told in by_day.items()}
    length = max(cards, default=0) + 1
    span = next(days for days in (1, 7, 30, 91, 365, length) if length <= days * _MOST_COLUMNS or days == length)
    sums = [0] * -(-length // span)
    for day, number in cards.items():
        sums[day // span] += number if isinstance(number, int) else 0
    return span, _drawn(sums, span)


def _drawn(sums: Sequence[int], span: int) -> list[Column]:
    width, height = _CHART
    step, most = width / len(sums), max([*sums, 1])
    return [
        Column(
            f"day {place * span}" if span == 1 else f"days {place * span} to {place * span + span - 1}",
            number,
            round(place * step + step * 0.1, 2),
            round(height - height * number / most, 2),
            round(step * 0.8, 2),
            round(height * number / most, 2),
        )
        for place, number in enumerate(sums)
    ]
