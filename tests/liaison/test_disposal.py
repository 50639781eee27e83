"""Disposal of what is known of constituents: not a moment too early, and nothing left behind."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction
from django.test import Client

from comptoir.audit.models import Event
from comptoir.liaison.actions import changing, disposal, serving
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    CaseLine,
    Claim,
    Decision,
    FollowUp,
    OfficeWeek,
    Outcome,
    Reason,
    Side,
    Status,
)
from comptoir.people.models import Role
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    at,
    consent_case,
    delegate_of,
    finish,
    follow_up,
    member_case,
    record,
    start,
)
from tests.liaison.traces import traces
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)
LATER = at(DAY, 12) + timedelta(days=731)
"""When the nightly job runs: what was used last before noon of the day two years earlier goes."""

NAME, WORDS, UCI, NUMBER = "Zyxwolf", "Quibblethorn", "9988776655", "F987654321"
TELEPHONE, LINK = "613-555-0177", "https://video.example/zyxwolf-room"


def dispose(*, before: datetime, held: Any = ()) -> Counter[str]:
    return disposal.dispose_before(before=before, held=held, by=None, now=LATER)


def worked_through(**values: Any) -> Appointment:
    """An appointment whose every free field holds something of somebody's own."""
    cases = [
        consent_case(
            question=f"{NAME} asks {WORDS}", uci=UCI, consent_signer=NAME, consent_scope=WORDS
        ),
        member_case(question=WORDS, application_number=NUMBER),
    ]
    appointment = AppointmentFactory.create(**{"cases": cases, "telephone": TELEPHONE, **values})
    by = appointment.professional.person
    for case in appointment.case_lines.all():
        serving.prepare_case(
            case_line=case, preparation=f"{NAME}: {WORDS}", read="", by=by, now=NOW
        )
    start(appointment)
    record(appointment, Outcome.REFERRED, answer=WORDS, advice=NAME, task=f"Ask about {NAME}")
    made = record(appointment, Outcome.ACTION_REQUESTED, position=2, answer=NAME, task=WORDS)
    finish(appointment)
    for task in FollowUp.objects.filter(case_line__appointment=appointment):
        serving.complete_follow_up(
            follow_up=task, result=f"{NAME} was told", by=by, now=made.recorded_at
        )
    AppointmentEvent.objects.create(
        appointment=appointment, kind="moved", at=NOW, side=Side.CENTRE, note=f"{NAME} called"
    )
    return appointment


def last_use(appointment: Appointment) -> datetime:
    appointment.refresh_from_db()
    assert appointment.finished_at is not None
    return max(appointment.ends_at, appointment.finished_at)


# --- Nothing is left ---


def test_nothing_of_the_constituent_is_left_anywhere_in_the_database() -> None:
    appointment = worked_through()
    texts = (NAME, WORDS, UCI, NUMBER, TELEPHONE)
    assert {trace.split(": ")[1] for trace in traces(*texts)} == set(texts)

    done = dispose(before=last_use(appointment) + INSTANT)

    assert traces(*texts) == []
    assert done == Counter(appointments=1, cases=2, follow_ups=2)


def test_a_video_link_goes_as_a_telephone_number_does() -> None:
    appointment = worked_through(mode="video", telephone="", video_link=LINK)
    assert traces(LINK)

    dispose(before=last_use(appointment) + INSTANT)

    assert traces(LINK) == []


@pytest.mark.parametrize("model", [Appointment, AppointmentEvent])
def test_what_stays_holds_codes_only(model: type[models.Model]) -> None:
    """A free text that is added to these rows one day must be disposed of too: this test says so."""
    codes = {"reference", "language"}
    appointment = worked_through()

    dispose(before=last_use(appointment) + INSTANT)

    free = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not field.choices
        and field.name not in codes
    ]
    assert free
    for row in model._default_manager.values(*free):
        assert set(row.values()) == {""}


def test_the_appointment_its_decision_and_the_counters_stay_as_they_were() -> None:
    appointment = worked_through()
    end = last_use(appointment)

    def kept() -> Any:
        fields = ("reference", "office_id", "starts_at", "ends_at", "status", "booked_by_id")
        return (
            list(Appointment.objects.values(*fields)),
            list(Decision.objects.values()),
            list(OfficeWeek.objects.values("booked", "late")),
            Claim.objects.count(),
            list(AppointmentEvent.objects.order_by("pk").values("kind", "at", "by_id", "reason")),
        )

    before = kept()
    dispose(before=end + INSTANT)

    assert kept() == before
    appointment.refresh_from_db()
    assert appointment.disposed_at == LATER


def test_each_appointment_is_on_record_with_numbers_only() -> None:
    appointment = worked_through()

    dispose(before=last_use(appointment) + INSTANT)

    event = Event.objects.get(action="liaison.cases_disposed")
    assert (event.object_id, event.office_id) == (str(appointment.pk), appointment.office_id)
    assert (event.actor_id, event.at, event.detail) == (None, LATER, {"cases": 2})


def test_history_is_still_guarded_afterwards() -> None:
    appointment = worked_through()
    other = worked_through(office=appointment.office, starts_at=at(DAY, 14))
    dispose(before=last_use(appointment) + INSTANT)
    history = apps.get_model("liaison", "CaseLineEvent").objects.filter(appointment=other)
    assert history.exists()

    with pytest.raises(ProgrammingError), transaction.atomic():
        history.delete()
    with pytest.raises(ProgrammingError), transaction.atomic():
        AppointmentEvent.objects.filter(appointment=other).update(note="")


