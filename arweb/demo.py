"""Who and what the demo consists of. The data lie in `demo/`."""

from dataclasses import dataclass

from django.conf import settings

DEMO_FOLDER = settings.BASE_DIR / "demo"
DEMO_BENCHMARK = "demo"


@dataclass(frozen=True)
class DemoUser:
    """An account to look around with. Its password is no secret: the demo is not for a machine others reach."""

    username: str
    password: str
    role: str


NAMES = ("expert", "reviewer", "reviewer2", "annotator", "annotator2", "lead")
"""Two of those that work has to be done by two of: approving what a lead let pass, labelling with overlap."""
DEMO_USERS = tuple(DemoUser(name, f"{name}-demo", name.rstrip("2")) for name in NAMES)
