"""No words in the detail of an event.

Not valid for what was written before: a row of the trail cannot be changed, whatever it says.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Func(models.F('detail'), models.Value('$.** ? (@.type() == "string" && !(@ like_regex "^[A-Za-z0-9_.:+-]{0,60}$"))'), function='jsonb_path_exists', output_field=models.BooleanField()), _negated=True), name='audit_event_detail_has_no_words'),
        ),
    ]
