"""Pages of the catalogue"""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.enums import ImportKind, ImportState
from annotation.models import Import, ImportProblem, Pair, Product, ProductImage, Query
from annotation.services.imports import run_import
from rules.engine.attributes import Attribute, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from tests.factories import make_benchmark, make_pair, make_user
from tests.rules.publishing import published_rules

pytestmark = pytest.mark.django_db
BRAND_RULE = RuleContent(
    title="For children",
    conditions=(Condition(Side.QUERY, Operator.IS, Attribute.CORE_NAME, ("布洛芬",)),),
    effect=Effect(EffectKind.FORBID),
)
HTMX = {"HX-Request": "true"}
UPLOAD = b'{"product_id": "a1", "title": "<b>bold</b>"}\n'


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody signed in who may only read."""
    client.force_login(make_user())
    return client


@pytest.fixture
def importer(client: Client) -> Client:
    """Somebody signed in who may import."""
    client.force_login(make_user("annotation.import_catalogue"))
    return client


def page(client: Client, name: str, *args: object, **query: str) -> str:
    """The text of a page that is there."""
    response = client.get(reverse(f"annotation:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["products", "benchmarks", "imports"])
def test_pages_need_a_sign_in(client: Client, name: str) -> None:
    assert client.get(reverse(f"annotation:{name}")).status_code == 302


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("products", "No products yet"),
        ("benchmarks", "No benchmarks yet"),
        ("imports", "Upload a file of products above"),
    ],
)
def test_an_empty_page_says_what_to_do(importer: Client, name: str, text: str) -> None:
    assert text in page(importer, name)


def test_products_are_searched_by_words(reader: Client) -> None:
    make_pair(title="[青禾]布洛芬片 0.2g*20片")
    make_pair(title="[云峰]阿莫西林胶囊")
    found = page(reader, "products", q="青禾 布洛芬")
    assert "布洛芬片" in found
    assert "阿莫西林" not in found
    assert "No product matches" in page(reader, "products", q="青禾 阿莫西林")


def test_a_product_shows_what_was_given_and_what_was_read(reader: Client) -> None:
    product = Product.objects.create(
        external_id="p1", title="<b>x</b>", given={"brand": ["青禾"]}, parsed={"brand": ["云峰"], "dosage_form": ["片"]}
    )
    ProductImage.objects.create(product=product, file="products/0a.png", sha256="0a")
    text = page(reader, "product", product.pk)
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "<b>x</b>" not in text
    assert text.index("青禾") < text.index("the merchant") < text.index(">片<") < text.index("read from the title")
    assert "云峰" not in text
    assert "/media/products/0a.png" in text


def test_a_benchmark_shows_its_composition_and_its_pairs(reader: Client) -> None:
    benchmark = make_benchmark(("感冒", "感冒灵颗粒", "highly"), ("发烧", "布洛芬片", "weakly"), slug="mine")
    everything = page(reader, "benchmark", "mine")
    assert "2 labelled pairs" in everything
    assert "感冒灵颗粒" in everything
    weak = page(reader, "benchmark", "mine", level="weakly")
    assert ("布洛芬片" in weak, "感冒灵颗粒" in weak) == (True, False)
    assert "No pair matches" in page(reader, "benchmark", benchmark.slug, q="nothing")


def test_a_benchmark_that_is_not_there(reader: Client) -> None:
    assert reader.get(reverse("annotation:benchmark", args=["none"])).status_code == 404


def test_an_upload_is_imported_and_its_page_tells(importer: Client) -> None:
    data = {"file": SimpleUploadedFile("goods.jsonl", UPLOAD), "kind": "products"}
    response = importer.post(reverse("annotation:imports"), data)
    job = Import.objects.get()
    assert response.url == reverse("annotation:import", args=[job.pk])
    run_import(job.pk)
    assert "Every row was taken." in page(importer, "import", job.pk)
    assert "&lt;b&gt;bold&lt;/b&gt;" in page(importer, "products")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"kind": "products"}, "This field is required."),
        ({"kind": "recipes", "file": SimpleUploadedFile("a", b"x")}, "recipes is not one of the available choices"),
        ({"kind": "products", "file": SimpleUploadedFile("a", b"")}, "The submitted file is empty."),
        ({"kind": "products", "file": SimpleUploadedFile("a", b"x" * 200)}, "The file is larger than 0 MB."),
    ],
)
def test_a_wrong_upload_is_told_on_the_form(importer: Client, settings: object, data: dict, text: str) -> None:
    settings.IMPORT_MAX_BYTES = 100
    response = importer.post(reverse("annotation:imports"), data)
    assert (response.status_code, Import.objects.count()) == (422, 0)
    assert text in response.content.decode()


def test_who_may_not_import_sees_no_form_and_is_refused(reader: Client) -> None:
    assert 'type="file"' not in page(reader, "imports")
    data = {"file": SimpleUploadedFile("goods.jsonl", UPLOAD), "kind": "products"}
    assert reader.post(reverse("annotation:imports"), data).status_code == 403
    assert Import.objects.count() == 0


def test_progress_is_asked_for_until_it_is_over(reader: Client) -> None:
    job = Import.objects.create(kind=ImportKind.PRODUCTS, name="a", state=ImportState.RUNNING, bytes_total=9)
    address = reverse("annotation:import", args=[job.pk])
    running = reader.get(address, headers=HTMX)
    assert (running.status_code, b"every 1s" in running.content, b"<html" in running.content) == (200, True, False)
    Import.objects.update(state=ImportState.DONE)
    over = reader.get(address, headers=HTMX)
    assert (over.status_code, b"every 1s" in over.content) == (286, False)


def test_problems_are_told_in_the_readers_language_and_escaped(reader: Client) -> None:
    job = Import.objects.create(kind=ImportKind.PRODUCTS, name="a", state=ImportState.DONE, rejected=1)
    ImportProblem.objects.create(
        job=job, line=7, reason="“%(field)s” is empty.", params={"field": "<title>"}, excerpt="<script>"
    )
    text = page(reader, "import", job.pk)
    assert "“&lt;title&gt;” is empty." in text
    assert "<code>&lt;script&gt;</code>" in text


def queries_of(client: Client, address: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def fill_products(count: int) -> None:
    for number in range(count):
        product = make_pair(title=f"[青禾]布洛芬片 {number}").product
        ProductImage.objects.create(product=product, file=f"products/{number}.png", sha256=str(number))


def fill_benchmarks(count: int) -> None:
    for _ in range(count):
        make_benchmark(("布洛芬", "[青禾]布洛芬片", "highly"))


def fill_imports(count: int) -> None:
    by = make_user()
    Import.objects.bulk_create(
        Import(kind=ImportKind.PRODUCTS, name=f"file {number}", created_by=by) for number in range(count)
    )


@pytest.mark.parametrize(
    ("address", "fill"),
    [("/products/", fill_products), ("/benchmarks/", fill_benchmarks), ("/imports/", fill_imports)],
)
def test_a_list_costs_the_same_for_one_row_and_thirty(
    importer: Client, address: str, fill: Callable[[int], None]
) -> None:
    fill(1)
    importer.get(address)
    one = queries_of(importer, address)
    fill(29)
    assert queries_of(importer, address) == one


def test_the_pairs_of_a_benchmark_cost_the_same_for_one_row_and_thirty(reader: Client) -> None:
    make_benchmark(("布洛芬", "[青禾]布洛芬片", "highly"), slug="few")
    make_benchmark(*[(f"发烧 {number}", f"[青禾]布洛芬片 {number}", "highly") for number in range(30)], slug="many")
    reader.get("/benchmarks/few/")
    assert queries_of(reader, "/benchmarks/many/") == queries_of(reader, "/benchmarks/few/")


def test_the_pairs_of_a_product_cost_the_same_for_one_row_and_thirty(reader: Client) -> None:
    few, many = make_pair("布洛芬").product, make_pair("布洛芬").product
    for number in range(30):
        Pair.objects.create(query=Query.objects.create(text=f"退烧 {number}"), product=many)
    reader.get(f"/products/{few.pk}/")
    assert queries_of(reader, f"/products/{many.pk}/") == queries_of(reader, f"/products/{few.pk}/")


def test_the_problems_of_an_import_cost_the_same_for_one_row_and_thirty(reader: Client) -> None:
    few, many = (Import.objects.create(kind=ImportKind.PRODUCTS, name="a") for _ in range(2))
    for job, count in ((few, 1), (many, 30)):
        ImportProblem.objects.bulk_create(
            ImportProblem(job=job, line=line, reason="The file is empty.") for line in range(count)
        )
    reader.get(f"/imports/{few.pk}/")
    assert queries_of(reader, f"/imports/{many.pk}/") == queries_of(reader, f"/imports/{few.pk}/")


def test_an_import_says_which_images_it_left_out(reader: Client) -> None:
    job = Import.objects.create(kind="products", name="a.csv", state="done", images_missing=3)
    text = reader.get(f"/imports/{job.pk}/").content.decode()
    assert "3 products were imported without the images they name." in text


def test_search_finds_rules_products_and_pairs_by_every_word(reader: Client) -> None:
    published_rules(by=make_user("rules.change_proposal", "rules.publish_release"), contents=[(7, BRAND_RULE)])
    make_pair("布洛芬 退烧", "[青禾]布洛芬混悬液 <b>100ml</b>")
    make_pair("感冒", "[青禾]感冒灵颗粒")
    found = page(reader, "search", q="布洛芬")
    assert [text in found for text in (">R7<", "布洛芬混悬液 &lt;b&gt;", ">布洛芬 退烧<", "感冒灵颗粒")] == [
        True
    ] * 3 + [False]
    assert ">R7<" in page(reader, "search", q="children 布洛芬")
    assert "Nothing matches" in page(reader, "search", q="children gauze")


def test_a_search_links_to_all_that_match(reader: Client) -> None:
    for _ in range(11):
        make_pair("退烧", "布洛芬片")
    found = page(reader, "search", q="布洛芬")
    assert found.count('<td class="num" data-label="Pairs">1</td>') == 10
    assert '<a href="/products/?q=%E5%B8%83%E6%B4%9B%E8%8A%AC">Show all</a>' in found
    assert "The first 10 of 11" in found


def test_search_without_words_asks_for_some(reader: Client) -> None:
    make_pair()
    assert "Type a word" in page(reader, "search", q=" \0")


def test_a_search_costs_the_same_for_one_hit_and_thirty(reader: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(reader, "search", q="布洛芬")
        return len(asked)

    make_pair("布洛芬", "布洛芬片")
    cost()
    first = cost()
    for number in range(30):
        make_pair(f"布洛芬{number}", "布洛芬片")
    assert cost() == first
