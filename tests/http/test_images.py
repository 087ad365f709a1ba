"""Images that an answer may show are files of the book that its pages show."""

from pathlib import Path

from bookside.book import read_book
from bookside.http.images import shown_images

PAGE = """# Relays

![beside](img/relay.png) and ![from the root](/img/coil.svg "A coil").

![missing](gone.png) ![elsewhere](https://evil.example/x.png) ![above](../../secret.png) ![a page](relays.md)
"""


def test_images_of_the_book(tmp_path: Path) -> None:
    """Those that lie in the book pass, where the server gives them out and at root-relative addresses of the site."""
    book = tmp_path / "book"
    for name in ("water/img/relay.png", "static/img/coil.svg", "unseen.png", "../secret.png"):
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).write_bytes(b"x")
    (book / "water" / "relays.md").write_text(PAGE, "utf-8")

    assert shown_images(read_book(book)) == {
        "/_bookside/files/water/img/relay.png",
        "/_bookside/files/static/img/coil.svg",
        "/img/coil.svg",
    }
