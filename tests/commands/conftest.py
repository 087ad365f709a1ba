"""The command for the tests of this folder."""

from command import bookside

__all__ = ["bookside"]
