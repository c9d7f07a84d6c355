"""One personal value is shown to one person for a reason, is written down, and not too often."""

import datetime as dt
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.template.loader import render_to_string

from audit.models import AuditEntry
from borrowers.models import Borrower
from borrowers.selectors import people_of
from borrowers.services import RevealRefused, register, reveal
from staff.models import User
from staff.roles import PERMISSIONS, Role
from tests.borrowers.conftest import AT, FATHER, LI, SECRETS

WHY = "borrower called back"


def entries() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="borrowers.reveal").order_by("pk"))


def test_every_field_a_page_shows_masked_can_be_revealed(li: Borrower, collector: User) -> None:
    people = people_of(li)
    points = (*people.phones, *people.addresses, *people.third_parties)
    shown = {
        item.field.partition(":")[0]: reveal(borrower=li, field=item.field, by=collector, reason=WHY, at=AT)
        for item in (*people.identity, *(item for point in points for item in point.fields))
    }
    assert shown == {
        "name": LI.name,
        "id_number": LI.id_number,
        "email": LI.email,
        "phone": LI.phone,
        "address": "北京市海淀区中关村大街2号",
        "third_party_name": FATHER.name,
        "third_party": FATHER.phone,
    }


def test_it_is_written_down_who_saw_what_of_whom_and_why_and_never_the_value(li: Borrower, collector: User) -> None:
    field = f"phone:{li.phones.get().pk}"
    reveal(borrower=li, field=field, by=collector, reason="  borrower   called back ", at=AT)
    [entry] = entries()
    assert (entry.actor_id, entry.actor_name, entry.at) == (collector.pk, "collector", AT)
    assert (entry.subject, entry.details, entry.reason) == ("borrower B00000001", {"field": field}, WHY)


def test_a_number_quoted_in_the_reason_is_masked_in_the_log(li: Borrower, collector: User) -> None:
    reveal(borrower=li, field="name", by=collector, reason=f"{LI.phone} called, ID {LI.id_number}", at=AT)
    assert entries()[0].reason == "158****0001 called, ID 990000********002X"


@pytest.mark.parametrize("role", list(Role))
def test_only_roles_of_the_table_may_reveal(li: Borrower, person: Any, role: Role) -> None:
    by = person(role.value, role)
    if role in PERMISSIONS["borrowers.reveal"]:
        assert reveal(borrower=li, field="name", by=by, reason=WHY, at=AT) == LI.name
    else:
        with pytest.raises(PermissionDenied):
            reveal(borrower=li, field="name", by=by, reason=WHY, at=AT)
        assert entries() == []


@pytest.mark.parametrize("reason", ["", "   ", "ok", "a  b", "x" * 301])
def test_no_reason_or_a_novel_is_refused(li: Borrower, collector: User, reason: str) -> None:
    with pytest.raises(RevealRefused, match="4 to 300 characters") as refusal:
        reveal(borrower=li, field="name", by=collector, reason=reason, at=AT)
    assert (refusal.value.code, refusal.value.ends_at, entries()) == ("reason", None, [])


@pytest.mark.parametrize("reason", ["客户回电", "x" * 300])
def test_a_short_or_a_long_reason_is_enough(li: Borrower, collector: User, reason: str) -> None:
    assert reveal(borrower=li, field="name", by=collector, reason=reason, at=AT) == LI.name


@pytest.mark.parametrize(
    "field", ["", "borrower_no", "content_digest", "name:1", "phone", "phone:", "phone:x", "phone:-1", "phone:²", "x:1"]
)
def test_a_field_that_is_none_is_refused(li: Borrower, collector: User, field: str) -> None:
    with pytest.raises(RevealRefused, match="not on file"):
        reveal(borrower=li, field=field, by=collector, reason=WHY, at=AT)
    assert entries() == []


