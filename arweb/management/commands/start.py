"""`manage.py start`: from nothing to a served demo, and on later starts just the serving."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import gettext_noop

from annotation.models import Benchmark
from arweb.database import migrations_wait
from arweb.demo import DEMO_BENCHMARK, DEMO_USERS
from arweb.server import serve
from inference.enums import RunState
from inference.models import Run
from inference.selectors.runs import latest_run
from inference.services.judging import judge_all
from inference.services.runs import launch_run, resume_runs
from rules.selectors import current_release

DEMO_REASON = gettext_noop("first run of the demo")


class Command(BaseCommand):
    """What `make run` calls."""

    help = "Migrate, load and judge the demo where that is left to do, and serve on HOST:PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM or ctrl-c."""
        serve(prepare=self.prepare, announce=self.announce)

    def prepare(self) -> None:
        """Bring the database to where the demo can be looked at."""
        if migrations_wait():
            self.stdout.write("Preparing the database")
            call_command("migrate", verbosity=0, interactive=False)
        if not Run.objects.filter(benchmark__slug=DEMO_BENCHMARK).exists():
            self.stdout.write("Loading the demo")
            call_command("load_demo", verbosity=0)
        self.judge_demo()

    def judge_demo(self) -> None:
        """Have the demo judged under the release in force, so that the first page has figures to show.

        A run that can't go on, since the knowledge changed, is cancelled first, so that it does not count as one.
        """
        resume_runs(alone=settings.EMBEDDED)
        release, benchmark = current_release(), Benchmark.objects.filter(slug=DEMO_BENCHMARK).first()
        if release is None or benchmark is None:
            return
        run = latest_run(release=release, benchmark=benchmark)
        if run is None:
            run = launch_run(by=None, release=release, benchmark=benchmark, reason=DEMO_REASON)
        if run.state == RunState.RUNNING:
            self.stdout.write("Judging the demo")
            judge_all(run=run)

    def announce(self, address: str) -> None:
        """Print where, and as whom."""
        known = set(User.objects.filter(is_active=True).values_list("username", flat=True))
        self.stdout.write(f"\nARWeb answers on {address} (ctrl-c stops it)\n")
        for user in DEMO_USERS:
            if user.username in known:
                self.stdout.write(f"  {user.role:<10} sign in as {user.username} with {user.password}")
        self.stdout.flush()
