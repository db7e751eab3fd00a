"""What is known of a patient: a value and its reader in one file, read when first asked for."""

from cards.chart.because import Because, because
from cards.chart.chart import Chart, once

__all__ = ["Because", "Chart", "because", "once"]
