"""How many pairs every run judges anew is said by its configuration; judgments of canaries are found at once."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inference', '0007_readings_kept_and_canaries'),
    ]

    operations = [
        migrations.AddField(
            model_name='pipelineconfig',
            name='canaries',
            field=models.PositiveSmallIntegerField(default=20, verbose_name='canaries'),
        ),
        migrations.AddIndex(
            model_name='judgment',
            index=models.Index(condition=models.Q(('canary', True)), fields=['run'], name='judgments_of_canaries'),
        ),
    ]
