"""Wall times, days of the week and amounts of hours as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.people.models import Language
from comptoir.roster.models import Absence, LineOfBusiness
from comptoir.roster.queries.boards import Stretch
from comptoir.ui import times

register = template.Library()

A_MONDAY = date(2026, 1, 5)
STRETCHES = {
    "free": gettext_lazy("free"),
    "booked": gettext_lazy("booked"),
    "extra": gettext_lazy("free, extra hours"),
    "kept": gettext_lazy("free, kept for some offices"),
    "absent": gettext_lazy("absent"),
    "unattended": gettext_lazy("booked, but not worked"),
}
"""What the board says of a stretch of each kind; of one that is not worked it says nothing."""


@register.simple_tag
def wall_range(starts: time, ends: time) -> str:
    """ "8:00 a.m. to 4:00 p.m.", "de 8 h à 16 h": times on somebody's wall, whatever the date."""
    first, last = (datetime.combine(A_MONDAY, at, UTC) for at in (starts, ends))
    return times.time_range(first, last, zone=ZoneInfo("UTC"), named=False)


@register.simple_tag
def absence_period(absence: Absence, zone: str) -> str:
    """ "all day Wednesday, …": whole days by their dates, anything else by day and time, on the clock of `zone`."""
    where = ZoneInfo(zone)
    first, last = absence.starts_at.astimezone(where), absence.ends_at.astimezone(where)
    if first.date() == last.date():
        return times.moment_range(first, last, zone=where)
    if first.time() != time() or last.time() != time():
        ends = {"start": times.moment(first, zone=where), "end": times.moment(last, zone=where)}
        return _("%(start)s to %(end)s") % ends
    last_day = last.date() - timedelta(days=1)
    if last_day == first.date():
        return _("all day %(day)s") % {"day": times.long_date(last_day)}
    ends = {"start": times.long_date(first.date()), "end": times.long_date(last_day)}
    return _("%(start)s to %(end)s") % ends


@register.simple_tag
def stretch_words(stretch: Stretch) -> str:
    """ "11:00 to 11:45 a.m.: booked (whose it is)": one stretch of a day's board in words."""
    when = times.time_range(stretch.starts_at, stretch.ends_at, named=False)
    what = str(STRETCHES[stretch.kind])
    if stretch.label:
        what += f" ({stretch.label})"
    return _("%(name)s: %(value)s") % {"name": when, "value": what}


@register.filter
def edge(at: datetime) -> str:
    """ "9:15", "9 h 15": where a bar begins or ends, below a head that tells morning from afternoon."""
    clock = times.time_of_day(at, named=False)
    return clock if times.language_or_active() == "fr" else clock.partition(times.NBSP)[0]


@register.filter
def weekdays(numbers: Sequence[int]) -> str:
    """ "Monday", "Monday to Friday", "Monday, Wednesday"."""
    names = [times.weekday(A_MONDAY + timedelta(days=number)) for number in numbers]
    in_a_row = len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1
    if not in_a_row:
        return ", ".join(names)
    return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}


@register.filter
def hours(minutes: int | None) -> str:
    """An amount of working time for a column of figures: "562 h 15 min", "562 h 15"."""
    whole, rest = divmod(minutes or 0, 60)
    parts = [f"{number_format(whole, force_grouping=True)}{times.NBSP}h"]
    if not whole and rest:
        parts = [f"{rest}{times.NBSP}min"]
    elif rest:
        french = times.language_or_active() == "fr"
        parts.append(f"{rest:02}" if french else f"{rest}{times.NBSP}min")
    return times.NBSP.join(parts)


@register.filter
def language_names(codes: Sequence[str]) -> str:
    """ "English, French"."""
    return ", ".join(str(Language(code).label) for code in codes)


@register.filter
def skill_names(codes: Sequence[str]) -> str:
    """The lines of business by name."""
    return ", ".join(str(LineOfBusiness(code).label) for code in codes)


@register.filter
def of_language(by_language: dict[str, Any], code: str) -> Any:
    """What a mapping holds for a language."""
    return by_language.get(code)
