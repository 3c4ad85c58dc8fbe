"""What `cases.py` measures, once Django knows its scratch database."""

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client

from annotation.enums import CaseState, Cause
from annotation.models import BadCase, CaseAction, CaseReport
from annotation.selectors import cases as questions
from annotation.selectors.cases import CaseFilter
from annotation.services.imports import import_cases
from annotation.services.triage import Sorted, merge, triage, undo

WORDS = ("布洛芬", "感冒灵", "维生素C", "板蓝根", "碘伏", "红霉素", "藿香正气", "阿莫西林", "蒙脱石", "氯雷他定")
FORMS = ("片", "胶囊", "颗粒", "口服液", "软膏")
PEOPLE = ("", "儿童", "成人", "孕妇")
ASKS = ("", "怎么吃", "多少钱", "哪个牌子好", "副作用", "能治感冒吗", "饭前饭后", "说明书")
BRANDS = ("青禾", "远山", "石桥", "长风", "南乡", "北原", "东篱", "西窗")
LEVELS = ("highly", "moderately", "weakly", "irrelevant")


def measure(folder: Path, count: int) -> None:
    """Print what the import took and what the inbox takes."""
    call_command("migrate", verbosity=0)
    if connection.vendor != "sqlite":
        call_command("flush", interactive=False, verbosity=0)
    path = file_of(folder, count)
    with timed(f"import of {count} reports"):
        job = import_cases(path=path)
    print(f"  {job.created} cases, {job.updated} counted, {job.unchanged} unchanged, {job.rejected} rejected;", end=" ")
    print(f"{BadCase.objects.filter(state=CaseState.DUPLICATE).count()} merged when they came")
    assert CaseReport.objects.count() == count
    with timed("the same file again"):
        again = import_cases(path=path)
    assert (again.created, again.updated, again.unchanged) == (0, 0, count)
    spread()
    measure_inbox()
    measure_actions()


def file_of(folder: Path, count: int) -> Path:
    """Invented reports: 5,000 products, many queries, of every 16 two about a pair reported before, one alike."""
    chance = random.Random(6)
    path = folder / "reports.jsonl"
    rows: list[dict[str, str]] = []
    for number in range(count):
        if rows and number % 8 == 0:
            row = {**chance.choice(rows), "case_id": f"c{number}", "place": "again"}
        elif rows and number % 16 == 1:
            alike = chance.choice(rows)
            row = {**alike, "case_id": f"c{number}", "query": f"{alike['query']}?"}
        else:
            row = report(chance, number)
        rows.append(row)
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def report(chance: random.Random, number: int) -> dict[str, str]:
    """One invented report."""
    product = chance.randrange(5000)
    word, form = WORDS[product % 10], FORMS[product // 10 % 5]
    given, expected = chance.sample(LEVELS, 2)
    asks = f"{chance.choice(PEOPLE)}{chance.choice(WORDS)}{chance.choice(FORMS)}{chance.choice(ASKS)}"
    return {
        "case_id": f"c{number}",
        "query": f"{asks} {chance.randrange(400)}" if number % 3 else asks,
        "product_id": f"p{product}",
        "title": f"[{BRANDS[product % 8]}]{word}{form}{product}mg*{product % 40 + 1}片",
        "given": given,
        "expected": expected,
        "severity": chance.choice(("", "1", "2", "3")),
        "category": word,
    }


def spread() -> None:
    """Give the cases causes, states and assignees as years of work would."""
    people = [User.objects.get_or_create(username=name)[0] for name in ("one", "two", "three")]
    masters = list(BadCase.objects.exclude(state=CaseState.DUPLICATE).values_list("pk", flat=True))
    for place, cause in enumerate(Cause.values):
        mine = masters[place :: len(Cause.values) * 2]
        for start in range(0, len(mine), 5000):
            BadCase.objects.filter(pk__in=mine[start : start + 5000]).update(
                cause=cause, state=CaseState.TRIAGED, assignee=people[place % 3], cluster=f"{cause}|{place % 5}"
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure_inbox() -> None:
    """Print the median milliseconds in which the server answers with a page of the inbox, by filter."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_superuser("reader"))
    asked = (
        {}, {"state": "all"}, {"state": "new"}, {"state": "declined"}, {"severity": "3"}, {"cause": "brand"},
        {"assignee": "me"}, {"assignee": "nobody"}, {"category": "布洛芬"}, {"overdue": "yes"},
        {"q": "儿童 布洛芬"}, {"q": "nowhere"}, {"cause": "brand", "assignee": "two", "severity": "1"},
        {"cluster": "brand|0"}, {"after": str(middle())},
    )  # fmt: skip
    for said in asked:
        told = urlencode(said) or "as it comes"
        print(f"page of the inbox, {told:47} {taken(lambda said=said: answered(client, said))}")
    for name, question in (
        ("open and harmful", questions.open_harmful),
        ("overdue harmful", questions.overdue_harmful),
        ("categories", questions.categories),
        ("clusters", questions.clusters),
    ):
        print(f"{name:66} {taken(question)}")


def middle() -> int:
    """A case in the middle of the inbox."""
    found = questions.inbox(CaseFilter()).values_list("pk", flat=True)
    return found[found.count() // 2]


def answered(client: Client, said: Mapping[str, str]) -> None:
    """Get a page of the inbox, as a browser does."""
    answer = client.get("/bad-cases/", said)
    assert answer.status_code == 200


def measure_actions() -> None:
    """Print the median milliseconds of what a key does."""
    person = User.objects.create_superuser("lead")
    chosen = questions.inbox(CaseFilter.from_query({"state": "new"}), by=person).values_list("pk", flat=True)
    ids = list(chosen[:400])
    turn = iter(range(1000))

    def one() -> CaseAction | None:
        return triage(by=person, cases=[ids[next(turn) % 30]], to=Sorted(cause=Cause.values[next(turn) % 12]))

    def many() -> None:
        action = triage(by=person, cases=ids[100:200], to=Sorted(note=f"{next(turn)}"))
        assert action
        undo(by=person, action=action)

    def five() -> None:
        start = 200 + 6 * (next(turn) % 30)
        action = merge(by=person, cases=ids[start + 1 : start + 6], into=ids[start])
        assert action
        undo(by=person, action=action)

    for name, act in (("one case triaged", one), ("100 cases, and undone", many), ("five merged, and undone", five)):
        print(f"{name:66} {taken(act)}")


def taken(act: Callable[[], object], times: int = 15) -> str:
    """The median milliseconds of some calls after one that warms up, and those of them that this process computed."""
    act()
    whole, own = [], []
    for _ in range(times):
        started, worked = time.perf_counter(), time.process_time()
        act()
        whole.append((time.perf_counter() - started) * 1000)
        own.append((time.process_time() - worked) * 1000)
    return f"{statistics.median(whole):7.1f} ms, {statistics.median(own):6.1f} of them computing"


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print how long something took, and how much of it this process was at work."""
    started, worked = time.perf_counter(), time.process_time()
    yield
    print(f"{name}: {time.perf_counter() - started:.1f} s, {time.process_time() - worked:.1f} s of them computing")
