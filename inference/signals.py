"""What the services of this app tell the edges, after commit."""

from django.dispatch import Signal

work_waiting = Signal()
"""A run has pairs that nobody is judging. Sent with `run_id`."""

documents_imported = Signal()
"""Documents were made or changed. Sent with `kind`, `document_ids` (only those that are new or differ) and `by_id`."""

run_finished = Signal()
"""A run judged its last pair. Sent with `run_id`."""

comparison_waiting = Signal()
"""Two runs are to be compared. Sent with `comparison_id`."""

gate_set = Signal()
"""Other terms hold for what a benchmark must show. Sent with `policy_id`."""
