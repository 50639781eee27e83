"""Who takes appointments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.people.forms.people import time_zone_field
from comptoir.people.models import Grant, Person, Role
from comptoir.roster.forms import fields
from comptoir.roster.models import Professional


class DetailsForm(forms.Form):
    """What a professional can do and where."""

    languages = fields.languages_field()
    skills = fields.skills_field()
    time_zone = time_zone_field(_("Weekly hours are wall times of this zone."))
    active = forms.BooleanField(label=_("Takes appointments"), required=False)

    @classmethod
    def of(cls, professional: Professional, data: Any = None) -> DetailsForm:
        """The form as the professional is stored."""
        return cls(data, initial={name: getattr(professional, name) for name in cls.base_fields})


class PersonField(forms.ModelChoiceField[Person]):
    """Somebody who holds the role and is not on the roster yet."""

    def label_from_instance(self, obj: Person) -> str:
        return obj.name


class EntryForm(forms.Form):
    """Somebody new on the roster."""

    person = PersonField(
        queryset=Person.objects.none(),
        label=_("Person"),
        help_text=_("Somebody who was given the role of professional."),
        empty_label="",
        error_messages={"required": _("Choose a person.")},
    )
    code = forms.SlugField(
        label=_("Code"),
        help_text=_("Short, without blanks; the key in roster files, such as csp-35."),
        max_length=20,
        error_messages={
            "required": _("Enter a code."),
            "invalid": _("Use letters, digits and hyphens."),
        },
    )
    languages = fields.languages_field()
    skills = fields.skills_field()
    time_zone = time_zone_field(_("Weekly hours are wall times of this zone."))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, PersonField)
        field.queryset = candidates(now)


def candidates(now: datetime) -> Any:
    """People with the role of professional, in force or to come, who are not on the roster."""
    holders = Grant.objects.not_ended(now).filter(role=Role.PROFESSIONAL).values("person_id")
    found = Person.objects.filter(pk__in=holders, is_active=True, professional=None)
    return found.order_by("sort_name", "pk")
