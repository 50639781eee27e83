"""Rules, open days, cases and appointments for tests: real rows, booked the way an office books.

Everything happens around `NOW`, a Monday at 9:00 in Montréal; `DAY` is the Wednesday after it. What
a test does not name is made: a rule that refuses nothing a test books by accident, a day with one
professional of both languages, a delegate of the office.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from comptoir.domain import grid
from comptoir.domain.grid import Grid
from comptoir.domain.periods import Period
from comptoir.liaison.actions import booking, changing, opening, serving, waiting
from comptoir.liaison.actions.booking import Wish
from comptoir.liaison.actions.bringing import Case
from comptoir.liaison.actions.waiting import Waits
from comptoir.liaison.models import (
    FOLLOWED_OUTCOMES,
    Allowance,
    Appointment,
    Apportionment,
    LegalBasis,
    Mode,
    Offer,
    Outcome,
    Policy,
    Reason,
    Side,
    Status,
    WaitingEntry,
)
from comptoir.people.models import Grant, Role
from comptoir.roster.models import (
    Absence,
    AbsenceKind,
    LineOfBusiness,
    OfferedHours,
    Professional,
    ReservedHours,
    ServiceDay,
)
from comptoir.ui import clock
from tests.people.factories import (
    LONG_AGO,
    GrantFactory,
    OfficeFactory,
    PersonFactory,
    person_with,
)

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
"""Monday 16 November 2026, 9:00 in Montréal."""

DAY = date(2026, 11, 18)
"""The Wednesday of that week, on which tests book unless they say otherwise."""

OPENS = time(8)
"""When the grid of a test's day begins, on the centre's clock."""

QUANTA = 40
"""Ten hours: until 18:00."""


def at(on: date, hour: int, minute: int = 0) -> datetime:
    """An instant on the centre's clock, in UTC as everything is stored."""
    return datetime.combine(on, time(hour, minute), clock.service_zone()).astimezone(UTC)


class PolicyFactory(DjangoModelFactory[Policy]):
    """The working values: two hours a day, four a week, ten business days ahead, 15 minutes' notice."""

    class Meta:
        model = Policy

    version = factory.Sequence(lambda n: 1001 + n)
    valid_from = date(2022, 1, 3)
    name_en = "Test rule"
    name_fr = "Règle d’essai"
    remark_en = "Tried out until the summer."
    remark_fr = "À l’essai jusqu’à l’été."
    minutes_per_day = 120
    minutes_per_week = 240
    lengths = factory.LazyFunction(lambda: [15, 30, 45, 60])
    horizon_business_days = 10
    least_notice_minutes = 15
    late_notice_minutes = 1440
    late_counts = True
    most_case_lines = 12
    hold_minutes = 5
    no_show_after_minutes = 10
    start_early_minutes = 15
    created_at = LONG_AGO

    class Params:
        generous = factory.Trait(minutes_per_day=600, minutes_per_week=3000)


class ProfessionalFactory(DjangoModelFactory[Professional]):
    """Somebody who takes appointments in both languages and holds the role."""

    class Meta:
        model = Professional
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    code = factory.Sequence(lambda n: f"test-{n:04}")
    languages = factory.LazyFunction(lambda: ["en", "fr"])
    time_zone = "America/Toronto"

    class Params:
        english = factory.Trait(languages=["en"])
        french = factory.Trait(languages=["fr"])

    @factory.post_generation
    def granted(self: Professional, create: bool, extracted: bool | None, **_: Any) -> None:
        """The role; `granted=False` leaves it out."""
        if create and extracted is not False:
            GrantFactory.create(person=self.person, professional=True)


def open_day(
    on: date = DAY,
    professionals: Iterable[Professional] = (),
    *,
    first: time = time(9),
    last: time = time(17),
) -> ServiceDay:
    """A published day on which these professionals (or a new one) offer `first` to `last`.

    For a day that is open already the professionals join it.
    """
    day, _ = ServiceDay.objects.get_or_create(
        on=on,
        defaults={
            "starts_at": at(on, OPENS.hour),
            "quanta": QUANTA,
            "published_at": LONG_AGO,
        },
    )
    for professional in list(professionals) or [ProfessionalFactory.create()]:
        offer(day, professional, first=first, last=last)
    return day


def offer(
    day: ServiceDay, professional: Professional, *, first: time = time(9), last: time = time(17)
) -> OfferedHours:
    """These hours of one professional on a day, in place of any offered before."""
    begin = (at(day.on, first.hour, first.minute) - day.starts_at) // grid.QUANTUM
    end = (at(day.on, last.hour, last.minute) - day.starts_at) // grid.QUANTUM
    hours, _ = OfferedHours.objects.update_or_create(
        day=day, professional=professional, defaults={"mask": grid.bits(begin, end - begin)}
    )
    return hours


def reserve(hours: OfferedHours, extra: Any, *, mask: int, offices: Iterable[int]) -> ReservedHours:
    """Keep a part of offered hours for some offices."""
    return ReservedHours.objects.create(
        hours=hours, extra=extra, mask=mask, offices=sorted(offices)
    )


