"""Writes the handbook's reference pages from the code: ``python -m scripts.docs``; ``--check`` only compares."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import click
import typer
from fastapi import FastAPI

from bookside.cli import cli
from bookside.http.requests import SimpleRequest
from bookside.http.routes import router
from bookside.settings import Settings, variable
from scripts import widget_docs

REFERENCE = Path(__file__).parent.parent / "docs" / "book" / "8-reference"
HELP_WIDTH = 96
JsonObject = Mapping[str, Any]

FRONT_MATTER = """\
---
title: {title}
sidebar_position: {position}
description: {description}
# Made by `make docs` from {source}: change that, not this page.
---

"""

ROUTE_NOTES = {
    "/chatkit": """\
The body is one request of the ChatKit protocol: `{"type", "params", "metadata"}`. `metadata` may hold the fields of
the simple dialect's `context`. Requests that make an answer get `text/event-stream`, all others get JSON.""",
    "/assistant/chatkit": """\
The body is a question in the simple dialect, as the table shows, or one ChatKit request: a body with a field `type` is
taken as ChatKit. An answer is `text/event-stream`, and its last event is `done`.""",
    "/assistant/session": """\
There is no body. The answer is `{"token", "expires_at", "max_question_chars"}` with status 201.""",
    "/assistant/threads": """\
The answer is `{"data", "has_more", "after"}`, and each thread is `{"id", "title", "created_at"}`, with the id of its
`book` where the server has several. Small and capital letters are one in a search, and its first six words count.""",
    "/assistant/config": """\
The answer is `{"title", "attachments", "transcription", "feedback", "max_question_chars", "max_selection_chars"}`, the
same for everybody. `attachments` is `null` where no files can be attached, else `{"max_bytes", "accept"}`; `accept` is
what an `<input type="file">` takes. Where the server has several books, `title` is that of the book that `book` or
`url` names, and `book` its id.""",
    "/assistant/search": """\
Each passage is `{"page", "url", "title", "heading", "text", "score"}`, as `bookside search --json` prints it.""",
    "/assistant/starters": """\
The answer is `{"page": {"title", "chapter"}, "starters": [{"kind", "text"}]}`; `page` is `null` where the book has no
page at that address. There are at most four starters. One of the kind `question` is to be asked as it stands. `summary`
and `explain` name the page, or a section of it, and the client says in the reader's language what is wanted of it.""",
    "/assistant/thread/{thread_id}": """\
The thread's id is all that is needed for a thread of the simple dialect without `session_id`. A reader with a token
sends it as `Authorization: Bearer`.""",
    "/assistant/index/status": """\
The answer has what the index counts (`chunks`, `pages`, `chapters`), what it was made with (`embedder`, `vector_size`,
`indexed_at`), what was read of the book (`book`, `kind`, `language`, `pages_read`, `sections`), and what was not:
`problems` as sentences, and `left_out` as `[{"page", "line", "reason"}]`, of which 500 are listed and
`left_out_count` are there. `in_step` is `true` while the index holds just the passages of the book that is served, and
no page was saved since that was read; `changed` lists the pages that were. `newer_embedder` names who made a newer
index that this server cannot use. Where the server has several books, `id` is that of this one and `books` are all.""",
    "/assistant/reindex": """\
The answer is the job, with status 202 and its address in `Location`. While one is at work the answer is 409 with that
one's address. Without `BOOKSIDE_ADMIN_KEY` it is 404, without a key 401, and with a wrong one 403. An address may send
60 requests a minute.""",
    "/assistant/reindex/{job_id}": """\
The answer is `{"id", "status", "began_at", "progress", "result", "error", "ended_at"}`. `status` is `running`,
`completed`, `failed`, or `interrupted` where its process has died. `progress` has `phase` (`reading` or `indexing`),
`done` and `total`. `result` has `added`, `removed`, `unchanged`, `pages` and `problems`, or `books` with these for
each.""",
    "/assistant/feedback": """\
Needed are `thread_id`, one item or more (`item_ids`, or one as `item_id` or `message_id`) and the verdict (`kind`, or
`rating`, where `up` means positive and `down` negative). The answer has no body.""",
    "/metrics": "The answer is text in the format of Prometheus.",
    "/bookside.js": "The answer is one JavaScript module, which browsers keep for five minutes.",
    "/bookside/{part}.js": "They have to lie beside the widget's file, wherever that is.",
}


