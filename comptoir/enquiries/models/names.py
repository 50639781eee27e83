"""The words of names, so that somebody is found by them in an index: without accents, case or punctuation."""

from __future__ import annotations

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func

MARKS = re.compile("[\u0300-\u036f]")
"""What accents become once they are taken off their letters."""

MOST_WORDS = 6
LEAST_OF_A_BEGINNING = 3
"""Letters (ours): the beginning of a word is enough from so many on, a shorter one is meant whole."""


class NameWords(Func):
    """The words of several fields, as PostgreSQL keeps them; `words` cuts what is asked for alike."""

    output_field = SearchVectorField()
    arg_joiner = " || ' ' || "
    template = (
        "to_tsvector('simple'::regconfig, regexp_replace(regexp_replace("
        "lower(normalize(%(expressions)s, NFKD)), '[\\u0300-\\u036f]', '', 'g'), "
        "'[^[:alnum:]]+', ' ', 'g'))"
    )


def words(text: str) -> list[str]:
    """The words of what was asked for, the first few."""
    plain = MARKS.sub("", unicodedata.normalize("NFKD", text).lower())
    return re.findall(r"[^\W_]+", plain)[:MOST_WORDS]


def asked_for(text: str) -> SearchQuery | None:
    """What finds the names with all of these words in any order; None if there are none."""
    found = [word + (":*" if len(word) >= LEAST_OF_A_BEGINNING else "") for word in words(text)]
    return SearchQuery(" & ".join(found), config="simple", search_type="raw") if found else None
