"""The many enquiries that lists are measured with are such as the centre has: whole, and in every state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comptoir.enquiries.models import Clock, Enquiry, Message, Referral, State
from comptoir.enquiries.queries import listing
from comptoir.people.models import Person
from tests.benchmarks import many
from tests.benchmarks.many import OPEN, Ground, Stretch
from tests.enquiries.factories import NOW, OFFICES, agent, line_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_they_are_whole() -> None:
    people = [agent().person.pk for _ in range(3)]
    ground = Ground(line_of().pk, line_of(OFFICES).pk, people)
    answered = (NOW - 10 * DAY, NOW - 5 * DAY)

    many.write(ground, Stretch(1_200, NOW - 20 * DAY, NOW - 10 * DAY, [State.ANSWERED], answered))
    many.write(ground, Stretch(400, NOW - 9 * DAY, NOW, OPEN))

    assert Enquiry.objects.count() == 1_600
    assert {Enquiry.objects.filter(state=state).count() for state in State} == {
        1_200, 320, 60, 20, 0,
    }  # fmt: skip
    assert not Enquiry.objects.filter(answered_at__lt=answered[0]).exists()
    assert Message.objects.count() == 1_600 + 1_200
    assert Clock.objects.count() == 2 * 1_600
    assert Clock.objects.running().count() == 2 * 380 + 20
    assert Referral.objects.open().count() > 0
    assert listing.late(Enquiry.objects.select_related("line"), {}, "", NOW).rows


def test_nothing_of_them_refers_to_what_is_not_there() -> None:
    """Triggers rest while they are written, and with them the checks of foreign keys."""
    ground = Ground(line_of().pk, line_of(OFFICES).pk, [agent().person.pk])
    many.write(ground, Stretch(1_100, NOW - 20 * DAY, NOW - 10 * DAY, [State.ANSWERED]))

    enquiries = Enquiry.objects.values("pk")
    assert not Clock.objects.exclude(enquiry__in=enquiries).exists()
    assert not Message.objects.exclude(enquiry__in=enquiries).exists()
    assert not Referral.objects.exclude(enquiry__in=enquiries).exists()
    assert {one.assignee_id for one in Enquiry.objects.all()} == set(ground.people)
    assert {one.owner for one in Referral.objects.select_related("owner")} == set(
        Person.objects.filter(pk__in=ground.people)
    )
