"""The words of names, so that somebody is found by them in an index: without accents, case or punctuation."""

from __future__ import annotations

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func

MARKS = re.compile("[\u0300-\u036f]")
"""What accents become once they are taken off their letters."""

WHOLE, PLAIN = "łđðøħıς", "lddohiσ"
"""Letters that are no letter with an accent, and as what they are looked for; a sigma is one at the end too."""

MOST_WORDS = 6
LEAST_OF_A_BEGINNING = 4
"""Letters (ours): of the last word the beginning is enough from so many on; all else is meant whole.

Two beginnings at once, or a shorter one, may be those of every tenth name: among millions they take seconds.
"""


class NameWords(Func):
    """The words of several fields, as PostgreSQL keeps them; `words` cuts what is asked for alike."""

    output_field = SearchVectorField()
    arg_joiner = " || ' ' || "
    template = (
        "to_tsvector('simple'::regconfig, regexp_replace(regexp_replace("
        f"translate(lower(normalize(%(expressions)s, NFKD)), '{WHOLE}', '{PLAIN}'), "
        "'[\\u0300-\\u036f]', '', 'g'), "
        "'[^[:alnum:]]+', ' ', 'g'))"
    )


def words(text: str) -> list[str]:
    """The words of what was asked for, the first few."""
    plain = unicodedata.normalize("NFKD", text).lower().translate(str.maketrans(WHOLE, PLAIN))
    plain = MARKS.sub("", plain)
    return re.findall(r"[^\W_]+", plain)[:MOST_WORDS]


def asked_for(text: str) -> SearchQuery | None:
    """What finds the names with all of these words in any order; None if there are none."""
    *whole, last = words(text) or [""]
    if not last:
        return None
    beginning = ":*" if len(last) >= LEAST_OF_A_BEGINNING else ""
    return SearchQuery(" & ".join([*whole, last + beginning]), config="simple", search_type="raw")
