"""Pages of lists that grow for years."""

from __future__ import annotations

from typing import TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property

Row = TypeVar("Row", bound=Model)

DEEPEST = 5_000
"""How far back a reader can page; older rows are reached with a filter. Counting all would be slow."""


class ShallowPaginator(Paginator[Row]):
    """Pages over the first rows only, so that a list of many years opens as fast as a new one."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Row] = self.object_list  # type: ignore[assignment]  # never a list here
        return rows[:DEEPEST].count()

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than can be paged to."""
        return self.count == DEEPEST
