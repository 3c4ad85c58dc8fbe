"""How sure a model was of the level in a reply: its tokens are not kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inference", "0020_proposed_entries")]

    operations = [
        migrations.AddField(
            model_name="modelreply",
            name="confidence",
            field=models.FloatField(null=True),
        )
    ]
