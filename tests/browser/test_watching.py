"""The watch itself: each thing it looks for makes it speak."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor

pytestmark = pytest.mark.browser

MISHAPS = {
    "console warning": "console.warn('a component lacks an attribute')",
    "console error": "console.error('it broke')",
    "a script failed": "setTimeout(() => { throw new Error('it broke') })",
    "a request to another host": "location.assign('https://fonts.example/')",
    "answer 404": "fetch('/en/nowhere/')",
    "Content Security Policy": "document.head.append(Object.assign(document.createElement('style'), {textContent: 'p {}'}))",
}


@pytest.mark.parametrize("sign", MISHAPS)
def test_nothing_that_goes_wrong_in_a_page_goes_unseen(new_visitor: NewVisitor, sign: str) -> None:
    visitor = new_visitor()
    visitor.go("account_login")
    assert visitor.watch.problems() == []

    visitor.page.evaluate(f"() => {{ {MISHAPS[sign]} }}")
    visitor.page.wait_for_load_state("networkidle")

    assert any(sign in problem for problem in visitor.watch.problems())
    visitor.watch.forget()


def test_a_refusal_that_was_announced_is_no_problem_unless_it_does_not_come(
    new_visitor: NewVisitor,
) -> None:
    visitor = new_visitor()
    visitor.watch.expect(404)
    assert visitor.watch.problems() == ["no answer 404"]

    visitor.open("/en/nowhere/")

    assert visitor.watch.problems() == []
