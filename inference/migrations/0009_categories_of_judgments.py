"""Judgments keep the category of their product, so that a comparison counts by category without reading traces."""

from django.db import migrations, models

from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.product_category import top_category
from rules.engine.attributes import Attribute

BATCH = 500
READ = ("pk", "traced__content__product__values")


def place_products(apps, schema_editor):
    """Give every judgment that did not fail the category that its trace amounts to."""
    judgments = apps.get_model("inference", "Judgment")._base_manager
    lexicon = None
    for pk, values in judgments.filter(failure="").order_by("pk").values_list(*READ).iterator(chunk_size=BATCH):
        lexicon = lexicon or load_lexicon()
        read = dict(values or ())
        names, categories = read.get(Attribute.CORE_NAME.value, ()), read.get(Attribute.CATEGORY.value, ())
        judgments.filter(pk=pk).update(category=top_category(names, categories, lexicon))


class Migration(migrations.Migration):
    dependencies = [("inference", "0008_canaries_of_configurations")]
    operations = [
        migrations.AddField(
            "judgment", "category", models.CharField(blank=True, max_length=40, verbose_name="category"), preserve_default=True
        ),
        migrations.RunPython(place_products, migrations.RunPython.noop),
    ]
