"""Levels by the guideline where words alone mislead: uses by dosage form, audiences, brands, complaints, compounds."""

import pytest

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Brand, Category, Efficacy, Form, Medicine, Need, Population
from inference.knowledge.tables import Tables
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.parameters import Parameters
from inference.pipeline.read_product import read_product
from inference.pipeline.read_query import read_query
from inference.pipeline.stages import Stage
from inference.pipeline.uses import fitting
from rules.engine.attributes import Attribute
from rules.engine.recall import RuleIndex
from rules.engine.text import normalise

LEXICON = Lexicon(
    Tables(
        efficacy=(
            Efficacy("细菌感染", "感染"),
            Efficacy("支气管炎", "呼吸"),
            Efficacy("结膜炎", "眼", near=frozenset({"角膜炎"})),
            Efficacy("角膜炎", "眼"),
            Efficacy("哮喘", "呼吸"),
            Efficacy("湿疹", "皮肤"),
            Efficacy("真菌感染", "皮肤"),
            Efficacy("阴道炎", "妇产"),
            Efficacy("霉菌性阴道炎", "妇产", broader=("阴道炎",)),
            Efficacy("阳痿", "男科"),
            Efficacy("头痛", "神经"),
            Efficacy("失眠", "精神", ("睡眠障碍",)),
            Efficacy("寒痹", "骨关节", ("骨痛",)),
            Efficacy("痛风", "内分泌代谢", near=frozenset({"水肿"})),
            Efficacy("水肿", "泌尿肾"),
        ),
        categories=(
            Category("西药"),
            Category("中药"),
            Category("健康"),
            Category("眼药水", "健康"),
            Category("抗生素", "西药"),
            Category("平喘药", "西药"),
            Category("皮肤药", "健康"),
            Category("膏药", "中药"),
            Category("营养"),
            Category("甘剂", "营养", ("甘片",)),
        ),
        forms=(
            Form("片", route="口服"),
            Form("液"),
            Form("口服液", "液", "口服"),
            Form("滴眼液", "液", "眼用"),
            Form("膏"),
            Form("乳膏", "膏", "外用"),
            Form("膏药", "膏", "外用"),
            Form("栓", route="直肠"),
            Form("气雾剂", route="吸入"),
        ),
        populations=(Population("儿童"), Population("婴儿", "儿童"), Population("成年男性", aliases=("男士",))),
        medicines=(
            Medicine("诺星", (), "西药", ("抗生素", "眼药水"), ("细菌感染", "支气管炎", "结膜炎"), ("片", "滴眼液")),
            Medicine("米松", (), "西药", ("平喘药", "皮肤药"), ("哮喘", "湿疹"), ("气雾剂", "乳膏")),
            Medicine("康唑", (), "西药", ("皮肤药",), ("真菌感染", "霉菌性阴道炎"), ("乳膏", "栓")),
            *(Medicine(name, (), "西药", ("眼药水",), ("结膜炎",), ("滴眼液",)) for name in ("清目", "亮目", "润目")),
            Medicine("归安", (), "中药", (), ("头痛", "水肿", "湿疹", "失眠")),
            Medicine("退凉贴", (), "健康", (), ("头痛",), population=("儿童",)),
            Medicine("骨痛", (), "中药", (), ("寒痹",), ("片",)),
            Medicine("甲参", (), "中药", (), ("失眠",), ("片",)),
            Medicine("乙参", (), "中药", (), ("失眠",), ("片",)),
            Medicine("壮元", (), "中药", (), ("阳痿",), ("片",)),
            Medicine("素红", (), "西药", ("抗生素",), ("细菌感染",), ("片",)),
            Medicine("降酸灵", (), "西药", (), ("失眠", "痛风"), ("片",)),
            Medicine("柠甘", (), "营养", ("甘剂",), ("失眠",)),
            Medicine("维丁宁", (), "西药", (), ("失眠",), ingredients=("维丁宁",)),
            Medicine("复方维丁宁", (), "西药", (), ("失眠",), ingredients=("维丁宁", "甲碱", "乙碱")),
            Medicine("维丁宁银", (), "西药", (), ("湿疹",), ingredients=("维丁宁", "银花")),
            Medicine("新维丁宁", (), "西药", (), ("失眠", "湿疹"), ("片", "乳膏")),
            Medicine("利水宁", (), "西药", (), ("水肿",), ("片",)),
        ),
        brands=(
            Brand("婷安", maker="某紫", stands_for="甲参"),
            Brand("金婷安", maker="某紫", stands_for="甲参"),
            Brand("银婷安", maker="别家", stands_for="甲参"),
        ),
        needs=(Need("睡不着", ("失眠",)), Need("补男", ("阳痿",), population=("成年男性",))),
        digest="guideline",
    )
)
CHAIN = Chain(LEXICON, RuleIndex(()))


def level(query: str, title: str) -> str:
    trace = CHAIN.judge(Case(query, title)).trace
    assert trace is not None
    return trace.level.value


