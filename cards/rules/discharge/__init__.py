"""What is said when a patient goes home. Of two that could title the card, the earlier does."""

from cards.ask import Rule
from cards.rules.discharge.cause_goes_home import cause_goes_home
from cards.rules.discharge.child_goes_home_low import child_goes_home_low
from cards.rules.discharge.high_level_goes_home import high_level_goes_home
from cards.rules.discharge.home_list_is_unread import home_list_is_unread
from cards.rules.discharge.kidneys_limit_home_magnesium import kidneys_limit_home_magnesium
from cards.rules.discharge.level_is_held_by_iv import level_is_held_by_iv
from cards.rules.discharge.level_may_read_too_high import level_may_read_too_high
from cards.rules.discharge.mild_low_goes_home import mild_low_goes_home
from cards.rules.discharge.moderate_low_goes_home import moderate_low_goes_home
from cards.rules.discharge.monitored_drug_goes_home import monitored_drug_goes_home
from cards.rules.discharge.qt_drug_goes_home import qt_drug_goes_home
from cards.rules.discharge.severe_low_goes_home import severe_low_goes_home

RULES: tuple[Rule, ...] = (
    severe_low_goes_home,
    high_level_goes_home,
    kidneys_limit_home_magnesium,
    qt_drug_goes_home,
    moderate_low_goes_home,
    mild_low_goes_home,
    child_goes_home_low,
    level_is_held_by_iv,
    monitored_drug_goes_home,
    cause_goes_home,
    level_may_read_too_high,
    home_list_is_unread,
)
