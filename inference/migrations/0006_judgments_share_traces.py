"""What a judgment holds once its trace has moved out."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inference", "0005_traces_of_their_own")]
    operations = [
        migrations.RemoveField("judgment", "trace"),
        migrations.AlterField(
            "judgment",
            "traced",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="judgments",
                to="inference.judgmenttrace",
            ),
        ),
    ]
