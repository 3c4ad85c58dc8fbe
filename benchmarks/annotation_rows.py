"""Seconds to import 50,000 pairs that are to be labelled, and milliseconds of the list of them."""

import json
import statistics
import time
from pathlib import Path

from django.contrib.auth.models import User
from django.test import Client

from annotation.models import Benchmark, QueuedPair
from annotation.services.imports import import_pairs, import_products
from annotation.services.labelling import open_labelling

PAIRS, PRODUCTS = 50_000, 1000
LOOKS = 9


def measure_rows(folder: Path, lead: User) -> None:
    """Print what the import and the list take."""
    products, pairs = folder / "products.jsonl", folder / "to-label.jsonl"
    products.write_text("\n".join(product(number) for number in range(PRODUCTS)), "utf-8")
    pairs.write_text("\n".join(pair(number) for number in range(PAIRS)), "utf-8")
    import_products(path=products)
    benchmark = Benchmark.objects.create(slug="to-label", name="To label")
    open_labelling(by=lead, benchmark=benchmark)
    started = time.perf_counter()
    job = import_pairs(path=pairs, by=lead, benchmark="to-label", to_label=True)
    took = time.perf_counter() - started
    queued = QueuedPair.objects.filter(benchmark=benchmark).count()
    print(f"import of {PAIRS:,} pairs into the queue: {took:.1f} s ({job.created} new, {queued} queued; promised 10 s)")
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(lead)
    for page in (1, 500):
        print(
            f"  the list, page {page}: {looked(client, f'/benchmarks/to-label/labelling/pairs/?page={page}'):.0f} ms (50)"
        )


def looked(client: Client, address: str) -> float:
    """Median milliseconds of a page."""
    found = []
    for _look in range(LOOKS):
        started = time.perf_counter()
        response = client.get(address)
        found.append(1000 * (time.perf_counter() - started))
        assert response.status_code == 200, response.status_code
    return statistics.median(found)


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
