"""How a line is reached: its mailbox and its telephone number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.actions import mailboxes
from comptoir.people.forms.telephones import TelephoneField

REFUSED: dict[type[mailboxes.CannotGive], tuple[str | None, Any]] = {
    mailboxes.Taken: ("mailbox", _("Another open line has this mailbox. Choose another.")),
    mailboxes.Closed: (None, _("The line is closed. It takes no mail any more.")),
}


class ReachForm(forms.Form):
    """A mailbox that no other open line has, and a number; a line may have neither."""

    mailbox = forms.EmailField(
        label=_("Mailbox"),
        help_text=_(
            "Mail to this address comes in on the line, and its answers leave from it. Without one the line takes no mail."
        ),
        required=False,
        max_length=254,
        error_messages={
            "invalid": _("Enter a whole address, such as questions@example.org."),
        },
    )
    telephone = TelephoneField(
        help_text=_("The number by which the line is called, if it has one."),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )


def refuse(form: forms.Form, reason: mailboxes.CannotGive) -> None:
    """Say beside its field why it was not given."""
    form.add_error(*REFUSED[type(reason)])
