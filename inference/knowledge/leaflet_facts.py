"""What the sections of a leaflet say as facts: what it is for, whom it is forbidden for, what it is made of. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind
from inference.knowledge.scan import longest
from inference.knowledge.words import SALTS
from rules.engine.text import normalise

LONGEST_SECTION = 4000
"""Characters of a section that are read."""
MOST_TERMS = 5
CLAUSE = re.compile(r"[^。;；\n!?！？]+")
PHRASE = re.compile(r"[^,，、。;；:：\n]+")
NUMBERING = re.compile(r"^[\s\d一二三四五六七八九十()（）.、．]+")
DENIED = re.compile(
    r"禁|慎|忌|不宜|不适|不得|不可|不能|不推荐|无效|未|排除|除外|避免|不良|过敏者|另有|同时服用|如出现|引起的不|副作用"
)
"""A sentence with one of these words does not say what the medicine is for."""
FORBIDDEN = re.compile(
    r"禁用|禁止|禁服|忌用|忌服|不得(?:使用|服用|应用|用于)|不应(?:使用|服用|应用|用于)|不可(?:使用|服用|应用)|不能(?:使用|服用)|勿用|勿服"
)
CONDITIONAL = re.compile(
    r"慎用|相对|除非|权衡|如必须|医师指导下|早期|晚期|[前后]\d|\d+ ?个?[周月]|头三个月|末三个月|过量|长期|同时|合用|合并"
)
"""A sentence with one of these words forbids something only now and then."""
UNDER_AGE = re.compile(r"(\d{1,2}) ?(?:周?岁|岁)(?:及|或)?以下|(?:小于|不足|未满|低于|<|＜) ?(\d{1,2}) ?周?岁")
CHILDREN_UNDER, TODDLERS_UNDER = 14, 3
"""Years: forbidden under so many it is forbidden for children; under fewer, for those up to three."""
WATCHED = frozenset({"孕妇", "哺乳期", "儿童", "婴幼儿", "新生儿", "早产儿", "老年人", "产妇", "备孕"})
"""The populations whose contraindications shoppers ask about."""
PEOPLE = "儿童"
MADE_OF = re.compile(
    r"(?:主要)?(?:成分|成份|组成)(?:及其化学名称)?(?:均)?(?:为|是|:|：)+|(?:^|本品)(?:每.{0,6})?(?:主要)?(?:含有?|由)(?:主要成[分份])?[:：]?"
)
ENDS_MADE_OF = re.compile(r"化学|分子|辅料|结构|性状|其化|每|[。\n;(（]|等|制成|组成")
ASIDE = re.compile(r"\([^()]{0,30}\)")
SEPARATOR = re.compile(r"[,，、和及+\s]+")
HERB = re.compile(r"[㐀-鿿]{2,6}")
HERBS = 3
"""So many plain words in a row are a list of herbs, known or not."""
MOST_INGREDIENTS = 30
SALTS_FIRST = tuple(sorted(SALTS, key=len, reverse=True))


def section(sections: Mapping[str, str], *words: str) -> str:
    """The text of the sections whose heading has one of the words."""
    return "\n".join(
        text[:LONGEST_SECTION] for heading, text in sections.items() if any(word in heading for word in words)
    )


def indication_of(sections: Mapping[str, str]) -> str:
    """What the leaflet says it is for."""
    return section(sections, "功能主治", "适应症", "适应证", "作用与用途", "功效", "保健功能")


def efficacy_in(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The efficacy terms that an indication names, in its order; sentences that deny something are left out."""
    terms: dict[str, None] = {}
    for match in CLAUSE.finditer(normalise_lines(text[:LONGEST_SECTION])):
        if not DENIED.search(match[0]):
            terms.update(dict.fromkeys(terms_in(match[0], lexicon)))
    return tuple(term for term in terms if not is_implied(term, terms, lexicon))


def terms_in(clause: str, lexicon: Lexicon) -> Iterator[str]:
    """The efficacy terms of one sentence, those that stand in it as terms."""
    for hit in longest(lexicon.name_hits(clause)):
        if clause[hit.start] == "性" and clause[hit.start - 1 : hit.start].isalpha():
            continue  # 慢性病毒性肝炎 names no 性病
        yield from (entry.value for entry in hit.entries if entry.kind is Kind.EFFICACY)


def told_by_name(name: str, lexicon: Lexicon) -> tuple[str, ...]:
    """What a medicine's name itself says that it is for, in terms or as shoppers say it: 止鼾."""
    terms: dict[str, None] = {}
    for hit in longest(lexicon.name_hits(name)):
        for entry in hit.entries:
            if entry.kind is Kind.EFFICACY:
                terms[entry.value] = None
            elif entry.kind is Kind.NEED:
                terms.update(dict.fromkeys(lexicon.needs[entry.value].efficacy))
    return tuple(terms)[:MOST_TERMS]


