"""An index of what is not finished, so that what earlier days left behind is found among years."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liaison", "0004_steps_taken_back")]

    operations = [
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("status__in", ["booked", "started"])),
                fields=["starts_at"],
                name="appointment_unfinished",
            ),
        )
    ]
