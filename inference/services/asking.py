"""Judging by a served model: pairs are prepared while others are being answered, and stored in groups as answers come."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from uuid import uuid4

from django.db import transaction

from inference.engines.asking import Asking, Heard
from inference.engines.asking_process import AskingApart, AskingLostError
from inference.engines.place import is_place
from inference.engines.protocol import ChatFailure
from inference.enums import ItemState
from inference.models import ModelReply, Run
from inference.pipeline.chain import Chain, named
from inference.pipeline.key import key_of
from inference.pipeline.model_judge import Answer, Fault, fault_of, repair_of, request_of
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.model_judges import ModelJudge, asks_as
from inference.selectors.model_replies import ReplyKey, answer_in, replies_by_key
from inference.selectors.readings import context_of
from inference.selectors.understood import fault_of as broken_by
from inference.services import concluding, making
from inference.services.making import Made, Prepared
from inference.services.model_replies import Replied, keep_replies
from inference.services.questions import Question, Tag
from inference.services.stretch import Stretch, nobody
from inference.services.taking_over import earlier_by_key
from inference.services.telling import Telling

STORED_AT_ONCE = 256
"""Judgments stored in one transaction: so many answers at most are lost with the process."""
LONGEST_KEPT = 1.0
"""Seconds that an answer waits at most to be stored."""
UNREACHABLE = "model_{kind}"
MANY = 1000
"""Pairs from which on a process of its own for the requests pays off."""

logger = logging.getLogger(__name__)


def ask_batch(*, run: Run, chain: Chain, judge: ModelJudge, others_wait: Callable[[], bool] = nobody) -> int:
    """Have a model judge pairs of a run for some ASK_SECONDS, or until none is free, and say how many were stored.

    It goes on for longer while `others_wait` says that no other work waits for this worker.
    """
    many = run.items.filter(state=ItemState.NEW).order_by()[MANY : MANY + 1].exists()
    apart = many and not is_place(judge.endpoint.address)  # another process would load the model again
    with (
        (AskingApart if apart else Asking)(judge.endpoint) as asking,
        Telling(chain, run.config, run=run) as telling,
    ):
        return Session(run, telling, judge, asking, Stretch(judge.endpoint.in_flight, others_wait)).work()


class Session:
    """One stretch of asking: the pairs it holds, the questions under way, and what is not stored yet."""

    def __init__(
        self, run: Run, telling: Telling, judge: ModelJudge, asking: Asking | AskingApart, stretch: Stretch
    ) -> None:
        self.run, self.telling, self.judge, self.asking, self.stretch = run, telling, judge, asking, stretch
        self.token = uuid4().hex
        self.context = context_of(telling.chain)
        self.asks_as = asks_as(run.config)
        self.shared = judge.row.pk in {one.row.pk for one in telling.models.values()}
        telling.beat = self._goes_on
        self.waiting: deque[Tag] = deque()
        self.questions: dict[str, Question] = {}
        self.answered: dict[str, Made] = {}
        self.made: list[Made] = []
        self.replies: list[Replied] = []
        self.stored = 0
        self.last_stored = time.monotonic()
        self.stopped = False

    def work(self) -> int:
        """Ask, take answers and store, until nothing is left of what was begun, or nobody is there to ask any more.

        Raises AskingLostError where that was so before anything could be stored.
        """
        try:
            while not self.stopped and (self._fill() or self.asking.under_way):
                self._take_answers()
                self._store_when_due()
        except AskingLostError:
            logger.warning("the process that asked for run %s has ended", self.run.pk)
            self._store()
            self._let_all_go()
            if not self.stored:  # the next one might end as soon: the run is taken up later
                raise
        self._store()
        return self.stored

    def _fill(self) -> bool:
        """Ask as much as there is room for, and prepare what comes next while no answer is there; whether anything waits."""
        if self.stretch.over:
            self._let_go()
        room = self.stretch.room
        while self.asking.under_way < room and (self.waiting or self._claim()):
            self._send(min(len(self.waiting), room - self.asking.under_way))
        while self._idle() and self._claim():
            pass
        return bool(self.waiting)

    def _send(self, some: int) -> None:
        """Ask the first few of what waits."""
        self.stretch.ask()
        tags = [self.waiting.popleft() for _ in range(some)]
        for tag in tags:
            tag.question.sent = tag.question.sent or time.perf_counter()
        self.asking.ask([(tag, tag.request) for tag in tags])

    def _let_go(self) -> None:
        """Leave what was not asked to the next stretch: with a slow server others would wait long for it."""
        unasked = {id(tag.question): tag.question for tag in self.waiting if not tag.question.sent}
        if not unasked:
            return
        self.waiting = deque(tag for tag in self.waiting if tag.question.sent)
        self.questions = {key: one for key, one in self.questions.items() if id(one) not in unasked}
        pairs = [one.item.pair_id for question in unasked.values() for one in (question.prepared, *question.same)]
        making.let_go(run=self.run, token=self.token, pairs=pairs)

    def _let_all_go(self) -> None:
        """Leave all that has no judgment yet to the next stretch."""
        held = self.run.items.filter(state=ItemState.CLAIMED, claimed_by=self.token)
        making.let_go(run=self.run, token=self.token, pairs=list(held.values_list("pair_id", flat=True)))

    def _idle(self) -> bool:
        """Whether there is nothing to do but to wait for answers, and not enough prepared to ask once they come."""
        prepared = len(self.waiting) >= self.stretch.room or len(self.made) >= STORED_AT_ONCE
        return self.asking.under_way > 0 and not prepared and not self.asking.has_answers

    def _claim(self) -> bool:
        """Hold some more pairs and prepare their questions; False when there are none, or the time is over.

        Where the same server performs stages of theirs, only while it has nothing else to do.
        """
        if self.stretch.over or (self.shared and self.asking.under_way):
            return False
        most = (4 if self.shared else 2) * self.judge.endpoint.in_flight
        items = making.claim_items(run=self.run, token=self.token, most=most).items
        prepared = making.prepare_items(self.run, items, self.telling)
        earlier = earlier_by_key(one.key for one in prepared if making.may_take_over(self.run, one))
        questions = []
        for one in prepared:
            if isinstance(one.understood, Failure):
                self.made.append(making.failed(self.run, one, one.understood, one.seconds))
            elif one.key in earlier and making.may_take_over(self.run, one):
                self.made.append(making.taken_over(self.run, one, earlier[one.key]))
            elif question := self._question(one, one.understood):
                questions.append(question)
        self._ask_about(questions)
        return bool(items)

    def _question(self, one: Prepared, understood: Understanding) -> Question | None:
        """A new question about a pair; None for one that has the key of another, whose answer it shares."""
        if not one.item.canary:
            if one.key in self.answered:
                self.made.append(concluding.shared(self.run, one, self.answered[one.key]))
                return None
            if one.key in self.questions:
                self.questions[one.key].same.append(one)
                return None
        assert one.kept is not None
        asked = key_of(one.kept.base, self.asks_as, (named(each.rule) for each in one.recalled))
        question = Question(one, understood, one.recalled, self.judge.settings.samples, asked=asked)
        self.questions.setdefault(one.key, question)
        return question

    def _ask_about(self, questions: Sequence[Question]) -> None:
        """Queue the requests of new questions; replies kept from earlier ones are taken instead of asking again, but for
        pairs that are judged anew.
        """
        tags = [tag for question in questions for tag in self._tags(question)]
        may = {id(tag) for tag in tags if making.may_take_over(self.run, tag.question.prepared)}
        kept = replies_by_key({tag.key for tag in tags if id(tag) in may})
        for tag in tags:
            row = kept.get(ReplyKey(tag.key, tag.sample)) if id(tag) in may else None
            if row is None:
                self.waiting.append(tag)
            else:
                self._hear_again(tag, row)

    def _tags(self, question: Question) -> list[Tag]:
        """The requests of a new question; none for one that the pipeline breaks on, which fails alone."""
        settings, tags = self.judge.settings, []
        try:
            for sample in range(settings.samples):
                tags.append(Tag(question, sample, request_of(question.understood, question.recalled, settings, sample)))
        except Exception as error:
            question.failure = broken_by(error, f"pair {question.prepared.item.pair_id} could not be asked about")
            self._conclude(question)
            return []
        return tags

    def _hear_again(self, tag: Tag, row: ModelReply) -> None:
        """Take a reply that is kept, as it was taken when it came."""
        tag.question.prompt_tokens += row.prompt_tokens
        tag.question.completion_tokens += row.completion_tokens
        tag.question.repaired |= row.repairs
        self._hear(tag, answer_in(row))

    def _take_answers(self) -> None:
        """Wait for an answer, and take all that are there."""
        taken = self.asking.answered(timeout=LONGEST_KEPT) if self.asking.under_way else None
        while taken is not None:
            self._take(*taken)
            taken = self.asking.answered() if self.asking.has_answers else None

    def _take(self, tag: Tag, said: Heard) -> None:
        """Every outcome is kept, usable or not; only a usable one is found again."""
        outcome = said.outcome
        self.stretch.hear()
        tag.question.prompt_tokens += outcome.prompt_tokens
        tag.question.completion_tokens += outcome.completion_tokens
        sure = said.answer.confidence if isinstance(said.answer, Answer) else None
        self.replies.append(Replied(tag.key, outcome, tag.sample, said.fault, tag.repairing, sure))
        if said.answer is not None:
            self._hear(tag, said.answer)
        elif isinstance(outcome, ChatFailure):
            if broken := fault_of(outcome):
                self._mend(tag, broken)
            else:
                self._end(tag, Failure(UNREACHABLE.format(kind=outcome.kind.value), outcome.detail), outcome.raw)

    def _hear(self, tag: Tag, answer: Answer | Fault) -> None:
        """Take an answer, or ask again for one that can be used."""
        if isinstance(answer, Fault):
            self._mend(tag, answer)
            return
        tag.question.repaired |= tag.repairing
        tag.question.answers[tag.sample] = answer
        self._end(tag)

    def _mend(self, tag: Tag, fault: Fault) -> None:
        """Ask once more for a reply that could not be used."""
        if tag.repairing:
            self._end(tag, fault.failure, fault.raw)
            return
        try:
            request = repair_of(tag.request, fault.raw, fault, self.judge.settings)
        except Exception as error:
            pair = tag.question.prepared.item.pair_id
            self._end(tag, broken_by(error, f"the reply on pair {pair} could not be mended"), fault.raw)
            return
        self.waiting.appendleft(Tag(tag.question, tag.sample, request, repairing=True))

    def _end(self, tag: Tag, failure: Failure | None = None, raw: str = "") -> None:
        """A sample has its answer or none; with the last one the judgment is made."""
        question = tag.question
        question.left -= 1
        if failure is not None:
            question.failure, question.raw = failure, raw
        if not question.left:
            self._conclude(question)

    def _conclude(self, question: Question) -> None:
        """Make the judgment of a question, and that of all pairs that share it."""
        made = concluding.concluded(self.run, self.judge, question)
        key = question.prepared.key
        if self.questions.get(key) is question:
            del self.questions[key]
            if not made.judgment.failure:
                self.answered[key] = made
        self.made.append(made)
        self.made += [concluding.shared(self.run, one, made) for one in question.same]

    def _store_when_due(self) -> None:
        late = time.monotonic() - self.last_stored > LONGEST_KEPT
        if len(self.made) >= STORED_AT_ONCE or (late and self.made):
            self._store()
        elif late:
            self._hold()

    def _store(self) -> None:
        """Store what was made, and hold on to the rest. A run that ended meanwhile takes nothing more."""
        made, replies = self.made, self.replies
        self.made, self.replies = [], []
        with transaction.atomic():
            made = making.first_stored(run=self.run, judge=self.judge.row, made=made)
            keep_replies(endpoint=self.judge.row, replied=replies, run=self.run)
            self.stored += making.store(run=self.run, token=self.token, made=made, context=self.context)
        self._hold()

    def _goes_on(self) -> bool:
        """Store what was made while models are asked about other pairs, and say whether the run still runs."""
        self._store()
        return not self.stopped

    def _hold(self) -> None:
        self.last_stored = time.monotonic()
        self.stopped = not making.hold(run=self.run, token=self.token)
