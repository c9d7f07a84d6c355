"""The whole way of a referral through the courts on one page: which steps exist, and from where to where.

Whether a step may be dated as somebody dates it is another question, and `rulebook.legal_steps` answers it. Only
`legal/services.py` calls a transition.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition


class State(models.TextChoices):
    """How far a referral has come."""

    PREPARED = "prepared", _("prepared")
    MEDIATION = "mediation", _("mediation before filing")
    ORDER_APPLIED = "order_applied", _("payment order applied for")
    ORDER_ACCEPTED = "order_accepted", _("application accepted")
    ORDER_ISSUED = "order_issued", _("payment order issued")
    ORDER_SERVED = "order_served", _("payment order served")
    OBJECTED = "objected", _("borrower objected")
    ENFORCEABLE = "enforceable", _("payment order enforceable")
    FILED = "filed", _("suit filed")
    JUDGMENT = "judgment", _("judgment")
    ENFORCEMENT = "enforcement", _("enforcement applied for")
    ENDED = "ended", _("ended")


class Ending(models.TextChoices):
    """How a referral ended."""

    PAID = "paid", _("paid")
    SETTLED = "settled", _("settled")
    DISMISSED = "dismissed", _("dismissed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    TERMINATED = "terminated", _("terminated")


OPEN = tuple(state for state in State if state is not State.ENDED)
BEFORE_COURT = (State.PREPARED, State.MEDIATION)
# From where a suit is filed: at once, or when there will be no payment order.
TO_SUE = (*BEFORE_COURT, State.ORDER_APPLIED, State.ORDER_ACCEPTED, State.OBJECTED)
ACT = "legal.act"


class ReferralLifecycle(models.Model):
    """The steps of a referral."""

    state = FSMField(_("step"), max_length=14, choices=State, default=State.PREPARED, protected=True)

    class Meta:
        abstract = True

    @transition(
        state,
        source=State.PREPARED,
        target=State.MEDIATION,
        permission=ACT,
        custom={"label": _("Mediation before filing has begun")},
    )
    def begin_mediation(self) -> None:
        """A mediator is asked before the court is (诉前调解)."""

    @transition(
        state,
        source=BEFORE_COURT,
        target=State.ORDER_APPLIED,
        permission=ACT,
        custom={"label": _("Payment order applied for")},
    )
    def apply_for_order(self) -> None:
        """The court is asked for a payment order (支付令)."""

    @transition(
        state,
        source=State.ORDER_APPLIED,
        target=State.ORDER_ACCEPTED,
        permission=ACT,
        custom={"label": _("The court has accepted the application")},
    )
    def accept_order(self) -> None:
        """The court takes the application for a payment order."""

    @transition(
        state,
        source=State.ORDER_ACCEPTED,
        target=State.ORDER_ISSUED,
        permission=ACT,
        custom={"label": _("The payment order is issued")},
    )
    def issue_order(self) -> None:
        """The court issues the payment order."""

    @transition(
        state,
        source=State.ORDER_ISSUED,
        target=State.ORDER_SERVED,
        permission=ACT,
        custom={"label": _("The payment order is served on the borrower")},
    )
    def serve_order(self) -> None:
        """The borrower has the payment order; the days to object begin."""

    @transition(
        state,
        source=(State.ORDER_ISSUED, State.ORDER_SERVED),
        target=State.OBJECTED,
        permission=ACT,
        custom={"label": _("The borrower has objected")},
    )
    def note_objection(self) -> None:
        """The borrower objects, and the payment order has no force any more."""

    @transition(
        state,
        source=State.ORDER_SERVED,
        target=State.ENFORCEABLE,
        permission=ACT,
        custom={"label": _("The payment order is enforceable")},
    )
    def become_enforceable(self) -> None:
        """The borrower has neither objected in time nor paid."""

    @transition(state, source=TO_SUE, target=State.FILED, permission=ACT, custom={"label": _("The suit is filed")})
    def file_suit(self) -> None:
        """The lender sues, at once or because there is no payment order."""

    @transition(
        state, source=State.FILED, target=State.JUDGMENT, permission=ACT, custom={"label": _("Judgment is given")}
    )
    def note_judgment(self) -> None:
        """The court has decided."""

    @transition(
        state,
        source=(State.ENFORCEABLE, State.JUDGMENT),
        target=State.ENFORCEMENT,
        permission=ACT,
        custom={"label": _("Enforcement is applied for")},
    )
    def apply_for_enforcement(self) -> None:
        """The court is asked to enforce what it ordered."""

    @transition(state, source=OPEN, target=State.ENDED, permission=ACT, custom={"label": _("The referral ends")})
    def end(self) -> None:
        """It is over: paid, settled, dismissed, withdrawn, or terminated."""

    @transition(
        state,
        source="*",
        target=RETURN_VALUE(*OPEN),
        permission=ACT,
        custom={"label": _("The last step was a mistake")},
    )
    def take_back(self, before: str) -> State:
        """The last step was written down by mistake: the referral stands where it stood before."""
        return State(before)
