"""Pages of benchmark releases: the list, one, its rows, how two differ, the files."""

import hashlib
from itertools import count

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.models import Benchmark, Product
from annotation.release_shown import day_of
from tests.annotation.releases.benchmarks import ROWS, add, cut, make_lead, relabel, released, settle
from tests.factories import make_benchmark, make_user

pytestmark = pytest.mark.django_db
numbers = count(1)


@pytest.fixture
def lead(client: Client) -> User:
    """Somebody signed in who may cut releases."""
    person = make_lead()
    client.force_login(person)
    return person


@pytest.fixture
def reader(client: Client) -> User:
    """Somebody signed in who may only look."""
    person = make_user()
    client.force_login(person)
    return person


def at(benchmark: Benchmark, rest: str = "") -> str:
    return f"/benchmarks/{benchmark.slug}/releases/{rest}"


def text(client: Client, path: str, **query: object) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def sent(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_it_takes_a_sign_in(client: Client) -> None:
    release = released()
    paths = ["", "1/", "1/rows/", "1/now/", "1/verify/", "1/jsonl/", "1/compare/1/"]
    assert {client.get(at(release.benchmark, path)).status_code for path in paths} == {302}


def test_a_benchmark_without_labels_says_what_to_do_first(client: Client, lead: User) -> None:
    assert "Label pairs, or import some with their levels." in text(client, at(make_benchmark()))


def test_who_may_not_cut_sees_no_form(client: Client, reader: User) -> None:
    benchmark = make_benchmark(*ROWS)
    assert '<form method="post" class="stack">' not in text(client, at(benchmark))
    assert client.post(at(benchmark), {"seen": 0}).status_code == 403
    assert benchmark.releases.count() == 0


def test_a_lead_cuts_a_release_and_goes_to_it(client: Client, lead: User) -> None:
    benchmark = make_benchmark(*ROWS)
    response = client.post(at(benchmark), {"notes": "The first one.", "seen": 0}, follow=True)
    assert response.redirect_chain == [(at(benchmark, "1/"), 302)]
    page = response.content.decode()
    assert "Release 1 was cut." in page
    assert "The first one." in page


def test_a_second_click_is_told_that_one_was_cut(client: Client, lead: User) -> None:
    benchmark = make_benchmark(*ROWS)
    client.post(at(benchmark), {"seen": 0})
    response = client.post(at(benchmark), {"seen": 0})
    assert (response.status_code, benchmark.releases.count()) == (422, 1)
    assert "Release 1 was cut meanwhile." in response.content.decode()


def test_the_page_of_a_release_has_its_datasheet(client: Client, reader: User) -> None:
    release = released()
    page = text(client, at(release.benchmark, "1/"))
    assert release.digest in page
    assert '<td>Imported or pinned, not labelled here</td><td class="num">4</td>' in page
    assert "days old" in page


def test_the_datasheet_shows_wanted_shares_beside_the_real_ones(client: Client, lead: User) -> None:
    benchmark = make_benchmark(*ROWS)
    Product.objects.filter(title__contains="布洛芬").update(given={"category": ["西药"]})
    page = client.post(at(benchmark), {"seen": 0, "quotas": "西药 30%\n医疗 器械 10"}, follow=True).content.decode()
    assert (
        '<th scope="row">Western medicines</th><td class="num">1</td><td class="num">25.0%</td><td class="num">75.0%</td>'
        in page
    )
    assert (
        '<th scope="row">医疗 器械</th><td class="num">0</td><td class="num">0.0%</td><td class="num">25.0%</td>'
        in page
    )
    assert (
        '<th scope="row">without a category</th><td class="num">3</td><td class="num">75.0%</td><td class="num">–'
        in page
    )
    assert "西药 75%" in text(client, at(benchmark))


def test_a_datasheet_has_the_largest_shares_by_what_they_are_to_each_other(client: Client, lead: User) -> None:
    benchmark = make_benchmark(*ROWS)
    client.post(at(benchmark), {"seen": 0, "quotas": "西药 1e308\n中药 1e308"})
    assert benchmark.releases.get().datasheet["quotas"] == {"西药": 0.5, "中药": 0.5}


def test_the_datasheet_tells_how_levels_came_to_count(client: Client, reader: User) -> None:
    benchmark = make_benchmark()
    settle(benchmark, "头痛", {make_user(): "moderately", make_user(): "weakly"}, counts="weakly")
    cut(benchmark)
    assert "equally often; the lower one" in text(client, at(benchmark, "1/rows/"))
    page = text(client, at(benchmark, "1/"))
    assert ("equally often; the lower one" in page, "of two given equally often the lower" in page) == (True, True)


@pytest.mark.parametrize(("moment", "day"), [("2026-11-21T16:30:00Z", "2026-11-22"), ("", "")])
def test_days_are_those_where_the_reader_is(moment: str, day: str) -> None:
    assert day_of(moment) == day


@pytest.mark.parametrize("quotas", ["西药", "西药 -1", "西药 nan", "西药 0"])
def test_wanted_shares_are_numbers(client: Client, lead: User, quotas: str) -> None:
    benchmark = make_benchmark(*ROWS)
    assert client.post(at(benchmark), {"seen": 0, "quotas": quotas}).status_code == 422
    assert benchmark.releases.count() == 0


def test_rows_are_found_by_level_and_words(client: Client, reader: User) -> None:
    release = released()
    found = text(client, at(release.benchmark, "1/rows/"), level="highly", q="布洛芬")
    assert "[芬必得]布洛芬缓释胶囊" in found
    assert "创可贴" not in found
    assert "No pair matches" in text(client, at(release.benchmark, "1/rows/"), hard="yes")


def test_a_title_of_a_merchant_is_text(client: Client, reader: User) -> None:
    benchmark = make_benchmark(("感冒", "<script>alert(1)</script>", "highly"))
    cut(benchmark)
    relabel(benchmark, "感冒", "weakly")
    cut(benchmark)
    pages = text(client, at(benchmark, "1/rows/")) + text(client, at(benchmark, "1/compare/2/"))
    assert "<script>alert" not in pages
    assert pages.count("&lt;script&gt;alert(1)") == 2


def test_a_difference_tells_each_way_apart(client: Client, reader: User) -> None:
    release = released()
    benchmark = release.benchmark
    relabel(benchmark, "感冒", "weakly")
    add(benchmark, "口罩", "口罩10只", "highly")
    benchmark.members.get(pair__query__text="维生素").delete()
    Product.objects.filter(title__contains="布洛芬").update(title="布洛芬片")
    cut(benchmark)
    page = text(client, at(benchmark, "1/compare/2/"))
    assert "4 pairs differ" in page
    assert "<ins>布洛芬片</ins>" in page
    kinds = {
        kind: text(client, at(benchmark, "1/compare/2/"), kind=kind) for kind in ("added", "removed", "relabelled")
    }
    said = {
        kind: [q for q in ("感冒", "口罩", "维生素", "布洛芬") if f">{q}</a>" in page] for kind, page in kinds.items()
    }
    assert said == {"added": ["口罩"], "removed": ["维生素"], "relabelled": ["感冒"]}


def test_two_releases_that_say_the_same(client: Client, reader: User) -> None:
    release = released()
    assert "No pair differs" in text(client, at(release.benchmark, "1/compare/1/"))


def test_releases_to_compare_are_chosen_by_number(client: Client, reader: User) -> None:
    release = released()
    chosen = client.get(at(release.benchmark, "compare/"), {"before": 1, "after": 1})
    assert chosen.url == at(release.benchmark, "1/compare/1/")
    wrong = client.get(at(release.benchmark, "compare/"), {"before": 1, "after": "²"}, follow=True)
    assert "Choose two releases by their numbers" in wrong.content.decode()


def test_the_digest_is_that_of_the_file(client: Client, reader: User) -> None:
    release = released()
    assert hashlib.sha256(sent(client, at(release.benchmark, "1/jsonl/"))).hexdigest() == release.digest


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_a_file_is_the_same_after_the_catalogue_has_moved_on(client: Client, reader: User, kind: str) -> None:
    release = released()
    first = sent(client, at(release.benchmark, f"1/{kind}/"))
    Product.objects.update(title="other")
    relabel(release.benchmark, "感冒", "weakly")
    assert sent(client, at(release.benchmark, f"1/{kind}/")) == first


def test_no_other_kind_of_file(client: Client, reader: User) -> None:
    assert client.get(at(released().benchmark, "1/xlsx/")).status_code == 404


def test_verification_on_the_page(client: Client, reader: User) -> None:
    release = released()
    assert "Whole" in text(client, at(release.benchmark, "1/verify/"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE annotation_releasedpair SET level = 'weakly' WHERE place = 3")
    assert "Row 3 (" in text(client, at(release.benchmark, "1/verify/"))


def test_what_has_changed_since(client: Client, reader: User) -> None:
    release = released()
    benchmark = release.benchmark
    relabel(benchmark, "感冒", "weakly")
    add(benchmark, "口罩", "口罩10只", "highly")
    product = Product.objects.get(title__contains="布洛芬")
    product.title = "布洛芬片"
    product.save()
    page = text(client, at(benchmark, "1/now/"))
    assert "<b>1</b><span>pairs labelled since</span>" in page
    assert "<b>1</b><span>labels changed since</span>" in page
    assert "<b>1</b><span>pairs whose product changed</span>" in page
    assert "Too few queries to tell." in page


def test_recent_queries_of_other_things_are_drift(client: Client, reader: User) -> None:
    benchmark = make_benchmark(*((f"感冒{n}号", f"感冒灵{n}", "highly") for n in range(60)))
    cut(benchmark)
    make_benchmark(*((f"血压计{n}型", f"血压计{n}", "highly") for n in range(60)))
    page = text(client, at(benchmark, "1/now/"))
    assert "Shoppers ask for other things now" in page
    assert "60 queries of the last 30 days against 60 of the release" in page


def test_the_category_of_the_products_tells_once_most_have_one(client: Client, reader: User) -> None:
    benchmark = make_benchmark(*((f"感冒{n}号", f"感冒灵{n}", "highly") for n in range(60)))
    cut(benchmark)
    make_benchmark(*((f"血压计{n}型", f"血压计{n}", "highly") for n in range(60)))
    Product.objects.update(given={"category": ["西药"]})
    page = text(client, at(benchmark, "1/now/"))
    assert "Told by the category of the products." in page
    assert "No difference shows that chance would not make." in page


def test_pages_cost_the_same_for_one_row_and_thirty(client: Client, reader: User) -> None:
    def costs(rows: int) -> list[int]:
        benchmark = make_benchmark(*((f"药{next(numbers)}", "甲片", "highly") for _ in range(rows)))
        cut(benchmark)
        for query in benchmark.members.values_list("pair__query__text", flat=True):
            relabel(benchmark, query, "weakly")
        cut(benchmark)
        return [queries(client, at(benchmark, path)) for path in ("", "1/", "1/rows/", "1/compare/2/")]

    costs(1)
    assert costs(30) == costs(1)
