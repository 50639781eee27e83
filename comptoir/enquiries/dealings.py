"""Enquiries of an office about a case, as other rooms show them: when, how each stands, when it is due."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models import WORKS, Clock, Enquiry, Promise
from comptoir.people.dealings import MOST, About, Dealing
from comptoir.people.permissions import Standing
from comptoir.ui import clock


def enquiries(standing: Standing, about: About, now: datetime) -> list[Dealing]:
    """The newest of the office about this case, and those that follow what was named. Two queries.

    What is restricted is mentioned to nobody, and a drill is no dealing.
    """
    same = Q(application_number__in=about.application_numbers) | Q(uci__in=about.uci)
    theirs = Enquiry.objects.unrestricted().filter(office=about.office, line__is_drill=False)
    wanted = theirs.filter(same | Q(appointment__in=about.references))
    shown = list(wanted.order_by("-received_at", "-pk")[:MOST])
    running = Clock.objects.running().filter(enquiry__in=shown, promise=Promise.FINAL)
    due = dict(running.values_list("enquiry", "due_at"))
    works = bool(standing.roles & set(WORKS))
    return [
        Dealing(
            what=_("Enquiry"),
            reference=each.reference,
            at=each.received_at,
            stands=each.get_state_display(),
            due_on=clock.service_date(due[each.pk]) if each.pk in due else None,
            address=reverse("enquiries:enquiry", args=[each.reference]) if works else "",
        )
        for each in shown
    ]
