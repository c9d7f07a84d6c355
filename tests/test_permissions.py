"""Who may open what: every address of the portal times every role. An address that is missing here fails the tests.

To add a page, add a row to the table of its room: how the address is filled, who may, and by which method.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from audit.models import AuditEntry
from borrowers.reach_services import opt_out
from cases.assignment_services import assign_one
from cases.desk_services import log
from cases.models import Case, ClosedDay, SetAside
from cases.services import place_hold
from contacts.message_services import receive
from contacts.models import Attempt
from intake.models import ImportRun
from loans.models import Portfolio
from reminders import template_services
from reminders.template_selectors import row_of
from reports.models import Brief
from reports.services import make_briefs
from staff.models import Team, User
from staff.roles import Role
from tests.access_rows import ADMIN, AUDITOR, EVERYBODY, OPERATIONS, SUPERVISOR, VIEWERS, Row, some_case
from tests.approvals.access import APPROVALS
from tests.bureau.access import BUREAU
from tests.cast import AT, SignedIn, hire
from tests.legal.access import LEGAL
from tests.letters.access import LETTER_PAGES
from tests.loans.build import a_loan, day, pay, person
from tests.reminders.build_outbox import a_message
from tests.visits.access import VISITS

TEN = dt.datetime(2025, 2, 10, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def somebody() -> dict[str, Any]:
    return {"pk": User.objects.order_by("pk")[0].pk}


def some_team() -> dict[str, Any]:
    return {"pk": Team.objects.order_by("pk")[0].pk}


def some_entry() -> dict[str, Any]:
    # Hiring the people of the test wrote entries.
    return {"pk": AuditEntry.objects.order_by("pk")[0].pk}


def some_loan() -> dict[str, Any]:
    return {"loan_no": a_loan(seen_by="East").loan_no}


def some_number() -> dict[str, Any]:
    return {**some_loan(), "name": "penalty"}


def some_payment() -> dict[str, Any]:
    loan = a_loan(seen_by="East")
    return {"loan_no": loan.loan_no, "pk": pay(loan, "10.00", "01-20").pk}


def some_borrower() -> dict[str, Any]:
    return {"borrower_no": a_loan(seen_by="East").borrower.borrower_no}


def some_hold() -> dict[str, Any]:
    case = Case.objects.get(**some_case())
    hold = place_hold(
        case=case,
        kind="dispute",
        from_on=day("02-09"),
        until_on=None,
        stops_penalty=False,
        stops_clock=False,
        reason="says it is paid",
        evidence="",
        by=person(Role.SUPERVISOR),
        on=day("02-09"),
        at=AT,
    )
    return {"pk": case.pk, "hold_pk": hold.pk}


def some_figure() -> dict[str, Any]:
    some_case()
    make_briefs(on=day("02-09"), at=AT)
    return {"pk": Brief.objects.get().pk, "kind": "new"}


def some_log(line: str) -> Attempt:
    """Something that a collector of the team logged at ten in the morning."""
    case = Case.objects.get(**some_case())
    said: dict[str, dict[str, Any]] = {
        "CB": {"at": TEN + dt.timedelta(hours=2)},
        "PTP": {"amount": Decimal(1000), "date": day("02-14")},
    }
    by, phone = person(Role.COLLECTOR, of="East"), case.borrower.phones.get()
    return log(case=case, point=phone, outcome=line, said=said[line], by=by, at=TEN)


def some_attempt() -> dict[str, Any]:
    attempt = some_log("CB")
    return {"pk": Case.objects.get().pk, "attempt_pk": attempt.pk}


def some_follow_up() -> dict[str, Any]:
    attempt = some_log("CB")
    return {"pk": Case.objects.get().pk, "task_pk": attempt.follow_ups.get().pk}


def some_promise() -> dict[str, Any]:
    return {"pk": some_log("PTP").promises.get().pk}


def some_reply() -> dict[str, Any]:
    case = Case.objects.get(**some_case())
    its: dict[str, Any] = {"borrower": case.borrower, "portfolio": case.portfolio, "medium": "sms"}
    return {"pk": case.pk, "message_pk": receive(**its, text="ok", at=AT, answers=None, is_stop=False).pk}


def some_answer() -> dict[str, Any]:
    return {"pk": some_reply()["message_pk"]}


def some_opt_out() -> dict[str, Any]:
    case = Case.objects.get(**some_case())
    return {"pk": case.pk, "opt_out_pk": opt_out(borrower=case.borrower, medium="sms", how="TD", by=None, at=AT).pk}


def some_handover() -> dict[str, Any]:
    case = Case.objects.get(**some_case())
    owner, by = person(Role.COLLECTOR, of="East"), person(Role.SUPERVISOR, of="East")
    return {"pk": assign_one(case=case, owner=owner, reason="new", by=by, on=day("02-09"), at=AT).pk}


def some_night() -> dict[str, Any]:
    some_case()
    return {"on": day("02-09")}


def some_moves() -> dict[str, Any]:
    return {**some_night(), "move": "open"}


def some_set_aside() -> dict[str, Any]:
    case = Case.objects.get(**some_case())
    night = ClosedDay.objects.get()
    row = SetAside(day=night, borrower=case.borrower, portfolio=case.portfolio, case=case, error="ValueError", at=AT)
    row.save()
    return {"pk": row.pk}


def some_message() -> dict[str, Any]:
    return {"pk": a_message(Case.objects.get(**some_case())).pk}


def some_sender() -> dict[str, Any]:
    return {"medium": "sms"}


def some_text() -> dict[str, Any]:
    return {"step": "overdue_1", "medium": "sms", "language": "en"}


def some_wording() -> dict[str, Any]:
    row, by = row_of(**some_text(), on=day("02-09")), person(Role.POLICY_ADMIN, of=None)
    assert row is not None
    body = "{lender}: {amount} is overdue. {path_to_green} {how_to_pay}"
    version = template_services.write(place=row.place, title="", body=body, note="", seen=None, by=by, at=AT)
    return {"pk": template_services.submit(version=version, by=by, at=AT).pk}


def some_lender() -> dict[str, Any]:
    a_loan(seen_by="East")
    return {"pk": Portfolio.objects.get().pk}


def some_caller() -> dict[str, Any]:
    return {"pk": person(Role.COLLECTOR, of="East").pk}


def some_import() -> dict[str, Any]:
    return {"pk": ImportRun.objects.create(team=Team.objects.get(name="East"), uploaded_at=AT, requested_at=AT).pk}


def no_reject_file() -> dict[str, Any]:
    return {**some_import(), "file_pk": 0}


PORTAL = {
    "healthz/": Row(EVERYBODY, open_to_strangers=True),
    # Gateways do not sign in: a call without a signed body gets no further than its content type.
    "hooks:take": Row(
        EVERYBODY, "post", kwargs=lambda: {"medium": "sms"}, answers=frozenset({415}), open_to_strangers=True
    ),
}
STAFF = {
    "staff:home": Row(EVERYBODY),
    "staff:login": Row(EVERYBODY, open_to_strangers=True),
    "staff:logout": Row(EVERYBODY, "post", open_to_strangers=True),
    "staff:language": Row(EVERYBODY, "post", open_to_strangers=True),
    "staff:password": Row(EVERYBODY),
    "staff:people": Row(ADMIN | AUDITOR),
    "staff:add_person": Row(ADMIN),
    "staff:person": Row(ADMIN, kwargs=somebody),
    "staff:temporary_password": Row(ADMIN, kwargs=somebody),
    "staff:teams": Row(ADMIN | AUDITOR),
    "staff:add_team": Row(ADMIN),
    "staff:team": Row(ADMIN, kwargs=some_team),
}
AUDIT = {
    "audit:list": Row(AUDITOR),
    "audit:entry": Row(AUDITOR, kwargs=some_entry),
    "audit:verify": Row(AUDITOR, "post"),
}
LOANS = {
    "loans:borrowers": Row(VIEWERS),
    "loans:borrower": Row(VIEWERS, kwargs=some_borrower),
    "loans:reveal": Row(
        VIEWERS - {Role.FIELD_AGENT, Role.AUDITOR}, "post", kwargs=some_borrower, answers=frozenset({200, 302, 422})
    ),
    "loans:loans": Row(VIEWERS),
    "loans:states": Row(OPERATIONS | AUDITOR),
    "loans:loan": Row(VIEWERS, kwargs=some_loan),
    "loans:explain": Row(VIEWERS, kwargs=some_number),
}
CASES = {
    "cases:list": Row(VIEWERS),
    "cases:case": Row(VIEWERS, kwargs=some_case),
    "cases:place_hold": Row(
        frozenset({Role.COLLECTOR, Role.FIELD_AGENT, Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER}),
        kwargs=some_case,
    ),
    "cases:lift_hold": Row(frozenset({Role.SUPERVISOR, Role.LEGAL_OFFICER}), kwargs=some_hold),
    "cases:lift_opt_out": Row(SUPERVISOR, kwargs=some_opt_out),
    "cases:step_back": Row(frozenset({Role.SUPERVISOR}), "post", kwargs=some_case),
}
CALLERS = frozenset({Role.COLLECTOR, Role.SUPERVISOR})
DESK = {
    "desk:queue": Row(CALLERS),
    "desk:next": Row(CALLERS, "post"),
    "desk:my_day": Row(CALLERS),
    "desk:call": Row(CALLERS, "post", kwargs=some_case, answers=frozenset({404})),
    "desk:log": Row(CALLERS, "post", kwargs=some_case, answers=frozenset({422})),
    "desk:read": Row(CALLERS, "post", kwargs=some_case),
    "desk:undo": Row(CALLERS, "post", kwargs=some_attempt),
    "desk:pulse": Row(VIEWERS, kwargs=some_case),
    "desk:finish": Row(CALLERS, kwargs=some_follow_up),
    "desk:answer": Row(CALLERS, "post", kwargs=some_reply),
    "desk:team": Row(SUPERVISOR | AUDITOR),
    "desk:decide_promise": Row(SUPERVISOR, kwargs=some_promise),
    "cases:assign": Row(SUPERVISOR, "post", kwargs=some_case),
    "assignment:list": Row(SUPERVISOR),
    "assignment:preview": Row(SUPERVISOR, "post", answers=frozenset({422})),
    "assignment:hand_over": Row(SUPERVISOR, "post"),
    "assignment:handover": Row(SUPERVISOR, kwargs=some_handover),
    "assignment:progress": Row(SUPERVISOR, kwargs=some_handover),
    "assignment:resume": Row(SUPERVISOR, "post", kwargs=some_handover),
    "assignment:undo": Row(SUPERVISOR, "post", kwargs=some_handover),
    "assignment:desk": Row(SUPERVISOR, kwargs=some_caller),
}
LETTERS = SUPERVISOR | OPERATIONS
OUTBOX = {
    "outbox:board": Row(LETTERS | AUDITOR),
    "outbox:list": Row(LETTERS | AUDITOR),
    "outbox:answers": Row(CALLERS | LETTERS | AUDITOR),
    "outbox:answer": Row(CALLERS, "post", kwargs=some_answer),
    "outbox:message": Row(LETTERS | AUDITOR, kwargs=some_message),
    "outbox:look_up": Row(LETTERS, kwargs=some_message),
    "outbox:settle": Row(LETTERS, "post", kwargs=some_message, answers=frozenset({422})),
    "outbox:call_off": Row(LETTERS, "post", kwargs=some_message, answers=frozenset({422})),
    "outbox:pause": Row(LETTERS, "post", kwargs=some_sender),
    "outbox:resume": Row(LETTERS, "post", kwargs=some_sender),
    "outbox:rate": Row(LETTERS, "post", kwargs=some_sender),
}
NIGHTS = {
    "nights:list": Row(SUPERVISOR | OPERATIONS | AUDITOR),
    "nights:night": Row(SUPERVISOR | OPERATIONS | AUDITOR, kwargs=some_night),
    "nights:progress": Row(SUPERVISOR | OPERATIONS | AUDITOR, kwargs=some_night),
    "nights:moves": Row(SUPERVISOR | OPERATIONS | AUDITOR, kwargs=some_moves),
    "nights:try_again": Row(SUPERVISOR | OPERATIONS, "post", kwargs=some_set_aside),
}
WRITER = frozenset({Role.POLICY_ADMIN})
READERS = WRITER | SUPERVISOR | OPERATIONS | AUDITOR
TEXTS = {
    "texts:list": Row(READERS),
    "texts:text": Row(READERS, kwargs=some_text),
    "texts:preview": Row(READERS, "post", kwargs=some_text),
    "texts:write": Row(WRITER, kwargs=some_text),
    "texts:submit": Row(WRITER, "post", kwargs=some_wording),
    "texts:withdraw": Row(WRITER, "post", kwargs=some_wording),
    "texts:decide": Row(WRITER, "post", kwargs=some_wording, answers=frozenset({422})),
    "texts:lenders": Row(READERS),
    "texts:lender": Row(WRITER, kwargs=some_lender),
}
REPORTS = {
    "reports:brief": Row(SUPERVISOR | AUDITOR),
    "reports:brief_lines": Row(SUPERVISOR | AUDITOR, kwargs=some_figure),
    "reports:make_brief": Row(SUPERVISOR, "post"),
    "reports:follow_up": Row(SUPERVISOR | AUDITOR),
    "reports:follow_up_cases": Row(SUPERVISOR | AUDITOR, kwargs=lambda: {"month": "all", "figure": "cured"}),
    "reports:story": Row(VIEWERS, kwargs=some_case),
}
INTAKE = {
    "bookings:payment": Row(OPERATIONS, kwargs=some_loan),
    "bookings:reverse": Row(OPERATIONS, kwargs=some_payment),
    "intake:list": Row(OPERATIONS | AUDITOR),
    "intake:new": Row(OPERATIONS),
    "intake:run": Row(OPERATIONS | AUDITOR, kwargs=some_import),
    "intake:progress": Row(OPERATIONS | AUDITOR, kwargs=some_import),
    "intake:load": Row(OPERATIONS, "post", kwargs=some_import),
    "intake:check_again": Row(OPERATIONS, "post", kwargs=some_import),
    "intake:discard": Row(OPERATIONS, "post", kwargs=some_import),
    "intake:rejects": Row(OPERATIONS, kwargs=no_reject_file, answers=frozenset({404})),
}
TABLE: dict[str, Row] = (PORTAL | STAFF | AUDIT | LOANS | CASES | DESK | OUTBOX | NIGHTS | TEXTS | REPORTS | INTAKE) | (
    VISITS | LETTER_PAGES | LEGAL | BUREAU | APPROVALS
)


def addresses(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """The name of every address, or its route where it has no name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}" if pattern.name else str(pattern.pattern)


