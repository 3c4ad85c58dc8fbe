"""Whether the database is ready for the code."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrations_wait() -> bool:
    """Whether the database is behind the code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
