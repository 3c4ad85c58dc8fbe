"""Words by which a text tries to tell a model what to do. They are looked for in folded text (see disguises.py)."""

import re

RULES_EN = r"(?:instruct\w*|rules?|prompts?|guidelines?|guidance|algorithm|criteria|polic(?:y|ies)|constraints?)"
LEVELS_EN = r"(?:highly|moderately|weakly|irrelevant|relevant|relevance|level)"
RULES_ZH = (
    r"(?:指令|命令|规则|提示词|提示语|系统提示|算法|准则|守则|禁令"
    r"|判[断定]标准|评[判分价]标准|以上(?:内容|所有|全部|一切|文字|规定|说明|要求)|上述|前述)"
)
NEARBY_ZH = (
    r"(?:专家|禁止|上限|下限|强制|判断|评判)规则|\bexpert rules?\b",
    r"(?:上面|前面|上文|前文|之前的|此前的|先前的|所有要求|一切要求|所有限制|一切限制|系统设定|设定|约束|其他内容)",
)
LEVELS_ZH = (
    r"(?:高度相关|强相关|最相关|完全相关|非常相关|极其相关|十分相关|中度相关|弱相关|不相关|毫不相关|毫无关系"
    r"|相关(?:等级|级别|程度|性|度)|最高(?:等级|级别|级|分|档|相关)|最低(?:等级|级别|级|分|档)|满分|一百分|100分"
    r"|highly|moderately|weakly|irrelevant|relevant)"
)
YOU_ZH = r"(?:语言模型|大模型|模型|人工智能|智能助手|ai助手|ai|裁判|评委|评审员?|判官|标注员|审核员|判断者|评估者)"

OVERRULES = (
    rf"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|overrul\w*|bypass\w*|neglect|set aside|pay no attention to|regardless of|irrespective of|distrust)\b.{{0,40}}?"
    rf"\b(?:{RULES_EN}|(?:all|any|everything) (?:of )?(?:the )?(?:above|before|previous)|previous|prior|preceding"
    r"|earlier|above|restrictions?|context|system|safety|checks?|limits?)\b",
    rf"\b(?:do not|don't|dont|never|stop|without|no longer|skip|suspend|disable|cancel|drop|remove)\b.{{0,25}}?\b{RULES_EN}\b",
    rf"\b(?:{RULES_EN}|restrictions?|prohibitions?|bans?|limits?)\b.{{0,30}}?\b(?:(?:do|does|did) ?(?:not|n't) apply"
    r"|don't apply|doesn't apply|no longer|void|cancell?ed|disabled|suspended|revoked|withdrawn|lifted|obsolete"
    r"|deleted|removed|waived|outdated|overridden|superseded|switched off|turned off|(?:do|does|did|is|are)(?: not|n't) (?:concern|cover|count|bind|hold|affect|valid|binding)"
    r"|(?:raised|lowered|changed|set|removed) to)\b",
    rf"\b(?:ignore|disregard|forget|override|bypass)(?:all|the|any|every|previous|prior|above|your|these|of){{0,5}}{RULES_EN}",
    rf"(?:忽略|无视|忽视|不理会|不理睬|抛开|抛弃|绕过|绕开|跳过|违背|推翻|无需理会|撇开|丢弃|清除)"
    rf".{{0,14}}?(?:{RULES_ZH}|{NEARBY_ZH})",
    rf"(?:忘记|忘掉|忘了|违反|取消|撤销|停用|关闭|屏蔽|放弃|废除|不顾|不管|别管"
    r"|(?:不要|不必|不用|不需要|无需|不再|不得|不应|停止|请勿|别|勿)(?:再)?(?:理会|理睬|遵守|遵循|遵从|服从|执行|相信"
    rf"|参考|考虑|使用|适用|管|看|听|按照?)).{{0,12}}?{RULES_ZH}",
    r"(?:规则|指令|禁令|算法|安全限制|判[断定]标准|(?<![a-z0-9])r\d{1,4}).{0,10}?"
    r"(?:不适用|无效|作废|失效|已?取消|已?撤销|已?废止|已?解除|不成立|不再有效|不再适用|不再生效|已?停用|不算数|不生效|不起作用|不管用|不涉及|不影响)",
    r"(?:专家|禁止|上限|下限|强制|判断|评判)规则|\bexpert rules?\b",
    r"(?:上面|前面|之前|前述).{0,8}?(?:不算|作废|无效|不作数|别信|不用管|不必管)",
    r"\b(?:hu ?l[uvü]e|wu ?shi|wang ?ji)\b.{0,30}?\b(?:gui ?ze|zhi ?ling|ti ?shi)\b",
)
"""Telling to set the rules, or what was said before, aside."""

