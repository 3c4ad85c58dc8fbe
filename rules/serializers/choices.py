"""The values that a field may have, each list under one name, which the schema knows it by."""

from django.conf import settings

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.findings import Settled
from rules.engine.rule import EffectKind, Operator
from rules.enums import ChangeKind, CheckName, CheckState, NotificationKind, ProposalState, Verdict
from rules.origin import Channel

ATTRIBUTES = [one.value for one in Attribute]
CHANGE_KINDS = list(ChangeKind.values)
CHANNELS = [one.value for one in Channel]
CHECKS = list(CheckName.values)
CHECK_STATES = list(CheckState.values)
EFFECTS = [one.value for one in EffectKind]
FINDINGS = [*(one.value for one in Settled), "shadowed", "never"]
LANGUAGES = [code for code, _name in settings.LANGUAGES]
LEVELS = [one.value for one in Level]
NOTIFICATION_KINDS = list(NotificationKind.values)
OPERATORS = [one.value for one in Operator]
PROPOSAL_STATES = list(ProposalState.values)
SIDES = [one.value for one in Side]
SPANS = ["keep", "insert", "delete"]
VERDICTS = list(Verdict.values)
