"""The icons, drawn for Comptoir on a 24-unit grid: strokes only, in the colour of the text."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

SHAPES = {
    "alert": "M12 3 2.5 20h19L12 3Zm0 6.5v5m0 2.6v.4",
    "arrow-left": "M20 12H5m6-7-7 7 7 7",
    "arrow-right": "M4 12h15m-6-7 7 7-7 7",
    "building": "M4 21V4h11v17M15 9h5v12M2 21h20M8 8h3M8 12h3M8 16h3",
    "calendar": "M4 5.5h16V20H4zM4 10h16M8 3v4m8-4v4",
    "check": "m4 12.5 5.5 5.5L20 6.5",
    "chevron-down": "m5 9 7 7 7-7",
    "chevron-left": "m15 5-7 7 7 7",
    "chevron-right": "m9 5 7 7-7 7",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4.5V12l3.5 2.5",
    "close": "m5 5 14 14M19 5 5 19",
    "download": "M12 3v12m-5-5 5 5 5-5M4 20h16",
    "edit": "m4 20 1-4.5L16 4.5 19.5 8 8.5 19 4 20Zm9.5-13 3.5 3.5",
    "error": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4.500v5.500m0 3v.5",
    "external": "M14 4h6v6M20 4l-9 9M10 5H4v15h15v-6",
    "file": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "filter": "M3 5h18l-7 8.500V20l-4-2v-4.500L3 5Z",
    "flag": "M5 21V4h13l-3 4.500L18 13H5",
    "globe": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3 12h18M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18",
    "history": "M4 12a8 8 0 1 0 2.5-5.800M4 4v4.500h4.500M12 8v4.500l3 2",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 7.500V17m0-10v.5",
    "list": "M8.5 6H21M8.5 12H21M8.5 18H21M3.5 6h.01M3.5 12h.01M3.5 18h.01",
    "lock": "M5 11h14v10H5zM8 11V7.500a4 4 0 0 1 8 0V11M12 15v2.5",
    "mail": "M3 5.500h18v13H3zM3 6.500l9 7 9-7",
    "menu": "M3 6h18M3 12h18M3 18h18",
    "minus": "M4 12h16",
    "move": "M4 8h14m-4-4 4 4-4 4M20 16H6m4-4-4 4 4 4",
    "pause": "M8 5v14M16 5v14",
    "people": "M9 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c0-4 3-6 7-6s7 2 7 6M16 4.500a4 4 0 0 1 0 7M18 14.500c2.5.7 4 2.5 4 5.5",
    "person": "M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Zm-8 9c0-4.5 3.5-7 8-7s8 2.5 8 7",
    "phone": "M5 3h4l2 5-2.5 2a12 12 0 0 0 5.5 5.500l2-2.5 5 2v4c0 1-1 2-2 2C10.5 21 3 13.5 3 5c0-1 1-2 2-2Z",
    "plus": "M12 4v16M4 12h16",
    "print": "M7 8V3h10v5M7 17H3V8h18v9h-4M7 14h10v7H7z",
    "scale": "M12 3v18M7 21h10M4 7h16M4 7l-2.5 7h5L4 7Zm16 0-2.5 7h5L20 7Z",
    "search": "M10.5 3a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Zm5.5 13 5.5 5.5",
    "settings": "M4 7h9m4 0h3M4 17h3m4 0h9M15 4.500v5M9 14.500v5",
    "shield": "M12 3 4 6v6c0 5 3.5 8 8 9 4.5-1 8-4 8-9V6l-8-3Zm-3.5 9 2.5 2.5 4.5-5",
    "success": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-4.5 9.5 3 3 6-6.5",
    "trash": "M4 6.500h16M9 6.500V3.500h6v3M6 6.5 7 21h10l1-14.500M10 10.500v6.500M14 10.500v6.5",
    "warning": "M12 3 2.5 20h19L12 3Zm0 6.500v5m0 2.600v.4",
}


def svg(name: str) -> SafeString:
    """One icon, hidden from screen readers: the words beside it say what it means."""
    return mark_safe(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f'<path d="{SHAPES.get(name, SHAPES["info"])}"/></svg>'
    )
