"""Portfolios, loans, their schedules, what happened to them, and the ledger. No personal data."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from borrowers.models import Borrower
from policies.models import PolicyVersion
from policies.selectors import DEFAULT_LINE
from rulebook.replay import ClosedAs as ClosingKind
from rulebook.replay import EntryKind as LedgerKind
from rulebook.replay import EventKind as HappeningKind
from rulebook.terms import Component as DebtComponent
from staff.models import Team


class EventKind(models.TextChoices):
    """What can happen to a loan."""

    PAYMENT = HappeningKind.PAYMENT.value, _("payment")
    COST = HappeningKind.COST.value, _("cost")
    ACCELERATION = HappeningKind.ACCELERATION.value, _("made due as a whole")
    WAIVER = HappeningKind.WAIVER.value, _("waiver")
    CLOSING = HappeningKind.CLOSING.value, _("closing")
    PAUSE = HappeningKind.PAUSE.value, _("pause")
    REVERSAL = HappeningKind.REVERSAL.value, _("reversal")


class ClosedAs(models.TextChoices):
    """How a loan was closed; money that still comes is recovery."""

    SETTLED = ClosingKind.SETTLED.value, _("settled")
    WRITTEN_OFF = ClosingKind.WRITTEN_OFF.value, _("written off")
    WITHDRAWN = ClosingKind.WITHDRAWN.value, pgettext_lazy("a case", "withdrawn")


class Channel(models.TextChoices):
    """How money comes in; a tape may name others, which are shown as they came."""

    TRANSFER = "transfer", _("Bank transfer")
    ALIPAY = "alipay", _("Alipay")
    WECHAT = "wechat", _("WeChat Pay")
    DEBIT = "debit", _("Direct debit")
    CASH = "cash", _("Cash")


class EntryKind(models.TextChoices):
    """What a ledger entry does."""

    CHARGED = LedgerKind.CHARGED.value, _("charged")
    PAID = LedgerKind.PAID.value, _("paid")
    WAIVED = LedgerKind.WAIVED.value, _("waived")
    CREDIT = LedgerKind.CREDIT.value, _("waiting credit")


class Component(models.TextChoices):
    """What a borrower can owe."""

    COST = DebtComponent.COST.value, _("costs")
    PENALTY = DebtComponent.PENALTY.value, _("penalty")
    INTEREST = DebtComponent.INTEREST.value, _("interest")
    PRINCIPAL = DebtComponent.PRINCIPAL.value, _("principal")


class Portfolio(models.Model):
    """A lender's book: its currency, its clock, its rules, and the teams that may see it."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    timezone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    rule_preset = models.CharField(_("rule preset"), max_length=10, default="cn")
    policy_line = models.CharField(_("policy line"), max_length=40, default=DEFAULT_LINE)
    teams = models.ManyToManyField(Team, verbose_name=_("teams"), related_name="portfolios", blank=True)

    class Meta:
        verbose_name = _("portfolio")
        verbose_name_plural = _("portfolios")

    def __str__(self) -> str:
        return self.name


class Loan(models.Model):
    """A contract. What it owes is not stored: it follows from its schedule, its ledger and the date."""

    loan_no = models.CharField(_("loan"), max_length=40, unique=True)
    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="loans")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="loans")
    product = models.CharField(_("product"), max_length=40)
    principal = models.DecimalField(_("principal"), max_digits=14, decimal_places=2)
    annual_rate = models.DecimalField(_("annual rate"), max_digits=7, decimal_places=6)
    disbursed_on = models.DateField(_("disbursed"))
    instalment_count = models.PositiveSmallIntegerField(_("instalments"))
    # A projection of the ledger, rebuilt by every replay; waiting credit for due dates to come is counted as paid.
    oldest_unpaid_due_on = models.DateField(_("oldest unpaid due date"), null=True, editable=False)
    # Projections of the events, rebuilt with it; a closed loan owes what it owes, and nobody chases it.
    closed_on = models.DateField(_("closed"), null=True, editable=False)
    closed_as = models.CharField(
        _("closed as"), max_length=12, choices=ClosedAs, blank=True, default="", db_default="", editable=False
    )

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        indexes: ClassVar[list[models.Index]] = [
            # The list of loans in arrears, most overdue first.
            models.Index(fields=["oldest_unpaid_due_on", "id"], name="loans_loan_oldest_unpaid"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(principal__gt=0), name="loans_loan_principal_positive"),
            models.CheckConstraint(condition=Q(annual_rate__gte=0), name="loans_loan_rate_not_negative"),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_as="") | Q(closed_on__isnull=False, closed_as__in=ClosedAs.values),
                name="loans_loan_closed_says_how",
            ),
        ]

    def __str__(self) -> str:
        return self.loan_no


