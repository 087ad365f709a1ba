"""The only place that limits what ``{{ … }}`` of MyST may be: names and filters without arguments, and no code.

MyST gives every page's substitutions to Jinja without a sandbox, and a page can switch them on for itself. An attribute
of any value leads to all of Python, so whatever is more than a name is refused before it is made into a program.
"""

from types import SimpleNamespace
from typing import Any

import docutils.nodes
import jinja2
from docutils import parsers
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from myst_parser.mdit_to_docutils import base

PLAIN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter)
MAX_TOLD_CHARS = 80
INTERNAL = "env"
"""The name by which MyST hands over the whole of Sphinx."""


class NamesOnly(ImmutableSandboxedEnvironment):
    """Jinja for ``{{ key }}`` and ``{{ key | upper }}``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.globals: dict[str, Any] = {}

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> jinja2.Template:
        """The template.

        Raises:
            SecurityError: It is more than names, texts and filters.
        """
        tree = self.parse(source)
        for node in (tree, *tree.find_all(nodes.Node)):
            if not is_plain(node):
                raise SecurityError(f"{shortened(str(source))!r} is more than a name with filters, and is not run")
        return super().from_string(source, *args, **kwargs)


def shortened(text: str) -> str:
    """As much of ``text`` as a message has room for."""
    return text if len(text) <= MAX_TOLD_CHARS else text[:MAX_TOLD_CHARS] + "…"


def is_plain(node: nodes.Node) -> bool:
    """Whether the node of a template does no more than name a value or a filter."""
    if isinstance(node, nodes.Name):
        return node.name != INTERNAL and node.ctx == "load"
    if isinstance(node, nodes.Filter):
        return not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)
    return isinstance(node, PLAIN)


def limit_substitutions() -> None:
    """From here on, have MyST refuse templates that are more than names; it warns of them, and their words are kept."""
    refused: list[str] = []

    class Told(NamesOnly):
        def from_string(self, source: Any, *args: Any, **kwargs: Any) -> jinja2.Template:
            try:
                return super().from_string(source, *args, **kwargs)
            except SecurityError:
                refused.append(str(source))
                raise

    def render(self: Any, token: Any, inline: bool) -> None:
        known(self, token, inline)
        while refused:
            text = refused.pop()
            words = docutils.nodes.literal(text, text)
            self.current_node.append(words if inline else docutils.nodes.paragraph("", "", words))

    untyped: Any = base
    known: Any = untyped.DocutilsRenderer.render_substitution
    untyped.jinja2 = SimpleNamespace(Environment=Told, StrictUndefined=jinja2.StrictUndefined, nodes=nodes)
    untyped.DocutilsRenderer.render_substitution = render


def limit_parsers() -> None:
    """From here on, have docutils take no module for a parser that a page names, but those that it knows itself."""
    untyped: Any = parsers
    known: Any = untyped.get_parser_class
    names = frozenset(untyped.PARSER_ALIASES)

    def get_parser_class(parser_name: str) -> Any:
        if parser_name.lower() not in names:
            raise ImportError(f"Parser {parser_name!r} is not one of {', '.join(sorted(names))}")
        return known(parser_name)

    untyped.get_parser_class = get_parser_class
