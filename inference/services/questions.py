"""What a served model is asked in a run: a question a pair, and the requests that belong to it."""

from dataclasses import dataclass, field

from inference.engines.protocol import ChatRequest
from inference.pipeline.model_judge import Answer
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.services.making import Prepared
from rules.engine.recall import Recalled


@dataclass(slots=True)
class Question:
    """A pair that the model is asked about, with what it said so far, sample by sample.

    `sent` says when it was first asked, `same` are pairs with the same key. `asked` is what its replies are
    kept under.
    """

    prepared: Prepared
    understood: Understanding
    recalled: tuple[Recalled, ...]
    left: int
    answers: dict[int, Answer] = field(default_factory=dict)
    failure: Failure | None = None
    raw: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    repaired: bool = False
    sent: float = 0.0
    same: list[Prepared] = field(default_factory=list)
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """Which question and which sample of it a request is about, and whether it asks to mend a reply."""

    question: Question
    sample: int
    request: ChatRequest
    repairing: bool = False

    @property
    def key(self) -> str:
        """What the reply is kept under: the key of the judgment it decides, thresholds aside."""
        return self.question.asked
