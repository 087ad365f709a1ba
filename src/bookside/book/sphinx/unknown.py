"""The only place for markup that no loaded extension knows: its words are kept, and its name is told once.

What an extension would make of a directive cannot be known, but many of them are widespread: tabs, cards, diagrams,
cells of notebooks, what is taken from docstrings. Their words are put in a form that reads well.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles

SILENT = frozenset(
    {"bibliography", "contribute", "tableofcontents", "thebe-button", "thebe-init", "tags", "raw-cell", "update-toc"}
    | {"currentmodule", "testsetup", "testcleanup", "plot", "jupyter-kernel", "gallery", "minigallery", "feed", "glue:"}
)
"""They stand for what only a build makes, or for nothing that is read."""

LITERAL = {
    "code-cell": "default",
    "code-tab": "default",
    "ipython": "python",
    "jupyter-execute": "python",
    "execute_code": "python",
    "prompt": "console",
    "mermaid": "mermaid",
    "graphviz": "dot",
    "digraph": "dot",
    "graph": "dot",
    "uml": "plantuml",
    "plantuml": "plantuml",
    "blockdiag": "",
    "autosummary": "",
    "tikz": "latex",
    "chartjs": "",
    "typer": "",
    "argparse": "",
    "click": "",
    "runblock": "",
    "opcode": "",
}
"""Directives whose content is code, with its language; an empty one is taken from the argument where it is a word."""

LANGUAGE_IN_ARGUMENT = frozenset({"code-cell", "code-tab", "prompt"})
TITLED = frozenset(
    {
        "admonition",
        "card",
        "collapse",
        "details",
        "dropdown",
        "example",
        "exercise",
        "expander",
        "grid-item-card",
        "group-tab",
    }
    | {"md-tab-item", "solution", "step", "tab", "tab-item", "theorem", "toggle"}
)
TITLED_PREFIXES = ("proof:", "prf:")
PLAIN_ROLES = frozenset({"", "abbr", "doc", "ref", "term"})

LIKE_CODE = re.compile(
    r"\s*(?:[$%>#@] |>>>|[\w.]+\(.*\)\s*$|[\w.]+\s*=\s*\S|.*[;{}]\s*$|(?:def|class|import|from|return)\s)"
)
ERROR, NOTHING = 3, 5
"""Levels of docutils: what loses words, and what is never reached."""

Tell = Callable[[str, str, int], None]
"""Takes what is not known (``directive 'x'``), the file, and the line."""


class AnyOptions(dict[str, Any]):
    """Options of which nothing is known: every name is one."""

    def __bool__(self) -> bool:
        return True

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> Callable[[Any], Any]:
        return str


def keep_unknown(tell: Tell) -> None:
    """Have docutils, and with it Sphinx and MyST, use the classes below where it knows no directive or role."""
    known_directive: Any = directives.directive
    known_role: Any = roles.role

    def directive(name: str, language: Any, document: Any) -> tuple[Any, list[Any]]:
        found, messages = known_directive(name, language, document)
        if found is not None:
            return found, messages
        return type("Unknown", (KeptDirective,), {"tell": staticmethod(tell)}), []

    def role(name: str, language: Any, line: int, reporter: Any) -> tuple[Any, list[Any]]:
        found, messages = known_role(name, language, line, reporter)
        if found is not None:
            return found, messages
        return kept_role(tell), []

    untyped_directives: Any = directives
    untyped_roles: Any = roles
    untyped_directives.directive = directive
    untyped_roles.role = role


class KeptDirective(Directive):
    """A directive whose extension is not loaded."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[Any] = AnyOptions()
    tell: ClassVar[Tell]

    def run(self) -> list[Any]:
        """Its words: code as code, the rest as it would stand without the directive."""
        name = self.name.lower()
        argument = " ".join(str(self.arguments[0]).split()) if self.arguments else ""
        if name in SILENT:
            return []
        if name in LITERAL:
            if any(tag in str(self.options.get("tags", "")) for tag in ("remove-cell", "remove-input")):
                return []
            return list(self._literal(LITERAL[name], argument, in_argument=name in LANGUAGE_IN_ARGUMENT))
        if name.startswith("auto"):
            self._tell(name)
            return [nodes.literal_block(argument, argument, language="python")] if argument else []
        is_titled = name in TITLED or name.startswith(TITLED_PREFIXES)
        if not is_titled and name not in PLAIN:
            self._tell(name)
        return [*self._title(argument, strong=is_titled), *self._content()]

    def _tell(self, name: str) -> None:
        source, line = self.state_machine.get_source_and_line(self.lineno)
        type(self).tell(f"directive {name!r}", str(source), int(line or self.lineno))

    def _literal(self, language: str, argument: str, *, in_argument: bool) -> Iterator[Any]:
        text = "\n".join(self.content)
        if in_argument:
            language, argument = argument.split()[0].strip("{}") if argument else language, ""
        if argument and not text:
            text = argument
        if text.strip():
            yield nodes.literal_block(text, text, language=language or "none")

    def _title(self, words: str, *, strong: bool) -> Iterator[Any]:
        if not words:
            return
        found, messages = self.state.inline_text(words, self.lineno)
        yield nodes.paragraph("", "", nodes.strong("", "", *found)) if strong else nodes.paragraph("", "", *found)
        yield from messages

    def _content(self) -> list[Any]:
        """The content as markup; as it was written where it is none."""
        lines = [line for line in self.content if line.strip()]
        if not lines:
            return []
        if sum(1 for line in lines if LIKE_CODE.match(line)) * 2 >= len(lines):
            return self._as_written()
        reporter: Any = self.state.document.reporter
        box = nodes.container()
        box.document = self.state.document
        shown, reporter.report_level = reporter.report_level, NOTHING
        try:
            self.state.nested_parse(self.content, self.content_offset, box)
        finally:
            reporter.report_level = shown
        if any(message["level"] >= ERROR for message in box.findall(nodes.system_message)):
            return self._as_written()
        return list(box.children)

    def _as_written(self) -> list[Any]:
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text, language="default")]


PLAIN = frozenset(
    {"avail", "availability", "button-link", "button-ref", "card-carousel", "div", "full-width", "grid", "grid-item"}
    | {
        "impl-detail",
        "margin",
        "md-tab-set",
        "only",
        "panels",
        "sd-tab-set",
        "sidebar",
        "tab-set",
        "tab-set-code",
        "tabs",
    }
    | {"tabbed", "ifconfig", "epigraph"}
)
"""Directives that only place their content."""


def kept_role(tell: Tell) -> Callable[..., tuple[list[Any], list[Any]]]:
    """A role whose extension is not loaded: ``title`` of ``title <target>``, as code where it names a thing."""

    def run(
        name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = None
    ) -> tuple[list[Any], list[Any]]:
        words = nodes.unescape(text)
        title = words.rpartition("<")[0].strip() if words.endswith(">") and "<" in words[1:] else ""
        source = inliner.document.current_source or inliner.document["source"]
        tell(f"role {name!r}", str(source), int(lineno or 0))
        return [nodes.inline(rawtext, title or words.removeprefix("~").removeprefix("!"))], []

    return run