@pytest.mark.parametrize("kind", ["phone", "address", "third_party", "third_party_name"])
def test_another_borrowers_row_is_refused(li: Borrower, shan: Borrower, collector: User, kind: str) -> None:
    rows: Any = {"phone": li.phones, "address": li.addresses}.get(kind, li.third_parties)
    with pytest.raises(RevealRefused, match="not on file"):
        reveal(borrower=shan, field=f"{kind}:{rows.get().pk}", by=collector, reason=WHY, at=AT)
    with pytest.raises(RevealRefused, match="not on file"):
        reveal(borrower=li, field=f"{kind}:99999999999999999999", by=collector, reason=WHY, at=AT)


def test_one_more_than_the_limit_waits_until_the_first_is_an_hour_old(
    li: Borrower, collector: User, other_collector: User, settings: Any
) -> None:
    settings.REVEALS_PER_HOUR = 2
    for minute in (0, 20):
        reveal(borrower=li, field="name", by=collector, reason=WHY, at=AT + dt.timedelta(minutes=minute))
    with pytest.raises(RevealRefused, match=r"2 personal values within an hour.*18:00") as refusal:
        reveal(borrower=li, field="name", by=collector, reason=WHY, at=AT + dt.timedelta(minutes=59))
    assert refusal.value.ends_at == AT + dt.timedelta(hours=1)
    assert reveal(borrower=li, field="name", by=other_collector, reason=WHY, at=AT) == LI.name
    assert reveal(borrower=li, field="name", by=collector, reason=WHY, at=AT + dt.timedelta(hours=1)) == LI.name
    assert len(entries()) == 4


def test_a_limit_of_zero_refuses_everybody(li: Borrower, collector: User, settings: Any) -> None:
    settings.REVEALS_PER_HOUR = 0
    with pytest.raises(RevealRefused, match="0 personal values") as refusal:
        reveal(borrower=li, field="name", by=collector, reason=WHY, at=AT)
    assert refusal.value.ends_at is None


def test_of_two_people_taking_the_last_one_at_the_same_second_one_is_refused(committed: None, settings: Any) -> None:
    settings.REVEALS_PER_HOUR = 3
    register(borrowers=[LI], contacts=[], by=None, at=AT)
    by, borrower = User.objects.create_user("collector", role=Role.COLLECTOR), Borrower.objects.get()
    start, outcomes = Barrier(6), []

    def look() -> None:
        start.wait()
        try:
            outcomes.append(reveal(borrower=borrower, field="name", by=by, reason=WHY, at=AT))
        except RevealRefused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["limit"] * 3 + [LI.name] * 3
    assert len(entries()) == 3


@pytest.fixture
def panel(li: Borrower) -> Any:
    def render(by: User, **extra: object) -> str:
        perms = {"borrowers": {"reveal": by.has_perm("borrowers.reveal")}}
        context = {"borrower": li, "people": people_of(li), "perms": perms, **extra}
        return render_to_string("borrowers/_people.html", context)

    return render


def test_the_panels_show_everything_masked_with_its_source_and_status(panel: Any, collector: User) -> None:
    page = panel(collector)
    for shown in ("李*", "158****0001", "990000********002X", "b***@example.test", "北京市****", "177****0009"):
        assert shown in page
    for shown in ("Written in the contract", "In use", "Parent", 'name="reason"', "/borrowers/B00000001/reveal/"):
        assert shown in page
    assert all(secret not in page for secret in SECRETS)


def test_somebody_who_may_not_reveal_is_offered_no_form(panel: Any, auditor: User) -> None:
    page = panel(auditor)
    assert "158****0001" in page
    assert "<form" not in page


def test_a_revealed_value_takes_the_place_of_its_form(li: Borrower) -> None:
    page = render_to_string("borrowers/_revealed.html", {"borrower": li, "field": "name", "value": "<b>"})
    assert "&lt;b&gt;" in page
    assert "<form" not in page


def test_a_refusal_stands_in_the_form_so_that_one_can_try_again(li: Borrower) -> None:
    context = {"borrower": li, "field": "name", "refusal": "Say why."}
    page = render_to_string("borrowers/_revealed.html", context)
    assert "Say why." in page
    assert 'name="field" value="name"' in page
