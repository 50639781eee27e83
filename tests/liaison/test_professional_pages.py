"""What a professional sees and does: the day, an appointment, follow-ups, and what is on record of it."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    consent_case,
    member_case,
    open_day,
)
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"liaison:{name}", args=args)


def test_smoke(client: Client) -> None:
    professional = ProfessionalFactory.create()
    PolicyFactory.create()
    open_day(DAY, [professional])
    appointment = AppointmentFactory.create(cases=[consent_case(), member_case()])
    sign_in(client, professional.person)
    with time_machine.travel(at(DAY, 9, 50), tick=False):
        sign_in(client, professional.person)
        for address in (url("day"), url("day-on", DAY), url("served", appointment.reference), url("follow-ups")):
            response = client.get(address)
            assert response.status_code == 200, address
            print(response.content.decode()[3000:9000])
        r = client.post(url("served", appointment.reference), {"start": "1", "late": "3"})
        print(r.status_code, r.headers)
        r = client.post(url("served", appointment.reference), {"finish": "1"})
        print(r.status_code, r.content.decode()[3000:9000])
