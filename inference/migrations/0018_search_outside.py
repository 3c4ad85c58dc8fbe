from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inference", "0017_replies_of_runs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("query", models.CharField(max_length=200)),
                ("address", models.CharField(max_length=300)),
                ("results", models.JSONField(default=list)),
                ("told_since", models.DateField(null=True)),
                ("failure", models.CharField(blank=True, max_length=10)),
                ("detail", models.CharField(blank=True, max_length=400)),
                ("milliseconds", models.FloatField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=1)),
                ("asked_at", models.DateTimeField(auto_now_add=True, db_index=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["key", "asked_at"], name="answer_by_query")],
            },
        ),
    ]
