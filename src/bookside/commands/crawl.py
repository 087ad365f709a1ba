"""``bookside crawl``: a site that others publish, as a folder that is a book.

The HTTP client is imported when it runs: no other command needs it, and each would start later.
"""

from pathlib import Path
from typing import Annotated

import typer

from bookside.commands.terminal import notices


def crawl(
    url: Annotated[str, typer.Argument(help="Address of the site, or of the part of it to read.")],
    folder: Annotated[Path, typer.Argument(help="Folder for its pages; a second crawl brings it up to date.")],
    max_pages: Annotated[int, typer.Option(min=1, help="Pages at most.")] = 1_000,
    max_bytes: Annotated[int, typer.Option(min=1_000, help="Bytes of one page at most.")] = 5_000_000,
    delay: Annotated[float, typer.Option(min=0.0, help="Seconds between two requests.")] = 0.5,
    private: Annotated[bool, typer.Option("--private", help="Let the name lead to a private address.")] = False,
) -> None:
    """Fetch a site's pages politely into a folder, which `bookside serve` takes as a book."""
    from bookside.crawl import Crawl, Limits  # noqa: PLC0415 - see the module's docstring

    count = 0

    def tell(outcome: str, address: str) -> None:
        nonlocal count
        count += 1
        notices.print(f"{count:5} {outcome:9} {address}", markup=False)

    limits = Limits(max_pages=max_pages, max_bytes=max_bytes, delay_s=delay, private=private)
    report = Crawl(url, folder, limits, tell).run()
    if not report.is_whole:
        notices.print(f"the site has more pages: the limit is {max_pages:,} (--max-pages)", style="yellow")
    parts = (report.added, report.changed, report.unchanged, report.removed, len(report.left_out))
    names = ("added", "changed", "unchanged", "removed", "left out")
    typer.echo(", ".join(f"{number} {name}" for number, name in zip(parts, names, strict=True)))
