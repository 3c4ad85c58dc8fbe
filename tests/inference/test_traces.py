"""A stored trace read by a page."""

from django.utils import translation

from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.traces import Piece, marked, reason, view_trace
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import RuleContent
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, Operator


def mention(attribute: str, value: str, start: int, end: int, origin: str = "text") -> dict[str, object]:
    return {"attribute": attribute, "value": value, "start": start, "end": end, "origin": origin}


def test_text_is_cut_at_the_mentions() -> None:
    pieces = marked("999感冒灵颗粒", [mention("core_name", "感冒灵", 3, 6), mention("brand", "999", 0, 3)])
    assert pieces == (
        Piece("999", (Attribute.BRAND,), ("999",)),
        Piece("感冒灵", (Attribute.CORE_NAME,), ("感冒灵",)),
        Piece("颗粒"),
    )


def test_one_word_may_say_two_things_and_the_widest_of_overlapping_words_is_marked() -> None:
    mentions = [
        mention("brand", "达克宁", 0, 3),
        mention("core_name", "咪康唑", 0, 3),
        mention("category", "抗真菌药", 1, 2),
        mention("efficacy", "真菌感染", 0, 0, "knowledge"),
    ]
    assert marked("达克宁", mentions) == (
        Piece("达克宁", (Attribute.BRAND, Attribute.CORE_NAME), ("达克宁", "咪康唑")),
    )


def forbidden() -> dict[str, object]:
    rule = RuleContent(
        "", (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("布洛芬",)),), Effect(EffectKind.FORBID)
    )
    chain = Chain(load_lexicon(), RuleIndex([rule.engine_rule(number=7, version=2, age_order=1)]))
    trace = chain.judge(Case("布洛芬", "[芬必得]布洛芬缓释胶囊 0.3g*20粒")).trace
    assert trace is not None
    return trace.to_json()


def test_the_view_says_what_each_rule_did() -> None:
    view = view_trace(forbidden())
    step = view.rules[0]
    assert (view.proposed, view.level, len(view.rules)) == (Level.HIGHLY, Level.IRRELEVANT, 1)
    assert (step.number, step.version, step.outcome, step.before, step.after) == (
        7, 2, "applied", Level.HIGHLY, Level.IRRELEVANT,
    )  # fmt: skip
    assert step.words == ((Side.QUERY, "布洛芬"),)


def test_the_reason_names_the_line_and_the_rule_in_the_readers_language() -> None:
    with translation.override("en"):
        english = reason(forbidden())
    with translation.override("zh-hans"):
        chinese = reason(forbidden())
    assert english.endswith("rule R7 forbids it: irrelevant.")
    assert english != chinese
