"""The catalogues of translations: kept in line with the sources, and checked.

`make messages` finds every sentence in Python and in templates and writes it to both catalogues, with
what was translated before. Nothing is guessed: a changed sentence comes back untranslated, a vanished
one goes. gettext's own tools are not needed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation import template as django_templates

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "fr")
TEMPLATES = (".html", ".txt")

KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    name + suffix: DEFAULT_KEYWORDS[name]
    for name in ("gettext", "ngettext", "pgettext", "npgettext")
    for suffix in ("_lazy", "_noop")
    if name in DEFAULT_KEYWORDS
}

HEADER = {
    "Project-Id-Version": "Comptoir",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
PLURAL_FORMS = {
    "en": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
}

PERCENT = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")
BRACES = re.compile(r"\{(\w*)\}")
BREAKABLE = re.compile(
    r"(?<!\N{NO-BREAK SPACE}):(?=\s|$)|«(?!\N{NO-BREAK SPACE})|(?<!\N{NO-BREAK SPACE})»"
)


@dataclass(frozen=True, order=True)
class Message:
    """A sentence of the sources: its context, its singular and its plural, each "" if it has none."""

    context: str
    singular: str
    plural: str


def sources() -> list[Path]:
    """Every file that may hold a sentence."""
    package = ROOT / "comptoir"
    found = [*package.rglob("*.py")]
    for suffix in TEMPLATES:
        found += [path for path in package.rglob(f"*{suffix}") if "templates" in path.parts]
    return sorted(path for path in found if "migrations" not in path.parts)


def extracted() -> dict[Message, list[str]]:
    """Every sentence of the sources with the files that hold it."""
    found: dict[Message, list[str]] = {}
    for path in sources():
        where = path.relative_to(ROOT).as_posix()
        for message in sentences(path):
            files = found.setdefault(message, [])
            if where not in files:
                files.append(where)
    return found


def sentences(path: Path) -> Iterator[Message]:
    """The sentences of one file. Django turns a template into something that reads like Python."""
    text = path.read_text(encoding="utf-8")
    if path.suffix in TEMPLATES:
        text = django_templates.templatize(text, origin=str(path))
        text = "\n".join(line.lstrip() for line in text.splitlines())
    for _, texts, _, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
        singular, plural = (texts, "") if isinstance(texts, str) else (texts[0], texts[1])
        if singular:
            yield Message(context or "", singular, plural)


def catalogue_path(language: str) -> Path:
    """Where a language's catalogue lies."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> polib.POFile:
    """A language's catalogue as it stands, empty if there is none."""
    path = catalogue_path(language)
    return polib.pofile(str(path)) if path.is_file() else polib.POFile()


def key(entry: polib.POEntry) -> Message:
    """What an entry translates."""
    return Message(entry.msgctxt or "", entry.msgid, entry.msgid_plural)


def renewed(language: str, found: dict[Message, list[str]]) -> polib.POFile:
    """The catalogue with exactly the sentences of the sources, in a stable order."""
    known = {key(entry): entry for entry in catalogue(language) if not entry.obsolete}
    made = polib.POFile(wrapwidth=100)
    made.metadata = HEADER | {"Language": language, "Plural-Forms": PLURAL_FORMS[language]}
    for message, files in sorted(found.items(), key=lambda item: (item[1][0], item[0])):
        made.append(_entry(message, files, known.get(message)))
    return made


def _entry(message: Message, files: list[str], before: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.singular,
        msgid_plural=message.plural,
        msgctxt=message.context or None,
        occurrences=[(file, "") for file in files],
        flags=["python-format"] if PERCENT.search(message.singular + message.plural) else [],
    )
    if message.plural:
        entry.msgstr_plural = dict(before.msgstr_plural) if before else {0: "", 1: ""}
    elif before:
        entry.msgstr = before.msgstr
    return entry


def problems(language: str) -> list[str]:
    """What is wrong with a catalogue: lagging behind the sources, or badly translated."""
    found = extracted()
    entries = {key(entry): entry for entry in catalogue(language)}
    wrong = [
        f"not in the catalogue: {m.singular!r} ({found[m][0]})" for m in found if m not in entries
    ]
    wrong += [f"no longer in the sources: {m.singular!r}" for m in entries if m not in found]
    for entry in entries.values():
        wrong += [f"{fault}: {entry.msgid!r}" for fault in faults(entry, language)]
    return wrong


def faults(entry: polib.POEntry, language: str) -> Iterator[str]:
    """What is wrong with one entry. English is the source and needs no translation."""
    if entry.fuzzy:
        yield "fuzzy"
    if entry.obsolete:
        yield "obsolete"
    if language == "en":
        return
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(texts):
        yield "not translated"
        return
    for text in texts:
        if _places(text) != _places(entry.msgid_plural or entry.msgid):
            yield "placeholders differ"
        if BREAKABLE.search(text):
            yield "a colon or a guillemet without its no-break space"


def _places(text: str) -> tuple[set[str], set[str]]:
    """The values a sentence leaves room for; `%%` is a percent sign."""
    found = PERCENT.finditer(text.replace("%%", ""))
    return {match[0] for match in found}, set(BRACES.findall(text))


def main() -> None:
    """Write both catalogues and say what is left to translate."""
    found = extracted()
    for language in LANGUAGES:
        made = renewed(language, found)
        catalogue_path(language).parent.mkdir(parents=True, exist_ok=True)
        made.save(str(catalogue_path(language)))
        left = sum("not translated" in faults(entry, language) for entry in made)
        print(f"{language}: {len(made)} sentences, {left} to translate")


if __name__ == "__main__":
    main()
