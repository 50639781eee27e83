"""The house rules that a machine can check, over every file of the repository."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.template.loader import get_template

from tests.repository import sources

NAMES_WITHOUT_MEANING = {
    "utils",
    "util",
    "helpers",
    "services",
    "managers",
    "signals",
    "common",
    "misc",
    "base",
}
"""Drawers into which anything fits. What a module holds is its name."""

ZONE_LOOKUPS = re.compile(
    r"-?\w*(at|after)__"
    r"(date|time|(iso_)?year|quarter|month|week|(iso_)?week_day|day|hour|minute|second)(__\w+)?"
)
"""Lookups into an instant, for which PostgreSQL converts zones with data of its own.

Instants are named `…_at` or `…_after`, plain dates `…_on`: those convert nothing.
"""

PLACES_OF_THE_CLOCK = {"comptoir/ui/clock.py"}

TEMPLATES_FOUND_BY_NAME = re.compile(r"^(\d{3}(_csrf)?\.html|django/forms/.*)$")
"""Error pages, and widgets of the framework that are replaced."""


def spelled(*words: tuple[str, str]) -> str:
    """Alternatives of a pattern, spelled in two parts so that this file does not hold them itself."""
    return "|".join(map("".join, words))


OF_ONE_MACHINE = re.compile(spelled(("/wo", "rk/"), ("/ro", "ot/"), ("/home", "/[a-z]")))
OF_A_REGISTRY = re.compile(
    spelled(("py", "pi.org"), ("python", "hosted"), ("npm", "js.org"), ("npm", "js.com"))
)
OF_OUR_TOOLS = re.compile(
    rf"\b({spelled(('cla', 'ude'), ('anthro', 'pic'), ('chat', 'gpt'), ('copi', 'lot'))})\b",
    re.IGNORECASE,
)


def limit_of(path: Path) -> int:
    """The most lines a function may have."""
    parts = path.relative_to(sources.ROOT).parts
    if parts[:2] == ("comptoir", "domain"):
        return 30
    return 40 if "views" in parts or path.stem == "views" else 50


# --- Size and shape ---


def test_functions_are_short() -> None:
    """30 lines in the domain, 40 in views, 50 elsewhere, from `def` to the last line."""
    long = [
        f"{sources.name(path)}:{function.lineno} {function.name}: {length} lines"
        for path in sources.modules("comptoir", "tests", "scripts")
        for function in sources.functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > limit_of(path)
    ]

    assert not long


def test_modules_are_short() -> None:
    """400 lines, tests 600: then it becomes a folder of the same name."""
    long = [
        f"{sources.name(path)}: {length} lines"
        for path in sources.modules("comptoir", "tests", "scripts")
        if (length := path.read_text(encoding="utf-8").count("\n"))
        > (600 if path.relative_to(sources.ROOT).parts[0] == "tests" else 400)
    ]

    assert not long


def test_modules_are_named_after_what_they_hold() -> None:
    named = [
        sources.name(path)
        for path in sources.modules("comptoir", "tests", "scripts")
        if NAMES_WITHOUT_MEANING & {path.stem, *path.parent.relative_to(sources.ROOT).parts}
    ]

    assert not named


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [
        sources.name(path)
        for path in sources.modules("comptoir", "tests", "scripts")
        if sources.tree(path).body and ast.get_docstring(sources.tree(path)) is None
    ]

    assert not silent


def test_every_action_takes_its_arguments_by_keyword_and_is_told_the_time() -> None:
    """An action is what writes to the trail."""
    loose = []
    for path in sources.modules("comptoir"):
        if "actions" not in (path.stem, path.parent.name) or "audit" in path.parts:
            continue
        for function in sources.functions(path):
            if function.name.startswith("_") or not writes_to_trail(function):
                continue
            names = {argument.arg for argument in function.args.kwonlyargs}
            if function.args.args or "now" not in names:
                loose.append(f"{sources.name(path)}:{function.lineno} {function.name}")

    assert not loose


def test_only_actions_write_to_the_trail() -> None:
    """What is on record is written by the action that did it, or by the one for what was only seen."""
    others = [
        f"{sources.name(path)}:{function.lineno} {function.name}"
        for path in sources.modules("comptoir")
        if {"views", "forms", "queries", "permissions"} & {path.stem, path.parent.name}
        for function in sources.functions(path)
        if writes_to_trail(function)
    ]

    assert not others


def writes_to_trail(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "record"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "audit"
        for node in ast.walk(function)
    )


# --- Time ---


def test_postgresql_never_converts_zones() -> None:
    """Neither by lookups, nor by Trunc and Extract, nor in SQL of ours."""
    found = [
        f"{sources.name(path)}:{line} {what}"
        for path in sources.modules("comptoir")
        for line, what in conversions(sources.tree(path))
    ]

    assert not found


def conversions(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db.models"):
            names = [alias.name for alias in node.names]
            yield from ((node.lineno, n) for n in names if n.startswith(("Trunc", "Extract")))
        elif isinstance(node, ast.keyword) and converts(node.arg or ""):
            yield node.value.lineno, node.arg or ""
        elif isinstance(node, ast.Constant) and converts(node.value):
            yield node.lineno, str(node.value)[:60]


def converts(text: object) -> bool:
    """Whether it is a lookup, or SQL, that would have an instant converted."""
    if not isinstance(text, str):
        return False
    if re.search(r"\bat\s+time\s+zone\b|\bdate_trunc\s*\(", text, re.IGNORECASE):
        return True
    return ZONE_LOOKUPS.fullmatch(text) is not None


@pytest.mark.parametrize(
    "code",
    [
        "rows.filter(starts_at__date=day)",
        "rows.order_by('-at__hour')",
        "rows.filter(at__year__gte=2026)",
        "from django.db.models.functions import TruncDay",
        "SQL = 'SELECT at AT TIME ZONE zone'",
    ],
)
def test_a_conversion_would_be_noticed(code: str) -> None:
    assert list(conversions(ast.parse(code)))


def test_a_plain_date_may_be_looked_into() -> None:
    code = "rows.filter(on__year=2026, hours__day__on__lte=day, at__gte=now)"

    assert not list(conversions(ast.parse(code)))


def test_only_the_clock_asks_for_the_time() -> None:
    """Everything else is told `now`, so that it can be tested at any moment."""
    asking = [
        f"{sources.name(path)}:{node.lineno}"
        for path in sources.modules("comptoir")
        if sources.name(path) not in PLACES_OF_THE_CLOCK
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call) and asks_the_time(node.func)
    ]

    assert not asking


def asks_the_time(function: ast.expr) -> bool:
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    return (function.value.id, function.attr) in {
        ("timezone", "now"),
        ("timezone", "localtime"),
        ("timezone", "localdate"),
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("date", "today"),
    }


# --- Templates ---


def templates() -> Iterator[tuple[str, Path]]:
    """Every template of ours by the name it is loaded with."""
    for config in apps.get_app_configs():
        folder = Path(config.path) / "templates"
        if folder.is_relative_to(sources.ROOT / "comptoir"):
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    yield path.relative_to(folder).as_posix(), path


def test_every_template_is_used() -> None:
    """It is named by code or by another template, or replaces one of a library."""
    named = names_in_code() | names_in_templates()
    ours = {path for _name, path in templates()}
    idle = [
        name
        for name, path in templates()
        if not TEMPLATES_FOUND_BY_NAME.match(name)
        and not is_named(name, named)
        and not replaces_a_librarys(name, ours)
    ]

    assert not idle


def names_in_code() -> set[str]:
    """Every text in our Python, the fixed parts of composed ones among them."""
    return {
        node.value
        for path in sources.modules("comptoir")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def names_in_templates() -> set[str]:
    return {
        found
        for _name, path in templates()
        for found in re.findall(r"[\"']([\w/.-]+)[\"']", path.read_text(encoding="utf-8"))
    }


def is_named(name: str, named: set[str]) -> bool:
    """In full, without what a renderer appends (language, part, suffix), or by its folder."""
    stem = re.split(r"[._](?:en|fr|subject|body|text|html|txt)\b", name)[0]
    folder = Path(name).parent.as_posix()
    return not named.isdisjoint({name, stem, folder, f"{folder}/"})


def replaces_a_librarys(name: str, ours: set[Path]) -> bool:
    places = (Path(config.path) / "templates" / name for config in apps.get_app_configs())
    return any(place.is_file() and place not in ours for place in places)


def test_every_template_can_be_compiled() -> None:
    for name, _path in templates():
        if name.endswith((".html", ".txt")):
            get_template(name)


# --- Words that do not belong here ---


@pytest.mark.parametrize("pattern", [OF_ONE_MACHINE, OF_A_REGISTRY, OF_OUR_TOOLS])
def test_no_file_speaks_of_the_machine_it_was_written_on(pattern: re.Pattern[str]) -> None:
    """No path of one machine, no address of a package registry, no word about a writer's tools."""
    found = [
        f"{sources.name(path)}: {match[0]}"
        for path, text in sources.texts()
        if (match := pattern.search(text))
    ]

    assert not found
