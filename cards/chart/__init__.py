"""What is known of a patient: a value and its reader in one file, read when first asked for."""

from cards.chart.asked import once
from cards.chart.because import Because, any_of, because
from cards.chart.chart import Chart

__all__ = ["Because", "Chart", "any_of", "because", "once"]
