"""A folder a card, a file a rule: each a question about the chart, answered with words or the reason of silence."""

from cards.ask import Rule
from cards.rules import beside_low, causes, comfort, doubtful, drafts, emergency_and_low, high, incomplete, look_for

RULES: tuple[Rule, ...] = (
    *comfort.RULES,
    *emergency_and_low.RULES,
    *high.RULES,
    *doubtful.RULES,
    *drafts.RULES,
    *beside_low.RULES,
    *causes.RULES,
    *look_for.RULES,
    *incomplete.RULES,
)
