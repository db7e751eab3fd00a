"""Cards of high magnesium. Of two that could title a card, the earlier does."""

from cards.ask import Rule
from cards.rules.high.iv_magnesium_is_toxic import iv_magnesium_is_toxic
from cards.rules.high.magnesium_is_high import magnesium_is_high
from cards.rules.high.medicines_are_unread import medicines_are_unread
from cards.rules.high.obstetric_magnesium_is_too_high import obstetric_magnesium_is_too_high

RULES: tuple[Rule, ...] = (
    magnesium_is_high,
    iv_magnesium_is_toxic,
    obstetric_magnesium_is_too_high,
    medicines_are_unread,
)
