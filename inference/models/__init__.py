"""Pipeline configurations, the runs made with them, their judgments, and the knowledge they rest on."""

from inference.models.ablation import Ablation
from inference.models.comparison import Comparison, ComparisonRow
from inference.models.documents import Document, Passage, PassageTerm, PinnedPassage
from inference.models.endpoint import EndpointTest, ModelEndpoint, ModelReply
from inference.models.gate import GatePolicy
from inference.models.knowledge import EntryVersion
from inference.models.outside import OutsideAnswer
from inference.models.pictures import PictureReading
from inference.models.pipeline import PipelineConfig
from inference.models.proposed import EntryVerdict, NameInquiry, ProposedEntry
from inference.models.run import Judgment, JudgmentTrace, PairReading, Run, RunItem
from inference.models.shadow import Shadow, ShadowItem, ShadowJudgment

__all__ = [
    "Ablation",
    "Comparison",
    "ComparisonRow",
    "Document",
    "EndpointTest",
    "EntryVerdict",
    "EntryVersion",
    "GatePolicy",
    "Judgment",
    "JudgmentTrace",
    "ModelEndpoint",
    "ModelReply",
    "NameInquiry",
    "OutsideAnswer",
    "PairReading",
    "Passage",
    "PassageTerm",
    "PictureReading",
    "PinnedPassage",
    "PipelineConfig",
    "ProposedEntry",
    "Run",
    "RunItem",
    "Shadow",
    "ShadowItem",
    "ShadowJudgment",
]
