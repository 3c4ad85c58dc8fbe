"""Judging given cases with any configuration, as a run of it would: for pages, the API and commands alike."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from inference.engines.asking import Asking, Heard
from inference.engines.protocol import ChatFailure, ChatRequest
from inference.models import JudgmentTrace, PipelineConfig
from inference.pipeline.case import Case
from inference.pipeline.chain import NOT_TOLD, Chain, named
from inference.pipeline.key import key_of
from inference.pipeline.model_answer import Answer
from inference.pipeline.model_judge import Answered, Fault, fault_of, repair_of, request_of, trace_of
from inference.pipeline.stability import agreed
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.chains import chain_under
from inference.selectors.model_judges import ModelJudge, asks_as, asks_models, model_judge
from inference.selectors.model_replies import ReplyKey, answer_in, replies_by_key
from inference.selectors.understood import fault_of as broken_by
from inference.services.configurations import subject_of
from inference.services.model_replies import Replied, keep_replies
from inference.services.taking_over import Earlier, earlier_by_key
from inference.services.telling import Audit, Telling, hurried
from rules.engine.recall import Recalled
from rules.models import Release
from rules.services.audit import record
from rules.services.permissions import require

MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A case with its key, and its trace as plain JSON values or why there is none."""

    key: str
    trace: dict[str, Any] | None = None
    failure: Failure | None = None
    milliseconds: float = 0.0

    @property
    def unknown(self) -> bool:
        """Whether models would have to be asked before it can be judged."""
        return self.failure is not None and self.failure.kind == NOT_TOLD


@dataclass(frozen=True, slots=True)
class Ready:
    """A case that was understood, with the rules recalled; its `key`, and what a model's replies are `asked` under."""

    case: Case
    understood: Understanding
    recalled: tuple[Recalled, ...]
    key: str
    asked: str


@dataclass(slots=True)
class Given:
    """What a model gave for one sample of a case: an answer or a failure, and what it took."""

    answer: Answer | None = None
    failure: Failure | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    repaired: bool = False


@dataclass(slots=True)
class Judging:
    """One call: who judges, and whether models may be asked; `audit` records how many replies are kept."""

    chain: Chain
    judge: ModelJudge | None
    asks_as: str
    asks: bool
    audit: Audit | None = None


def judge_cases(
    *,
    by: User | None,
    cases: Sequence[Case],
    config: PipelineConfig | None = None,
    release: Release | None = None,
    quick: bool = False,
) -> list[JudgedCase]:
    """Cases judged under a release with a configuration, models asked where it takes them; their replies are kept.

    `quick` is for somebody who waits. `by` is None for a command. Raises PermissionDenied for who may not have models
    asked, and ValidationError where they may not be.
    """
    if by is not None and config is not None and asks_models(config):
        require(by, "inference.launch_run")
    judging = _judging(config, release, asks=True, quick=quick)
    judging.audit = partial(_record, by, config) if config else None
    with Telling(judging.chain, config, quick=quick, audit=judging.audit) as telling:
        return _judged(judging, telling, cases)


def _record(by: User | None, config: PipelineConfig, calls: int) -> None:
    record(by=by, verb="config.asked", subject=subject_of(config), data={"calls": calls})


def known_cases(
    *, cases: Sequence[Case], config: PipelineConfig | None = None, release: Release | None = None
) -> list[JudgedCase]:
    """The same as far as it is known without asking any model; nothing is written."""
    judging = _judging(config, release, asks=False)
    with Telling(judging.chain, config, asks=False) as telling:
        return _judged(judging, telling, cases)


def _judging(config: PipelineConfig | None, release: Release | None, *, asks: bool, quick: bool = False) -> Judging:
    judge = model_judge(config) if config else None
    if judge and quick:
        judge = replace(judge, endpoint=hurried(judge.endpoint))
    chain = chain_under(release=release, config=config)
    return Judging(chain, judge, asks_as(config) if config and judge else "", asks)


def _judged(judging: Judging, telling: Telling, cases: Sequence[Case]) -> list[JudgedCase]:
    started = time.perf_counter()
    read = [
        _ready(judging, telling.chain, case, one) for case, one in zip(cases, telling.understand(cases), strict=True)
    ]
    ready = [one for one in read if isinstance(one, Ready)]
    by_key = _levels(judging, ready)
    each = (time.perf_counter() - started) * MILLISECONDS / max(len(cases), 1)
    return [replace(by_key[one.key] if isinstance(one, Ready) else one, milliseconds=each) for one in read]


def _ready(judging: Judging, chain: Chain, case: Case, understood: Understanding | Failure) -> Ready | JudgedCase:
    if isinstance(understood, Failure):
        return JudgedCase(chain.failure_key(case), failure=understood)
    try:
        recalled, base = chain.recall(understood), chain.keep(understood).base
        rules = [named(one.rule) for one in recalled]
        asked = key_of(base, judging.asks_as, rules) if judging.judge else ""
        return Ready(case, understood, recalled, key_of(base, chain.judged_by, rules), asked)
    except Exception as error:
        return JudgedCase(chain.failure_key(case), failure=broken_by(error, "no key could be made for a case"))


def _levels(judging: Judging, ready: Sequence[Ready]) -> dict[str, JudgedCase]:
    """The judgment under each key."""
    if judging.judge is None:
        return {one.key: _by_rules(judging.chain, one) for one in ready}
    made = _made_before(earlier_by_key(one.key for one in ready))
    fresh = {one.key: one for one in ready if one.key not in made}
    given = _given(judging, judging.judge, list(fresh.values()))
    return made | {key: _by_model(judging.judge, one, given) for key, one in fresh.items()}


