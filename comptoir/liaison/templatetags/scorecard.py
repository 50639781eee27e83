"""The scorecard's figures as people read them: names, numbers with their unit, bars beside them."""

from __future__ import annotations

from collections.abc import Iterable

from babel.numbers import format_decimal, format_percent
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from comptoir.liaison.queries.scorecard import words
from comptoir.liaison.queries.scorecard.figures import Block, Figure
from comptoir.liaison.queries.scorecard.words import Unit
from comptoir.liaison.templatetags.pilots import points
from comptoir.ui import times, zones
from comptoir.ui.times import NBSP

register = template.Library()

PATTERNS = {Unit.HOURS: "#,##0.0", Unit.INDEX: "#,##0.000", Unit.COUNT: "#,##0"}
BAR = '<meter class="bar" min="0" max="{}" value="{}" aria-hidden="true"></meter>'


@register.filter
def figure_name(code: str) -> str:
    """What a figure is called."""
    return str(words.FIGURES[code].name)


@register.filter
def figure_meaning(code: str) -> str:
    """One sentence that says what a figure is."""
    return str(words.FIGURES[code].meaning)


@register.filter
def group_name(code: str) -> str:
    """What a group of offices, or a bucket of notice, is called."""
    return str(words.GROUPS[code])


@register.filter
def section_name(code: str) -> str:
    """The heading of a section."""
    return str(words.SECTIONS[code])


@register.filter
def reason_name(code: str) -> str:
    """Why an office had no access, briefly."""
    return str(words.REASONS[code])


@register.filter
def figure_number(figure: Figure) -> str:
    """A figure's number with its unit, or why there is none."""
    if figure.hidden:
        return _("Fewer than 5 offices")
    if figure.value is None and figure.code == "third_next_available":
        return _("Fewer than three times on offer")
    return number_of(figure.value, figure.code)


@register.filter
def figure_interval(figure: Figure) -> str:
    """Between which numbers a figure lies with other offices of the same kind; empty where it is not known."""
    if figure.interval is None:
        return ""
    ends = [number_of(end, figure.code) for end in (figure.interval.low, figure.interval.high)]
    return _("95%% interval: %(low)s to %(high)s") % {"low": ends[0], "high": ends[1]}


@register.filter
def number_of(value: float | None, code: str) -> str:
    """A number as the figures of this code are written: "73.4%", "12.5 h", "0.833", "+1.2 points"; or a dash."""
    if value is None:
        return "–"
    unit, locale = words.FIGURES[code].unit, zones.LOCALES[times.language_or_active()]
    if unit == Unit.POINTS:
        return points(value)
    if unit == Unit.SHARE:
        return format_percent(round(value, 3), locale=locale, decimal_quantization=False)
    text = format_decimal(value, PATTERNS[unit], locale=locale)
    return f"{text}{NBSP}h" if unit == Unit.HOURS else text


@register.simple_tag
def figure_bar(figure: Figure, block: Block) -> SafeString:
    """The number as a bar: of a whole, or of the greatest of its block. It says what the number says."""
    unit = words.FIGURES[figure.code].unit
    if figure.value is None or (unit != Unit.SHARE and not block.is_grouped):
        return SafeString("")
    greatest = 1.0 if unit == Unit.SHARE else _greatest(block.figures)
    return format_html(BAR, f"{greatest:.4f}", f"{figure.value:.4f}")


def _greatest(figures: Iterable[Figure]) -> float:
    return max((figure.value for figure in figures if figure.value is not None), default=1.0) or 1.0
