"""What each role may do. The groups are made, and given new permissions, after every migration."""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate
from django.dispatch import receiver

EVERYTHING = "*"
VIEW = "view_*"

ROLES: dict[str, tuple[str, ...]] = {
    "annotator": (VIEW, "annotation.report_case", "annotation.label_pair"),
    "reviewer": (
        VIEW,
        "inference.launch_run",
        "rules.review_proposal",
        "annotation.report_case",
        "annotation.triage_case",
        "annotation.label_pair",
    ),
    "expert": (
        VIEW,
        "rules.add_proposal",
        "rules.change_proposal",
        "rules.publish_release",
        "rules.review_proposal",
        "annotation.import_catalogue",
        "annotation.report_case",
        "annotation.triage_case",
        "annotation.label_pair",
        "annotation.manage_labelling",
        "annotation.release_benchmark",
        "annotation.rule_conflict",
        "inference.launch_run",
        "inference.cancel_run",
        "inference.export_examples",
        "inference.import_documents",
        "inference.add_pipelineconfig",
        "inference.change_pipelineconfig",
        "inference.correct_knowledge",
    ),
    "lead": (EVERYTHING,),
}
"""Permissions a group: `app.codename`, or a pattern over the codenames of the three apps."""

APPS = ("rules", "annotation", "inference")


@receiver(post_migrate, dispatch_uid="grant_roles")
def grant_roles(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Give every group what its role may do in the app just migrated. Takes nothing away."""
    if sender.label not in APPS:
        return
    permissions = list(Permission.objects.using(using).filter(content_type__app_label=sender.label))
    for name, patterns in ROLES.items():
        group, _created = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*(p for p in permissions if granted(f"{sender.label}.{p.codename}", patterns)))


def granted(permission: str, patterns: Iterable[str]) -> bool:
    """Whether one of `patterns` covers `permission` (`app.codename`)."""
    _app, _dot, codename = permission.partition(".")
    return any(
        pattern in (EVERYTHING, permission) or (pattern == VIEW and codename.startswith("view_"))
        for pattern in patterns
    )
