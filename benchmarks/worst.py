"""How long the nastiest texts take to judge: `python benchmarks/worst.py [--characters 10000]`.

Judges texts of the greatest length taken, of every shape that makes a reader work: as the query, as the title, and as
both. Prints one line a text, the slowest first, in milliseconds of processor time; the slowest of all must stay under 50. The knowledge and the
documents are those of the database where one is set up.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arweb.settings")

from inference.knowledge.lexicon import Lexicon
from inference.management.processes import JudgingChain
from inference.pipeline.case import Case
from inference.pipeline.chain import LONGEST, Chain

MOST_MS = 50


def filled(words: list[str], characters: int) -> str:
    """The words over and over, up to a length."""
    return "".join(islice((char for word in cycle(words) for char in word), characters))


FIXED = {
    "one character": ["药"],
    "figures": ["1"],
    "figures and points": ["1."],
    "strengths": ["0.5g*10片"],
    "opening brackets": ["["],
    "closing brackets": ["]"],
    "brackets": ["[", "]", "(", ")", "【", "】"],
    "round brackets inside each other": ["(", "（"],
    "one name": ["阿莫西林"],
    "one name apart": ["阿莫西林 "],
    "forms": ["片", "胶囊", "丸", "散"],
    "people": ["儿童", "孕妇", "成人", "男", "女"],
    "places": ["德国", "云南", "日本"],
    "negations": ["不要", "不含", "非", "无"],
    "letters": ["a"],
    "pinyin": ["amoxilin"],
    "pinyin apart": ["ganmaoling ", "buluofen ", "ban lan gen "],
    "pinyin initials": ["gml ", "blf "],
    "traditional characters": ["藥膠囊顆粒風熱"],
    "slips": ["阿莫西琳 ", "布络芬 ", "感帽灵 "],
    "full width": ["ＡＢＣ１２３"],
    "combining marks": ["e\u0301\u0323"],
    "right to left": ["\u202eשלום "],
    "emoji": ["👩‍⚕️💊"],
    "line ends and nothing": ["a\n", "\0", "\u200b"],
}
"""Texts that are the same whatever is known, by what they are made of."""


def known_words(lexicon: Lexicon) -> Mapping[str, list[str]]:
    """Words that are known, whole, turned round, cut short and joined."""
    names, brands = sorted(lexicon.medicines), sorted(lexicon.brands)
    return {
        "names": names[::7],
        "names backwards": [name[::-1] for name in names[::7]],
        "brands": brands,
        "brands apart": [f"{brand} " for brand in brands],
        "needs": sorted(lexicon.needs),
        "names, brands and forms": [f"{n}{b}片" for n, b in zip(names, cycle(brands), strict=False)],
        "names cut short": [name[:-1] for name in names],
        "negated names": [f"不含{name}" for name in names[::11]],
        "comparisons": [f"同{brand}" for brand in brands],
    }


def unknown_words(characters: int) -> Mapping[str, list[str]]:
    """Words that nobody knows, out of so many different characters."""
    unknown = [chr(0x4E00 + (n * 7919) % 20000) for n in range(characters)]
    return {
        "unknown characters": unknown,
        "unknown words apart": [f"{a}{b}{c}{d} " for a, b, c, d in zip(*[iter(unknown)] * 4, strict=False)],
        "unknown names with a form": [f"{a}{b}{c}片 " for a, b, c in zip(*[iter(unknown)] * 3, strict=False)],
    }


def nasty_texts(lexicon: Lexicon, characters: int) -> Mapping[str, str]:
    """The texts by what they are made of."""
    words = {**FIXED, **known_words(lexicon), **unknown_words(characters)}
    return {shape: filled(parts, characters) for shape, parts in words.items()}


def measured(chain: Chain, characters: int) -> Iterator[tuple[float, str, str]]:
    """Milliseconds, side and shape of every text; the trace as JSON is part of the time."""
    for shape, text in nasty_texts(chain.lexicon, characters).items():
        sides = {
            "query": Case(text, "[北京同仁堂]感冒灵颗粒 10g*9袋"),
            "title": Case("同仁堂感冒灵颗粒", text),
            "both": Case(text[1:], text[::-1]),
        }
        for side, case in sides.items():
            started = time.process_time()
            trace = chain.judge(case).trace
            json.dumps(trace.to_json() if trace else None)
            yield (time.process_time() - started) * 1000, side, shape


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=LONGEST, help="length of the texts")
    parser.add_argument("--shown", type=int, default=12, help="how many of the slowest are printed")
    options = parser.parse_args()
    if options.characters < 1:
        parser.error("--characters must be at least 1")
    chain = JudgingChain()()
    for query in ("布洛芬", "不含某某的药", "ganmaoling"):
        chain.judge(Case(query, "布洛芬片"))  # what is built for the first pairs
    found = sorted(measured(chain, options.characters), reverse=True)
    for milliseconds, side, shape in found[: options.shown]:
        print(f"{milliseconds:8.1f} ms  {side:6} {shape}")
    over = sum(milliseconds > MOST_MS for milliseconds, _, _ in found)
    print(f"{len(found)} texts of {options.characters} characters, {over} of them over {MOST_MS} ms")


if __name__ == "__main__":
    main()
