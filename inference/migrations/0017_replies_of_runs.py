"""A reply names the run that asked, and whether it mends another: what a run cost is counted of its replies."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inference", "0016_texts_of_comparisons"),
    ]

    operations = [
        migrations.AddField(
            model_name="modelreply",
            name="repairs",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="modelreply",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replies",
                to="inference.run",
            ),
        ),
        migrations.AddIndex(
            model_name="modelreply",
            index=models.Index(fields=["run", "milliseconds"], name="replies_of_a_run"),
        ),
    ]
