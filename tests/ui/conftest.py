"""Pages of this room without the rooms above it."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.utils import translation


def of_this_room(path: str) -> bool:
    """Whether a dotted path belongs to the frame: to this room, or to no room of ours."""
    return path.startswith("comptoir.ui.") or not path.startswith("comptoir.")


@pytest.fixture(autouse=True)
def _nothing_from_above(settings: LazySettings) -> None:
    """The frame stands by itself: no middleware and no context of other rooms takes part."""
    settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if of_this_room(path)]
    settings.CSRF_FAILURE_VIEW = "comptoir.ui.views.csrf_failure"
    templates = copy.deepcopy(settings.TEMPLATES)
    options = templates[0]["OPTIONS"]
    options["context_processors"] = [p for p in options["context_processors"] if of_this_room(p)]
    settings.TEMPLATES = templates


@pytest.fixture(autouse=True)
def _english_first() -> Iterator[None]:
    """A page in French asked for by one test does not make the next one French."""
    with translation.override("en"):
        yield
