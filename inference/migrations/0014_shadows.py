"""Proposals that judge incoming pairs beside the release in force."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LEVELS = [
    ('highly', 'highly relevant'),
    ('moderately', 'moderately relevant'),
    ('weakly', 'weakly relevant'),
    ('irrelevant', 'irrelevant'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0004_must_hold_pairs'),
        ('inference', '0013_comparisons'),
        ('rules', '0004_notifications_and_audit_filters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Shadow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('most', models.PositiveIntegerField(verbose_name='most pairs')),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shadows', to='rules.proposal')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('proposal',), name='a_proposal_shadows_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='ShadowItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pair', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='annotation.pair')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ShadowJudgment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.CharField(max_length=64)),
                ('case', models.CharField(max_length=64)),
                ('source', models.CharField(choices=[('import', 'import'), ('api', 'API')], max_length=6)),
                ('outcome', models.CharField(choices=[('same', 'same level'), ('different', 'another level'), ('failed', 'failed')], max_length=9)),
                ('before', models.CharField(blank=True, choices=LEVELS, max_length=10)),
                ('after', models.CharField(blank=True, choices=LEVELS, max_length=10)),
                ('query', models.TextField(blank=True)),
                ('title', models.TextField(blank=True)),
                ('rules', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('proposal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rules.proposal')),
                ('shadow', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgments', to='inference.shadow')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['proposal', 'content', 'outcome', 'id'], name='shadow_outcomes')],
                'constraints': [models.UniqueConstraint(fields=('proposal', 'content', 'case'), name='a_pair_once_a_content_of_a_proposal')],
            },
        ),
    ]
