"""Pipelines ready to judge, built once a process."""

from datetime import date
from functools import lru_cache

from django.utils import timezone

from inference.knowledge.lexicon import load_lexicon
from inference.models import PipelineConfig, Run
from inference.pipeline.chain import Chain
from inference.pipeline.key import CODE_VERSION, digest_of
from inference.pipeline.parameters import Parameters
from rules.engine.recall import RuleIndex
from rules.models import Release
from rules.selectors import current_release, engine_rules


def knowledge_in_use() -> str:
    """The digest of what this process judges with beside rules: the knowledge, and the version of the code reading it."""
    return digest_of([load_lexicon().digest, CODE_VERSION])


def chain_for(*, release: Release, config: PipelineConfig | None = None, on: date | None = None) -> Chain:
    """The chain of a release with a configuration; rules count that are valid on a day (today unless told)."""
    parameters = Parameters.from_json(config.parameters if config else {})
    return _chain(release.pk, release.digest, parameters, on or timezone.localdate())


def chain_in_force() -> Chain:
    """The chain of the release in force, or one without rules before the first release."""
    release = current_release()
    return chain_for(release=release) if release else _chain_without_rules()


def chain_of(run: Run) -> Chain:
    """The chain that a run pinned: its release, its configuration, and the rules valid on the day of its launch."""
    return chain_for(release=run.release, config=run.config, on=timezone.localdate(run.created_at))


@lru_cache(maxsize=8)
def _chain(release_id: int, digest: str, parameters: Parameters, day: date) -> Chain:
    """The digest is part of the key: a database that was replaced may use an id again."""
    rules = engine_rules(Release.objects.get(pk=release_id), on=day)
    return Chain(load_lexicon(), RuleIndex(rules), parameters)


@lru_cache(maxsize=1)
def _chain_without_rules() -> Chain:
    return Chain(load_lexicon(), RuleIndex(()))
