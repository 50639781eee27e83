"""Offices, for the people who look after them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from comptoir.people.models import Chamber, Grant, Office, OfficeStatus, sort_key


def search(text: str, chamber: str, status: str) -> QuerySet[Office]:
    """Offices by a part of the legislator's name, the place or the reference."""
    found = Office.objects.select_related("district")
    if text := text.strip():
        found = found.filter(
            Q(sort_name__contains=sort_key(text) or text)
            | Q(reference__icontains=text)
            | Q(district__name_en__icontains=text)
            | Q(district__name_fr__icontains=text)
            | Q(division__icontains=text)
        )
    if chamber in Chamber.values:
        found = found.filter(chamber=chamber)
    if status in OfficeStatus.values:
        found = found.filter(status=status)
    return found.order_by("sort_name", "pk")


def counts() -> dict[str, int]:
    """How many offices stand where."""
    rows = Office.objects.values("status").annotate(number=Count("pk")).order_by("status")
    return {row["status"]: row["number"] for row in rows}


def people_count(office: Office, at: datetime) -> int:
    """How many people have access."""
    found = Grant.objects.in_force(at).filter(office=office)
    return found.values("person_id").distinct().count()


def open_in_seat_of(office: Office) -> Office | None:
    """Another office that is open in the district of this one; a senator has no district."""
    others = Office.objects.filter(district=office.district_id, district__isnull=False)
    return others.exclude(pk=office.pk).exclude(status=OfficeStatus.CLOSED).first()


def references(keys: Iterable[int | None]) -> dict[int, str]:
    """The references of these offices, by key: one query for a whole page of a list."""
    wanted = {key for key in keys if key is not None}
    return dict(Office.objects.filter(pk__in=wanted).values_list("pk", "reference"))
