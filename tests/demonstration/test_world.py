"""The demonstration world: the same from the same seed, true to every rule, and only where it belongs."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from comptoir.audit.models import Event, Verb
from comptoir.demonstration import loading, offices, people, signing_in
from comptoir.demonstration.names import Namer
from comptoir.demonstration.scale import FULL, SMALL
from comptoir.domain import business_days
from comptoir.liaison.actions import counting
from comptoir.liaison.models import (
    FOLLOWED_OUTCOMES,
    LIVE_STATUSES,
    Appointment,
    AppointmentEvent,
    Apportionment,
    CaseLine,
    Claim,
    Decision,
    FollowUp,
    Happening,
    OfficeWeek,
    Policy,
    Status,
)
from comptoir.liaison.queries import days
from comptoir.liaison.queries.offices import recent_refusals, shares_on
from comptoir.notices.models import Notice
from comptoir.people.models import (
    STAFF_ROLES,
    Chamber,
    Grant,
    Language,
    Office,
    OfficeStatus,
    Person,
    Province,
    Role,
)
from comptoir.roster.models import OfferedHours, ServiceDay
from comptoir.ui import clock, navigation
from tests.people.factories import PersonFactory
from tests.people.signing_in import sign_in

MONDAY_NOON = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
CHRISTMAS_EVE = datetime(2026, 12, 24, 15, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> None:
    loading.load(now=MONDAY_NOON, seed=1, scale=SMALL)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def portrait() -> list[Any]:
    """All that matters of a world, without the keys that the database chose."""
    appointments = Appointment.objects.order_by("reference")
    return [
        list(Person.objects.order_by("email").values_list("name", "email", "language")),
        list(Office.objects.order_by("reference").values_list("reference", "legislator", "status")),
        list(OfferedHours.objects.order_by("day__on", "professional__code").values_list("mask")),
        list(
            appointments.values_list(
                "reference", "uid", "office__reference", "professional__code", "starts_at", "status"
            )
        ),
        list(
            CaseLine.objects.order_by("appointment__reference", "position").values_list(
                "question", "uci", "consent_signer", "outcome"
            )
        ),
        list(Decision.objects.order_by("at", "office", "pk").values_list("at", "reason", "seed")),
        sorted(AppointmentEvent.objects.values_list("at", "kind", "late_quanta")),
    ]


# --- The same, and another ---


def test_the_same_seed_and_moment_give_the_same_world() -> None:
    portraits = []
    for _ in range(2):
        with undone():
            loading.load(now=MONDAY_NOON, seed=7, scale=SMALL)
            portraits.append(portrait())

    assert portraits[0] == portraits[1]
    assert all(portraits[0])


def test_another_seed_gives_another_world() -> None:
    portraits = []
    for seed in (7, 8):
        with undone():
            loading.load(now=MONDAY_NOON, seed=seed, scale=SMALL)
            portraits.append(portrait())

    assert portraits[0][3] != portraits[1][3]


@pytest.mark.parametrize("now", [SUNDAY, CHRISTMAS_EVE])
def test_a_world_made_on_a_quiet_day_is_as_true(now: datetime) -> None:
    loading.load(now=now, seed=3, scale=SMALL)

    assert Appointment.objects.filter(status=Status.BOOKED, starts_at__gt=now).exists()
    assert counting.recount(OfficeWeek.objects.values_list("week", flat=True)) == []


# --- True to the rules ---


@pytest.mark.usefixtures("world")
def test_the_counters_say_what_a_recount_says() -> None:
    weeks = set(OfficeWeek.objects.values_list("week", flat=True))

    assert len(weeks) > SMALL.weeks
    assert counting.recount(weeks) == []


@pytest.mark.usefixtures("world")
def test_claims_exist_for_live_appointments_only_and_cover_them_exactly() -> None:
    assert not Claim.objects.exclude(appointment__status__in=LIVE_STATUSES).exists()
    claimed = defaultdict(set)
    for claim in Claim.objects.all():
        claimed[claim.appointment_id].add((claim.professional_id, claim.starts_at))
    live = Appointment.objects.filter(status__in=LIVE_STATUSES)

    assert live.count() > 50
    for appointment in live:
        expected = {
            (appointment.professional_id, appointment.starts_at + i * timedelta(minutes=15))
            for i in range(appointment.quanta)
        }
        assert claimed[appointment.pk] == expected


@pytest.mark.usefixtures("world")
def test_nothing_is_claimed_that_was_not_offered() -> None:
    """By the masks, and by the grid: the bit of a claim is the place of its instant."""
    for claim in Claim.objects.select_related("hours__day"):
        place = (claim.starts_at - claim.hours.day.starts_at) // timedelta(minutes=15)
        assert claim.bit == 1 << place
        assert claim.hours.mask & claim.bit
        assert claim.hours.professional_id == claim.professional_id


@pytest.mark.usefixtures("world")
def test_no_office_has_more_live_time_than_the_rule_gives_it() -> None:
    rule = Policy.objects.get(version=1)
    by_day: Counter[tuple[int, date]] = Counter()
    weeks: Counter[tuple[int, date]] = Counter()
    for appointment in Appointment.objects.filter(status__in=LIVE_STATUSES):
        on = clock.service_date(appointment.starts_at)
        by_day[appointment.office_id, on] += appointment.minutes
        weeks[appointment.office_id, business_days.monday_of(on)] += appointment.minutes

    assert max(by_day.values()) <= rule.minutes_per_day
    assert max(weeks.values()) <= rule.minutes_per_week


@pytest.mark.usefixtures("world")
def test_professionals_speak_the_language_of_their_appointments() -> None:
    for appointment in Appointment.objects.select_related("professional"):
        assert appointment.language in appointment.professional.languages


@pytest.mark.usefixtures("world")
def test_nothing_was_booked_before_its_day_was_published_or_within_the_least_notice() -> None:
    for event in AppointmentEvent.objects.filter(kind=Happening.BOOKED).select_related(
        "appointment__day"
    ):
        moved = event.appointment.events.filter(kind=Happening.MOVED).exists()
        if not moved:
            appointment = event.appointment
            assert appointment.day.published_at <= event.at
            assert event.at + timedelta(minutes=15) <= appointment.starts_at


@pytest.mark.usefixtures("world")
def test_nothing_happened_in_the_future_and_nothing_past_is_left_open() -> None:
    assert not AppointmentEvent.objects.filter(at__gt=MONDAY_NOON).exists()
    assert not Decision.objects.filter(at__gt=MONDAY_NOON).exists()
    assert not FollowUp.objects.filter(done_at__gt=MONDAY_NOON).exists()
    assert not Event.objects.filter(at__gt=MONDAY_NOON).exists()
    over = Appointment.objects.filter(ends_at__lt=MONDAY_NOON)
    assert not over.filter(status__in=[Status.BOOKED, Status.STARTED]).exists()


@pytest.mark.usefixtures("world")
def test_every_finished_case_has_its_outcome_and_no_other_case_has_one() -> None:
    finished = Q(appointment__status=Status.FINISHED)

    assert not CaseLine.objects.filter(finished, outcome="").exists()
    assert not CaseLine.objects.filter(~finished).exclude(outcome="").exists()
    assert (
        CaseLine.objects.filter(finished).count()
        == Event.objects.filter(verb=Verb.DISCLOSED).count()
    )


@pytest.mark.usefixtures("world")
def test_what_was_referred_or_asked_for_is_followed_up_by_a_date() -> None:
    followed = CaseLine.objects.filter(outcome__in=FOLLOWED_OUTCOMES)

    assert followed.count() == FollowUp.objects.count() > 10
    assert not FollowUp.objects.exclude(case_line__outcome__in=FOLLOWED_OUTCOMES).exists()


@pytest.mark.usefixtures("world")
def test_senators_offices_rely_on_consent_only() -> None:
    senate = CaseLine.objects.filter(appointment__office__chamber=Chamber.SENATE)

    assert senate.exists()
    assert set(senate.values_list("legal_basis", flat=True)) == {"consent"}


@pytest.mark.usefixtures("world")
def test_consents_hold_on_the_day_of_the_appointment() -> None:
    for case in CaseLine.objects.filter(legal_basis="consent").select_related("appointment"):
        assert case.consent_signed_on is not None
        assert case.consent_signed_on <= clock.service_date(case.appointment.booked_at)
        if case.consent_expires_on is not None:
            assert case.consent_expires_on >= clock.service_date(case.appointment.starts_at)


@pytest.mark.usefixtures("world")
def test_late_time_counts_and_what_the_centre_cancels_never_does() -> None:
    late = AppointmentEvent.objects.filter(late_quanta__gt=0)

    assert late.exists()
    assert not late.exclude(side="office").exists()
    assert not late.filter(
        notice_minutes__gte=Policy.objects.get(version=1).late_notice_minutes
    ).exists()


@pytest.mark.usefixtures("world")
def test_an_appointment_that_moved_or_was_cancelled_rose_in_sequence() -> None:
    changed = Q(events__kind__in=[Happening.MOVED, Happening.CANCELLED])
    wrong = Appointment.objects.annotate(changes=Count("events", filter=changed)).exclude(
        changes=F("sequence")
    )

    assert not wrong.exists()


@pytest.mark.usefixtures("world")
def test_the_trail_has_a_row_for_every_event() -> None:
    trail = Event.objects.filter(action__startswith="appointment.")

    assert trail.count() == AppointmentEvent.objects.count()


# --- Whom a visitor meets ---


@pytest.mark.usefixtures("world")
def test_every_role_can_be_signed_in_as() -> None:
    roles = set()
    for part in people.CAST:
        person = Person.objects.get(email=part.email)
        held = Grant.objects.in_force(MONDAY_NOON).filter(person=person)
        assert [grant.role for grant in held] == [part.role]
        roles.add(part.role)

    assert roles == set(Role)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_everybody_of_the_cast_finds_every_page_of_their_menu(
    client: Client, language: str, settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "comptoir.notices.gateway.Folder"  # as in a demonstration
    settings.EMAIL_FILE_PATH = str(tmp_path)
    loading.load(now=clock.now(), seed=1, scale=SMALL)
    for part in people.CAST:
        sign_in(client, Person.objects.get(email=part.email))
        entries = navigation.entries_for([part.role])
        assert entries
        with translation.override(language):
            addresses = [reverse(entry.url_name) for entry in entries]
        for address in addresses:
            answer = client.get(address, follow=True)
            assert answer.status_code == 200, f"{part.role}: {address}"


@pytest.mark.usefixtures("world")
def test_staff_of_the_cast_pass_the_second_factor_with_the_printed_code() -> None:
    staff = [part for part in people.CAST if part.role in STAFF_ROLES]

    for part in staff:
        authenticator = Authenticator.objects.get(user__email=part.email)
        assert TOTP(authenticator).validate_code(signing_in.code(clock.now()))


def test_the_code_is_that_of_the_standard() -> None:
    """An authenticator of the library agrees over many periods, leading zeros included."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    start = datetime(2026, 11, 23, tzinfo=UTC)
    for step in range(300):
        at = start + step * signing_in.PERIOD
        counter = int(at.timestamp()) // 30
        expected = format_hotp_value(hotp_value(people.SECOND_FACTOR, counter))
        assert signing_in.code(at) == expected


