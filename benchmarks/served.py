"""How well and how fast a served model judges labelled pairs, beside the lexical engine on the same pairs.

    python benchmarks/served.py --address http://127.0.0.1:8001/v1 --model Qwen3-8B                      the demo's pairs
    python benchmarks/served.py ... --pairs pairs.jsonl --products products.jsonl --some 60 --out judged.jsonl

The pairs are judged by whole runs through the embedded worker, on a database of its own that is gone afterwards.
Without `--pairs` they are the demo's, with its rules; otherwise no rule applies. `--some` draws that many of them, the
same for the same `--seed`. Failed pairs count as wrong; seconds a pair are of the whole run divided by its pairs.
"""

import argparse
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "arweb.settings"
os.environ.setdefault("LOG_LEVEL", "WARNING")

FILES = ("pairs", "products", "leaflets")


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", required=True, help="the base with its version, or inprocess:ENGINE:FOLDER")
    parser.add_argument("--model", required=True, help="the name that the server knows the model by")
    parser.add_argument("--pairs", type=Path, help="labelled pairs: one JSON object a line, query, title and level")
    parser.add_argument("--products", type=Path, help="the products of the pairs, and others to learn from")
    parser.add_argument("--leaflets", type=Path, help="leaflets to find evidence in")
    parser.add_argument("--some", type=int, help="how many of the pairs; all if left out")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="of the prompts")
    parser.add_argument("--in-flight", type=int, default=4, help="calls at a time")
    parser.add_argument("--timeout", type=int, default=600, help="seconds to wait for a reply")
    parser.add_argument("--max-tokens", type=int, default=400, help="the longest reply")
    parser.add_argument("--out", type=Path, help="write every pair with its label and both levels, one a line")
    parser.add_argument("--report", type=Path, help="write the figures and the texts of all replies as one JSON object")
    given = parser.parse_args()
    for name in FILES:
        path = getattr(given, name)
        if path and not path.is_file():
            parser.error(f"{path} does not exist")
    return given


def allowing(address: str) -> dict[str, str]:
    """The settings that allow a model at that address, and no other."""
    if address.startswith("inprocess:"):
        return {"MODEL_FOLDERS": address.split(":", 2)[-1]}
    return {"MODEL_HOSTS": address.split("//")[-1].split("/")[0]}


def main() -> None:
    """Measure on a database of its own, which is gone afterwards."""
    given = arguments()
    os.environ |= allowing(given.address)
    with tempfile.TemporaryDirectory(prefix="arweb-benchmark-") as folder:
        os.environ["VAR_DIR"] = folder
        django.setup()
        import_module("benchmarks.served_measured").report(given, Path(folder))


if __name__ == "__main__":
    main()
