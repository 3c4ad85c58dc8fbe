"""The order in which an ablation switches the stages on (AR-Med, Table 5)."""

from dataclasses import dataclass

from inference.pipeline.stages import Stage

ABLATION = (
    Stage.ENTITIES,
    Stage.COMMON_NAME,
    Stage.REWRITE,
    Stage.CHANGE_CHECK,
    Stage.SEARCH,
    Stage.IDENTITY,
    Stage.SIMILARITY,
    Stage.CONSISTENCY,
    Stage.PRODUCT,
    Stage.IMAGES,
    Stage.RULES,
)
"""A stage that works on what another one finds stands behind it: the check behind the rewrite, the filters behind the
search. In front of all lies a chain without stages, which has the two texts and Algorithm 1 alone."""


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the ablation: the stage it switches on (None in the first row), and what is off then.

    `off_without` is what is off where everything is on but this stage; None in the first row.
    """

    stage: Stage | None
    off: tuple[Stage, ...]
    off_without: tuple[Stage, ...] | None


def steps() -> tuple[Step, ...]:
    """Every row, from nothing switched on to everything."""
    first = Step(None, tuple(sorted(ABLATION)), None)
    return (first, *(Step(stage, tuple(sorted(ABLATION[at + 1 :])), (stage,)) for at, stage in enumerate(ABLATION)))


def settings() -> tuple[tuple[Stage, ...], ...]:
    """What is off in each chain that an ablation needs, every one once: the complete chain first, then in order."""
    rows = steps()
    wanted = (rows[-1].off, *(row.off for row in rows), *(row.off_without for row in rows if row.off_without))
    return tuple(dict.fromkeys(wanted))
