from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enquiries", "0017_answered_anew"),
    ]

    operations = [
        migrations.AlterField(
            model_name="breach",
            name="place",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="breach",
            name="data",
            field=models.CharField(
                blank=True, help_text="What kind of data: no data.", max_length=300
            ),
        ),
        migrations.AlterField(
            model_name="breach",
            name="people_affected",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="breach",
            name="containment",
            field=models.TextField(blank=True, max_length=2000),
        ),
    ]
