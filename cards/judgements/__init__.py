"""What several rules ask about a chart."""
