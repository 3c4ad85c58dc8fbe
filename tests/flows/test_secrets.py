"""No key, token or password is in any page, answer, file, log, error, audit event or dump, whatever is done with it."""

import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.core.signals import got_request_exception
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.views.debug import ExceptionReporter

from annotation.models import Benchmark
from inference.engines.protocol import Secret
from inference.models import ModelEndpoint, OutsideAnswer, PipelineConfig
from inference.pipeline.parameters import Parameters
from inference.sealing import seal, unseal
from inference.services.configurations import create_configuration
from inference.services.judging import judge_all
from inference.services.outside import ask_outside
from inference.services.runs import launch_run
from rules.engine.attributes import Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from tests.factories import make_benchmark, make_release
from tests.flows.output import Gathered, crawl, text_of
from tests.scripted_model.script import Call, Error, Reply
from tests.scripted_model.server import InThread, start
from tests.scripted_search import Searx

pytestmark = pytest.mark.django_db
ENDPOINT = "sk-endpoint/3fUq+81"
OUTSIDE = "sk-outside-77Qz"
PASSWORD = "Passwort-9x-ghost"
MAIL = "mail-password-5Rt"
FEW, MOST = 16, 200
"""Pages that are looked at by make test, and in the long run."""
FORM = {
    "kind": "text",
    "model": "scripted",
    "in_flight": "4",
    "timeout": "5",
    "price_read": "1",
    "price_written": "1",
    "secret": ENDPOINT,
}
CAP = RuleContent(
    "Cap", (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("创可贴",)),), Effect(EffectKind.CAP, Level.WEAKLY)
)


def telling(call: Call) -> Reply | Error:
    """A server that repeats the token it was sent: in an error, in prose, and in a good reply."""
    said = call.authorization
    if "创可贴" in call.prompt:
        return Error(400, f"denied for {said}")
    if "板蓝根" in call.prompt:
        return Reply(f"I was sent {said} and won't answer")
    return Reply(json.dumps({"mismatched": [], "rules": [], "level": "highly", "reason": f"sent {said}"}))


@pytest.fixture
def server() -> Iterator[InThread]:
    """A server of a model that gives its token away."""
    with start(telling, token=ENDPOINT) as running:
        yield running


@pytest.fixture
def gathered() -> Gathered:
    return Gathered()


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(
        ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"),
        ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
        ("板蓝根", "[白云山]板蓝根颗粒10g*20袋", "highly"),
    )


@pytest.fixture
def lead(client: Client) -> Client:
    """Somebody who may do everything, signed in by a password."""
    User.objects.create_superuser("lead", password=PASSWORD)
    client.post(reverse("login"), {"username": "lead", "password": PASSWORD})
    return client


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Every record of every logger, statements of the database with their values too."""
    connection.force_debug_cursor = True
    with caplog.at_level(logging.DEBUG):
        yield caplog
    connection.force_debug_cursor = False


@pytest.fixture
def searx(settings: Any) -> Iterator[Searx]:
    def echo(query: str) -> Any:
        token = running.tokens[-1]
        return Error(403, token) if query == "坏" else [(f"sent {token}", token, f"https://example.org/{token}")]

    settings.OUTSIDE_SEARCH_TOKEN, settings.EMAIL_HOST_PASSWORD = OUTSIDE, MAIL
    with Searx(echo) as running:
        settings.OUTSIDE_SEARCH = running.address
        yield running


def add_endpoint(client: Client, address: str) -> ModelEndpoint:
    form = FORM | {"name": "leaky", "address": address}
    client.post(reverse("inference:new_endpoint"), form)
    return ModelEndpoint.objects.get()


def make_configurations(endpoint: ModelEndpoint) -> list[PipelineConfig]:
    """One in which the model gives the level, and one that searches outside."""
    model = PipelineConfig.objects.create(name="by model", engine="llm", endpoint=endpoint, canaries=0)
    return [model, create_configuration(by=None, name="outside", parameters=Parameters(outside=True), canaries=0)]


def run_commands(gathered: Gathered, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The commands that write something for somebody to read."""
    pairs = folder / "in.jsonl"
    pairs.write_text('{"query": "布洛芬", "title": "布洛芬缓释胶囊"}\n', encoding="utf-8")
    for number, words in enumerate(
        (
            ("judge", str(pairs), str(folder / "judged.jsonl"), "--config", "by model", "--traces"),
            ("export_knowledge", str(folder / "knowledge")),
            ("export_rules", str(folder / "rules.yaml")),
            ("verify_audit",),
            ("dumpdata",),
            ("check",),
        )
    ):
        out = io.StringIO()
        try:
            call_command(*words, stdout=out, stderr=out)
        except CommandError as error:
            out.write(str(error))
        gathered.add(f"command {number} {words[0]}", out.getvalue())
    for path in filter(Path.is_file, folder.rglob("*")):
        gathered.add(f"file {path.name}", path.read_text(encoding="utf-8"))
    gathered.add("standard output", "\n".join(capsys.readouterr()))


