"""Which offices are proposed for a group: those above a break, those drawn, those that came first."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comptoir.domain import breaks
from comptoir.liaison.models import OfficeWeek
from comptoir.liaison.queries import choosing
from comptoir.people.models import Office
from tests.liaison.factories import NOW
from tests.people.factories import OfficeFactory

pytestmark = pytest.mark.django_db

THIS_WEEK = date(2026, 11, 16)


def booked(office: Office, quanta: int, weeks: range = range(1, 13)) -> None:
    """So much in each of the whole weeks before this one."""
    OfficeWeek.objects.bulk_create(
        OfficeWeek(
            office=office, week=THIS_WEEK - timedelta(weeks=age), booked=[0, quanta, 0, 0, 0, 0, 0]
        )
        for age in weeks
    )


def offices(*quanta: int) -> list[Office]:
    found = [OfficeFactory.create() for _ in quanta]
    for office, each in zip(found, quanta, strict=True):
        booked(office, each)
    return found


class TestBreak:
    def test_the_offices_above_it_are_proposed_with_its_evidence(self) -> None:
        busy, others = offices(60, 55, 50, 48), offices(9, 8, 8, 7, 7, 6, 6, 5)

        choice = choosing.by_break(seed=1, now=NOW)

        assert choice.offices == busy
        assert choice.found is not None
        volumes = {office.pk: [60, 55, 50, 48][place] for place, office in enumerate(busy)}
        volumes |= {office.pk: [9, 8, 8, 7, 7, 6, 6, 5][i] for i, office in enumerate(others)}
        expected = breaks.find_break({office: [12 * each] for office, each in volumes.items()})
        assert choice.found.rank == 4
        assert choice.found.p_value == pytest.approx(expected.p_value)
        assert all(choice.chances[office.pk] == 1 for office in busy)
        assert all(choice.chances[office.pk] == 0 for office in others)
        assert choice.near == []

    def test_the_volumes_are_ranked_with_their_natural_classes(self) -> None:
        offices(9, 50, 8, 60, 8, 20, 0)

        ranked = choosing.by_break(seed=1, now=NOW).ranked

        assert [(one.rank, one.minutes) for one in ranked] == [
            (rank, 12 * each * 15) for rank, each in enumerate((60, 50, 20, 9, 8, 8), start=1)
        ]
        assert [one.classes[0] for one in ranked] == [1, 1, 2, 2, 2, 2]
        assert [one.shade for one in ranked] == [1, 2, 3, 4, 4, 4]

    def test_there_are_no_more_classes_than_different_volumes(self) -> None:
        offices(40, 40, 40, 5, 5, 5)

        ranked = choosing.by_break(seed=1, now=NOW).ranked

        assert [one.classes for one in ranked] == 3 * [(1, None, None)] + 3 * [(2, None, None)]
        assert [one.shade for one in ranked] == [1, 1, 1, 2, 2, 2]

    def test_no_more_ranks_are_drawn_than_a_break_is_looked_for_among(self) -> None:
        offices(*range(50, 0, -1))

        assert [one.rank for one in choosing.by_break(seed=1, now=NOW).ranked] == [*range(1, 42)]

    def test_only_whole_weeks_of_the_last_twelve_count(self) -> None:
        offices(60, 55, 50, 48, 9, 8, 8, 7)
        late = OfficeFactory.create()
        booked(late, 500, range(13, 20))
        booked(late, 500, range(1))

        assert late not in choosing.by_break(seed=1, now=NOW).offices

    def test_who_is_at_the_line_is_named_beside_those_proposed(self) -> None:
        offices(60, 55, 50, 9, 8, 8, 7, 7, 6)
        unsteady = OfficeFactory.create()
        booked(unsteady, 90, range(1, 4))
        booked(unsteady, 0, range(4, 13))

        choice = choosing.by_break(seed=1, now=NOW)

        assert 0.1 <= choice.chances[unsteady.pk] < 1
        assert (unsteady in choice.offices) != (unsteady in choice.near)

    def test_the_resamples_come_from_the_seed(self) -> None:
        random = Random(1)
        for _ in range(10):
            one = OfficeFactory.create()
            for age in range(1, 13):
                booked(one, random.randint(1, 30), range(age, age + 1))

        first, again, other = (choosing.by_break(seed=seed, now=NOW) for seed in (5, 5, 6))

        assert first.chances == again.chances
        assert first.chances != other.chances

    @pytest.mark.parametrize("quanta", [(), (4, 4), (4, 4, 4, 4, 4, 4)])
    def test_where_nobody_parts_from_the_rest_nothing_is_proposed(
        self, quanta: tuple[int, ...]
    ) -> None:
        offices(*quanta)

        with pytest.raises(choosing.NoBreak):
            choosing.by_break(seed=1, now=NOW)

    def test_it_asks_the_same_number_of_queries_for_more_offices(self) -> None:
        counts = []
        for _ in range(2):
            offices(60, 55, 50, 48, 9, 8, 8, 7)
            with CaptureQueriesContext(connection) as sent:
                choosing.by_break(seed=1, now=NOW)
            counts.append(len(sent))

        assert counts[0] == counts[1]


class TestDrawn:
    def test_the_same_offices_are_drawn_again_from_the_same_seed(self) -> None:
        for _ in range(20):
            OfficeFactory.create()

        first, again, other = (choosing.drawn(count=5, seed=seed) for seed in (7, 7, 8))

        assert len(set(first.offices)) == 5
        assert first.offices == again.offices
        assert first.offices != other.offices

    def test_only_active_offices_are_drawn_and_no_more_than_there_are(self) -> None:
        active = OfficeFactory.create()
        OfficeFactory.create(suspended=True)

        assert choosing.drawn(count=1, seed=1).offices == [active]
        with pytest.raises(choosing.TooFewOffices) as found:
            choosing.drawn(count=2, seed=1)
        assert found.value.offices == 1


class TestSoftLaunch:
    def test_the_offices_that_came_first_begin(self) -> None:
        young = OfficeFactory.create(since=date(2025, 5, 1))
        old = [OfficeFactory.create(since=date(2020, 1, day)) for day in (3, 1, 2)]
        OfficeFactory.create(since=date(2019, 1, 1), closed=True)

        choice = choosing.first(3)

        assert set(choice.offices) == set(old)
        assert young not in choice.offices
        with pytest.raises(choosing.TooFewOffices):
            choosing.first(5)


class TestList:
    def test_offices_are_found_by_reference_and_those_that_are_none_are_named(self) -> None:
        first, second = OfficeFactory.create(), OfficeFactory.create()
        ended = OfficeFactory.create(suspended=True)

        assert set(choosing.by_list([second.reference, first.reference]).offices) == {first, second}
        with pytest.raises(choosing.UnknownOffices) as found:
            choosing.by_list([first.reference, "nobody", ended.reference, "nobody"])
        assert found.value.references == ["nobody", ended.reference]
