"""A title that is cut short is the same in whatever order a client sent the medicines."""

from tests.cards.chart import decide, snapshot

LIMIT = 140  # of a summary (CDS Hooks)
SALTS = ("aspartate", "carbonate", "chloride", "citrate", "gluconate", "glycinate", "lactate")


def test_a_title_that_is_cut_names_the_same():
    draft = {"text": "magnesium oxide tablet", "dose": [400, "mg"]}
    taken = [f"magnesium {salt} tablet" for salt in SALTS]
    orders = (taken, taken[::-1], taken[3:] + taken[:3])
    charts = ({"labs": {"egfr": 80}, "medications": order, "drafts": [draft]} for order in orders)
    titles = {card.body["summary"] for chart in charts for card in decide(snapshot(chart)).cards}
    assert [len(title) <= LIMIT and title.endswith("…") for title in titles] == [True], titles