@pytest.mark.usefixtures("world")
def test_the_delegates_of_the_cast_find_answers_and_appointments_to_come() -> None:
    for reference in (offices.ENGLISH_OFFICE, offices.FRENCH_OFFICE):
        own = Appointment.objects.filter(office__reference=reference)
        assert own.filter(status=Status.FINISHED, case_lines__outcome__gt="").exists()
        assert own.filter(status=Status.BOOKED, starts_at__gt=MONDAY_NOON).exists()


@pytest.mark.usefixtures("world")
def test_one_office_of_the_cast_is_at_its_daily_limit() -> None:
    tomorrow = Appointment.objects.filter(
        office__reference=offices.FRENCH_OFFICE, day__on=date(2026, 11, 24), status=Status.BOOKED
    )

    assert sum(appointment.minutes for appointment in tomorrow) == 60


@pytest.mark.usefixtures("world")
def test_the_office_at_its_limit_was_refused_one_more_time_lately() -> None:
    office = Office.objects.get(reference=offices.FRENCH_OFFICE)

    (refusal,) = recent_refusals(office, MONDAY_NOON).filter(on=date(2026, 11, 24))

    assert refusal.reason == "day_limit"
    assert refusal.starts_at is not None
    assert refusal.counters["day_used"] == refusal.counters["day_limit"] == 4