def absent(
    professional: Professional,
    *,
    on: date = DAY,
    first: time = time(8),
    last: time = time(18),
    kind: AbsenceKind = AbsenceKind.SICK,
) -> Absence:
    """An absence on one day, its time taken off what is offered as publishing does."""
    absence = Absence.objects.create(
        professional=professional,
        kind=kind,
        starts_at=at(on, first.hour, first.minute),
        ends_at=at(on, last.hour, last.minute),
        entered_by=person_with(Role.TEAM_LEAD),
        entered_at=NOW,
    )
    for hours in OfferedHours.objects.filter(day__on=on, professional=professional):
        day = Grid(hours.day.starts_at, hours.day.quanta)
        hours.mask &= ~day.mask(Period(absence.starts_at, absence.ends_at))
        hours.save()
    return absence


def consent_case(**values: Any) -> Case:
    """A case with a written consent that holds on `DAY`."""
    return Case(
        **{
            "line_of_business": LineOfBusiness.STUDY,
            "question": "When will a decision be made?",
            "legal_basis": LegalBasis.CONSENT,
            "uci": "1122334455",
            "consent_signer": "Fictional Constituent",
            "consent_signed_on": date(2026, 11, 2),
            "consent_scope": "The study permit application",
            "consent_expires_on": date(2027, 11, 1),
            **values,
        }
    )


def member_case(**values: Any) -> Case:
    """A case spoken about under the provision for members of Parliament."""
    return Case(
        **{
            "line_of_business": LineOfBusiness.FAMILY,
            "question": "Is anything missing from the file?",
            "legal_basis": LegalBasis.MEMBER,
            "application_number": "F123456789",
            **values,
        }
    )


class AppointmentFactory(factory.Factory[Appointment]):
    """An appointment booked through `booking.book_appointment`, so that all that hangs on it exists.

    `status` takes it further, through the actions that a person would use. Raises what booking raises.
    """

    class Meta:
        model = Appointment

    office = factory.SubFactory(OfficeFactory)
    starts_at = factory.LazyFunction(lambda: at(DAY, 10))
    minutes = 30
    language = "en"
    mode = Mode.TELEPHONE
    telephone = factory.LazyAttribute(lambda o: "613-555-0100" if o.mode == Mode.TELEPHONE else "")
    video_link = factory.LazyAttribute(
        lambda o: "https://video.example/room" if o.mode == Mode.VIDEO else ""
    )
    cases = factory.LazyFunction(lambda: [consent_case()])
    by = factory.LazyAttribute(lambda o: delegate_of(o.office))
    now = NOW
    seed = 1
    status = Status.BOOKED

    @classmethod
    def _create(cls, model_class: type[Appointment], *args: Any, **values: Any) -> Appointment:
        status = values.pop("status")
        wish = Wish(
            **{
                name: values.pop(name)
                for name in (
                    "starts_at",
                    "minutes",
                    "language",
                    "mode",
                    "telephone",
                    "video_link",
                )
            }
        )
        if not Policy.objects.exists():
            PolicyFactory.create()
        on = clock.service_date(wish.starts_at)
        if not ServiceDay.objects.filter(on=on).exists():
            open_day(on)
        return in_status(booking.book_appointment(wish=wish, **values), status)


def delegate_of(office: Any) -> Any:
    """A person who acts for the office, made if there is none."""
    grant = Grant.objects.filter(office=office, role=Role.DELEGATE).select_related("person").first()
    return grant.person if grant else person_with(Role.DELEGATE, office=office)


def in_status(appointment: Appointment, status: Status) -> Appointment:
    """The booked appointment taken to `status` by the actions that lead there."""
    if status == Status.CANCELLED:
        return changing.cancel_appointment(
            appointment=appointment,
            side=Side.OFFICE,
            reason=Reason.NOT_NEEDED,
            by=appointment.booked_by,
            now=appointment.booked_at + timedelta(minutes=1),
        )
    if status == Status.NO_SHOW:
        return serving.record_no_show(
            appointment=appointment,
            by=appointment.professional.person,
            now=appointment.starts_at + timedelta(minutes=10),
        )
    if status in (Status.STARTED, Status.FINISHED):
        appointment = start(appointment)
    if status == Status.FINISHED:
        appointment = finish(appointment)
    return appointment


def move(appointment: Appointment, starts_at: datetime, **values: Any) -> Appointment:
    """Moved by its office, with a day or more of notice unless `now` says otherwise."""
    return changing.move_appointment(
        **{
            "appointment": appointment,
            "starts_at": starts_at,
            "minutes": appointment.minutes,
            "side": Side.OFFICE,
            "reason": Reason.CONFLICT,
            "by": appointment.booked_by,
            "now": NOW,
            "seed": 1,
            **values,
        }
    )


def start(appointment: Appointment, *, late: int = 0) -> Appointment:
    """Begun by its professional at its time, or when the office came."""
    return serving.start_appointment(
        appointment=appointment,
        office_late_minutes=late,
        by=appointment.professional.person,
        now=appointment.starts_at + timedelta(minutes=late),
    )


