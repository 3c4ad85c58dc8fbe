"""At 50,000 pairs: seconds of import, list and export, and the bytes of the first look at the labelling page."""

import gzip
import hashlib
import json
import re
import statistics
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

from django.contrib.auth.models import User
from django.test import Client

from annotation.models import Benchmark, QueuedPair
from annotation.services.benchmark_releases import cut_release
from annotation.services.imports import import_pairs, import_products
from annotation.services.labelling import open_labelling
from benchmarks.annotation_clients import Server, session_of
from benchmarks.benchmark_releases_measured import filled

PAIRS, PRODUCTS = 50_000, 1000
LOOKS = 9
LINKED = re.compile(r'<(?:link|script|img|use)\b[^>]*?\b(?:href|src)="([^"#]+)')
"""What a browser fetches besides a page."""


def measure_rows(folder: Path, lead: User, people: list[User]) -> None:
    """Print what takes how long, of the clock and of the processor, beside what is promised."""
    print(f"{'at 50,000 pairs':46}{'clock':>9}{'CPU':>9}{'promised':>11}")
    benchmark = imported(folder, lead)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(lead)
    for page in (1, 500, 1000):
        address = f"/benchmarks/{benchmark.slug}/labelling/pairs/?page={page}"
        told(f"list of pairs, page {page}", *looked(lambda address=address: sent(client, address)), "50 ms", 1000)
    labelled = filled(people, PAIRS)
    cut_release(by=lead, benchmark=labelled, seen=0)
    for kind in ("jsonl", "csv", "parquet"):
        address = f"/benchmarks/{labelled.slug}/releases/1/{kind}/"
        told(f"export as {kind}", *looked(lambda address=address: sent(client, address), times=3), "3 s")
    with Server(folder) as server:
        parts, hosts = first_load(server, people[0], benchmark)
    outside = f"{len(hosts)} outside hosts" if hosts else "no outside host"
    print(f"first load of the labelling page: {sum(parts.values()):,} bytes, {outside} (promised 100,000)")
    for name, size in parts.items():
        print(f"  {name:44}{size:>9,}")


def told(name: str, clock: float, processor: float, promised: str, unit: int = 1) -> None:
    """Print a row; `unit`: 1000 for milliseconds."""
    word = "ms" if unit == 1000 else "s"
    print(
        f"{name:46}{clock * unit:>6.{1 if unit == 1 else 0}f} {word:2}{processor * unit:>6.{1 if unit == 1 else 0}f} {word:2}{promised:>11}"
    )


def imported(folder: Path, lead: User) -> Benchmark:
    """The benchmark that 50,000 pairs were imported for."""
    products, pairs = folder / "products.jsonl", folder / "to-label.jsonl"
    products.write_text("\n".join(product(number) for number in range(PRODUCTS)), "utf-8")
    pairs.write_text("\n".join(pair(number) for number in range(PAIRS)), "utf-8")
    import_products(path=products)
    benchmark = Benchmark.objects.create(slug="to-label", name="To label")
    open_labelling(by=lead, benchmark=benchmark)
    began, worked = time.perf_counter(), time.process_time()
    job = import_pairs(path=pairs, by=lead, benchmark="to-label", to_label=True)
    told("import into the queue", time.perf_counter() - began, time.process_time() - worked, "10 s")
    assert (job.created, QueuedPair.objects.filter(benchmark=benchmark).count()) == (PAIRS, PAIRS)
    return benchmark


def looked(do: Callable[[], object], *, times: int = LOOKS) -> tuple[float, float]:
    """Median seconds by the clock and of the processor, after a first time that is not counted."""
    do()
    clock, processor = [], []
    for _time in range(times):
        began, worked = time.perf_counter(), time.process_time()
        do()
        clock.append(time.perf_counter() - began)
        processor.append(time.process_time() - worked)
    return statistics.median(clock), statistics.median(processor)


def sent(client: Client, address: str) -> str:
    """The digest of what is sent."""
    response, found = client.get(address), hashlib.sha256()
    assert response.status_code == 200, response.status_code
    for part in response.streaming_content if response.streaming else [response.content]:
        found.update(part)
    return found.hexdigest()


def first_load(server: Server, person: User, benchmark: Benchmark) -> tuple[dict[str, int], set[str]]:
    """Bytes of the labelling page and all that a browser fetches with it, heads included; and hosts but this one."""
    cookie = f"sessionid={session_of(person)}"
    address = f"/benchmarks/{benchmark.slug}/label/"
    page, size = fetched(server, address, cookie)
    linked = dict.fromkeys(LINKED.findall(page))
    hosts = {one.split("/")[2] for one in linked if "//" in one}
    parts = {address: size} | {one: fetched(server, one, cookie)[1] for one in linked if one.startswith("/")}
    return parts, hosts


def fetched(server: Server, address: str, cookie: str) -> tuple[str, int]:
    """A file as text, and its bytes as a browser gets them."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    response = connection.getresponse()
    content = response.read()
    assert response.status == 200, (address, response.status)
    head = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
    plain = gzip.decompress(content) if response.getheader("Content-Encoding") == "gzip" else content
    return plain.decode("utf-8", "replace"), len(content) + head


def product(number: int) -> str:
    """An invented product."""
    row = {
        "product_id": f"p{number}",
        "title": f"[青禾]布洛芬缓释胶囊{number}mg*24粒",
        "category": ["西药", "中药"][number % 2],
    }
    return json.dumps(row, ensure_ascii=False)


def pair(number: int) -> str:
    """An invented pair."""
    row = {"pair_id": f"t{number}", "query": f"布洛芬{number // PRODUCTS}", "product_id": f"p{number % PRODUCTS}"}
    return json.dumps(row, ensure_ascii=False)
