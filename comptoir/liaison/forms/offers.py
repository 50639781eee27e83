"""How days open and how the waiting list is served, on the form of a rule."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class OfferFields(forms.Form):
    """Fields named as those of a policy; one that is left empty has the policy's default."""

    batch_minutes = forms.IntegerField(
        label=_("Minutes for which wishes for a new day are collected before they are drawn"),
        help_text=_("0: a new day opens at midnight, first come, first served."),
        min_value=0,
        max_value=1_439,
        required=False,
    )
    opens_at = forms.TimeField(
        label=_("Time from which wishes are collected"),
        help_text=_("On the clock of the centre."),
        widget=forms.TimeInput(format="%H:%M"),
        required=False,
    )
    most_waiting = forms.IntegerField(
        label=_("Things an office may wait for at once"),
        help_text=_("0: there is no waiting list."),
        min_value=0,
        max_value=20,
        required=False,
    )
    offer_minutes = forms.IntegerField(
        label=_("Minutes for which what came free is kept for the next who waits"),
        help_text=_("At most a quarter of the notice that is left."),
        min_value=1,
        max_value=240,
        required=False,
    )
    together_minutes = forms.IntegerField(
        label=_("Minutes of notice under which all who wait are asked at the same time"),
        help_text=_("There is no time left to ask one after the other."),
        min_value=0,
        max_value=480,
        required=False,
    )
    answer_seconds = forms.IntegerField(
        label=_("Seconds they have to accept before one of them is drawn"),
        help_text=_("To be quick is no advantage."),
        min_value=10,
        max_value=600,
        required=False,
    )
    most_unanswered = forms.IntegerField(
        label=_("Offers left without an answer after which an office waits no longer"),
        help_text=_("So that nobody is asked who is not there."),
        min_value=1,
        max_value=20,
        required=False,
    )
    half_life_days = forms.IntegerField(
        label=_("Days after which what an office has used counts half in the order of the list"),
        help_text=_("Who used less of its share comes first."),
        min_value=1,
        max_value=90,
        required=False,
    )
    kept_longer_minutes = forms.IntegerField(
        label=_("Minutes for which it is kept longer than it can be accepted"),
        help_text=_("Until it was booked or offered again. Three are Comptoir’s default."),
        min_value=1,
        max_value=15,
        required=False,
    )
    most_filed_a_day = forms.IntegerField(
        label=_("Entries one person may put on the list in 24 hours"),
        help_text=_("Stops scripts and nobody else. Twenty are Comptoir’s default."),
        min_value=1,
        max_value=200,
        required=False,
    )
    first_place_days = forms.IntegerField(
        label=_("Days for which an office comes first after the centre cancelled"),
        help_text=_(
            "0: it does not come first, nor on the day after what was guaranteed to it was missed. Fourteen are Comptoir’s default."
        ),
        min_value=0,
        max_value=90,
        required=False,
    )


OFFERS = tuple(OfferFields.base_fields)
