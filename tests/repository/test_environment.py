"""Every variable that the product reads is explained in `.env.example`, with its default, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.repository import sources

READERS = {
    "text",
    "secret",
    "boolean",
    "integer",
    "port",
    "time_of_day",
    "choice",
    "words",
    "endpoint",
}
OURS = re.compile(r"COMPTOIR_[A-Z_]+|DATABASE_URL(_FILE)?")
LINE = re.compile(r"#?([A-Z_]+)=(.*)")


@dataclass(frozen=True)
class Read:
    """One place where a variable is read; the default if the place states a plain one."""

    variable: str
    where: str
    default: str | None = None


def reads() -> Iterator[Read]:
    for path in sources.modules("comptoir"):
        for node in ast.walk(sources.tree(path)):
            where = f"{sources.name(path)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call):
                yield from calls(node, where)
            elif isinstance(node, ast.Subscript) and is_environ(node.value):
                yield from named(node.slice, where)


def calls(node: ast.Call, where: str) -> Iterator[Read]:
    """`environment.text("NAME", "default")`, `os.environ.get("NAME")`."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    of_environ = isinstance(function, ast.Attribute) and is_environ(function.value)
    if not node.args or not (name in READERS or of_environ):
        return
    for read in named(node.args[0], where):
        yield Read(read.variable, where, default_of(node))
        if name == "secret":
            yield Read(f"{read.variable}_FILE", where)


def is_environ(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def named(node: ast.expr, where: str) -> Iterator[Read]:
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and OURS.fullmatch(node.value)
    ):
        yield Read(node.value, where)


def default_of(node: ast.Call) -> str | None:
    values = [keyword.value for keyword in node.keywords if keyword.arg == "default"]
    values = [*node.args[1:2], *values]
    if not values or not isinstance(values[0], ast.Constant) or values[0].value is None:
        return None
    value = values[0].value
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def example() -> dict[str, str]:
    lines = (sources.ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := LINE.fullmatch(line))}


def test_variables_are_found_where_they_are_read() -> None:
    """Otherwise the other tests would pass because they look at nothing."""
    found = {read.variable for read in reads()}

    assert {"COMPTOIR_PORT", "DATABASE_URL", "COMPTOIR_STATE", "COMPTOIR_SECRET_KEY_FILE"} <= found


def test_every_variable_read_is_explained() -> None:
    missing = {
        f"{read.variable} ({read.where})" for read in reads() if read.variable not in example()
    }

    assert not missing


def test_every_variable_explained_is_read() -> None:
    assert set(example()) <= {read.variable for read in reads()}


def test_the_defaults_shown_are_those_of_the_code() -> None:
    shown = example()

    wrong = {
        f"{read.variable}: {read.default!r} at {read.where}, {shown[read.variable]!r} shown"
        for read in reads()
        if read.default is not None and shown[read.variable] != read.default
    }

    assert not wrong


def test_every_explanation_stands_above_its_variable() -> None:
    """A line of words precedes each variable, directly or above those it is grouped with."""
    lines = (sources.ROOT / ".env.example").read_text(encoding="utf-8").splitlines()

    for number, line in enumerate(lines):
        if LINE.fullmatch(line):
            above = number - 1
            while LINE.fullmatch(lines[above]):
                above -= 1
            assert lines[above].startswith("# "), f"{line} has no explanation"
