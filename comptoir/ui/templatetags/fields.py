"""Tags for the templates that draw forms."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from comptoir.ui import forms as ui_forms
from comptoir.ui import widgets

register = template.Library()


@register.simple_tag
def describe(field: forms.BoundField) -> widgets.Described:
    """The field as its component shows it."""
    return widgets.describe(field)


@register.filter
def attributes(values: dict[str, Any]) -> SafeString:
    """Pairs as attributes; a value of True stands for the bare name."""
    return format_html_join(
        "", ' {}="{}"', ((key, "" if value is True else value) for key, value in values.items())
    )


@register.inclusion_tag("ui/forms/error_summary.html")
def error_summary(*parts: forms.BaseForm | forms.BaseFormSet[Any]) -> dict[str, Any]:
    """What is wrong on the page, each linked to its field. `{{ form }}` has its own."""
    return {"errors": ui_forms.all_errors(parts)}


@register.simple_tag
def form_fields(form: forms.BaseForm) -> SafeString:
    """The fields without a summary, where one `error_summary` speaks for several forms."""
    return form.render("ui/forms/fields.html")
