"""What this app tells the ones above it, after commit."""

from django.dispatch import Signal

release_published = Signal()
"""A release is in force. Sent with `release_id` and `actor_id`."""

validity_changed = Signal()
"""Other rules of the release in force are valid since a day. Sent once a release and day, with `release_id`, `day`."""

proposal_changed = Signal()
"""An open proposal's content, base or state is another one. Sent with `proposal_id` and `actor_id`."""

review_given = Signal()
"""Somebody reviewed or commented. Sent with `review_id`."""

check_reported = Signal()
"""A check has another answer. Sent with `check_id`."""

check_overridden = Signal()
"""A lead let a check of a proposal pass. Sent with `proposal_id` and `actor_id`."""

proposal_moved = Signal()
"""A proposal went from one state to another. Sent with `move_id`."""

proposal_timed = Signal()
"""Somebody said when a proposal is to be published, or took that back. Sent with `proposal_id` and `actor_id`."""

proposal_not_published = Signal()
"""A scheduled proposal could not be published. Sent with `move_id`, `scheduler_id` and `why`."""

values_asked = Signal()
"""Somebody looks for faults in rules: which of the values that they name can a query or a product have? Sent with
`named`, the values by attribute; who knows answers with a `rules.selectors.known_values.KnownValues`."""
