"""Traces leave the judgments for a table of their own, so that one taken over shares the trace of the first."""

import django.db.models.deletion
from django.db import migrations, models

BATCH = 500


def move_traces(apps, schema_editor):
    """Give every judgment a trace row; one taken over gets that of the first judgment under its key."""
    judgment_model, trace_model = (apps.get_model("inference", name) for name in ("Judgment", "JudgmentTrace"))
    firsts = {}
    judgments = judgment_model._base_manager.order_by("pk")
    for judgment in judgments.iterator(chunk_size=BATCH):
        known = firsts.get(judgment.key) if judgment.reused else None
        if known is None:
            known = trace_model._base_manager.create(key=judgment.key, content=judgment.trace).pk
            firsts.setdefault(judgment.key, known)
        judgment_model._base_manager.filter(pk=judgment.pk).update(traced_id=known)


def move_back(apps, schema_editor):
    """Give every judgment its trace again."""
    judgment_model = apps.get_model("inference", "Judgment")
    for judgment in judgment_model._base_manager.select_related("traced").order_by("pk").iterator(chunk_size=BATCH):
        judgment_model._base_manager.filter(pk=judgment.pk).update(trace=judgment.traced.content)


class Migration(migrations.Migration):
    dependencies = [("inference", "0004_terms_of_passages")]
    operations = [
        migrations.CreateModel(
            name="JudgmentTrace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(db_index=True, max_length=64)),
                ("content", models.JSONField()),
                ("case", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddField(
            "judgment",
            "traced",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="judgments",
                to="inference.judgmenttrace",
            ),
        ),
        migrations.AlterField("judgment", "trace", models.JSONField(default=dict)),
        migrations.RunPython(move_traces, move_back),
    ]
