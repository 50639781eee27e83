"""A request for extra hours."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from comptoir.domain.periods import Period
from comptoir.people.models import Office, sort_key
from comptoir.roster.forms import fields
from comptoir.roster.models import Professional


class ExtraHoursForm(forms.Form):
    """Whose time, when on that person's clock, for which offices and why."""

    professional = fields.ProfessionalField()
    on = fields.day_field(_("Date"))
    starts = fields.time_field(_("Starts at"))
    ends = fields.time_field(_("Ends at"))
    offices = forms.CharField(
        label=_("Only for these offices"),
        help_text=_(
            "One office on each line, by legislator, electoral district or reference. "
            "Leave empty for every office."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5_000,
        required=False,
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=300,
        error_messages={"required": _("Say what the hours are for.")},
    )

    def __init__(self, *args: Any, own: Professional | None = None, **kwargs: Any) -> None:
        """`own`: the one professional for whom the reader may ask."""
        super().__init__(*args, **kwargs)
        self.own = own
        if own is not None:
            del self.fields["professional"]

    def clean_offices(self) -> list[Office]:
        """The active offices that the lines name; a line that names none, or several, is an error."""
        lines = [line.strip() for line in self.cleaned_data["offices"].splitlines()]
        lines = [line for line in lines if line]
        if not lines:
            return []
        by_name = _offices_by_name()
        found, wrong = [], []
        for line in lines:
            offices = by_name.get(sort_key(line), [])
            if len(offices) == 1:
                found.append(offices[0])
            else:
                wrong.append(_several(line) if offices else _unknown(line))
        if wrong:
            raise forms.ValidationError(wrong[:10])
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        professional = self.own or values.get("professional")
        if professional is None or not {"on", "starts", "ends"} <= set(values):
            return values
        values["professional"] = professional
        values["period"] = fields.period_between(
            professional.time_zone, values["on"], values["starts"], values["on"], values["ends"]
        )
        if values["period"] is None:
            self.add_error("ends", fields.NOT_AFTER)
        return values

    @property
    def period(self) -> Period:
        """The time of the valid form."""
        found: Period = self.cleaned_data["period"]
        return found


def _offices_by_name() -> dict[str, list[Office]]:
    """Active offices by everything they go by. One query."""
    found: dict[str, list[Office]] = defaultdict(list)
    for office in Office.objects.active().select_related("district").order_by("pk"):
        names = {office.legislator, office.reference}
        if office.district is not None:
            names |= {office.district.name_en, office.district.name_fr}
        for key in {sort_key(name) for name in names}:
            found[key].append(office)
    return found


def _unknown(line: str) -> str:
    return _now("No active office goes by “%(name)s”.") % {"name": line}


def _several(line: str) -> str:
    return _now("Several offices go by “%(name)s”: write the reference.") % {"name": line}
