"""``conf.py`` is read as far as its text tells, and never run."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookside.book.sphinx.conf import is_sphinx, read_conf
from bookside.book.sphinx.found import find_project, sphinx_folder
from bookside.book.sphinx.project import Options
from bookside.errors import BookError


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = 'a' 'b'", "ab"),
        ("x = ['a'] + ['b']\nx += ['c']\nx.append('d')\nx.extend(['e'])", ["a", "b", "c", "d", "e"]),
        ("v = '1.2.3'\nx = '.'.join(v.split('.')[:2])", "1.2"),
        ("v = 'b'\nx = f'a{v}'", "ab"),
        ("v = 'b'\nx = 'a%s' % v", "ab"),
        ("v = 'b'\nx = 'a{}'.format(v)", "ab"),
        ("import os\nx = os.environ.get('HOME', 'default')", "default"),
        ("x = dict(a=1, b=(2, -3))", {"a": 1, "b": (2, -3)}),
        ("x: str = 'a'", "a"),
        ("x = y = 'a'", "a"),
    ],
)
def test_values_that_the_text_tells_are_known(source: str, value: object) -> None:
    """Literals and what is put together from them."""
    assert read_conf(source, "conf.py")["x"] == value


@pytest.mark.parametrize(
    "source",
    [
        "x = open('/etc/passwd').read()",
        "x = __import__('os').system('true')",
        "x = 'a'\nx = compute()",
        "x = 'a' * 10**9",
        "x = 'a'.ljust(10**9)",
        "x = '%999999999d' % 1",
        "x = '{:999999999}'.format(1)",
        "x = ('a' * 3).format()",
        "v = 'aaaaaaaaaa'\n" + "v = v.replace('a', 'aaaaaaaaaa')\n" * 30 + "x = v",
        "x = [y for y in range(3)]",
        "x = " + "(" * 150 + "1" + "+1)" * 150,
        "if True:\n    x = 1",
    ],
)
def test_values_that_only_running_would_tell_are_left_out(source: str) -> None:
    """Nothing is called, and nothing grows without bound."""
    assert "x" not in read_conf(source, "conf.py")


@given(st.text(max_size=60) | st.from_regex(r"[a-z]{1,3} = [\[\](){}'\",a-z0-9+.% ]{0,30}", fullmatch=True))
def test_any_text_is_read_or_refused_with_a_line(source: str) -> None:
    """Whatever the file holds, there are values or an error with its line."""
    try:
        values = read_conf(source, "conf.py")
    except BookError as error:
        assert error.line >= 1  # noqa: PT017 - either is right
    else:
        assert isinstance(values, dict)


def test_only_a_sphinx_sites_configuration_counts(tmp_path: Path) -> None:
    """Another program's ``conf.py`` does not make a folder a Sphinx site; one in ``docs/source`` does."""
    (tmp_path / "conf.py").write_text("DEBUG = True\n")
    assert not is_sphinx(read_conf("DEBUG = True\n", "conf.py"))
    assert sphinx_folder(tmp_path) is None
    (tmp_path / "docs" / "source").mkdir(parents=True)
    (tmp_path / "docs" / "source" / "conf.py").write_text("project = 'x'\n")
    assert sphinx_folder(tmp_path) == "docs/source"


def test_only_settings_and_extensions_that_are_safe_are_handed_on(tmp_path: Path) -> None:
    """Extensions that import code or ask other hosts are not loaded; notebooks and MyST have parsers that are."""
    (tmp_path / "conf.py").write_text(
        "project = 'x'\nextensions = ['sphinx.ext.autodoc', 'sphinx.ext.intersphinx', 'myst_nb', 'sphinx.ext.todo']\n"
        "html_theme = 'furo'\nintersphinx_mapping = {'python': ('https://docs.python.org/3', None)}\n"
        "myst_heading_anchors = 2\nlocale_dirs = ['/etc']\n"
    )
    project = find_project(tmp_path, Options())
    assert project.extensions == ("sphinx.ext.todo", "myst_parser")
    assert project.settings.keys() == {"project", "myst_heading_anchors", "source_suffix"}
    assert project.settings["source_suffix"] == {
        ".rst": "restructuredtext",
        ".md": "markdown",
        ".ipynb": "bookside_notebook",
    }
