"""How a view says that anybody may see it. Roles are known only upstairs: `people.permissions`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def public(view: View) -> View:
    """Declare a view that anybody may see."""
    view.allowed = "public"  # type: ignore[attr-defined]  # read by the repository test
    return view
