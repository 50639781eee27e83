"""The scorecard in words: what each figure is called, what it means, how its number is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comptoir.domain.service_day import Reason
from comptoir.liaison.queries.scorecard.evenness import Grouping
from comptoir.liaison.queries.scorecard.figures import Scorecard
from comptoir.people.models import Chamber, Language, Province


class Unit(StrEnum):
    """How a number is written."""

    SHARE = "share"
    POINTS = "points"
    HOURS = "hours"
    INDEX = "index"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Words:
    """The name of a figure, one sentence that says what it is, and its unit."""

    name: str | Promise
    meaning: str | Promise
    unit: Unit = Unit.SHARE


SECTIONS: Mapping[str, str | Promise] = {
    "capacity": _("How the hours were used"),
    "refill": _("What was given up and taken again"),
    "access": _("Access"),
    "wait": _("How long until a time can be had"),
    "evenness": _("How evenly need was met"),
    "chamber": _("By chamber"),
    "province": _("By province or territory"),
    "language": _("By language of the office"),
    "volume": _("The busiest offices and the others"),
    "displacement": _("What a pilot takes from the other offices"),
    "pattern": _("Same-day bookings and last-minute cancellations"),
    "directed": _("Hours directed at some offices"),
}

FIGURES: Mapping[str, Words] = {
    "offered": Words(_("Hours offered"), _("Time on offer to offices."), Unit.HOURS),
    "attended": Words(_("Hours attended"), _("Time of appointments that were held."), Unit.HOURS),
    "unrecorded": Words(
        _("Hours without a result"),
        _("Time of appointments of which nobody has recorded whether they were held."),
        Unit.HOURS,
    ),
    "use": Words(_("Use"), _("Hours attended, of the hours offered.")),
    "late_loss": Words(
        _("Late loss"),
        _(
            "Time that offices gave up with less notice than the rule asks or did not come to, and "
            "that nobody took again, of the hours offered."
        ),
    ),
    "late_loss_centre": Words(
        _("Late loss by the centre"),
        _(
            "Time that the centre cancelled with less notice than the rule asks of offices, and that "
            "nobody took again, of the hours offered."
        ),
    ),
    "avoidable_idle": Words(
        _("Avoidable idle time"),
        _(
            "Time that stayed empty although an office had been refused a time that fits it, of the "
            "hours offered."
        ),
    ),
    "refill": Words(
        _("Time taken again"),
        _(
            "Of the time that offices gave up with this notice, what somebody took again. Not "
            "attended is no notice."
        ),
    ),
    "day_access": Words(
        _("Access on the day"),
        _(
            "Of the days that offices asked for, those on which the office held, or was offered, at "
            "least the guaranteed time."
        ),
    ),
    "week_access": Words(
        _("Access in the week"),
        _(
            "Of the offices that asked for time, those that held what they asked for, or at least the "
            "least allotment of a week."
        ),
    ),
    "floor_misses": Words(
        _("Days without access"),
        _("Days that an office asked for without holding, or being offered, the guaranteed time."),
        Unit.COUNT,
    ),
    "third_next_available": Words(
        _("Third-next available time"),
        _(
            "Business hours from a look at the list to the third soonest time on it: half of the looks "
            "had to wait longer."
        ),
        Unit.HOURS,
    ),
    "served": Words(
        _("Need met"), _("Hours attended, of the hours needed by all offices together.")
    ),
    "fill_median": Words(
        _("Need met at the middle office"),
        _("Half of the offices had less of their need met than this."),
    ),
    "fill_tenth": Words(
        _("Need met at the 10th percentile"),
        _("One office in ten had less of its need met than this."),
    ),
    "fill_fifth": Words(
        _("Need met at the 5th percentile"),
        _("One office in twenty had less of its need met than this."),
    ),
    "fill_under_half": Words(
        _("Offices with less than half"),
        _("Of the offices with a need, those that had less than half of it met."),
    ),
    "jain_of_fill": Words(
        _("Jain’s index of need met"),
        _("1 when the same part of every office’s need is met; less, the more these parts differ."),
        Unit.INDEX,
    ),
    "jain_of_hours": Words(
        _("Jain’s index of hours"),
        _(
            "1 when every office attended the same hours. It differs from the one above because needs "
            "differ."
        ),
        Unit.INDEX,
    ),
    "gini": Words(
        _("Gini’s index"),
        _(
            "0 when hours are in proportion to need everywhere; near 1 when one office has them all."
        ),
        Unit.INDEX,
    ),
    "theil": Words(
        _("Theil’s index"),
        _("0 when hours are in proportion to need everywhere; more, the less they are."),
        Unit.INDEX,
    ),
    "theil_between": Words(
        _("Of it between the groups"),
        _("The part of Theil’s index that comes from differences between the groups."),
        Unit.INDEX,
    ),
    "theil_within": Words(
        _("Of it within the groups"),
        _("The part of Theil’s index that comes from differences inside the groups."),
        Unit.INDEX,
    ),
    "parity_gap": Words(
        _("Gap between the groups"),
        _("Need met in the best served group, less that in the worst served one, of those shown."),
    ),
    "served_of_group": Words(
        _("Need met by group"), _("Hours attended, of the hours needed by the group.")
    ),
    "unmet_ratio": Words(
        _("Burden of unmet need by group"),
        _(
            "1 when a group carries its fair part of the need that was not met; more when it carries "
            "more."
        ),
        Unit.INDEX,
    ),
    "others_served": Words(
        _("Need met at the other offices"),
        _("Hours attended, of the hours needed by the offices in no group of a pilot."),
    ),
    "others_served_without": Words(
        _("The same without the pilot"),
        _(
            "What these offices would have attended, of the hours they need, had the whole week "
            "followed the common rule: its requests are asked again, in their order, under that rule."
        ),
    ),
    "displacement": Words(
        _("Displacement"),
        _(
            "Need met at the offices in no group of a pilot, less what it would have been under the "
            "common rule. Below zero: the pilot took so much from them."
        ),
        Unit.POINTS,
    ),
    "same_day": Words(
        _("Booked on the day"),
        _("Of the appointments, those booked on the day they were for."),
    ),
    "last_minute": Words(
        _("Cancelled in the last 15 minutes"),
        _("Of the appointments, those an office cancelled less than 15 minutes before the start."),
    ),
    "crowding": Words(
        _("Offices with several on one day"),
        _(
            "Of the offices with appointments, those that booked two or more of one day on that day."
        ),
    ),
    "others_access": Words(
        _("Access of the other offices"),
        _(
            "Of the days that all other offices asked for, those on which the office held, or was "
            "offered, at least the guaranteed time."
        ),
    ),
    "directed_offered": Words(
        _("Hours directed"), _("Extra hours that only some offices may book."), Unit.HOURS
    ),
    "directed_booked": Words(
        _("Directed hours booked"), _("Hours of it that were booked until the end.")
    ),
    "directed_attended": Words(
        _("Directed hours attended"), _("Hours of it in which appointments were held.")
    ),
}

GROUPS: Mapping[str, str | Promise] = {
    "under_15_minutes": _("Less than 15 minutes of notice"),
    "under_2_hours": _("15 minutes to 2 hours of notice"),
    "under_24_hours": _("2 to 24 hours of notice"),
    "24_hours_or_more": _("24 hours of notice or more"),
    "top": _("Busiest offices"),
    "other": _("Other offices"),
    **dict(Chamber.choices),
    **dict(Province.choices),
    **dict(Language.choices),
}

REASONS: Mapping[str, str | Promise] = {
    "": _("The centre cancelled"),
    Reason.DAY_LIMIT: _("Limit of the day reached"),
    Reason.WEEK_LIMIT: _("Limit of the week reached"),
    Reason.HOLDS_TOO_MUCH: _("Too much held ahead"),
    Reason.KEPT: _("Kept for other offices"),
    Reason.WOULD_SPLIT: _("Would break up time kept for others"),
    Reason.NO_TIME: _("No time left"),
    Reason.TOO_SOON: _("Too little notice"),
    Reason.NOT_WORKED: _("Nobody works then"),
    Reason.TIME_TAKEN: _("Taken by another office"),
}
"""Why an office had no access on a day, as briefly as a table can say it."""

GROUPINGS = frozenset(grouping.value for grouping in Grouping)

COLUMNS = (
    "code",
    "name",
    "group",
    "value",
    "numerator",
    "denominator",
    "interval_low",
    "interval_high",
)
"""The head of the file."""

FEW = "<5"
"""What a file says instead of a number that fewer than five offices stand behind."""


def rows(scorecard: Scorecard) -> Iterator[list[str]]:
    """The rows of the file: code, name, group, value, what it was divided from, its interval, if any."""
    for section in scorecard.sections:
        for figure in section.figures:
            ends = (figure.interval.low, figure.interval.high) if figure.interval else (None, None)
            numbers = (figure.value, figure.numerator, figure.denominator, *ends)
            parts = [str(SECTIONS[section.code])] if section.code in GROUPINGS else []
            parts += [str(GROUPS[figure.group])] if figure.group else []
            yield [
                figure.code,
                str(FIGURES[figure.code].name),
                ": ".join(parts),
                *((FEW, "", "", "", "") if figure.hidden else map(_plain, numbers)),
            ]


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:.6f}".rstrip("0").rstrip(".")
