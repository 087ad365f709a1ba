"""Makes books that are hard to read: soups of marks, broken settings, traps, and links that lead out of the folder."""

# ruff: noqa: E501 - what is broken on purpose is easier to read on one line

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from documents import A_PIXEL, docx, epub, paragraph, pdf

SECRET = "the words of another folder"
SECRET_FILES = ("secret.md", "secret.txt", "secret.html", "secret.yml", "secret.rst", "secret.png")

_MARKS = """
* ** *** _ __ ` `` ``` ~~~ ~ ~~ # ## ###### > - + 1. 10) [ ] ( ) ![ ]( < > </ /> <!-- --> <![CDATA[ ]]> { } {{ }} {%
%} {# #} {#id} {#a .b c=d} : :: ::: :::note :::tip[T] !!! ??? | || --- === $ $$ \\( \\) \\[ \\] \\ & &amp; &#0; &#xD800;
&nbsp; http://a.example/ www.a.example a@b.example [^1] [^1]: [a]: [TOC] --8<-- ; // /* */ => @ @@ % ^ = "" '' ' "
"""
MARKS = _MARKS.split()
_TAGS = """
a b p div span table tr td th ul ol li dl dt dd pre code h1 h2 h6 script style svg math annotation img br hr details
summary section article main nav aside footer header blockquote iframe template textarea select title body html head
Tabs TabItem Admonition video audio picture source noscript form button center font
"""
TAGS = _TAGS.split()
WORDS = [
    *["soil", "Wasser", "土壤", "ﬁ", "\u202e", "\ufeff", "é", "🌱", "İ", "ß", "\ud7ff"],
    "\0",
    "\u2028",
    "\r",
    "\t",
    "\x0b",
]
_PATHS = """
../secret.md ../../etc/passwd /etc/passwd ..\\secret.txt a/../../secret.txt ~/.ssh/id_rsa link.md file:///etc/passwd . ..
con %2e%2e/secret.md //a.example/x a.md#b a.png
"""
PATHS = [*_PATHS.split(), "", "a" * 300]
_SETTINGS = """
title: description: slug: id: sidebar_position: sidebar_label: nav: docs_dir: site_url: site_name: theme: plugins:
toc: markdown_extensions: use_directory_urls: INHERIT: exclude_docs: draft: baseUrl: src book output.html [book]
[output.html] - ? | > & * ! !!python/object:os.system !ENV << &a *a {} [] "" null true .nan 1e999 -1 0x 2020-01-01
---
"""
SETTINGS = _SETTINGS.split()


def soup(random: Random, parts: int = 40) -> str:
    """Marks, tags, words and line breaks in no order; now and then many times the same."""
    made: list[str] = []
    for _ in range(random.randrange(parts)):
        kind = random.randrange(12)
        if kind < 4:
            made.append(random.choice(MARKS))
        elif kind < 6:
            made.append(tag(random))
        elif kind < 8:
            made.append(random.choice(WORDS))
        elif kind == 8:
            made.append(random.choice(PATHS))
        elif kind == 9:
            made.append(include(random))
        elif kind == 10:
            made.append("\n" * random.randrange(1, 4) + " " * random.choice([0, 0, 0, 2, 3, 4, 8]))
        else:
            made.append(
                random.choice([*MARKS, " ", "\n", "> ", "- ", "<b>", "[a](", "!["]) * random.choice([3, 30, 300, 3000])
            )
        made.append(random.choice(["", "", " ", "\n"]))
    return "".join(made)


def tag(random: Random) -> str:
    """One tag, mostly a whole one."""
    name = random.choice(TAGS)
    attribute = random.choice(
        ["", "", ' id="a"', " class='math admonition toc'", " href=" + random.choice(PATHS), ' x="', " {..a}"]
    )
    return random.choice(
        [f"<{name}{attribute}>", f"<{name}{attribute}>", f"</{name}>", f"<{name}{attribute}/>", f"<{name}"]
    )


def include(random: Random) -> str:
    """What a generator would take another file for."""
    path = random.choice(PATHS)
    return random.choice(
        [
            f"{{{{#include {path}}}}}", f'--8<-- "{path}"', f".. include:: {path}", f"```{{literalinclude}} {path}\n```",
            f"import A from '{path}'\n\n<A/>\n", f"{{{{< include {path} >}}}}", f"include::{path}[]", f"![x]({path})",
            f"{{! {path} !}}", f'{{%\n include-markdown "{path}"\n%}}', f"```{{include}} {path}\n```",
        ]
    )  # fmt: skip


