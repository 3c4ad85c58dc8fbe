"""manage.py import_products, import_pairs"""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Benchmark, Product

pytestmark = pytest.mark.django_db


def run(*words: str) -> list[str]:
    """What a command prints."""
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().splitlines()


def test_sums_up_and_shows_the_first_problems(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text("product_id,title\na1,感冒灵颗粒\n" + "a2,\n" * 22, "gb18030")
    said = run("import_products", str(path))
    assert said[:2] == ["products.csv: 1 created, 0 updated, 0 unchanged, 22 rejected", "line 3: “title” is empty."]
    assert (len(said), said[-1]) == (22, "and 2 more")
    assert Product.objects.get().title == "感冒灵颗粒"


def test_labels_go_into_the_benchmark_named(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps({"pair_id": "1", "query": "感冒", "title": "感冒灵颗粒", "level": "highly"}))
    assert run("import_pairs", str(path), "--benchmark", "mine") == [
        "pairs.jsonl: 1 created, 0 updated, 0 unchanged, 0 rejected"
    ]
    assert Benchmark.objects.get().slug == "mine"


def test_says_how_many_images_were_not_imported(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text("product_id,title,image\na1,感冒灵颗粒,box.png\n")
    assert run("import_products", str(path))[1:] == [f"rows whose image is not in {tmp_path}: 1"]


@pytest.mark.parametrize(("content", "message"), [("", "refused: The file is empty."), (None, "There is no file")])
def test_a_file_that_is_refused_is_an_error(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "products.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CommandError, match=message):
        run("import_products", str(path))


def test_a_folder_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is a folder"):
        run("import_products", str(tmp_path))
