"""Files are looked at in the browser before they travel, said beside the field and read out; nothing is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Request, expect

from comptoir.domain import documents as rule
from comptoir.enquiries.actions.documents import MOST_AT_ONCE
from comptoir.enquiries.forms.files import REFUSALS
from comptoir.enquiries.models import Document, Enquiry
from tests.browser import asking
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.enquiries.files import DOCX, JPEG, PDF, PNG

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = b"Dear client support"


@pytest.fixture
def client(new_visitor: NewVisitor, language: str) -> Visitor:
    """Somebody who looks once more at what they typed."""
    visitor = new_visitor(language)
    to_the_review(visitor)
    return visitor


def to_the_review(visitor: Visitor) -> None:
    asking.types(visitor)
    visitor.press("Go on: check what you typed")
    visitor.heading("Check your question, then send it")
    visitor.ready()


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def chooses(visitor: Visitor, *files: FilePayload) -> None:
    visitor.page.locator("input[type=file]").set_input_files(list(files))


def is_told(visitor: Visitor, text: str) -> None:
    """Beside the field, and to who listens."""
    expect(visitor.page.locator("gcds-file-uploader gcds-error-message")).to_contain_text(text)
    expect(visitor.page.locator("#announcer")).to_contain_text(text)


def told(visitor: Visitor, why: type[Exception]) -> str:
    return visitor.says(str(REFUSALS[why]))


def posted(visitor: Visitor) -> list[Request]:
    """What is posted from now on."""
    found: list[Request] = []
    visitor.page.on("request", lambda one: found.append(one) if one.method == "POST" else None)
    return found


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("letter.txt", WORDS, rule.UnknownType),
        ("letter.pdf", WORDS, rule.UnknownType),
        ("nothing.pdf", b"", rule.Empty),
        ("large.pdf", PDF + b"\0" * rule.MOST_BYTES, rule.TooLarge),
    ],
)
def test_what_is_not_taken_is_named_at_once_and_does_not_travel(
    client: Visitor, name: str, content: bytes, why: type[Exception]
) -> None:
    sent = posted(client)
    chooses(client, file("passport.png", PNG), file(name, content))
    is_told(client, f"{name}: {told(client, why)}")

    client.press("Send the question")
    expect(client.page.locator("input[type=file]")).to_be_focused()
    client.heading("Check your question, then send it")
    assert sent == []

    chooses(client, file("passport.png", PNG))
    expect(client.page.locator("gcds-file-uploader gcds-error-message")).to_have_count(0)
    asking.sends(client)
    assert [each.name for each in Document.objects.all()] == ["passport.png"]


def test_more_files_than_may_be_sent_are_counted(client: Visitor) -> None:
    chooses(client, *(file(f"{number}.pdf", PDF) for number in range(MOST_AT_ONCE + 1)))

    is_told(client, client.says("Choose %(most)s files at most.", most=MOST_AT_ONCE))


def test_what_the_server_takes_the_browser_takes(client: Visitor) -> None:
    """By its first bytes, whatever its name says."""
    taken = (PDF, PNG, JPEG, DOCX)
    files = [file(f"{number}.bin", content) for number, content in enumerate(taken)]

    chooses(client, *files)

    asking.sends(client)
    assert Document.objects.count() == len(taken)


def test_files_are_judged_where_an_enquiry_is_followed(
    new_visitor: NewVisitor, language: str
) -> None:
    visitor, found = new_visitor(language), asking.an_answered_one()
    asking.asks_for_a_code(visitor, found)
    visitor.type("Code", visitor.post.code(found.asker_email))
    visitor.press("Read my enquiry")
    visitor.heading("Your enquiry %(reference)s", reference=found.reference)
    visitor.ready()

    chooses(visitor, file("letter.txt", WORDS))

    is_told(visitor, f"letter.txt: {told(visitor, rule.UnknownType)}")


def test_changing_something_takes_everything_typed_along_and_no_file(client: Visitor) -> None:
    sent = posted(client)
    chooses(client, file("large.pdf", PDF + b"\0" * rule.MOST_BYTES))

    client.press("Change something")

    client.heading("Ask a question")
    expect(client.field("Your question")).to_have_value(asking.QUESTION)
    expect(client.field("UCI")).to_have_value("1234-5678")
    expect(client.field("Why do you write?")).to_have_value("status")
    expect(client.field("The client")).to_be_checked()
    assert b"large.pdf" not in (sent[0].post_data_buffer or b"")
    assert not Enquiry.objects.exists()


def test_going_back_in_the_browser_keeps_what_was_typed(client: Visitor) -> None:
    client.page.go_back()

    client.heading("Ask a question")
    client.ready()
    expect(client.field("Your question")).to_have_value(asking.QUESTION)
    expect(client.field("UCI")).to_have_value("1234-5678")
    expect(client.field("Full name of the applicant")).to_have_value("Applicant One")
    expect(client.field("Why do you write?")).to_have_value("status")
    expect(client.field("The client")).to_be_checked()
