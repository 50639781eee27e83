"""Statements written out once: prepared by the server, and several of them sent as one.

The ORM composes every statement anew, which takes longer than PostgreSQL takes to answer it. That is
no matter except where it happens on every request, or where others wait: a booking holds the lock
of its day until its last row is written (docs/adr/0009). What is here runs on Django's own
connection, inside its transactions, with its errors, and is counted where its queries are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import AutoField, Field, Model
from psycopg.types.numeric import Int8

M = TypeVar("M", bound=Model)

Values = Sequence[Any]


class _Prepared(psycopg.Cursor[Any]):
    """Values travel beside the statement and its plan is kept; Django's cursors write them into it."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> _Prepared:
        super().execute(query, params, prepare=True)
        return self


class _Numbered(psycopg.RawCursor[Any]):
    """The same for a text that names its values `$1`, `$2` and so on, as the server wants it.

    Of a text with `%s` for more than fifty values psycopg makes this anew each time.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> _Numbered:
        super().execute(query, params, prepare=True)
        return self


@contextmanager
def _sent(
    sql: str, values: Any, kind: type[_Prepared] | type[_Numbered] = _Prepared
) -> Iterator[CursorWrapper]:
    database = _database()
    database.ensure_connection()
    if database.queries_logged:
        # What Django's own cursor for this asks for, a prepared statement does not have.
        database.queries_log.append({"sql": sql, "time": ""})
    prepared: Any = kind(database.connection)
    with database.make_cursor(prepared) as cursor:
        cursor.execute(sql, values)
        yield cursor


def rows(sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    """The rows that a statement brings; `%s` or `%(name)s` stands where a value goes."""
    with _sent(sql, values) as cursor:
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def changed(sql: str, values: Values) -> int:
    """How many rows a statement has written."""
    with _sent(sql, values) as cursor:
        return int(cursor.rowcount)


_waiting: ContextVar[list[tuple[str, Values]] | None] = ContextVar("waiting", default=None)


@contextmanager
def together() -> Iterator[list[tuple[str, Values]]]:
    """Send everything that is written inside as one statement, at the end of the block.

    All of it is done or none: an error of any part is raised at the end. No part sees what another
    has written, nor may two change the same row. After an exception inside nothing is sent; nor is
    what was written before the list that the block gets is cleared.
    """
    assert _waiting.get() is None, "one at a time"
    waiting: list[tuple[str, Values]] = []
    token = _waiting.set(waiting)
    try:
        yield waiting
    finally:
        _waiting.reset(token)
    if waiting:
        texts, values = zip(*waiting, strict=True)
        with _sent(_as_one(texts), [value for part in values for value in part], _Numbered):
            pass


@contextmanager
def at_once() -> Iterator[None]:
    """Send what is written inside by itself, even within `together`: it is no part of that."""
    token = _waiting.set(None)
    try:
        yield
    finally:
        _waiting.reset(token)


def write(sql: str, values: Values) -> None:
    """Insert, update or delete, with `%s` where a value goes; inside `together`, with the others."""
    waiting = _waiting.get()
    if waiting is None:
        changed(sql, values)
    else:
        waiting.append((sql, values))


def insert(written: Sequence[Model], *, or_leave: bool = False) -> None:
    """Insert rows of one model; `or_leave` leaves alone what is there under the same key.

    A primary key that the database makes is not read back: draw it with `keys` where it is needed.
    """
    if not written:
        return
    database = _database()
    model, keyed = type(written[0]), written[0].pk is not None
    fields = _fields(model, keyed)
    values = [
        [_number(field.get_db_prep_save(field.pre_save(row, True), database)) for row in written]
        for field in fields
    ]
    single = len(written) == 1
    text = _insert_sql(model, keyed, single, or_leave)
    write(text, [value for (value,) in values] if single else values)
    for row in written:
        row._state.adding, row._state.db = False, database.alias


def keys(*models: type[Model]) -> list[int]:
    """A new primary key for each model, so that rows which name one another can be sent together."""
    ((*drawn,),) = rows(_keys_sql(models))
    return drawn


def columns(model: type[Model], alias: str) -> str:
    """The columns of a model's table under an alias, as `instance` takes them."""
    return ", ".join(f'{alias}."{field.column}"' for field in _fields(model, True))


def instance(model: type[M], values: Values) -> M:
    """A row of `columns` as the ORM would give it."""
    if converted := _converted(model):
        values = list(values)
        for place, field in converted:
            values[place] = field.from_db_value(values[place], None, _database())
    return model.from_db(DEFAULT_DB_ALIAS, _names(model), values)


def instances(models: Sequence[type[Model]], values: Values) -> list[Any]:
    """Rows of several models' `columns`, one after the other; None for one that was not joined."""
    found, first = [], 0
    for model in models:
        own = values[first : first + len(_names(model))]
        first += len(own)
        found.append(instance(model, own) if own[_place_of_key(model)] is not None else None)
    return found


def _database() -> BaseDatabaseWrapper:
    return connections[DEFAULT_DB_ALIAS]


def _number(value: Any) -> Any:
    """Numbers always as the same type: a statement is prepared for the types it was first sent with."""
    return Int8(value) if type(value) is int else value


@cache
def _fields(model: type[Model], keyed: bool) -> tuple[Field[Any, Any], ...]:
    fields = model._meta.local_concrete_fields
    return tuple(field for field in fields if keyed or not isinstance(field, AutoField))


@cache
def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in _fields(model, True))


@cache
def _converted(model: type[Model]) -> tuple[tuple[int, Any], ...]:
    """The fields that the ORM converts after reading, such as objects from JSON, by their place."""
    fields = enumerate(_fields(model, True))
    return tuple((place, field) for place, field in fields if hasattr(field, "from_db_value"))


@cache
def _place_of_key(model: type[Model]) -> int:
    return _names(model).index(model._meta.pk.attname)


@cache
def _insert_sql(model: type[Model], keyed: bool, single: bool, or_leave: bool) -> str:
    """One text for one row and one for any number of them, whose values come column by column.

    A connection keeps the plans of a hundred texts: they must not differ with the number of rows.
    """
    fields = _fields(model, keyed)
    names = ", ".join(f'"{field.column}"' for field in fields)
    end = " ON CONFLICT DO NOTHING" if or_leave else ""
    if single:
        source = f"VALUES ({', '.join(['%s'] * len(fields))})"
    else:
        # Without the length of a type: a value that is too long must be refused, not cut.
        types = (str(field.db_type(_database())).partition("(")[0] for field in fields)
        source = f"SELECT * FROM unnest({', '.join(f'%s::{name}[]' for name in types)})"
    return f'INSERT INTO "{model._meta.db_table}" ({names}) {source}{end}'


@lru_cache(maxsize=100)
def _as_one(texts: tuple[str, ...]) -> str:
    """Each but the last as a part of the last one's statement, with its values numbered through."""
    *before, last = texts
    parts = ", ".join(f"part_{number} AS ({text})" for number, text in enumerate(before))
    whole = f"WITH {parts} {last}" if before else last
    first, *rest = whole.split("%s")
    return first + "".join(f"${number}{text}" for number, text in enumerate(rest, start=1))


@cache
def _keys_sql(models: tuple[type[Model], ...]) -> str:
    drawn = (
        f"nextval(pg_get_serial_sequence('{model._meta.db_table}', '{model._meta.pk.column}'))"
        for model in models
    )
    return f"SELECT {', '.join(drawn)}"
