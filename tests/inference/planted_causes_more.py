"""The other half of the planted causes, those with a wrong rule in force among them."""

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from tests.inference.planted import Planted, asked, rule, shown

MORE = (
    Planted(
        "rehydration salts belong to diarrhoea",
        "moderately",
        ("拉肚子", "[博叶]口服补液盐散III5.125g*6袋"),
        (("腹泻吃什么", "[博叶]口服补液盐散5.125g*12袋"), ("宝宝腹泻", "[安士康]口服补液盐散5.125g*6袋")),
        (("感冒药", "[博叶]口服补液盐散III5.125g*6袋"), ("拉肚子", "[思密达]蒙脱石散3g*10袋")),
    ),
    Planted(
        "probiotics are second to smectite for sudden diarrhoea",
        "weakly",
        ("止泻药", "[妈咪爱]枯草杆菌二联活菌颗粒1g*10袋"),
        (("止泻药快速", "[合生元]益生菌冲剂2g*26袋"), ("止泻", "[培菲康]双歧杆菌三联活菌胶囊0.21g*24粒")),
        (("益生菌", "[合生元]益生菌冲剂2g*26袋"), ("止泻药", "[思密达]蒙脱石散3g*10袋")),
    ),
    Planted(
        "a blood pressure medicine is no blood pressure meter",
        "irrelevant",
        ("血压计", "[拜新同]硝苯地平控释片30mg*7片"),
        (("电子血压计", "[伲福达]硝苯地平缓释片20mg*30片"), ("家用血压计", "[络活喜]苯磺酸氨氯地平片5mg*7片")),
        (("高血压药", "[拜新同]硝苯地平控释片30mg*7片"), ("血压计", "[欧姆龙]上臂式电子血压计U10")),
    ),
    Planted(
        "glucose test strips go with the meter",
        "moderately",
        ("血糖仪", "[三诺]安稳血糖试纸50片"),
        (("家用血糖仪", "[鱼跃]悦准血糖试纸50片"), ("测血糖仪器", "[罗氏]卓越血糖试纸50片")),
        (("血压计", "[三诺]安稳血糖试纸50片"), ("血糖试纸", "[三诺]安稳血糖试纸50片")),
    ),
    Planted(
        "arthritis gel may be shown for muscle strain",
        "moderately",
        ("肌肉拉伤", "[扶他林]双氯芬酸二乙胺乳胶剂20g"),
        (("肌肉拉伤喷雾", "[扶他林]双氯芬酸二乙胺乳胶剂50g"), ("运动拉伤药", "[迪根]双氯芬酸二乙胺乳胶剂20g")),
        (("关节痛", "[扶他林]双氯芬酸二乙胺乳胶剂20g"), ("感冒药", "[扶他林]双氯芬酸二乙胺乳胶剂20g")),
    ),
    Planted(
        "loratadine of another maker serves as well",
        "highly",
        ("开瑞坦", "[扬子江]氯雷他定片10mg*6片"),
        (("开瑞坦氯雷他定片", "[三九]氯雷他定片10mg*12片"), ("开瑞坦", "[西南药业]氯雷他定片10mg*6片")),
        (("仙特明", "[扬子江]盐酸西替利嗪片10mg*12片"), ("开瑞坦", "[999]感冒灵颗粒10g*9袋")),
    ),
    Planted(
        "cetirizine is as good as loratadine for who asks by name",
        "moderately",
        ("氯雷他定片", "[仙特明]盐酸西替利嗪片10mg*12片"),
        (("氯雷他定", "[敏迪]盐酸西替利嗪片10mg*6片"), ("氯雷他定片10mg", "[扬子江]盐酸西替利嗪片10mg*12片")),
        (("氯雷他定片", "[扬子江]氯雷他定片10mg*6片"), ("阿莫西林", "[仙特明]盐酸西替利嗪片10mg*12片")),
    ),
    Planted(
        "capsules of the same medicine do for tablets",
        "highly",
        ("蒲地蓝消炎片", "[济川]蒲地蓝消炎胶囊0.4g*24粒"),
        (("蒲地蓝片", "[康恩贝]蒲地蓝消炎胶囊0.4g*36粒"), ("蒲地蓝消炎片48片", "[修正]蒲地蓝消炎胶囊0.4g*24粒")),
        (("布洛芬片", "[芬必得]布洛芬缓释胶囊0.3g*20粒"), ("蒲地蓝消炎片", "[济川]蒲地蓝消炎口服液10ml*10支")),
    ),
    Planted(
        "a kidney tonic for yang harms a yin deficiency",
        "irrelevant",
        ("肾阴虚", "[同仁堂]金匮肾气丸360丸"),
        (("肾阴虚吃什么药", "[九芝堂]金匮肾气丸60g"), ("滋阴补肾", "[仲景]金匮肾气丸200丸")),
        (("肾阳虚", "[同仁堂]金匮肾气丸360丸"), ("肾阴虚", "[同仁堂]六味地黄丸360丸")),
        harmful=True,
    ),
    Planted(
        "masks for dust are no surgical masks",
        "weakly",
        ("医用外科口罩", "[3M]KN95防尘口罩10只"),
        (("外科口罩", "[霍尼韦尔]KN95防尘口罩20只"), ("医用口罩外科", "[3M]9501防尘口罩KN95 25只")),
        (("口罩", "[3M]KN95防尘口罩10只"), ("医用外科口罩", "[稳健]医用外科口罩50只")),
    ),
    Planted(
        "a pregnancy test is no ovulation test",
        "irrelevant",
        ("排卵试纸", "[大卫]早早孕试纸10条"),
        (("测排卵试纸", "[毓婷]早早孕检测试纸5条"), ("排卵检测试纸", "[可丽蓝]早早孕验孕棒2支")),
        (("验孕试纸", "[大卫]早早孕试纸10条"), ("排卵试纸", "[大卫]排卵试纸10条")),
    ),
    Planted(
        "thin condoms of another brand serve as well",
        "highly",
        ("杜蕾斯001", "[冈本]001超薄避孕套3只"),
        (("杜蕾斯001避孕套", "[冈本]001避孕套2只装"), ("杜蕾斯 001", "[赤尾]001超薄避孕套5只")),
        (("杜蕾斯", "[冈本]001超薄避孕套3只"), ("杜蕾斯001", "[杜蕾斯]001超薄避孕套3只")),
    ),
    Planted(
        "calcium for children is not for the old",
        "weakly",
        ("老年人钙片", "[迪巧]小儿碳酸钙D3颗粒10袋"),
        (("中老年补钙", "[迪巧]儿童维D钙咀嚼片60片"), ("老人补钙钙片", "[葵花]小儿碳酸钙D3颗粒14袋")),
        (("儿童钙片", "[迪巧]小儿碳酸钙D3颗粒10袋"), ("钙片", "[钙尔奇]碳酸钙D3片600mg*60片")),
    ),
    Planted(
        "a mouthwash is no remedy for an ulcer of the stomach",
        "irrelevant",
        ("胃溃疡", "[康复新]康复新液100ml"),
        (("胃溃疡吃什么药", "[京新]康复新液50ml*2瓶"), ("治胃溃疡的药", "[好医生]康复新液100ml")),
        (("口腔溃疡", "[康复新]康复新液100ml"), ("胃溃疡", "[修正]奥美拉唑肠溶胶囊20mg*14粒")),
    ),
    Planted(
        "a rule that caps cold remedies for children goes too far",
        "highly",
        ("儿童感冒药", "[护彤]小儿氨酚黄那敏颗粒10袋"),
        (("小孩感冒药", "[999]小儿氨酚黄那敏颗粒6g*10袋"), ("宝宝感冒药", "[护彤]小儿氨酚黄那敏颗粒12袋")),
        (("儿童感冒药", "[感康]复方氨酚烷胺片12片"), ("儿童感冒药", "[葵花]小儿柴桂退热颗粒5g*10袋")),
        rule=rule(
            Effect(EffectKind.CAP, Level.WEAKLY), asked(Attribute.POPULATION, "儿童"), asked(Attribute.EFFICACY, "感冒")
        ),
    ),
    Planted(
        "a rule that forces all eye drops down is wrong about artificial tears",
        "highly",
        ("干眼症滴眼液", "[海露]玻璃酸钠滴眼液10ml"),
        (("眼睛干涩眼药水", "[润洁]玻璃酸钠滴眼液0.4ml*10支"), ("干眼滴眼液", "[爱丽]玻璃酸钠滴眼液5ml")),
        (("结膜炎眼药水", "[扬子江]左氧氟沙星滴眼液5ml"), ("视疲劳眼药水", "[珍视明]四味珍层冰硼滴眼液15ml")),
        rule=rule(Effect(EffectKind.FORCE, Level.IRRELEVANT), shown(Attribute.DOSAGE_FORM, "滴眼液")),
    ),
    Planted(
        "a rule that requires the form goes too far for cold granules",
        "highly",
        ("感冒灵胶囊", "[999]感冒灵颗粒10g*9袋"),
        (("999感冒灵胶囊", "[999]感冒灵颗粒10g*12袋"), ("感冒灵胶囊12粒", "[白云山]感冒灵颗粒10g*9袋")),
        (("布洛芬混悬液", "[仁和]布洛芬片0.2g*20片"), ("感冒灵胶囊", "[999]感冒灵胶囊12粒")),
        rule=rule(
            Effect(EffectKind.REQUIRE, Level.WEAKLY, (Attribute.DOSAGE_FORM,)),
            Condition(Side.QUERY, Operator.IS_PRESENT, Attribute.DOSAGE_FORM),
        ),
    ),
    Planted(
        "a floor under everything for fever lifts what does not belong there",
        "irrelevant",
        ("退烧药", "[汤臣倍健]维生素C片100片"),
        (("发烧吃什么药", "[养生堂]维生素C片90片"), ("退热药", "[力度伸]维生素C泡腾片10片")),
        (("退烧药", "[仁和]布洛芬片0.2g*20片"), ("感冒药", "[汤臣倍健]维生素C片100片")),
        rule=rule(Effect(EffectKind.FLOOR, Level.WEAKLY), asked(Attribute.EFFICACY, "发热")),
    ),
    Planted(
        "a thermometer for the forehead is not one of glass",
        "weakly",
        ("水银体温计", "[鱼跃]红外额温枪"),
        (("水银温度计", "[欧姆龙]红外线额温枪MC-872"), ("玻璃水银体温计", "[博朗]红外耳温枪")),
        (("体温计", "[鱼跃]红外额温枪"), ("额温枪", "[鱼跃]红外额温枪")),
    ),
    Planted(
        "a laxative for adults may be shown low down for whom asks for enemas",
        "moderately",
        ("开塞露", "[杜密克]乳果糖口服溶液15ml*6袋"),
        (("开塞露20ml", "[利动]乳果糖口服溶液15ml*10袋"), ("儿童开塞露", "[杜密克]乳果糖口服溶液200ml")),
        (("布洛芬", "[杜密克]乳果糖口服溶液15ml*6袋"), ("开塞露", "[丰泽]开塞露20ml*10支")),
    ),
)
