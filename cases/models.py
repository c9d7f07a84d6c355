"""Cases, every move they made, the days that were closed, and who owns which case."""

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from borrowers.models import Borrower
from cases.assignment_lifecycle import HandoverLifecycle, HandoverState
from cases.lifecycle import CaseLifecycle, Outcome, Stage
from loans.models import Loan, Portfolio
from policies.models import PolicyVersion
from rulebook import assignment
from staff.models import Team, User

UNDO_WITHIN = dt.timedelta(hours=24)


class Case(CaseLifecycle):
    """All that one borrower has overdue in one portfolio: one stage, one row in the queue."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="cases")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="cases")
    # The latest loan, and of those the one that owes most, as of the last move or review.
    lead_loan = models.ForeignKey(Loan, models.PROTECT, verbose_name=_("lead loan"), related_name="+")
    opened_on = models.DateField(_("opened"))
    stage_since = models.DateField(_("in this stage since"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    # The next day on which the calendar alone can change something; empty while only people or money can.
    review_on = models.DateField(_("next review"), null=True, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, verbose_name=_("owner"), null=True, related_name="cases")
    # Whoever works on it now; nobody else is offered it before the lease is over.
    lease_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lease_until = models.DateTimeField(_("leased until"), null=True)
    # Its place in the queue as `rulebook.priority` gave it; empty for what is not chased.
    line = models.PositiveSmallIntegerField(_("queue line"), null=True)
    points = models.PositiveSmallIntegerField(_("points"), default=0)
    why = models.JSONField(_("why here"), default=list)
    # The next moment at which the clock alone changes its line.
    wakes_at = models.DateTimeField(_("wakes"), null=True)
    # Counts what happened to the case, so that an open page sees that it is out of date.
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes: ClassVar[list[models.Index]] = [
            # Close of day: the cases that the calendar may have changed.
            models.Index(
                fields=["review_on"], name="cases_case_to_review", condition=models.Q(review_on__isnull=False)
            ),
            # The list of a portfolio's cases, the newest in their stage first.
            models.Index(fields=["portfolio", "-stage_since", "-id"], name="cases_case_of_portfolio"),
            # The queue of a team, and its "Next case" among what nobody owns, and one's own.
            models.Index(
                fields=["line", "-points", "id"], name="cases_case_queue", condition=models.Q(line__isnull=False)
            ),
            models.Index(
                fields=["line", "-points", "id"],
                name="cases_case_queue_pool",
                condition=models.Q(line__isnull=False, owner=None),
            ),
            models.Index(
                fields=["owner", "line", "-points", "id"],
                name="cases_case_queue_own",
                condition=models.Q(line__isnull=False, owner__isnull=False),
            ),
            # The cases whose moment has come.
            models.Index(fields=["wakes_at"], name="cases_case_wakes", condition=models.Q(wakes_at__isnull=False)),
            # Who is on what.
            models.Index(
                fields=["lease_until"], name="cases_case_leased", condition=models.Q(lease_until__isnull=False)
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["borrower", "portfolio"], condition=~models.Q(stage=Stage.CLOSED), name="cases_case_one_open"
            ),
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="cases_case_stage_known"),
            models.CheckConstraint(
                condition=models.Q(stage=Stage.CLOSED, closed_on__isnull=False, closed_as__in=Outcome.values)
                | (~models.Q(stage=Stage.CLOSED) & models.Q(closed_on=None, closed_as="")),
                name="cases_case_closed_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"C{self.pk:07d}"

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do or to watch."""
        return bool(self.stage != Stage.CLOSED)


