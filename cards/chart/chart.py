"""What is known of one patient, with the knowledge it is judged by: the one argument of every rule.

Each value is read when it is first asked for, and kept with the comparisons that were made for it: so the chart can
say which numbers decided an answer.
"""

from collections.abc import Mapping

from cards.chart import gather, inputs, unread
from cards.chart.asked import fact
from cards.chart.asked_results import Results
from cards.chart.bands import default_lower_limit
from cards.chart.because import YES, Because, because
from cards.chart.ionised import calcium_limit, read_ionised
from cards.chart.kidneys import renal_gate
from cards.chart.lists import Lists
from cards.chart.magnesium import MagnesiumResults, read_magnesium
from cards.chart.results import FINAL, Reading
from cards.chart.sorting import NotUnderstood, Unread, What, counted, unread_problems
from cards.model import (
    Freshness,
    Ionised,
    JsonObject,
    Magnesium,
    Renal,
    Result,
    SetAside,
    Unreadable,
)


class Chart(Lists):
    """One patient at one moment. `None` and `not_known` mean nobody could say, empty means none was found."""

    @fact
    def _magnesium(self) -> MagnesiumResults:
        found, set_aside, _ = self.readings
        told = read_magnesium(found.get("magnesium", []), set_aside, self.knowledge, self.now, self._place, self.person)
        return told.in_doubt() if inputs.MAGNESIUM in self.cut else told

    @property
    def magnesium(self) -> Magnesium | None:
        """The magnesium result that decides."""
        self.look_at(inputs.MAGNESIUM)
        return self._magnesium.magnesium

    @property
    def preliminary(self) -> Magnesium | None:
        """A later result that is not confirmed yet."""
        return self._magnesium.preliminary

    @property
    def unreadable_magnesium(self) -> tuple[Unreadable, ...]:
        """Magnesium results that could not be read, newest first."""
        if self.readings.set_aside:
            self.look_at(inputs.ENCOUNTERS)  # how old they may be depends on it
        return self._magnesium.unreadable_magnesium

    @fact
    def is_known(self) -> Because:
        """Whether there is a magnesium result that is not too old to say anything."""
        m = self.magnesium
        if m is None:
            return because("no magnesium result that can be read")
        too_old = m.freshness is Freshness.TOO_OLD
        return self.at_most(self.hours_since(m.when), f"fresh.{self.place}.repeat") if too_old else YES

    @fact
    def is_fresh(self) -> Because:
        """Whether the magnesium result is of now: not too old to act on, and no later one is unreadable."""
        m = self.current
        if m is None or m.freshness is Freshness.ACTIONABLE:
            return self.is_known
        if m.superseded:
            return because("a later magnesium result cannot be read, or may be unseen")
        return self.at_most(self.hours_since(m.when), f"fresh.{self.place}.actionable")

    @property
    def is_old(self) -> Because:
        """Whether the magnesium result is older than what may be acted on."""
        hours = self.hours_since(self.magnesium.when) if self.magnesium else None
        return self.above(hours, f"fresh.{self.place}.actionable")

    @fact
    def current(self) -> Magnesium | None:
        """The deciding magnesium result, unless it is too old to say anything."""
        return self.magnesium if self.is_known else None

    @fact
    def is_low(self) -> Because:
        """Whether magnesium is below its lower limit of normal, or so low that no range of a laboratory matters."""
        m = self.current
        if m is None:
            return self.is_known
        usual = default_lower_limit(self.age_days, self.numbers)
        return self.below(m.x, "band.severe") or self.below(m.x, usual, m.lower_limit)

    @fact
    def low(self) -> Magnesium | None:
        """The deciding result when it is low."""
        return self.current if self.is_low else None

    @fact
    def is_high(self) -> Because:
        """Whether magnesium is above its upper limit of normal, whenever that was."""
        m = self.current
        return self.above(m.x, "limit.upper.default", m.upper_limit) if m else self.is_known

    @fact
    def ionised(self) -> Ionised | None:
        """The latest ionised magnesium."""
        found = self.readings.found.get("magnesium_ionised", [])
        return read_ionised(found, self.knowledge, self.now, self.place, self.person)

    @fact
    def ionised_calcium_limit(self) -> float | None:
        """The lower limit of the laboratory that measured ionised calcium, where it can be believed."""
        return calcium_limit(self._fresh.get("calcium_ionised", ()), self.knowledge, self.person)

    @property
    def _whole(self) -> gather.ByAnalyte:
        # of a list that was cut and is not newest first, the latest result is not known
        cut, found, asked = self.cut, self.readings.found, self.knowledge.terminology.asked
        return {analyte: listed for analyte, listed in found.items() if asked[analyte] not in cut}

    @fact
    def _fresh(self) -> Mapping[str, list[Reading]]:
        place = self.place if self.is_renewal else self.setting.value
        return gather.fresh(self._whole, self.knowledge, self.now, place)

    @property
    def results(self) -> Results:
        """The latest fresh result of each analyte; NeverAsked for one that no input asks for."""
        # made anew: kept, it and the chart would hold each other
        return Results(self._results, self.knowledge.terminology.asked, self.look_at)

    @fact
    def _results(self) -> Mapping[str, Result]:
        return gather.deciding_results(self._fresh, self.knowledge)

    def previous(self, analyte: str) -> Result | None:
        """The fresh result of an analyte before the deciding one; of two of one time the lower."""
        last = self.results.get(analyte)
        found = [reading.result() for reading in self._fresh.get(analyte, ())]
        older = [result for result in found if last and result.when < last.when]
        return max(older, key=lambda result: (result.when, -result.value), default=None)

    @fact
    def renal(self) -> Renal:
        """What the kidneys allow."""
        return renal_gate(self.results, self._creatinines, self.conditions, self.person, self.knowledge, self.now)

    @property
    def _creatinines(self) -> list[Result]:
        """The creatinines of so many months that their lowest is the patient's own."""
        self.look_at(self.knowledge.terminology.asked["creatinine"])
        confirmed = (r.result() for r in self._whole.get("creatinine", ()) if r.status in FINAL)
        return [r for r in confirmed if self.hours_since(r.when) <= self.numbers["aki.over.lowest_hours"]]

    @fact
    def set_aside(self) -> tuple[SetAside, ...]:
        """What could not be used, and why in words."""
        say = self.knowledge.words.say
        doubts = (SetAside(found.what, say(f"doubts.{found.why}")) for found in self.readings.set_aside)
        return (*self.snapshot.set_aside, *doubts)

    @fact
    def unread_current(self) -> unread.Share:
        """Of the medicines taken now, and given of late, those that nobody can name."""
        return unread.current_medicines(self)

    @fact
    def current_problems(self) -> tuple[JsonObject, ...]:
        """The problems that are not over and that nobody denies."""
        return tuple(unread.current_problems(self))

    @fact
    def nameless_problems(self) -> tuple[Unread, ...]:
        """Those of them that nobody can name."""
        return tuple(unread_problems(self.current_problems, self.knowledge.terminology))

    @property
    def unread_problems(self) -> unread.Share:
        """Of the problems that are not over, those that nobody can name."""
        return unread.problems(self)

    @fact
    def unread_allergies(self) -> unread.Share:
        """Of the allergy list, the entries that nobody can name."""
        self.look_at(inputs.ALLERGIES)
        return unread.allergy_list(self)

    @fact
    def not_understood(self) -> NotUnderstood:
        """How much of what was sent nobody understands, by kind."""
        return counted(self.unread_entries)

    @fact
    def unread_entries(self) -> tuple[Unread, ...]:
        """What was sent and nobody understands, each with what it was told by."""
        return tuple(unread.entries(self))

    @fact
    def reading(self) -> Mapping[What, unread.Share]:
        """Of how many results, medicines, problems, stays and drafts nobody can say what they are."""
        return unread.shares(self)
