"""Results that cannot be relied on, or were not there. Of two that could title a card, the earlier does."""

from cards.ask import Rule
from cards.rules.doubtful.magnesium_was_not_available import magnesium_was_not_available
from cards.rules.doubtful.result_is_implausible import result_is_implausible
from cards.rules.doubtful.result_is_preliminary import result_is_preliminary
from cards.rules.doubtful.result_is_unreadable import result_is_unreadable
from cards.rules.doubtful.sample_is_contaminated import sample_is_contaminated
from cards.rules.doubtful.sample_is_haemolysed import sample_is_haemolysed

RULES: tuple[Rule, ...] = (
    magnesium_was_not_available,
    sample_is_contaminated,
    result_is_implausible,
    result_is_preliminary,
    result_is_unreadable,
    sample_is_haemolysed,
)
