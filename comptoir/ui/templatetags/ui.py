"""The components: what a page writes so that every page says the same thing in the same way."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from comptoir.ui import icons, languages

register = template.Library()

NOTICE_ICONS = {"info": "info", "success": "success", "warning": "warning", "danger": "error"}


@register.simple_tag
def brand() -> str:
    """`neutral`, or `gc` where the service runs under the Government of Canada's identity."""
    return str(getattr(settings, "COMPTOIR_BRAND", "neutral"))


@register.simple_tag
def home_url() -> str:
    """The front page in the language of this one."""
    return f"/{(get_language() or 'en')[:2]}/"


@register.simple_tag(takes_context=True)
def heading_text(context: Context) -> str:
    """The block `heading` without its markup, so that a page writes its title once."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block("heading") if blocks is not None else None
    return " ".join(strip_tags(block.render(context)).split()) if block is not None else ""


@register.inclusion_tag("ui/components/language_toggle.html", takes_context=True)
def language_toggle(context: Context) -> dict[str, Any]:
    """A link to this very page, query included, in the other official language."""
    return {"other": languages.other(), "url": languages.same_page_in_other(context.get("request"))}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing beside words, never instead of them."""
    return icons.svg(name)


@register.simple_tag
def status_tag(label: object, tone: str = "neutral") -> SafeString:
    """Where something stands, in words; tones: neutral, info, success, warning, danger."""
    return format_html('<span class="tag tag--{}">{}</span>', tone, label)


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address that breaks after its @ and its dots where a line is too short for it."""
    return SafeString(re.sub(r"(?<=[@.])(?=.)", "<wbr>", escape(address)))


@register.inclusion_tag("ui/components/empty_state.html")
def empty_state(
    title: str, text: str = "", *, url: str = "", action: str = "", icon: str = "calendar"
) -> dict[str, Any]:
    """Instead of an empty list: what would be here, and the next thing to do."""
    return {"title": title, "text": text, "url": url, "action": action, "icon": icon}


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "", tag: str = "h2") -> SafeString:
    """A boxed remark; kinds: info, success, warning, danger."""
    return format_html(
        '<gcds-notice notice-role="{}" notice-title-tag="{}" notice-title="{}">'
        "<noscript><strong>{}</strong></noscript>{}</gcds-notice>",
        kind,
        tag,
        title,
        title,
        content,
    )


@register.simple_block_tag
def definition(content: str, term: str) -> SafeString:
    """One pair of a `<dl class="definitions">`."""
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", term, content)


@register.simple_block_tag
def details(content: str, summary: str, *, open: bool = False) -> SafeString:
    """Something most readers may skip, behind its summary."""
    opened = SafeString(" open") if open else ""
    return format_html(
        '<details class="details"{}><summary>{}</summary><div>{}</div></details>',
        opened,
        summary,
        content,
    )


@register.simple_tag
def progress(value: float, maximum: float, label: str) -> SafeString:
    """How much of something is used: a bar below the words that say it."""
    return format_html(
        '<div class="progress"><span>{}</span>'
        '<progress value="{}" max="{}" aria-label="{}"></progress></div>',
        label,
        value,
        maximum,
        label,
    )


@register.inclusion_tag("ui/components/steps.html")
def steps(*labels: str, current: int) -> dict[str, Any]:
    """The stages of one task; `current` counts from 1."""
    return {"steps": list(enumerate(labels, start=1)), "current": current, "total": len(labels)}


@register.inclusion_tag("ui/components/breadcrumbs.html")
def breadcrumbs(*labels_and_urls: str) -> dict[str, Any]:
    """Label, address, label, address: the pages above this one."""
    pairs = zip(labels_and_urls[::2], labels_and_urls[1::2], strict=True)
    return {"trail": [{"label": label, "url": url} for label, url in pairs]}


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Links to the other pages of a list, with the rest of the query kept."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)

    def address(number: int) -> str:
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    numbers = [
        (number, address(number) if isinstance(number, int) else "")
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "numbers": numbers,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag
def button(
    label: str,
    *,
    kind: str = "primary",
    href: str = "",
    size: str = "regular",
    type: str = "submit",
    **attributes: Any,
) -> SafeString:
    """A button, or a link that looks like one; kinds: primary, secondary, danger, start.

    Other attributes pass through with `_` for `-`: `name`, `value`, `hx_post`. Without scripts a
    plain twin does the same.
    """
    extra = format_html_join(
        "", ' {}="{}"', ((key.replace("_", "-"), value) for key, value in attributes.items())
    )
    twin = format_html(
        '<a class="button button--{}" href="{}">{}</a>'
        if href
        else '<button class="button button--{}" type="{}"{}>{}</button>',
        *((kind, href, label) if href else (kind, type, extra, label)),
    )
    component = format_html(
        '<gcds-button type="{}" button-role="{}" size="{}"{}{}>{}</gcds-button>',
        "link" if href else type,
        kind,
        size,
        format_html(' href="{}"', href) if href else "",
        extra,
        label,
    )
    return component + format_html("<noscript>{}</noscript>", twin)
