"""A configuration says which stages before the level a served model performs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inference", "0018_search_outside")]

    operations = [
        migrations.AddField(
            model_name="pipelineconfig",
            name="stages",
            field=models.JSONField(default=dict),
        ),
    ]
