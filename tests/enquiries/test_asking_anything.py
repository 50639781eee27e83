"""Whatever anybody sends to the public form: never a failure, and what is accepted is on record once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptoir.enquiries.models import AskerKind, Enquiry, Message, Topic
from comptoir.roster.models import LineOfBusiness
from tests.enquiries.typing import ASK, token, typed

pytestmark = pytest.mark.django_db

EVIL = [
    "",
    "\0",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}",
    "'; DROP TABLE enquiries_enquiry; --",
    "\N{RIGHT-TO-LEFT OVERRIDE}abc",
    "\N{LATIN SMALL LETTER SHARP S}" * 250 + "@clients.example",
    "a@" + "\N{LATIN SMALL LETTER SHARP S}" * 60 + ".example",
    "a@" + ".".join(["\N{LATIN SMALL LETTER SHARP S}" * 60] * 4) + ".ca",
    "²",
    "9" * 400,
    "9999-12-31",
    "0000-00-00",
    "x" * 5_000,
    "\U0001f469\N{ZERO WIDTH JOINER}\U0001f4bb" * 700,
    "\r\n" * 2_100,
    "../../etc/passwd",
    "C000111222",
    "１２３４５６７８",
]
anything = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=2_200), st.sampled_from(EVIL)
)
FIELDS = (
    "asker_kind",
    "asker_name",
    "office_words",
    "office",
    "email",
    "language",
    "applicant_name",
    "applicant_born_on",
    "uci",
    "application_number",
    "line_of_business",
    "topic",
    "body",
    "work",
    "attempt",
    "nobody-asked",
)
plausible = st.fixed_dictionaries(
    {
        "asker_kind": st.sampled_from([AskerKind.CLIENT.value, AskerKind.REPRESENTATIVE.value]),
        "asker_name": st.just("Somebody"),
        "topic": st.sampled_from(Topic.values),
        "line_of_business": st.sampled_from(LineOfBusiness.values),
        "body": anything,
        "applicant_name": anything,
    }
)
forms = st.builds(
    lambda good, odd: typed(token="") | good | odd,
    plausible,
    st.dictionaries(st.sampled_from(FIELDS), anything, max_size=3),
)
EXAMPLES = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def alone(test: Callable[..., None]) -> Callable[..., None]:
    """After an example nothing of it is left: no row, no session, no throttle."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            test(*args, **kwargs)
            transaction.set_rollback(True)

    return run


@EXAMPLES
@given(form=forms, button=st.sampled_from(["send", "find", "change", "none"]))
@alone
def test_is_answered_and_what_is_accepted_is_on_record_once(
    form: dict[str, Any], button: str
) -> None:
    client = Client()
    page = token()

    answers = [client.post(ASK, form | {"token": page, button: "1"}) for _ in range(2)]

    statuses = {answer.status_code for answer in answers}
    assert statuses in ({200}, {302}, {422}), statuses
    accepted = 302 in statuses
    assert accepted <= (button == "send")
    assert Enquiry.objects.count() == Message.objects.count() == int(accepted)
    if accepted:
        assert client.get(answers[0]["Location"]).status_code == 200
        assert len(Message.objects.get().body) <= 2_000


@EXAMPLES
@given(given_token=anything, website=anything, work=anything)
@alone
def test_in_the_place_of_the_page_s_own_fields_is_never_accepted(
    given_token: str, website: str, work: str
) -> None:
    own = {"token": given_token, "website": website, "work": work}

    answer = Client().post(ASK, typed() | own | {"send": "1"})

    assert answer.status_code == 422
    assert not Enquiry.objects.exists()


@EXAMPLES
@given(
    reference=anything,
    email=st.one_of(anything, st.just("a@clients.example")),
    code=anything,
)
@alone
def test_to_follow_opens_nothing(reference: str, email: str, code: str) -> None:
    client = Client()

    answers = [
        client.post("/en/follow/", {"reference": reference, "email": email}),
        client.post("/en/follow/code/", {"code": code}),
        client.post("/en/follow/lost/", {"email": email}),
        client.post("/en/follow/enquiry/", {"body": code, "attempt": str(uuid.uuid4())}),
    ]

    assert {answer.status_code for answer in answers} <= {302, 422, 429}
    assert not Message.objects.exists()


@pytest.mark.parametrize("age", [timedelta(days=-1), timedelta(days=400)])
def test_a_page_of_another_time_is_sent_again(client: Client, age: timedelta) -> None:
    answer = client.post(ASK, typed(token=token(open_for=age)) | {"send": "1"})

    assert answer.status_code == 422