@pytest.mark.usefixtures("world")
def test_every_coming_appointment_has_the_reminders_that_are_still_ahead() -> None:
    waiting = Notice.objects.filter(status="queued")

    ahead = {"liaison.reminder_day": timedelta(days=1), "liaison.reminder_hour": timedelta(hours=1)}
    expected = {
        (kind, appointment.pk, appointment.office_id, appointment.starts_at - before)
        for appointment in Appointment.objects.filter(status=Status.BOOKED)
        for kind, before in ahead.items()
        if appointment.starts_at - before > MONDAY_NOON
    }
    assert len(expected) > 10
    told = waiting.values_list("kind", "subject_id", "office_id", "send_after")
    assert (set(told), waiting.count()) == (expected, len(expected))
    assert set(waiting.values_list("address", flat=True)) == {""}
    starts = dict(Appointment.objects.values_list("pk", "starts_at"))
    for notice in waiting:
        assert notice.send_after < notice.useless_after <= starts[notice.subject_id]


@pytest.mark.usefixtures("world")
def test_addresses_can_belong_to_nobody() -> None:
    assert all(
        email.endswith(".example") for email in Person.objects.values_list("email", flat=True)
    )


@pytest.mark.usefixtures("world")
def test_a_vacant_seat_books_nothing_and_its_people_have_no_access() -> None:
    vacant = Office.objects.get(status=OfficeStatus.SUSPENDED)

    assert not Appointment.objects.filter(office=vacant).exists()
    assert not Grant.objects.in_force(MONDAY_NOON).filter(office=vacant).exists()


