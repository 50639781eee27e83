"""The lock under which the schema changes: one at a time, and waiting for it stops nobody."""

from __future__ import annotations

import threading

import pytest

from comptoir.site import direct
from tests.site.houses import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def test_whoever_comes_second_waits_and_hinders_nothing() -> None:
    """An index made concurrently waits for every session inside a statement of its own."""
    asked, done = threading.Event(), threading.Event()

    def come_second() -> None:
        asked.set()
        with direct.alone():
            done.set()

    second = threading.Thread(target=come_second)
    with direct.alone(), direct.connect() as session:
        second.start()
        assert asked.wait(PATIENCE)
        session.execute("SET statement_timeout = '20s'")
        session.execute("CREATE TABLE thing (id int)")
        session.execute("CREATE INDEX CONCURRENTLY thing_id ON thing (id)")
        session.execute("DROP TABLE thing")
        assert not done.is_set()

    assert done.wait(PATIENCE)
    second.join()


def test_a_sound_database_has_no_reason_to_be_unreachable() -> None:
    assert direct.why_unreachable() is None
