"""How far people, and models, agree on the levels they give, beyond what chance would make them. Pure."""

from annotation.agreement.figures import Figure, Reason
from annotation.agreement.group import Agreement, Alpha, OneValue, agreement_by, agreement_of
from annotation.agreement.pairwise import Between, between, pairwise
from annotation.agreement.scales import CLASSES, LEVELS, Scale, in_classes

__all__ = [
    "CLASSES",
    "LEVELS",
    "Agreement",
    "Alpha",
    "Between",
    "Figure",
    "OneValue",
    "Reason",
    "Scale",
    "agreement_by",
    "agreement_of",
    "between",
    "in_classes",
    "pairwise",
]