@pytest.mark.usefixtures("world")
def test_the_default_rule_says_in_both_languages_that_it_is_ours() -> None:
    rule = Policy.objects.get(version=1)

    assert "Comptoir’s default, not the department’s" in rule.remark_en
    assert "règle par défaut de Comptoir, et non de celle du ministère" in rule.remark_fr
    assert rule.valid_from <= min(ServiceDay.objects.values_list("on", flat=True))


@pytest.mark.parametrize("now", [MONDAY_NOON, SUNDAY, CHRISTMAS_EVE])
def test_the_last_days_that_can_be_booked_are_under_a_version_with_classes(now: datetime) -> None:
    loading.load(now=now, seed=3, scale=SMALL)

    coming = Policy.objects.get(version=2)
    bookable = days.bookable_dates(days.load_rules(), now)
    assert coming.valid_from.weekday() == 0
    assert bookable[1] < coming.valid_from <= bookable[-1]
    assert bookable[-1] < coming.valid_from + timedelta(weeks=1)
    assert (coming.nested, coming.batch_minutes) == (True, 60)
    assert coming.created_at == now
    assert "Comptoir’s default, not the department’s" in coming.remark_en
    assert "règle par défaut de Comptoir, et non de celle du ministère" in coming.remark_fr


@pytest.mark.usefixtures("world")
def test_every_active_office_is_allotted_its_part_of_the_weeks_to_come() -> None:
    coming = Policy.objects.get(version=2)

    published = Apportionment.objects.get()

    assert (published.valid_from, published.policy) == (coming.valid_from, coming)
    allotted = dict(published.allowances.values_list("office_id", "quanta"))
    assert allotted.keys() == set(Office.objects.active().values_list("pk", flat=True))
    assert min(allotted.values()) >= 4


