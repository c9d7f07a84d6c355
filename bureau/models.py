"""What was reported to the credit bureau of which loan, what waits for a notice, and what borrowers dispute."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borrowers.fields import EncryptedText
from borrowers.models import Borrower
from letters.lifecycle import State
from letters.models import Letter
from loans.models import Loan, LoanEvent, Portfolio
from policies.models import PolicyVersion
from rulebook import credit_record


class Code(models.TextChoices):
    """How a loan stands as of a day, in the portal's own format."""

    IN_ORDER = credit_record.Code.IN_ORDER.value, _("in order")
    LATE_1 = credit_record.Code.LATE_1.value, _("1 to 30 days late")
    LATE_2 = credit_record.Code.LATE_2.value, _("31 to 60 days late")
    LATE_3 = credit_record.Code.LATE_3.value, _("61 to 90 days late")
    LATE_4 = credit_record.Code.LATE_4.value, _("91 to 120 days late")
    LATE_5 = credit_record.Code.LATE_5.value, _("121 to 150 days late")
    LATE_6 = credit_record.Code.LATE_6.value, _("151 to 180 days late")
    LATE_7 = credit_record.Code.LATE_7.value, _("more than 180 days late")
    PAID_LATE = credit_record.Code.PAID_LATE.value, _("late, paid within the month")
    PAID_OFF = credit_record.Code.PAID_OFF.value, _("paid off")
    BAD_DEBT = credit_record.Code.BAD_DEBT.value, _("bad debt")
    ENDED = credit_record.Code.ENDED.value, _("ended otherwise")


ADVERSE = sorted(code.value for code in credit_record.ADVERSE)


class RowKind(models.TextChoices):
    """What a row says: how a loan stood at a month's end, or that its overdue has ended."""

    MONTHLY = "monthly", _("month's end")
    CLEARED = "cleared", _("cleared")


class Reason(models.TextChoices):
    """Why a row was reported."""

    RUN = "run", _("monthly report")
    NOTICE = "notice", _("held back until the notice was old enough")
    CURED = "cured", _("the overdue ended")
    HISTORY = "history", _("correction: what happened to the loan was put right")


class WhyHeld(models.TextChoices):
    """Why a first adverse row waits."""

    NO_NOTICE = "no_notice", _("no notice was posted")
    CAME_BACK = "came_back", _("the notice came back")
    TOO_SOON = "too_soon", _("the notice is not old enough")


class NoNotice(models.TextChoices):
    """Why a notice could not be written; the first four are what letters refuse by."""

    ADDRESS = "address", _("no address that may be used")
    NO_LENDER = "no_lender", _("nobody has said yet who the lender is")
    NOTHING_OWED = "nothing_owed", _("nothing is overdue any more")
    TWICE = "twice", _("one was written today already")
    NO_CASE = "no_case", _("the borrower has no case")


class Decision(models.TextChoices):
    """How a dispute was answered."""

    CORRECTED = "corrected", _("corrected")
    UPHELD = "upheld", _("upheld")
    WITHDRAWN = "withdrawn", _("taken back by the borrower")