class CaseMove(models.Model):
    """One move of a case with what it was decided on; the database refuses to change it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="moves")
    move = models.CharField(_("move"), max_length=20)
    # Empty where the case opened.
    source = models.CharField(_("from"), max_length=10, choices=Stage, blank=True)
    target = models.CharField(_("to"), max_length=10, choices=Stage)
    on = models.DateField(_("business date"))
    at = models.DateTimeField(_("when"))
    # As id and name, without a key: what somebody did outlives them. Empty where the portal moved it by itself.
    by_id_then = models.BigIntegerField(null=True)
    # Where several agreed, all their names, and the id of the last.
    by_name = models.CharField(_("who"), max_length=310, blank=True)
    # Who asked for what others agreed to.
    asked_by_name = models.CharField(_("asked by"), max_length=150, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    facts = models.JSONField(_("decided on"))

    class Meta:
        verbose_name = _("move of a case")
        verbose_name_plural = _("moves of cases")
        indexes: ClassVar[list[models.Index]] = [
            # The history of one case, in order.
            models.Index(fields=["case", "id"], name="cases_move_in_order"),
            # What moved by itself on a business date.
            models.Index(fields=["on", "move", "id"], name="cases_move_of_night", condition=models.Q(by_name="")),
        ]

    def __str__(self) -> str:
        return f"{self.source or '·'} → {self.target}"

    @property
    def arrears(self) -> Decimal:
        """What was in arrears when it was decided."""
        return Decimal(self.facts["arrears"])


class VisitsWaived(models.Model):
    """Somebody says that a case may go to legal without visits, or takes that back; the latest row counts.

    The database refuses to change it.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="visits_waived")
    is_taken_back = models.BooleanField(_("taken back"), default=False)
    on = models.DateField(_("business date"))
    at = models.DateTimeField(_("when"))
    # As id and name, without a key: what somebody did outlives them.
    by_id_then = models.BigIntegerField()
    by_name = models.CharField(_("who"), max_length=150)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("waiver of visits")
        verbose_name_plural = _("waivers of visits")

    def __str__(self) -> str:
        return f"{self.case_id} {self.on}"


class ClosedDay(models.Model):
    """A business date that is being closed or was, and what that changed in all its runs."""

    on = models.DateField(_("business date"), unique=True)
    opened = models.PositiveIntegerField(_("opened"), default=0)
    moved = models.PositiveIntegerField(_("moved"), default=0)
    # Of the latest run: since when its chunks are planned, and since when the last of them is done.
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")

    def __str__(self) -> str:
        return self.on.isoformat()

    @property
    def is_under_way(self) -> bool:
        """Whether its chunks are planned and not all of them are done."""
        return self.started_at is not None and self.finished_at is None

    @property
    def took(self) -> dt.timedelta | None:
        """How long its latest run lasted; empty while it is under way."""
        return self.finished_at - self.started_at if self.started_at and self.finished_at else None


class ChunkKind(models.TextChoices):
    """What a night does with the members of a chunk."""

    OPEN = "open", _("open cases")
    REVIEW = "review", _("review cases")


