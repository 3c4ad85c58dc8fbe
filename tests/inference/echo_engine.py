"""An engine for tests that needs no library: it answers with the last message, and tells how large its batches were."""

import threading
from collections.abc import Sequence
from pathlib import Path

from inference.engines.local import GoOn, Outcome
from inference.engines.protocol import ChatReply, ChatRequest

BROKEN = "break off"
DEADLY = "break off for good"
SLOW = "take your time"
SLOW_TO_LOAD = "slow-to-load"
"""The folder of a model whose loading waits as well."""
held = threading.Event()
"""What a SLOW message waits for."""
batches: dict[str, list[int]] = {}
"""The sizes of the batches by the folder of the model; a model that is loaded again begins anew."""


def load(folder: Path) -> "Echo":
    """A model in memory."""
    if folder.name == SLOW_TO_LOAD:
        held.wait(5)
    return Echo(folder.name)


class Echo:
    """A model that says what it is told."""

    def __init__(self, name: str) -> None:
        self.sizes: list[int] = []
        self.dead = False
        batches[name] = self.sizes

    def replies(self, requests: Sequence[ChatRequest], go_on: GoOn) -> list[Outcome]:
        """What comes of each request, in order."""
        self.sizes.append(len(requests))
        texts = [request.messages[-1].content for request in requests]
        self.dead |= DEADLY in texts
        if self.dead:
            raise RuntimeError("engine dead")
        if BROKEN in texts:
            raise RuntimeError("out of memory")
        if SLOW in texts:
            held.wait(5)
        return [ChatReply(text, "stop", prompt_tokens=2, completion_tokens=1) for text in texts]
