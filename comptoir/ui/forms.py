"""Django forms on GC Design System components, each with a plain twin for when scripts do not run.

Pages write `<form method="post" novalidate>`, `{{ form }}` and a button. A component validates
nothing: the server's sentences are the ones people read, in their language, beside every field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from comptoir.ui import values, wordings

AnyForm = TypeVar("AnyForm", bound=forms.BaseForm)

ENDS = ".?!:\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE} "
"""With what a label may end, and its name does not where a colon follows."""


class Renderer(TemplatesSetting):
    """The project's form renderer (`FORM_RENDERER`)."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    formset_template_name = "ui/forms/formset.html"


@dataclass(frozen=True, slots=True)
class Choice:
    """The label of a choice with a line of explanation under it: `(value, Choice(label, hint))`."""

    label: str | Promise
    hint: str | Promise = ""

    def __str__(self) -> str:
        return str(self.label)


class RowsFormSet(forms.BaseFormSet[forms.Form]):
    """A formset to which people add rows and from which they take them, with or without scripts.

    The submit buttons `<prefix>-add` and `<prefix>-remove` (its value is the row) change the number
    of rows, keep everything typed and judge nothing: `rows_changed` is then true, `is_valid()` false
    and no error is shown. Views need no other branch.
    """

    default_error_messages = {
        "too_many_forms": ngettext_lazy(
            "At most %(num)d can be given: remove the others.",
            "At most %(num)d can be given: remove the others.",
            "num",
        )
    }
    row_name: str | Promise = _("Line")
    add_label: str | Promise = _("Add another")

    def __init__(self, data: QueryDict | None = None, *arguments: Any, **options: Any) -> None:
        prefix = options.get("prefix") or self.get_default_prefix()
        changed = None if data is None else with_rows_changed(data, prefix)
        self.rows_changed = changed is not None
        super().__init__(changed if changed is not None else data, *arguments, **options)

    def total_form_count(self) -> int:
        """Never fewer rows than the least, whatever a request claims; so none of those stays unjudged."""
        return max(super().total_form_count(), self.min_num)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Every row counts: one that was added and left blank is asked for, or is taken away again."""
        return {**super().get_form_kwargs(index), "empty_permitted": False}

    def full_clean(self) -> None:
        super().full_clean()
        if self.rows_changed:
            self._errors = [ErrorDict() for _ in self.forms]
            self._non_form_errors = self.error_class()

    def is_valid(self) -> bool:
        """False while rows are being added or removed: nothing was submitted yet."""
        return not self.rows_changed and super().is_valid()

    @cached_property
    def forms(self) -> list[forms.Form]:
        """The rows, unjudged while their number changes."""
        rows: list[forms.Form] = super().forms
        return [without_errors(row) for row in rows] if self.rows_changed else rows


def rows_of(
    form: type[forms.Form],
    *,
    most: int,
    least: int = 1,
    name: str | Promise = RowsFormSet.row_name,
    add: str | Promise = RowsFormSet.add_label,
) -> type[RowsFormSet]:
    """The formset class for rows of that form; it starts with the least and stops at the most.

    `name` is what one row is called, `add` what the button says that gives one more.
    """
    made = forms.formset_factory(
        form,
        formset=RowsFormSet,
        extra=0,
        min_num=least,
        max_num=most,
        absolute_max=most,
        validate_max=True,
    )
    rows = cast(type[RowsFormSet], made)
    rows.row_name, rows.add_label = name, add
    return rows


def without_errors(form: AnyForm) -> AnyForm:
    """The form as typed, judged later: for a page posted back by a button that only changes rows."""
    vars(form)["_errors"] = ErrorDict()  # what Django itself looks at before it validates
    return form


def with_rows_changed(data: QueryDict, prefix: str) -> QueryDict | None:
    """What was posted, with a row more or less if one of the row buttons was pressed; else None."""
    total_key = f"{prefix}-TOTAL_FORMS"
    total = values.number(data.get(total_key, "")) or 0
    if f"{prefix}-add" in data:
        changed = data.copy()
        changed[total_key] = str(total + 1)
        return changed
    removed = values.number(data.get(f"{prefix}-remove", ""))
    if removed is None or removed >= total:
        return None
    return _without_row(data, prefix, removed, total)


def _without_row(data: QueryDict, prefix: str, removed: int, total: int) -> QueryDict:
    """Row numbers stay without gaps: those after the removed one move up."""
    pattern = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,18}})-(.+)")
    changed = QueryDict(mutable=True)
    for key, typed in data.lists():
        match = pattern.fullmatch(key)
        row = int(match[1]) if match else -1
        if match is None or row < removed:
            changed.setlist(key, typed)
        elif row > removed:
            changed.setlist(f"{prefix}-{row - 1}-{match[2]}", typed)
    changed[f"{prefix}-TOTAL_FORMS"] = str(total - 1)
    return changed


def all_errors(
    parts: Iterable[forms.BaseForm | forms.BaseFormSet[Any]],
) -> list[tuple[str, str]]:
    """Every error of forms and formsets in the order of the page: where it is (or "") and what it says."""
    found: list[tuple[str, str]] = []
    for part in parts:
        if isinstance(part, forms.BaseFormSet):
            rows = f"{part.prefix}-rows" if isinstance(part, RowsFormSet) else ""
            found += [(rows, error) for error in wordings.said(part.non_form_errors())]
            name = getattr(part, "row_name", _("Line"))
            for number, row in enumerate(part.forms, start=1):
                found += _errors_of(row, f"{name} {number}, ")
        else:
            found += _errors_of(part, "")
    return found


def _errors_of(form: forms.BaseForm, prefix: str) -> list[tuple[str, str]]:
    """One form's errors, each with the name of its field: in a summary the field is not beside it."""
    found = [("", error) for error in wordings.said(form.non_field_errors())]
    for field in form:
        place = "" if field.is_hidden else host_id(field)
        name = prefix + str(field.label).rstrip(ENDS)
        found += [
            (place, str(_("%(label)s: %(error)s")) % {"label": name, "error": error})
            for error in wordings.said(field.errors)
        ]
    return found


def host_id(field: forms.BoundField) -> str:
    """The id of the element that stands for a field on the page, which an error links to."""
    return f"f_{field.auto_id or field.html_name}"
