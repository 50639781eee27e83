import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models

import comptoir.enquiries.models.names


class Migration(migrations.Migration):

    dependencies = [
        ('enquiries', '0017_answered_anew'),
        ('people', '0004_more_roles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='enquiry',
            index=django.contrib.postgres.indexes.GinIndex(comptoir.enquiries.models.names.NameWords('asker_name', 'applicant_name'), name='enquiry_by_name'),
        ),
        migrations.AddIndex(
            model_name='enquiry',
            index=models.Index(condition=models.Q(('assignee__isnull', False)), fields=['assignee', '-received_at', '-id'], name='enquiry_newest_of_agent'),
        ),
    ]
