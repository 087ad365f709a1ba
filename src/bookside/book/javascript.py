"""The only place that reads JavaScript and TypeScript: the value that a configuration file exports, without running it.

Literals, constants of the same file, spreads, text put together, and the usual ways to write a path are followed.
Everything else is ``UNKNOWN``. ``process.env`` is empty, except that a site is built for production.
"""

import posixpath
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final, cast

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from bookside.errors import BookError


class Unknown:
    """A value that only running the program would tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
MAX_DEPTH = 200
WRAPPERS = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "await_expression"}
)
PATH_FUNCTIONS = frozenset({"require.resolve", "fileURLToPath", "path.resolve", "path.join", "resolve", "join"})
FUNCTIONS = frozenset({"function_declaration", "function_expression", "arrow_function", "generator_function"})
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


def exported(source: str, path: str) -> Any:
    """The value of ``export default`` or ``module.exports``; a function's is what it returns.

    Args:
        path: Named in the error.

    Raises:
        BookError: It is no JavaScript, with the line; or it exports nothing.
    """
    program = parser().parse(source.encode("utf-8", "replace")).root_node
    if program.has_error:
        raise BookError(path, first_error_line(program), "this is not JavaScript or TypeScript that can be read")
    expression = export_of(program)
    if expression is None:
        raise BookError(path, 1, "the file exports nothing: neither `export default` nor `module.exports`")
    return Evaluation(constants(program)).value(expression)


@cache
def parser() -> Parser:
    """Shared; TypeScript with JSX, which takes in JavaScript."""
    return Parser(Language(tree_sitter_typescript.language_tsx()))


def first_error_line(node: Node) -> int:
    """Line, from 1, of the first place that does not parse."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if found.is_error or found.is_missing:
            return found.start_point.row + 1
        waiting += [child for child in reversed(found.children) if child.has_error or child.is_missing]
    return 1


def export_of(program: Node) -> Node | None:
    """The expression that the file exports."""
    for statement in program.named_children:
        if statement.type == "export_statement" and any(child.type == "default" for child in statement.children):
            return statement.child_by_field_name("value") or statement.child_by_field_name("declaration")
        if statement.type == "expression_statement" and statement.named_children:
            assignment = statement.named_children[0]
            left = assignment.child_by_field_name("left")
            names = {"module.exports", "exports.default"}
            if assignment.type == "assignment_expression" and left is not None and text_of(left) in names:
                return assignment.child_by_field_name("right")
    return None


def constants(scope: Node) -> dict[str, Node]:
    """The named values and functions that a file or a function's body declares."""
    found: dict[str, Node] = {}
    for statement in scope.named_children:
        declared = statement.child_by_field_name("declaration") if statement.type == "export_statement" else statement
        if declared is None:
            continue
        if declared.type in {"lexical_declaration", "variable_declaration"}:
            for declarator in declared.named_children:
                name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
                if name is not None and value is not None and name.type == "identifier":
                    found[text_of(name)] = value
        elif declared.type == "function_declaration":
            name = declared.child_by_field_name("name")
            if name is not None:
                found[text_of(name)] = declared
    return found


def text_of(node: Node) -> str:
    """The node's source."""
    return (node.text or b"").decode("utf-8", "replace")


