"""The files that somebody without an account sends with a text: judged together, each named in what is said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comptoir.domain import documents as rule
from comptoir.enquiries.actions import documents
from comptoir.enquiries.actions.documents import Given

REFUSALS: dict[type[Exception], str | Promise] = {
    rule.Empty: _("There is nothing in this file. Choose another one."),
    rule.TooLarge: _("This file is larger than 5 MB. Make it smaller, or split it in two."),
    rule.UnknownType: _("This is no PDF, JPEG, PNG or Word file. Save it as one of them first."),
    rule.TwoInOne: _("There is a second file inside this one. Save it anew as a PDF."),
    rule.Bomb: _("Unpacked, this file would be much too large. Save it anew as a PDF."),
    rule.Program: _("This file holds a program (macros). Save it as a PDF."),
}
"""Why a file is not taken, and what to do; whoever sends it."""

TOO_MANY = _("This enquiry has as many files as it can have. Send the text without files.")

ACCEPTED = ".pdf,.jpg,.jpeg,.png,.docx"
LONGEST_NAME_SAID = 60


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to ten files of 5 MB; clean gives them as `Given`."""

    def __init__(self, **options: Any) -> None:
        widget = FilesInput(attrs={"accept": ACCEPTED, "multiple": True})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Given]:
        """What was chosen; every file that is not taken is named with its reason, all at once."""
        chosen: list[UploadedFile[Any]] = data or []
        if len(chosen) > documents.MOST_AT_ONCE:
            raise forms.ValidationError(_too_many())
        files, faults = [], []
        for each in chosen:
            name, content = each.name or "", each.read(rule.MOST_BYTES + 1)
            try:
                rule.recognised(content)
            except rule.Unwelcome as refused:
                faults.append(f"{name[:LONGEST_NAME_SAID]}: {REFUSALS[type(refused)]}")
            files.append(Given(name, content))
        if faults:
            again = gettext("Then choose all files again: a browser does not keep them.")
            raise forms.ValidationError(" ".join([*faults, again]))
        return files


def _too_many() -> str:
    return gettext("Choose %(most)s files at most.") % {"most": documents.MOST_AT_ONCE}


class FilesForm(forms.Form):
    """Files alone, or beside what a subclass asks for."""

    attached = FilesField(
        label=_("Add files"),
        help_text=_("Up to 10 files, 5 MB each: PDF, JPEG, PNG or Word. You can leave this empty."),
    )

    @property
    def rules(self) -> dict[str, Any]:
        """What a browser judges before the files travel (`static/enquiries/files.js`), and what it says."""
        return {
            "most": documents.MOST_AT_ONCE,
            "mostBytes": rule.MOST_BYTES,
            "sentences": {
                "tooMany": _too_many(),
                "empty": REFUSALS[rule.Empty],
                "tooLarge": REFUSALS[rule.TooLarge],
                "unknownType": REFUSALS[rule.UnknownType],
            },
        }


def judge_size(form: FilesForm, request: HttpRequest) -> None:
    """What is larger than a request may be is not read, so that its files are missing without a word."""
    length = request.META.get("CONTENT_LENGTH") or ""
    size = int(length) if length.isdecimal() else 0
    if form.is_valid() and size > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        form.add_error("attached", _("Together these files are larger than 60 MB. Choose fewer."))