class Instalment(models.Model):
    """One row of a schedule, as the contract has it."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="instalments")
    seq = models.PositiveSmallIntegerField(_("no."))
    due_on = models.DateField(_("due"))
    principal_due = models.DecimalField(_("principal due"), max_digits=14, decimal_places=2)
    interest_due = models.DecimalField(_("interest due"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        indexes: ClassVar[list[models.Index]] = [
            # The reminders before a due date: what falls due on a day.
            models.Index(fields=["due_on"], name="loans_instalment_due"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["loan", "seq"], name="loans_instalment_seq_once"),
            models.CheckConstraint(
                condition=Q(principal_due__gte=0, interest_due__gte=0), name="loans_instalment_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id}/{self.seq}"


class LoanEvent(models.Model):
    """Something that happened to a loan, with its value date.

    The database refuses to change it: mistakes are reversed.
    """

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="events")
    kind = models.CharField(_("kind"), max_length=12, choices=EventKind)
    value_on = models.DateField(_("value date"))
    # The first day a pause no longer covers; empty means until further notice.
    until_on = models.DateField(_("until"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, default=0)
    # The lender's own number of a payment or cost, so that it is booked once.
    reference = models.CharField(_("reference"), max_length=60, null=True, unique=True)  # noqa: DJ001 (unique, so absent is NULL)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, blank=True)
    stops_penalty = models.BooleanField(_("stops penalty"), default=False)
    stops_clock = models.BooleanField(_("stops the overdue clock"), default=False)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    closed_as = models.CharField(_("closed as"), max_length=12, choices=ClosedAs, blank=True, default="", db_default="")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    booked_at = models.DateTimeField(_("booked"))
    booked_by_name = models.CharField(_("booked by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes: ClassVar[list[models.Index]] = [
            # The replay of one loan: its events in the order of value dates.
            models.Index(fields=["loan", "value_on", "id"], name="loans_event_in_order"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="loans_event_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=[EventKind.PAYMENT, EventKind.COST], amount__gt=0)
                | (~Q(kind__in=[EventKind.PAYMENT, EventKind.COST]) & Q(amount=0)),
                name="loans_event_amount_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind=EventKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=EventKind.REVERSAL) & Q(reverses=None)),
                name="loans_event_reversal_names_event",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(kind=EventKind.PAUSE, until_on__gt=F("value_on")),
                name="loans_event_pause_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(kind=EventKind.CLOSING, closed_as__in=ClosedAs.values)
                | (~Q(kind=EventKind.CLOSING) & Q(closed_as="")),
                name="loans_event_closing_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference or self.pk}"


class LedgerEntry(models.Model):
    """One line of a loan's ledger.

    The database refuses to change it: a replay cancels it by a line with the amount turned round.
    """

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="entries")
    value_on = models.DateField(_("value date"))
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    component = models.CharField(_("component"), max_length=10, choices=Component, blank=True)
    instalment = models.ForeignKey(Instalment, models.PROTECT, null=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    # The event that moved the money; empty where waiting credit was applied on a due date.
    event = models.ForeignKey(LoanEvent, models.PROTECT, null=True, related_name="entries")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT)
    cancels = models.OneToOneField("self", models.PROTECT, null=True, related_name="cancelled_by")
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        indexes: ClassVar[list[models.Index]] = [
            # The ledger of one loan in the order of value dates.
            models.Index(fields=["loan", "value_on", "id"], name="loans_entry_in_order"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="loans_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.CREDIT, component="")
                | (~Q(kind=EntryKind.CREDIT) & Q(component__in=Component.values)),
                name="loans_entry_component_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value_on} {self.kind} {self.component} {self.amount}"
