"""Commands, and parts of them, that are long enough to stand for themselves; ``cli.py`` has the rest."""
