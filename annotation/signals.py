"""What the services of this app tell the apps above, after commit."""

from django.dispatch import Signal

catalogue_imported = Signal()
"""Products were imported, to the end of the file or to where it stopped. Sent with `import_id`."""

pairs_imported = Signal()
"""A batch of pairs came in, new or known. Sent with `pair_ids`."""

must_hold_changed = Signal()
"""Other pairs of a benchmark must hold. Sent with `benchmark_id`."""

cases_reported = Signal()
"""Bad cases came in that nobody looked into."""

cases_regressed = Signal()
"""Fixed cases are wrong again. Sent with `action_id`, the action that reopened them."""

gold_answered = Signal()
"""Somebody labelled a hidden gold pair. Sent with `annotator_id`."""