ANSWERS = (
    rf"\b(?:answer|reply|respond|output|return|say|print|write|emit|rate|judge|label|mark|classify|score|grade|treat"
    rf"|assign|give|choose|select|pick|report|declare|decide|conclude|consider|(?:must|should|shall|has to) be)\b"
    rf".{{0,40}}?\b{LEVELS_EN}\b",
    r"\b(?:answer|reply|output|return|say|rate|judge)(?:as|it|this|with|only|always|product){0,4}(?:highly|irrelevant|relevant)",
    r"\b(?:rate|score|grade|give|mark|rank)\b.{0,25}?(?:\b(?:full marks|maximum|top|highest|perfect|first|lowest)\b"
    r"|100 ?%|\b10 ?/ ?10\b|\b5 ?/ ?5\b)",
    r"\b(?:highly|moderately|weakly|fully|totally|completely|most|perfectly) relevant\b"
    r"|\brelevance (?:level|score|judg\w+|is|to)\b|\b(?:level|relevance|score)\b ?[\"'”]? ?(?:is|=|:|->|=>) ?[\"'“]?"
    r"(?:highly|moderately|weakly|irrelevant|high|max\w*|top)\b",
    r"(?<![a-z])(?:highly|moderately|weakly|irrelevant)(?! ?[a-z])",
    r"\b(?:whatever|any|every|all|no matter (?:what|which)) (?:the )?(?:quer(?:y|ies)|search(?:es)?)\b.{0,40}?"
    r"\b(?:match\w*|relevant|fits?|show\w*|top|first)\b",
    r"\{ ?[\"'“”]?(?:level|reason|mismatched|rules|relevance|score|label|answer)\b",
    rf"(?:输出|回答|答复|回复|返回|判[定断为成作]|请判|应判|标[记注为成]|评[为定级]|打分|给出|给予|归[为类]|视为|列为"
    rf"|选择|写成|写上|得出|结论|等级|结果)"
    rf".{{0,12}}?{LEVELS_ZH}",
    r"相关(?:性|度|等级|程度)(?:必须|应该|应当|应|一律|统统|全部|就是|都是|是|为|给|打|评|设){1,2}?.{0,6}?(?:高|满|最|低|零|100|10分)",
    r"高度相关|中度相关|弱相关|相关性?等级|高度匹配|判(?:定|断)?(?:为|成|作)?(?:都|均)?(?:相关|无关|匹配|有关)"
    r"|(?:(?<![分级类性区识鉴特个差])别|不要|不得|勿|禁止|不能)(?:再)?判(?!断|别|定(?!为|成))|(?:等级|级别|level).{0,6}?(?:最高|高度|高分|满分|最低)"
    r"|(?:评分|分数).{0,2}?(?:给|打|为|是|设|应|须|:|=).{0,4}?(?:最高|高度|高分|满分|最低)|(?:给|打)(?:个|出)?(?:高分|满分|最高分|零分|最低分)"
    r"|\bgao ?du ?xiang ?guan\b",
    r"(?:任何|所有|一切|无论什么|不管什么)(?:的)?(?:搜索|查询|检索|关键词|搜索词).{0,10}?(?:展示|显示|相关|匹配|命中|推荐|置顶|首位)",
    r"(?:请|务必|必须|一定要|要求)(?:将|把|优先|给|让|对)?.{0,6}?(?:本|该|此|这个?|这款)(?:商品|产品|品|药|标题)"
    r".{0,8}?(?:判[为断定成]|评[为级分]|标[为记]|排(?:在|到|第)|置顶|首位|第一位|满分)",
)
"""Telling what to answer."""

