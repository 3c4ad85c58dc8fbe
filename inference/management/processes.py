"""The chain of a process that judges lines of a file: it starts with nothing, not even Django."""

from dataclasses import dataclass, field

import django
from django.utils.module_loading import import_string

from inference.pipeline.chain import Chain
from inference.pipeline.parameters import Parameters


@dataclass(frozen=True, slots=True)
class JudgingChain:
    """Builds the chain of a release by number, or of the one in force, with the knowledge of the database."""

    release: int | None = None
    parameters: Parameters = field(default_factory=Parameters)

    def __call__(self) -> Chain:
        """The chain. The models can be imported only once Django is set up, hence the name in quotes."""
        django.setup()
        chain: Chain = import_string("inference.selectors.chains.judging_chain")(self.release, self.parameters)
        return chain
