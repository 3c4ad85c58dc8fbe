#!/usr/bin/env python
"""Django's command line."""

import os
import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line

from arweb.origins import of_command


def main(argv: Sequence[str]) -> None:
    """Run a command; what it writes is said to come from it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arweb.settings")
    with of_command(argv):
        execute_from_command_line(list(argv))


if __name__ == "__main__":
    main(sys.argv)
