"""Handing the rows of a portfolio to the bureau, each of them once."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from audit.services import record
from bureau.export_selectors import rows_between
from bureau.models import RecordExport, RecordRow, ReportRun
from bureau.reporting import EXPORTS
from bureau.services import RecordRefused
from loans.models import Portfolio
from staff.models import User

MAY_REPORT, MAY_EXPORT = "bureau.report", "bureau.export"


@transaction.atomic
def make_export(*, portfolio: Portfolio, by: User, on: dt.date, at: dt.datetime) -> RecordExport:
    """Fix what the next file holds: all rows since the one before. Raises RecordRefused and PermissionDenied."""
    if not by.has_perm(MAY_REPORT):
        raise PermissionDenied(MAY_REPORT)
    with connection.cursor() as cursor:
        # Alone: a row that somebody is writing may have a lower number than those we see.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [EXPORTS, portfolio.pk])
    if ReportRun.objects.filter(portfolio=portfolio, finished_at=None).exists():
        raise RecordRefused("under_way", _("A report of this portfolio is being made; wait until it is finished."))
    before = RecordExport.objects.filter(portfolio=portfolio).order_by("-until_row_id").first()
    after = before.until_row_id if before else 0
    newest = RecordRow.objects.filter(portfolio=portfolio, pk__gt=after).order_by("-pk").first()
    count = rows_between(portfolio, after, newest.pk).count() if newest else 0
    if not newest or not count:
        raise RecordRefused("nothing_new", _("Nothing was reported since the last file."))
    export = RecordExport.objects.create(
        portfolio=portfolio,
        after_row_id=after,
        until_row_id=newest.pk,
        rows=count,
        made_on=on,
        made_at=at,
        made_by_name=by.get_username(),
    )
    details = {"export": export.pk, "rows": count}
    record(actor=by, action="bureau.export", subject=f"portfolio {portfolio.code}", details=details, at=at)
    return export


def note_download(*, export: RecordExport, by: User, at: dt.datetime) -> bool:
    """Write down that somebody takes a file; says whether it names people by ID number. Raises PermissionDenied."""
    if not by.has_perm(MAY_EXPORT):
        raise PermissionDenied(MAY_EXPORT)
    in_clear = by.has_perm(MAY_REPORT)
    details = {"export": export.pk, "rows": export.rows, "id_numbers": "clear" if in_clear else "masked"}
    record(actor=by, action="bureau.download", subject=f"portfolio {export.portfolio.code}", details=details, at=at)
    return in_clear
