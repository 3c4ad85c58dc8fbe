"""Whether the database is ready for the code."""

from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


def migrations_wait() -> bool:
    """Whether the database is behind the code. Raises CommandError where it can't be reached."""
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise CommandError(f"The database can't be reached: {error}") from error
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
