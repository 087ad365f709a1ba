"""No page and no setting of a Sphinx site or a Jupyter Book runs code, and none learns what the server keeps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bookside.book import Book, read_book
from bookside.book.files import MAX_LINE_CHARS, below, read_text
from bookside.book.sphinx.found import find_project
from bookside.book.sphinx.process import environment, settings_of
from bookside.book.sphinx.project import Options, is_safe_setting
from bookside.errors import BookError
from bookside.http.assets import file_in

GLOBALS = "cycler.__init__.__globals__"
FORK = (
    GLOBALS
    + ".__builtins__.__import__('_posixsubprocess').fork_exec(('touch', '{marker}'), ('/usr/bin/touch'.encode(),"
    " '/bin/touch'.encode()), false, (), none, none, -1, -1, -1, -1, -1, -1, -1, " + GLOBALS + ".os.pipe()[1],"
    " false, false, -1, none, none, none, -1, none, false)"
)
ATTACKS = {
    "environment": GLOBALS + ".os.environ['OPENAI_API_KEY']",
    "remove": GLOBALS + ".os.remove('{victim}')",
    "program": FORK,
    "sphinx": "env.app.__init__.__globals__['os'].environ['OPENAI_API_KEY']",
    "filter": "'%s' | attr('__class__')",
}


def book_of(root: Path, files: dict[str, str]) -> Book:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return read_book(root)


JUPYTER = {"_config.yml": "title: T\nparse:\n  myst_substitutions:\n    word: tide\n", "_toc.yml": "root: index\n"}
SPHINX = {"conf.py": "project = 'T'\nextensions = ['myst_parser']\n"}
SWITCHED_ON = "---\nmyst:\n  enable_extensions: [substitution]\n  substitutions: {word: tide}\n---\n"


@pytest.mark.parametrize("kind", ["jupyter", "front matter"])
def test_substitutions_are_names_and_run_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A template that is more than a name and filters is a problem with its line; its words stay, as they stand."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-xyzzy")
    victim, marker = tmp_path / "victim", tmp_path / "marker"
    victim.write_text("here")
    attacks = [attack.format(victim=victim, marker=marker) for attack in ATTACKS.values()]
    body = "# T\n\nThe {{ word | upper }}, {{ word }}.\n\n" + "".join(
        f"Hi {{{{ {one} }}}} there.\n\n" for one in attacks
    )
    body += f"{{{{ {attacks[0]} }}}}\n\nAfter.\n"
    above, files = ("", JUPYTER) if kind == "jupyter" else (SWITCHED_ON, SPHINX)
    book = book_of(tmp_path / "book", files | {"index.md": above + body})
    markdown = book.pages[0].markdown
    assert victim.exists()
    assert not marker.exists()
    assert "sk-xyzzy" not in markdown
    assert "The TIDE, tide." in markdown
    assert "After." in markdown
    assert markdown.count("__init__.__globals__.os.environ") == 2
    assert markdown.count(" there.") == len(attacks)
    first = above.count("\n") + 5
    told = {(problem.path, problem.line) for problem in book.problems if "is not run" in problem.reason}
    assert told == {("index.md", first + 2 * number) for number in range(len(attacks))}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("myst_heading_slug_func", "os.remove"),
        ("myst_unknown", "x"),
        ("template_bridge", "os.remove"),
        ("source_parsers", {".md": "os.remove"}),
        ("html_search_options", {"type": "os.remove"}),
        ("figure_language_filename", "{root.__class__}"),
        ("language", "antigravity"),
        ("language", "../../de"),
        ("python_anything", 1),
    ],
)
def test_settings_that_name_code_are_not_handed_on(tmp_path: Path, name: str, value: object) -> None:
    """Only settings of a list of names reach Sphinx, from ``conf.py`` and from ``_config.yml``."""
    assert not is_safe_setting(name, value)
    (tmp_path / "conf.py").write_text(f"project = 'T'\n{name} = {value!r}\n")
    (tmp_path / "index.rst").write_text("T\n=\n")
    assert f"{name} = " not in settings_of(find_project(tmp_path, Options()))


@pytest.mark.parametrize("language", ["de", "pt_BR", "zh-Hans-CN", "zh_TW", None])
def test_languages_are_handed_on(language: str | None) -> None:
    """A code of a language, with or without its script and country."""
    assert is_safe_setting("language", language)


def test_a_heading_is_no_argument_of_a_function_that_a_setting_names(tmp_path: Path) -> None:
    """``myst_heading_slug_func`` would be imported, and called with each heading."""
    victim = tmp_path / "victim"
    victim.write_text("here")
    conf = SPHINX["conf.py"] + "myst_heading_anchors = 2\nmyst_heading_slug_func = 'os.remove'\n"
    book = book_of(tmp_path / "book", {"conf.py": conf, "index.md": f"# T\n\n## {victim}\n\nWords.\n"})
    assert victim.exists()
    assert "Words." in book.pages[0].markdown


def test_a_parser_that_a_page_names_is_no_module(tmp_path: Path) -> None:
    """Docutils would import whatever ``:parser:`` names."""
    text = "T\n=\n\n.. include:: part.txt\n   :parser: {}\n\nAfter.\n"
    files = {"conf.py": "project = 'T'\n", "part.txt": "Part.\n"}
    refused = book_of(tmp_path / "a", files | {"index.rst": text.format("sphinx.__main__")})
    assert "After." in refused.pages[0].markdown
    assert "Part." in book_of(tmp_path / "b", files | {"index.rst": text.format("rst")}).pages[0].markdown


def test_the_process_that_parses_is_told_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the environment it has what Python needs."""
    given = {"OPENAI_API_KEY": "k", "BOOKSIDE_SECRET": "s", "DATABASE_URL": "d", "MY_PATH": "p", "LC_ALL": "C.UTF-8"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert given.keys() & environment().keys() == {"LC_ALL"}
    assert environment()["PATH"] == os.environ["PATH"]


CHANGES = {
    "remove": "os.remove({victim!r})",
    "remove in a folder": "os.remove('victim', dir_fd=folder)",
    "rename": "os.rename({victim!r}, {work!r} + '/x')",
    "rmdir": "os.rmdir({empty!r})",
    "rmtree": "shutil.rmtree({empty!r})",
    "truncate": "os.truncate({victim!r}, 0)",
    "chmod": "os.chmod({victim!r}, 0)",
    "link": "os.link({victim!r}, {work!r} + '/x')",
    "symlink": "os.symlink('x', {outside!r} + '/x')",
    "mkdir": "os.mkdir({outside!r} + '/x')",
    "kill": "os.kill(os.getppid(), 0)",
    "database": "sqlite3.connect({victim!r})",
    "open": "open({victim!r})",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_process_that_parses_changes_nothing_outside_its_folder(tmp_path: Path, change: str) -> None:
    """Should code run there after all, it is refused what would harm; its own folder is its own."""
    work, outside = tmp_path / "work", tmp_path / "outside"
    work.mkdir()
    (outside / "empty").mkdir(parents=True)
    (outside / "victim").write_text("here")
    call = change.format(
        victim=str(outside / "victim"), empty=str(outside / "empty"), work=str(work), outside=str(outside)
    )
    program = (
        "import os, shutil, sqlite3\n"
        "from bookside.book.sphinx.confine import confine\n"
        f"folder = os.open({str(outside)!r}, os.O_RDONLY)\n"
        f"confine({str(work)!r}, {str(work)!r}, lambda path: None)\n"
        f"os.chdir({str(work)!r})\n"
        "os.mkdir('own')\nopen('own/a', 'w').close()\nos.rename('own/a', 'own/b')\nos.chmod('own/b', 0o600)\n"
        "os.remove('own/b')\nos.rmdir('own')\n"
        f"try:\n    {call}\nexcept PermissionError:\n    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "refused\n", done.stderr
    assert sorted(path.name for path in outside.iterdir()) == ["empty", "victim"]
    assert (outside / "victim").read_text() == "here"


@pytest.mark.parametrize("name", [".bookside/secret", "inner/.bookside/secret", "link.txt"])
def test_what_bookside_keeps_is_no_file_of_the_book(tmp_path: Path, name: str) -> None:
    """The folder of data may lie in the book's own; neither includes nor the readers of other kinds open it."""
    for folder in (".bookside", "inner/.bookside"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "secret").write_text("xyzzy")
    (tmp_path / "link.txt").symlink_to(tmp_path / ".bookside" / "secret")
    assert below(tmp_path, name) is None
    with pytest.raises(BookError, match="no such file"):
        read_text(tmp_path, name)
    text = f"T\n=\n\n.. include:: {name}\n\n.. literalinclude:: {name}\n\nAfter.\n"
    book = book_of(tmp_path, {"conf.py": "project = 'T'\n", "index.rst": text})
    assert "xyzzy" not in book.pages[0].markdown
    assert "After." in book.pages[0].markdown
    assert any("Bookside's own data" in problem.reason for problem in book.problems)


def test_what_bookside_keeps_is_not_served_and_not_included(tmp_path: Path) -> None:
    """Neither as a picture of a page, nor by an include of another kind of book."""
    (tmp_path / "src").mkdir()
    (tmp_path / ".bookside").mkdir()
    (tmp_path / ".bookside" / "a.png").write_text("xyzzy")
    assert file_in(tmp_path.resolve(), ".bookside/a.png") is None
    files = {"book.toml": "[book]\n", "src/SUMMARY.md": "[A](a.md)\n", "src/a.md": "{{#include ../.bookside/a.png}}\n"}
    book = book_of(tmp_path, files)
    assert "xyzzy" not in book.pages[0].markdown
    assert [problem.path for problem in book.problems] == ["src/a.md"]


def test_a_book_in_the_folder_of_data_is_a_book(tmp_path: Path) -> None:
    """Only what lies below the book's own folder counts: a book that was fetched into the data is read."""
    root = tmp_path / ".bookside" / "book"
    assert book_of(root, {"conf.py": "project = 'T'\n", "index.rst": "T\n=\n\nWords.\n"}).pages[0].url


def test_a_document_that_is_too_long_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    """Sphinx is not given it."""
    files = {"index.md": "# T\n\nWords.\n", "long.md": "# L\n\n" + "a" * (MAX_LINE_CHARS + 1)}
    book = book_of(tmp_path, SPHINX | files)
    assert [page.path for page in book.pages] == ["index.md"]
    problem = "long.md:3: the line is over 1,000,000 characters long: divide it"
    assert problem in [str(one) for one in book.problems]
