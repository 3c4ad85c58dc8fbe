"""A stored trace read by a page."""

from django.utils import translation

from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.stages import Stage
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


def staged() -> dict[str, object]:
    """A trace whose every stage found something."""
    return forbidden() | {
        "asked": {
            "original": "bu luo fen",
            "rewrites": [
                {"kind": "pinyin", "before": "bu luo fen", "after": "布洛芬", "kept": True, "why": ""},
                {"kind": "typo", "before": "分", "after": "芬", "kept": False, "why": "ambiguous"},
                {"kind": "gone", "before": "a", "after": "b", "kept": False, "why": "a reason that is gone"},
            ],
            "tags": ["西药"],
            "common_names": [{"said": "芬必得", "name": "布洛芬"}],
            "passages": [
                {**PASSAGE, "kept": True, "why": "", "detail": "", "terms": ["发热"]},
                {**PASSAGE, "kept": False, "why": "inconsistent", "detail": "brand", "terms": []},
            ],
        },
        "check": {
            "standard_name": "芬必得 布洛芬缓释胶囊",
            "tricks": [
                {
                    "kind": "foreign_brand",
                    "attribute": "brand",
                    "value": "芬必得",
                    "start": 1,
                    "end": 4,
                    "against": "某厂",
                }
            ],
            "pictures": [],
        },
    }


PASSAGE = {
    "document": "leaflet-1",
    "title": "布洛芬缓释胶囊",
    "source": "a leaflet",
    "dated": "2024-02-30",
    "heading": "适应症",
    "excerpt": "用于发热",
    "score": 0.5,
}


def test_the_view_says_what_each_stage_found() -> None:
    with translation.override("en"):
        view = view_trace(staged())
    assert [(one.kind, one.after, one.kept, one.why) for one in view.understood.rewrites] == [
        ("pinyin", "布洛芬", True, ""),
        ("typing error", "芬", False, "it may be several things"),
        ("gone", "b", False, "a reason that is gone"),
    ]
    assert (view.understood.original, view.understood.tags) == ("bu luo fen", ("西药",))
    assert view.understood.common_names == (("芬必得", "布洛芬"),)
    assert [(one.document, one.dated, one.terms) for one in view.understood.kept] == [("leaflet-1", None, ("发热",))]
    assert [one.why for one in view.understood.dropped] == ["it is about something else"]
    assert [(one.words, one.why, one.against) for one in view.check.tricks] == [
        ("芬必得", "brand of another maker", "某厂")
    ]


def test_words_that_do_not_count_are_marked_so() -> None:
    pieces = view_trace(staged()).product.pieces
    assert [(one.text, one.look) for one in pieces[:3]] == [("[", ""), ("芬必得", "trick"), ("]", "")]


def test_what_a_query_rules_out_is_marked_so() -> None:
    excluded = [mention("ingredient", "酒精", 3, 5)]
    assert marked("消毒不酒精", [mention("category", "消毒", 0, 2)], excluded=excluded) == (
        Piece("消毒", (Attribute.CATEGORY,), ("消毒",)),
        Piece("不"),
        Piece("酒精", (Attribute.INGREDIENT,), ("酒精",), "excluded"),
    )


def test_stages_switched_off_are_said_at_their_step() -> None:
    off = view_trace(forbidden(), [Stage.RULES, Stage.IMAGES, Stage.REWRITE, Stage.SEARCH]).off
    assert off == {
        "query": (Stage.REWRITE,),
        "product": (Stage.IMAGES,),
        "evidence": (Stage.SEARCH,),
        "rules": (Stage.RULES,),
    }


def test_every_stage_has_a_step() -> None:
    off = view_trace(forbidden(), list(Stage)).off
    assert {stage for stages in off.values() for stage in stages} == set(Stage)


def test_a_trace_older_than_the_stages_opens() -> None:
    old = forbidden()
    for name in ("asked", "check", "confidence", "grounds"):
        del old[name]
    for side in ("query", "product"):
        old[side] = {name: value for name, value in old[side].items() if name != "excluded"}
    view = view_trace(old | {"evidence": []})
    assert (view.sureness, view.understood.rewrites, view.check.tricks) == ("", (), ())
    assert view.reason
