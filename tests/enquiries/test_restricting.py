"""What is restricted is seen by who is named, for a reason, for a while; for all others it is not there."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from comptoir.audit.models import Event, Verb
from comptoir.enquiries.actions import joining, reopening, restricting, taking
from comptoir.enquiries.actions.restricting import READ_FOR
from comptoir.enquiries.models import Enquiry, Named, Opening, State
from comptoir.notices.models import Notice
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, agent, ask_back, enquiry, in_hand, person, received
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
APPLICATION = "C000111222"


def restrict(found: Enquiry, *named: Person) -> Enquiry:
    return restricting.restrict(enquiry=found, named=named, by=named[0], now=NOW)


def open_it(found: Enquiry, by: Person, now: Any = NOW) -> Opening:
    return restricting.open_to_read(enquiry=found, reason="A minister asked", by=by, now=now)


def readable(found: Enquiry, by: Person, now: Any = NOW) -> bool:
    return Enquiry.objects.readable_by(by, now).filter(pk=found.pk).exists()


def openable(found: Enquiry, by: Person) -> bool:
    return Enquiry.objects.openable_by(by, NOW).filter(pk=found.pk).exists()


class TestRestricting:
    def test_names_these_and_nobody_else(self) -> None:
        owner, other, found = person(), person(), enquiry()

        restricted = restrict(found, owner)

        assert restricted.is_restricted
        assert openable(found, owner)
        assert not openable(found, other)
        assert not readable(found, owner)  # not before a reason is given

    def test_for_nobody_is_refused(self) -> None:
        found = enquiry()

        with pytest.raises(restricting.LastOneNamed):
            restricting.restrict(enquiry=found, named=[], by=person(), now=NOW)
        found.refresh_from_db()
        assert not found.is_restricted

    def test_takes_it_out_of_the_hands_of_who_is_not_named(self) -> None:
        by = agent()
        held = in_hand(by, enquiry())

        restricted = restrict(held, person())

        assert (restricted.state, restricted.assignee) == (State.WAITING, None)
        with pytest.raises(taking.NothingToTake):
            taking.take(agent=agent(), count=1, now=NOW)

    def test_leaves_it_in_the_hands_of_who_is_named(self) -> None:
        by = agent()
        held = in_hand(by, enquiry())

        assert restrict(held, by.person).assignee == by.person

    def test_of_one_on_hold_leaves_the_client_awaited_and_nobody_s_name_on_it(self) -> None:
        by = agent()
        held = in_hand(by, enquiry())
        ask_back(held, by)

        restricted = restrict(held, person())

        assert (restricted.state, restricted.assignee) == (State.ON_HOLD, None)

    def test_holds_for_the_one_it_is_part_of_and_for_its_parts(self) -> None:
        main, part, other = enquiry(), enquiry(), enquiry()
        for each in (part, other):
            each.state, each.joined_to = State.JOINED, main
            each.save()

        restrict(part, person())

        assert Enquiry.objects.unrestricted().count() == 0

    def test_holds_for_what_it_was_joined_to_after_it_was_read(self) -> None:
        by = agent()
        main, read = (in_hand(by, enquiry(email="same@clients.example")) for _ in range(2))
        joining.join(
            enquiry=Enquiry.objects.get(pk=read.pk),
            version=read.version,
            into=main,
            by=by.person,
            now=NOW,
        )

        restrict(read, person())

        assert Enquiry.objects.unrestricted().count() == 0

    def test_leaves_open_what_it_was_parted_from_after_it_was_read(self) -> None:
        main, read = enquiry(), enquiry()
        read.state, read.joined_to = State.JOINED, main
        read.save()
        Enquiry.objects.filter(pk=read.pk).update(state=State.WAITING, joined_to=None)

        restrict(read, person())

        assert Enquiry.objects.unrestricted().get() == main

    def test_again_names_more_and_changes_nothing_else(self) -> None:
        owner, second, found = person(), person(), enquiry()
        before = restrict(found, owner).version

        assert restrict(found, second).version == before
        assert openable(found, second)
        assert Event.objects.filter(action="enquiry.restricted").count() == 1

    def test_makes_what_was_read_before_stale(self) -> None:
        found = enquiry()

        assert restrict(found, person()).version == found.version + 1


class TestOpening:
    def test_is_for_a_while_and_then_a_reason_is_asked_again(self) -> None:
        owner, found = person(), enquiry()
        restrict(found, owner)

        open_it(found, owner)

        assert readable(found, owner, NOW + READ_FOR - MINUTE)
        assert not readable(found, owner, NOW + READ_FOR)

    def test_of_one_opens_it_to_no_other(self) -> None:
        owner, second, found, another = person(), person(), enquiry(), enquiry()
        restrict(found, owner, second)
        restrict(another, owner)

        open_it(found, owner)

        assert not readable(found, second)
        assert not readable(another, owner)

    def test_is_on_record_with_its_reason(self) -> None:
        owner, found = person(), enquiry()
        restrict(found, owner)

        opening = open_it(found, owner)

        assert opening.reason == "A minister asked"
        event = Event.objects.get(action="enquiry.opened_restricted")
        assert (event.verb, event.actor_id) == (Verb.SAW, owner.pk)
        assert event.object_id == str(found.pk)

    def test_by_who_is_not_named_is_refused_and_on_record(self) -> None:
        stranger, found = person(), enquiry()
        restrict(found, person())

        with pytest.raises(restricting.NotNamed):
            open_it(found, stranger)

        event = Event.objects.get(action="enquiry.opening_refused")
        assert (event.verb, event.actor_id) == (Verb.REFUSED, stranger.pk)
        assert not Opening.objects.exists()

    def test_of_what_everybody_reads_is_refused(self) -> None:
        with pytest.raises(restricting.NotRestricted):
            open_it(enquiry(), person())

    def test_a_team_lead_is_not_named_by_default(self) -> None:
        lead, found = person(Role.TEAM_LEAD), enquiry()
        restrict(found, person())

        with pytest.raises(restricting.NotNamed):
            open_it(found, lead)

    def test_can_never_be_changed_or_removed(self) -> None:
        owner, found = person(), enquiry()
        restrict(found, owner)
        open_it(found, owner)

        with pytest.raises(ProgrammingError), transaction.atomic():
            Opening.objects.update(reason="Another")
        with pytest.raises(ProgrammingError), transaction.atomic():
            Opening.objects.all().delete()


class TestNames:
    def test_are_given_by_who_is_named(self) -> None:
        owner, second, found = person(), person(), enquiry()
        restrict(found, owner)

        restricting.name(enquiry=found, person=second, by=owner, now=NOW)

        assert openable(found, second)

    def test_are_given_by_nobody_else(self) -> None:
        second, found = person(), enquiry()
        restrict(found, person())

        with pytest.raises(restricting.NotNamed):
            restricting.name(enquiry=found, person=second, by=second, now=NOW)
        assert not openable(found, second)

    def test_twice_are_once(self) -> None:
        owner, second, found = person(), person(), enquiry()
        restrict(found, owner)

        for _ in range(2):
            restricting.name(enquiry=found, person=second, by=owner, now=NOW)

        assert Named.objects.filter(person=second).count() == 1
        detail = {"person": second.pk}
        assert Event.objects.filter(action="enquiry.named", detail=detail).count() == 1

    def test_end_and_with_them_what_was_open(self) -> None:
        owner, second, found = person(), person(), enquiry()
        restrict(found, owner, second)
        open_it(found, second)

        restricting.end_naming(enquiry=found, person=second, by=owner, now=NOW)

        assert not readable(found, second)
        assert not openable(found, second)

    def test_of_the_last_one_never_end(self) -> None:
        owner, found = person(), enquiry()
        restrict(found, owner)

        with pytest.raises(restricting.LastOneNamed):
            restricting.end_naming(enquiry=found, person=owner, by=owner, now=NOW)
        assert openable(found, owner)

    def test_are_ended_by_nobody_who_is_not_named(self) -> None:
        owner, found = person(), enquiry()
        restrict(found, owner, person())

        with pytest.raises(restricting.NotNamed):
            restricting.end_naming(enquiry=found, person=owner, by=person(), now=NOW)

    def test_of_what_is_not_restricted_are_refused(self) -> None:
        owner, found = person(), enquiry()

        for act in (restricting.name, restricting.end_naming):
            with pytest.raises(restricting.NotRestricted):
                act(enquiry=found, person=owner, by=owner, now=NOW)

    def test_of_one_person_stand_once_at_a_time(self) -> None:
        owner, found = person(), enquiry()
        restrict(found, owner)

        with pytest.raises(IntegrityError), transaction.atomic():
            Named.objects.create(enquiry=found, person=owner, named_by=owner, named_at=NOW)


class TestAskedAgain:
    def test_it_is_attached_and_the_asker_is_told_so_but_no_agent_sees_it(self) -> None:
        owner = person()
        first = received(application_number=APPLICATION).enquiry
        restrict(first, owner)

        again = received(application_number=APPLICATION, body="And now?", now=NOW + MINUTE)

        assert again.is_duplicate
        assert again.enquiry == first
        assert Enquiry.objects.get().is_restricted
        notice = Notice.objects.get(kind="enquiries.asked_again")
        assert notice.address == first.asker_email
        with pytest.raises(taking.NothingToTake):
            taking.take(agent=agent(), count=1, now=NOW)
        assert not readable(first, agent().person)

    def test_what_waited_for_the_client_waits_for_who_is_named_only(self) -> None:
        by, owner = agent(), person()
        held = in_hand(by, enquiry())
        ask_back(held, by)
        found = restrict(held, owner)

        reopening.go_on(enquiry=found, at=NOW, now=NOW + MINUTE)

        assert found.state == State.WAITING
        with pytest.raises(taking.NothingToTake):
            taking.take(agent=agent(), count=1, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_who_end_one_another_at_once_leave_one() -> None:
    first, second = person(), person()
    found = enquiry()
    restrict(found, first, second)
    end = partial(restricting.end_naming, enquiry=found, now=NOW)

    rivals = [
        Rival(partial(end, person=second, by=first)),
        Rival(partial(end, person=first, by=second)),
    ]
    results = [rival.result() for rival in rivals]

    assert [isinstance(result, restricting.CannotRestrict) for result in results].count(True) == 1
    assert Named.objects.filter(enquiry=found, ended_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_joined_while_the_other_is_restricted_is_no_way_to_it() -> None:
    by = agent()
    main, part = (in_hand(by, enquiry(email="same@clients.example")) for _ in range(2))
    join = partial(joining.join, enquiry=part, version=part.version, into=main)

    with transaction.atomic():
        join(by=by.person, now=NOW)
        rival = Rival(partial(restrict, main, person()))
        assert rival.waits()
    rival.result()

    assert Enquiry.objects.unrestricted().count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_a_take_and_a_restriction_at_once_nobody_unnamed_keeps_it() -> None:
    owner, by, found = person(), agent(), enquiry()

    rivals = [
        Rival(partial(taking.take, agent=by, count=1, now=NOW)),
        Rival(partial(restrict, found, owner)),
    ]
    for rival in rivals:
        rival.result()

    found.refresh_from_db()
    assert (found.is_restricted, found.assignee) == (True, None)
