"""The `comptoir` command: what an operator types.

Words of ours come first; any other word is one of Django's commands. The embedded database is
started, or joined, before Django is loaded and only for what needs it, and the process that
supervises never loads Django: hence the imports inside functions, here and nowhere else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from comptoir.site import environment, postgres, running, version
from comptoir.site.running import BAD_ENVIRONMENT

NEED_NO_DATABASE = frozenset(
    ["check", "collectstatic", "diffsettings", "findstatic", "help", "sendtestemail"]
)
SCHEMA_COMMANDS = frozenset(["migrate"])


@dataclass(frozen=True, slots=True)
class Word:
    """One word of ours: how it is used, what it does."""

    usage: str
    summary: str
    run: Callable[[list[str]], int]


def main() -> None:
    """Do what the command line says and end the process."""
    try:
        code = obey(sys.argv[1:])
    finally:
        postgres.release()
    sys.exit(code)


def obey(arguments: list[str]) -> int:
    """Do what these words say; the exit code. Surroundings at fault cost one line and a 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.site.settings")
    first, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    name = OPTIONS.get(first, first)
    try:
        if name in WORDS:
            return WORDS[name].run(rest)
        return _django(arguments)
    except (environment.BadEnvironment, postgres.ServerError) as error:
        print(f"comptoir: {error}", file=sys.stderr)
        return BAD_ENVIRONMENT


def _help(arguments: list[str]) -> int:
    if arguments and arguments[0] not in WORDS:
        return _django(["help", *arguments])
    chosen = [WORDS[arguments[0]]] if arguments else list(WORDS.values())
    width = max(len(word.usage) for word in chosen)
    print(
        "Comptoir: the client support centre of a department, its questions and its appointments.\n"
    )
    for word in chosen:
        print(f"  comptoir {word.usage:{width}}  {word.summary}")
    if not arguments:
        print(
            "\nEvery command of Django is here too: `comptoir help --commands` lists them,\n"
            "`comptoir help COMMAND` explains one. Settings are variables of the environment,\n"
            "each explained in .env.example; with none set this is a demonstration on your own\n"
            f"machine, kept in {postgres.state_folder()}."
        )
    return 0


def _version(arguments: list[str]) -> int:
    print(version.product_version())
    return 0


def _worker(arguments: list[str]) -> int:
    concurrency = environment.integer("COMPTOIR_WORKER_JOBS", 4, least=1)
    options = ["--shutdown-graceful-timeout", "10", "--concurrency", str(concurrency)]
    return _django(["procrastinate", "worker", *options, *arguments])


def _prepare(arguments: list[str]) -> int:
    _load_django()
    from comptoir.site import preparation

    return _explaining_database_errors(lambda: preparation.prepare(arguments))


def _doctor(arguments: list[str]) -> int:
    import django

    try:
        postgres.acquire()
    except postgres.ServerError as error:
        print(f"comptoir: {error}", file=sys.stderr)  # and go on: the rest is worth knowing
    django.setup()
    from comptoir.site import doctor

    return doctor.main(arguments)


def _importer(plural: str) -> Callable[[list[str]], int]:
    def run(arguments: list[str]) -> int:
        if arguments[:1] != ["import"]:
            print(f"comptoir: usage: comptoir {plural} import FILE", file=sys.stderr)
            return BAD_ENVIRONMENT
        return _django([f"import_{plural}", *arguments[1:]])

    return run


def _liaison(arguments: list[str]) -> int:
    if arguments[:1] not in (["explain"], ["allowances"]):
        usage = "comptoir liaison explain DECISION | comptoir liaison allowances FROM [--dry-run]"
        print(f"comptoir: usage: {usage}", file=sys.stderr)
        return BAD_ENVIRONMENT
    return _django(arguments)


def _ledger(arguments: list[str]) -> int:
    known = {"import": "import_contacts", "count": "count_contacts"}
    if arguments[:1] and arguments[0] in known:
        return _django([known[arguments[0]], *arguments[1:]])
    usage = "comptoir ledger import FILE --mapping FILE | comptoir ledger count --from DAY --to DAY"
    print(f"comptoir: usage: {usage}", file=sys.stderr)
    return BAD_ENVIRONMENT


