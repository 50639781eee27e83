"""Somebody who uses no mouse: what has the focus, by the name that a screen reader would say."""

from __future__ import annotations

from playwright.sync_api import Page

MOST_STOPS = 150

STEPS_TO = """wanted => {
  let here = document.activeElement;
  while (here.shadowRoot && here.shadowRoot.activeElement) here = here.shadowRoot.activeElement;
  const box = here.getBoundingClientRect();
  if (!box.width || !box.height) throw new Error('nobody sees what has the focus: ' + here.outerHTML);
  const plain = text => text.replace(/\\s+/g, ' ').trim();
  const name = one => plain(one.getAttribute('aria-label')
    || [...(one.labels || [])].map(label => label.textContent).join(' ')
    || one.textContent || (one.getRootNode().host || one).textContent);
  const is = one => name(one).startsWith(plain(wanted));
  if (is(here)) return 0;
  if (here.type !== 'radio') return null;
  const choices = [...here.getRootNode().querySelectorAll('input[type=radio]')];
  const there = choices.findIndex(is);
  return there < 0 ? null : there - choices.indexOf(here);
}"""
"""How many arrows lead from what has the focus to what has this name; null if none do."""


class Keys:
    """The keyboard, with the focus where it is wanted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def presses(self, key: str) -> None:
        """Press one key."""
        self.page.keyboard.press(key)

    def writes(self, text: str) -> None:
        """Type a text."""
        self.page.keyboard.type(text)


def walk(page: Page, wanted: str) -> Keys:
    """Go on with the tabulator until what has this name has the focus; among choices, with arrows."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        arrows: int | None = page.evaluate(STEPS_TO, wanted)
        if arrows is None:
            continue
        for _ in range(abs(arrows)):
            page.keyboard.press("ArrowDown" if arrows > 0 else "ArrowUp")
        return Keys(page)
    raise AssertionError(f"The tabulator does not lead to “{wanted}”.")
