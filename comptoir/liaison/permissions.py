"""Which appointments, cases and follow-ups a person may reach; everything else does not exist (404)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    AppointmentQuerySet,
    CalendarFeed,
    Decision,
    FollowUp,
    Offer,
    Pilot,
    WaitingEntry,
)
from comptoir.people.models import Grant, Office, OfficeStatus, Role
from comptoir.people.permissions import Standing
from comptoir.roster.models import Absence, Professional, ServiceDay

OVERSIGHT = frozenset({Role.TEAM_LEAD, Role.POLICY_OWNER, Role.AUDITOR})
"""Who may read every decision of the sharing rule, whatever the office."""

KNOWS_PEOPLE = frozenset({Role.TEAM_LEAD, Role.AUDITOR})
"""Those of them who read elsewhere, too, which person of an office did what."""


def appointments_of_offices(standing: Standing) -> AppointmentQuerySet:
    """The appointments of every office the person acts for."""
    offices = [office.pk for office in standing.offices]
    return _related().filter(office__in=offices)


def appointments_of_professional(standing: Standing) -> AppointmentQuerySet:
    """The appointments the person takes; a team lead reaches every one, to stand in or to rebook."""
    if Role.TEAM_LEAD in standing.roles:
        return _related()
    if Role.PROFESSIONAL in standing.roles:
        return _related().filter(professional__person=standing.person)
    return _related().none()


def get_office_appointment_for(standing: Standing, reference: str) -> Appointment:
    """An appointment of an office the person acts for; raises Http404 for any other."""
    return _one(appointments_of_offices(standing), reference)


def get_served_appointment_for(standing: Standing, reference: str) -> Appointment:
    """An appointment the person takes or leads; raises Http404 for any other."""
    return _one(appointments_of_professional(standing), reference)


def get_professional_for(standing: Standing, pk: int | None) -> Professional | None:
    """Whose day the person looks at: their own, or for a team lead the one asked for.

    None if nobody is asked for and the person takes no appointments. Raises Http404 for another's.
    """
    everyone = Professional.objects.select_related("person")
    if pk is None:
        return everyone.filter(person=standing.person).first()
    if Role.TEAM_LEAD not in standing.roles:
        everyone = everyone.filter(person=standing.person)
    found = everyone.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_led_professional_for(standing: Standing, pk: int) -> Professional:
    """A professional, on the roster or off it, whose work the person hands out: a team lead's business.

    Raises Http404 for anybody else.
    """
    found = None
    if Role.TEAM_LEAD in standing.roles:
        found = Professional.objects.select_related("person").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_absence_for(standing: Standing, pk: int) -> Absence:
    """An absence whose appointments the person may rebook: a team lead's business; else Http404."""
    found = None
    if Role.TEAM_LEAD in standing.roles:
        related = Absence.objects.select_related("professional__person", "entered_by")
        found = related.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_service_day_for(standing: Standing, on: date) -> ServiceDay:
    """A published day whose appointments the person may rebook: a team lead's business; else Http404."""
    found = None
    if Role.TEAM_LEAD in standing.roles:
        found = ServiceDay.objects.filter(on=on).first()
    if found is None:
        raise Http404
    return found


def get_entry_for(office: Office, pk: int) -> WaitingEntry:
    """What this office waits for; raises Http404 for another's."""
    found = WaitingEntry.objects.filter(office=office, pk=pk).select_related("office").first()
    if found is None:
        raise Http404
    return found


def get_offer_for(office: Office, pk: int) -> Offer:
    """Time offered to this office; raises Http404 for another's."""
    found = Offer.objects.filter(office=office, pk=pk).select_related("entry", "office").first()
    if found is None:
        raise Http404
    return found


def get_led_appointment_for(standing: Standing, reference: str) -> Appointment:
    """An appointment whose charge the person may waive: a team lead's business; else Http404."""
    found = _related() if Role.TEAM_LEAD in standing.roles else _related().none()
    return _one(found, reference)


def get_excused_event_for(standing: Standing, pk: int) -> AppointmentEvent:
    """An excused loss that somebody is to look at: a team lead's business; else Http404."""
    found = None
    if Role.TEAM_LEAD in standing.roles:
        related = AppointmentEvent.objects.select_related("appointment__office__district", "by")
        found = related.filter(pk=pk, excused_quanta__gt=0).first()
    if found is None:
        raise Http404
    return found


def get_feed_for(office: Office, pk: int) -> CalendarFeed:
    """A calendar address of this office that nobody has revoked; raises Http404 for any other."""
    return _one_feed(CalendarFeed.objects.filter(office=office, pk=pk, revoked_at=None))


def get_feed_with(secret_hash: str, at: datetime) -> CalendarFeed:
    """The feed of a secret that still opens something; else Http404.

    It is its maker's own access by other means, so it ends with theirs, and with the office.
    """
    access = Grant.objects.in_force(at).filter(person=OuterRef("person"), office=OuterRef("office"))
    open_feeds = CalendarFeed.objects.filter(
        Exists(access), revoked_at=None, office__status=OfficeStatus.ACTIVE
    )
    return _one_feed(open_feeds.filter(secret_hash=secret_hash))


def follow_ups_of(standing: Standing) -> QuerySet[FollowUp]:
    """The follow-ups the person owns; a team lead reaches every one."""
    mine = Q(professional__person=standing.person)
    if Role.TEAM_LEAD in standing.roles:
        mine = Q()
    related = FollowUp.objects.select_related(
        "case_line__appointment__office__district",
        "case_line__appointment__professional__person",
        "professional__person",
        "done_by",
    )
    return related.filter(mine)


def get_follow_up_for(standing: Standing, pk: int) -> FollowUp:
    """A follow-up the person owns or leads; raises Http404 for any other."""
    found = follow_ups_of(standing).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_decision_for(standing: Standing, pk: int) -> Decision:
    """A decision about an office the person acts for, or any for who oversees them; else Http404."""
    decisions = Decision.objects.select_related("office", "policy", "person")
    if not OVERSIGHT & standing.roles:
        decisions = decisions.filter(office__in=[office.pk for office in standing.offices])
    found = decisions.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_pilot_for(standing: Standing, pk: int) -> Pilot:
    """A pilot, for those who set the rule, lead the work or audit both; else Http404."""
    found = None
    if standing.roles & {Role.POLICY_OWNER, Role.TEAM_LEAD, Role.AUDITOR}:
        related = Pilot.objects.select_related("policy", "created_by", "stopped_by")
        found = related.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def sees_who_asked(standing: Standing, decision: Decision) -> bool:
    """Whether the person may read who asked: those of the office itself, and who reads it elsewhere."""
    return decision.office in standing.offices or bool(KNOWS_PEOPLE & standing.roles)


def _related() -> AppointmentQuerySet:
    return Appointment.objects.select_related(
        "office__district", "professional__person", "booked_by", "policy", "day"
    )


def _one_feed(feeds: QuerySet[CalendarFeed]) -> CalendarFeed:
    found = feeds.select_related("office", "person").first()
    if found is None:
        raise Http404
    return found


def _one(appointments: AppointmentQuerySet, reference: str) -> Appointment:
    found = appointments.filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def may_name_offices(standing: Standing) -> bool:
    """Whether the person may see which offices had no access; everybody else sees how many."""
    return bool(standing.roles & {Role.TEAM_LEAD, Role.POLICY_OWNER})
