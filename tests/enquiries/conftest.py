"""The addresses of the agents' own pages, where those pages are not there yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import clear_url_caches, path

from comptoir.enquiries import urls


def _nothing(request: HttpRequest, **arguments: str) -> HttpResponse:
    return HttpResponse()


@pytest.fixture(autouse=True)
def pages_of_the_work() -> Iterator[None]:
    """Links lead to an enquiry and to the work of an agent."""
    known = {pattern.name for pattern in urls.urlpatterns}
    added = [
        path(route, _nothing, name=name)
        for route, name in (("work/", "work"), ("work/enquiries/<slug:reference>/", "enquiry"))
        if name not in known
    ]
    urls.urlpatterns.extend(added)
    clear_url_caches()
    yield
    for pattern in added:
        urls.urlpatterns.remove(pattern)
    clear_url_caches()
