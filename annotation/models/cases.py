"""Bad cases: wrong judgments that somebody saw, and the reports they came in by."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.enums import OPEN_CASES, CaseOrigin, CaseState, Cause, Occasion, Severity
from annotation.models.benchmark import LEVELS
from annotation.models.catalogue import Pair
from rules.models.append_only import AppendOnly

IS_OPEN = models.Q(is_open=True)
"""What the indexes of the inbox are about. SQLite takes no other index for a bare yes."""


class BadCase(models.Model):
    """One pair whose level is wrong, however often that was reported.

    `given` is the level seen (empty: none, or unknown), `expected` the one it should have (empty: not said yet).
    `reports` counts those of its duplicates too; `master` is the case it is a duplicate of. `faults` are the
    attributes at fault (`|brand|dosage_form|`) and `cluster` what is to blame, in the words of who found it out;
    both are empty until somebody looked (`examined_at`). `signature` digests what near-duplicates have in common,
    `words` are query and title as they are searched. `edition` counts the edits. `is_open` repeats the state, for
    the inbox's index. `release` numbers the release whose run may verify a fixed case.
    """

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="cases")
    given = models.CharField(_("level given"), max_length=10, choices=LEVELS, blank=True)
    expected = models.CharField(_("level expected"), max_length=10, choices=LEVELS, blank=True)
    place = models.CharField(_("seen at"), max_length=300, blank=True)
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=Severity.choices, default=Severity.MISLEADING.value
    )
    cause = models.CharField(_("cause"), max_length=16, choices=Cause.choices, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=CaseState.choices, default=CaseState.NEW)
    is_open = models.BooleanField(default=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("assignee")
    )
    note = models.TextField(_("note"), blank=True, max_length=4000)
    origin = models.CharField(_("came in"), max_length=8, choices=CaseOrigin.choices, default=CaseOrigin.PAGE)
    occasion = models.CharField(_("occasion"), max_length=12, choices=Occasion.choices, blank=True)
    category = models.CharField(_("category"), max_length=100, blank=True)
    faults = models.CharField(max_length=120, blank=True)
    cluster = models.CharField(max_length=160, blank=True)
    signature = models.CharField(max_length=16)
    words = models.TextField()
    reports = models.PositiveIntegerField(_("reports"), default=1)
    master = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    edition = models.PositiveIntegerField(default=1)
    fixed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    release = models.PositiveIntegerField(null=True)
    regressions = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("came in at"))
    reported_at = models.DateTimeField(_("last reported"))
    updated_at = models.DateTimeField()
    examined_at = models.DateTimeField(null=True)
    triaged_at = models.DateTimeField(null=True)
    fixed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    regressed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-severity", "created_at", "id"]
        permissions = [("report_case", _("Can report a bad case")), ("triage_case", _("Can triage bad cases"))]
        constraints = [
            models.UniqueConstraint(fields=["pair", "expected"], name="one_case_a_pair_and_expectation"),
            models.CheckConstraint(
                condition=models.Q(is_open=True, state__in=sorted(OPEN_CASES))
                | (models.Q(is_open=False) & ~models.Q(state__in=sorted(OPEN_CASES))),
                name="a_case_is_open_by_its_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state=CaseState.DUPLICATE, master__isnull=False)
                | (models.Q(master=None) & ~models.Q(state=CaseState.DUPLICATE)),
                name="a_duplicate_has_a_master",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[CaseState.FIXED, CaseState.VERIFIED]) | ~models.Q(expected=""),
                name="a_fixed_case_has_a_level",
            ),
        ]
        indexes = [
            models.Index(fields=["-severity", "created_at"], name="case_inbox", condition=IS_OPEN),
            models.Index(fields=["-severity", "created_at"], name="case_all"),
            models.Index(fields=["state", "-severity", "created_at"], name="case_state"),
            models.Index(fields=["assignee", "-severity", "created_at"], name="case_assignee", condition=IS_OPEN),
            models.Index(fields=["cause", "-severity", "created_at"], name="case_cause", condition=IS_OPEN),
            models.Index(fields=["category", "-severity", "created_at"], name="case_category", condition=IS_OPEN),
            models.Index(fields=["cluster", "given", "expected"], name="case_cluster", condition=IS_OPEN),
            models.Index(fields=["signature"], name="case_signature", condition=IS_OPEN),
            models.Index(fields=["created_at"], name="case_arrival"),
            models.Index(fields=["id"], condition=models.Q(examined_at=None), name="case_unexamined"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def attributes_at_fault(self) -> tuple[str, ...]:
        """The attributes at fault; empty where nobody looked, or found one."""
        return tuple(self.faults.strip("|").split("|")) if self.faults else ()

    @property
    def is_harmful(self) -> bool:
        """Whether it could harm a patient."""
        return self.severity == Severity.HARMFUL


class CaseReport(AppendOnly):
    """One time that somebody, or a run, told of a case. `source` and `external_id` name it, so that it counts once."""

    case = models.ForeignKey(BadCase, on_delete=models.PROTECT, related_name="reported")
    origin = models.CharField(max_length=8, choices=CaseOrigin.choices)
    source = models.CharField(_("source"), max_length=100, blank=True)
    external_id = models.CharField(max_length=120)
    given = models.CharField(max_length=10, choices=LEVELS, blank=True)
    place = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True, max_length=4000)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="one_report_counts_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.external_id}"
