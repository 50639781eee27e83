"""What every test gets: a database on demand, plain static files, no trace of the test before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from tests import database

# A loaded machine makes an example slow, and no law false.
settings.register_profile("comptoir", parent=settings(), deadline=None)
settings.load_profile("comptoir")

BLOCKER = pytest.StashKey[DjangoDbBlocker]()
TRANSACTIONAL_FIXTURES = {"transactional_db", "live_server", "django_db_reset_sequences"}


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """This worker's database, cloned from the migrated template; replaces pytest-django's own."""
    request.config.stash[BLOCKER] = django_db_blocker
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    with django_db_blocker.unblock():
        name = database.create(worker)
    yield
    with django_db_blocker.unblock():
        database.drop(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """After a test that commits, and after the flush that follows it: nothing reaches the next one.

    A hook, since fixtures of ours would be torn down before pytest-django's.
    """
    try:
        yield
    finally:  # also when the test's end has failed: the next one is innocent
        blocker = item.config.stash.get(BLOCKER, None)
        if blocker is not None and nextitem is not None and _commits(item):
            with blocker.unblock():
                database.restore()


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    marked = bool(marker and (marker.kwargs.get("transaction") or marker.args[:1] == (True,)))
    return marked or not TRANSACTIONAL_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def _plain_static_files() -> None:
    """Pages are rendered without a manifest of collected files, which only an installation has."""
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing folder


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A page asked for in French by one test leaves no French behind for the next."""
    from django.utils import timezone, translation

    with translation.override("en"), timezone.override(None):
        yield
