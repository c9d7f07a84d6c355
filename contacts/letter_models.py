"""The letters on paper that left the house, and what became of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borrowers.models import Address, Borrower
from contacts.models import Clearance
from loans.models import Portfolio


class LetterKind(models.TextChoices):
    """What a letter says."""

    DEMAND = "demand", _("Demand")
    ACCELERATION = "acceleration", _("The whole loan is due")
    REPORT_NOTICE = "report_notice", _("Notice before the overdue record")
    DISPUTE_ANSWER = "dispute_answer", _("Answer to a dispute")
    CLOSING = "closing", _("Closing letter")


class LetterFate(models.TextChoices):
    """What became of a letter."""

    DELIVERED = "delivered", _("delivered")
    RETURNED = "returned", _("came back")


class LetterSent(models.Model):
    """One letter that was handed to the post or a messenger; the database refuses to change it."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="letters_sent")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="+")
    address = models.ForeignKey(Address, models.PROTECT, related_name="+")
    # Why it was allowed.
    clearance = models.OneToOneField(Clearance, models.PROTECT, related_name="letter_sent")
    kind = models.CharField(_("kind"), max_length=14, choices=LetterKind)
    # The number by which the post or the messenger knows it.
    reference = models.CharField(_("reference"), max_length=60)
    at = models.DateTimeField(_("when"))
    on = models.DateField(_("day"))
    by_name = models.CharField(_("who"), max_length=150)

    class Meta:
        verbose_name = _("letter that was sent")
        verbose_name_plural = _("letters that were sent")
        indexes: ClassVar[list[models.Index]] = [
            # The guards and the timeline: one borrower's letters, newest first.
            models.Index(fields=["borrower", "-at"], name="contacts_letter_of"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=LetterKind.values), name="contacts_letter_kind_known"),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class LetterReceipt(models.Model):
    """What somebody said became of a letter; the latest counts, and the database refuses to change it."""

    letter = models.ForeignKey(LetterSent, models.PROTECT, related_name="receipts")
    kind = models.CharField(_("what became of it"), max_length=10, choices=LetterFate)
    on = models.DateField(_("day"))
    # How that is known: the slip of the post, the messenger's word.
    how = models.CharField(_("how it is known"), max_length=200)
    at = models.DateTimeField(_("written down"))
    by_name = models.CharField(_("who"), max_length=150)

    class Meta:
        verbose_name = _("receipt of a letter")
        verbose_name_plural = _("receipts of letters")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=LetterFate.values), name="contacts_letterreceipt_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.letter_id}"
