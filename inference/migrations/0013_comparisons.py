"""Comparisons of two runs are stored, with a row for every pair that moved or is undecided."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LEVELS = [
    ("highly", "highly relevant"),
    ("moderately", "moderately relevant"),
    ("weakly", "weakly relevant"),
    ("irrelevant", "irrelevant"),
]


def key(to, **options):
    """A foreign key to a row that stays."""
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=to, **options)


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0004_must_hold_pairs"),
        ("inference", "0012_models_of_configurations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("making", "being made"), ("ready", "ready")], default="making", max_length=8
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("only_before", models.PositiveIntegerField(default=0)),
                ("only_after", models.PositiveIntegerField(default=0)),
                ("relabelled", models.PositiveIntegerField(default=0)),
                ("retold", models.PositiveIntegerField(default=0)),
                ("left_out", models.PositiveIntegerField(default=0)),
                ("counted", models.JSONField(default=dict)),
                ("moved", models.PositiveIntegerField(default=0)),
                ("stored", models.PositiveIntegerField(default=0)),
                ("upto", models.PositiveBigIntegerField(default=0)),
                ("worked_at", models.DateTimeField(auto_now_add=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comparisons", to="inference.run"
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inference.run"),
                ),
                ("created_by", key(settings.AUTH_USER_MODEL, null=True, related_name="+")),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "making")), fields=["state"], name="comparisons_being_made")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("before", "after"), name="two_runs_are_compared_once"),
                    models.CheckConstraint(
                        condition=models.Q(("before", models.F("after")), _negated=True), name="compared_with_another_run"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ComparisonRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField()),
                ("was", models.CharField(blank=True, choices=LEVELS, max_length=10, verbose_name="before")),
                ("now", models.CharField(blank=True, choices=LEVELS, max_length=10, verbose_name="after")),
                ("expected", models.CharField(blank=True, choices=LEVELS, max_length=10, verbose_name="label")),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="category")),
                ("must_hold", models.BooleanField(default=False, verbose_name="must hold")),
                ("hard", models.BooleanField(default=False, verbose_name="hard")),
                ("causes", models.JSONField(default=list)),
                ("rules", models.TextField(blank=True)),
                ("after", key("inference.judgment", db_index=False, related_name="+")),
                ("before", key("inference.judgment", db_index=False, related_name="+")),
                (
                    "comparison",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="inference.comparison",
                    ),
                ),
                ("pair", key("annotation.pair", db_index=False, related_name="+")),
            ],
            options={
                "ordering": ["comparison_id", "rank", "pair_id"],
                "constraints": [
                    models.UniqueConstraint(fields=("comparison", "rank", "pair"), name="a_row_once_a_comparison")
                ],
            },
        ),
    ]
