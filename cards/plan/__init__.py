"""What may be offered: route, dose, recheck, partners."""
