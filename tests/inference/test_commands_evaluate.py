"""`manage.py evaluate --by category --hard --ablation`: everything it prints, on a tiny file."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from inference.metrics import wilson
from inference.pipeline.ablation import ABLATION
from inference.pipeline.stages import Stage

pytestmark = pytest.mark.django_db
ROWS = [
    {"query": "布洛芬", "title": "布洛芬片100片", "level": "highly"},
    {"query": "布洛芬胶囊", "title": "布洛芬片20片", "level": "moderately"},
    {"query": "创可贴", "title": "布洛芬片20片", "level": "irrelevant"},
    {"query": "创可贴", "title": "[邦迪]苯扎氯铵贴10片", "level": "highly"},
    {"query": "创可贴", "title": "", "level": "irrelevant"},
]


def evaluate(folder: Path, *flags: str) -> dict[str, object]:
    source, out = folder / "in.jsonl", io.StringIO()
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    call_command("evaluate", source, *flags, processes=1, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def scores(pairs: int, right: int, failed: int = 0, **classes: tuple[float, float, int]) -> dict[str, object]:
    """Scores as they are printed; a class is its precision, its recall and how many pairs it has."""
    rows = {name: classes.get(name, (0, 0, 0)) for name in ("highly", "less", "irrelevant")}
    f1 = {name: 2 * p * r / (p + r) if p + r else 0.0 for name, (p, r, _n) in rows.items()}
    return {
        "pairs": pairs,
        "failed": failed,
        "loss_rate": failed / pairs,
        "accuracy": right / pairs,
        "accuracy_without_failed": right / (pairs - failed) if pairs > failed else 0.0,
        "macro_f1": pytest.approx(sum(f1.values()) / 3),
        "classes": {
            name: {"precision": p, "recall": r, "f1": pytest.approx(f1[name]), "support": n}
            for name, (p, r, n) in rows.items()
        },
    }


def with_interval(printed: dict[str, object], right: int) -> dict[str, object]:
    interval = wilson(right, int(str(printed["pairs"])))
    return printed | {"accuracy_interval": [interval.low, interval.high]}


ALL = scores(5, 4, failed=1, highly=(1, 1, 2), less=(1, 1, 1), irrelevant=(1, 0.5, 2))
PLAIN = with_interval(ALL, 4) | {"four_levels": {"accuracy": 0.8, "mean_absolute_error": 0.0}}


def test_without_a_flag_it_prints_the_scores_of_all_pairs(tmp_path: Path) -> None:
    assert evaluate(tmp_path) == PLAIN


def test_by_category_and_on_hard_pairs(tmp_path: Path) -> None:
    assert evaluate(tmp_path, "--by", "category", "--hard") == PLAIN | {
        "by_category": {
            "西药": with_interval(scores(3, 3, highly=(1, 1, 1), less=(1, 1, 1), irrelevant=(1, 1, 1)), 3),
            "其他": with_interval(scores(1, 0, failed=1, irrelevant=(0, 0, 1)), 0),
            "器械": with_interval(scores(1, 1, highly=(1, 1, 1)), 1),
        },
        "hard": with_interval(scores(3, 3, highly=(1, 1, 1), less=(1, 1, 1), irrelevant=(1, 1, 1)), 3),
    }
    assert evaluate(tmp_path, "--hard", "--hard-most", "0")["hard"]["pairs"] == 0


def test_the_ablation_has_a_row_a_stage(tmp_path: Path) -> None:
    printed = evaluate(tmp_path, "--ablation")
    rows = printed.pop("ablation")
    last = rows[-1]
    assert printed == PLAIN
    assert [row["stage"] for row in rows] == [None, *(stage.value for stage in ABLATION)]
    assert last == ALL | {
        "stage": "rules",
        "paper": Stage.RULES.paper,
        "hard_accuracy": 1.0,
        "difference": 0.0,
        "macro_f1_difference": 0.0,
        "fixed": 0,
        "broken": 0,
        "says": "adds nothing on these pairs",
        "without_this_stage": 0.8,
        "missed_without": 0.0,
        "says_without": "adds nothing on these pairs",
    }
    assert (rows[1]["fixed"], rows[1]["broken"]) == (1, 0)
    assert (rows[1]["says"], rows[0]["accuracy"] < rows[1]["accuracy"]) == ("adds 20.0 points", True)


def test_a_number_below_nought_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="hard-most"):
        evaluate(tmp_path, "--hard", "--hard-most", "-1")
