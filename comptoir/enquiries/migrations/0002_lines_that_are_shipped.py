"""The two lines every centre has, their working values, and the hours in which they answer."""

from datetime import UTC, date, datetime

from django.db import migrations

LAUNCH = date(2022, 10, 31)
AT = datetime(2022, 10, 31, 12, 0, tzinfo=UTC)
SOURCE = "Working value, from the launch of 31 October 2022; a centre sets its own."

LINES = (
    ("public", "general", "Client support", "Soutien à la clientèle"),
    ("offices", "legislators", "Legislators’ offices", "Bureaux des législateurs"),
)
TARGETS = {"public": {"first": 5, "final": 10}, "offices": {"first": 2, "final": 10}}
WEEKDAYS = range(5)


def ship(apps, schema_editor):
    made = {"created_at": AT, "source": SOURCE}
    apps.get_model("enquiries", "WorkingHours").objects.create(
        valid_from=LAUNCH, periods={str(day): [["08:00", "16:00"]] for day in WEEKDAYS}, **made
    )
    for code, kind, name_en, name_fr in LINES:
        line = apps.get_model("enquiries", "Line").objects.create(
            code=code, kind=kind, name_en=name_en, name_fr=name_fr, opened_at=AT
        )
        for promise, days in TARGETS[code].items():
            apps.get_model("enquiries", "ServiceTarget").objects.create(
                line=line, promise=promise, valid_from=LAUNCH, unit="days", amount=days, **made
            )


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0001_initial")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
