"""What this app tells the ones above it, after commit."""

from django.dispatch import Signal

release_published = Signal()
"""A release is in force. Sent with `release_id` and `actor_id`."""

proposal_changed = Signal()
"""An open proposal's content, base or state is another one. Sent with `proposal_id` and `actor_id`."""

review_given = Signal()
"""Somebody reviewed or commented. Sent with `review_id`."""

check_reported = Signal()
"""A check has another answer. Sent with `check_id`."""
