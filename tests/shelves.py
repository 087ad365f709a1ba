"""A server's worth of books: a guide in two versions and two languages, and a book of another subject."""

from pathlib import Path

CATALOGUE = """\
[[books]]
folder = "guide/2.0/de"
book = "guide"
version = "2.0"
locale = "de"

[[books]]
folder = "guide/2.0/en"
book = "guide"
version = "2.0"
locale = "en"

[[books]]
folder = "guide/1.0/en"
book = "guide"
version = "1.0"
locale = "en"

[[books]]
folder = "clocks"
title = "All about clocks"
base_url = "/clocks"
"""

PAGES = {
    "guide/2.0/de/README.md": "# Handbuch\n\nDieses Handbuch erklärt die Pumpe im Garten.\n",
    "guide/2.0/de/pump.md": "# Die Pumpe\n\n## Das Relais\n\nEin Relais schaltet die Pumpe mit zwölf Volt.\n\n"
    "![Schaltplan](plan.png)\n",
    "guide/2.0/en/README.md": "# Guide\n\nThis guide explains the pump in the garden.\n",
    "guide/2.0/en/pump.md": "# The pump\n\n## The relay\n\nA relay switches the pump with twelve volts.\n",
    "guide/2.0/en/valve.md": "# The valve\n\n## Solenoid valves\n\nA solenoid valve needs five volts to open.\n",
    "guide/1.0/en/README.md": "# Guide\n\nThis guide explains the pump in the garden.\n",
    "guide/1.0/en/pump.md": "# The pump\n\n## The relay\n\nA relay switches the pump with nine volts.\n",
    "guide/1.0/en/tank.md": "# The tank\n\n## Float switches\n\nThe float switch reports an empty rain barrel.\n",
    "clocks/README.md": "# Clocks\n\nA clock shows the time.\n",
    "clocks/pendulum.md": "# Pendulum\n\n## Length\n\nThe length of a pendulum decides how fast the clock runs.\n",
}

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


def write_books(folder: Path) -> Path:
    """The books and the file that lists them, which is given."""
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "guide/2.0/de/plan.png").write_bytes(PNG)
    (folder / "books.toml").write_text(CATALOGUE)
    return folder / "books.toml"
