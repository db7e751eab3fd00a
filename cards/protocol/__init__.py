"""A hospital's protocol, asked about a patient: what it orders, what of that may be drafted, whether it is complete."""
