"""What this app tells the ones above it, after commit."""

from django.dispatch import Signal

release_published = Signal()
"""A release is in force. Sent with `release_id` and `actor_id`."""
