"""Who may export the judgments that a smaller model can learn from."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inference", "0021_confidence_of_replies")]
    operations = [
        migrations.AlterModelOptions(
            name="run",
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("launch_run", "Can launch a run"),
                    ("cancel_run", "Can cancel a run"),
                    ("export_examples", "Can export examples for distillation"),
                ],
            },
        ),
    ]
