"""The whole life of a case on one page: which moves exist, from where to where, and who may make them.

Whether a move may be made now is another question, and `rulebook.escalation` answers it with reasons. Only
`cases/services.py` calls a transition.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import RETURN_VALUE, FSMField, transition


class Stage(models.TextChoices):
    """How far collection has gone."""

    REMINDER = "reminder", _("Reminder")
    PHONE = "phone", _("Phone")
    FIELD = "field", _("Field visit")
    LEGAL = "legal", _("Legal")
    WATCH = "watch", _("Watch")
    CLOSED = "closed", _("Closed")


class Outcome(models.TextChoices):
    """How a case ended."""

    CURED = "cured", _("cured")
    SETTLED = "settled", _("settled")
    WRITTEN_OFF = "written_off", _("written off")
    WITHDRAWN = "withdrawn", pgettext_lazy("a case", "withdrawn")


CHASED = (Stage.REMINDER, Stage.PHONE, Stage.FIELD, Stage.LEGAL)
OPEN = (*CHASED, Stage.WATCH)
# The moves that bring a case back to work.
BACK_TO_WORK = ("relapse", "take_up_again")


def was_settled(case: models.Model) -> bool:
    """Whether a closed case was paid off or settled: only then can what closed it be taken back with the money."""
    return isinstance(case, CaseLifecycle) and case.closed_as == Outcome.SETTLED


class CaseLifecycle(models.Model):
    """The moves of a case."""

    stage = FSMField(_("stage"), max_length=10, choices=Stage, default=Stage.REMINDER, protected=True)
    # Where a watched case goes back to when something is late again.
    chased_at = models.CharField(_("last chased at"), max_length=10, choices=Stage, default=Stage.REMINDER)
    closed_as = models.CharField(_("closed as"), max_length=12, choices=Outcome, blank=True)

    class Meta:
        abstract = True

    @transition(
        stage, source=Stage.REMINDER, target=Stage.PHONE, custom={"automatic": True, "label": _("Start to phone")}
    )
    def start_phoning(self) -> None:
        """Reminders were not enough."""
        self.chased_at = Stage.PHONE

    @transition(
        stage,
        source=Stage.PHONE,
        target=Stage.FIELD,
        permission="cases.approve_visits",
        custom={"label": _("Escalate to field visits")},
    )
    def escalate_to_field(self) -> None:
        """Calls were not enough, and somebody else than who asked for it agrees to visits."""
        self.chased_at = Stage.FIELD

    @transition(
        stage,
        source=Stage.FIELD,
        target=Stage.LEGAL,
        permission="cases.approve_legal",
        custom={"label": _("Escalate to legal")},
    )
    def escalate_to_legal(self) -> None:
        """Visits and a demand letter were not enough, and supervisor and legal officer agree to go to court."""
        self.chased_at = Stage.LEGAL

    @transition(
        stage,
        source=Stage.FIELD,
        target=Stage.PHONE,
        permission="cases.step_back",
        custom={"label": _("Back to the phone")},
    )
    def back_to_phone(self) -> None:
        """A supervisor gives the phone another chance, with a reason."""
        self.chased_at = Stage.PHONE

    @transition(
        stage,
        source=Stage.LEGAL,
        target=Stage.FIELD,
        permission="cases.step_back",
        custom={"label": _("Back to field visits")},
    )
    def back_to_field(self) -> None:
        """A supervisor takes a case back from legal, with a reason."""
        self.chased_at = Stage.FIELD

    @transition(stage, source=CHASED, target=Stage.WATCH, custom={"automatic": True, "label": _("Cured: watch")})
    def cure(self) -> None:
        """Nothing is in arrears any more."""

    @transition(
        stage,
        source=Stage.WATCH,
        target=RETURN_VALUE(*CHASED),
        custom={"automatic": True, "label": _("Late again: back to work")},
    )
    def relapse(self) -> Stage:
        """Something is late again; the case goes on where it was."""
        return Stage(self.chased_at)

    @transition(
        stage, source=Stage.WATCH, target=Stage.CLOSED, custom={"automatic": True, "label": _("Watch kept: close")}
    )
    def close_cured(self) -> None:
        """The watch has passed without new arrears."""
        self.closed_as = Outcome.CURED

    @transition(
        stage, source=Stage.WATCH, target=Stage.CLOSED, custom={"automatic": True, "label": _("Paid off: close")}
    )
    def close_finished(self) -> None:
        """Nothing is in arrears, and nothing is left to fall due."""
        self.closed_as = Outcome.SETTLED

    @transition(
        stage,
        source=Stage.CLOSED,
        target=RETURN_VALUE(*CHASED),
        conditions=[was_settled],
        custom={"automatic": True, "label": _("Money taken back: open again")},
    )
    def take_up_again(self) -> Stage:
        """What had settled it was taken back; the case goes on where it was."""
        self.closed_as = ""
        return Stage(self.chased_at)

    @transition(
        stage, source=OPEN, target=Stage.CLOSED, permission="cases.approve_closing", custom={"label": _("Settle")}
    )
    def settle(self) -> None:
        """An agreed sum has been paid."""
        self.closed_as = Outcome.SETTLED

    @transition(
        stage, source=OPEN, target=Stage.CLOSED, permission="cases.approve_closing", custom={"label": _("Write off")}
    )
    def write_off(self) -> None:
        """The lender gives the debt up."""
        self.closed_as = Outcome.WRITTEN_OFF

    @transition(
        stage,
        source=OPEN,
        target=Stage.CLOSED,
        permission="cases.approve_closing",
        custom={"label": pgettext_lazy("a case", "Withdraw")},
    )
    def withdraw(self) -> None:
        """The lender takes the case back."""
        self.closed_as = Outcome.WITHDRAWN