def status(client: Client, url: str, method: str) -> int:
    """What an address answers; whatever it changes is undone."""
    with transaction.atomic():
        answered = int(getattr(client, method)(url).status_code)
        transaction.set_rollback(True)
    return answered


@pytest.fixture
def people(east: Team) -> dict[Role, User]:
    """One of each role, all of one team."""
    return {role: hire(role.value, role, east) for role in Role}


def test_every_address_stands_in_the_table_and_nothing_else_does() -> None:
    assert set(addresses(get_resolver().url_patterns)) == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_each_role_opens_what_the_table_allows_and_gets_403_for_the_rest(
    name: str, people: dict[Role, User], signed_in: SignedIn
) -> None:
    row = TABLE[name]
    url = f"/{name}" if name.endswith("/") else reverse(name, kwargs=row.kwargs())

    found = {role: status(signed_in(person), url, row.method) for role, person in people.items()}
    allowed = {role for role in Role if found[role] != 403}
    stranger = status(Client(), url, row.method)

    assert allowed == row.allowed, (name, found)
    assert {found[role] for role in row.allowed} <= row.answers, (name, found)
    # Whoever has not signed in is sent to do so.
    assert stranger in row.answers if row.open_to_strangers else stranger == 302
    if row.method == "post":
        # What changes something is not done by following a link.
        assert status(signed_in(people[sorted(row.allowed)[0]]), url, "get") == 405
