"""Appointments of an office about a case, as other rooms show them: when, how each stands, what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from comptoir.liaison.models import Appointment, CaseLine, FollowUp
from comptoir.liaison.permissions import appointments_of_professional
from comptoir.people.dealings import MOST, About, Dealing
from comptoir.people.permissions import Standing


def appointments(standing: Standing, about: About, now: datetime) -> list[Dealing]:
    """The newest in which the office brought this case, and those that were named. Three queries."""
    same = Q(uci__in=about.uci) | Q(application_number__in=about.application_numbers)
    brought = Exists(CaseLine.objects.filter(same, appointment=OuterRef("pk")))
    mine = Appointment.objects.filter(office=about.office)
    wanted = mine.filter(brought | Q(reference__in=about.references))
    shown = list(wanted.order_by("-starts_at", "-pk")[:MOST])
    to_do = FollowUp.objects.filter(case_line__appointment__in=shown, done_at=None)
    # The soonest is written last, and so it stands.
    due = dict(to_do.order_by("-due_on").values_list("case_line__appointment", "due_on"))
    told = {
        each.pk: Dealing(
            what=_("Appointment"),
            reference=each.reference,
            at=each.starts_at,
            stands=each.get_status_display(),
            due_on=due.get(each.pk),
            address=reverse("liaison:served", args=[each.reference]),
        )
        for each in shown
    }
    may_open = appointments_of_professional(standing).filter(pk__in=told)
    reachable = set(may_open.values_list("pk", flat=True))
    return [each if pk in reachable else replace(each, address="") for pk, each in told.items()]
