"""The only place that reads ``conf.py`` without running it: assignments whose values its text alone tells."""

import ast
import re
from collections.abc import Callable
from typing import Any

from bookside.errors import BookError

MAX_CHARS = 200_000
"""No value that is put together may be longer."""

MAX_CHARS_OF_A_CALL = 2_000
"""Nor what a method of strings is given, as ``replace`` may multiply it."""

MAX_DEPTH = 60
ONLY_NAMES = re.compile(r"(?:[^%]|%s|%%)*")
ONLY_PLACES = re.compile(r"(?:[^{}]|\{\d?\})*")
STRING_METHODS = frozenset(
    {
        "capitalize",
        "format",
        "join",
        "lower",
        "lstrip",
        "partition",
        "removeprefix",
        "removesuffix",
        "replace",
        "rpartition",
    }
    | {"rsplit", "rstrip", "split", "splitlines", "strip", "title", "upper"}
)
LOOKED_UP = frozenset({("os", "environ", "get"), ("environ", "get"), ("os", "getenv"), ("getenv",)})
MARKS_OF_SPHINX = frozenset({"extensions", "project", "root_doc", "master_doc", "html_theme", "source_suffix"})


class CannotTell(Exception):
    """The value depends on code that would have to run."""


def read_conf(text: str, path: str) -> dict[str, Any]:
    """Names that ``text`` assigns at its top level, with those values that need no code to run.

    Strings, numbers, lists, mappings and what is put together from them are known, and so are names assigned before,
    ``+=``, ``.append`` and ``.extend``, the default of an environment variable, and methods of strings. A name whose
    last assignment cannot be told is left out.

    Raises:
        BookError: It is not Python.
    """
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = error.lineno if isinstance(error, SyntaxError) and error.lineno else 1
        raise BookError(path, line, f"not Python: {error.args[0] if error.args else error}") from error
    names: dict[str, Any] = {}
    for statement in module.body:
        run(statement, names)
    return names


def is_sphinx(values: dict[str, Any]) -> bool:
    """Whether these are the settings of a Sphinx site and not of some other program with a ``conf.py``."""
    return bool(MARKS_OF_SPHINX & values.keys())


def run(statement: ast.stmt, names: dict[str, Any]) -> None:
    """What one statement does to ``names``."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    assign(target.id, lambda: value_of(value, names), names)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            assign(name, lambda: value_of(value, names), names)
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
            assign(name, lambda: added(names[name], value_of(value, names)), names)
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="append" | "extend" as method), args=[argument]
            )
        ) if isinstance(names.get(name), list):
            try:
                given = value_of(argument, names)
                names[name] = [*names[name], given] if method == "append" else [*names[name], *given]
            except (CannotTell, TypeError):
                return  # the values before it still hold
        case _:
            return


def assign(name: str, value: Callable[[], Any], names: dict[str, Any]) -> None:
    """Give ``name`` its new value, or none where it cannot be told."""
    try:
        names[name] = value()
    except (CannotTell, TypeError, ValueError, LookupError, AttributeError, RecursionError, ArithmeticError):
        names.pop(name, None)


def value_of(node: ast.expr, names: dict[str, Any], depth: int = 0) -> Any:
    """The value of an expression.

    Raises:
        CannotTell: Only running it would tell.
    """
    if depth > MAX_DEPTH:
        raise CannotTell

    def inner(one: ast.expr) -> Any:
        return value_of(one, names, depth + 1)

    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.List(elts=items):
            return [inner(item) for item in items]
        case ast.Tuple(elts=items):
            return tuple(inner(item) for item in items)
        case ast.Set(elts=items):
            return {inner(item) for item in items}
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {inner(key): inner(value) for key, value in zip(keys, values, strict=True) if key is not None}
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return added(inner(left), inner(right))
        case ast.BinOp(left=ast.Constant(value=str() as left), op=ast.Mod(), right=right) if ONLY_NAMES.fullmatch(left):
            return limited(left % inner(right))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -inner(operand)
        case ast.JoinedStr(values=values):
            return limited("".join(piece(value, inner) for value in values))
        case ast.Subscript(value=value, slice=index) if not isinstance(index, ast.Slice):
            return inner(value)[inner(index)]
        case ast.Subscript(value=value, slice=ast.Slice(lower=lower, upper=upper, step=None)):
            return inner(value)[inner(lower) if lower else None : inner(upper) if upper else None]
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return {keyword.arg: inner(keyword.value) for keyword in keywords if keyword.arg}
        case ast.Call(func=func, args=args, keywords=[]) if path_of(func) in LOOKED_UP:
            return inner(args[1]) if len(args) == 2 else None
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=args, keywords=keywords) if (
            method in STRING_METHODS
        ):
            subject = inner(value)
            if keywords or not isinstance(subject, str) or (method == "format" and not ONLY_PLACES.fullmatch(subject)):
                raise CannotTell
            arguments = [inner(argument) for argument in args]
            if len(subject) + sum(len(str(argument)) for argument in arguments) > MAX_CHARS_OF_A_CALL:
                raise CannotTell
            return limited(getattr(subject, method)(*arguments))
        case _:
            raise CannotTell


def piece(node: ast.expr, inner: Callable[[ast.expr], Any]) -> str:
    """One part of an f-string; formats are not taken."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.FormattedValue(value=value, format_spec=None):
            return str(inner(value))
        case _:
            raise CannotTell


def path_of(node: ast.expr) -> tuple[str, ...]:
    """``("os", "environ", "get")`` for ``os.environ.get``."""
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=value, attr=name):
            return (*path_of(value), name)
        case _:
            return ("",)


def added(left: Any, right: Any) -> Any:
    """Two strings, lists, tuples or numbers put together."""
    for kind in (str, list, tuple, int):
        if isinstance(left, kind) and isinstance(right, kind):
            total: Any = left + right  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
            return limited(total)
    raise CannotTell


def limited(value: Any) -> Any:
    """``value``, unless it is too long to be a setting."""
    if isinstance(value, str | list | tuple) and len(value) > MAX_CHARS:  # pyright: ignore[reportUnknownArgumentType]
        raise CannotTell
    return value  # pyright: ignore[reportUnknownVariableType]