def settings(random: Random) -> str:
    """Something like YAML, TOML or front matter."""
    lines = []
    for _ in range(random.randrange(12)):
        words = [random.choice([*SETTINGS, *PATHS, *WORDS[:4]]) for _ in range(random.randrange(1, 4))]
        lines.append(" " * random.choice([0, 0, 2, 4]) + " ".join(words))
    return "\n".join(lines)


def bomb() -> str:
    """Settings in which every line holds the one before nine times."""
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join(lines)


def deep(random: Random) -> str:
    """One thing inside itself, many times."""
    depth = random.choice([50, 500, 5_000])
    opening, closing = random.choice(
        [("> ", ""), ("- ", ""), ("<div>", "</div>"), ("[", "]"), ("*", "*"), ("{", "}"), ("(", ")"), ("<b>", "</b>"),
         ("<ul><li>", "</li></ul>"), ("<table><tr><td>", "</td></tr></table>"), ("![", "](a)"), ("<Tabs>", "</Tabs>"),
         ("<blockquote>", "</blockquote>"), ("$\\frac{", "}$"), ("  - a\n", ""), ("[[", "]]"), ("1. ", ""), (":::note\n", ":::\n")]
    )  # fmt: skip
    return opening * depth + "x" + closing * random.choice([0, depth])


def page(random: Random) -> str:
    """A page of Markdown."""
    front = (
        f"---\n{random.choice([settings(random), settings(random), bomb()])}\n---\n" if random.random() < 0.4 else ""
    )
    return front + (deep(random) if random.random() < 0.15 else soup(random))


def html(random: Random) -> str:
    """A page of HTML."""
    inside = deep(random) if random.random() < 0.15 else soup(random)
    head = random.choice(
        ["", "<title>T | S</title>", "<link rel=next href=a.html>", "<meta charset=utf-7>", "<base href='../'>"]
    )
    return random.choice(
        [f"<html><head>{head}</head><body><main>{inside}</main></body></html>", inside, f"<?xml?>{inside}"]
    )


def bent(random: Random, data: bytes) -> bytes:
    """``data`` with a few bytes changed, cut or doubled."""
    made = bytearray(data)
    for _ in range(random.randrange(6)):
        place = random.randrange(len(made) + 1)
        match random.randrange(4):
            case 0 if place < len(made):
                made[place] = random.randrange(256)
            case 1:
                del made[place : place + random.randrange(50)]
            case 2:
                made[place:place] = made[place : place + random.randrange(200)]
            case _:
                made[place:place] = random.choice([b"\xff", b"\0", b"999999999", b"/Prev 0", b"<<", b"\xfe\xff"])
    return bytes(made)


def epub_file(random: Random) -> bytes:
    chapters = {f"{n}.xhtml": html(random) for n in range(random.randrange(1, 4))}
    more: dict[str, str | bytes] = {"OEBPS/../../secret.md": "x", "/abs.xhtml": "x", "OEBPS/a.png": A_PIXEL}
    return epub(chapters, title=soup(random, 5), nav=random.choice(["", "<nav><ol><li><a href='0.xhtml'>A</a></ol></nav>", soup(random)]),
                more=more if random.random() < 0.3 else {})  # fmt: skip


def docx_file(random: Random) -> bytes:
    styles = ["", "Heading1", "Heading2", "Title"]
    body = "".join(
        paragraph("".join(c for c in soup(random, 8) if c >= " " or c in "\t\n"), random.choice(styles))
        for _ in range(5)
    )
    return docx(body * random.choice([1, 1, 50]))


def pdf_file(random: Random) -> bytes:
    def words() -> str:
        return soup(random, 6).encode("latin-1", "ignore").decode("latin-1").replace("\0", "")[:300].replace("\x81", "")

    pages = [
        [(float(random.randrange(600)), float(random.randrange(850)), words().encode("cp1252", "ignore").decode("cp1252"))
         for _ in range(random.randrange(12))]
        for _ in range(random.randrange(1, 6))
    ]  # fmt: skip
    outline = [
        (f"Part {n}", random.randrange(len(pages)), float(random.randrange(850))) for n in range(random.randrange(4))
    ]
    return pdf(pages, title="T", outline=outline)


def _write(folder: Path, name: str, data: str | bytes) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)


