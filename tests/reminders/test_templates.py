"""Writing texts and agreeing to them: a second person, one version in use, and what was said of a lender."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from loans.models import Portfolio
from reminders.models import Template, TemplateVersion, Voice
from reminders.template_selectors import Piece, Place, difference, lenders_visible_to, row_of, rows, to_approve
from reminders.template_services import (
    TemplateRefused,
    approve,
    describe_lender,
    send_back,
    submit,
    withdraw,
    write,
)
from reminders.text_selectors import phrases_of
from staff.models import User
from staff.roles import Role
from tests.loans.build import AT, a_loan, day, person

pytestmark = pytest.mark.django_db

PLACE = Place("overdue_1", "overdue", "sms", "en", 1)
GOOD = "{lender}: {amount} is overdue since {due_date}. {path_to_green} {how_to_pay} Call {hotline}."
LENDER = {
    "lender": "Example Finance",
    "lender_zh": "示例金融",
    "how_to_pay": "In our app.",
    "how_to_pay_zh": "请在App内支付。",
    "hotline": "400-000-0000",
}


def writer(name: str = "kai") -> User:
    found = User.objects.filter(username=name).first()
    return found or User.objects.create_user(name, role=Role.POLICY_ADMIN)


def draft(body: str = GOOD, *, by: User | None = None, **more: Any) -> TemplateVersion:
    asked: dict[str, Any] = {"place": PLACE, "title": "", "note": "shorter", "seen": None, "at": AT}
    return write(body=body, by=by or writer(), **{**asked, **more})


def submitted(body: str = GOOD) -> TemplateVersion:
    return submit(version=draft(body), by=writer(), at=AT)


def refusal(of: Callable[[], object]) -> str:
    with pytest.raises(TemplateRefused) as refused:
        of()
    return refused.value.code


def in_use() -> TemplateVersion:
    its = TemplateVersion.objects.filter(template__step=PLACE.step, template__medium="sms", template__language="en")
    return its.get(state="approved")


def test_a_text_is_sent_once_a_second_person_has_agreed_and_the_one_before_it_is_not_any_more() -> None:
    before = in_use()
    version = submitted()
    assert in_use() == before
    approve(version=version, said="good", by=writer("xue"), at=AT)
    now = in_use()
    assert (now.pk, now.number, now.author_name, now.decided_by_name) == (version.pk, 2, "kai", "xue")
    assert (now.submitted_at, now.decided_at, now.decision) == (AT, AT, "good")
    assert TemplateVersion.objects.get(pk=before.pk).state == "superseded"
    said = [(entry.action, entry.actor_name, entry.subject) for entry in AuditEntry.objects.order_by("pk")]
    subject = "text overdue_1 sms en v2"
    assert said == [("templates.submit", "kai", subject), ("templates.approve", "xue", subject)]


def test_nobody_agrees_to_what_they_wrote_neither_by_the_service_nor_past_it() -> None:
    version = submitted()
    assert refusal(lambda: approve(version=version, said="", by=writer(), at=AT)) == "own"
    assert refusal(lambda: send_back(version=version, said="no", by=writer(), at=AT)) == "own"
    TemplateVersion.objects.filter(pk=in_use().pk).update(state="superseded")
    past_it = TemplateVersion.objects.filter(pk=version.pk)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        past_it.update(state="approved", decided_by_id_then=version.author_id_then)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        past_it.update(state="approved")


def test_whoever_wrote_last_is_the_author_so_that_the_first_may_agree() -> None:
    first = draft()
    second = draft(GOOD + " Thank you.", by=writer("xue"), seen=first.written_at, at=AT + dt.timedelta(minutes=5))
    assert (second.pk, second.author_name) == (first.pk, "xue")
    submit(version=second, by=writer(), at=AT)
    assert refusal(lambda: approve(version=second, said="", by=writer("xue"), at=AT)) == "own"
    assert approve(version=second, said="", by=writer(), at=AT).state == "approved"


def test_what_a_colleague_wrote_meanwhile_is_not_written_over() -> None:
    first = draft()
    assert refusal(lambda: draft(by=writer("xue"))) == "changed"
    assert refusal(lambda: draft(by=writer("xue"), seen=AT - dt.timedelta(minutes=1))) == "changed"
    assert draft(by=writer("xue"), seen=first.written_at).pk == first.pk


def test_a_text_with_a_fault_can_be_kept_but_not_submitted() -> None:
    version = draft("{lender}: 黑名单 {salary}")
    with pytest.raises(TemplateRefused) as refused:
        submit(version=version, by=writer(), at=AT)
    assert refused.value.code == "faults"
    assert "There is no placeholder {salary}." in str(refused.value)
    assert "Nobody may say this: 黑名单" in str(refused.value)
    draft(seen=version.written_at)
    assert submit(version=version, by=writer(), at=AT).state == "submitted"


def test_a_phrase_that_was_forbidden_meanwhile_keeps_a_text_from_being_agreed_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = submitted()
    monkeypatch.setattr("reminders.template_selectors.phrases_of", lambda _name: frozenset({"overdue since"}))
    assert refusal(lambda: approve(version=version, said="", by=writer("xue"), at=AT)) == "faults"


def test_what_the_law_forbids_to_say_comes_from_the_rules_of_the_place() -> None:
    assert "黑名单" in phrases_of("cn")


def test_the_same_words_again_are_not_submitted() -> None:
    assert refusal(lambda: submitted(in_use().body)) == "same"


def test_a_version_is_sent_back_with_a_reason_and_another_is_written() -> None:
    version = submitted()
    assert refusal(lambda: send_back(version=version, said=" ", by=writer("xue"), at=AT)) == "reason"
    send_back(version=version, said="too stern", by=writer("xue"), at=AT)
    again = draft()
    assert (again.number, TemplateVersion.objects.get(pk=version.pk).decision) == (3, "too stern")


def test_an_author_takes_a_version_back_and_nobody_else_does() -> None:
    version = submitted()
    assert refusal(lambda: withdraw(version=version, by=writer("xue"), at=AT)) == "not_yours"
    assert refusal(lambda: draft(seen=version.written_at)) == "submitted"
    back = withdraw(version=version, by=writer(), at=AT)
    assert (back.state, back.submitted_at) == ("draft", None)
    assert refusal(lambda: approve(version=version, said="", by=writer("xue"), at=AT)) == "state"
    assert refusal(lambda: withdraw(version=version, by=writer(), at=AT)) == "state"


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OPERATIONS, Role.AUDITOR])
def test_other_roles_read_but_neither_write_nor_agree(role: Role) -> None:
    version, other = submitted(), person(role)
    attempts: list[Callable[[], object]] = [
        lambda: draft(by=other),
        lambda: submit(version=version, by=other, at=AT),
        lambda: withdraw(version=version, by=other, at=AT),
        lambda: approve(version=version, said="", by=other, at=AT),
        lambda: send_back(version=version, said="no", by=other, at=AT),
        lambda: describe_lender(portfolio=Portfolio(), said=LENDER, by=other, at=AT),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_text_belongs_to_a_medium_and_a_language_that_there_are() -> None:
    assert refusal(lambda: draft(place=Place("overdue_1", "overdue", "fax", "en", 1))) == "place"
    made = draft(place=Place("overdue_60", "overdue", "sms", "en", 60), body="{lender}\r\n  {amount} \r\n")
    assert (made.number, made.body, made.template.step) == (1, "{lender}\n  {amount}", "overdue_60")


def test_the_list_has_every_text_that_a_policy_asks_for_and_those_that_none_asks_for_any_more() -> None:
    listed = rows(day("02-09"))
    assert len(listed) == 36
    assert [row.place.step for row in listed[:1] + listed[-1:]] == ["before_due_3", "watch_1"]
    draft(place=Place("overdue_60", "overdue", "sms", "en", None))
    Template.objects.filter(step="watch_1", medium="sms", language="en").get().versions.all().delete()
    extra = row_of("overdue_60", "sms", "en", day("02-09"))
    assert extra and (extra.place.days, extra.in_use, extra.in_work and extra.in_work.state) == (None, None, "draft")
    missing = row_of("watch_1", "sms", "en", day("02-09"))
    assert missing and (missing.in_use, missing.in_work) == (None, None)
    assert row_of("overdue_1", "fax", "en", day("02-09")) is None


def test_what_waits_for_a_second_person_is_listed() -> None:
    assert list(to_approve()) == []
    version = submitted()
    assert list(to_approve()) == [version]


def test_a_difference_is_shown_word_by_word_and_in_chinese_sign_by_sign() -> None:
    assert difference("Pay {amount} today.", "Pay {penalty} today.") == [
        Piece("same", "Pay "),
        Piece("out", "{amount}"),
        Piece("in", "{penalty}"),
        Piece("same", " today."),
    ]
    assert difference("今日应还\n款", "今日还\n款") == [
        Piece("same", "今日"),
        Piece("out", "应"),
        Piece("same", "还\n款"),
    ]
    assert difference("", "新") == [Piece("in", "新")]


def test_a_lender_is_described_and_what_is_missing_is_said() -> None:
    portfolio = a_loan(seen_by="East").portfolio
    row = lenders_visible_to(writer())[0]
    assert (row.voice, len(row.missing)) == (None, 5)
    describe_lender(portfolio=portfolio, said={**LENDER, "hotline": " "}, by=writer(), at=AT)
    assert lenders_visible_to(writer())[0].missing == ["telephone for questions"]
    describe_lender(portfolio=portfolio, said=LENDER, by=writer(), at=AT)
    assert lenders_visible_to(writer())[0].missing == []
    entries = AuditEntry.objects.filter(action="templates.describe_lender").order_by("pk")
    assert [entry.subject for entry in entries] == ["portfolio consumer"] * 2
    assert entries[1].details == {"hotline": ["", "400-000-0000"]}
    describe_lender(portfolio=portfolio, said=LENDER, by=None, at=AT)
    assert (entries.count(), Voice.objects.get().lender_zh) == (2, "示例金融")


def test_a_supervisor_reads_of_the_lenders_of_their_team_only() -> None:
    a_loan(seen_by="East")
    assert [row.portfolio.code for row in lenders_visible_to(person(Role.SUPERVISOR, of="East"))] == ["consumer"]
    assert lenders_visible_to(person(Role.SUPERVISOR, of="South")) == []
