"""One page that shows every component with invented content, for those who build and judge pages.

It exists only where DEBUG is on.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from comptoir.ui import icons
from comptoir.ui.access import public
from comptoir.ui.forms import Choice, rows_of, without_errors

EXAMPLE = datetime(2026, 12, 15, 18, 0, tzinfo=UTC)


class ExampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("We send the confirmation here.")
    )
    telephone = forms.CharField(
        label=_("Telephone number"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "size": 20}),
    )
    lines = forms.IntegerField(label=_("Number of cases"), min_value=1, max_value=8)
    length = forms.ChoiceField(
        label=_("Length"),
        widget=forms.RadioSelect,
        choices=[
            ("15", Choice(_("15 minutes"), _("One simple question"))),
            ("30", Choice(_("30 minutes"), _("Up to three cases"))),
            ("60", _("60 minutes")),
        ],
    )
    language = forms.ChoiceField(
        label=_("Language of the appointment"),
        choices=[("", "---------"), ("en", _("English")), ("fr", _("French"))],
    )
    topics = forms.MultipleChoiceField(
        label=_("Subjects"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("visa", _("Visitor visa")),
            ("study", _("Study permit")),
            ("work", _("Work permit")),
        ],
    )
    day = forms.DateField(label=_("Date"), help_text=_("Within the next ten business days."))
    hour = forms.TimeField(label=_("Time"), required=False)
    note = forms.CharField(
        label=_("What should be prepared"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    consent = forms.BooleanField(label=_("The constituent has given written consent."))
    document = forms.FileField(label=_("Consent form"), required=False)
    origin = forms.CharField(widget=forms.HiddenInput, initial="style-guide")


class CaseForm(forms.Form):
    """One row of the example formset."""

    number = forms.CharField(label=_("Application number"), max_length=10)
    question = forms.CharField(label=_("Question"), widget=forms.Textarea(attrs={"rows": 2}))


CaseRows = rows_of(CaseForm, most=4, name=_("Case"), add=_("Add another case"))


@public
def page(request: HttpRequest) -> HttpResponse:
    """Show everything; a posted form comes back with what the server found."""
    data = request.POST if request.method == "POST" else None
    form = ExampleForm(data, request.FILES or None, initial={"day": EXAMPLE.date(), "length": "30"})
    cases = CaseRows(data, prefix="cases")
    if cases.rows_changed:
        without_errors(form)
    elif data is not None and form.is_valid() and cases.is_valid():
        messages.success(request, _("The form was sent."))
    context = {
        "form": form,
        "cases": cases,
        "start": EXAMPLE,
        "end": EXAMPLE + timedelta(minutes=45),
        "week": [EXAMPLE + timedelta(days=day) for day in range(5)],
        "icons": sorted(icons.SHAPES),
        "list_page": Paginator(range(120), 10).page(6),
        "navigation": [
            {"label": _("Appointments"), "url": "#", "current": True},
            {"label": _("Book a time"), "url": "#", "current": False},
            {"label": _("Our share"), "url": "#", "current": False},
        ],
        "account": {"name": "Alex Tremblay", "links": [{"label": _("My details"), "url": "#"}]},
    }
    status = 422 if form.errors or cases.total_error_count() else 200
    return render(request, "ui/style_guide.html", context, status=status)