def _enquiries(arguments: list[str]) -> int:
    known = {"take-mail": "take_mail", "give-mailbox": "give_mailbox"}
    if arguments[:1] and arguments[0] in known:
        return _django([known[arguments[0]], *arguments[1:]])
    usage = "comptoir enquiries take-mail DIR --mailbox ADDRESS | give-mailbox [LINE ADDRESS]"
    print(f"comptoir: usage: {usage}", file=sys.stderr)
    return BAD_ENVIRONMENT


def _django(words: list[str]) -> int:
    """Run one of Django's commands, or of a room's."""
    if words[0] in NEED_NO_DATABASE or "--help" in words or "-h" in words:
        _execute(words)
        return 0
    _load_django()
    return _explaining_database_errors(
        lambda: _execute_alone(words) if words[0] in SCHEMA_COMMANDS else _execute_on_tables(words)
    )


def _execute_alone(words: list[str]) -> None:
    from comptoir.site import direct

    with direct.alone():
        _execute(words)


def _execute(words: list[str]) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["comptoir", *words])


def _execute_on_tables(words: list[str]) -> None:
    """When a command fails on tables of another version, say so instead of a traceback."""
    import django.db
    import psycopg

    from comptoir.site import preparation

    try:
        _execute(words)
    except (django.db.ProgrammingError, psycopg.ProgrammingError):
        if not preparation.pending_migrations():
            raise  # the tables are right: the error is about something else
        raise postgres.ServerError(
            "the tables are not those of this version: run `comptoir prepare`"
        ) from None


def _load_django() -> None:
    import django
    from django.conf import settings

    settings.INSTALLED_APPS  # noqa: B018 - read now: a bad variable is told before a server starts
    postgres.acquire()
    django.setup()


def _explaining_database_errors(work: Callable[[], None]) -> int:
    """Do the work; when no connection can be had, say what libpq says instead of a traceback."""
    import django.db
    import psycopg

    from comptoir.site import direct

    try:
        work()
    except (django.db.OperationalError, psycopg.OperationalError):
        reason = direct.why_unreachable()
        if reason is None:
            raise  # the database is there: the error is about something else
        raise postgres.ServerError(f"the database does not answer: {reason}") from None
    return 0


WORDS = {
    "run": Word(
        "run [--demo] [--port N]",
        "open the house: web server, job worker and, by default, its own database",
        running.run,
    ),
    "doctor": Word("doctor", "say what is wrong here, in words", _doctor),
    "demo": Word(
        "demo", "fill an empty database with invented data", lambda rest: _django(["demo", *rest])
    ),
    "offices": Word("offices import FILE", "import legislators' offices", _importer("offices")),
    "liaison": Word(
        "liaison explain DECISION | allowances FROM",
        "say why the rule decided so; publish what each office is allotted",
        _liaison,
    ),
    "roster": Word("roster import FILE", "import professionals and hours", _importer("roster")),
    "ledger": Word(
        "ledger import FILE --mapping FILE | count --from DAY --to DAY",
        "import call records of any call system; count contacts",
        _ledger,
    ),
    "enquiries": Word(
        "enquiries take-mail DIR --mailbox ADDRESS | give-mailbox [LINE ADDRESS]",
        "take in the mail that a mail server drops in a maildir; say which line a mailbox belongs to",
        _enquiries,
    ),
    "administrator": Word(
        "administrator EMAIL NAME",
        "let the first administrator in, who invites the others",
        lambda rest: _django(["administrator", *rest]),
    ),
    "dispose": Word(
        "dispose [--dry-run]",
        "delete for good what has not been used for years, as every night",
        lambda rest: _django(["dispose", *rest]),
    ),
    "worker": Word("worker", "run only the job worker, beside a `run` elsewhere", _worker),
    "prepare": Word(
        "prepare [--demo]", "bring tables and browser files up to date, as `run` does", _prepare
    ),
    "version": Word("version", "which version this is", _version),
    "help": Word("help [COMMAND]", "this page, or one command", _help),
}
OPTIONS = {"--help": "help", "-h": "help", "--version": "version"}


if __name__ == "__main__":
    main()
