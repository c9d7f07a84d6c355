"""Who did what to whom, when and why: rows that nobody can change unseen."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One thing that somebody, or the portal itself, did."""

    at = models.DateTimeField(_("when"))
    # An id and a name, not a foreign key: the entry outlives the person's record.
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=150, blank=True)
    action = models.CharField(_("action"), max_length=60)
    subject = models.CharField(_("subject"), max_length=120)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes: ClassVar[list[models.Index]] = [
            # audit:list, newest first
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            # audit:list?actor=
            models.Index(fields=["actor_name", "-at", "-id"], name="audit_by_actor"),
            # audit:list?action=, which may name a room ("loans.") or one action
            models.Index(fields=["action", "-at", "-id"], name="audit_by_action"),
            # audit:list?subject=, and "what happened to this loan"
            models.Index(fields=["subject", "-at", "-id"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.subject}"


class Pending(models.Model):
    """An entry that no seal covers yet; the database adds the row with the entry, the sealer takes it away."""

    entry_id = models.BigIntegerField(primary_key=True)

    class Meta:
        verbose_name = _("entry waiting for its seal")
        verbose_name_plural = _("entries waiting for their seal")

    def __str__(self) -> str:
        return str(self.entry_id)


class Seal(models.Model):
    """One link of the chain: the digests of a batch of entries, tied to the seal before it."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    entry_ids = ArrayField(models.BigIntegerField())
    # One digest for each entry, so that a check can name the entry that was changed and not only its batch.
    digests = ArrayField(models.CharField(max_length=64))
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"

    @property
    def count(self) -> int:
        """How many entries the seal covers."""
        return len(self.entry_ids)
