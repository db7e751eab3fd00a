"""The shell around `cards`: HTTP, clock, environment and command line."""

__version__ = "0.1.0"
