"""A page that has grown old changes nothing: what is shown is what is cancelled, moved or handed over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import pytest
import time_machine
from django.test import Client

from comptoir.liaison.actions import changing
from comptoir.liaison.models import Appointment, Reason, Side, Status
from comptoir.people.models import Role
from comptoir.roster.models import Professional
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    ProfessionalFactory,
    absent,
    at,
    delegate_of,
    move,
    open_day,
)
from tests.liaison.posted import said, url
from tests.people.factories import PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def appointment() -> Appointment:
    """At 10 on `DAY`; another tab moved it to 14:00 since the pages below were opened."""
    return AppointmentFactory.create()


@pytest.fixture
def delegate(client: Client, appointment: Appointment) -> Client:
    return sign_in(client, delegate_of(appointment.office))


@pytest.fixture
def lead(client: Client) -> Client:
    return sign_in(client, person_with(Role.TEAM_LEAD))


def typed(client: Client, address: str, **values: str) -> dict[str, str]:
    """What the page at this address sends, as it stands now."""
    form = client.get(address).context["form"]
    return {"seen": str(form["seen"].value()), **values}


class TestAnOffice:
    def test_cancels_only_what_its_page_showed(
        self, delegate: Client, appointment: Appointment
    ) -> None:
        address = url("cancel", appointment.reference)
        old = typed(delegate, address, reason="conflict", note="Budget day")
        move(appointment, at(DAY, 14))

        page = delegate.post(address, old)

        assert page.status_code == 422
        assert "Nothing was done: look at it as it stands now." in page.text
        assert "2:00" in said(page.text)
        appointment.refresh_from_db()
        assert (appointment.status, appointment.starts_at) == (Status.BOOKED, at(DAY, 14))

    def test_keeps_what_it_typed_and_can_decide_again(
        self, delegate: Client, appointment: Appointment
    ) -> None:
        address = url("cancel", appointment.reference)
        old = typed(delegate, address, reason="conflict", note="Budget day")
        move(appointment, at(DAY, 14))

        form = delegate.post(address, old).context["form"]
        again = {name: form[name].value() for name in ("seen", "reason", "note")}
        delegate.post(address, again)

        assert (again["reason"], again["note"]) == ("conflict", "Budget day")
        appointment.refresh_from_db()
        assert appointment.status == Status.CANCELLED

    def test_moves_only_what_its_page_showed(
        self, delegate: Client, appointment: Appointment
    ) -> None:
        address = url("move", appointment.reference)
        old = typed(delegate, address, start="2026-11-18T20:00Z", reason="conflict")
        move(appointment, at(DAY, 14))

        page = delegate.post(address, old)

        assert page.status_code == 422
        assert "Nothing was done: look at it as it stands now." in page.text
        assert page.context["form"]["reason"].value() == "conflict"
        appointment.refresh_from_db()
        assert appointment.starts_at == at(DAY, 14)

    @pytest.mark.parametrize("name", ["move", "cancel"])
    @pytest.mark.parametrize("seen", [None, "", "x", "-1"])
    def test_who_does_not_say_what_was_seen_changes_nothing(
        self, delegate: Client, appointment: Appointment, name: str, seen: str | None
    ) -> None:
        sent = {"start": "2026-11-18T20:00Z", "reason": "conflict"}

        page = delegate.post(
            url(name, appointment.reference), sent if seen is None else sent | {"seen": seen}
        )

        assert page.status_code == 422
        appointment.refresh_from_db()
        assert (appointment.status, appointment.sequence) == (Status.BOOKED, 0)

    def test_is_told_when_it_was_cancelled_in_the_meantime(
        self, delegate: Client, appointment: Appointment
    ) -> None:
        address = url("cancel", appointment.reference)
        old = typed(delegate, address, reason="conflict")
        delegate.post(address, old)

        page = delegate.post(address, old, follow=True)

        assert "it can no longer be changed" in page.text
        assert appointment.events.filter(kind="cancelled").count() == 1


class TestALead:
    def test_cancels_only_what_the_page_showed(
        self, lead: Client, appointment: Appointment
    ) -> None:
        address = url("centre-cancel", appointment.reference)
        old = typed(lead, address, reason="outage", note="Telephones down")
        move(appointment, at(DAY, 14))

        page = lead.post(address, old)

        assert page.status_code == 422
        assert "was moved or given to a colleague in the meantime. Nothing was done" in page.text
        form = page.context["form"]
        assert (form["reason"].value(), form["note"].value()) == ("outage", "Telephones down")
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED
        lead.post(address, {name: form[name].value() for name in ("seen", "reason", "note")})
        appointment.refresh_from_db()
        assert appointment.status == Status.CANCELLED

    @pytest.mark.parametrize("pressed", ["colleague", "start"])
    def test_rebooks_only_what_the_page_showed(self, lead: Client, pressed: str) -> None:
        """The absence still hits it; a colleague on the telephone has moved it there and back."""
        away = ProfessionalFactory.create()
        appointment = _with(away)
        absence = absent(away)
        colleague = ProfessionalFactory.create()
        open_day(DAY, [colleague], first=time(8), last=time(18))
        Appointment.objects.filter(pk=appointment.pk).update(sequence=1)
        sent = (
            {"professional": str(colleague.pk)}
            if pressed == "colleague"
            else {"start": "2026-11-18T20:00Z"}
        )

        address = url("rebook", absence.pk, appointment.reference)
        page = lead.post(address, {"seen": "0", **sent}, follow=True)

        assert "was moved or given to a colleague in the meantime. Nothing was done" in page.text
        appointment.refresh_from_db()
        assert (appointment.professional, appointment.sequence) == (away, 1)
        assert '<input type="hidden" name="seen" value="1">' in page.text


class TestTheActions:
    """Between loading the page's appointment and locking it, another request may still come first."""

    def test_what_was_seen_is_compared_under_the_lock(self, appointment: Appointment) -> None:
        by = PersonFactory.create()
        loaded = Appointment.objects.get(pk=appointment.pk)
        move(appointment, at(DAY, 14))

        for change in (
            lambda: changing.cancel_appointment(
                appointment=loaded,
                side=Side.OFFICE,
                reason=Reason.CONFLICT,
                by=by,
                now=NOW,
                seen=loaded.sequence,
            ),
            lambda: changing.move_appointment(
                appointment=loaded,
                starts_at=at(DAY, 15),
                minutes=30,
                side=Side.OFFICE,
                reason=Reason.CONFLICT,
                by=by,
                now=NOW,
                seed=1,
                seen=loaded.sequence,
            ),
            lambda: changing.reassign_appointment(
                appointment=loaded,
                reason=Reason.ABSENCE,
                by=by,
                now=NOW,
                seed=1,
                seen=loaded.sequence,
            ),
        ):
            with pytest.raises(changing.ChangedMeanwhile):
                change()

        appointment.refresh_from_db()
        assert (appointment.status, appointment.starts_at) == (Status.BOOKED, at(DAY, 14))

    def test_who_acts_on_what_was_just_read_need_not_say_so(self, appointment: Appointment) -> None:
        changing.cancel_appointment(
            appointment=appointment,
            side=Side.CENTRE,
            reason=Reason.OUTAGE,
            by=None,
            now=NOW,
        )

        assert Appointment.objects.get().status == Status.CANCELLED


def _with(professional: Professional) -> Appointment:
    """At 10 on `DAY` with this professional, who alone works then."""
    open_day(DAY, [professional])
    return AppointmentFactory.create()
