"""`manage.py judge` and `manage.py evaluate`, run on files good and bad."""

import io
import json
import multiprocessing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from inference.engines.lines import LONGEST_LINE, judge_line
from inference.engines.parallel import BATCH, ProcessLost, judge_lines, read_lines
from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain, Judged
from rules.engine.attributes import Level, Side
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator

pytestmark = pytest.mark.django_db
PAIR = {"query": "布洛芬", "title": "[石药]布洛芬片"}
FORBIDDING = EngineRule(
    number=7,
    version=1,
    conditions=(Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, values=("石药",)),),
    effect=Effect(EffectKind.FORBID),
)


def written(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def judge(source: Path, **options: object) -> tuple[list[dict[str, object]], str]:
    target, errors = source.with_name("out.jsonl"), io.StringIO()
    call_command("judge", source, target, processes=1, stderr=errors, **options)
    return [json.loads(line) for line in target.read_text("utf-8").splitlines()], errors.getvalue()


def evaluate(source: Path) -> tuple[dict[str, object], str]:
    out, errors = io.StringIO(), io.StringIO()
    call_command("evaluate", source, processes=1, stdout=out, stderr=errors)
    assert out.getvalue().count("\n") == 1
    return json.loads(out.getvalue()), errors.getvalue()


def test_a_judged_line_keeps_its_ids(tmp_path: Path) -> None:
    rows, _ = judge(written(tmp_path / "in.jsonl", {**PAIR, "id": 5, "pair_id": "q1", "note": "left out"}))
    assert rows[0].pop("milliseconds") >= 0
    assert rows == [
        {
            "id": 5,
            "pair_id": "q1",
            "level": "highly",
            "class": "highly",
            "rules": [],
            "line": 1,
            "failed": False,
            "reason": "",
        }
    ]


def test_a_bad_line_fails_alone_and_keeps_its_place(tmp_path: Path) -> None:
    bad = [
        "{",
        "[1]",
        '{"title": "x"}',
        '{"query": 3, "title": "x"}',
        '{"query": "", "title": "x", "id": 9}',
        "[" * 99_999,
    ]
    rows, errors = judge(written(tmp_path / "in.jsonl", PAIR, *bad, "", PAIR))
    assert [row["failed"] for row in rows] == [False] + [True] * 6 + [False]
    assert {row["level"] for row in rows if row["failed"]} == {None}
    assert (rows[5]["id"], rows[5]["reason"]) == (9, "The query is empty.")
    assert [f"line {number}:" in errors for number in range(1, 10)] == [False] + [True] * 6 + [False] * 2


def test_a_line_too_long_fails_alone(tmp_path: Path) -> None:
    rows, _ = judge(written(tmp_path / "in.jsonl", {**PAIR, "note": "x" * 2 * LONGEST_LINE}, PAIR))
    assert [row["failed"] for row in rows] == [True, False]


def test_a_mark_in_front_of_the_file_is_no_text(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"\xef\xbb\xbf" + json.dumps(PAIR).encode())
    assert [row["level"] for row in judge(source)[0]] == ["highly"]


def test_a_file_that_cannot_be_read_is_said_so_and_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    for content, message in (
        (b"", "holds no lines"),
        (b"\n \n", "holds no lines"),
        ("{}\n感".encode("gb18030"), "line 2 is not UTF-8"),
    ):
        source.write_bytes(content)
        with pytest.raises(CommandError, match=message):
            judge(source)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_missing_file_folder_or_release_is_said_so(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", PAIR)
    with pytest.raises(CommandError, match=r"none\.jsonl: No such file"):
        evaluate(tmp_path / "none.jsonl")
    with pytest.raises(CommandError, match="No such file"):
        call_command("judge", source, tmp_path / "none" / "out.jsonl", processes=1)
    with pytest.raises(CommandError, match="Is a directory"):
        evaluate(tmp_path)
    with pytest.raises(CommandError, match="no release 4"):
        judge(source, release=4)
    with pytest.raises(CommandError, match="at least 1"):
        call_command("evaluate", source, processes=0)


def test_the_input_is_not_written_over(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", PAIR)
    before = source.read_bytes()
    (tmp_path / "same.jsonl").hardlink_to(source)
    for target in (source, tmp_path / "same.jsonl"):
        with pytest.raises(CommandError, match="another file"):
            call_command("judge", source, target, processes=1)
    assert source.read_bytes() == before


def test_an_earlier_result_stays_until_a_whole_new_one_is_there(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    target.write_text("before")
    source.write_bytes(json.dumps(PAIR).encode() + b"\n\xff\n")
    with pytest.raises(CommandError, match="not UTF-8"):
        judge(source)
    assert target.read_text() == "before"


def test_evaluate_counts_failed_rows_as_wrong(tmp_path: Path) -> None:
    labelled = {**PAIR, "level": "highly"}
    rows = (labelled, {**labelled, "title": ""}, {**PAIR, "level": "somewhat"}, PAIR, "{")
    scores, errors = evaluate(written(tmp_path / "in.jsonl", *rows))
    assert {name: scores[name] for name in ("pairs", "failed", "loss_rate", "accuracy", "accuracy_without_failed")} == {
        "pairs": 5,
        "failed": 4,
        "loss_rate": 0.8,
        "accuracy": 0.2,
        "accuracy_without_failed": 1.0,
    }
    assert scores["classes"]["highly"]["support"] == 2
    assert "line 3: unknown level 'somewhat'" in errors


def test_a_pipeline_that_fails_on_a_line_fails_that_line_alone() -> None:
    class Faulty(Chain):
        def judge(self, case: Case) -> Judged:
            if case.query == "x":
                raise RuntimeError("a fault")
            return super().judge(case)

    chain = Faulty(load_lexicon(), RuleIndex(()))
    answers = [
        judge_line(chain, number, json.dumps({**PAIR, "query": query}), needs_level=False)
        for number, query in enumerate(("x", PAIR["query"]), start=1)
    ]
    assert [(answer.level, answer.reason) for answer in answers] == [
        (None, "the pipeline failed: RuntimeError('a fault')"),
        (Level.HIGHLY, ""),
    ]


def test_half_a_character_and_a_nul_are_judged_and_written(tmp_path: Path) -> None:
    rows, _ = judge(written(tmp_path / "in.jsonl", json.dumps({**PAIR, "id": "\ud800\0", "query": "\ud800布洛芬\0"})))
    assert [(row["id"], row["failed"]) for row in rows] == [("\ud800\0", False)]


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    call_command("judge", written(tmp_path / "in.jsonl", PAIR), Path("/dev/null"), processes=1, stderr=io.StringIO())
    assert Path("/dev/null").is_char_device()
    with pytest.raises(CommandError, match="Is a directory"):
        call_command("judge", tmp_path / "in.jsonl", tmp_path, processes=1)


@pytest.mark.slow
def test_a_process_that_is_killed_is_said_so(tmp_path: Path) -> None:
    lines = ((number, json.dumps(PAIR)) for number in range(20 * BATCH))
    answers = judge_lines(lines, forbidding_chain, processes=2)
    next(answers)
    multiprocessing.active_children()[0].kill()
    with pytest.raises(ProcessLost):
        list(answers)


def forbidding_chain() -> Chain:
    """A chain with one rule."""
    return Chain(load_lexicon(), RuleIndex([FORBIDDING]))


def test_rules_are_named_by_number() -> None:
    lines = [(1, json.dumps(PAIR))]
    answers = list(judge_lines(lines, forbidding_chain, processes=1))
    assert [(answer.level.value, answer.rules) for answer in answers] == [("irrelevant", (7,))]


@pytest.mark.slow
def test_two_processes_answer_in_order(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", *({**PAIR, "id": number} for number in range(2 * BATCH + 1)))
    with source.open("rb") as file:
        answers = list(judge_lines(read_lines(file), forbidding_chain, processes=2))
    assert [answer.identity["id"] for answer in answers] == list(range(2 * BATCH + 1))
    assert {answer.rules for answer in answers} == {(7,)}
