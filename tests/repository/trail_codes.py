"""What the sources write to the trail, read out of their syntax: codes of actions, names in details."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from comptoir.liaison.models import Happening
from tests.repository import sources

PLACEHOLDERS: dict[str, tuple[str, ...]] = {
    "event.kind": tuple(Happening),
    "happened.kind": tuple(Happening),
    "kind": tuple(Happening),
    "change": ("added", "removed"),
    "what": ("added", "changed", "removed"),
}
"""What can stand in the place of a name inside a code: by how the sources write it."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Written:
    """One call that writes an event, where it stands."""

    path: Path
    call: ast.Call
    function: Function

    @property
    def place(self) -> str:
        return f"{sources.name(self.path)}:{self.call.lineno}"

    def argument(self, name: str) -> ast.expr | None:
        return next((word.value for word in self.call.keywords if word.arg == name), None)


def written() -> list[Written]:
    """Every call of `audit.record`, and every `Event` that is made by hand."""
    return [
        Written(path, node, function)
        for path in sources.modules("comptoir")
        if "audit" not in path.parts
        for function in sources.functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and _writes(node)
    ]


def _writes(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute):
        return ast.unparse(call.func) == "audit.record"
    has_action = any(word.arg == "action" for word in call.keywords)
    return isinstance(call.func, ast.Name) and call.func.id == "Event" and has_action


def codes(event: Written) -> set[str]:
    """The codes the call can write; a name that nobody explains stays, in braces, and fails the test."""
    action = event.argument("action")
    assert action is not None, event.place
    return set(_values(action, event.function, event.path))


def _values(node: ast.expr, inside: Function, path: Path) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _values(node.body, inside, path)
        yield from _values(node.orelse, inside, path)
    elif isinstance(node, ast.JoinedStr):
        yield from _joined(node.values, inside, path)
    elif isinstance(node, ast.FormattedValue):
        known = PLACEHOLDERS.get(ast.unparse(node.value))
        yield from known or _values(node.value, inside, path)
    elif isinstance(node, ast.Name):
        yield from _named(node.id, inside, path)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from _returned(node.func.id, path)
    else:
        yield f"{{{ast.unparse(node)}}}"


def _joined(parts: list[ast.expr], inside: Function, path: Path) -> list[str]:
    found = [""]
    for part in parts:
        found = [begun + rest for begun in found for rest in _values(part, inside, path)]
    return found


def _named(name: str, inside: Function, path: Path) -> Iterator[str]:
    """A local value, else an argument: then what the callers in the same module give."""
    local = [
        node.value
        for node in ast.walk(inside)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]
    given = [(value, inside) for value in local] or list(_given(name, inside, path))
    if not given:
        yield f"{{{name}}}"
    for value, where in given:
        yield from _values(value, where, path)


def _given(name: str, to: Function, path: Path) -> Iterator[tuple[ast.expr, Function]]:
    """What the calls of a function in its own module give for one of its arguments, and where."""
    positions = [argument.arg for argument in (*to.args.posonlyargs, *to.args.args)]
    for caller in sources.functions(path):
        for call in ast.walk(caller):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == to.name:
                by_name = [word.value for word in call.keywords if word.arg == name]
                by_place = call.args[positions.index(name) :][:1] if name in positions else []
                yield from ((value, caller) for value in by_name or by_place)


def _returned(name: str, path: Path) -> Iterator[str]:
    for function in sources.functions(path):
        if function.name == name:
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from _values(node.value, function, path)


def detail_names(event: Written) -> set[str]:
    """The names that the call writes into its detail, as far as it spells them."""
    detail = event.argument("detail")
    return {
        key.value
        for node in ast.walk(detail or ast.Tuple([]))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def detail_texts(event: Written) -> set[str]:
    """The arguments of type `str` that the call writes into its detail."""
    detail = event.argument("detail")
    arguments = event.function.args
    texts = {
        argument.arg
        for argument in (*arguments.args, *arguments.kwonlyargs)
        if argument.annotation is not None
        and ast.unparse(argument.annotation) in ("str", "str | None")
    }
    return {
        node.id
        for node in ast.walk(detail or ast.Tuple([]))
        if isinstance(node, ast.Name) and node.id in texts
    }
