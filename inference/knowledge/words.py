"""Small closed lists that reading needs: salts, company words, shopping words, places."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, split at blanks, each once."""
    return tuple(dict.fromkeys(text.split()))


SALTS = words_of("""
    盐酸 硫酸 硫酸氢 磷酸 苯磺酸 枸橼酸 马来酸 富马酸 酒石酸 重酒石酸 琥珀酸 醋酸 甲磺酸 氢溴酸 硝酸 乳酸 门冬氨酸
    水杨酸 丙酸 戊酸 糠酸 棕榈酸 硬脂酸 琥乙 依托 氢氧化 注射用 吸入用 外用 重组 苹果酸 半水 乙酸 草酸 苄星 双丙戊酸
    托西酸 羟萘甲酸 甲苯磺酸 二盐酸 苹果酸 泛酸 赖氨酸 精氨酸
""")
"""What stands before or behind a name without changing what the medicine is for."""

SALT_SUFFIXES = ("钠", "钾", "钙", "镁", "锌", "铝", "酯", "盐", "二钠", "一水", "钠钾", "半水")
"""What may stand between a name and its dosage form."""

COMPANY_WORDS = words_of("""
    有限责任公司 股份有限公司 有限公司 总公司 公司 股份 集团 制药厂 药厂 制药 药业 医药 药品 生物科技 生物技术
    生物制药 生物 科技 实业 工业 化学 健康 大健康 产业 控股 器械 医疗 保健品 食品 国药 中药 总厂 厂 股 牌
""")
"""What follows the name of a maker."""

NOISE = words_of("""
    医药 药业 制药 集团 有限公司 公司 进口
    正品保证 正品 官方旗舰店 旗舰店 官方正品 官方 官网 包邮 特价 促销 批发 优惠 热销 新款 爆款 同款 专柜 代购 自营
    多少钱一盒 多少钱一瓶 多少钱 价格 价钱 怎么样 哪个牌子好 哪个好 哪种好 什么好 好用吗 排行榜 排名 排行 推荐 大全
    说明书 图片 效果 功效 作用 疗效好 疗效 品牌 大牌 药店 药房 药品 药物 药 的 治疗 专用药 专用 特效药 特效 正宗
    瓶装 盒装 袋装 罐装 铁盒 大瓶 小瓶 大盒 小盒 整盒 单盒 一盒 一瓶 一袋 家庭装 实惠装 礼品盒 礼盒装 礼盒 礼品
    大包装 小包装 独立包装 装 疗程装 疗程 发货地址 发货 现货 送货 顺丰 预售 买 购买 求购 有效期 日期 新鲜 吃什么药
    吃什么 用什么药 用什么 怎么办 怎么治 可以吃的 能吃的 能用的 可用的 适合 适用 最好的 最好 好的 什么 瓶 盒 袋 包
    支 款 型 版 新 和 与 及 或 用 一 片装 粒装 tablet tablets capsule capsules
""")
"""Words of shops and shoppers that name nothing about the product."""

PROVINCES = words_of("""
    北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州
    云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 台湾 广州 深圳 杭州 南京 苏州 成都 武汉 长沙 沈阳 大连
    哈尔滨 长春 石家庄 太原 西安 兰州 昆明 贵阳 南宁 南昌 福州 厦门 合肥 郑州 济南 青岛 烟台 桂林 佛山 东莞 中山
    珠海 通化 四平 延边 无锡 常州 扬州 宁波 温州 呼和浩特 银川 西宁 乌鲁木齐 海口 拉萨 中国 国产 华北 华南 东北
""")
COUNTRIES = words_of("""
    美国 德国 日本 澳洲 澳大利亚 新西兰 英国 法国 韩国 瑞士 瑞典 泰国 印度 加拿大 意大利 西班牙 荷兰 丹麦 挪威
    俄罗斯 马来西亚 新加坡 欧洲 以色列 越南 朝鲜 比利时 奥地利 芬兰 波兰 土耳其 孟加拉
""")