@pytest.mark.usefixtures("world")
def test_an_office_finds_what_is_guaranteed_and_allotted_to_it_on_the_last_day() -> None:
    rules = days.load_rules()
    on = days.bookable_dates(rules, MONDAY_NOON)[-1]
    office = Office.objects.get(reference=offices.ENGLISH_OFFICE)

    shares = shares_on(office, [on], rules, MONDAY_NOON)

    assert shares is not None
    assert shares.kept is not None
    assert (shares.kept.guaranteed, shares.kept.allowance >= 60) == (15, True)


def test_names_are_never_drawn_twice_and_come_in_both_languages() -> None:
    from random import Random

    namer = Namer(Random(1))
    names = [namer.name(language) for language in (Language.ENGLISH, Language.FRENCH) * 1000]

    assert len(set(names)) == 2000
    assert any(set("éèêëïôç") & set(name.lower()) for name in names)


# --- The full size ---


def test_the_full_world_has_the_sizes_of_the_seeds() -> None:
    """By its parts, without playing eight weeks through."""
    assert FULL.offices == 448
    assert sum(offices.SENATE_SEATS.values()) == FULL.senators == 105
    assert len(offices.QUEBEC_DIVISIONS) == offices.SENATE_SEATS[Province.QC]
    assert FULL.full_time + FULL.part_time == 34
    assert FULL.quanta_a_day == 800


@pytest.mark.usefixtures("world")
def test_the_patterns_offer_what_the_scale_promises() -> None:
    """On days without an absence, extra hours apart."""
    complete = 0
    for day in ServiceDay.objects.prefetch_related("hours__reserved"):
        hours = list(day.hours.all())
        if len(hours) == SMALL.full_time + SMALL.part_time:
            complete += 1
            extra = sum(part.mask.bit_count() for row in hours for part in row.reserved.all())
            assert sum(row.mask.bit_count() for row in hours) - extra == SMALL.quanta_a_day

    assert complete > 10


# --- Where it may be loaded ---


def test_a_database_that_holds_anybody_is_refused_and_left_alone() -> None:
    PersonFactory.create()

    with pytest.raises(CommandError, match="not empty"):
        call_command("demo", "--small", stdout=io.StringIO())

    assert Person.objects.count() == 1
    assert not Office.objects.exists()


@pytest.mark.usefixtures("world")
def test_loading_twice_is_refused() -> None:
    with pytest.raises(loading.NotEmpty):
        loading.load(now=MONDAY_NOON, seed=1, scale=SMALL)


def test_production_is_refused(settings: Settings) -> None:
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="production"):
        call_command("demo", "--small", stdout=io.StringIO())

    assert not Person.objects.exists()


def test_a_load_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    from comptoir.demonstration.writing import Writer

    def fail(*args: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Writer, "write", fail)
    with pytest.raises(RuntimeError):
        loading.load(now=MONDAY_NOON, seed=1, scale=SMALL)

    assert loading.is_empty()


def test_the_command_prints_who_can_sign_in_and_how() -> None:
    printed = io.StringIO()

    call_command("demo", "--small", "--at", "2026-11-23T17:05", stdout=printed)

    for part in people.CAST:
        assert part.email in printed.getvalue()
    assert "/en/outbox/" in printed.getvalue()
    assert people.SECOND_FACTOR in printed.getvalue()


def test_the_code_is_printed_alone() -> None:
    printed = io.StringIO()

    call_command("demo", "code", stdout=printed)

    assert len(printed.getvalue().strip()) == 6
    assert printed.getvalue().strip().isdigit()
    assert not Person.objects.exists()


def test_a_moment_that_cannot_be_read_is_named() -> None:
    with pytest.raises(CommandError, match="'tomorrow' is not a moment"):
        call_command("demo", "--at", "tomorrow", stdout=io.StringIO())
