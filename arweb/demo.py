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


DEMO_USERS = tuple(DemoUser(role, f"{role}-demo", role) for role in ("expert", "reviewer", "annotator", "lead"))
