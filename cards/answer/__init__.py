"""From what the rules say to cards: merged, worded, with orders, explained."""
