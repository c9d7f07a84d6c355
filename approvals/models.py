"""Requests for what takes a second pair of eyes, and every step of them."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.lifecycle import WAITING, ApprovalLifecycle, ApprovalState
from cases.models import Case, CaseMove
from loans.models import Portfolio
from policies.models import PolicyVersion
from staff.roles import Role


class Kind(models.TextChoices):
    """What is asked for."""

    FIELD = "field", _("Field visits")
    LEGAL = "legal", _("Go to legal")
    SETTLE = "settle", _("Settle for less")
    WRITE_OFF = "write_off", _("Write off")
    WITHDRAW = "withdraw", pgettext_lazy("a case", "Withdraw")


# The move of the case behind each, and the permission that whoever agrees to it needs.
MOVES: dict[str, str] = {
    Kind.FIELD: "escalate_to_field",
    Kind.LEGAL: "escalate_to_legal",
    Kind.SETTLE: "settle",
    Kind.WRITE_OFF: "write_off",
    Kind.WITHDRAW: "withdraw",
}
PERMISSIONS: dict[str, str] = {
    Kind.FIELD: "cases.approve_visits",
    Kind.LEGAL: "cases.approve_legal",
    Kind.SETTLE: "cases.approve_closing",
    Kind.WRITE_OFF: "cases.approve_closing",
    Kind.WITHDRAW: "cases.approve_closing",
}


def seats_left(seats: Sequence[Mapping[str, str]], taken_as: str) -> list[dict[str, str]]:
    """The seats that are free once somebody in a role has taken one; all of them while nobody has."""
    taken = next((seat for seat in seats if taken_as and seat["role"] in ("", taken_as)), None)
    return [dict(seat) for seat in seats if seat is not taken]


class Approval(ApprovalLifecycle):
    """One person asks for something about a case; others, never the same person, agree to it or not."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), related_name="approvals")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="+")
    kind = models.CharField(_("what for"), max_length=10, choices=Kind)
    # As id and name, without a key: what somebody did outlives them.
    asked_by_id_then = models.BigIntegerField()
    asked_by_name = models.CharField(_("asked by"), max_length=150)
    asked_at = models.DateTimeField(_("asked"))
    asked_on = models.DateField(_("business date"))
    reason = models.CharField(_("reason"), max_length=200)
    deadline_at = models.DateTimeField(_("to be decided by"))
    # Who has to agree, one entry for each: the permission it takes, and the role where only that one will do.
    seats = models.JSONField(_("who has to agree"))
    # What belongs to the request: the address and the wish of the first visit, or the agreed sum.
    payload = models.JSONField(_("what is asked"), default=dict)
    # What it was asked on, what it would change as of then, and by which terms.
    facts = models.JSONField(_("asked on"))
    difference = models.JSONField(_("what it changes"))
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    first_by_id_then = models.BigIntegerField(null=True)
    first_by_name = models.CharField(_("agreed first"), max_length=150, blank=True)
    first_role = models.CharField(_("as"), max_length=20, choices=Role, blank=True)
    first_at = models.DateTimeField(_("agreed first at"), null=True)
    second_by_id_then = models.BigIntegerField(null=True)
    second_by_name = models.CharField(_("agreed second"), max_length=150, blank=True)
    second_at = models.DateTimeField(_("agreed second at"), null=True)
    # How it ended otherwise than by agreement; without a name where it ended by itself.
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by_name = models.CharField(_("ended by"), max_length=150, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=200, blank=True)
    # The move of the case that it led to.
    move = models.OneToOneField(CaseMove, models.PROTECT, null=True, related_name="approval")

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        indexes: ClassVar[list[models.Index]] = [
            # What waits, the first deadline first.
            models.Index(fields=["deadline_at", "id"], name="approvals_waiting", condition=Q(state__in=[*WAITING])),
            # The list, newest first.
            models.Index(fields=["portfolio", "-asked_at", "-id"], name="approvals_of_portfolio"),
            # What somebody asked for, and what became of it.
            models.Index(fields=["asked_by_id_then", "-id"], name="approvals_of_asker"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(state__in=[*WAITING]), name="approvals_one_waiting"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="approvals_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ApprovalState.values), name="approvals_state_known"),
            models.CheckConstraint(
                condition=Q(first_by_id_then=None) | ~Q(first_by_id_then=F("asked_by_id_then")),
                name="approvals_first_is_another",
            ),
            models.CheckConstraint(
                condition=Q(second_by_id_then=None)
                | (
                    Q(first_by_id_then__isnull=False)
                    & ~Q(second_by_id_then=F("asked_by_id_then"))
                    & ~Q(second_by_id_then=F("first_by_id_then"))
                ),
                name="approvals_second_is_a_third",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApprovalState.HALF_AGREED) | Q(first_by_id_then__isnull=False),
                name="approvals_half_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=ApprovalState.AGREED, first_by_id_then__isnull=False, move__isnull=False)
                | (~Q(state=ApprovalState.AGREED) & Q(move=None, second_by_id_then=None)),
                name="approvals_agreed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"A{self.pk:06d}"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state in WAITING

    @property
    def free_seats(self) -> list[dict[str, str]]:
        """Who still has to agree: what is left when whoever agreed first has taken the first seat that fits."""
        return seats_left(self.seats, self.first_role)

    @property
    def decided_by(self) -> str:
        """The names of those who agreed, in order."""
        return ", ".join(name for name in (self.first_by_name, self.second_by_name) if name)


class ApprovalChange(models.Model):
    """One step of a request with the facts of that moment; the database refuses to change it."""

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="changes")
    source = models.CharField(_("from"), max_length=12, choices=ApprovalState, blank=True)
    target = models.CharField(_("to"), max_length=12, choices=ApprovalState)
    at = models.DateTimeField(_("when"))
    # Empty where it happened by itself.
    by_name = models.CharField(_("who"), max_length=150, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    facts = models.JSONField(_("decided on"), default=dict)

    class Meta:
        verbose_name = _("step of an approval")
        verbose_name_plural = _("steps of approvals")
        indexes: ClassVar[list[models.Index]] = [
            # The history of one request, in order.
            models.Index(fields=["approval", "id"], name="approvals_change_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.source or '·'} → {self.target}"