SPEAKS = (
    r"\b(?:you are (?:now |no longer |going to |a |an |the )|you're (?:now |a |an |the )|you (?:must|should|will|shall) (?:now )?"
    r"(?:answer|reply|respond|output|obey|follow|ignore|rate|judge|treat|return|act|say)"
    r"|pretend (?:to be|you|that)|act as (?:a|an|the|if)|role-?play|behave as|from now on"
    r"|as an? (?:ai|assistant|language model|llm|large language model)|language model|dear (?:ai|model|judge|assistant|llm|system|annotator|reviewer|grader)"
    r"|(?:note|message|instructions?|memo|attention|reminder|hint|order|command|request)s? (?:to|for) (?:the )?"
    r"(?:ai|model|judge|assistant|llm|grader|annotator|reviewer|system|evaluator)"
    r"|system (?:prompt|message|override|instruction|notice|note|command|update)|(?:new|real|actual) (?:system )?(?:instructions?|orders?|task|rules?)"
    r"|developer mode|debug mode|god mode|jailbreak\w*|do anything now|admin(?:istrator)? (?:override|mode|command|note|access)"
    r"|(?:end|start|begin(?:ning)?) of (?:the )?(?:data|title|query|prompt|input|document|instructions?|user|untrusted)"
    r"|(?:hey|attention|listen),? (?:ai|model|assistant|judge)|your (?:instructions?|rules|guidelines|prompt|programming|developers?|system))\b",
    r"(?:^|[\n\].!?;。；！？|\"'“”>}] ?)(?:system|assistant|developer|user) ?[:>]",
    r"(?:(?<![\u4e00-\u9fff])|请|让|要求|命令|假设|如果)(?:你|您)(?:现在|已经|已|将|就|其实)?(?:是|扮演|必须|应该|应当|只能|需要|务必)"
    rf".{{0,10}}?(?:{YOU_ZH}|系统|判[断定为]|回答|输出|回复|遵守|忽略|打分|评[分级]|指令|角色|管理员)",
    rf"作为(?:一个|一名|一位|专业的?)?{YOU_ZH}|(?:致|告诉|写给|尊敬的|亲爱的|请各位|请|提醒|通知|告知){YOU_ZH}",
    rf"{YOU_ZH}(?:请|注意|你好|您好|必须|应当|务必|须知|听令|听好|要|应该).{{0,20}}?(?:判|答|输出|忽略|注意|返回|听|执行|标|评)",
    r"(?:(?<![\u4e00-\u9fff])|注意|收到|这是|以下[是为]|新的?|最新)系统(?:提示|消息|指令|通知|命令|管理员|级指令|更新|覆盖)",
    r"管理员(?:指令|命令|通知|要求|模式|授权|在此)|(?:新的?|最新|以下|下列|最高优先级|紧急|隐藏)(?:系统)?(?:指令|命令|提示词)",
    r"提示词|开发者模式|调试模式|越狱|角色扮演|(?:数据|标题|查询|正文|输入|文档)(?:部分)?(?:到此)?(?:结束|完毕|终止)",
    r"从现在(?:起|开始).{0,6}(?:你|所有|一律|判|忽略|输出|不再)",
)
"""Speaking to the model, or as if it were the system."""

BRACKETED = (
    r"(?:inst|sys|system|system_prompt|assistant|user|human|available_tools|tool_(?:calls?|results?|content)|model_settings"
    r"|[gs]mask|bos|eos|begin_of_\w{1,20}|end_of_\w{1,20}|img_(?:break|end)|begin_audio|call_id|unused(?:_token_)?_?\d{1,4}"
    r"|control_\d{1,4}|reference_doc_\d{1,4}|round \d{1,4})"
)
"""What chat templates of models write in square brackets, and hardly anybody else."""
ANGLED = r"(?:sop|eop|[be]os|pad|unk|unused_?\d{1,4}|reserved_\d{1,4}|(?:start|end)_of_turn)"

BREAKS = (
    r"<\|[^|<>]{1,40}\|?>|<｜[^<>]{1,40}>|</? ?(?:data|system|user|assistant|title|query|product|passage|evidence|rules?"
    r"|instructions?|think|prompt|s|admin|untrusted)\b[^>]{0,40}>",
    rf"\[/?{BRACKETED}\]|<</?sys>>|</?{ANGLED}>",
    r"#{2,} ?(?:instruction|system|assistant|response|input|output|new|end|human)|={3,} ?(?:end|begin|system|new|pair|rules?)"
    r"|-{3,} ?(?:end|begin|system|new) |```",
)
"""Imitating the marks around texts, or a server's control words."""


def compiled(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the patterns."""
    return re.compile("|".join(f"(?:{one})" for one in words))
