"""Whether the lists of problems and medicines tell enough for an order."""

from cards.chart import Chart, inputs


def are_unsure(chart: Chart) -> bool:
    """The problem list or the medicines are not all known."""
    return not chart.lists_are_whole or chart.unread_infusions > 0


def may_hide_tablets(chart: Chart) -> bool:
    """The medicines failed or were cut: a second magnesium by mouth beside what nobody can see is not ours to order."""
    return inputs.MEDICATIONS in chart.failed | chart.cut
