import time
from dataclasses import replace
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from borrowers.services import register
from cases.night_services import close_day
from loans.models import Portfolio
from loans.services import open_loans
from reminders.models import OutboxMessage, Sender
from reminders.plan_services import plan_day
from rulebook.tape import NewInstalment
from tests.loans.build import borrower_row, day, loan_row, team
from tests.reminders.build import a_voice, moment, send
from tests.reminders.sms_sink import SmsSink, SMS_SECRET

N = 500


def test_speed(committed: None, settings) -> None:
    numbers = range(1, N + 1)
    people = [replace(borrower_row(f"B{n}"), phone=f"158{n:08d}", email="") for n in numbers]
    register(borrowers=people, contacts=[], by=None, at=moment("01-01 09:00"))
    loans = [loan_row(f"L{n}", (("01-10", "800.00", "0.00"),), borrower_no=f"B{n}") for n in numbers]
    dues = [NewInstalment(f"L{n}", 1, day("01-10"), loans[0].principal, loans[0].principal * 0) for n in numbers]
    open_loans(loans=loans, instalments=dues, by=None, at=moment("01-01 09:00"), team=team())
    a_voice(Portfolio.objects.get())
    at = moment("01-11 00:30")
    close_day(on=day("01-11"), at=at)
    t = time.monotonic()
    assert plan_day(on=day("01-11"), at=at).planned == N
    print("plan", round(time.monotonic() - t, 2))
    Sender.objects.update(per_minute=1_000_000)
    with SmsSink(any_time=True) as sink:
        settings.SMS_URL, settings.SMS_KEY = sink.url, SMS_SECRET
        import cProfile, pstats; pr = cProfile.Profile()
        c = time.process_time(); t = time.monotonic(); import os
        if os.environ.get("PROF"): pr.enable()
        assert send("01-11 09:05") == N
        pr.disable()
        if os.environ.get("PROF"): pstats.Stats(pr).sort_stats("cumulative").print_stats(70)
        took, cpu = time.monotonic() - t, time.process_time() - c
        print(f"SEND {N}: {took:.2f}s = {N/took:.0f}/s ; cpu {cpu:.2f}s")
    assert OutboxMessage.objects.filter(state="sent").count() == N


def test_queries(committed: None, settings) -> None:
    from reminders.send_services import mark
    from reminders.gateways import Sent, Result
    from tests.reminders.build import a_late_loan, night, claim_at
    a_late_loan(); night("01-11")
    letter = claim_at("01-11 09:05").letters[0]
    with CaptureQueriesContext(connection) as q:
        mark(pk=letter.pk, sent=Sent(Result.ACCEPTED), at=moment("01-11 09:05"))
    for x in q: print(x["sql"][:140].replace("\n", " "))
