"""Names of a use and a form alone: any medicine with the use in that form, where there are many."""

import pytest

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Medicine
from inference.pipeline.named_by_use import MANY
from inference.pipeline.read_query import read_query
from rules.engine.attributes import Attribute
from tests.inference.small_lexicon import TABLES

NAMED = (
    Medicine("感冒颗粒", (), "中药", ("感冒药",), ("风热感冒",), ("颗粒",)),
    Medicine("风寒感冒颗粒", (), "中药", ("感冒药",), ("风寒感冒",), ("颗粒",)),
    Medicine("咳嗽颗粒", (), "中药", (), ("咳嗽",), ("颗粒",)),
)
MANY_MORE = tuple(Medicine(f"第{n}灵", (), "中药", ("感冒药",), ("风寒感冒",), ("颗粒",)) for n in range(MANY))
LEXICON = Lexicon(TABLES).extended(medicines=(*NAMED, *MANY_MORE))


@pytest.mark.parametrize(
    ("query", "names"),
    [("感冒颗粒", ()), ("风寒感冒颗粒", ("风寒感冒颗粒",)), ("咳嗽颗粒", ("咳嗽颗粒",))],
)
def test_such_a_name_asks_for_its_use(query: str, names: tuple[str, ...]) -> None:
    reading = read_query(query, LEXICON)
    assert (reading.of(Attribute.CORE_NAME), reading.of(Attribute.DOSAGE_FORM)) == (names, ("颗粒",))
