"""Visits, every change of theirs, and the photos that were taken."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borrowers.fields import EncryptedText
from borrowers.models import Address, Borrower
from cases.models import Case
from contacts.models import Attempt, Clearance
from evidence.models import StoredFile
from loans.models import Portfolio
from staff.models import User
from visits.lifecycle import MADE, ON_A_DAY, OPEN, State, VisitLifecycle


class Visit(VisitLifecycle):
    """Two people go to one address about one case: asked for, agreed to, planned, made, and judged."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), related_name="visits")
    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="visits")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="+")
    address = models.ForeignKey(Address, models.PROTECT, verbose_name=_("address"), related_name="+")
    wish = models.CharField(_("what for"), max_length=200, blank=True)
    # As id and name, without a key: what somebody did outlives them.
    requested_by_id_then = models.BigIntegerField()
    requested_by_name = models.CharField(_("asked for by"), max_length=150)
    requested_at = models.DateTimeField(_("asked for"))
    approved_by_id_then = models.BigIntegerField(null=True)
    approved_by_name = models.CharField(_("approved by"), max_length=150, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    # The day and the window `[from_time, until_time)` by the clock where the borrower is.
    day = models.DateField(_("day"), null=True)
    from_time = models.TimeField(_("from"), null=True)
    until_time = models.TimeField(_("until"), null=True)
    lead = models.ForeignKey(User, models.PROTECT, verbose_name=_("lead"), null=True, related_name="visits_led")
    companion = models.ForeignKey(User, models.PROTECT, verbose_name=_("companion"), null=True, related_name="+")
    # Its place in the order in which the day is gone through.
    stop = models.PositiveSmallIntegerField(_("stop"), default=0)
    # What the gate said at the door.
    clearance = models.OneToOneField(Clearance, models.PROTECT, null=True, related_name="visit")
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    # As the telephone had it; empty where it did not say.
    device_arrived_at = models.DateTimeField(_("arrived by the telephone's clock"), null=True)
    # "22.543210,114.057870"; empty where there is none. It gives away the street, so it is sealed as the street is.
    position = EncryptedText(_("position"), blank=True, default="")
    accuracy_m = models.DecimalField(_("accuracy in metres"), max_digits=9, decimal_places=1, null=True)
    position_note = models.CharField(_("why there is no exact position"), max_length=300, blank=True)
    # Whom they met and what came of it, as the contact log has it.
    attempt = models.OneToOneField(Attempt, models.PROTECT, null=True, related_name="visit")
    consent = models.BooleanField(_("asked in"), null=True)
    photo_note = models.CharField(_("why there is no photo"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("done"), null=True)
    reviewed_by_id_then = models.BigIntegerField(null=True)
    reviewed_by_name = models.CharField(_("reviewed by"), max_length=150, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    review_reason = models.CharField(_("what the reviewer says"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes: ClassVar[list[models.Index]] = [
            # The board: the days of a week.
            models.Index(fields=["day", "stop"], name="visits_visit_of_day", condition=Q(day__isnull=False)),
            # The board: what waits for a day; the sweep: what may be over.
            models.Index(fields=["state", "requested_at"], name="visits_visit_waiting"),
            # The panel of a case: its visits, newest first.
            models.Index(fields=["case", "-id"], name="visits_visit_of_case"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="visits_visit_state_known"),
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=OPEN), name="visits_visit_one_open"),
            models.CheckConstraint(
                condition=Q(approved_by_id_then=None) | ~Q(approved_by_id_then=F("requested_by_id_then")),
                name="visits_visit_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(lead=None, companion=None) | ~Q(lead=F("companion")), name="visits_visit_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ON_A_DAY)
                | Q(
                    day__isnull=False,
                    lead__isnull=False,
                    companion__isnull=False,
                    approved_by_id_then__isnull=False,
                    from_time__lt=F("until_time"),
                ),
                name="visits_visit_planned_says_when_and_who",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.ARRIVED, *MADE]) | Q(clearance__isnull=False, arrived_at__isnull=False),
                name="visits_visit_was_cleared",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=MADE) | Q(attempt__isnull=False), name="visits_visit_made_is_logged"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by_id_then=None)
                | (~Q(reviewed_by_id_then=F("lead")) & ~Q(reviewed_by_id_then=F("companion"))),
                name="visits_visit_reviewer_was_not_there",
            ),
        ]

    def __str__(self) -> str:
        return f"V{self.pk:06d}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has logged it yet and it is still to be made."""
        return self.state in OPEN

    @property
    def district(self) -> str:
        """Where it is, as far as everybody may know."""
        return self.address.city

    @property
    def latitude(self) -> Decimal | None:
        """Degrees north where they arrived; None where the telephone did not say."""
        return Decimal(self.position.split(",")[0]) if self.position else None

    @property
    def longitude(self) -> Decimal | None:
        """Degrees east where they arrived; None where the telephone did not say."""
        return Decimal(self.position.split(",")[1]) if self.position else None

    def is_made_by(self, user: User) -> bool:
        """Whether somebody is one of its two visitors."""
        return user.pk in (self.lead_id, self.companion_id)


class VisitChange(models.Model):
    """One change of a visit; the database refuses to change it."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="changes")
    move = models.CharField(_("what was done"), max_length=20)
    # Empty where it was asked for.
    source = models.CharField(_("from"), max_length=10, choices=State, blank=True)
    target = models.CharField(_("to"), max_length=10, choices=State)
    at = models.DateTimeField(_("when"))
    # Empty where the portal did it by itself.
    by_id_then = models.BigIntegerField(null=True)
    by_name = models.CharField(_("who"), max_length=150, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # The day, the window and the visitors, where it was planned.
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("change of a visit")
        verbose_name_plural = _("changes of visits")
        indexes: ClassVar[list[models.Index]] = [
            # The history of one visit, in order.
            models.Index(fields=["visit", "id"], name="visits_change_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.source or '·'} → {self.target}"


class VisitPhoto(models.Model):
    """One photo of a visit, kept sealed; the database refuses to change it."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos")
    number = models.PositiveSmallIntegerField(_("no."))
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    # As the kept file has it: a visit has each photo once.
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    # By the telephone's clock; empty where it did not say.
    device_at = models.DateTimeField(_("taken"), null=True)
    added_at = models.DateTimeField(_("added"))
    added_by_name = models.CharField(_("added by"), max_length=150)

    class Meta:
        verbose_name = _("photo of a visit")
        verbose_name_plural = _("photos of visits")
        indexes: ClassVar[list[models.Index]] = [
            # The page of a visit: whether another one has the same photo.
            models.Index(fields=["sha256"], name="visits_photo_content"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "number"], name="visits_photo_number_once"),
            models.UniqueConstraint(fields=["visit", "sha256"], name="visits_photo_content_once"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}/{self.number}"