def pages() -> dict[str, str]:
    """The text of each generated page, by file name."""
    return {
        "settings.md": settings_page(),
        "command.md": command_page(),
        "routes.md": routes_page(),
        "widget.md": widget_page(),
    }


def settings_page() -> str:
    """Every setting with its default and what it means."""
    text = FRONT_MATTER.format(
        title="Settings",
        position=1,
        description="Every setting of Bookside, its default and its meaning.",
        source="src/bookside/settings.py",
    )
    text += """\
Bookside reads its settings from environment variables and from a file `.env` in the folder where it is started. A
variable of the environment wins over a line of `.env`, an option of the command wins over both, and an empty value
counts as not set. `bookside settings` lists the values that are in force.
"""
    properties = Settings.model_json_schema(by_alias=False)["properties"]
    for name, field in Settings.model_fields.items():
        facts = f"{form(properties[name])}{default_of(name, properties[name])}"
        text += f"\n## {variable(name)}\n\n`{variable(name)}`: {escaped(field.description or '')} {facts}\n"
    return text


def form(schema: JsonObject) -> str:
    """What values a setting takes, as a sentence, or nothing where any text will do."""
    merged = single(schema)
    if "enum" in merged:
        return f"One of {', '.join(f'`{value}`' for value in merged['enum'])}. "
    match merged.get("type"):
        case "boolean":
            return "`true` or `false`. "
        case "integer" | "number":
            return limits(merged)
        case _:
            return ""


