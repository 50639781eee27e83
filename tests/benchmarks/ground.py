"""The ground the measurements stand on: offices, professionals, an empty calendar, and every slot of it.

448 offices and 34 professionals with 200 hours a day, as the seeds say, on the next ten business
days: 8,000 quarter hours, nothing booked. Delegates are signed in. The bare project has tables of
its own with the same capacity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from comptoir.demonstration import centre, offices, people, policy
from comptoir.demonstration.centre import Dates, PublishedDay
from comptoir.demonstration.names import Namer
from comptoir.demonstration.scale import FULL
from comptoir.domain import business_days, grid
from comptoir.liaison.actions import counting
from comptoir.liaison.models import Allowance, Apportionment, Claim, OfficeWeek, Policy
from comptoir.notices.models import Notice
from comptoir.people.models import Grant, Office, Person, Role
from comptoir.roster import queries as roster
from comptoir.ui import clock
from tests.benchmarks import house

DAYS = 10
QUANTA = 2
"""Half an hour a booking."""

WRITTEN_BY_BOOKING = (
    "liaison_claim",
    "liaison_appointmentevent",
    "liaison_followup",
    "liaison_caseline",
    "liaison_appointment",
    "liaison_decision",
    "liaison_hold",
    "liaison_officeweek",
    "notices_notice",
    "audit_event",
    "procrastinate_jobs",
    "bare_appointment",
)


@dataclass(frozen=True, slots=True)
class Delegate:
    """Who books for an office, with the cookie of a signed-in session."""

    office: int
    reference: str
    person: int
    session: str
    language: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Half an hour that can be booked, and its place in the bare project's tables."""

    starts_at: datetime
    language: str
    day: int
    unit: int


@dataclass(frozen=True, slots=True)
class Ground:
    """Who books, and what there is to book, day by day."""

    delegates: list[Delegate]
    days: list[list[Slot]]


@transaction.atomic
def build() -> Ground:
    """Write it all."""
    rng, now = Random(1), clock.now()
    namer = Namer(rng)
    staff = people.make_staff(FULL.full_time + FULL.part_time, namer, since=now)
    made, demands = offices.make(FULL, namer, rng, opened_at=now)
    people.make_delegates(
        made, demands, 2 * len(made), namer, rng, by=staff.administrator, since=now, now=now
    )
    dates = _dates(now)
    rule = policy.make(valid_from=dates.today, created_at=now, by=staff.policy_owner)
    centre.make_professionals(FULL, staff, rng, dates)
    published = centre.publish(dates, staff.team_lead, rule.horizon_business_days, now=now)
    days = [list(_slots(day, number, rng)) for number, day in enumerate(published.values())]
    _build_bare(made, published.values())
    return Ground(_delegates(), days)


def nest(nested: bool) -> None:
    """Put the rule in force with the nested classes, or without; with allowances as of equal needs."""
    last = Policy.objects.order_by("version").last()
    assert last is not None, "the ground has a rule"
    last.pk, last.version, last.nested, last.miss_per_mille = None, last.version + 1, nested, 10
    last.save(force_insert=True)
    if nested and not Apportionment.objects.exists():
        made = Apportionment.objects.create(
            valid_from=last.valid_from, policy=last, capacity=4_000, made_at=clock.now()
        )
        Allowance.objects.bulk_create(
            Allowance(apportionment=made, office=office, need=8.0, quanta=8, chance=0.12)
            for office in Office.objects.active()
        )


