"""Bookside puts an assistant beside any book or documentation site."""

__version__ = "0.1.0"