def is_implied(term: str, terms: Iterable[str], lexicon: Lexicon) -> bool:
    """Whether another of the terms is a case of this one and says it more exactly."""
    return any(other != term and term in lexicon.broader_efficacy(other) for other in terms)


def normalise_lines(text: str) -> str:
    """The text as names are looked for in it, its lines kept apart."""
    return "\n".join(normalise(line) for line in text.splitlines())


def meant_for(sections: Mapping[str, str], lexicon: Lexicon) -> tuple[str, ...]:
    """Whom a section of its own says the product is for."""
    told = {heading: text for heading, text in sections.items() if "不" not in heading}
    text = normalise_lines(section(told, "适用人群", "适宜人群", "适用对象"))
    if DENIED.search(text):
        return ()
    found = (
        entry.value
        for hit in longest(lexicon.name_hits(text))
        for entry in hit.entries
        if entry.kind is Kind.POPULATION
    )
    return tuple(dict.fromkeys(found))


def forbidden_for(sections: Mapping[str, str], lexicon: Lexicon) -> frozenset[str]:
    """Whom the leaflet forbids the medicine for without conditions."""
    told = normalise_lines(section(sections, "禁忌", "禁 忌"))
    found = set(listed_in(told, lexicon))
    found |= populations_in(normalise_lines(section(sections, "不适宜人群", "不适用人群")), lexicon)
    more = normalise_lines(section(sections, "注意", "孕妇", "儿童", "老年", "老人"))
    for match in CLAUSE.finditer(f"{told}\n{more}"):
        found |= forbidden_in(match[0], lexicon)
    return frozenset(found)


def forbidden_in(sentence: str, lexicon: Lexicon) -> set[str]:
    """Whom one sentence forbids it for: those named in the phrases up to the word that forbids."""
    word = FORBIDDEN.search(sentence)
    if word is None or CONDITIONAL.search(sentence):
        return set()
    behind = sentence[word.end() :] if word[0].endswith(("于", "禁止")) or sentence[word.end() :][:1] == "于" else ""
    said = sentence[: word.start()] + behind
    return populations_in(said, lexicon)


def populations_in(text: str, lexicon: Lexicon) -> set[str]:
    """The watched populations that a text names; children under an age as far as it goes."""
    ages = [int(one or other) for one, other in UNDER_AGE.findall(text)]
    found = {
        entry.value
        for hit in longest(lexicon.name_hits(text))
        for entry in hit.entries
        if entry.kind is Kind.POPULATION and entry.value in WATCHED
    }
    if ages:
        found.discard(PEOPLE)
        found |= {PEOPLE} if max(ages) >= CHILDREN_UNDER else {"婴幼儿"} if max(ages) >= TODDLERS_UNDER else set()
    return found


def listed_in(told: str, lexicon: Lexicon) -> Iterator[str]:
    """Whom a section of contraindications lists with no verb: 孕妇及哺乳期妇女。"""
    for match in CLAUSE.finditer(told):
        line = NUMBERING.sub("", match[0]).strip()
        if len(line) <= 16 and not CONDITIONAL.search(line) and not re.search(r"过敏|不宜|患|病|慎", line):
            yield from populations_in(line, lexicon)


def ingredients_in(text: str, known: frozenset[str]) -> tuple[str, ...]:
    """The ingredients that a leaflet lists: known substances, or herbs; empty where a word is neither."""
    plain = ASIDE.sub("", normalise(text[:LONGEST_SECTION]))
    start = MADE_OF.search(plain)
    listed = plain[start.end() :] if start else plain
    end = ENDS_MADE_OF.search(listed)
    words = [bare_substance(word) for word in SEPARATOR.split(listed[: end.start() if end else len(listed)])]
    words = list(dict.fromkeys(word for word in words if word))
    sure = all(word in known for word in words) or (len(words) >= HERBS and all(map(HERB.fullmatch, words)))
    return tuple(words[:MOST_INGREDIENTS]) if sure else ()


def bare_substance(word: str) -> str:
    """A substance without its salt and its amount."""
    bare = re.sub(r"[\d.]+ ?(?:mg|g|毫克|克|%|μg|ml|毫升)?$", "", word.strip(" .。:：")).strip()
    salt = next((one for one in SALTS_FIRST if bare.startswith(one) and len(bare) - len(one) >= 2), "")
    return bare.removeprefix(salt)
