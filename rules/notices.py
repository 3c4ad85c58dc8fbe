"""What a notification says, in the language of who reads it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext, gettext_noop

from rules.engine.approval import PARTS, Difference
from rules.enums import CheckName, NotificationKind
from rules.problems import void_reason

SENTENCES = {
    NotificationKind.REVIEW_ASKED: gettext_noop("%(person)s asks for a review of “%(title)s”"),
    NotificationKind.APPROVED: gettext_noop("%(person)s approved “%(title)s” (%(given)s of %(needed)s approvals)"),
    NotificationKind.CHANGES_ASKED: gettext_noop("%(person)s asks for changes of “%(title)s”"),
    NotificationKind.COMMENTED: gettext_noop("%(person)s commented on “%(title)s”"),
    NotificationKind.VOID: gettext_noop("The approval of “%(title)s” by %(approver)s is void"),
    NotificationKind.CHECK_FAILED: gettext_noop("The check “%(check)s” of “%(title)s” failed"),
    NotificationKind.SCHEDULED: gettext_noop("“%(title)s” is to be published on %(moment)s"),
    NotificationKind.PUBLISHED: gettext_noop("“%(title)s” was published as release %(release)s"),
    NotificationKind.OVERTAKEN: gettext_noop("Release %(release)s came into force before “%(title)s”"),
    NotificationKind.REGRESSED: gettext_noop("Wrong again, though fixed: “%(title)s” (bad cases: %(count)s)"),
    NotificationKind.NOT_PUBLISHED: gettext_noop("“%(title)s” could not be published when it was due"),
    NotificationKind.PAUSED: gettext_noop("%(name)s was paused on the benchmark “%(title)s”"),
    NotificationKind.OVERDUE: gettext_noop(
        "Could harm a patient and waits for too long: “%(title)s” (bad cases: %(count)s)"
    ),
}
OVERTAKEN = gettext_noop(
    "It builds on release %(base)s and can't be published as it stands. Bring it up to date on its page; after that it "
    "has to be approved again."
)
TIMED = gettext_noop("Otherwise nothing is published on %(moment)s.")


def sentence(kind: str, params: Mapping[str, Any], *, title: str, person: str) -> str:
    """One line that says what happened."""
    told = {name: params.get(name, "") for name in ("given", "needed", "approver", "release", "count", "name")}
    told |= {"title": " ".join(title.split()), "person": person}
    told |= {"check": _check_name(params.get("check", "")), "moment": _moment(params.get("moment", ""))}
    words: str = gettext(SENTENCES[NotificationKind(kind)]) % told
    return words


def detail(params: Mapping[str, Any]) -> str:
    """What was said, or why it happened; empty where there is no more to say."""
    if "differences" in params:
        known = (Difference(part, what) for part, what in params["differences"] if part in PARTS)
        return void_reason(known)
    if params.get("summary"):
        found: str = gettext(params["summary"]) % params.get("counts", {})
        return found
    return _overtaken(params) if "base" in params else str(params.get("text", ""))


def _overtaken(params: Mapping[str, Any]) -> str:
    """What to do about a proposal that another release came before."""
    told = {"base": params["base"], "moment": _moment(params.get("moment", ""))}
    return " ".join(gettext(words) % told for words in (OVERTAKEN, *([TIMED] if told["moment"] else ())))


def _check_name(name: str) -> str:
    return str(CheckName(name).label) if name in CheckName.values else name


def _moment(text: str) -> str:
    if not text:
        return ""
    return formats.date_format(timezone.localtime(datetime.fromisoformat(text)), "Y-m-d H:i")
