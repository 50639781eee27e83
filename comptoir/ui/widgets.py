"""What a component needs to know about a Django field: one plain description per widget kind."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from django import forms
from django.forms.widgets import Input
from django.utils.html import strip_tags

from comptoir.ui import wordings
from comptoir.ui.forms import host_id

KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.SelectMultiple, "plain"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.DateInput, "date"),
    (forms.MultiWidget, "plain"),
    (forms.SelectDateWidget, "plain"),
    (Input, "input"),
)
"""The first match decides, so a subclass stands before what it derives from."""

PASSED_ON = (
    "autocomplete",
    "autofocus",
    "inputmode",
    "max",
    "maxlength",
    "min",
    "minlength",
    "pattern",
    "readonly",
    "rows",
    "size",
    "step",
    "multiple",
    "accept",
)
"""Attributes of the widget that the component takes as they are."""


SIZES: dict[str, Any] = {"number": 6, "time": 8}
"""A box as wide as its answer, where the widget does not say."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select, of radios or of checkboxes."""

    id: str
    value: str
    label: str
    hint: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Described:
    """A bound field as the templates in `ui/forms/` show it."""

    kind: str
    host_id: str
    id: str
    name: str
    type: str
    label: str
    hint: str
    error: str
    required: bool
    disabled: bool
    value: str
    attributes: dict[str, Any]
    groups: list[tuple[str, list[Option]]] = field(default_factory=list)
    prompt: bool = False

    @property
    def template(self) -> str:
        """The template of this kind."""
        return f"ui/forms/{self.kind}.html"

    @property
    def options(self) -> list[Option]:
        """Every choice, groups apart."""
        return [option for _, options in self.groups for option in options]

    @property
    def options_json(self) -> str:
        """The choices as radios and checkboxes take them."""
        return json.dumps([self._as_component(option) for option in self.options])

    @property
    def chosen_json(self) -> str:
        """The values of the chosen boxes."""
        return json.dumps([option.value for option in self.options if option.chosen])

    def _as_component(self, option: Option) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": option.id, "label": option.label, "value": option.value}
        if option.hint:
            shown["hint"] = option.hint
        if option.chosen:
            # For radios this, not a `value`, is what the component sends when nobody touches it.
            shown["checked"] = True
        return shown


def describe(bound: forms.BoundField) -> Described:
    """Everything about a field that its component shows.

    A form with `says_required = False` does not call its fields required, since none can be empty.
    """
    widget = bound.field.widget
    kind = _kind(bound)
    data = widget.get_context(
        bound.html_name, bound.value(), bound.build_widget_attrs(dict(widget.attrs))
    )["widget"]
    shown_as = _type(widget)
    attributes = {"size": SIZES[shown_as]} if shown_as in SIZES else {}
    attributes |= {key: data["attrs"][key] for key in PASSED_ON if data["attrs"].get(key)}
    groups = _groups(bound, kind, data)
    prompt = kind == "select" and bound.field.required and _starts_blank(widget)
    value = _value(bound.value(), data.get("value"))
    if kind == "select" and not prompt:
        # A browser's own select sends the choice that it shows; the component only one it was given.
        groups, value = _first_if_none(groups, value)
    return Described(
        kind=_kind_of_one(bound, kind, groups),
        host_id=host_id(bound),
        id=bound.id_for_label or bound.auto_id or bound.html_name,
        name=bound.html_name,
        type=shown_as,
        label=str(bound.label),
        hint=strip_tags(str(bound.help_text)),
        error=" ".join(wordings.said(bound.errors)),
        required=bound.field.required and getattr(bound.form, "says_required", True),
        disabled=bound.field.disabled,
        value=value,
        attributes=attributes,
        groups=groups,
        prompt=prompt,
    )


def _kind(bound: forms.BoundField) -> str:
    if bound.is_hidden:
        return "hidden"
    widget = bound.field.widget
    return next((kind for base, kind in KINDS if isinstance(widget, base)), "plain")


def _kind_of_one(bound: forms.BoundField, kind: str, groups: list[tuple[str, list[Option]]]) -> str:
    """The component of radios draws nothing for a single choice, which is no choice.

    Where an answer is needed it is settled: said, and sent. Where none is, it is a box to tick.
    """
    if kind != "radios" or sum(len(options) for _, options in groups) != 1:
        return kind
    return "settled" if bound.field.required else "checkboxes"


def _type(widget: forms.Widget) -> str:
    if isinstance(widget, forms.TimeInput):
        return "time"
    if isinstance(widget, forms.DateTimeInput):
        return "text"
    return getattr(widget, "input_type", None) or "text"


def _value(raw: object, formatted: object) -> str:
    """Dates and times as the browser's own form of them, everything else as Django formats it."""
    if isinstance(raw, time):
        return raw.strftime("%H:%M")
    if isinstance(raw, date):
        return raw.isoformat()
    return formatted if isinstance(formatted, str) else ""


def _groups(
    bound: forms.BoundField, kind: str, data: dict[str, Any]
) -> list[tuple[str, list[Option]]]:
    if kind == "checkbox":
        chosen = bool(data["attrs"].get("checked"))
        value = str(data.get("value") or "on")
        return [("", [_option(bound, 0, value, bound.label, chosen=chosen)])]
    if kind not in ("select", "radios", "checkboxes"):
        return []
    drop_blank = kind != "select" or bound.field.required
    number = iter(range(100_000))
    return [
        (
            str(name or ""),
            [
                _option(bound, next(number), str(o["value"]), o["label"], chosen=o["selected"])
                for o in options
                if not (drop_blank and str(o["value"]) == "")
            ],
        )
        for name, options, _ in data["optgroups"]
    ]


def _first_if_none(
    groups: list[tuple[str, list[Option]]], value: str
) -> tuple[list[tuple[str, list[Option]]], str]:
    """The groups with their first option chosen if none is, and the value that is chosen then."""
    options = [option for _, group in groups for option in group]
    if not options or any(option.chosen for option in options):
        return groups, value
    (name, (first, *others)), *more = [one for one in groups if one[1]]
    return [(name, [replace(first, chosen=True), *others]), *more], first.value


def _option(
    bound: forms.BoundField, number: int, value: str, label: object, *, chosen: bool
) -> Option:
    return Option(
        id=f"{bound.auto_id or bound.html_name}_{number}",
        value=value,
        label="—" if str(label).strip("-") == "" else str(label),
        hint=str(getattr(label, "hint", "")),
        chosen=chosen,
    )


def _starts_blank(widget: forms.Widget) -> bool:
    choices = list(getattr(widget, "choices", ()))
    return not choices or choices[0][0] in ("", None)
