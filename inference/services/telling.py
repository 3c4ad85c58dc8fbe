"""Asking models what the stages of a pipeline need: what is kept is looked up, the rest is asked once and kept."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from django.db import transaction

from inference.engines.asking import Asking, Heard
from inference.engines.protocol import ChatFailure, ChatRequest, Endpoint
from inference.models import ModelEndpoint, PipelineConfig, Run
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.model_answer import Fault, fault_of
from inference.pipeline.model_stages.registry import MODEL_STAGES
from inference.pipeline.stages import Stage
from inference.pipeline.told import Failed, NotTold, Said, Unit
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.endpoints import opened
from inference.selectors.model_judges import stage_models
from inference.selectors.picture_data import with_pictures
from inference.selectors.said import Keyed, Known
from inference.selectors.understood import Read, read_pairs
from inference.selectors.understood import fault_of as broken_by
from inference.services.model_replies import Replied, keep_replies
from inference.services.outside import ask_outside
from inference.services.sharing import shared

STORED_AT_ONCE = 256
"""Replies kept in one transaction: so many at most are lost with the process."""
LONGEST_KEPT = 1.0
"""Seconds that a reply waits at most to be kept."""
AHEAD = 2
"""Requests handed over for each that may be under way."""
MOST_ROUNDS = 12
"""How often pairs are read again after models were asked; every stage takes one round at most."""
LONGEST_WAIT = 20.0
"""Seconds that a reply is waited for while somebody waits."""
NO_PICTURE = "no_picture"
LONGEST_RAW = 20_000
"""Characters of an unusable reply that are kept with the failed judgment."""


Audit = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Question:
    """A unit that a model is asked about, and whether this is to mend a reply."""

    about: Keyed
    request: ChatRequest
    repairing: bool = False


class Telling:
    """What models tell one stretch of work, of as many pairs as it reads: `with Telling(chain, config) as telling`.

    A unit is asked about once, and once more to mend a reply. What failed stays so for this stretch, and is never
    found again. `run` is the one that asks; `beat` is called while answers are waited for, and says whether to go on.
    `quick` is for somebody who waits; without `asks` only what is kept is looked up. `audit` records how many
    replies are kept, in the same transaction; a run has its own events.
    """

    def __init__(
        self,
        chain: Chain,
        config: PipelineConfig | None,
        *,
        run: Run | None = None,
        beat: Callable[[], bool] | None = None,
        quick: bool = False,
        asks: bool = True,
        audit: Audit | None = None,
    ) -> None:
        self.models = stage_models(config)
        self.chain = chain.telling(self) if self.models else chain
        self.run, self.beat = run, beat
        self.quick, self.asks, self.audit = quick, asks, audit
        self.stopped = False
        self._known = Known(self.models)
        self._failed: dict[Unit, Failed] = {}
        self._replied: list[Replied] = []
        self._last_kept = time.monotonic()
        self._open: dict[int, Asking] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def __call__(self, unit: Unit) -> Said | Failed:
        """What is known of a unit. Raises NotTold."""
        said = self._failed.get(unit) or self._known.held(unit)
        if said is None:
            raise NotTold(unit)
        return said

    def read(self, pairs: Sequence[int], cases: Mapping[int, str], anew: Collection[int] = ()) -> dict[int, Read]:
        """Pairs as the chain reads them, once models were asked all that it takes (`understood.read_pairs`)."""
        found = read_pairs(pairs, cases, self.chain, anew)
        for _ in range(MOST_ROUNDS):
            missing = {pair: units for pair, one in found.items() if (units := missing_in(one.understood))}
            if not missing or self.stopped:
                break
            self.tell(unit for units in missing.values() for unit in units)
            found |= read_pairs(list(missing), cases, self.chain, missing)
        else:
            found = {pair: _ended(one) for pair, one in found.items()}
        return found

    def understand(self, cases: Sequence[Case]) -> list[Understanding | Failure]:
        """Cases as the chain reads them, once models were asked all that it takes."""
        found = [self._understood(case) for case in cases]
        for _ in range(MOST_ROUNDS):
            missing = {at: units for at, one in enumerate(found) if (units := missing_in(one))}
            if not missing or self.stopped:
                break
            self.tell(unit for units in missing.values() for unit in units)
            for at in missing:
                found[at] = self._understood(cases[at])
        return found

    def _understood(self, case: Case) -> Understanding | Failure:
        """A fault of the pipeline fails this case and no other."""
        try:
            return self.chain.understand(case)
        except Exception as error:
            return broken_by(error, "a case could not be understood")

    def tell(self, units: Iterable[Unit]) -> None:
        """Find out what can be about some units."""
        wanted = list(dict.fromkeys(units))
        if not self.asks:
            self.stopped = not self._looked_up(wanted)
            return
        if queries := [unit.text for unit in wanted if unit.stage is Stage.SEARCH]:
            self.stopped = not ask_outside(queries=queries, beat=self.beat, quick=self.quick) or self.stopped
            if self.audit:
                self.audit(len(queries))
        by_server: dict[int, list[Keyed]] = defaultdict(list)
        for one in self._known.look_up(unit for unit in wanted if unit.stage in self.models):
            by_server[self.models[one.unit.stage].row.pk].append(one)
        for some in by_server.values():
            self._ask(self.models[some[0].unit.stage].row, some)

    def _looked_up(self, units: Sequence[Unit]) -> bool:
        """Whether anything was found by looking it up."""
        asked = [unit for unit in units if unit.stage in self.models]
        return len(self._known.look_up(asked)) < len(asked)

    def _ask(self, row: ModelEndpoint, units: Sequence[Keyed]) -> None:
        """Ask a server about units, as many at a time as it takes."""
        asking = self._asking(row)
        room = AHEAD * asking.endpoint.in_flight
        waiting, left = deque[Question](), deque(units)
        while (waiting or left or asking.under_way) and not self.stopped:
            while (waiting or left) and asking.under_way < room and not self.stopped:
                question = waiting.popleft() if waiting else self._prepared(left.popleft())
                if question is not None:
                    asking.ask([(question, question.request)])
                self._keep_when_due(row)  # preparing pictures takes long
            if asking.under_way and (answered := asking.answered(timeout=LONGEST_KEPT)):
                waiting.extend(self._heard(*answered, row))
            self._keep_when_due(row)
        self._keep(row)

    def _asking(self, row: ModelEndpoint) -> Asking:
        if row.pk not in self._open:
            server = hurried(opened(row)) if self.quick else opened(row)
            if self.run is not None:
                server = shared(run=self.run, row=row, endpoint=server)
            self._open[row.pk] = self._stack.enter_context(Asking(server))
        return self._open[row.pk]

    def _prepared(self, one: Keyed) -> Question | None:
        """A fault of the pipeline fails this unit and no other."""
        try:
            return self._question(one)
        except Exception as error:
            self._break_on(one.unit, error)
            return None

    def _heard(self, question: Question, heard: Heard, row: ModelEndpoint) -> list[Question]:
        """A fault of the pipeline fails this unit and no other."""
        try:
            return self._take(question, heard, row)
        except Exception as error:
            self._break_on(question.about.unit, error)
            return []

    def _break_on(self, unit: Unit, error: Exception) -> None:
        broken = broken_by(error, f"a model could not be asked at the stage {unit.stage.value}")
        self._failed[unit] = Failed(broken.kind, broken.detail)

    def _question(self, one: Keyed) -> Question | None:
        """What is asked about a unit; a unit whose picture is gone has failed."""
        unit, settings = one.unit, self.models[one.unit.stage].settings
        shown = with_pictures([unit]).get(unit) if unit.images else unit
        if shown is None:
            self._failed[unit] = Failed(NO_PICTURE, "The file of a picture is gone or can't be read.")
            return None
        return Question(one, MODEL_STAGES[unit.stage].request_of(shown, settings))

    def _take(self, question: Question, heard: Heard, row: ModelEndpoint) -> list[Question]:
        """Take what came of a question: another one, where the reply has to be mended."""
        unit, outcome = question.about.unit, heard.outcome
        stage, settings = MODEL_STAGES[unit.stage], self.models[unit.stage].settings
        read = (
            fault_of(outcome) if isinstance(outcome, ChatFailure) else stage.read(outcome.text, outcome.finish_reason)
        )
        fault = read.kind.value if isinstance(read, Fault) and not isinstance(outcome, ChatFailure) else ""
        self._replied.append(Replied(question.about.key, outcome, 0, fault, question.repairing))
        if isinstance(read, Fault) and not question.repairing:
            return [Question(question.about, stage.repair_of(question.request, read, settings), repairing=True)]
        if isinstance(read, Fault):
            self._failed[unit] = Failed(read.failure.kind, read.detail, read.raw[:LONGEST_RAW])
        elif isinstance(outcome, ChatFailure):
            self._failed[unit] = Failed(f"model_{outcome.kind.value}", outcome.detail, outcome.raw[:LONGEST_RAW])
        else:
            self._known.put(unit, self._known.said(unit.stage, read, row.name))
        return []

    def _keep_when_due(self, row: ModelEndpoint) -> None:
        if len(self._replied) >= STORED_AT_ONCE or time.monotonic() - self._last_kept > LONGEST_KEPT:
            self._keep(row)

    def _keep(self, row: ModelEndpoint) -> None:
        """Keep what was replied, in a transaction of its own: it holds whatever becomes of the pairs."""
        replied, self._replied, self._last_kept = self._replied, [], time.monotonic()
        if replied:
            with transaction.atomic():
                keep_replies(endpoint=row, replied=replied, run=self.run)
                if self.audit:
                    self.audit(len(replied))
        self.stopped = self.stopped or (self.beat is not None and not self.beat())


def hurried(server: Endpoint) -> Endpoint:
    """A server as it is asked for somebody who waits."""
    return replace(server, attempts=2, timeout=min(server.timeout, LONGEST_WAIT), patience=LONGEST_WAIT)


def _ended(read: Read) -> Read:
    """A pair after all rounds: where something is still to be asked, the pipeline is at fault and would go on for ever."""
    units = missing_in(read.understood)
    if not units:
        return read
    return replace(read, understood=broken_by(NotTold(*units), "a pair could not be read in any number of rounds"))


def missing_in(understood: Understanding | Failure) -> tuple[Unit, ...]:
    """The units that models must be asked about before a pair can be read."""
    return understood.missing if isinstance(understood, Failure) else ()
