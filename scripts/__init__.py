"""Programs for those who work on Bookside."""
