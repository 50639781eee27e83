"""Every sentence exists in both official languages before it reaches anybody."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from scripts import translations


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_the_catalogue_holds_every_sentence_of_the_sources_well_translated(language: str) -> None:
    wrong = translations.problems(language)

    assert wrong == [], "Run `make messages`, translate, run it again:\n" + "\n".join(wrong)


def test_template_sentences_are_found_with_context_plural_and_placeholders(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "{% load i18n %}\n  <p>{% translate 'Open' context 'time' %}</p>\n"
        "{% blocktranslate trimmed count n=cases %}\n  {{ n }} case\n  {% plural %}\n  {{ n }} cases\n"
        "{% endblocktranslate %}",
        encoding="utf-8",
    )

    found = list(translations.sentences(page))

    assert found == [
        translations.Message("time", "Open", ""),
        translations.Message("", "%(n)s case", "%(n)s cases"),
    ]


def test_python_sentences_are_found_lazy_ones_too(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("_('Now')\nngettext('%d hour', '%d hours', n)\npgettext_lazy('a', 'b')\n")

    assert list(translations.sentences(module)) == [
        translations.Message("", "Now", ""),
        translations.Message("", "%d hour", "%d hours"),
        translations.Message("a", "b", ""),
    ]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (polib.POEntry(msgid="Yes"), "not translated"),
        (polib.POEntry(msgid="Yes", msgstr="Oui", flags=["fuzzy"]), "fuzzy"),
        (polib.POEntry(msgid="%(n)s left", msgstr="il en reste"), "placeholders differ"),
        (
            polib.POEntry(msgid="Error:", msgstr="Erreur :"),
            "a colon or a guillemet without its no-break space",
        ),
        (
            polib.POEntry(msgid="a", msgid_plural="b", msgstr_plural={0: "c", 1: ""}),
            "not translated",
        ),
    ],
)
def test_a_bad_french_translation_is_named(entry: polib.POEntry, fault: str) -> None:
    assert list(translations.faults(entry, "fr")) == [fault]


def test_a_percent_sign_is_no_place_for_a_value() -> None:
    entry = polib.POEntry(msgid="%(n)s%% of all", msgstr="%(n)s\u00a0%% du tout")

    assert list(translations.faults(entry, "fr")) == []


def test_english_is_the_source_and_needs_no_translation() -> None:
    assert list(translations.faults(polib.POEntry(msgid="Yes"), "en")) == []