def forget_bookings() -> None:
    """Make the calendar empty again, and tell the planner."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(WRITTEN_BY_BOOKING)} CASCADE")
        cursor.execute("UPDATE bare_unit SET appointment = NULL WHERE appointment IS NOT NULL")
        cursor.execute("UPDATE bare_office SET taken = 0")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def faults(booked: int) -> list[str]:
    """What is wrong with the rows after so many bookings: one missing, one torn, a counter off."""
    weeks = set(OfficeWeek.objects.values_list("week", flat=True))
    wrong = [str(found) for found in counting.recount(weeks)]
    claims = Claim.objects.count()
    if claims != QUANTA * len(set(Claim.objects.values_list("appointment_id", flat=True))):
        wrong.append("an appointment without all of its claims")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM bare_appointment)"
            " + (SELECT count(*) FROM liaison_appointment)"
        )
        (written,) = cursor.fetchone()
        if written != booked:
            wrong.append(f"{booked} bookings were answered, {written} were written")
        cursor.execute(
            "SELECT count(*) FROM bare_appointment a WHERE 2 <> (SELECT count(*) FROM bare_unit u"
            " WHERE u.appointment = a.id)"
        )
        (torn,) = cursor.fetchone()
    return [*wrong, *(["a bare appointment without its units"] if torn else [])]


def play_slow_disk(*, slow: bool) -> None:
    """Let every commit wait 5 ms, as on an ordinary disk, or not."""
    with connection.cursor() as cursor:
        for name, value in (("commit_delay", "5000"), ("commit_siblings", "0")):
            cursor.execute(f"ALTER SYSTEM {f'SET {name} = {value}' if slow else f'RESET {name}'}")
        cursor.execute("SELECT pg_reload_conf()")


def connections_of_servers() -> int:
    """How many connections the web servers hold to the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [house.SERVER]
        )
        return int(cursor.fetchone()[0])


def notices_due() -> int:
    """Messages that should have been sent by now."""
    return Notice.objects.filter(status="queued", send_after__lte=clock.now()).count()


def notices_sent() -> int:
    """Messages that were sent."""
    return Notice.objects.filter(status="sent").count()


def _dates(now: datetime) -> Dates:
    """The ten business days after today, so that no hour of the clock touches them."""
    today = clock.service_date(now)
    first, last = today + business_days.ONE_DAY, roster.horizon(today, DAYS)
    return Dates(first, today, last, roster.closed_days(first, last))


def _slots(day: PublishedDay, number: int, rng: Random) -> Iterator[Slot]:
    """Each professional's free stretches cut into half hours, in any order."""
    found = [
        Slot(day.grid.instant(start), rng.choice(sorted(hours.languages)), number, start)
        for hours in day.hours
        for first, length in grid.runs(hours.offered)
        for start in range(first, first + length - QUANTA + 1, QUANTA)
    ]
    return iter(rng.sample(found, len(found)))


def _delegates() -> list[Delegate]:
    grants = Grant.objects.filter(role=Role.DELEGATE, ends_at=None, office__isnull=False)
    first: Mapping[int, tuple[Office, Person]] = {
        grant.office.pk: (grant.office, grant.person)
        for grant in grants.select_related("office", "person").order_by("-pk")
        if grant.office is not None
    }
    return [
        Delegate(office.pk, office.reference, person.pk, _session(person), person.language)
        for office, person in first.values()
    ]


def _session(person: Person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _build_bare(made: Sequence[Office], days: Iterable[PublishedDay]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bare_office (id bigint PRIMARY KEY, taken integer NOT NULL);"
            "CREATE TABLE bare_appointment (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            " office bigint NOT NULL REFERENCES bare_office, day integer NOT NULL,"
            " agent bigint NOT NULL, unit integer NOT NULL, at timestamptz DEFAULT now());"
            "CREATE TABLE bare_unit (day integer, agent bigint, unit integer, appointment bigint,"
            " PRIMARY KEY (day, agent, unit));"
            "CREATE INDEX bare_free ON bare_unit (day, unit, agent) WHERE appointment IS NULL"
        )
        cursor.executemany(
            "INSERT INTO bare_office VALUES (%s, 0)", [(office.pk,) for office in made]
        )
        cursor.executemany(
            "INSERT INTO bare_unit VALUES (%s, %s, %s, NULL)",
            [
                (number, hours.professional, unit)
                for number, day in enumerate(days)
                for hours in day.hours
                for unit in grid.indexes(hours.offered)
            ],
        )
