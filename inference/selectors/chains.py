"""Pipelines ready to judge, built once a process."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.db import DatabaseError, connection
from django.utils import timezone

from inference.knowledge.lexicon import Lexicon, load_lexicon
from inference.knowledge.passages import Search
from inference.models import EntryVersion, PipelineConfig, Run
from inference.pipeline.chain import Chain
from inference.pipeline.key import CODE_VERSION, LEXICAL, digest_of
from inference.pipeline.model_stages.registry import stages_identity
from inference.pipeline.parameters import Parameters
from inference.selectors.knowledge import lexicon_at, lexicon_in_use
from inference.selectors.model_judges import judge_of, stage_settings
from inference.selectors.outside import search_for
from inference.selectors.passages import document_search
from inference.selectors.readings import reading_context
from inference.selectors.said import by_model_of
from rules.engine.recall import RuleIndex
from rules.engine.rule import EngineRule
from rules.models import Release
from rules.selectors import current_release, engine_rules


def knowledge_at(upto: int) -> str:
    """The digest of what a chain judges with beside rules: the knowledge up to an entry version, and the code reading it."""
    return digest_of([lexicon_at(upto).digest, CODE_VERSION])


def context_at(*, config: PipelineConfig, upto: int) -> str:
    """The context that pairs are read in now with a configuration and the knowledge up to an entry version."""
    parameters, stages = Parameters.from_json(config.parameters), stages_identity(stage_settings(config))
    return reading_context(lexicon_at(upto), search_for(parameters, timezone.localdate()), parameters, stages)


def chain_for(
    *, release: Release, config: PipelineConfig | None = None, on: date | None = None, upto: int | None = None
) -> Chain:
    """The chain of a release with a configuration; rules count that are valid on a day (today unless told).

    It has the knowledge up to an entry version, all there is unless told.
    """
    parameters = Parameters.from_json(config.parameters if config else {})
    lexicon = lexicon_in_use() if upto is None else lexicon_at(upto)
    day, judge = on or timezone.localdate(), judge_of(config)
    chain = _chain(release.pk, release.digest, parameters, day, lexicon, search_for(parameters, day), judge)
    return chain.by_models(by_model_of(config)) if config and config.stages else chain


def chain_under(*, release: Release | None, config: PipelineConfig | None) -> Chain:
    """The chain of a release with a configuration, or one without rules before the first release."""
    if release is not None:
        return chain_for(release=release, config=config)
    parameters = Parameters.from_json(config.parameters if config else {})
    search = search_for(parameters, timezone.localdate())
    return Chain(lexicon_in_use(), RuleIndex(()), parameters, search, judge_of(config), by_model_of(config))


def chain_in_force(parameters: Parameters | None = None) -> Chain:
    """The chain of the release in force, or one without rules before the first release."""
    release = current_release()
    if release is None:
        return chain_with((), parameters)
    today, known = timezone.localdate(), lexicon_in_use()
    return _chain(release.pk, release.digest, parameters or Parameters(), today, known, document_search(), LEXICAL)


def chain_of(run: Run) -> Chain:
    """The chain that a run pinned: its release, its configuration, its knowledge, the rules valid on its day."""
    return chain_for(release=run.release, config=run.config, on=run.day, upto=run.entries_upto)


def chain_with(rules: Iterable[EngineRule], parameters: Parameters | None = None) -> Chain:
    """A chain with any rules, over all the knowledge there is."""
    return Chain(lexicon_in_use(), RuleIndex(tuple(rules)), parameters, document_search())


def judging_chain(number: int | None, parameters: Parameters) -> Chain:
    """The chain of a release by number or of the one in force; the shipped knowledge alone where there is no database."""
    if not has_tables():
        return Chain(load_lexicon(), RuleIndex(()), parameters)
    if number is None:
        return chain_in_force(parameters)
    return chain_with(engine_rules(Release.objects.get(number=number)), parameters)


def has_tables() -> bool:
    """Whether the database was set up."""
    try:
        return EntryVersion._meta.db_table in connection.introspection.table_names()
    except DatabaseError:
        return False


@lru_cache(maxsize=4)
def _chain(
    release_id: int, digest: str, parameters: Parameters, day: date, lexicon: Lexicon, search: Search, judge: str
) -> Chain:
    """The digest is part of the key: a database that was replaced may use an id again. So is the search, which is
    another one once a document changed."""
    rules = engine_rules(Release.objects.get(pk=release_id), on=day)
    return Chain(lexicon, RuleIndex(rules), parameters, search, judge)
