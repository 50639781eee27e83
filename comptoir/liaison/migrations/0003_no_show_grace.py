"""How long an office is waited for before nobody is said to have come: a number of the dated rule.

Versions in force get the value that is a default of ours; adding a column changes none of their rows.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liaison", "0002_working_follow_up_target")]

    operations = [
        migrations.AddField(
            model_name="policy",
            name="no_show_after_minutes",
            field=models.PositiveSmallIntegerField(
                default=10,
                help_text="How long after its start an appointment may be called not attended. "
                "Ten minutes are a default of ours: no source states a value.",
            ),
        )
    ]
