"""Where nobody knows the place of care, IV magnesium is named only where nothing forbids it."""

import re

from tests.cards import answer
from tests.cards.chart import cases, decide, snapshot

NAMED = "IV in a monitored place"
FORBIDDEN = re.compile(r"contraindicated|no IV magnesium|no routine magnesium", re.IGNORECASE)


def test_no_card_names_iv_magnesium_beside_what_forbids_it() -> None:
    charts = [{**case["chart"], "setting": None} for _, case in cases() if "hook" not in case["chart"]]
    texts = ["\n".join(map(answer.text_of, decide(snapshot(chart)).cards)) for chart in charts]
    forbidden = [text for text in texts if FORBIDDEN.search(text)]
    assert [text for text in forbidden if NAMED in text] == []
    assert len(forbidden) > 20 and any(NAMED in text for text in texts)