class ClosingChunk(models.Model):
    """A part of a day that one worker takes and does in one transaction; gone when the day is finished."""

    day = models.ForeignKey(ClosedDay, models.PROTECT, related_name="chunks")
    kind = models.CharField(_("kind"), max_length=6, choices=ChunkKind)
    # [borrower, portfolio] each where cases are opened, the key of each case where they are reviewed.
    keys = models.JSONField(_("members"))
    size = models.PositiveIntegerField(_("how many"))
    done_at = models.DateTimeField(_("done"), null=True)
    opened = models.PositiveIntegerField(_("opened"), default=0)
    moved = models.PositiveIntegerField(_("moved"), default=0)

    class Meta:
        verbose_name = _("part of a day")
        verbose_name_plural = _("parts of a day")
        indexes: ClassVar[list[models.Index]] = [
            # The next one that nobody has done.
            models.Index(fields=["day", "id"], name="cases_chunk_to_do", condition=models.Q(done_at=None)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=ChunkKind.values), name="cases_chunk_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.pk}"


class SetAside(models.Model):
    """Something that failed in a night and was left out of it, with the error; the next night takes it again."""

    day = models.ForeignKey(ClosedDay, models.PROTECT, related_name="set_aside")
    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="+")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="+")
    # Empty where a case was to be opened.
    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), null=True, related_name="+")
    error = models.CharField(_("error"), max_length=100)
    message = models.CharField(_("what it said"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"))
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    # Empty where a later night did it.
    resolved_by_name = models.CharField(_("tried again by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("case set aside")
        verbose_name_plural = _("cases set aside")
        indexes: ClassVar[list[models.Index]] = [
            # What is still open of a borrower, asked for every chunk of every night.
            models.Index(
                fields=["borrower", "portfolio"], name="cases_setaside_open", condition=models.Q(resolved_at=None)
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "borrower", "portfolio"], name="cases_setaside_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.error}"


class Strategy(models.TextChoices):
    """How cases are spread over desks."""

    LOAD = assignment.Strategy.LOAD.value, _("By load: first to who has the fewest for their capacity")
    DISTRICT = assignment.Strategy.DISTRICT.value, _("By district: to who covers the borrower's city")
    ROUND_ROBIN = assignment.Strategy.ROUND_ROBIN.value, _("In turn: one each")


class LeftWhy(models.TextChoices):
    """Why a case stays where it is though it was to be given away."""

    CAPACITY = assignment.Why.CAPACITY.value, _("everybody who could take it is full")
    DISTRICT = assignment.Why.DISTRICT.value, _("nobody who is there covers the city")
    NOBODY = assignment.Why.NOBODY.value, _("nobody is there")


class Desk(models.Model):
    """How many cases somebody can own, where, and when they are away; who has no desk has the default one."""

    person = models.OneToOneField(User, models.PROTECT, verbose_name=_("person"), related_name="desk")
    capacity = models.PositiveSmallIntegerField(_("capacity"), default=150)
    # As they stand in the borrowers' addresses.
    cities = ArrayField(models.CharField(max_length=40), verbose_name=_("cities"), default=list, blank=True)
    away_from_on = models.DateField(_("away from"), null=True, blank=True)
    # The first day they are there again; empty while nobody knows.
    back_on = models.DateField(_("back on"), null=True, blank=True)

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(back_on=None) | models.Q(back_on__gt=models.F("away_from_on")),
                name="cases_desk_back_after_away",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    def is_away(self, on: dt.date) -> bool:
        """Whether the person is away on a day."""
        return self.away_from_on is not None and self.away_from_on <= on and (self.back_on is None or on < self.back_on)


class Handover(HandoverLifecycle):
    """One giving of cases to people: as it was previewed, how far it has come, and whether it was undone."""

    team = models.ForeignKey(Team, models.PROTECT, verbose_name=_("team"), related_name="handovers")
    # Empty where somebody gave one case to one person.
    strategy = models.CharField(_("strategy"), max_length=12, choices=Strategy, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    # As id and name, without a key: what somebody did outlives them.
    asked_by_id_then = models.BigIntegerField()
    asked_by_name = models.CharField(_("asked by"), max_length=150)
    asked_at = models.DateTimeField(_("asked"))
    # [case, from whom, to whom], in the order in which nobody has too many at any moment.
    plan = models.JSONField(_("plan"))
    total = models.PositiveIntegerField(_("cases"))
    # How many of the plan were looked at, and how many of those moved: the others had changed since.
    done = models.PositiveIntegerField(_("done"), default=0)
    moved = models.PositiveIntegerField(_("moved"), default=0)
    last_at = models.DateTimeField(_("last worked on"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by_name = models.CharField(_("undone by"), max_length=150, blank=True)
    put_back = models.PositiveIntegerField(_("put back"), default=0)

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        indexes: ClassVar[list[models.Index]] = [
            # The handovers of a team, newest first.
            models.Index(fields=["team", "-asked_at"], name="cases_handover_of_team"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state__in=HandoverState.values), name="cases_handover_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(strategy="") | models.Q(strategy__in=Strategy.values),
                name="cases_handover_strategy_known",
            ),
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total"), moved__lte=models.F("done")),
                name="cases_handover_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"H{self.pk:05d}"

    @property
    def skipped(self) -> int:
        """How many were left alone, because they had changed since the preview."""
        return int(self.done - self.moved)

    @property
    def undo_until(self) -> dt.datetime | None:
        """Until when it can be undone; empty while it is under way."""
        return self.finished_at and self.finished_at + UNDO_WITHIN


class HandoverCase(models.Model):
    """One change of a case's owner: together the history of who owned it; the database refuses to change it."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="owner_changes")
    # Empty is the pool.
    from_owner = models.ForeignKey(User, models.PROTECT, verbose_name=_("from"), null=True, related_name="+")
    to_owner = models.ForeignKey(User, models.PROTECT, verbose_name=_("to"), null=True, related_name="+")
    at = models.DateTimeField(_("when"))
    is_undo = models.BooleanField(_("put back"), default=False)

    class Meta:
        verbose_name = _("change of owner")
        verbose_name_plural = _("changes of owner")

    def __str__(self) -> str:
        return f"{self.from_owner or '·'} → {self.to_owner or '·'}"
