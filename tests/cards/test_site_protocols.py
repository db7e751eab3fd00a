"""A site's own protocol in the service: its orders are drafted, and accepted as drafts by the service itself."""

from itertools import product

import pytest

from tests.cards.chart import INVENTED, PROTOCOLS, Json
from tests.cards.test_own_suggestions import assert_accepted

_LEVELS = (0.9, 1.1, 1.3, 1.5, 1.9)
_KIDNEYS = (80, 45, 25)
NAMES = sorted(path.stem for folder in (PROTOCOLS, INVENTED) for path in folder.glob("*.yaml"))
CHARTS = [pytest.param(*told, id="-".join(map(str, told))) for told in product(NAMES, (False, True), _LEVELS, _KIDNEYS)]


@pytest.mark.parametrize(("name", "signed", "level", "egfr"), CHARTS)
def test_what_a_protocol_drafts_is_accepted(name: str, signed: bool, level: float, egfr: int) -> None:
    chart: Json = {
        "setting": "inpatient",
        "protocol": name,
        "protocol_signed": signed,
        "magnesium": level,
        "labs": {"egfr": egfr, "creatinine": 0.9, "potassium": 4.2, "calcium": 9.2, "albumin": 40},
    }
    assert_accepted(chart)
