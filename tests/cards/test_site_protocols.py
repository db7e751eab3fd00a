"""A site's own protocol in the service: its orders are drafted, and accepted as drafts by the service itself."""

from itertools import product

import pytest

from tests.cards.chart import INVENTED, PROTOCOLS, Json
from tests.cards.test_own_suggestions import assert_accepted
from tests.each import ask_each

_LEVELS = (0.9, 1.1, 1.3, 1.5, 1.9)
_KIDNEYS = (80, 45, 25)
NAMES = sorted(path.stem for folder in (PROTOCOLS, INVENTED) for path in folder.glob("*.yaml"))


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_what_a_protocol_drafts_is_accepted(name: str, signed: bool) -> None:
    ask_each(product(_LEVELS, _KIDNEYS), lambda case: assert_accepted(chart_of(name, signed, *case)))


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("name", ["au_refeeding", "uk_grades"])
def test_what_runs_over_days_is_accepted_at_any_weight(name: str, signed: bool) -> None:
    more = {"conditions": ["Refeeding syndrome", "Nil by mouth"]}

    def ask(case: tuple[int, float]) -> None:
        told = chart_of(name, signed, case[1], 80) | more
        assert_accepted(told | {"labs": told["labs"] | {"weight": case[0], "phosphate": 0.5}})

    ask_each(product(range(36, 130, 4), (0.8, 1.1)), ask)


def chart_of(name: str, signed: bool, level: float, egfr: int) -> Json:
    """An inpatient of a site with a protocol of its own, signed or not."""
    return {
        "setting": "inpatient",
        "protocol": name,
        "protocol_signed": signed,
        "magnesium": level,
        "labs": {"egfr": egfr, "creatinine": 0.9, "potassium": 4.2, "calcium": 9.2, "albumin": 40},
    }