def _configuration(random: Random, name: str) -> str:
    path = random.choice(PATHS[:6])
    valid = {
        "mkdocs.yml": f"site_name: S\ndocs_dir: {random.choice(['.', 'docs', path])}\nnav:\n  - A: a.md\n  - {json.dumps(path)}\n",
        "book.toml": f"[book]\ntitle = 'S'\nsrc = {json.dumps(random.choice(['.', 'src', path]))}\n",
        "SUMMARY.md": f"# S\n\n- [A](a.md)\n  - [B]({path})\n- [C](c.md)\n",
        "docusaurus.config.js": f"module.exports = {{title: 'S', presets: [['classic', {{docs: {{path: {json.dumps(path)}}}}}]]}}",
        "sidebars.js": f"module.exports = {{s: ['a', {{type: 'doc', id: {json.dumps(path)}}}, {{type: 'autogenerated', dirName: '..'}}]}}",
        "_category_.json": json.dumps({"label": path, "link": {"type": "doc", "id": path}}),
        "conf.py": f"project = 'S'\nextensions = ['myst_parser']\nmaster_doc = {path!r}\n",
        "index.rst": f"S\n=\n\n.. toctree::\n   :glob:\n\n   a\n   {path}\n   *\n",
        "_quarto.yml": f"project:\n  type: book\nbook:\n  title: S\n  chapters: [a.md, {json.dumps(path)}]\n",
        "_toc.yml": f"format: jb-book\nroot: a\nchapters:\n- file: {json.dumps(path)}\n",
        "hugo.toml": f"title = 'S'\ncontentDir = {json.dumps(path)}\n",
        "notebook.ipynb": json.dumps({"cells": [{"cell_type": "markdown", "source": [soup(random)]}], "metadata": {}}),
        "bookside-crawl.json": json.dumps(
            {"version": 1, "start": "http://a.example/", "run": 1, "is_finished": True,
             "pages": [{"url": f"http://a.example/{name}", "file": f"pages/{name}"} for name in ("a.html", "b.html", path)]}
        ),
        "page.adoc": f"= S\n\ninclude::{path}[]\n\n{soup(random)}\n",
        "page.qmd": soup(random),
        "page.rst": soup(random),
    }[name]  # fmt: skip
    match random.randrange(4):
        case 0:
            return settings(random)
        case 1:
            return bent(random, valid.encode()).decode("utf-8", "replace")
        case _:
            return valid


KINDS: dict[str, tuple[str, ...]] = {
    "folder": (),
    "mkdocs": ("mkdocs.yml",),
    "mdbook": ("book.toml", "SUMMARY.md"),
    "docusaurus": ("docusaurus.config.js", "sidebars.js", "_category_.json"),
    "sphinx": ("conf.py", "index.rst", "page.rst"),
    "jupyter": ("_toc.yml", "notebook.ipynb"),
    "hugo": ("hugo.toml", "page.adoc"),
    "quarto": ("_quarto.yml", "page.qmd", "notebook.ipynb"),
    "html": (),
    "crawled": ("bookside-crawl.json",),
}
FILES: dict[str, Callable[[Random], bytes]] = {"epub": epub_file, "docx": docx_file, "pdf": pdf_file}


def hard_book(random: Random, folder: Path) -> Path:
    """A book below ``folder``, beside which lie secrets that links in it lead to.

    Returns:
        The book: a folder, or a file.
    """
    for name in SECRET_FILES:
        _write(folder, name, f"# {SECRET}\n")
    book = folder / "book"
    book.mkdir()
    kind = random.choice([*KINDS, *FILES])
    if kind in FILES:
        data = FILES[kind](random)
        file = book / f"book.{kind}"
        file.write_bytes(bent(random, data) if random.random() < 0.6 else data)
        return file
    places = ["", "docs/", "src/", "content/"]
    for name in KINDS[kind]:
        place = random.choice(["", "", "src/", "docs/"]) if name[0] in "SspnI_" else ""
        _write(book, place + name, _configuration(random, name))
    for name, data in _pages(random, kind):
        _write(book, ("pages/" if kind == "crawled" else random.choice(places)) + name, data)
    for name in ("link.md", "link.html", "docs/link.md", "pages/b.html"):
        if random.random() < 0.2:
            (book / name).parent.mkdir(exist_ok=True)
            target = random.choice(["../secret.md", "../../secret.md", "..", ".", "link.md", "/etc"])
            (book / name).unlink(missing_ok=True)
            (book / name).symlink_to(target)
    return book


def _pages(random: Random, kind: str) -> Iterator[tuple[str, str | bytes]]:
    for name in ("a", "b", "c")[: random.randrange(1, 4)]:
        if kind in ("html", "crawled"):
            yield (
                f"{name}.html",
                random.choice([html(random), bent(random, html(random).encode("utf-8", "surrogatepass"))]),
            )
        else:
            text = page(random)
            broken = random.random() < 0.1
            yield f"{name}.{random.choice(['md', 'md', 'mdx'])}", text.encode("utf-16") if broken else text
    if kind == "folder" and random.random() < 0.4:
        document = random.choice(list(FILES))
        yield f"d.{document}", bent(random, FILES[document](random))
