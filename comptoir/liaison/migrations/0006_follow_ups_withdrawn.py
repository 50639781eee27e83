"""A follow-up whose outcome was corrected is closed as withdrawn, where its row was deleted before."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("liaison", "0005_unfinished_appointments")]

    operations = [
        migrations.AddField(
            model_name="followup",
            name="withdrawn",
            field=models.BooleanField(
                default=False,
                help_text="Closed undone: the outcome that asked for it was corrected.",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=Q(withdrawn=False) | Q(done_at__isnull=False, result=""),
                name="follow_up_withdrawn_is_closed",
            ),
        ),
    ]