class ReportRun(models.Model):
    """A portfolio's report as of a month's end; made again it adds what is missing and corrects what has changed."""

    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="report_runs")
    month_end = models.DateField(_("as of"))
    # How many runs the month had with it.
    number = models.PositiveSmallIntegerField(_("run"), default=1)
    started_at = models.DateTimeField(_("started"))
    started_by_name = models.CharField(_("started by"), max_length=150)
    finished_at = models.DateTimeField(_("finished"), null=True)
    reported = models.PositiveIntegerField(_("reported"), default=0)
    corrected = models.PositiveIntegerField(_("corrected"), default=0)
    cleared = models.PositiveIntegerField(_("cleared"), default=0)
    held_back = models.PositiveIntegerField(_("held back"), default=0)

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["portfolio", "month_end", "number"], name="bureau_run_numbered"),
            models.UniqueConstraint(
                fields=["portfolio"], condition=Q(finished_at=None), name="bureau_run_one_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.portfolio} {self.month_end} #{self.number}"

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is left to do."""
        return self.finished_at is not None


class RunChunk(models.Model):
    """Some loans of a run, which one worker does in one transaction; gone when the run is finished."""

    run = models.ForeignKey(ReportRun, models.PROTECT, related_name="chunks")
    loan_ids = ArrayField(models.BigIntegerField(), verbose_name=_("loans"))
    size = models.PositiveIntegerField(_("how many"))
    done_at = models.DateTimeField(_("done"), null=True)
    reported = models.PositiveIntegerField(_("reported"), default=0)
    corrected = models.PositiveIntegerField(_("corrected"), default=0)
    cleared = models.PositiveIntegerField(_("cleared"), default=0)
    held_back = models.PositiveIntegerField(_("held back"), default=0)

    class Meta:
        verbose_name = _("part of a monthly report")
        verbose_name_plural = _("parts of monthly reports")
        indexes: ClassVar[list[models.Index]] = [
            # The next one that nobody has done.
            models.Index(fields=["run", "id"], name="bureau_chunk_to_do", condition=Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.pk}"


class RecordRow(models.Model):
    """What was reported of one loan as of one day. The database refuses to change it: a later version corrects it."""

    loan = models.ForeignKey(Loan, models.PROTECT, verbose_name=_("loan"), related_name="record_rows")
    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="+")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=RowKind)
    # A month's end, or the day on which the end of an overdue was reported.
    as_of_on = models.DateField(_("as of"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    code = models.CharField(_("code"), max_length=1, choices=Code)
    overdue_amount = models.DecimalField(_("overdue"), max_digits=14, decimal_places=2)
    days_past_due = models.PositiveIntegerField(_("days past due"))
    ended_on = models.DateField(_("overdue ended"), null=True)
    # Of the loan's adverse rows, once the overdue has ended.
    expires_on = models.DateField(_("kept until"), null=True)
    # Over everything it was made from: read again, another value shows that the history changed.
    source_hash = models.CharField(_("made from"), max_length=64)
    corrects = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("corrects"), null=True, related_name="corrected_by"
    )
    # What it says otherwise than the row it corrects; `source` alone is not reported again.
    changed = ArrayField(models.CharField(max_length=20), verbose_name=_("changed"), default=list)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason)
    # The newest event a correction was made after.
    cause = models.ForeignKey(LoanEvent, models.PROTECT, verbose_name=_("because of"), null=True, related_name="+")
    run = models.ForeignKey(ReportRun, models.PROTECT, verbose_name=_("run"), null=True, related_name="rows")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    reported_on = models.DateField(_("reported"))
    reported_at = models.DateTimeField(_("reported"))
    # Empty where the portal did it by itself.
    by_name = models.CharField(_("who"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("row of the overdue record")
        verbose_name_plural = _("rows of the overdue record")
        indexes: ClassVar[list[models.Index]] = [
            # A borrower's record as a timeline.
            models.Index(fields=["borrower", "as_of_on", "id"], name="bureau_row_of_borrower"),
            # The rows of a run by code.
            models.Index(fields=["run", "code", "id"], name="bureau_row_of_run"),
            # An export: what came since the one before.
            models.Index(fields=["portfolio", "id"], name="bureau_row_to_export"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # However many workers and runs: one row for a loan, a day and a version.
            models.UniqueConstraint(fields=["loan", "kind", "as_of_on", "version"], name="bureau_row_once"),
            models.CheckConstraint(
                condition=Q(version=1, corrects=None) | Q(version__gt=1, corrects__isnull=False),
                name="bureau_row_version_corrects",
            ),
            models.CheckConstraint(condition=Q(kind__in=RowKind.values), name="bureau_row_kind_known"),
            models.CheckConstraint(condition=Q(code__in=Code.values), name="bureau_row_code_known"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="bureau_row_reason_known"),
            models.CheckConstraint(
                condition=Q(code__in=ADVERSE) | Q(overdue_amount=0, days_past_due=0), name="bureau_row_only_late_owes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.as_of_on} {self.code} v{self.version}"

    @property
    def is_adverse(self) -> bool:
        """Whether it counts against the borrower."""
        return credit_record.is_adverse(self.code)


class LoanRecord(models.Model):
    """Where a loan stands with the bureau: a projection of its rows, rebuilt with each of them."""

    loan = models.OneToOneField(Loan, models.PROTECT, verbose_name=_("loan"), related_name="record")
    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="records")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="+")
    # The newest row that counts.
    latest = models.ForeignKey(RecordRow, models.PROTECT, null=True, related_name="+")
    # Whether an overdue was reported whose end was not.
    is_adverse = models.BooleanField(_("reported as overdue"), default=False)
    # Whether anything that counts against the borrower is on file at all.
    was_adverse = models.BooleanField(_("ever reported as overdue"), default=False)
    cleared_on = models.DateField(_("cleared"), null=True)
    ended_on = models.DateField(_("overdue ended"), null=True)
    expires_on = models.DateField(_("kept until"), null=True)
    # Whether the loan was reported as paid off or ended, after which no month follows.
    is_final = models.BooleanField(_("nothing more is reported"), default=False)
    # The newest event of the loan that its rows were compared with.
    seen_event_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("overdue record of a loan")
        verbose_name_plural = _("overdue records of loans")
        indexes: ClassVar[list[models.Index]] = [
            # The sweep: overdue as reported, and perhaps not any more.
            models.Index(fields=["loan"], name="bureau_record_adverse", condition=Q(is_adverse=True)),
        ]

    def __str__(self) -> str:
        return f"record {self.loan_id}"


class HeldBack(models.Model):
    """A first adverse row that waits until the borrower had notice; the run after that reports it, or it is let go."""

    loan = models.ForeignKey(Loan, models.PROTECT, verbose_name=_("loan"), related_name="+")
    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="+")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="+")
    # The latest run that held it back; empty where a correction was.
    run = models.ForeignKey(ReportRun, models.PROTECT, verbose_name=_("run"), null=True, related_name="held")
    month_end = models.DateField(_("as of"))
    code = models.CharField(_("code"), max_length=1, choices=Code)
    overdue_amount = models.DecimalField(_("overdue"), max_digits=14, decimal_places=2)
    days_past_due = models.PositiveIntegerField(_("days past due"))
    why = models.CharField(_("why"), max_length=10, choices=WhyHeld)
    earliest_on = models.DateField(_("earliest"), null=True)
    # Why no notice could be written.
    refusal = models.CharField(_("no notice because"), max_length=12, choices=NoNotice, blank=True)
    # The overdue ended before its borrower had notice: it is never reported.
    let_go_on = models.DateField(_("let go"), null=True)
    reported_as = models.OneToOneField(
        RecordRow, models.PROTECT, verbose_name=_("reported"), null=True, related_name="was_held"
    )

    class Meta:
        verbose_name = _("row held back")
        verbose_name_plural = _("rows held back")
        indexes: ClassVar[list[models.Index]] = [
            # What waits.
            models.Index(
                fields=["portfolio", "id"], name="bureau_held_waits", condition=Q(reported_as=None, let_go_on=None)
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["loan", "month_end"], name="bureau_held_once"),
            models.CheckConstraint(condition=Q(why__in=WhyHeld.values), name="bureau_held_why_known"),
            models.CheckConstraint(condition=Q(code__in=ADVERSE), name="bureau_held_is_adverse"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.month_end} {self.why}"


class RecordDispute(models.Model):
    """A borrower says that their record is wrong; it has to be answered in writing within the policy's days."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="record_disputes")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="+")
    loan = models.ForeignKey(Loan, models.PROTECT, verbose_name=_("loan"), related_name="record_disputes")
    # What they said, in their words.
    text = EncryptedText(_("what the borrower says"))
    opened_on = models.DateField(_("came in"))
    opened_at = models.DateTimeField(_("taken in"))
    opened_by_name = models.CharField(_("taken in by"), max_length=150)
    due_on = models.DateField(_("answer by"))
    decision = models.CharField(_("decision"), max_length=9, choices=Decision, blank=True)
    decided_on = models.DateField(_("answered"), null=True)
    decided_at = models.DateTimeField(_("answered"), null=True)
    decided_by_name = models.CharField(_("answered by"), max_length=150, blank=True)
    # What was found, as it stands in the letter; the database keeps it encrypted, as it may quote the borrower.
    answer = EncryptedText(_("answer"), default="")
    # The borrower's own statement, which goes with the record where it is upheld.
    statement = EncryptedText(_("statement of the borrower"), default="")
    letter = models.OneToOneField(
        Letter, models.PROTECT, verbose_name=_("letter"), null=True, related_name="answers_dispute"
    )

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        indexes: ClassVar[list[models.Index]] = [
            # What waits for an answer, by its clock.
            models.Index(fields=["due_on", "id"], name="bureau_dispute_open", condition=Q(decision="")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["loan"], condition=Q(decision=""), name="bureau_dispute_one_open"),
            models.CheckConstraint(
                condition=Q(decision="", decided_on=None, decided_at=None)
                | Q(decision__in=Decision.values, decided_on__isnull=False, decided_at__isnull=False),
                name="bureau_dispute_decided_says_when",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("opened_on")), name="bureau_dispute_due_after_opened"),
        ]

    def __str__(self) -> str:
        return f"dispute {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return not self.decision

    @property
    def needs_letter(self) -> bool:
        """Whether it was answered and has no letter, or one that was called off; who took it back needs none."""
        has_letter = self.letter is not None and self.letter.state != State.VOID
        return self.decision in (Decision.CORRECTED, Decision.UPHELD) and not has_letter


class RecordExport(models.Model):
    """A file that was handed to the bureau: the rows of a portfolio since the file before."""

    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="record_exports")
    # Its rows: after the first, up to and with the second.
    after_row_id = models.BigIntegerField()
    until_row_id = models.BigIntegerField()
    rows = models.PositiveIntegerField(_("rows"))
    made_on = models.DateField(_("made"))
    made_at = models.DateTimeField(_("made"))
    made_by_name = models.CharField(_("made by"), max_length=150)

    class Meta:
        verbose_name = _("export of the overdue record")
        verbose_name_plural = _("exports of the overdue record")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["portfolio", "after_row_id"], name="bureau_export_no_row_twice"),
            models.CheckConstraint(condition=Q(until_row_id__gt=F("after_row_id")), name="bureau_export_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.portfolio} {self.made_on}"