def call_api(gathered: Gathered, token: str) -> None:
    """What programs are told, refusals included."""
    program = Client(headers={"authorization": f"Bearer {token}"})
    program.raise_request_exception = False
    asked = {"query": "布洛芬", "title": "布洛芬片", "config": "by model"}
    for path in ("rules/", "releases/", "proposals/", "audit/", "audit/export/", "policy/", "nowhere/"):
        gathered.add(f"api {path}", text_of(program.get(f"/api/v1/{path}")))
    gathered.add("api judge", program.post("/api/v1/judge/", asked, "application/json").content.decode())
    gathered.add("api judge, no JSON", program.post("/api/v1/judge/", b"{", "application/json").content.decode())
    wrong = Client(headers={"authorization": f"Bearer {token}x"})
    gathered.add("api, wrong token", wrong.get("/api/v1/rules/").content.decode())


def break_pages(client: Client, gathered: Gathered, settings: Any, address: str) -> None:
    """Pages that break while a token is in hand, shown to a shopper, to a developer, and in a mail to admins."""
    reports: list[str] = []

    def report(request: HttpRequest, **kwargs: object) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info())
        reports.extend((reporter.get_traceback_text(), reporter.get_traceback_html()))

    def broken(execute: Callable[..., object], sql: str, *args: object) -> object:
        if sql.startswith(("INSERT", "UPDATE")) and ("modelendpoint" in sql or "outsideanswer" in sql):
            raise DatabaseError("disk full")
        return execute(sql, *args)

    client.raise_request_exception = False
    got_request_exception.connect(report)
    form = FORM | {"name": "another", "address": address}
    for settings.DEBUG in (False, True):
        with connection.execute_wrapper(broken):
            for name, said in (("new_endpoint", form), ("test_outside", {})):
                answer = client.post(reverse(f"inference:{name}"), said)
                assert answer.status_code == 500
                gathered.add(f"broken {name}, DEBUG {settings.DEBUG}", answer.content.decode())
    got_request_exception.disconnect(report)
    assert "disk full" in reports[0]
    for text in reports:
        gathered.add("report", text)


@pytest.mark.parametrize("most", [FEW, pytest.param(MOST, marks=pytest.mark.slow)])
def test_no_secret_comes_out_anywhere(
    most: int,
    lead: Client,
    benchmark: Benchmark,
    searx: Searx,
    server: InThread,
    gathered: Gathered,
    everything_logged: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    settings: Any,
) -> None:
    endpoint, release = add_endpoint(lead, server.address), make_release(CAP)
    made = lead.post(reverse("rules:tokens"), {"days": "30"}).content.decode()
    token = re.search(r"arweb_[0-9A-Za-z]+", made)
    assert token is not None
    for config in make_configurations(endpoint):
        judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, config=config))
    ask_outside(queries=["坏"])
    for name, args in (("test_endpoint", [endpoint.pk]), ("test_outside", [])):
        lead.post(reverse(f"inference:{name}", args=args))
    kinds = crawl(lead, gathered, most)
    call_api(gathered, token[0])
    run_commands(gathered, tmp_path, capsys)
    break_pages(lead, gathered, settings, server.address)
    gathered.add("log", everything_logged.text)

    secrets = {"endpoint": ENDPOINT, "outside": OUTSIDE, "password": PASSWORD, "mail": MAIL, "api": token[0]}
    assert gathered.holding({**secrets, "key": settings.SECRET_KEY}) == []
    assert (searx.tokens[0], server.calls > 3) == (f"Bearer {OUTSIDE}", True)
    assert OutsideAnswer.objects.filter(failure="denied").exists()
    assert {"inference:endpoint", "inference:run", "inference:outside", "rules:audit", "rules:audit_export"} <= kinds


def test_what_is_sealed_opens_with_no_other_key(settings: Any) -> None:
    sealed = seal(Secret(ENDPOINT))
    settings.SECRET_KEY = "another-key-that-somebody-guessed"
    assert (ENDPOINT in sealed, unseal(sealed)) == (False, None)


def test_the_search_of_secrets_finds_them(gathered: Gathered) -> None:
    gathered.add("plain", f"x{ENDPOINT}x")
    gathered.add("JSON", json.dumps(ENDPOINT).replace("/", "\\/"))
    gathered.add("HTML", ENDPOINT.replace("+", "&#x2B;"))
    assert len(gathered.holding({"endpoint": ENDPOINT})) == 3
