"""The states and kinds of the tables of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportKind(models.TextChoices):
    PRODUCTS = "products", _("products")
    PAIRS = "pairs", _("pairs")
    CASES = "cases", _("bad cases")


class ImportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")


class CaseState(models.TextChoices):
    NEW = "new", pgettext_lazy("bad case", "new")
    TRIAGED = "triaged", pgettext_lazy("bad case", "triaged")
    IN_PROPOSAL = "in_proposal", pgettext_lazy("bad case", "in proposal")
    FIXED = "fixed", pgettext_lazy("bad case", "fixed")
    VERIFIED = "verified", pgettext_lazy("bad case", "verified")
    REGRESSED = "regressed", pgettext_lazy("bad case", "regressed")
    DECLINED = "declined", pgettext_lazy("bad case", "declined")
    DUPLICATE = "duplicate", pgettext_lazy("bad case", "duplicate")


OPEN_CASES = frozenset({CaseState.NEW, CaseState.TRIAGED, CaseState.IN_PROPOSAL, CaseState.REGRESSED})
"""The states in which a bad case waits for somebody."""

SETTLED = frozenset({CaseState.FIXED, CaseState.DECLINED, CaseState.DUPLICATE})
CASE_MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.NEW: frozenset({CaseState.TRIAGED, CaseState.IN_PROPOSAL, *SETTLED}),
    CaseState.TRIAGED: frozenset({CaseState.IN_PROPOSAL, *SETTLED}),
    CaseState.IN_PROPOSAL: frozenset({CaseState.TRIAGED, *SETTLED}),
    CaseState.FIXED: frozenset({CaseState.VERIFIED, CaseState.REGRESSED, CaseState.TRIAGED}),
    CaseState.VERIFIED: frozenset({CaseState.REGRESSED, CaseState.TRIAGED}),
    CaseState.REGRESSED: frozenset({CaseState.TRIAGED, CaseState.IN_PROPOSAL, *SETTLED}),
    CaseState.DECLINED: frozenset({CaseState.TRIAGED}),
    CaseState.DUPLICATE: frozenset({CaseState.TRIAGED}),
}
"""Every legal move of a bad case. Undoing goes back the way it came. A case comes in as new, or as a duplicate."""


class Severity(models.IntegerChoices):
    """How harmful a bad case is, the worst the highest."""

    NUISANCE = 1, _("a nuisance")
    MISLEADING = 2, _("misleads the shopper")
    HARMFUL = 3, _("could harm a patient")


class Cause(models.TextChoices):
    """What went wrong."""

    BRAND = "brand", _("brand")
    EFFICACY = "efficacy", _("efficacy")
    DOSAGE_FORM = "dosage_form", _("dosage form")
    INGREDIENT = "ingredient", _("ingredient")
    POPULATION = "population", _("population")
    INTENT = "intent", _("intent of the query")
    RETRIEVAL = "retrieval", _("retrieval noise")
    TRICK = "trick", _("title trick")
    RULE_WRONG = "rule_wrong", _("a rule is wrong")
    RULE_MISSING = "rule_missing", _("a rule is missing")
    RULE_IGNORED = "rule_ignored", _("the model ignored a rule")
    LABEL_WRONG = "label_wrong", _("the label is wrong")


class CaseOrigin(models.TextChoices):
    """How a bad case came in."""

    PAGE = "page", _("reported by a person")
    IMPORT = "import", _("imported")
    API = "api", _("sent by a program")
    RUN = "run", _("opened from a run")


class Occasion(models.TextChoices):
    """Why the system opened a case from a run."""

    MUST_HOLD = "must_hold", _("a pair that must hold does not")
    BENCHMARK = "benchmark", _("wrong on the benchmark")
    PICTURE = "picture", _("title and picture disagree")
    DISAGREEMENT = "disagreement", _("models disagree")
    FAILED = "failed", _("could not be judged")
    UNSURE = "unsure", _("judged with low confidence")


class CaseVerb(models.TextChoices):
    """What was done to bad cases, at once."""

    TRIAGE = "triage", _("triaged")
    MERGE = "merge", _("merged")
    LINK = "link", _("put into a proposal")
    FIX = "fix", pgettext_lazy("deed", "fixed")
    DECLINE = "decline", _("declined")
    REOPEN = "reopen", _("reopened")
    VERIFY = "verify", _("verified")
    REGRESS = "regress", _("regressed")
    UNLINK = "unlink", _("taken out of a proposal")
    EXAMINE = "examine", _("looked into")
    UNDO = "undo", _("undone")


class LinkKind(models.TextChoices):
    """What a bad case is linked to."""

    PROPOSAL = "proposal", _("proposal")
    VERSION = "version", _("rule version")
    ENTRY = "entry", _("knowledge correction")
    LABEL = "label", _("label change")


FIXES = frozenset({LinkKind.VERSION, LinkKind.ENTRY, LinkKind.LABEL})
"""The links that fix a case."""


class LabelKind(models.TextChoices):
    """How a label came about."""

    GIVEN = "given", _("imported or pinned")
    PERSON = "person", _("by an annotator")
    MODEL = "model", _("vote of a model")
    AGREED = "agreed", _("annotators agreed")
    RULING = "ruling", _("ruled on")


class QueuedOrigin(models.TextChoices):
    """Where a pair that is to be labelled comes from."""

    IMPORT = "import", _("imported")
    CASE = "case", _("bad case")
    TRAFFIC = "traffic", _("traffic")
    SAMPLE = "sample", _("sampled")


class QueuedState(models.TextChoices):
    OPEN = "open", pgettext_lazy("pair to label", "open")
    CONFLICT = "conflict", pgettext_lazy("pair to label", "in conflict")
    SETTLED = "settled", pgettext_lazy("pair to label", "settled")
    WITHDRAWN = "withdrawn", pgettext_lazy("pair to label", "withdrawn")


class AnnotatorState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("annotator", "active")
    PAUSED = "paused", pgettext_lazy("annotator", "paused")


class AssignmentState(models.TextChoices):
    HELD = "held", pgettext_lazy("assignment", "held")
    DONE = "done", pgettext_lazy("assignment", "labelled")
    SKIPPED = "skipped", pgettext_lazy("assignment", "skipped")
    LOST = "lost", pgettext_lazy("assignment", "given to somebody else")


class SkipReason(models.TextChoices):
    """Why somebody gives a pair back without a label."""

    UNCLEAR = "unclear", _("the query or the title is unclear")
    PICTURE = "picture", _("the photographs are missing or unreadable")
    EXPERTISE = "expertise", _("it takes somebody who knows the field")
    OTHER = "other", _("another reason")


class AsideReason(models.TextChoices):
    """Why a label that came in does not count."""

    LATE = "late", _("the pair had been given to somebody else")
    DOUBLED = "doubled", _("it was labelled already")
    SETTLED = "settled", _("the pair was settled")


class RulingReason(models.TextChoices):
    """Why a conflict was ruled as it was."""

    BRAND = "brand", _("brand")
    EFFICACY = "efficacy", _("efficacy")
    DOSAGE_FORM = "dosage_form", _("dosage form")
    INGREDIENT = "ingredient", _("ingredient")
    POPULATION = "population", _("population")
    INTENT = "intent", _("intent of the query")
    GUIDELINE = "guideline", _("the guideline says so")
    OVERSIGHT = "oversight", _("somebody overlooked something")
    VAGUE = "vague", _("the guideline leaves it open")
    OTHER = "other", _("another reason")


class Outcome(models.TextChoices):
    """What became of a label that somebody sent."""

    STORED = "stored", _("stored")
    AGAIN = "again", _("it was stored before")
    LATE = "late", _("kept aside: the pair had been given to somebody else")
    DOUBLED = "doubled", _("kept aside: it was labelled already")
    SETTLED = "settled", _("kept aside: the pair was settled")