def record(
    appointment: Appointment,
    outcome: Outcome = Outcome.ANSWERED,
    *,
    position: int = 1,
    **values: Any,
) -> Any:
    """The outcome of one case of a started appointment."""
    followed = outcome in FOLLOWED_OUTCOMES
    case_line = appointment.case_lines.get(position=position)
    return serving.record_outcome(
        **{
            "case_line": case_line,
            "read": case_line.version,
            "outcome": outcome,
            "answer": "The file is with the visa office.",
            "advice": "",
            "task": "Ask the visa office" if followed else "",
            "due_on": clock.service_date(appointment.starts_at) + timedelta(days=14)
            if followed
            else None,
            "by": appointment.professional.person,
            "now": appointment.starts_at + timedelta(minutes=15),
            **values,
        }
    )


def finish(appointment: Appointment, *, after_minutes: int = 20) -> Appointment:
    """Every case answered and the appointment ended."""
    for case_line in appointment.case_lines.filter(outcome=""):
        record(appointment, position=case_line.position)
    return serving.finish_appointment(
        appointment=appointment,
        by=appointment.professional.person,
        now=appointment.starts_at + timedelta(minutes=after_minutes),
    )


def booked_with(professional: Professional, hour: int = 10, **values: Any) -> Appointment:
    """An appointment at this hour of `DAY`, when nobody else offers anything."""
    day = open_day(DAY, [professional])
    others = OfferedHours.objects.filter(day=day).exclude(professional=professional)
    masks = {hours.pk: hours.mask for hours in others}
    others.update(mask=0)
    appointment = AppointmentFactory.create(starts_at=at(DAY, hour), **values)
    for pk, mask in masks.items():
        OfferedHours.objects.filter(pk=pk).update(mask=mask)
    assert appointment.professional == professional
    return appointment


def end_consent(appointment: Appointment, on: date, *, position: int = 1) -> Appointment:
    """The consent of a case as if it ended on this day: the office had entered it wrongly."""
    appointment.case_lines.filter(position=position).update(consent_expires_on=on)
    return appointment


def rely_on_the_provision(appointment: Appointment, *, position: int = 1) -> Appointment:
    """A case as if it were brought under the provision for members, whoever its office is."""
    appointment.case_lines.filter(position=position).update(
        legal_basis=LegalBasis.MEMBER,
        consent_signer="",
        consent_signed_on=None,
        consent_scope="",
        consent_expires_on=None,
    )
    return appointment


def follow_up(*, done: bool = False, task: str = "Ask the visa office", **values: Any) -> Any:
    """Something left to do after a finished appointment; `values` are the outcome's."""
    appointment = values.pop("appointment", None) or AppointmentFactory.create()
    if appointment.status == Status.BOOKED:
        appointment = start(appointment)
    recorded = record(appointment, Outcome.REFERRED, task=task, **values)
    finish(appointment)
    made = recorded.follow_up
    if done:
        serving.complete_follow_up(
            follow_up=made, result="It was done.", by=appointment.professional.person, now=NOW
        )
    return made


def apportion(quanta: dict[Any, int], *, on: date = date(2026, 1, 5)) -> Apportionment:
    """Allowances of these offices in quanta a week, in force from a day on."""
    policy = Policy.objects.get()
    made = Apportionment.objects.create(
        valid_from=on, policy=policy, capacity=sum(quanta.values()), made_at=LONG_AGO
    )
    Allowance.objects.bulk_create(
        Allowance(apportionment=made, office=office, need=float(allowed), quanta=allowed)
        for office, allowed in quanta.items()
    )
    return made


def waits(**values: Any) -> Waits:
    """Half an hour at any time of `DAY`, asked first."""
    whole: dict[str, Any] = {
        "first_on": DAY,
        "last_on": DAY,
        "from_time": time(6),
        "until_time": time(20),
        "least_quanta": 2,
        "most_quanta": 2,
        "language": "en",
        "least_notice_minutes": 0,
        "auto_accept": False,
        "mode": Mode.TELEPHONE,
        "telephone": "613-555-0100",
    }
    return Waits(**{**whole, **values})


def waiting_entry(office: Any = None, *, now: datetime = NOW, **values: Any) -> WaitingEntry:
    """An office on the waiting list; a rule and a day of hours are made if there are none."""
    office = office or OfficeFactory.create()
    if not Policy.objects.exists():
        PolicyFactory.create()
    if not ServiceDay.objects.filter(on=values.get("first_on", DAY)).exists():
        open_day(values.get("first_on", DAY))
    cases = values.pop("cases", None) or [consent_case()]
    return waiting.wait(
        office=office, waits=waits(**values), cases=cases, by=delegate_of(office), now=now
    )


def opening_wish(office: Any = None, *, now: datetime = NOW, **values: Any) -> WaitingEntry:
    """A wish for the day that opens, under a rule that collects wishes."""
    office = office or OfficeFactory.create()
    return opening.wish(
        office=office,
        waits=waits(**values),
        cases=[consent_case()],
        by=delegate_of(office),
        now=now,
    )


def open_offer(office: Any = None, **values: Any) -> Offer:
    """Time that is offered to an office on the waiting list at this moment."""
    return waiting_entry(office, **values).offers.get()
