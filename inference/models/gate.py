"""What a benchmark must show before a proposal passes."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from inference.gate import Terms
from rules.models.append_only import AppendOnly

FALL = [MinValueValidator(0.1), MaxValueValidator(100)]


class GatePolicy(AppendOnly):
    """The terms of the gate (`inference.gate.Terms`), falls in points of a hundred. The newest row holds."""

    hold_critical = models.BooleanField(_("no pair that must hold may break"), default=True)
    most_broken = models.PositiveIntegerField(_("most pairs that may break"), null=True, blank=True)
    class_fall = models.FloatField(_("most points that a class may fall"), default=5, validators=FALL)
    touched_fall = models.FloatField(_("most points that the touched pairs may fall"), default=10, validators=FALL)
    fewest_touched = models.PositiveIntegerField(_("fewest pairs touched"), default=5)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        permissions = [("set_gate", _("Can say what the benchmark must show"))]
        constraints = [
            models.CheckConstraint(
                name="a_fall_is_above_0_and_at_most_100_points",
                condition=models.Q(class_fall__gt=0, class_fall__lte=100, touched_fall__gt=0, touched_fall__lte=100),
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def terms(self) -> Terms:
        """The terms, falls as shares."""
        return Terms(
            hold_critical=self.hold_critical,
            most_broken=self.most_broken,
            class_fall=self.class_fall / 100,
            touched_fall=self.touched_fall / 100,
            fewest_touched=self.fewest_touched,
        )
