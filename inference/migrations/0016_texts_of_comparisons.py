"""Rows of comparisons keep the words they are found by; comparisons made without them are made again."""

from django.db import migrations, models


def forget(apps, schema_editor):
    """What a comparison counts follows from judgments: it is made again when a worker starts, or somebody asks."""
    apps.get_model("inference", "Comparison").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("inference", "0015_gate_policy")]
    operations = [
        migrations.AddField("comparisonrow", "text", models.TextField(blank=True)),
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
