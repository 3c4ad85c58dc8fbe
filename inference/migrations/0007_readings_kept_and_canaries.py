"""What is kept of readings, and which pairs are canaries; work that is done leaves the list of work."""

import django.db.models.deletion
from django.db import migrations, models


def drop_done(apps, schema_editor):
    """Items whose pair is judged are no longer kept."""
    apps.get_model("inference", "RunItem").objects.filter(state="done").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0004_must_hold_pairs'),
        ('inference', '0006_judgments_share_traces'),
    ]

    operations = [
        migrations.RunPython(drop_done, migrations.RunPython.noop),
        migrations.AddField(
            model_name='judgment',
            name='canary',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='judgment',
            name='case',
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name='run',
            name='context',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='run',
            name='full',
            field=models.BooleanField(default=False, verbose_name='every pair judged anew'),
        ),
        migrations.AddField(
            model_name='runitem',
            name='canary',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='runitem',
            name='state',
            field=models.CharField(choices=[('waiting', 'waiting'), ('new', 'new'), ('claimed', 'claimed')], default='waiting', max_length=8),
        ),
        migrations.CreateModel(
            name='PairReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('context', models.CharField(max_length=64)),
                ('case', models.CharField(max_length=16)),
                ('base', models.CharField(max_length=64)),
                ('query_side', models.TextField()),
                ('product_side', models.TextField()),
                ('mismatched', models.CharField(blank=True, max_length=200)),
                ('pair', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='annotation.pair')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['context'], name='inference_p_context_3f0854_idx')],
                'constraints': [models.UniqueConstraint(fields=('pair', 'context'), name='a_pair_kept_once_a_context')],
            },
        ),
    ]
