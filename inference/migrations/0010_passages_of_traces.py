"""What a search found is kept with the traces that rest on it, each passage once."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inference', '0009_categories_of_judgments'),
    ]

    operations = [
        migrations.AddField(
            model_name='judgmenttrace',
            name='evidence',
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name='PinnedPassage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('content', models.JSONField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
    ]
