"""What people are told, in the application and by mail, and what they want to be told."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.enums import NotificationKind
from rules.models.proposal import Proposal


class Notification(models.Model):
    """One thing told to one person. `event` names what it tells of, so that it is told once.

    It is about a proposal, or else `params` hold the `title` of what it is about and the `path` of its page.

    `shown`: it is on the person's page. `mail_due`: when the mail is to be tried next; nothing once it was sent or
    given up, or where none was wanted. A sender moves it on before it sends, so that no other one takes it.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=16, choices=NotificationKind.choices)
    event = models.CharField(max_length=120)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, null=True, related_name="notifications")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    params = models.JSONField(default=dict)
    shown = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mail_due = models.DateTimeField(null=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["recipient", "kind", "event"], name="told_once")]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notification_list"),
            models.Index(
                fields=["recipient"], name="notification_unread", condition=models.Q(read_at=None, shown=True)
            ),
            models.Index(fields=["mail_due"], name="notification_mail", condition=models.Q(mail_due__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id}: {self.kind} {self.event}"

    @property
    def title(self) -> str:
        """What it is about."""
        return self.proposal.title if self.proposal else str(self.params.get("title", ""))


class NotificationPreference(models.Model):
    """Where a person wants to be told of one kind. Without a row: in the application and by mail."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=NotificationKind.choices)
    in_app = models.BooleanField(_("in the application"), default=True)
    by_mail = models.BooleanField(_("by e-mail"), default=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_preference_a_kind")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"


class MailLanguage(models.Model):
    """The language that a person's mails are written in."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_language")
    language = models.CharField(_("language"), max_length=10)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.language}"
