"""What the services of this app tell the edges, after commit."""

from django.dispatch import Signal

work_waiting = Signal()
"""A run has pairs that nobody is judging. Sent with `run_id`."""
