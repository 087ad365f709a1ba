"""``bookside status``: what the index has of the book, what it has not and why."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bookside.commands.terminal import counted
from bookside.index.plan import contents_when_in_step
from bookside.library import Library, open_libraries
from bookside.settings import Settings, read_settings
from bookside.upkeep.status import book_status, status_of

SHOWN = 20
"""Files that are named without ``--json``."""


def status(
    books: Annotated[
        list[Path] | None, typer.Argument(help="Folder of the book, or of each of several; as for `bookside index`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what the index has of the book, what was left out and why, and whether the two are in step."""
    first, *more = books or [None]
    found = asyncio.run(_statuses(read_settings(book=first, more_books=tuple(more) or None)))
    if as_json:
        typer.echo(json.dumps(found[0] if len(found) == 1 else {"books": found}, ensure_ascii=False, indent=1))
        return
    for one in found:
        _print(one)


async def _statuses(settings: Settings) -> list[dict[str, Any]]:
    async with open_libraries(settings) as libraries:
        return [await _status(library) for library in libraries]


async def _status(library: Library) -> dict[str, Any]:
    known = {"id": library.entry.id} if library.entry else {}
    status = known | await status_of(library.index)
    if library.book is None:
        return status
    generation = await library.index.generation()
    with_passages = frozenset(chunk.page.path for chunk in library.chunks)
    contents = contents_when_in_step(library.chunks, library.settings.qdrant_collection)
    in_step = generation is not None and generation.contents == contents
    return status | book_status(library.book, with_passages) | {"in_step": in_step}


def _print(found: dict[str, Any]) -> None:
    title = f"“{found['book']}”" if "book" in found else "What is indexed"
    typer.echo(f"{found['id'] + ': ' if 'id' in found else ''}{title}")
    if found["indexed_at"] is None:
        typer.echo("  not indexed yet")
    else:
        typer.echo(
            f"  {counted(found['chunks'], 'passage')} of {counted(found['pages'], 'page')}, "
            f"{counted(len(found['chapters']), 'chapter')}"
        )
        typer.echo(f"  made {found['indexed_at']} with {found['embedder']} ({found['backend']}: {found['collection']})")
    if "in_step" not in found:
        return
    step = "in step with the book" if found["in_step"] else "not in step with the book: run `bookside index`"
    has = f"{counted(found['pages_read'], 'page')} and {counted(found['sections'], 'section')}"
    typer.echo(f"  {step}, which has {has}")
    for one in found["left_out"][:SHOWN]:
        line = f":{one['line']}" if one["line"] else ""
        typer.echo(f"  left out: {one['page']}{line}: {one['reason']}")
    if found["left_out_count"] > SHOWN:
        typer.echo(f"  … and {found['left_out_count'] - SHOWN} more; --json has them")
