"""What the services of this app tell the apps above, after commit."""

from django.dispatch import Signal

catalogue_imported = Signal()
"""Products were imported, to the end of the file or to where it stopped. Sent with `import_id`."""
