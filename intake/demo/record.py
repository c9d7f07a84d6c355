"""What was told to the credit bureau before the day: notices, the report of a month, and one dispute of it."""

import datetime as dt

from bureau.dispute_services import open_dispute
from bureau.run_services import run_month
from cases.lifecycle import Stage
from cases.models import Case
from contacts.letter_models import LetterKind
from intake.demo.diary import Diary, Story
from intake.demo.escalated import Setting, post_now
from intake.demo.tape import CONSUMER, KNOWN_LOAN
from loans.models import Portfolio

NOTICES = 3
NOTIFIED, REPORTED, DISPUTED = 33, 20, 2


def begin(diary: Diary, setting: Setting) -> None:
    """Begin with the notices to the borrowers of the first portfolio whose cases have been open the longest."""
    called = Case.objects.filter(portfolio__code=CONSUMER, stage=Stage.PHONE)
    cases = called.exclude(lead_loan__loan_no=KNOWN_LOAN.loan_no).select_related("borrower", "portfolio", "lead_loan")
    latest = cases.order_by("lead_loan__oldest_unpaid_due_on", "pk")
    diary.begin(_record(list(latest[:NOTICES]), setting))


def _record(cases: list[Case], setting: Setting) -> Story:
    people, month = setting.people, _month(setting)
    report_on = max(month + dt.timedelta(days=2), setting.day(REPORTED))
    # Who pays by the day that the notice names is not reported, so the report comes after it.
    pay_by = report_on - dt.timedelta(days=1)
    yield setting.at(NOTIFIED, 11)
    for case in cases:
        by = people["operations"]
        post_now(case, LetterKind.REPORT_NOTICE, setting, NOTIFIED, by=by, report_on=pay_by.isoformat())
    back = (setting.on - report_on).days
    yield (at := setting.at(back, 9, 30))
    portfolio = Portfolio.objects.get(code=CONSUMER)
    run_month(portfolio=portfolio, month_end=month, by=people["operations"], on=report_on, at=at)
    yield (at := setting.at(min(back, DISPUTED), 15, 40))
    if cases:
        text = "借款人称上月已还清，逾期天数有误，要求更正。"
        by, on = people["collector"], at.date()
        open_dispute(loan=cases[-1].lead_loan, text=text, opened_on=on, by=by, on=on, at=at)


def _month(setting: Setting) -> dt.date:
    """The end of the latest month that was over for some days, so that what follows fits in before the day."""
    return setting.day(DISPUTED + 2).replace(day=1) - dt.timedelta(days=1)
