"""Merchant tricks: those found in real titles, to be read by a person, and the share found of drawn ones.

    python benchmarks/tricks.py products.jsonl              every trick found in the titles of the file
    python benchmarks/tricks.py products.jsonl --drawn 900  the share found when titles get a trick of each kind behind

The drawn tricks are this script's own words behind titles of the file. A title that the claim happens to fit (a brand
behind a product of its own maker) counts as missed, so the share is a floor. Reads with the shipped knowledge.
"""

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.case import Case
from inference.pipeline.check_product import tricks_in
from inference.pipeline.read_product import read_product
from inference.pipeline.steps import Trick
from rules.engine.attributes import Attribute, Values
from rules.engine.text import normalise

GIVEN = {"name": Attribute.CORE_NAME, "brand": Attribute.BRAND, "form": Attribute.DOSAGE_FORM}
DRAWN = {
    "foreign_brand": (" 同仁堂", " 999"),
    "comparison": (" 修正药业同款", " 媲美云南白药", " 可搭配阿莫西林", " 芬必得平替"),
    "raw_material": (" 同仁堂原料",),
    "stuffed_name": (" 六味地黄丸",),
    "stuffed_form": (" 胶囊 颗粒",),
    "stuffed_use": (" 糖尿病", " 减肥药"),
}


def found_in(title: str, given: Values | None = None) -> tuple[Trick, ...]:
    """The tricks of one title, with what the catalogue gives of the product."""
    lexicon = load_lexicon()
    return tricks_in(read_product(Case("", title, given or {}), normalise(title), lexicon), lexicon)


def given_of(row: dict[str, str]) -> Values:
    """What a row says beside its title."""
    if row.get("name") == row["title"]:
        return {}
    return {attribute: frozenset({row[name]}) for name, attribute in GIVEN.items() if row.get(name)}


def print_found(rows: list[dict[str, str]]) -> None:
    """Every trick of every title, a line each, then how many of each kind."""
    counts: Counter[str] = Counter()
    for row in rows:
        for one in found_in(row["title"], given_of(row)):
            counts[one.kind] += 1
            print(f"{one.kind}: {one.value} against {one.against or 'nothing'}: {row['title']}")
    print(json.dumps({"titles": len(rows), "tricks": dict(counts)}, ensure_ascii=False))


def print_drawn(rows: list[dict[str, str]], number: int) -> None:
    """The share of drawn tricks that are found, by kind."""
    chosen = random.Random(5).sample(rows, min(number, len(rows)))
    drawn: Counter[str] = Counter()
    found: Counter[str] = Counter()
    ways = [(kind, words) for kind, several in DRAWN.items() for words in several]
    for place, row in enumerate(chosen):
        kind, words = ways[place % len(ways)]
        start = len(normalise(row["title"]))
        drawn[kind] += 1
        found[kind] += any(one.end > start for one in found_in(row["title"] + words))
    print(json.dumps({kind: f"{found[kind] / drawn[kind]:.3f} of {drawn[kind]}" for kind in drawn}, indent=2))


def main() -> None:
    """Read the titles and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="products: one JSON object a line, with a title")
    parser.add_argument("--drawn", type=int, default=0, help="how many titles get a drawn trick")
    options = parser.parse_args()
    if not options.file.is_file():
        parser.error(f"{options.file} does not exist")
    rows = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines()]
    print_drawn(rows, options.drawn) if options.drawn else print_found(rows)


if __name__ == "__main__":
    main()
