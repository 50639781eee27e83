"""How long before its time an appointment may begin: a number of the dated rule.

Versions in force get the value that is a default of ours; adding a column changes none of their rows.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liaison", "0006_follow_ups_withdrawn")]

    operations = [
        migrations.AddField(
            model_name="policy",
            name="start_early_minutes",
            field=models.PositiveSmallIntegerField(
                default=15,
                help_text="How long before its time an appointment may begin. "
                "A quarter of an hour is a default of ours: no source states a value.",
            ),
        )
    ]