def test_doing_it_again_changes_nothing() -> None:
    appointment = worked_through()
    bound = last_use(appointment) + INSTANT
    dispose(before=bound)

    assert dispose(before=bound) == Counter()
    assert Event.objects.filter(action="liaison.cases_disposed").count() == 1


def test_more_than_a_batch_goes_in_several_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disposal, "BATCH", 2)
    office = OfficeFactory.create()
    for hour in (9, 10, 11, 14, 15):
        AppointmentFactory.create(office=office, starts_at=at(DAY, hour), minutes=15)

    done = dispose(before=at(DAY, 18))

    assert done == Counter(appointments=5, cases=5)
    assert not CaseLine.objects.exists()


# --- Nothing goes too early ---


def test_what_was_used_at_the_very_bound_stays() -> None:
    appointment = worked_through()
    untouched = traces(NAME)

    assert dispose(before=last_use(appointment)) == Counter()

    assert traces(NAME) == untouched


def test_the_end_of_an_appointment_that_ran_over_is_when_it_finished() -> None:
    appointment = start(AppointmentFactory.create())
    record(appointment)
    finish(appointment, after_minutes=90)

    assert dispose(before=appointment.ends_at + INSTANT) == Counter()
    assert dispose(before=last_use(appointment) + INSTANT)["cases"] == 1


def test_an_outcome_recorded_later_is_a_later_use() -> None:
    appointment = start(AppointmentFactory.create())
    late = appointment.ends_at + timedelta(hours=3)
    record(appointment, now=late)

    assert dispose(before=late) == Counter()
    assert dispose(before=late + INSTANT)["cases"] == 1


def test_a_case_with_an_open_follow_up_is_still_in_use() -> None:
    made = follow_up()

    assert dispose(before=LATER) == Counter()

    assert FollowUp.objects.filter(pk=made.pk).exists()
    assert CaseLine.objects.exists()


def test_a_follow_up_done_later_is_a_later_use() -> None:
    made = follow_up()
    done_at = at(DAY, 12) + timedelta(days=20)
    serving.complete_follow_up(
        follow_up=made, result="Told", by=person_with(Role.PROFESSIONAL), now=done_at
    )

    assert dispose(before=done_at) == Counter()
    assert dispose(before=done_at + INSTANT)["follow_ups"] == 1


def test_one_case_still_in_use_keeps_all_of_its_appointment() -> None:
    appointment = start(AppointmentFactory.create(cases=[consent_case(), member_case()]))
    late = appointment.ends_at + timedelta(days=1)
    record(appointment)
    record(appointment, position=2, now=late)

    assert dispose(before=late) == Counter()
    assert CaseLine.objects.count() == 2


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.NO_SHOW, Status.BOOKED])
def test_what_never_took_place_is_disposed_of_after_its_time(status: Status) -> None:
    appointment = AppointmentFactory.create(status=status)

    assert dispose(before=appointment.ends_at) == Counter()
    assert dispose(before=appointment.ends_at + INSTANT)["cases"] == 1


def test_other_appointments_are_not_touched() -> None:
    old = worked_through()
    new = AppointmentFactory.create(office=old.office, starts_at=at(DAY, 15))

    dispose(before=last_use(old) + INSTANT)

    new.refresh_from_db()
    assert new.disposed_at is None
    assert new.telephone
    assert new.case_lines.count() == 1


# --- Legal hold ---


def test_what_is_held_stays_whatever_its_age() -> None:
    held = worked_through()
    other = AppointmentFactory.create(starts_at=at(DAY, 15))
    untouched = traces(NAME)

    done = dispose(before=LATER, held={held.office_id})

    assert done["appointments"] == 1
    assert not other.case_lines.exists()
    assert traces(NAME) == untouched
    held.refresh_from_db()
    assert held.disposed_at is None


# --- What pages say afterwards ---


def test_the_office_reads_that_the_cases_are_gone(client: Client) -> None:
    appointment = worked_through()
    dispose(before=last_use(appointment) + INSTANT)
    sign_in(client, delegate_of(appointment.office))

    page = client.get(f"/en/appointments/{appointment.reference}/")

    text = page.content.decode()
    assert page.status_code == 200
    assert "were deleted for good" in text
    assert "Your question" not in text


def test_the_professional_can_still_open_it(client: Client) -> None:
    appointment = worked_through()
    dispose(before=last_use(appointment) + INSTANT)
    sign_in(client, appointment.professional.person)

    response = client.get(f"/en/day/appointments/{appointment.reference}/")

    assert response.status_code == 200


def test_a_cancelled_appointment_cannot_be_taken_up_again_to_write_into_it() -> None:
    """Disposal waits for nobody: whoever comes late finds no case to write to."""
    appointment = AppointmentFactory.create()
    case = appointment.case_lines.get()
    changing.cancel_appointment(
        appointment=appointment,
        side=Side.OFFICE,
        reason=Reason.NOT_NEEDED,
        by=appointment.booked_by,
        now=NOW,
    )
    dispose(before=appointment.ends_at + INSTANT)

    with pytest.raises(CaseLine.DoesNotExist), transaction.atomic():
        serving.prepare_case(
            case_line=case,
            preparation=NAME,
            read=case.version,
            by=appointment.professional.person,
            now=NOW,
        )

    assert traces(NAME) == []


def test_the_number_of_queries_does_not_grow_with_the_cases(
    django_assert_max_num_queries: Any,
) -> None:
    office = OfficeFactory.create()
    for hour in (9, 10, 11):
        AppointmentFactory.create(
            office=office,
            starts_at=at(DAY, hour),
            minutes=15,
            cases=[member_case() for _ in range(6)],
        )

    with django_assert_max_num_queries(40):
        dispose(before=at(DAY, 18))

    assert connection.in_atomic_block
