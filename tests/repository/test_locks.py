"""Rows are locked without their key, everywhere.

FOR UPDATE stops also those who only refer to a row, and they are told at their commit: a booking would
wait for its office, its person or its professional while it holds the day, or close a circle with
somebody who waits for that day. FOR NO KEY UPDATE keeps writers apart as well, and nobody else.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.repository import sources


def test_no_lock_takes_the_key_of_its_row() -> None:
    found = [
        f"{sources.name(path)}:{line}"
        for path in sources.modules("comptoir")
        for line in locks_with_key(sources.tree(path))
    ]

    assert not found


def locks_with_key(tree: ast.Module) -> Iterator[int]:
    """Where a row is locked with its key, by the ORM or in SQL of ours."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and takes_the_key(node):
            yield node.lineno


def takes_the_key(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and "for update" in node.value.lower()
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr != "select_for_update":
        return False
    return not any(
        keyword.arg == "no_key"
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is True
        for keyword in node.keywords
    )


@pytest.mark.parametrize(
    "code",
    [
        "Office.objects.select_for_update().get(pk=1)",
        "related.select_for_update(of=('self',)).get(pk=1)",
        "rows.select_for_update(no_key=False)",
        "SQL = 'SELECT id FROM people_office ORDER BY id FOR UPDATE'",
    ],
)
def test_a_lock_with_the_key_would_be_noticed(code: str) -> None:
    assert list(locks_with_key(ast.parse(code)))


def test_a_lock_without_the_key_is_none_of_them() -> None:
    code = "rows.select_for_update(of=('self',), no_key=True); SQL = 'SELECT 1 FOR NO KEY UPDATE'"

    assert not list(locks_with_key(ast.parse(code)))
