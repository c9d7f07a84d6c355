"""Referrals to the courts, every step of them, the costs they made, and the bundles that prove them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseMove
from evidence.models import StoredFile
from legal.lifecycle import Ending, ReferralLifecycle, State
from loans.models import LoanEvent


class Referral(ReferralLifecycle):
    """One case on its way through the courts, from the move that brought it there."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), related_name="referrals")
    # The move into the stage LEGAL that it answers to: each of them is answered once.
    move = models.OneToOneField(CaseMove, models.PROTECT, related_name="+")
    opened_on = models.DateField(_("opened"))
    opened_at = models.DateTimeField(_("opened at"))
    # Empty where the portal opened it by itself.
    opened_by_name = models.CharField(_("opened by"), max_length=150, blank=True)
    # The day of the last step that counts.
    state_on = models.DateField(_("at this step since"))
    ended_as = models.CharField(_("ended"), max_length=10, choices=Ending, blank=True)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        indexes: ClassVar[list[models.Index]] = [
            # The list: what is under way, the oldest step first.
            models.Index(fields=["state_on", "id"], name="legal_referral_open", condition=~Q(state=State.ENDED)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=~Q(state=State.ENDED), name="legal_referral_one_open"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="legal_referral_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.ENDED, ended_as__in=Ending.values) | (~Q(state=State.ENDED) & Q(ended_as="")),
                name="legal_referral_ended_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"R{self.pk:06d}"

    @property
    def is_open(self) -> bool:
        """Whether it is under way."""
        return bool(self.state != State.ENDED)


class ReferralStep(models.Model):
    """One step with its day and document; the database refuses to change it, a wrong one is taken back by a row."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="steps")
    step = models.CharField(_("step"), max_length=24)
    # Empty where the referral opened.
    source = models.CharField(_("from"), max_length=14, choices=State, blank=True)
    target = models.CharField(_("to"), max_length=14, choices=State)
    # The day it happened at the court, as somebody dated it.
    on = models.DateField(_("day"))
    document = models.CharField(_("document number"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    ended_as = models.CharField(_("ended"), max_length=10, choices=Ending, blank=True)
    # The step that this row takes back.
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    at = models.DateTimeField(_("when"))
    # As id and name, without a key: what somebody did outlives them. Empty where the portal did it by itself.
    by_id_then = models.BigIntegerField(null=True)
    by_name = models.CharField(_("who"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("step of a referral")
        verbose_name_plural = _("steps of referrals")
        indexes: ClassVar[list[models.Index]] = [
            # The history of one referral, in order.
            models.Index(fields=["referral", "id"], name="legal_step_in_order"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(target__in=State.values), name="legal_step_target_known"),
        ]

    def __str__(self) -> str:
        return f"{self.source or '·'} → {self.target}"


class CostKind(models.TextChoices):
    """What a legal cost was paid for."""

    COURT = "court", _("Court fee")
    LAWYER = "lawyer", _("Lawyer's fee")
    NOTICE = "notice", _("Notice and delivery")
    PRESERVATION = "preservation", _("Preservation of property")


class Cost(models.Model):
    """A cost of a referral, with its booking on the loan and its receipt; the database refuses to change it."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="costs")
    event = models.OneToOneField(LoanEvent, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=CostKind)
    receipt = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("legal cost")
        verbose_name_plural = _("legal costs")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=CostKind.values), name="legal_cost_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class Bundle(models.Model):
    """Everything that proves a case, frozen in one ZIP; the database refuses to change which it was."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="bundles")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    # Of the ZIP as a whole: what `manage.py verify_bundle` compares.
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    files = models.PositiveIntegerField(_("files"))
    on = models.DateField(_("as of"))
    at = models.DateTimeField(_("made"))
    by_id_then = models.BigIntegerField()
    by_name = models.CharField(_("made by"), max_length=150)
    tool_version = models.CharField(_("version of the tool"), max_length=20)

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        indexes: ClassVar[list[models.Index]] = [
            # Whether a ZIP is one of ours.
            models.Index(fields=["sha256"], name="legal_bundle_sha256"),
        ]

    def __str__(self) -> str:
        return f"bundle {self.pk}"
