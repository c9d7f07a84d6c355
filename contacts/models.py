"""The contact log, the decisions of the gate, what is to be done next, and promises."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from borrowers.models import Address, Borrower, Medium, Phone, ThirdParty
from borrowers.models import Status as NumberStatus
from contacts.lifecycle import PromiseLifecycle, PromiseState
from contacts.message_models import Purpose
from holds.models import Kind as HoldKind
from loans.models import Channel as PaymentChannel
from loans.models import Portfolio
from rulebook.contact_rules import Channel as ContactChannel
from rulebook.contact_rules import Who as WhoIsContacted
from staff.models import User


class Layer(models.TextChoices):
    """Who was reached, if anybody."""

    NONE = "none", _("nobody")
    THIRD = "third", _("somebody else")
    RIGHT = "right", _("the borrower")
    ANY = "any", _("either")


class Channel(models.TextChoices):
    """How somebody is contacted."""

    CALL = ContactChannel.CALL.value, _("Call")
    MESSAGE = ContactChannel.MESSAGE.value, _("Message")
    VISIT = ContactChannel.VISIT.value, _("Visit")
    LETTER = ContactChannel.LETTER.value, _("Letter")


# What goes to an address, and to no number.
TO_A_PLACE = (Channel.VISIT, Channel.LETTER)


class Who(models.TextChoices):
    """Whom a contact is with."""

    BORROWER = WhoIsContacted.BORROWER.value, _("Borrower")
    THIRD_PARTY = WhoIsContacted.THIRD_PARTY.value, _("Third party")


class Met(models.TextChoices):
    """Whom a visit met at the address."""

    DEBTOR = "debtor", _("the borrower")
    FAMILY = "family", _("family")
    NEIGHBOUR = "neighbour", _("a colleague or neighbour")
    NOBODY = "nobody", _("nobody")
    NOT_FOUND = "not_found", _("no such address")


class NonPayment(models.TextChoices):
    """Why somebody does not pay, in their own words sorted."""

    FORGOT = "forgot", _("Forgot")
    PAYDAY = "payday", _("Payday does not match")
    JOB_LOSS = "job_loss", _("Lost the job")
    INCOME_DROP = "income_drop", _("Earns less")
    ILLNESS = "illness", _("Illness")
    DISASTER = "disaster", _("Disaster")
    BUSINESS_FAILURE = "business_failure", _("Business failed")
    FAMILY = "family", _("Family event")
    OVER_INDEBTED = "over_indebted", _("Owes too much elsewhere")
    DISPUTE = "dispute", _("Disputes the debt")
    UNWILLING = "unwilling", _("Does not want to")


class FollowUpKind(models.TextChoices):
    """What is to be done after a contact, and by when."""

    CALLBACK = "callback", _("Call back")
    VERIFY = "verify", _("Verify a payment")
    HARDSHIP = "hardship", _("Offer help in hardship")
    SETTLEMENT = "settlement", _("Decide on an offer")
    COMPLAINT = "complaint", _("Answer a complaint")
    COURTESY = "courtesy", _("Courtesy call")


class Outcome(models.Model):
    """How a contact can end: seed data, editable, and kept for good once it was used."""

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    name = models.CharField(_("name in English"), max_length=60)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    place = models.PositiveSmallIntegerField(_("place in lists"))
    layer = models.CharField(_("who was reached"), max_length=5, choices=Layer)
    worked = models.BooleanField(_("counts as work"))
    contacted = models.BooleanField(_("somebody was reached"))
    right_party = models.BooleanField(_("the borrower was reached"))
    counts_as_attempt = models.BooleanField(_("counts as an attempt"))
    # Names of what must be said with it, as `rulebook.one_breath` has them.
    requires = models.JSONField(_("requires"), default=list)
    # After how many hours the next attempt comes; empty where something else comes next.
    next_hours = models.PositiveSmallIntegerField(_("next attempt after hours"), null=True, blank=True)
    number_becomes = models.CharField(_("the number becomes"), max_length=10, choices=NumberStatus, blank=True)
    hold_kind = models.CharField(_("places a hold"), max_length=12, choices=HoldKind, blank=True)
    follow_up = models.CharField(_("what follows"), max_length=10, choices=FollowUpKind, blank=True)
    follow_up_hours = models.PositiveSmallIntegerField(_("within hours"), null=True, blank=True)
    on_calls = models.BooleanField(_("for calls"), default=True)
    on_visits = models.BooleanField(_("for visits"), default=False)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(layer__in=Layer.values), name="contacts_outcome_layer_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return self.name_zh if (get_language() or "").startswith("zh") else self.name

    @property
    def takes_promise(self) -> bool:
        """Whether it commits the borrower to an amount and a day."""
        return {"amount", "date"} <= set(self.requires)


class Clearance(models.Model):
    """One decision of the gate: allowed, or refused by which rule until when; the database refuses to change it."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="clearances")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    # What a message goes by; empty for calls and visits.
    medium = models.CharField(_("medium"), max_length=5, choices=Medium, blank=True)
    who = models.CharField(_("with"), max_length=12, choices=Who)
    phone = models.ForeignKey(Phone, models.PROTECT, null=True, related_name="+")
    third_party = models.ForeignKey(ThirdParty, models.PROTECT, null=True, related_name="+")
    address = models.ForeignKey(Address, models.PROTECT, null=True, related_name="+")
    # Keyed digest of the number, of an address its row: what is counted for a number outlives the row that held it.
    number_key = models.CharField(max_length=32)
    at = models.DateTimeField(_("when"))
    # Empty where the portal asked by itself.
    by_id_then = models.BigIntegerField(null=True)
    by_name = models.CharField(_("who"), max_length=150, blank=True)
    allowed = models.BooleanField(_("allowed"))
    # The rule that refused; empty where none did.
    rule_id = models.CharField(_("rule"), max_length=20, blank=True)
    preset = models.CharField(_("rule preset"), max_length=10)
    rules_version = models.CharField(_("version of the rules"), max_length=64)
    next_allowed_at = models.DateTimeField(_("next lawful moment"), null=True)
    facts = models.JSONField(_("decided on"))

    class Meta:
        verbose_name = _("decision of the gate")
        verbose_name_plural = _("decisions of the gate")
        indexes: ClassVar[list[models.Index]] = [
            # The decisions about one borrower, newest first.
            models.Index(fields=["borrower", "-at"], name="contacts_clearance_of"),
            # What was refused lately.
            models.Index(fields=["-at"], name="contacts_clearance_refused", condition=Q(allowed=False)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(allowed=True, rule_id="") | (Q(allowed=False) & ~Q(rule_id="")),
                name="contacts_clearance_refusal_names_rule",
            ),
            models.CheckConstraint(
                condition=Q(who=Who.BORROWER, third_party=None) | Q(who=Who.THIRD_PARTY, phone=None),
                name="contacts_clearance_number_of_who",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=TO_A_PLACE, address__isnull=False, phone=None, third_party=None)
                | (~Q(channel__in=TO_A_PLACE) & Q(address=None)),
                name="contacts_clearance_address_of_place",
            ),
        ]

    def __str__(self) -> str:
        return f"clearance {self.pk}"


