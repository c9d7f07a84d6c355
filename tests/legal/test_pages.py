"""Pages of legal: the list with its views, a case with its checklist, and forms that say why not."""

from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from cases.lifecycle import Stage
from legal.models import Referral
from staff.roles import Role
from tests.cases.build import a_case
from tests.legal.build import a_referral, bring_to_legal, move_to, step
from tests.loans.test_loan_page import signed_in, text_of
from tests.reminders.build import a_voice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_ninth_of_february() -> Iterator[None]:
    with time_machine.travel("2025-02-09T10:00:00+08:00", tick=False):
        yield


def listed(show: str = "", of: str = "North") -> str:
    return text_of(signed_in(Role.LEGAL_OFFICER, of), f"{reverse('legal:list')}?show={show}")


def test_the_list_shows_what_is_under_way_with_its_deadline_and_another_team_sees_none() -> None:
    assert "No case is before the courts" in listed()
    referral = a_referral("02-06")
    step(referral, "apply_for_order", "02-06", today="02-09")
    # Applied for on the 6th, so the court has five days: two are left.
    shown = listed()
    assert "payment order applied for" in shown
    assert 'class="due is-soon">2025-02-11' in shown
    assert str(referral.case) in listed("deadline")
    assert "No case is before the courts" in listed(of="South")
    assert "Nothing matches the filter" in listed("limitation")


def test_the_list_warns_of_limitation_and_knows_what_is_ready_for_legal() -> None:
    with time_machine.travel("2027-12-20T10:00:00+08:00", tick=False):
        case = move_to(a_case(on="02-09"), Stage.FIELD, "escalate_to_field", "02-09")
        shown = listed("limitation")
        assert str(case) in shown
        assert "within 30 days" in shown
        # Visits are still missing.
        a_voice(case.portfolio)
        assert str(case) not in listed("ready")
        assert "Limitation ends soon" in text_of(signed_in(Role.LEGAL_OFFICER), reverse("legal:my_day"))


def test_the_checklist_says_what_there_is_what_it_takes_and_where_the_evidence_is() -> None:
    case = move_to(a_case(), Stage.FIELD, "escalate_to_field", "02-09")
    url = reverse("legal:case", args=[case.pk])
    shown = text_of(signed_in(Role.SUPERVISOR), url)
    assert "90 or more" in shown
    assert "none delivered" in shown
    assert f"{reverse('letters:list')}?case={case.pk}" in shown
    assert reverse("loans:explain", args=["L1", "overdue_amount"]) in shown
    assert "2028-01-10" in shown
    assert "There is none yet." in shown
    assert "Freeze a bundle" not in shown


def test_an_officer_opens_the_referral_takes_a_step_sees_why_another_is_refused_and_takes_it_back() -> None:
    case = bring_to_legal(a_case())
    client, url = signed_in(Role.LEGAL_OFFICER), reverse("legal:case", args=[case.pk])
    assert "Open the referral" in text_of(client, url)
    answer = client.post(reverse("legal:open", args=[case.pk]), follow=True).content.decode()
    assert "The referral is open." in answer
    referral = Referral.objects.get()
    seen = referral.steps.get().pk
    filled = {"step": "file_suit", "happened_on": "2025-02-09", "document": "", "seen_step_id": seen}
    refused = client.post(reverse("legal:step", args=[referral.pk]), filled)
    assert (refused.status_code, "takes the number of its document" in refused.content.decode()) == (422, True)
    filled["document"] = "(2025) 京0108民初1号"
    taken = client.post(reverse("legal:step", args=[referral.pk]), filled, follow=True).content.decode()
    assert "(2025) 京0108民初1号" in taken
    correction = {"reason": "wrong case", "seen_step_id": referral.steps.order_by("-pk")[0].pk}
    back = client.post(reverse("legal:correct", args=[referral.pk]), correction, follow=True).content.decode()
    assert "is-undone" in back
    assert "wrong case" in back


def test_a_referral_of_another_team_is_not_found() -> None:
    referral = a_referral()
    stranger = signed_in(Role.LEGAL_OFFICER, "South")
    assert stranger.get(reverse("legal:case", args=[referral.case_id])).status_code == 404
    for name in ("step", "correct", "freeze"):
        assert stranger.post(reverse(f"legal:{name}", args=[referral.pk])).status_code == 404


def test_making_a_loan_due_as_a_whole_shows_what_changes_before_it_is_done() -> None:
    case = move_to(
        a_case(("01-10", "4000.00", "0.00"), ("06-10", "4000.00", "0.00")), Stage.FIELD, "escalate_to_field", "02-09"
    )
    a_voice(case.portfolio)
    client, url = signed_in(Role.LEGAL_OFFICER), reverse("legal:accelerate", args=[case.pk])
    filled = {"loan": case.lead_loan_id, "reason": "clause 9"}
    preview = client.post(url, filled).content.decode()
    assert "Make it due and write the letter" in preview
    answer = client.post(url, {**filled, "confirm": "1"}, follow=True).content.decode()
    assert "is due as a whole" in answer
    again = client.post(url, {**filled, "confirm": "1"}).content.decode()
    assert "due as a whole already" in again


def test_the_panel_of_a_case_says_where_it_stands_and_is_empty_where_legal_has_nothing_to_say() -> None:
    case = a_case()
    client, url = signed_in(Role.SUPERVISOR), reverse("legal:panel", args=[case.pk])
    assert text_of(client, url) == ""
    bring_to_legal(case)
    assert "Limitation ends on" in text_of(client, url)


def test_my_day_names_deadlines_and_what_waits() -> None:
    assert "No deadline is near." in text_of(signed_in(Role.LEGAL_OFFICER), reverse("legal:my_day"))
    referral = a_referral()
    step(referral, "apply_for_order", "02-09", today="02-09")
    bring_to_legal(a_case(loan_no="L2"))
    with time_machine.travel("2025-02-15T10:00:00+08:00", tick=False):
        shown = text_of(signed_in(Role.LEGAL_OFFICER), reverse("legal:my_day"))
    assert 'class="due is-passed">2025-02-14' in shown
    assert "Referral to be opened" in shown
