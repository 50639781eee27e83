from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enquiries', '0018_found_by_name'),
    ]

    operations = [
        migrations.AddField(
            model_name='confirmation',
            name='means',
            field=models.CharField(blank=True, choices=[('message', 'In one of their texts or documents here'), ('callback', 'By telephone: we called them back'), ('call', 'By telephone: they called us'), ('counter', 'In person')], help_text='Empty: it stood in the enquiry.', max_length=10),
        ),
    ]
