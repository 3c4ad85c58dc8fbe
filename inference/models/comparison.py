"""Stored comparisons of two runs: what was counted, and a row for every pair that moved or is undecided."""

from collections.abc import Iterable
from functools import cached_property

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.models import Pair
from annotation.models.benchmark import LEVELS
from inference.comparison import ORDER, Cause, Change, Tally
from inference.enums import ComparisonState
from inference.models.run import Judgment, Run
from rules.engine.attributes import Level

Counted = Iterable[tuple[str, str, str, int]]
"""Label, level before and level after (blank: none), and how many pairs; as JSON, lists."""


class Comparison(models.Model):
    """Two ended runs held against each other, once. What it counts follows from judgments, which never change.

    Compared are the `total` pairs that both judged with the same label and from the same texts; `only_before`,
    `only_after`, `relabelled`, `retold` and `left_out` count the others (`inference.comparison.Compared`). `counted` has
    what `Tally` is made of: for `all` pairs, the `hard` ones, those that `must_hold`, and by category under `categories`;
    and under `rules` how many rows each rule is behind. While it is MAKING, rows are stored up to the pair `upto`;
    `stored` of `moved` are there.
    """

    before = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    after = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="comparisons")
    state = models.CharField(max_length=8, choices=ComparisonState.choices, default=ComparisonState.MAKING)
    total = models.PositiveIntegerField(default=0)
    only_before = models.PositiveIntegerField(default=0)
    only_after = models.PositiveIntegerField(default=0)
    relabelled = models.PositiveIntegerField(default=0)
    retold = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    counted = models.JSONField(default=dict)
    moved = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    upto = models.PositiveBigIntegerField(default=0)
    worked_at = models.DateTimeField(auto_now_add=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="two_runs_are_compared_once"),
            models.CheckConstraint(condition=~models.Q(before=models.F("after")), name="compared_with_another_run"),
        ]
        indexes = [
            models.Index(fields=["state"], condition=models.Q(state="making"), name="comparisons_being_made"),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"

    @property
    def is_partial(self) -> bool:
        """Whether pairs of either run are not compared."""
        return bool(self.only_before or self.only_after or self.left_out)

    @cached_property
    def tally(self) -> Tally:
        """All pairs compared, counted."""
        return tally_of(self.counted.get("all", ()))

    @cached_property
    def hard(self) -> Tally:
        """The hard ones."""
        return tally_of(self.counted.get("hard", ()))

    @cached_property
    def must_hold(self) -> Tally:
        """Those that had to hold when this was made."""
        return tally_of(self.counted.get("must_hold", ()))

    @cached_property
    def categories(self) -> dict[str, Tally]:
        """By category of the product, the largest first; blank where none is known."""
        found = {name: tally_of(counted) for name, counted in self.counted.get("categories", {}).items()}
        return dict(sorted(found.items(), key=lambda one: (-one[1].total, one[0])))

    @cached_property
    def rules(self) -> dict[int, int]:
        """How many rows each rule is behind, by its number, the most first; 0 stands for none."""
        found = {int(number): n for number, n in self.counted.get("rules", {}).items()}
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


class ComparisonRow(models.Model):
    """A pair that has another level after than before, or failed on either side.

    `rank` is the place of its change in `inference.comparison.ORDER`, by which rows are listed. `was` and `now` are the
    levels, blank where failed. `causes` are lists of number, before, after (`inference.comparison.Cause`), `rules` the
    numbers with a comma on either side, 0 where no rule is the cause, and `text` the query, title and id of the pair:
    both so that they can be searched without another table.
    """

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="rows", db_index=False)
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="+", db_index=False)
    before = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="+", db_index=False)
    after = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="+", db_index=False)
    rank = models.PositiveSmallIntegerField()
    was = models.CharField(_("before"), max_length=10, choices=LEVELS, blank=True)
    now = models.CharField(_("after"), max_length=10, choices=LEVELS, blank=True)
    expected = models.CharField(_("label"), max_length=10, choices=LEVELS, blank=True)
    category = models.CharField(_("category"), max_length=40, blank=True)
    must_hold = models.BooleanField(_("must hold"), default=False)
    hard = models.BooleanField(_("hard"), default=False)
    causes = models.JSONField(default=list)
    rules = models.TextField(blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["comparison_id", "rank", "pair_id"]
        constraints = [models.UniqueConstraint(fields=["comparison", "rank", "pair"], name="a_row_once_a_comparison")]

    def __str__(self) -> str:
        return f"{self.comparison_id}/{self.pair_id}: {self.change}"

    @property
    def change(self) -> Change:
        """What became of the pair."""
        return ORDER[self.rank]

    @property
    def because(self) -> tuple[Cause, ...]:
        """What the change rests on."""
        return tuple(Cause(*one) for one in self.causes)


def tally_of(counted: Counted) -> Tally:
    """What was counted, as it is reckoned with."""
    return Tally({(_level(expected), _level(was), _level(now)): n for expected, was, now, n in counted})


def _level(value: str) -> Level | None:
    return Level(value) if value else None
