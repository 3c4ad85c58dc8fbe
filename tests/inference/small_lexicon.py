"""A lexicon small enough to hold in the head, for tests of single stages."""

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Brand, Category, Efficacy, Form, Medicine, Need, Population
from inference.knowledge.tables import Tables

TABLES = Tables(
    efficacy=(
        Efficacy("感冒", synonyms=("伤风",), near=frozenset({"咳嗽", "发热"}), complementary=frozenset({"体温测量"})),
        Efficacy("风寒感冒", near=frozenset({"风热感冒"}), broader=("感冒",)),
        Efficacy("风热感冒", broader=("感冒",)),
        Efficacy("咳嗽", synonyms=("止咳",)),
        Efficacy("发热", synonyms=("退烧",), opposed=frozenset({"低体温"})),
        Efficacy("低体温"),
        Efficacy("疼痛", synonyms=("止痛",)),
        Efficacy("体温测量"),
        Efficacy("避孕"),
        Efficacy("真菌感染"),
        Efficacy("补血"),
    ),
    categories=(
        Category("西药"),
        Category("健康"),
        Category("器械"),
        Category("成人"),
        Category("感冒药", "健康"),
        Category("滋补品", "健康"),
        Category("阿胶", "滋补品"),
        Category("解热镇痛药", "西药", ("退烧药",)),
        Category("体温计", "器械", ("额温枪",)),
        Category("避孕套", "成人", ("安全套",)),
    ),
    forms=(
        Form("片", aliases=("片剂",)),
        Form("缓释片", "片"),
        Form("胶囊"),
        Form("软胶囊", "胶囊"),
        Form("颗粒", aliases=("冲剂",)),
        Form("栓"),
        Form("乳膏", aliases=("软膏",)),
    ),
    populations=(
        Population("儿童", aliases=("小儿",), excludes=("成人", "孕妇")),
        Population("婴儿", "儿童"),
        Population("成人", excludes=("婴儿",)),
        Population("孕妇", "成人", excludes=("儿童",)),
        Population("男性", aliases=("男",), excludes=("孕妇",)),
    ),
    medicines=(
        Medicine(
            "布洛芬",
            category="西药",
            kinds=("解热镇痛药",),
            efficacy=("发热", "疼痛"),
            forms=("片", "胶囊"),
            contraindicated=("孕妇",),
            ingredients=("布洛芬",),
        ),
        Medicine(
            "对乙酰氨基酚", ("扑热息痛",), "西药", ("解热镇痛药",), ("发热", "疼痛"), ingredients=("对乙酰氨基酚",)
        ),
        Medicine(
            "复方氨酚烷胺", (), "西药", ("感冒药",), ("感冒",), ingredients=("对乙酰氨基酚", "金刚烷胺", "咖啡因")
        ),
        Medicine("感冒灵", (), "中药", ("感冒药",), ("感冒", "发热"), ingredients=("三叉苦", "对乙酰氨基酚")),
        Medicine("小儿感冒", (), "中药", ("感冒药",), ("风热感冒",), population=("儿童",)),
        Medicine("西替利嗪", category="西药", ingredients=("西替利嗪",)),
        Medicine("咪康唑", category="西药", efficacy=("真菌感染",), ingredients=("咪康唑",)),
        Medicine("电子体温计", ("体温计",), "器械", ("体温计",), ("体温测量",)),
        Medicine("避孕套", ("安全套",), "成人", ("避孕套",), ("避孕",)),
        Medicine("阿胶", (), "健康", ("阿胶",), ("补血",), ingredients=("阿胶",)),
        Medicine("复方阿胶浆", (), "健康", ("阿胶",), ("补血",), ingredients=("阿胶", "红参", "党参")),
    ),
    brands=(
        Brand("芬必得", maker="中美史克", stands_for="布洛芬", form="胶囊"),
        Brand("达克宁", stands_for="咪康唑", form="乳膏"),
        Brand("999", ("三九", "华润三九")),
        Brand("仁和", ("仁和药业",)),
        Brand("001", maker="冈本", stands_for="避孕套"),
        Brand("冈本"),
    ),
    needs=(
        Need("头疼脑热", ("感冒", "发热")),
        Need("宝宝发烧", ("发热",), population=("婴儿",)),
    ),
    digest="small",
)
SMALL = Lexicon(TABLES)
