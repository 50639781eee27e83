"""The targets that the seed documents state, as the first row of a table that anybody can read."""

from datetime import UTC, date, datetime

from django.db import migrations

LAUNCH = date(2022, 10, 31)


def state_target(apps, schema_editor):
    target = apps.get_model("liaison", "FollowUpTarget")
    target.objects.create(
        valid_from=LAUNCH,
        business_days=10,
        urgent_hours=48,
        source="Working value, from the launch of 31 October 2022; a centre sets its own.",
        created_at=datetime(2022, 10, 31, 12, 0, tzinfo=UTC),
    )


class Migration(migrations.Migration):
    dependencies = [("liaison", "0001_initial")]

    operations = [migrations.RunPython(state_target, migrations.RunPython.noop)]
