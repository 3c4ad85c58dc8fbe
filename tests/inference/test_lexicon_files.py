"""The knowledge files themselves: what they name exists, and nothing is said twice."""

from collections import Counter

import pytest

from annotation.vocabulary import FOLDER as VOCABULARY
from inference.knowledge.lexicon import load_lexicon
from inference.knowledge.records import Kind
from inference.knowledge.scan import longest
from inference.knowledge.tables import FOLDER, Tables, read_tables
from inference.pipeline.relate import relate_efficacy
from inference.pipeline.trace import EfficacyRelation

FILES = sorted((*FOLDER.glob("*.tsv"), *VOCABULARY.glob("*.tsv")))


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_tables()


def unknown(words, known) -> list[str]:
    return sorted({word for word in words if word} - set(known))


def repeated(names) -> list[str]:
    return sorted(name for name, n in Counter(names).items() if n > 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_states_a_name_twice(path) -> None:
    assert repeated(line.split("\t")[0] for line in path.read_text("utf-8").splitlines() if line.strip()) == []


def test_efficacy_relations_name_terms(tables: Tables) -> None:
    terms = [row.term for row in tables.efficacy]
    named = [t for row in tables.efficacy for t in (*row.near, *row.complementary, *row.opposed, *row.broader)]
    assert unknown(named, terms) == []


def test_parents_exist(tables: Tables) -> None:
    assert unknown((row.parent for row in tables.categories), (row.name for row in tables.categories)) == []
    assert unknown((row.parent for row in tables.forms), (row.name for row in tables.forms)) == []
    populations = [row.name for row in tables.populations]
    assert unknown((row.broader for row in tables.populations), populations) == []
    assert unknown((one for row in tables.populations for one in row.excludes), populations) == []


def test_medicines_name_what_exists(tables: Tables) -> None:
    terms, kinds = [row.term for row in tables.efficacy], [row.name for row in tables.categories]
    forms, populations = [row.name for row in tables.forms], [row.name for row in tables.populations]
    rows = tables.medicines
    assert {
        "efficacy": unknown((one for row in rows for one in row.efficacy), terms),
        "kinds": unknown((one for row in rows for one in row.kinds), kinds),
        "category": unknown((row.category for row in rows), kinds),
        "forms": unknown((one for row in rows for one in row.forms), forms),
        "population": unknown((one for row in rows for one in (*row.population, *row.contraindicated)), populations),
    } == {"efficacy": [], "kinds": [], "category": [], "forms": [], "population": []}


def test_brands_and_needs_name_what_exists(tables: Tables) -> None:
    terms, kinds = [row.term for row in tables.efficacy], [row.name for row in tables.categories]
    assert {
        "form": unknown((row.form for row in tables.brands), (row.name for row in tables.forms)),
        "efficacy": unknown((one for row in tables.needs for one in row.efficacy), terms),
        "category": unknown((one for row in tables.needs for one in row.category), kinds),
        "population": unknown(
            (one for row in tables.needs for one in row.population), (row.name for row in tables.populations)
        ),
    } == {"form": [], "efficacy": [], "category": [], "population": []}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_has_the_cells_of_its_header(path) -> None:
    lines = path.read_text("utf-8").splitlines()
    width = lines[0].count("\t")
    assert [number for number, line in enumerate(lines, 1) if line.strip() and line.count("\t") != width] == []


def test_a_medicine_has_one_row(tables: Tables) -> None:
    assert repeated(row.name for row in tables.medicines) == []


def test_medicines_come_in_forms_of_medicines(tables: Tables) -> None:
    devices = {row.name for row in tables.forms if row.route == "器械"} - {"贴", "棉签", "纱布"}
    medicines = [row for row in tables.medicines if row.category in ("中药", "西药")]
    assert [row.name for row in medicines if devices & set(row.forms)] == []


@pytest.mark.parametrize(
    ("kind", "audience"),
    [
        ("沙坦类", "孕妇"),
        ("普利类", "孕妇"),
        ("他汀类", "孕妇"),
        ("抗肿瘤药", "孕妇"),
        ("壮阳药", "女性"),
        ("壮阳药", "儿童"),
    ],
)
def test_a_class_of_medicines_is_not_for(tables: Tables, kind: str, audience: str) -> None:
    rows = [row for row in tables.medicines if kind in row.kinds and row.category in ("中药", "西药")]
    assert [row.name for row in rows if audience not in (*row.contraindicated, *row.population)] == []


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("风寒感冒", "风热感冒", EfficacyRelation.NEAR),
        ("风热感冒", "感冒", EfficacyRelation.NEAR),
        ("感冒", "风热感冒", EfficacyRelation.SAME),
        ("腹泻", "便秘", EfficacyRelation.OPPOSED),
        ("避孕", "备孕", EfficacyRelation.OPPOSED),
        ("感冒", "细菌感染", EfficacyRelation.OTHER),
        ("高血压", "低血压", EfficacyRelation.OPPOSED),
    ],
)
def test_what_uses_are_to_each_other(one: str, other: str, relation: EfficacyRelation) -> None:
    assert relate_efficacy((one,), (other,), load_lexicon()).relation is relation


def test_the_lexicon_is_read_once_a_process() -> None:
    assert load_lexicon() is load_lexicon()


@pytest.mark.parametrize(
    ("old", "medicine"),
    [
        ("扑热息痛", "对乙酰氨基酚"),
        ("心得安", "普萘洛尔"),
        ("消炎痛", "吲哚美辛"),
        ("痢特灵", "呋喃唑酮"),
        ("氟哌酸", "诺氟沙星"),
        ("心痛定", "硝苯地平"),
        ("潘生丁", "双嘧达莫"),
        ("安定", "地西泮"),
        ("速尿", "呋塞米"),
        ("胃复安", "甲氧氯普胺"),
        ("灭滴灵", "甲硝唑"),
        ("先锋霉素6号", "头孢拉定"),
    ],
)
def test_an_old_common_name_is_no_brand(old: str, medicine: str) -> None:
    named = {(entry.kind, entry.value) for hit in longest(load_lexicon().name_hits(old)) for entry in hit.entries}
    assert (Kind.MEDICINE, medicine) in named
    assert Kind.BRAND not in {kind for kind, _ in named}
