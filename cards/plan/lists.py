"""Whether the lists of problems and medicines tell enough for an IV order."""

from cards.chart import Chart


def are_unsure(chart: Chart) -> bool:
    """The problem list or the medicines are not all known."""
    return not chart.lists_are_whole or chart.unread_infusions > 0
