"""Rule sets as YAML: what is written is read back exactly, and what is wrong is told with its line."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.check import content_problems
from rules.engine.content import Example, RuleContent
from rules.engine.exchange import MOST_BYTES, FileHeader, write_rules
from rules.engine.exchange_reading import RuleFile, RuleFileError, read_rules
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from tests.rules.strategies import contents

TRICKY = (
    "yes", "No", "null", "~", "1e3", "1_000", "0x1F", "12:30", "2026-11-20", ".inf", "- item", "key: value", "# no", "a #b",
    "'single'", '"double"', "back\\slash", "trailing ", " leading", "中文，标点：“引号”", "😀 𠮷", "{a: 1}", "[x]", "&a", "*a",
    "!!int 3", "%TAG", "@at", "`tick", "| pipe", "> fold", "---", "...", "?", ":", "-", "=", "<<", "\ufeff", "\u2028", "\x85",
)  # fmt: skip
LINES = (
    "\n",
    "a\nb",
    "a\n",
    "a\n\n",
    "\na",
    " a\nb",
    "a \n b",
    "a\n\n  b\n",
    "a\r\nb",
    "a\tb\nc",
    "中\n文\u2029\n",
    "---\n...",
)
words = st.sampled_from(TRICKY) | st.text(max_size=30)
texts = words | st.sampled_from(LINES) | st.lists(words, max_size=4).map("\n".join)


@st.composite
def written(draw: st.DrawFn) -> RuleContent:
    """A content with any text in it that is complete otherwise."""
    rule = draw(contents)
    condition = Condition(Side.QUERY, Operator.IS_ANY_OF, Attribute.BRAND, tuple(draw(st.lists(words, max_size=3))))
    days = st.none() | st.dates()
    return RuleContent(
        title=draw(words),
        conditions=(*rule.conditions, condition),
        effect=rule.effect,
        instruction=draw(texts),
        rationale=draw(texts),
        source=draw(words),
        examples=tuple(Example(draw(words), draw(words), Level.WEAKLY) for _ in range(draw(st.integers(0, 2)))),
        valid_from=draw(days),
        valid_until=draw(days),
        safety=draw(st.booleans()),
    )


HEADER = FileHeader(release=3, digest="0" * 64)
FILE = """\
format: rules/1
release: 3
digest: abc
rules:
- rule: 7
  title: 感冒
  conditions:
  - side: query
    operator: is
    attribute: brand
    values:
    - 999
  effect:
    kind: cap
    level: moderately
"""


@given(st.lists(written(), max_size=4))
def test_what_is_written_is_read_back_exactly(rules: list[RuleContent]) -> None:
    numbered = tuple(enumerate(rules, start=1))
    kept = tuple((number, rule) for number, rule in numbered if not content_problems(rule))
    text = write_rules(numbered, HEADER)
    try:
        assert read_rules(text.encode()) == RuleFile(HEADER, numbered)
    except RuleFileError as error:  # only what could not be published either
        assert {one.rule for one in error.problems} == {n for n, rule in numbered if content_problems(rule)}
    assert read_rules(write_rules(kept, HEADER).encode()) == RuleFile(HEADER, kept)


@given(texts, texts)
def test_any_text_survives(instruction: str, rationale: str) -> None:
    rule = _rule(instruction=instruction, rationale=rationale)
    expected = {"instruction": instruction, "rationale": rationale}
    text = write_rules([(1, rule)], HEADER)
    try:
        (_number, read), *_none = read_rules(text.encode()).rules
    except RuleFileError as error:
        assert {one.message for one in error.problems} <= {p.message for p in content_problems(rule)}
        return
    assert {name: getattr(read, name) for name in expected} == expected


def _rule(**fields: object) -> RuleContent:
    condition = Condition(Side.QUERY, Operator.IS, Attribute.BRAND, ("999",))
    return RuleContent("Title", (condition,), Effect(EffectKind.CAP, Level.MODERATELY), **fields)  # type: ignore[arg-type]


def test_it_reads_well() -> None:
    rule = _rule(instruction="第一行\n第二行", source="yes", valid_from=date(2026, 11, 20), safety=True)
    assert write_rules([(7, rule)], FileHeader(3, "abc")) == (
        "format: rules/1\nrelease: 3\ndigest: abc\nrules:\n- rule: 7\n  title: Title\n  conditions:\n"
        "  - side: query\n    operator: is\n    attribute: brand\n    values:\n    - '999'\n"
        "  effect:\n    kind: cap\n    level: moderately\n"
        "  instruction: |-\n    第一行\n    第二行\n  rationale: ''\n  source: 'yes'\n  examples: []\n"
        "  valid_from: 2026-11-20\n  valid_until: null\n  safety: true\n"
    )


def test_what_may_be_left_out_is_empty_and_words_need_no_quotes() -> None:
    ((number, rule),) = read_rules(FILE.encode()).rules
    assert (number, rule.conditions[0].values, rule.instruction, rule.safety) == (7, ("999",), "", False)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: cap", "kind: capp", "line 14: One of these is expected here: forbid"),
        ("  title: 感冒", "  titel: 感冒", "line 6: There is no field “titel” here."),
        ("  title: 感冒\n", "", "line 5: The field “title” is missing."),
        ("rule: 7", "rule: seven", "line 5: The number of a rule is expected here"),
        ("rule: 7", "rule: 0", "line 5: The number of a rule is expected here"),
        ("rules/1", "rules/9", "line 1: This is not the format rules/1."),
        ("title: 感冒", "title: [感冒]", "line 6: Text is expected here."),
        ("    - 999", "    - ''", "line 8: A value is empty."),
        ("level: moderately", "level: highly", "line 14: With this level the rule would never change anything."),
        ("title: 感冒", "title: 感冒\n  valid_from: 2026-02-30", "line 7: A day is expected here"),
        ("title: 感冒", "title: 感冒\n  safety: maybe", "line 7: “true” or “false” is expected here."),
        ("title: 感冒", "title: 感冒\n  title: 头痛", "line 7: A field is named twice."),
        ("title: 感冒", "title: &a 感冒", "line 6: Anchors and aliases (& and *) are not read."),
        ("title: 感冒", "title: *a", "line 6: Anchors and aliases (& and *) are not read."),
        ("title: 感冒", "title: !!python/name:os.system 感冒", "line 6: Tags (!) are not read."),
        ("title: 感冒", "title: '感冒", "This is not YAML."),
        ("title: 感冒", "title: 感\x00冒", "A character here can't be in YAML."),
        ("title: 感冒", "title: " + "[" * 20, "line 6: This is nested too deeply."),
        ("rules:", "rules:\n- 5\nother:", "line 5: Fields are expected here: rule, title"),
        ("format: rules/1", "---\na: 1\n---\nformat: rules/1", "There is more than one document in this file."),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, told: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_rules(FILE.replace(old, new).encode())
    assert told in str(caught.value)


def test_every_mistake_names_its_rule() -> None:
    other = FILE.partition("rules:\n")[2].replace("rule: 7", "rule: 8").replace("query", "nobody")
    again = FILE.partition("rules:\n")[2]
    with pytest.raises(RuleFileError) as caught:
        read_rules((FILE + other + again).encode())
    assert [(one.rule, one.line) for one in caught.value.problems] == [(8, 19), (None, 27)]


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"\xff\xfe", b"a" * (MOST_BYTES + 1), b"just words"])
def test_what_is_no_rule_file_is_refused(data: bytes) -> None:
    with pytest.raises(RuleFileError):
        read_rules(data)


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(1000))
    with pytest.raises(RuleFileError, match="Anchors and aliases"):
        read_rules(bomb.encode())
