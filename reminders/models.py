"""The outbox, the texts, the senders, and what was planned on which day."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borrowers.fields import EncryptedText
from borrowers.models import Borrower, Medium, Phone
from cases.models import Case
from contacts.message_models import Message, Purpose
from contacts.models import Clearance, Promise
from loans.models import Loan, Portfolio
from policies.models import PolicyVersion
from reminders.lifecycle import ON_ITS_WAY, OutboxLifecycle, State
from reminders.template_lifecycle import VersionLifecycle, VersionState


class Anchor(models.TextChoices):
    """What the days of a step are counted from."""

    DUE = "due", _("before a due date")
    OVERDUE = "overdue", _("days past due")
    PROMISE = "promise", _("before a promise is due")
    WATCH = "watch", _("before a due date, while watched")


class Language(models.TextChoices):
    """The languages that borrowers are written to in."""

    ZH = "zh-hans", _("Simplified Chinese")
    EN = "en", _("English")


class Template(models.Model):
    """One text for one step, medium and language; what it says stands in its versions."""

    step = models.CharField(_("step"), max_length=30)
    anchor = models.CharField(_("counted from"), max_length=8, choices=Anchor)
    medium = models.CharField(_("medium"), max_length=5, choices=Medium)
    language = models.CharField(_("language"), max_length=10, choices=Language)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["step", "medium", "language"], name="reminders_template_once"),
            models.CheckConstraint(condition=Q(medium__in=Medium.values), name="reminders_template_medium_known"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="reminders_template_language_known"),
            models.CheckConstraint(condition=Q(anchor__in=Anchor.values), name="reminders_template_anchor_known"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.medium} {self.language}"


class TemplateVersion(VersionLifecycle):
    """One wording of a text; it is sent only after a second person has agreed to it."""

    template = models.ForeignKey(Template, models.PROTECT, verbose_name=_("text"), related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    # The subject line of an e-mail; a text message has none.
    title = models.CharField(_("subject line"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    # The wording that comes with the portal has nobody's name on it.
    is_shipped = models.BooleanField(_("comes with the portal"), default=False)
    author_id_then = models.BigIntegerField(null=True)
    author_name = models.CharField(_("author"), max_length=150, blank=True)
    written_at = models.DateTimeField(_("written"))
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    decided_by_id_then = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(_("decided by"), max_length=150, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision = models.CharField(_("said to it"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("version of a text")
        verbose_name_plural = _("versions of texts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["template", "number"], name="reminders_version_number_once"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(state=VersionState.APPROVED), name="reminders_version_one_in_use"
            ),
            models.UniqueConstraint(
                fields=["template"],
                condition=Q(state__in=[VersionState.DRAFT, VersionState.SUBMITTED]),
                name="reminders_version_one_in_work",
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="reminders_version_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[VersionState.APPROVED, VersionState.SUPERSEDED])
                | Q(is_shipped=True)
                | (Q(decided_by_id_then__isnull=False) & ~Q(decided_by_id_then=F("author_id_then"))),
                name="reminders_version_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"


class Voice(models.Model):
    """What messages about one portfolio say of the lender: who it is, how to pay, and whom to call."""

    portfolio = models.OneToOneField(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="voice")
    lender = models.CharField(_("lender, in English"), max_length=60)
    lender_zh = models.CharField(_("lender, in Chinese"), max_length=60)
    how_to_pay = models.CharField(_("how to pay, in English"), max_length=160)
    how_to_pay_zh = models.CharField(_("how to pay, in Chinese"), max_length=160)
    hotline = models.CharField(_("telephone for questions"), max_length=30)

    class Meta:
        verbose_name = _("voice of a lender")
        verbose_name_plural = _("voices of lenders")

    def __str__(self) -> str:
        return self.lender


class OutboxMessage(OutboxLifecycle):
    """One message that is to go out, or went; planned once for its step and reason, however often the plan is made."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="outbox")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="+")
    # Empty before anything is late.
    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), null=True, related_name="outbox")
    loan = models.ForeignKey(Loan, models.PROTECT, verbose_name=_("loan"), related_name="+")
    promise = models.ForeignKey(Promise, models.PROTECT, null=True, related_name="+")
    # What makes it once: the step, what it is about, and the day that is counted from.
    anchor = models.CharField(_("counted from"), max_length=8, choices=Anchor)
    subject = models.CharField(max_length=40)
    anchor_on = models.DateField(_("counted from the day"))
    step = models.CharField(_("step"), max_length=30)
    # By what and to which number: "sms:17", "email".
    way = models.CharField(max_length=24)
    medium = models.CharField(_("medium"), max_length=5, choices=Medium)
    phone = models.ForeignKey(Phone, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, verbose_name=_("policy version"), related_name="+"
    )
    planned_on = models.DateField(_("planned for"))
    planned_at = models.DateTimeField(_("planned"))
    send_after = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("not after"))
    # The gateway knows it by this, and takes it once.
    key = models.CharField(_("key"), max_length=32, unique=True)
    # What was said, filled in when it was claimed.
    language = models.CharField(_("language"), max_length=10, choices=Language, blank=True)
    template_version = models.ForeignKey(
        TemplateVersion, models.PROTECT, verbose_name=_("version of the text"), null=True, related_name="+"
    )
    title = EncryptedText(_("subject line"), default="")
    body = EncryptedText(_("text"), default="")
    amount = models.DecimalField(_("amount named"), max_digits=14, decimal_places=2, null=True)
    # The decision of the gate, the row it counts, and who holds it.
    clearance = models.ForeignKey(Clearance, models.PROTECT, null=True, related_name="+")
    message = models.OneToOneField(Message, models.PROTECT, null=True, related_name="outbox")
    claimed_at = models.DateTimeField(_("claimed"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    reference = models.CharField(_("the gateway's number"), max_length=100, blank=True)
    # Why it is where it is, as a code and in the gateway's or the gate's own words; no personal data.
    why = models.CharField(_("why"), max_length=30, blank=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message in the outbox")
        verbose_name_plural = _("outbox")
        indexes: ClassVar[list[models.Index]] = [
            # The worker: what is due by a medium, the oldest first.
            models.Index(
                fields=["medium", "send_after", "id"], name="reminders_outbox_due", condition=Q(state=State.PLANNED)
            ),
            # What nobody marked: a worker was killed.
            models.Index(fields=["claimed_at"], name="reminders_outbox_claimed", condition=Q(state=State.SENDING)),
            # What needs a look.
            models.Index(fields=["-claimed_at"], name="reminders_outbox_doubt", condition=Q(state=State.IN_DOUBT)),
            # The board: the days of a medium, newest first.
            models.Index(fields=["planned_on", "state", "step", "medium"], name="reminders_outbox_board"),
            # A sender's rate: what was claimed in the last minute.
            models.Index(
                fields=["medium", "-claimed_at"],
                name="reminders_outbox_rate",
                condition=Q(claimed_at__isnull=False),
            ),
            # What was said to one borrower, newest first.
            models.Index(fields=["borrower", "-id"], name="reminders_outbox_of"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subject", "anchor", "anchor_on", "step", "way"], name="reminders_outbox_once"
            ),
            models.UniqueConstraint(
                fields=["subject", "anchor", "anchor_on", "step"],
                condition=Q(state__in=ON_ITS_WAY),
                name="reminders_outbox_one_on_its_way",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="reminders_outbox_state_known"),
            models.CheckConstraint(
                condition=Q(medium=Medium.SMS, phone__isnull=False) | Q(medium=Medium.EMAIL, phone=None),
                name="reminders_outbox_number_of_medium",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SENDING, State.SENT, State.DELIVERED, State.IN_DOUBT])
                | Q(clearance__isnull=False, message__isnull=False, template_version__isnull=False),
                name="reminders_outbox_was_cleared",
            ),
        ]

    def __str__(self) -> str:
        return f"M{self.pk:08d}"


class OutboxChange(models.Model):
    """One move of a message and why; the database refuses to change it."""

    outbox = models.ForeignKey(OutboxMessage, models.PROTECT, related_name="changes")
    source = models.CharField(_("from"), max_length=10, choices=State, blank=True)
    target = models.CharField(_("to"), max_length=10, choices=State)
    at = models.DateTimeField(_("when"))
    # Empty where the portal or the gateway did it.
    by_name = models.CharField(_("who"), max_length=150, blank=True)
    why = models.CharField(_("why"), max_length=30, blank=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("move of a message")
        verbose_name_plural = _("moves of messages")
        indexes: ClassVar[list[models.Index]] = [
            # The history of one message, in order.
            models.Index(fields=["outbox", "id"], name="reminders_change_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.source or '·'} → {self.target}"


class Sender(models.Model):
    """One way out, such as SMS: whether it is paused, how fast it may go, and whether its gateway answers."""

    medium = models.CharField(_("medium"), max_length=5, choices=Medium, primary_key=True)
    per_minute = models.PositiveIntegerField(_("messages a minute"), default=600)
    is_paused = models.BooleanField(_("paused"), default=False)
    changed_at = models.DateTimeField(_("paused or resumed"), null=True)
    changed_by_name = models.CharField(_("by"), max_length=150, blank=True)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    # The breaker: after some failures in a row nothing is tried until then.
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    closed_until = models.DateTimeField(_("not tried before"), null=True)
    last_failure = models.CharField(_("last failure"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")

    def __str__(self) -> str:
        return self.get_medium_display()

    def is_resting(self, at: dt.datetime) -> bool:
        """Whether its gateway failed so often that it is left alone for a while."""
        return self.closed_until is not None and at < self.closed_until


class PlannedDay(models.Model):
    """A business date whose reminders were planned; again it adds nothing."""

    on = models.DateField(_("business date"), unique=True)
    planned = models.PositiveIntegerField(_("messages planned"), default=0)
    courtesy_calls = models.PositiveIntegerField(_("courtesy calls"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("planned day")
        verbose_name_plural = _("planned days")

    def __str__(self) -> str:
        return self.on.isoformat()


class HookCall(models.Model):
    """One call of a gateway that was taken; the same event is taken once. The database refuses to change it."""

    event = models.CharField(_("event"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=10)
    medium = models.CharField(_("medium"), max_length=5, choices=Medium)
    key = models.CharField(_("key"), max_length=32, blank=True)
    at = models.DateTimeField(_("when"))
    # What it led to, as a code: moved, late, unknown_key, reply, stop.
    came_to = models.CharField(_("came to"), max_length=20)

    class Meta:
        verbose_name = _("call of a gateway")
        verbose_name_plural = _("calls of gateways")

    def __str__(self) -> str:
        return self.event
