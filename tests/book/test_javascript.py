"""Configuration files are read without being run."""

from typing import Any

import pytest

from bookside.book.javascript import UNKNOWN, exported
from bookside.errors import BookError


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (
            "export default {a: 1, 'b-c': [true, null, undefined, -2.5, 0x10]};",
            {"a": 1, "b-c": [True, None, None, -2.5, 16]},
        ),
        (
            "const x = 'it\\'s \\u00e9 \\uD83D\\uDE00'; module.exports = {x, y: `<${x}>`};",
            {"x": "it's é 😀", "y": "<it's é 😀>"},
        ),
        ("const a = {n: [1]}; const b = {...a, m: a.n[0]}; export default b as Config;", {"n": [1], "m": 1}),
        ("const f = () => ({a: 1} satisfies T); export default f;", {"a": 1}),
        ("export default async function make() { const u = '/x/'; return {u}; }", {"u": "/x/"}),
        (
            "module.exports = defineConfig({p: require.resolve('./s.js'), q: path.join(__dirname, 'docs')})",
            {"p": "./s.js", "q": "./docs"},
        ),
        ("export default {u: process.env.BASE ?? '/d/', v: process.env.BASE || '/e/'}", {"u": "/d/", "v": "/e/"}),
        ("export default process.env.NODE_ENV === 'production' ? '/live/' : '/'", "/live/"),
        ("import {x} from 'x'; export default {a: x, b: x.y(), c: 1}", {"a": UNKNOWN, "b": UNKNOWN, "c": 1}),
        ("const a = b; const b = a; export default {a}", {"a": UNKNOWN}),
    ],
)
def test_what_can_be_known_without_running_it_is_known(source: str, value: Any) -> None:
    assert exported(source, "config.js") == value


def test_a_mistake_is_named_with_its_line() -> None:
    with pytest.raises(BookError) as caught:
        exported("const a = 1;\n\nexport default {\n  a: ,\n};\n", "docusaurus.config.js")
    assert (caught.value.path, caught.value.line) == ("docusaurus.config.js", 4)
