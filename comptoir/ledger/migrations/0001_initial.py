"""The tables of the ledger."""

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class CreatePartitionedModel(migrations.CreateModel):
    """The table as Django would make it, partitioned by range of `on`; it holds no month yet."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.sql_create_table += ' PARTITION BY RANGE ("on")'
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            del schema_editor.sql_create_table


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=30)),
                ('name_hash', models.CharField(help_text="SHA-256 of the file's name, without path.", max_length=64)),
                ('by_id', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('rows_read', models.PositiveIntegerField(default=0)),
                ('rows_new', models.PositiveIntegerField(default=0)),
                ('rows_known', models.PositiveIntegerField(default=0)),
                ('rows_rejected', models.PositiveIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RejectedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('column', models.CharField(max_length=100)),
                ('reason', models.CharField(max_length=300)),
                ('text', models.CharField(max_length=10000)),
            ],
        ),
        CreatePartitionedModel(
            name='Contact',
            fields=[
                ('pk', models.CompositePrimaryKey('on', 'source', 'source_id', 'sequence', blank=True, editable=False, primary_key=True, serialize=False)),
                ('on', models.DateField()),
                ('source', models.CharField(max_length=30)),
                ('source_id', models.CharField(max_length=80)),
                ('sequence', models.PositiveIntegerField(default=1)),
                ('channel', models.CharField(choices=[('telephone', 'Telephone'), ('touch_tone', 'Touch-tone service'), ('web_form', 'Web form'), ('email', 'E-mail'), ('appointment', 'Appointment'), ('letter', 'Letter')], max_length=12)),
                ('line', models.CharField(blank=True, max_length=30)),
                ('language', models.CharField(blank=True, choices=[('en', 'en'), ('fr', 'fr')], max_length=2)),
                ('office_id', models.BigIntegerField(null=True)),
                ('client_key', models.BinaryField(max_length=16, null=True)),
                ('received_at', models.DateTimeField()),
                ('offered_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('abandoned_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(choices=[('received', 'Received'), ('answered', 'Answered'), ('abandoned', 'Abandoned'), ('blocked', 'Blocked'), ('self_served', 'Self-served'), ('phantom', 'Phantom')], max_length=12)),
                ('wrap_up_code', models.CharField(blank=True, max_length=10)),
                ('skewed', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('channel__in', ['telephone', 'touch_tone', 'web_form', 'email', 'appointment', 'letter'])), name='contact_channel_is_one'), models.CheckConstraint(condition=models.Q(('language__in', ['', 'en', 'fr'])), name='contact_language_is_one'), models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('source_id', ''), _negated=True), ('sequence__gte', 1)), name='contact_has_a_source'), models.CheckConstraint(condition=models.Q(models.Q(('abandoned_at__isnull', True), ('answered_at__isnull', True), ('outcome', 'received')), models.Q(('abandoned_at__isnull', True), ('answered_at__isnull', False), ('offered_at__isnull', False), ('outcome', 'answered')), models.Q(('abandoned_at__isnull', False), ('answered_at__isnull', True), ('offered_at__isnull', False), ('outcome', 'abandoned')), models.Q(('abandoned_at__isnull', True), ('answered_at__isnull', True), ('offered_at__isnull', True), ('outcome', 'blocked')), models.Q(('abandoned_at__isnull', True), ('answered_at__isnull', True), ('offered_at__isnull', True), ('outcome', 'self_served')), models.Q(('abandoned_at__isnull', True), ('answered_at__isnull', True), ('outcome', 'phantom')), _connector='OR'), name='contact_moments_fit_outcome'), models.CheckConstraint(condition=models.Q(('skewed', True), models.Q(models.Q(('received_at__isnull', True), ('offered_at__isnull', True), ('offered_at__gte', models.F('received_at')), _connector='OR'), models.Q(('offered_at__isnull', True), ('answered_at__isnull', True), ('answered_at__gte', models.F('offered_at')), _connector='OR'), models.Q(('offered_at__isnull', True), ('abandoned_at__isnull', True), ('abandoned_at__gte', models.F('offered_at')), _connector='OR'), models.Q(('answered_at__isnull', True), ('ended_at__isnull', True), ('ended_at__gte', models.F('answered_at')), _connector='OR'), models.Q(('abandoned_at__isnull', True), ('ended_at__isnull', True), ('ended_at__gte', models.F('abandoned_at')), _connector='OR'), models.Q(('received_at__isnull', True), ('ended_at__isnull', True), ('ended_at__gte', models.F('received_at')), _connector='OR')), _connector='OR'), name='contact_moments_in_order')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f589d5802f178b484023978125774aa1f2b05993', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_93f7c', table='ledger_contact', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(('rows_read', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('rows_new'), '+', models.F('rows_known')), '+', models.F('rows_rejected')))), name='import_totals_reconcile'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='import',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='11fd01b59ce19e26f3cb39fa3645c7e20060ecc3', operation='DELETE', pgid='pgtrigger_kept_f87ae', table='ledger_import', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='rejectedrow',
            name='of',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rejected', to='ledger.import'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rejectedrow',
            trigger=pgtrigger.compiler.Trigger(name='unchanged', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a88cf481f3f42f4ef6fe0874fd9ca3791d2a3935', operation='UPDATE', pgid='pgtrigger_unchanged_296f2', table='ledger_rejectedrow', when='BEFORE')),
        ),
    ]
