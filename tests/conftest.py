"""What every test gets: a database on demand, plain static files, an empty queue afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests import database

TRANSACTIONAL_FIXTURES = {"transactional_db", "live_server", "django_db_reset_sequences"}


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """This worker's database, cloned from the migrated template; replaces pytest-django's own."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    with django_db_blocker.unblock():
        name = database.create(worker)
    yield
    with django_db_blocker.unblock():
        database.drop(name)


@pytest.fixture(autouse=True)
def _nothing_left_in_the_queue(request: pytest.FixtureRequest) -> Iterator[None]:
    """Jobs and cache entries that a committing test wrote do not reach the next one."""
    marker = request.node.get_closest_marker("django_db")
    commits = bool(marker and (marker.kwargs.get("transaction") or marker.args[:1] == (True,)))
    commits = commits or not TRANSACTIONAL_FIXTURES.isdisjoint(request.fixturenames)
    if not commits:
        yield
        return
    blocker = request.getfixturevalue("django_db_blocker")
    request.getfixturevalue("django_db_setup")
    yield
    with blocker.unblock():
        database.empty_unmanaged_tables()


@pytest.fixture(scope="session", autouse=True)
def _plain_static_files() -> None:
    """Pages are rendered without a manifest of collected files, which only an installation has."""
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing folder