def limits(schema: JsonObject) -> str:
    """The range of a number, as a sentence."""
    words = "A whole number" if schema["type"] == "integer" else "A number"
    for key, name in (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to")):
        if key in schema:
            words += f" {name} {schema[key]:,}"
    return f"{words}. "


def default_of(name: str, schema: JsonObject) -> str:
    """The default, as a sentence."""
    if single(schema).get("format") == "password":
        return "Secret; not set by default."
    value = Settings.model_fields[name].default
    if value is None or value == ():
        return "Not set by default."
    return f"Default: `{str(value).lower() if isinstance(value, bool) else value}`."


def single(schema: JsonObject) -> JsonObject:
    """The schema of a value that may also be missing."""
    others = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return {**schema, **others[0]} if others else schema


def command_page() -> str:
    """``--help`` of the command and of each of its commands."""
    text = FRONT_MATTER.format(
        title="The command",
        position=2,
        description="Every command of bookside and its options.",
        source="src/bookside/cli.py",
    )
    text += """\
`bookside` prints results to standard output, and progress and notices to standard error. An expected failure is one
line on standard error and exit status 1; a wrong option is exit status 2.
"""
    group = cast(click.Group, typer.main.get_command(cli))
    text += help_of(group, "bookside")
    for name, command in group.commands.items():
        text += help_of(command, f"bookside {name}")
    return text


def help_of(command: click.Command, name: str) -> str:
    """One command's section."""
    context = command.context_class(command, info_name=name, terminal_width=HELP_WIDTH, max_content_width=HELP_WIDTH)
    lines = (line.rstrip() for line in command.get_help(context).strip().splitlines())
    return f"\n## {name}\n\n```text\n" + "\n".join(lines) + "\n```\n"


def routes_page() -> str:
    """Every route with its parameters, body and answers."""
    text = FRONT_MATTER.format(
        title="Routes",
        position=3,
        description="Every HTTP route of a Bookside server.",
        source="src/bookside/http/routes.py",
    )
    text += """\
A running server describes its routes as OpenAPI at `/assistant/openapi.json`. A refused request gets a problem
document (RFC 9457, `application/problem+json`) with `title`, `status` and `detail`. Every other address is a page of
the book, or the 404 page.
"""
    app = FastAPI()
    app.include_router(router)
    api = app.openapi()
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            text += "".join(route(method, path, operation))
    return text


def route(method: str, path: str, operation: JsonObject) -> Iterator[str]:
    """One route's section."""
    name = f"`{method.upper()} {path}`"
    summary = str(operation.get("description", "")).replace("``", "`")
    yield f"\n## {name}\n\n{name}: {summary}\n"
    if path in ROUTE_NOTES and method != "delete":
        yield f"\n{ROUTE_NOTES[path]}\n"
    if operation.get("parameters"):
        yield "\n| parameter | where | form | default | meaning |\n| --- | --- | --- | --- | --- |\n"
        for given in operation["parameters"]:
            schema = given["schema"]
            default = "required" if given["required"] else code(schema.get("default"))
            meaning = escaped(given.get("description", ""))
            yield f"| `{given['name']}` | {given['in']} | {kind_of(schema)} | {default} | {meaning} |\n"
    if "requestBody" in operation:
        yield from fields(operation["requestBody"]["content"]["application/json"]["schema"], {})
    if path == "/assistant/chatkit":
        schema = SimpleRequest.model_json_schema()
        yield from fields(schema, schema["$defs"])


def fields(schema: JsonObject, definitions: JsonObject) -> Iterator[str]:
    """A table of the fields of a JSON body, with those inside it."""
    yield "\n| field of the body | form | default |\n| --- | --- | --- |\n"
    yield from field_rows(schema, definitions, "")


def field_rows(schema: JsonObject, definitions: JsonObject, prefix: str) -> Iterator[str]:
    """Rows for the fields of one object."""
    for name, field in schema["properties"].items():
        default = "required" if name in schema.get("required", ()) else code(field.get("default"))
        reference = single(field).get("$ref")
        yield f"| `{prefix}{name}` | {'object' if reference else kind_of(field)} | {default} |\n"
        if reference:
            yield from field_rows(definitions[reference.rsplit("/", 1)[-1]], definitions, f"{prefix}{name}.")


def kind_of(schema: JsonObject) -> str:
    """The form of a value, in a table's cell."""
    merged = single(schema)
    if "enum" in merged:
        return ", ".join(code(value) for value in merged["enum"])
    words = str(merged.get("type", "any"))
    if words == "array":
        return f"array of {kind_of(merged['items'])}"
    if "maxLength" in merged:
        return f"{words}, at most {merged['maxLength']:,} characters"
    if "minimum" in merged and "maximum" in merged:
        return f"{words} from {merged['minimum']} to {merged['maximum']}"
    return words


def widget_page() -> str:
    """Attributes, methods, events, parts and custom properties of the widget."""
    text = FRONT_MATTER.format(
        title="The widget's names",
        position=4,
        description="Every attribute, method, event, part and custom property of the widget.",
        source="the doc comments in widget/src",
    )
    text += """\
How the widget is put on a page is told in [The widget on a page](../3-readers/widget.md).
"""
    text += table("Attributes of the script tag", "attribute", widget_docs.tagged("attr"))
    text += table("Attributes of bookside-chat", "attribute", widget_docs.attributes())
    text += """
Each is also a property of the element; `context-mode` is `contextMode` there. The language is that of the nearest
`lang` attribute, the element's own or one around it, and the direction that of the nearest `dir`, or the language's.
"""
    text += table("Methods", "method", widget_docs.methods())
    text += table("Events", "event", widget_docs.tagged("fires"))
    text += table("Parts for ::part()", "part", widget_docs.tagged("csspart"))
    text += table("Custom properties", "property", widget_docs.tagged("cssprop"))
    return text


def table(title: str, column: str, entries: Iterable[widget_docs.Entry]) -> str:
    """A section with one row for each name."""
    rows = "".join(f"| `{entry.name}` | {cell(entry.text)} |\n" for entry in entries)
    return f"\n## {title}\n\n| {column} | meaning |\n| --- | --- |\n{rows}"


def cell(text: str) -> str:
    """``text`` for a table; what is code stays as it is, since nothing in it is a tag or an expression."""
    parts = text.replace("|", "\\|").split("`")
    return "`".join(part if at % 2 else escaped(part) for at, part in enumerate(parts))


def code(value: object) -> str:
    """A value as code in a table's cell; nothing for none."""
    return "" if value is None or value == "" else f"`{value if isinstance(value, str) else json.dumps(value)}`"


def escaped(text: str) -> str:
    """``text`` with what MDX would take for a tag or an expression written as entities."""
    return text.replace("{", "&#123;").replace("<", "&lt;")


def main() -> None:
    """Write the pages, or with ``--check`` say which of them are out of date."""
    parser = argparse.ArgumentParser(prog="python -m scripts.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a page is out of date")
    check: bool = parser.parse_args().check
    stale: list[str] = []
    for name, text in pages().items():
        file = REFERENCE / name
        if not file.is_file() or file.read_text("utf-8") != text:
            stale.append(name)
            if not check:
                REFERENCE.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
    if check and stale:
        sys.exit(f"out of date: {', '.join(stale)}; run `make docs`")
    sys.stdout.write(f"reference pages: {', '.join(stale) + ' written' if stale else 'up to date'}\n")


if __name__ == "__main__":
    main()