class Reservation(models.Model):
    """A slot that was taken with a clearance; it counts as a conversation until it is logged or its time is over."""

    clearance = models.OneToOneField(Clearance, models.PROTECT, related_name="reservation")
    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reserved_at = models.DateTimeField(_("reserved"))
    expires_at = models.DateTimeField(_("counts until"))
    # When it was logged; empty is a call nobody has written down yet.
    logged_at = models.DateTimeField(_("logged"), null=True)

    class Meta:
        verbose_name = _("reserved contact")
        verbose_name_plural = _("reserved contacts")
        indexes: ClassVar[list[models.Index]] = [
            # The gate: open slots of a borrower.
            models.Index(fields=["borrower"], name="contacts_reservation_open", condition=Q(logged_at=None)),
            # The team board: calls that somebody has not logged.
            models.Index(
                fields=["by", "-reserved_at"], name="contacts_reservation_unlogged", condition=Q(logged_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"reservation {self.pk}"


class Attempt(models.Model):
    """One contact attempt with one person; hangs on borrower and portfolio, so that caps outlive a case.

    The database refuses to change it. What was logged by mistake is undone by a row of its own.
    """

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="attempts")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="+")
    # Why it was allowed; empty where the borrower called us.
    clearance = models.ForeignKey(Clearance, models.PROTECT, null=True, related_name="attempts")
    is_inbound = models.BooleanField(_("they contacted us"), default=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    who = models.CharField(_("with"), max_length=12, choices=Who)
    phone = models.ForeignKey(Phone, models.PROTECT, null=True, related_name="+")
    third_party = models.ForeignKey(ThirdParty, models.PROTECT, null=True, related_name="+")
    address = models.ForeignKey(Address, models.PROTECT, null=True, related_name="+")
    number_key = models.CharField(max_length=32, blank=True)
    # Whom a visit met; empty where nobody was visited.
    met = models.CharField(_("met"), max_length=10, choices=Met, blank=True)
    at = models.DateTimeField(_("when"))
    on = models.DateField(_("day"))
    by_id_then = models.BigIntegerField()
    by_name = models.CharField(_("who"), max_length=150)
    outcome = models.ForeignKey(Outcome, models.PROTECT, verbose_name=_("outcome"), related_name="+")
    # As the outcome had them then: an edited outcome changes no history.
    worked = models.BooleanField()
    contacted = models.BooleanField()
    right_party = models.BooleanField()
    counts_as_attempt = models.BooleanField()
    willingness = models.PositiveSmallIntegerField(_("willingness to pay"), null=True, blank=True)
    ability = models.PositiveSmallIntegerField(_("ability to pay"), null=True, blank=True)
    explained = models.BooleanField(_("consequences explained"), null=True)
    reason = models.CharField(_("reason for not paying"), max_length=20, choices=NonPayment, blank=True)
    # What else was said, by the names of `rulebook.one_breath`; no personal data.
    said = models.JSONField(_("said"), default=dict)
    note = models.CharField(_("note"), max_length=500, blank=True)
    # Before this moment the case rests; empty where nothing has to be waited for.
    next_at = models.DateTimeField(_("next action"), null=True)

    class Meta:
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
        indexes: ClassVar[list[models.Index]] = [
            # The timeline, the gate's counts and the guards: one borrower's attempts, newest first.
            models.Index(fields=["borrower", "-at"], name="contacts_attempt_of"),
            # The team board: what somebody did today.
            models.Index(fields=["by_id_then", "-at"], name="contacts_attempt_by"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(is_inbound=True) | Q(clearance__isnull=False), name="contacts_attempt_was_cleared"
            ),
            models.CheckConstraint(
                condition=Q(willingness=None) | Q(willingness__lte=3), name="contacts_attempt_willingness_0_to_3"
            ),
            models.CheckConstraint(
                condition=Q(ability=None) | Q(ability__lte=3), name="contacts_attempt_ability_0_to_3"
            ),
            models.CheckConstraint(
                condition=Q(reason="") | Q(reason__in=NonPayment.values), name="contacts_attempt_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.VISIT, met__in=Met.values, address__isnull=False)
                | (~Q(channel=Channel.VISIT) & Q(met="", address=None)),
                name="contacts_attempt_visit_met_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class FollowUp(models.Model):
    """Something to be done about what a borrower owes in a portfolio, by a moment."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="follow_ups")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="+")
    # What it follows from; empty where the policy asks for it, such as a courtesy call.
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="follow_ups")
    kind = models.CharField(_("kind"), max_length=10, choices=FollowUpKind)
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_by_name = models.CharField(_("done by"), max_length=150, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        indexes: ClassVar[list[models.Index]] = [
            # What is open about a borrower.
            models.Index(fields=["borrower"], name="contacts_followup_open", condition=Q(done_at=None)),
            # The team board: what is due, in order.
            models.Index(fields=["portfolio", "due_at"], name="contacts_followup_due", condition=Q(done_at=None)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=FollowUpKind.values), name="contacts_followup_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d %H:%M}"


class Promise(PromiseLifecycle):
    """An amount and a day that a borrower committed to (承诺还款)."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="promises")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="+")
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="promises")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    due_on = models.DateField(_("due"))
    method = models.CharField(_("how"), max_length=20, choices=PaymentChannel, blank=True)
    made_at = models.DateTimeField(_("made"))
    made_by_id_then = models.BigIntegerField()
    made_by_name = models.CharField(_("taken by"), max_length=150)
    # Why it takes a second person, as the codes of the limits it passes; empty within the limits.
    beyond = models.JSONField(_("beyond the limits"), default=list)
    decided_by_id_then = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(_("decided by"), max_length=150, blank=True)
    # A projection, judged anew by every payment, reversal and close of day.
    counted = models.DecimalField(_("counted"), max_digits=14, decimal_places=2, default=0)
    settled_on = models.DateField(_("settled"), null=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        indexes: ClassVar[list[models.Index]] = [
            # The promises of one borrower in order.
            models.Index(fields=["borrower", "portfolio", "id"], name="contacts_promise_of"),
            # Promises due on a day; promises that wait for a supervisor.
            models.Index(fields=["state", "due_on"], name="contacts_promise_due"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["borrower", "portfolio"], condition=Q(state=PromiseState.OPEN), name="contacts_promise_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=PromiseState.values), name="contacts_promise_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="contacts_promise_positive"),
            models.CheckConstraint(
                condition=Q(decided_by_id_then=None) | ~Q(decided_by_id_then=F("made_by_id_then")),
                name="contacts_promise_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.due_on}"


class PromiseChange(models.Model):
    """One change of a promise and what it was decided on; the database refuses to change it."""

    promise = models.ForeignKey(Promise, models.PROTECT, related_name="changes")
    source = models.CharField(_("from"), max_length=10, choices=PromiseState, blank=True)
    target = models.CharField(_("to"), max_length=10, choices=PromiseState)
    counted = models.DecimalField(_("counted"), max_digits=14, decimal_places=2)
    at = models.DateTimeField(_("when"))
    by_name = models.CharField(_("who"), max_length=150, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("change of a promise")
        verbose_name_plural = _("changes of promises")
        indexes: ClassVar[list[models.Index]] = [
            # The history of one promise, and the timeline of its borrower.
            models.Index(fields=["promise", "id"], name="contacts_change_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.source or '·'} → {self.target}"
