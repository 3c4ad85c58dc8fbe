"""A labelling names its newest guideline: whoever labels goes by it, and every answer asked for it twice."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_the_newest(apps, schema_editor):
    """Those that are written."""
    labelling, version = apps.get_model("annotation", "Labelling"), apps.get_model("annotation", "GuidelineVersion")
    newest = version.objects.filter(benchmark=OuterRef("benchmark")).order_by("-number").values("pk")[:1]
    labelling.objects.update(guideline=Subquery(newest))


class Migration(migrations.Migration):
    dependencies = [("annotation", "0009_import_to_label")]

    operations = [
        migrations.AddField(
            "labelling",
            "guideline",
            models.ForeignKey(
                null=True,
                blank=True,
                editable=False,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to="annotation.guidelineversion",
            ),
        ),
        migrations.RunPython(name_the_newest, migrations.RunPython.noop),
    ]
