"""What an owner writes about a rule is a remark: its numbers are put in words by themselves.

What stands in earlier versions stays, word for word.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liaison", "0007_start_early")]

    operations = [
        migrations.RenameField("policy", "summary_en", "remark_en"),
        migrations.RenameField("policy", "summary_fr", "remark_fr"),
        migrations.AlterField(
            "policy",
            "remark_en",
            models.TextField(
                blank=True,
                help_text="What the numbers do not say; they are put in words by themselves.",
            ),
        ),
        migrations.AlterField("policy", "remark_fr", models.TextField(blank=True)),
    ]