@pytest.mark.parametrize(
    ("title", "uses", "kinds"),
    [
        ("[某厂]诺星滴眼液", ("结膜炎",), ("眼药水",)),
        ("[某厂]诺星片", ("细菌感染", "支气管炎"), ("抗生素",)),
        ("[某厂]诺星", ("细菌感染", "支气管炎", "结膜炎"), ("抗生素", "眼药水")),
        ("[某厂]米松乳膏", ("湿疹",), ("皮肤药",)),
        ("[某厂]米松气雾剂", ("哮喘",), ("平喘药",)),
        ("[某厂]康唑栓", ("霉菌性阴道炎",), ("皮肤药",)),
        ("[某厂]康唑乳膏", ("真菌感染", "霉菌性阴道炎"), ("皮肤药",)),
        ("[某厂]无名滴眼液", ("结膜炎",), ("眼药水",)),
    ],
)
def test_a_medicine_has_the_uses_of_its_dosage_form(title: str, uses: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    reading = read_product(Case("", title), normalise(title), LEXICON)
    assert (reading.of(Attribute.EFFICACY), reading.of(Attribute.CATEGORY)) == (uses, kinds)


def test_a_use_that_the_words_say_stays() -> None:
    reading = read_query("诺星滴眼液支气管炎", LEXICON)
    assert fitting(reading, LEXICON).of(Attribute.EFFICACY) == ("支气管炎", "结膜炎")


@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("眼药水", "[某厂]诺星滴眼液", "highly"),
        ("眼药水", "[某厂]诺星片", "irrelevant"),
        ("诺星滴眼液", "[某厂]素红片", "irrelevant"),
        ("诺星滴眼液", "[某厂]诺星片", "moderately"),
        ("诺星液", "[某厂]诺星滴眼液", "highly"),
        ("米松膏", "[某厂]米松乳膏", "highly"),
        ("米松膏", "[某厂]米松气雾剂", "moderately"),
    ],
)
def test_a_dosage_form_decides_what_a_medicine_is_for(query: str, title: str, expected: str) -> None:
    assert level(query, title) == expected


@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("儿童头痛", "[某厂]退凉贴", "highly"),
        ("婴儿头痛", "[某厂]退凉贴", "moderately"),
        ("婴儿头痛", "[某厂]儿童退凉贴", "highly"),
        ("男士阳痿", "[某厂]壮元片", "highly"),
    ],
)
def test_an_audience_that_a_title_does_not_show_is_not_met(query: str, title: str, expected: str) -> None:
    assert level(query, title) == expected


@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("婷安", "[金婷安]甲参片", "highly"),
        ("婷安", "[银婷安]甲参片", "moderately"),
        ("旺龙甲参片", "[旺龙大药]甲参片", "highly"),
        ("旺龙甲参片", "[旺龙大药]诺星片", "weakly"),
        ("婷安堂甲参片", "[婷安堂]甲参片", "highly"),
        ("婷安甲参口服液10ml", "[婷安]甲参口服液", "highly"),
        ("德国甲参片", "[德国某厂]甲参片", "highly"),
    ],
)
def test_a_brand_is_met_by_its_family_and_inside_a_makers_name(query: str, title: str, expected: str) -> None:
    assert level(query, title) == expected


@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("头痛", "[某厂]归安片", "highly"),
        ("失眠", "[某厂]归安片", "weakly"),
        ("骨痛", "[某厂]骨痛片", "highly"),
        ("骨痛片", "[某厂]归安片", "irrelevant"),
        ("归安片湿疹", "[某厂]归安片", "highly"),
        ("归安片睡不着", "[某厂]归安片", "highly"),
    ],
)
def test_a_need_is_met_by_a_main_use_and_by_the_very_medicine_asked_for(query: str, title: str, expected: str) -> None:
    assert level(query, title) == expected


def test_a_complaint_after_which_a_medicine_is_called_is_meant_itself() -> None:
    alone, with_form = read_query("骨痛", LEXICON), read_query("骨痛片", LEXICON)
    assert (alone.of(Attribute.CORE_NAME), alone.of(Attribute.EFFICACY)) == ((), ("寒痹",))
    assert with_form.of(Attribute.CORE_NAME) == ("骨痛",)


def test_names_in_a_row_are_a_compound() -> None:
    assert [level("乙参片", f"[某厂]{name}片") for name in ("乙参", "甲参乙参")] == ["highly", "moderately"]


@pytest.mark.parametrize(
    ("title", "expected"), [("[某厂]无名癣净片", ("真菌感染",)), ("[某厂]无名片", ()), ("[某厂]骨痛片", ("寒痹",))]
)
def test_the_characters_of_an_unknown_name_tell_what_it_is_for(title: str, expected: tuple[str, ...]) -> None:
    assert read_product(Case("", title), normalise(title), LEXICON).of(Attribute.EFFICACY) == expected


def test_unknown_names_that_end_alike_are_near_each_other() -> None:
    levels = [level("丙元祛脂片", f"[某厂]{name}片") for name in ("丁真祛脂", "丁真荣安")]
    assert levels == ["weakly", "irrelevant"]


def test_a_supplement_named_by_its_form_is_asked_in_it() -> None:
    assert [level("甘片", f"[某厂]{name}") for name in ("柠甘片", "柠甘口服液")] == ["highly", "moderately"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [("[某厂]复方维丁宁片", "moderately"), ("[某厂]维丁宁银片", "irrelevant"), ("[某厂]新维丁宁乳膏", "weakly")],
)
def test_a_shared_ingredient_makes_a_variant_only_where_both_serve_alike(title: str, expected: str) -> None:
    assert level("维丁宁", title) == expected


def test_near_uses_count_from_the_chief_use_alone() -> None:
    assert level("降酸灵", "[某厂]利水宁片") == "irrelevant"


@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("骨痛片", "[某厂]骨痛片", "highly"),
        ("某厂骨痛片", "[某厂]骨痛片", "highly"),
        ("骨痛宁片", "[某厂]骨痛片", "weakly"),
        ("骨痛片", "[某厂]诺星滴眼液", "irrelevant"),
    ],
)
def test_without_names_a_chain_judges_by_the_texts_alone(query: str, title: str, expected: str) -> None:
    chain = Chain(LEXICON, RuleIndex(()), Parameters(off=(Stage.ENTITIES,)))
    trace = chain.judge(Case(query, title)).trace
    assert trace is not None
    assert trace.level.value == expected
