"""The HTTP surface: a route parses, calls one function, serialises."""
