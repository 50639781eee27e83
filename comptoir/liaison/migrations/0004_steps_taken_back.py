"""A start and a no-show can be taken back: two more events, and late quanta that are taken off again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liaison", "0003_no_show_grace")]

    operations = [
        migrations.AlterField(
            model_name="appointmentevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("booked", "Booked"),
                    ("moved", "Moved"),
                    ("reassigned", "Given to another professional"),
                    ("cancelled", "Cancelled"),
                    ("started", "Started"),
                    ("finished", "Finished"),
                    ("no_show", "Not attended"),
                    ("not_started", "“Started” taken back"),
                    ("not_missed", "“Not attended” taken back"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="appointmentevent",
            name="late_quanta",
            field=models.SmallIntegerField(
                default=0,
                help_text="Quanta that still count against the office because notice was short; "
                "less than nought where that is taken back. Their sum is the office's counter.",
            ),
        ),
    ]