def _by_rules(chain: Chain, one: Ready) -> JudgedCase:
    """The judgment of a case by the lexical engine. Where the pipeline breaks on it, it alone has failed."""
    try:
        return JudgedCase(one.key, chain.decide(one.understood, one.recalled).to_json())
    except Exception as error:
        return JudgedCase(one.key, failure=broken_by(error, "a case could not be judged"))


def _made_before(earlier: Mapping[str, Earlier]) -> dict[str, JudgedCase]:
    """The judgments of runs, by key: of a key judged before nobody is asked again."""
    traces = JudgmentTrace.objects.in_bulk({one.traced for one in earlier.values()})
    return {key: JudgedCase(key, traces[one.traced].content) for key, one in earlier.items()}


def _given(judging: Judging, judge: ModelJudge, ready: Sequence[Ready]) -> dict[ReplyKey, Given]:
    """What the model gives for each sample of each case: what it replied before, or else what it replies now."""
    wanted: dict[ReplyKey, ChatRequest] = {}
    given: dict[ReplyKey, Given] = {}
    for one in ready:
        try:
            wanted |= _requests(judge, one)
        except Exception as error:
            failure = broken_by(error, "a case could not be asked about")
            given |= {key: Given(failure=failure) for key in _keys(judge, one)}
    for key, row in replies_by_key({key.key for key in wanted}).items():
        answer = answer_in(row)
        if key in wanted and isinstance(answer, Answer):
            given[key] = Given(answer, None, row.prompt_tokens, row.completion_tokens, row.repairs)
    left = {key: request for key, request in wanted.items() if key not in given}
    if not judging.asks:
        return given | {key: Given(failure=Failure(NOT_TOLD, "No model was asked yet: judgment.")) for key in left}
    return given | _asked(judging, judge, left)


def _keys(judge: ModelJudge, one: Ready) -> list[ReplyKey]:
    """What the replies on a case are kept under, sample by sample."""
    return [ReplyKey(one.asked, sample) for sample in range(judge.settings.samples)]


def _requests(judge: ModelJudge, one: Ready) -> dict[ReplyKey, ChatRequest]:
    return {key: request_of(one.understood, one.recalled, judge.settings, key.sample) for key in _keys(judge, one)}


def _asked(judging: Judging, judge: ModelJudge, wanted: Mapping[ReplyKey, ChatRequest]) -> dict[ReplyKey, Given]:
    """Ask for what is wanted, mend what can't be used once, and keep every reply."""
    given = {key: Given() for key in wanted}
    replied: list[Replied] = []
    if not wanted:
        return given
    with Asking(judge.endpoint) as asking:
        asking.ask([((key, False), request) for key, request in wanted.items()])
        while asking.under_way:
            if taken := asking.answered():
                (key, repairing), heard = taken
                replied.append(_replied(key, heard, repairing))
                if fault := _heard(given[key], heard, repairing):
                    _mend(asking, judge, key, wanted[key], given[key], fault)
    with transaction.atomic():
        keep_replies(endpoint=judge.row, replied=replied)
        if judging.audit:
            judging.audit(len(replied))
    return given


def _mend(asking: Asking, judge: ModelJudge, key: ReplyKey, request: ChatRequest, one: Given, fault: Fault) -> None:
    """Ask once more for a reply that could not be used."""
    try:
        again = repair_of(request, fault.raw, fault, judge.settings)
    except Exception as error:
        one.failure = replace(broken_by(error, "a reply could not be mended"), raw=fault.raw)
        return
    asking.ask([((key, True), again)])


def _replied(key: ReplyKey, heard: Heard, repairing: bool) -> Replied:
    sure = heard.answer.confidence if isinstance(heard.answer, Answer) else None
    return Replied(key.key, heard.outcome, key.sample, heard.fault, repairing, sure)


def _heard(one: Given, heard: Heard, repairing: bool) -> Fault | None:
    """Take what came of a request; what was wrong with the reply, where it is to be mended."""
    outcome = heard.outcome
    one.prompt_tokens += outcome.prompt_tokens
    one.completion_tokens += outcome.completion_tokens
    one.repaired = repairing
    fault = fault_of(outcome) if isinstance(outcome, ChatFailure) else heard.answer
    if isinstance(fault, Fault) and not repairing:
        return fault
    if isinstance(heard.answer, Answer):
        one.answer = heard.answer
    elif isinstance(fault, Fault):
        one.failure = replace(fault.failure, raw=fault.raw)
    elif isinstance(outcome, ChatFailure):
        one.failure = Failure(f"model_{outcome.kind.value}", outcome.detail, outcome.raw)
    return None


def _by_model(judge: ModelJudge, one: Ready, given: Mapping[ReplyKey, Given]) -> JudgedCase:
    """The judgment of a case by what the model gave for it."""
    samples = [given[key] for key in _keys(judge, one)]
    answers = [each.answer for each in samples if each.answer is not None]
    if not answers or any(each.failure and each.failure.kind == NOT_TOLD for each in samples):
        return JudgedCase(one.key, failure=next(each.failure for each in samples if each.failure))
    try:
        trace = _trace(judge, one, samples)
    except Exception as error:
        return JudgedCase(one.key, failure=broken_by(error, "a case could not be judged"))
    return JudgedCase(one.key, trace if one.asked == one.key else {**trace, "asked": one.asked})


def _trace(judge: ModelJudge, one: Ready, samples: Sequence[Given]) -> dict[str, Any]:
    answered = Answered(
        answer=agreed([each.answer for each in samples if each.answer is not None]),
        endpoint=judge.row.name,
        prompt_tokens=sum(each.prompt_tokens for each in samples),
        completion_tokens=sum(each.completion_tokens for each in samples),
        repaired=any(each.repaired for each in samples if each.answer),
    )
    return trace_of(one.case, one.understood, one.recalled, answered, judge.settings).to_json()
