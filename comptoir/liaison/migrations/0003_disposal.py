"""An appointment whose cases were disposed of says when, and keeps no way to reach the office."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('liaison', '0002_working_follow_up_target'),
        ('people', '0001_initial'),
        ('roster', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='appointment',
            name='appointment_can_be_reached',
        ),
        migrations.AddField(
            model_name='appointment',
            name='disposed_at',
            field=models.DateTimeField(help_text='When its cases and the ways to reach the office were disposed of for good.', null=True),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode', 'telephone'), models.Q(('telephone', ''), _negated=True)), models.Q(('mode', 'video'), models.Q(('video_link', ''), _negated=True)), models.Q(('disposed_at__isnull', False), ('telephone', ''), ('video_link', '')), _connector='OR'), name='appointment_can_be_reached'),
        ),
    ]
