"""A run may ask the failed pairs of another again, once unless that was cancelled."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inference", "0018_stages_by_models")]
    operations = [
        migrations.AddField(
            model_name="run",
            name="again_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="asked_again",
                to="inference.run",
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("again_of",),
                name="failed_ones_are_asked_again_once",
            ),
        ),
    ]
