"""What was told to the credit bureau before the day: notices, the report of a month, and one dispute of it."""

import datetime as dt

from bureau.dispute_services import open_dispute
from bureau.run_services import run_month
from cases.lifecycle import Stage
from cases.models import Case
from contacts.letter_models import LetterKind
from intake.demo.diary import Diary, Story
from intake.demo.escalated import Setting, post_now
from intake.demo.tape import CONSUMER, DemoTape
from letters.services import note_delivery
from loans.models import Portfolio
from rulebook.credit_record import last_month_end

NOTICES = 3
# Days before the day.
NOTIFIED, ARRIVED, REPORTED, DISPUTED = 33, 30, 20, 2


def begin(diary: Diary, setting: Setting, tape: DemoTape) -> None:
    """Begin with the notices to the borrowers of the first portfolio who will be late the longest."""
    known = tape.late_on(setting.on)
    called = Case.objects.filter(portfolio__code=CONSUMER, stage=Stage.PHONE, lead_loan__loan_no__in=known)
    cases = list(called.select_related("borrower", "portfolio", "lead_loan").order_by("pk"))
    cases.sort(key=lambda case: known[case.lead_loan.loan_no], reverse=True)
    if cases:
        diary.begin(_record(cases[:NOTICES], setting))


def _record(cases: list[Case], setting: Setting) -> Story:
    by, report_on = setting.people["operations"], setting.day(REPORTED)
    # Who pays by the day that the notice names is not reported, so the report comes after it.
    pay_by = report_on - dt.timedelta(days=1)
    yield setting.at(NOTIFIED, 11)
    sent = [
        post_now(case, LetterKind.REPORT_NOTICE, setting, NOTIFIED, by=by, report_on=pay_by.isoformat())
        for case in cases
    ]
    yield (at := setting.at(ARRIVED, 14))
    for letter in sent[1:]:
        note_delivery(letter=letter, delivered=True, on=at.date(), how="邮政回执：家人代收", by=by, at=at)
    yield (at := setting.at(REPORTED, 9, 30))
    portfolio = Portfolio.objects.get(code=CONSUMER)
    run_month(portfolio=portfolio, month_end=last_month_end(pay_by), by=by, on=report_on, at=at)
    yield (at := setting.at(DISPUTED, 15, 40))
    text, by, on = "借款人称上月已还清，逾期天数有误，要求更正。", setting.people["collector"], at.date()
    open_dispute(loan=cases[-1].lead_loan, text=text, opened_on=on, by=by, on=on, at=at)
