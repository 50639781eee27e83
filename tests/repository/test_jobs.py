"""Work that is done by itself: every room's is known to the worker, and runs once at a time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from procrastinate.contrib.django import app

from tests.repository import sources


def declared() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef, dict[str, Any]]]:
    """Every function of ours that is a task, with what its `app.task(…)` says."""
    for path in sources.modules("comptoir"):
        for function in sources.functions(path):
            for decorator in function.decorator_list:
                if isinstance(decorator, ast.Call) and called(decorator) == "app.task":
                    yield path, function, said(decorator)


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def said(node: ast.Call) -> dict[str, Any]:
    return {
        keyword.arg or "": keyword.value.value
        for keyword in node.keywords
        if isinstance(keyword.value, ast.Constant)
    }


def is_periodic(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(decorator, ast.Call) and called(decorator) == "app.periodic"
        for decorator in function.decorator_list
    )


def room(path: Path) -> str:
    return path.relative_to(sources.ROOT).parts[1]


def test_tasks_stand_in_the_module_where_the_worker_looks_for_them() -> None:
    elsewhere = [
        f"{sources.name(path)} {function.name}"
        for path, function, _ in declared()
        if path.stem != "jobs" and path.parent.name != "jobs"
    ]

    assert not elsewhere


def test_every_periodic_task_of_every_room_is_known_to_the_worker() -> None:
    ours = {values["name"] for _, function, values in declared() if is_periodic(function)}

    known = {periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()}

    assert len(ours) > 5
    assert ours <= known


def test_a_periodic_task_is_named_after_its_room_and_waits_only_once() -> None:
    """Two that wait would do the same thing twice; a name without its room is found by nobody."""
    wrong = [
        f"{sources.name(path)} {function.name}"
        for path, function, values in declared()
        if is_periodic(function)
        and not (
            values["name"].startswith(f"{room(path)}.")
            and values.get("queueing_lock") == values["name"]
        )
    ]

    assert not wrong


def test_nothing_is_logged_but_through_logging() -> None:
    """What is printed goes around everything that keeps personal data out of the logs."""
    speakers = {"site"}
    printing = [
        f"{sources.name(path)}:{node.lineno}"
        for path in sources.modules("comptoir")
        if room(path) not in speakers and "management" not in path.parts
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call) and called(node) in ("print", "sys.stderr.write")
    ]

    assert not printing