class Evaluation:
    """Values of expressions in one scope."""

    def __init__(self, names: dict[str, Node], depth: int = 0) -> None:
        self._names = names
        self._depth = depth

    def value(self, node: Node) -> Any:
        """The expression's value, as JSON would have it; ``UNKNOWN`` where only running the program would tell."""
        if self._depth > MAX_DEPTH:
            return UNKNOWN
        self._depth += 1
        try:
            return self._value(node)
        finally:
            self._depth -= 1

    def _value(self, node: Node) -> Any:
        kind = node.type
        if kind in WRAPPERS:
            return self.value(node.named_children[0])
        if kind in FUNCTIONS:
            return self._returned(node)
        if kind == "string":
            return text_in(node)
        if kind == "template_string":
            return self._template(node)
        if kind == "number":
            return number(text_of(node))
        if kind in {"true", "false"}:
            return kind == "true"
        if kind in {"null", "undefined"}:
            return None
        if kind == "array":
            return list(self._elements(node))
        if kind == "object":
            return self._object(node)
        if kind == "identifier":
            return self._named(text_of(node))
        if kind in {"member_expression", "subscript_expression"}:
            return self._member(node)
        if kind == "call_expression":
            return self._call(node)
        if kind in {"binary_expression", "ternary_expression", "unary_expression"}:
            return self._operation(node)
        return UNKNOWN

    def _named(self, name: str) -> Any:
        if name == "undefined":
            return None
        if name == "__dirname":
            return "."
        found = self._names.get(name)
        return UNKNOWN if found is None else self.value(found)

    def _elements(self, node: Node) -> Iterator[Any]:
        for child in node.named_children:
            if child.type == "spread_element":
                spread = self.value(child.named_children[0])
                yield from cast("list[Any]", spread) if isinstance(spread, list) else [UNKNOWN]
            elif child.type != "comment":
                yield self.value(child)

    def _object(self, node: Node) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for child in node.named_children:
            if child.type == "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and value is not None:
                    made[self._key(key)] = self.value(value)
            elif child.type == "spread_element":
                spread = self.value(child.named_children[0])
                made |= cast("dict[str, Any]", spread) if isinstance(spread, dict) else {}
            elif child.type == "shorthand_property_identifier":
                made[text_of(child)] = self._named(text_of(child))
            elif child.type == "method_definition":
                name = child.child_by_field_name("name")
                if name is not None:
                    made[self._key(name)] = UNKNOWN
        return made

    def _key(self, node: Node) -> str:
        if node.type == "string":
            return text_in(node)
        if node.type == "computed_property_name":
            return str(self.value(node.named_children[0]))
        return text_of(node)

    def _template(self, node: Node) -> Any:
        parts: list[str] = []
        for child in node.named_children:
            if child.type == "template_substitution":
                value = self.value(child.named_children[0])
                if isinstance(value, Unknown):
                    return UNKNOWN
                parts.append("" if value is None else str(value))
            else:
                parts.append(literal(child))
        return "".join(parts)

    def _member(self, node: Node) -> Any:
        source = text_of(node)
        if source.startswith("process.env"):
            return "production" if source in {"process.env.NODE_ENV", "process.env['NODE_ENV']"} else None
        owner = node.child_by_field_name("object")
        key = node.child_by_field_name("property") or node.child_by_field_name("index")
        if owner is None or key is None:
            return UNKNOWN
        value = self.value(owner)
        name = text_of(key) if key.type == "property_identifier" else self.value(key)
        return member(value, name)

    def _call(self, node: Node) -> Any:
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None or arguments is None or arguments.type != "arguments":
            return UNKNOWN
        name = text_of(function)
        given = list(self._elements(arguments))
        words = [part for part in given if isinstance(part, str)]
        if words and len(words) == len(given) and name in PATH_FUNCTIONS:
            return posixpath.join(words[0], *words[1:])
        if name in self._names:
            return self.value(self._names[name])
        return only_object(given)

    def _returned(self, function: Node) -> Any:
        body = function.child_by_field_name("body")
        if body is None:
            return UNKNOWN
        if body.type != "statement_block":
            return self.value(body)
        inner = Evaluation(self._names | constants(body), self._depth)
        for statement in body.named_children:
            if statement.type == "return_statement" and statement.named_children:
                return inner.value(statement.named_children[0])
        return UNKNOWN

    def _operation(self, node: Node) -> Any:
        if node.type == "ternary_expression":
            condition, yes, no = (node.child_by_field_name(n) for n in ("condition", "consequence", "alternative"))
            if condition is None or yes is None or no is None:
                return UNKNOWN
            known = self.value(condition)
            return UNKNOWN if isinstance(known, Unknown) else self.value(yes if known else no)
        operator = node.child_by_field_name("operator")
        sign = text_of(operator) if operator is not None else ""
        if node.type == "unary_expression":
            argument = node.child_by_field_name("argument")
            return unary(sign, self.value(argument)) if argument is not None else UNKNOWN
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return UNKNOWN
        return binary(sign, self.value(left), self.value(right))


def member(owner: Any, name: Any) -> Any:
    """A property of an object, or an item of an array."""
    if isinstance(owner, dict):
        return cast("dict[str, Any]", owner).get(str(name))
    if isinstance(owner, list) and isinstance(name, int):
        return dict(enumerate(cast("list[Any]", owner))).get(name, UNKNOWN)
    return UNKNOWN


def only_object(arguments: Sequence[Any]) -> Any:
    """What a call such as ``defineConfig({…})`` hands on; ``UNKNOWN`` for any other call."""
    if len(arguments) == 1 and isinstance(arguments[0], dict):
        return cast("dict[str, Any]", arguments[0])
    return UNKNOWN


def unary(sign: str, value: Any) -> Any:
    """``-1``, ``!true``."""
    if sign == "-" and isinstance(value, int | float):
        return -value
    return UNKNOWN if sign != "!" or isinstance(value, Unknown) else not value


def binary(sign: str, left: Any, right: Any) -> Any:
    """Texts put together, comparisons, and what stands in for a missing value."""
    if sign == "??":
        return right if left is None or isinstance(left, Unknown) else left
    if sign == "||":
        return right if isinstance(left, Unknown) or not left else left
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if sign in {"===", "=="}:
        return left == right
    if sign in {"!==", "!="}:
        return left != right
    return (right if left else left) if sign == "&&" else UNKNOWN


def number(source: str) -> int | float | Unknown:
    """A number literal."""
    text = source.replace("_", "").rstrip("n")
    try:
        return int(text, 0) if text.lower().startswith(("0x", "0o", "0b")) else int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return UNKNOWN


def text_in(node: Node) -> str:
    """A string literal's text; two escapes of UTF-16 are one character."""
    units = "".join(literal(child) for child in node.named_children)
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def literal(node: Node) -> str:
    """A piece of a string: its text, or the character that an escape stands for."""
    source = text_of(node)
    if node.type != "escape_sequence":
        return source
    code = source[1:]
    if code[0] in "xu":
        digits = code[1:].strip("{}")
        value = int(digits, 16) if digits else 0
        return chr(value) if value <= 0x10FFFF else "\ufffd"
    return ESCAPES.get(code, code)
