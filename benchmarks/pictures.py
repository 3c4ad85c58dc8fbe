"""Pictures against titles: shop photographs of a folder, and drawn packages of which half tell of another product.

    python benchmarks/pictures.py ../shared/data             photographs named in products.jsonl, and drawn packages
    python benchmarks/pictures.py --seed 7 --seed 8          drawn packages only, a set a seed
    python benchmarks/pictures.py --keep DIR                 keep the drawn packages to look at

Needs OCR (requirements-ocr.txt) and a Chinese font. The drawn packages are honest as often as not; a package counts
as found out when any attribute of its picture is inconsistent with the title.
"""

import argparse
import json
import random
import resource
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from package_drawing import draw
from packages import Package, draw_set

from inference.engines.ocr import Ocr, installed_ocr, is_installed
from inference.knowledge.lexicon import Lexicon, load_lexicon
from inference.pipeline.case import Case, Picture
from inference.pipeline.match_pictures import match_picture
from inference.pipeline.read_product import read_product
from inference.pipeline.steps import AttributeMatch, Consistency
from rules.engine.attributes import Attribute
from rules.engine.text import normalise

SEEDS = (1, 2, 3, 4)
CONFIRMED = (Consistency.CONSISTENT, Consistency.PARTLY)


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="a folder with products.jsonl and the images it names")
    parser.add_argument("--seed", type=int, action="append", help="draw a set with this seed; may be repeated")
    parser.add_argument("--each", type=int, default=40, help="honest packages of a set, and tampered ones")
    parser.add_argument("--keep", type=Path, help="a folder to keep the drawn packages in")
    return parser.parse_args()


def main() -> None:
    """Print a JSON object a measure."""
    options = arguments()
    if not is_installed():
        raise SystemExit("Reading pictures needs requirements-ocr.txt: run `make ocr`.")
    lexicon, ocr = load_lexicon(), installed_ocr()
    if options.folder and not (options.folder / "products.jsonl").is_file():
        raise SystemExit(f"{options.folder} has no products.jsonl.")
    if options.folder:
        photographs(options.folder, ocr, lexicon)
    for seed in options.seed or SEEDS:
        drawn(seed, options.each, ocr, lexicon, options.keep)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 * (1024 if sys.platform == "darwin" else 1))
    report(measure="memory", engine=ocr.engine, megabytes=megabytes)


def report(**figures: Any) -> None:
    """One line of the output."""
    print(json.dumps(figures, ensure_ascii=False), flush=True)


def matches(picture: Picture, title: str, lexicon: Lexicon) -> tuple[AttributeMatch, ...]:
    """A picture against a title."""
    return match_picture(picture, read_product(Case("", title), normalise(title), lexicon), lexicon).matches


def photographs(folder: Path, ocr: Ocr, lexicon: Lexicon) -> None:
    """Shares of the shop photographs that confirm brand and core name, and those that contradict anything."""
    rows = [json.loads(line) for line in (folder / "products.jsonl").read_text("utf-8").splitlines()]
    states: dict[str, Counter[str]] = {}
    seconds, wrong, count = 0.0, 0, 0
    for row in rows:
        if not row.get("image"):
            continue
        read = ocr.read((folder / row["image"]).read_bytes())
        seconds, count = seconds + read.seconds, count + 1
        found = matches(read.picture, row["title"], lexicon)
        for one in found:
            states.setdefault(one.attribute, Counter())[one.consistency] += 1
        if other := contradicting(found):
            wrong += 1
            report(measure="contradicted", image=row["image"], title=row["title"], by=other)
    report(
        measure="photographs",
        pictures=count,
        brand_confirmed=confirmed(states, Attribute.BRAND),
        core_name_confirmed=confirmed(states, Attribute.CORE_NAME),
        with_any_inconsistent=wrong,
        attributes={name: dict(counts) for name, counts in states.items()},
        seconds_a_picture=round(seconds / max(count, 1), 3),
    )


def confirmed(states: dict[str, Counter[str]], attribute: Attribute) -> str:
    """How many of the titles that state an attribute have it confirmed."""
    counts = states.get(attribute, Counter())
    return f"{sum(counts[one] for one in CONFIRMED)} of {counts.total()}"


def contradicting(found: Iterable[AttributeMatch]) -> list[list[Any]]:
    """What contradicts a title: attribute, what the title says, what the picture shows."""
    wrong = (one for one in found if one.consistency is Consistency.INCONSISTENT)
    return [[one.attribute.value, list(one.title), list(one.picture)] for one in wrong]


def drawn(seed: int, each: int, ocr: Ocr, lexicon: Lexicon, keep: Path | None) -> None:
    """Precision and recall of packages that tell of another product."""
    packages, rng = draw_set(lexicon, seed=seed, each=each), random.Random(seed + 1000)
    table: Counter[str] = Counter()
    missed: list[str] = []
    seconds = 0.0
    for number, package in enumerate(packages):
        content = draw(package, rng)
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{seed}-{number:02}-{package.tampered or 'honest'}.jpg").write_bytes(content)
        read = ocr.read(content)
        seconds += read.seconds
        other = contradicting(matches(read.picture, package.title, lexicon))
        table[("found" if other else "missed") if package.tampered else ("accused" if other else "cleared")] += 1
        if bool(other) != bool(package.tampered):
            missed.append(f"{number} {told(package)} {other} {' / '.join(word.text for word in read.picture.words)}")
    accused = table["found"] + table["accused"]
    report(
        measure="drawn",
        seed=seed,
        honest=each,
        tampered=each,
        precision=round(table["found"] / accused, 3) if accused else None,
        recall=round(table["found"] / each, 3),
        wrong=missed,
        seconds_a_picture=round(seconds / len(packages), 3),
    )


def told(package: Package) -> str:
    """A package in a line."""
    parts = (package.tampered or "honest", package.title, "->", package.brand, package.name + package.form)
    return " ".join((*parts, package.strength, package.audience, package.use))


if __name__ == "__main__":
    main()
