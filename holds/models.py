"""Holds (冻结): reasons not to act, each naming what it stops, from when, until when, and who said so."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borrowers.models import Borrower
from loans.models import LoanEvent, Portfolio


class Kind(models.TextChoices):
    """Why somebody is not to be chased."""

    DISPUTE = "dispute", _("Dispute")
    HARDSHIP = "hardship", _("Hardship")
    DECEASED = "deceased", _("Deceased")
    BANKRUPTCY = "bankruptcy", _("Bankruptcy")
    REPRESENTED = "represented", _("Represented by a lawyer")
    COMPLAINT = "complaint", _("Complaint")
    FRAUD = "fraud", _("Fraud")
    NO_CONTACT = "no_contact", _("No-contact request")
    REGULATOR = "regulator", _("Regulator")
    MANUAL = "manual", _("Manual")


@dataclass(frozen=True, slots=True)
class KindRules:
    """What a kind stops by itself, whether it takes evidence, and the permission that lifts it."""

    stops: frozenset[str]
    evidence: bool
    lift: str


ACTS = ("calls", "messages", "visits", "escalation")
_ALL = frozenset(ACTS)
_CHASING = frozenset({"calls", "visits", "escalation"})
RULES: dict[str, KindRules] = {
    Kind.DISPUTE: KindRules(_ALL, False, "holds.lift"),
    Kind.HARDSHIP: KindRules(_CHASING, False, "holds.lift"),
    Kind.DECEASED: KindRules(_ALL, True, "holds.lift_legal"),
    Kind.BANKRUPTCY: KindRules(_ALL, True, "holds.lift_legal"),
    Kind.REPRESENTED: KindRules(_ALL, True, "holds.lift_legal"),
    Kind.COMPLAINT: KindRules(_CHASING, False, "holds.lift"),
    Kind.FRAUD: KindRules(_ALL, True, "holds.lift_legal"),
    Kind.NO_CONTACT: KindRules(_ALL, False, "holds.lift"),
    Kind.REGULATOR: KindRules(_ALL, True, "holds.lift_legal"),
    Kind.MANUAL: KindRules(_ALL, False, "holds.lift"),
}


class Hold(models.Model):
    """One reason not to act on what a borrower owes in a portfolio, on the days `[from_on, ends_on)`."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="holds")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="holds")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    from_on = models.DateField(_("from"))
    # The first day it no longer covers; empty means until it is lifted.
    until_on = models.DateField(_("until"), null=True, blank=True)
    stops_calls = models.BooleanField(_("calls"))
    stops_messages = models.BooleanField(_("messages"))
    stops_visits = models.BooleanField(_("visits"))
    stops_escalation = models.BooleanField(_("escalation"))
    stops_penalty = models.BooleanField(_("penalty interest"))
    stops_clock = models.BooleanField(_("the overdue clock"))
    reason = models.CharField(_("reason"), max_length=200)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    placed_at = models.DateTimeField(_("placed"))
    placed_by_name = models.CharField(_("placed by"), max_length=150, blank=True)
    # The first day it no longer holds; its first day where it was a mistake, so that it never held.
    lifted_on = models.DateField(_("lifted"), null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by_name = models.CharField(_("lifted by"), max_length=150, blank=True)
    lift_reason = models.CharField(_("why lifted"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes: ClassVar[list[models.Index]] = [
            # The holds on what a borrower owes in a portfolio.
            models.Index(fields=["borrower", "portfolio", "from_on"], name="holds_hold_of_pair"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="holds_hold_kind_known"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gt=F("from_on")), name="holds_hold_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(lifted_on=None, lifted_at=None) | Q(lifted_on__gte=F("from_on"), lifted_at__isnull=False),
                name="holds_hold_lifted_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_on}"

    @property
    def ends_on(self) -> dt.date | None:
        """The first day it no longer holds; None until somebody lifts it."""
        return min((day for day in (self.until_on, self.lifted_on) if day), default=None)

    def is_active(self, on: dt.date) -> bool:
        """Whether it holds on a day."""
        return self.from_on <= on and (self.ends_on is None or on < self.ends_on)

    @property
    def stops(self) -> list[str]:
        """What it stops, in words."""
        fields = (field for field in self._meta.concrete_fields if field.name.startswith("stops_"))
        return [str(field.verbose_name) for field in fields if getattr(self, field.name)]


class HoldPause(models.Model):
    """The pause that a hold wrote into the ledger of one loan."""

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="pauses")
    event = models.OneToOneField(LoanEvent, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("pause of a hold")
        verbose_name_plural = _("pauses of holds")

    def __str__(self) -> str:
        return f"{self.hold_id}/{self.event_id}"
