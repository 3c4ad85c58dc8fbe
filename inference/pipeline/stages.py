"""The stages of the pipeline that can be switched off, after the components of AR-Med (its Table 5)."""

from enum import StrEnum

from rules.engine.attributes import gettext_noop


class Stage(StrEnum):
    """A stage with its abbreviation in the paper. Understanding the texts and Algorithm 1 can't be switched off."""

    ENTITIES = "entities"
    COMMON_NAME = "common_name"
    REWRITE = "rewrite"
    CHANGE_CHECK = "change_check"
    SEARCH = "search"
    IDENTITY = "identity"
    SIMILARITY = "similarity"
    CONSISTENCY = "consistency"
    PRODUCT = "product"
    IMAGES = "images"
    RULES = "rules"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return STAGE_LABELS[self]

    @property
    def paper(self) -> str:
        """What the paper calls it."""
        return PAPER_NAMES[self]


STAGE_LABELS = {
    Stage.ENTITIES: gettext_noop("names recognised"),
    Stage.COMMON_NAME: gettext_noop("common names"),
    Stage.REWRITE: gettext_noop("query rewritten"),
    Stage.CHANGE_CHECK: gettext_noop("rewrite checked"),
    Stage.SEARCH: gettext_noop("passages searched"),
    Stage.IDENTITY: gettext_noop("near-identical passages merged"),
    Stage.SIMILARITY: gettext_noop("passages filtered by similarity"),
    Stage.CONSISTENCY: gettext_noop("passages filtered by consistency"),
    Stage.PRODUCT: gettext_noop("product title checked"),
    Stage.IMAGES: gettext_noop("product pictures checked"),
    Stage.RULES: gettext_noop("expert rules"),
}
PAPER_NAMES = {
    Stage.ENTITIES: "NER",
    Stage.COMMON_NAME: "CN",
    Stage.REWRITE: "QI",
    Stage.CHANGE_CHECK: "QC",
    Stage.SEARCH: "IS",
    Stage.IDENTITY: "ISPI",
    Stage.SIMILARITY: "TF",
    Stage.CONSISTENCY: "TF",
    Stage.PRODUCT: "SI",
    Stage.IMAGES: "SI",
    Stage.RULES: "2.2.2",
}
