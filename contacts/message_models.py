"""The messages that left the house, what became of them, and what borrowers wrote back."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borrowers.fields import EncryptedText
from borrowers.models import Borrower, Medium, Phone
from loans.models import Portfolio
from rulebook.contact_rules import Purpose as ContactPurpose


class Purpose(models.TextChoices):
    """What a contact is for; each has its own rules."""

    COLLECT = ContactPurpose.COLLECT.value, _("Collect")
    DUE_REMINDER = ContactPurpose.DUE_REMINDER.value, _("Remind before the due date")
    SERVICE = ContactPurpose.SERVICE.value, _("Answer a request")
    NOTICE = ContactPurpose.NOTICE.value, _("Give notice")
    LOCATE = ContactPurpose.LOCATE.value, _("Locate the borrower")


class ReceiptKind(models.TextChoices):
    """What became of a message."""

    ACCEPTED = "accepted", _("taken by the gateway")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("not delivered")
    BOUNCED = "bounced", _("came back")
    # The gateway took nothing: it never left the house and counts for nothing.
    NOT_SENT = "not_sent", _("never left")


# With these a message that was handed over has reached nobody.
REACHED_NOBODY = (ReceiptKind.FAILED, ReceiptKind.BOUNCED, ReceiptKind.NOT_SENT)


class Message(models.Model):
    """One message that was handed to a gateway; the gate counts it from that moment.

    The database refuses to change it.
    """

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="messages")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="+")
    # Why it was allowed.
    clearance = models.OneToOneField("contacts.Clearance", models.PROTECT, related_name="message")
    medium = models.CharField(_("medium"), max_length=5, choices=Medium)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    # The step of the policy that asked for it.
    step = models.CharField(_("step"), max_length=30)
    phone = models.ForeignKey(Phone, models.PROTECT, null=True, related_name="+")
    # Keyed digest of the number or address.
    number_key = models.CharField(max_length=32)
    at = models.DateTimeField(_("when"))
    on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes: ClassVar[list[models.Index]] = [
            # The gate's counts, the guards and the timeline: one borrower's messages, newest first.
            models.Index(fields=["borrower", "-at"], name="contacts_message_of"),
            # Whose number an answer comes from: the latest message to it.
            models.Index(fields=["number_key", "-at"], name="contacts_message_to"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(medium__in=Medium.values), name="contacts_message_medium_known"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Receipt(models.Model):
    """One thing a gateway said of a message; the database refuses to change it."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="receipts")
    kind = models.CharField(_("what became of it"), max_length=10, choices=ReceiptKind)
    at = models.DateTimeField(_("when"))
    # The gateway's own word for it; no personal data.
    reason = models.CharField(_("reason"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=ReceiptKind.values), name="contacts_receipt_kind_known"),
            # What became of a message: the same receipt twice is one.
            models.UniqueConstraint(fields=["message", "kind"], name="contacts_receipt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class InboundMessage(models.Model):
    """What a borrower wrote to us; it waits in the queue until somebody has answered or called."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="inbound_messages")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="+")
    medium = models.CharField(_("medium"), max_length=5, choices=Medium)
    # The message of ours it answers, where that is known.
    answers = models.ForeignKey(Message, models.PROTECT, null=True, related_name="replies")
    text = EncryptedText(_("text"))
    at = models.DateTimeField(_("when"))
    # Whether it asked us to stop, which was done at once and waits for nobody.
    is_stop = models.BooleanField(_("asked us to stop"), default=False)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by_name = models.CharField(_("answered by"), max_length=150, blank=True)
    answer = models.CharField(_("what was done"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message from a borrower")
        verbose_name_plural = _("messages from borrowers")
        indexes: ClassVar[list[models.Index]] = [
            # The timeline: what a borrower wrote, newest first.
            models.Index(fields=["borrower", "-at"], name="contacts_inbound_of"),
            # The queue: what waits for an answer.
            models.Index(fields=["borrower"], name="contacts_inbound_open", condition=Q(answered_at=None)),
        ]

    def __str__(self) -> str:
        return f"inbound {self.pk}"
