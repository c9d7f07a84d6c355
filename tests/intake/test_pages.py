"""The pages of an import, by HTTP: upload, read the errors, load, fetch the rejects, discard; who may do what."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import AuditEntry
from intake.columns import Kind
from intake.models import ImportFile, ImportRun
from loans.models import Loan, Portfolio
from loans.selectors import portfolios_visible_to
from staff.models import User
from staff.roles import Role
from tests.intake.build import Rows, changed, files_of, good_tape
from tests.loans.build import person

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, tape: dict[Kind, Rows]) -> Any:
    files = [SimpleUploadedFile(file.name, file.content) for file in files_of(tape)]
    return client.post(reverse("intake:new"), {"tape": files})


def past(tape: dict[Kind, Rows]) -> dict[Kind, Rows]:
    """The tape with a name of its own for its portfolio."""
    for row in tape[Kind.LOANS]:
        row["portfolio"] = "north-book"
    return tape


def uploaded(client: Client, tape: dict[Kind, Rows]) -> ImportRun:
    response = upload(client, past(tape))
    assert response.status_code == 302
    return ImportRun.objects.get(pk=int(response.url.strip("/").split("/")[-1]))


def test_a_clean_tape_is_uploaded_checked_and_loaded_for_the_team(operations: User) -> None:
    client = client_of(operations)
    run = uploaded(client, good_tape())
    page = client.get(reverse("intake:run", args=[run.pk])).content.decode()
    assert "Every row is in order" in page
    assert Loan.objects.count() == 0
    client.post(reverse("intake:load", args=[run.pk]))
    assert Loan.objects.count() == 2
    assert list(portfolios_visible_to(operations)) == [Portfolio.objects.get(code="north-book")]
    page = client.get(reverse("intake:run", args=[run.pk])).content.decode()
    assert "Loaded" in page
    assert "hx-trigger" not in page
    entry = AuditEntry.objects.get(action="intake.load")
    assert (entry.actor_id, entry.details["new"]) == (operations.pk, 11)


def test_uploaded_files_are_kept_encrypted_and_removed_once_loaded(operations: User) -> None:
    client = client_of(operations)
    run = uploaded(client, good_tape())
    kept = [bytes(content) for content in ImportFile.objects.values_list("content", flat=True) if content]
    assert len(kept) == 5
    assert not any(b"15800000001" in content or "李顺华".encode() in content for content in kept)
    client.post(reverse("intake:load", args=[run.pk]))
    assert not ImportFile.objects.filter(content__isnull=False).exists()


def test_errors_are_shown_masked_and_the_tape_is_not_loaded(operations: User) -> None:
    client = client_of(operations)
    run = uploaded(client, changed(Kind.BORROWERS, id_number="990000200202020023"))
    page = client.get(reverse("intake:run", args=[run.pk])).content.decode()
    assert "The check digit of the ID number is wrong" in page
    assert "990000200202020023" not in page
    refused = client.post(reverse("intake:load", args=[run.pk]), follow=True).content.decode()
    assert "Rows of this tape were refused" in refused
    assert Loan.objects.count() == 0


def test_the_good_rows_are_loaded_and_the_others_fetched_as_a_file_which_is_written_down(operations: User) -> None:
    client = client_of(operations)
    run = uploaded(client, changed(Kind.BORROWERS, phone="123"))
    client.post(reverse("intake:load", args=[run.pk]), {"partial": "1"})
    assert list(Loan.objects.values_list("loan_no", flat=True)) == ["L2"]
    file = run.files.get(name="borrowers.csv")
    assert file.rejects is not None
    assert "李顺华".encode() not in bytes(file.rejects)
    response = client.get(reverse("intake:rejects", args=[run.pk, file.pk]))
    assert "李顺华" in response.content.decode("utf-8-sig")
    assert "borrowers.rejected.csv" in response["Content-Disposition"]
    assert AuditEntry.objects.get(action="intake.take_rejects").actor_id == operations.pk


def test_a_tape_that_is_on_file_already_has_nothing_to_load(operations: User) -> None:
    client = client_of(operations)
    client.post(reverse("intake:load", args=[uploaded(client, good_tape()).pk]))
    again = uploaded(client, good_tape())
    page = client.get(reverse("intake:run", args=[again.pk])).content.decode()
    assert "0 new" in page
    assert again.total == {"read": 11, "new": 0, "unchanged": 11, "rejected": 0}


def test_a_discarded_tape_leaves_no_files_behind_and_cannot_be_loaded(operations: User) -> None:
    client = client_of(operations)
    run = uploaded(client, good_tape())
    client.post(reverse("intake:discard", args=[run.pk]))
    assert not ImportFile.objects.filter(content__isnull=False).exists()
    page = client.post(reverse("intake:load", args=[run.pk]), follow=True).content.decode()
    assert "This import is already discarded" in page
    assert Loan.objects.count() == 0


def test_a_loaded_tape_cannot_be_discarded_or_loaded_twice(operations: User) -> None:
    client = client_of(operations)
    run = uploaded(client, good_tape())
    client.post(reverse("intake:load", args=[run.pk]))
    for name in ("intake:load", "intake:discard", "intake:check_again"):
        page = client.post(reverse(name, args=[run.pk]), follow=True).content.decode()
        assert "This import is already loaded" in page
    assert Loan.objects.count() == 2


def test_a_file_that_cannot_be_read_is_told_and_nothing_of_the_tape_can_be_loaded(operations: User) -> None:
    client = client_of(operations)
    response = client.post(
        reverse("intake:new"), {"tape": [SimpleUploadedFile("loans.xlsx", b"PK not really a workbook")]}, follow=True
    )
    page = response.content.decode()
    assert "The file is not an XLSX workbook" in page
    assert "Load the good rows" not in page


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "This field is required"),
        ([("a.csv", b"")], "The submitted file is empty"),
        ([("a.csv", b"1"), ("a.csv", b"2")], "Two of the files have the same name"),
    ],
)
def test_an_upload_that_makes_no_sense_is_refused(
    operations: User, files: list[tuple[str, bytes]], sentence: str
) -> None:
    data = {"tape": [SimpleUploadedFile(name, content) for name, content in files]} if files else {}
    response = client_of(operations).post(reverse("intake:new"), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ImportRun.objects.exists()


def test_a_tape_that_is_too_large_is_refused(operations: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.services.LARGEST_TAPE", 10)
    response = upload(client_of(operations), good_tape())
    assert "50 MB at most" in response.content.decode()


def test_somebody_without_a_team_cannot_import(db: None) -> None:
    response = upload(client_of(person(Role.OPERATIONS, of=None)), good_tape())
    assert "You belong to no team" in response.content.decode()


def test_another_team_gets_404_and_the_auditor_sees_but_may_not_load(
    operations: User, other_operations: User, auditor: User, collector: User
) -> None:
    run = uploaded(client_of(operations), good_tape())
    get = {name: reverse(f"intake:{name}", args=[run.pk]) for name in ("run", "progress")}
    post = {name: reverse(f"intake:{name}", args=[run.pk]) for name in ("load", "discard", "check_again")}
    expected = {operations: 200, other_operations: 404, auditor: 200, collector: 403}
    for user, status in expected.items():
        assert {client_of(user).get(url).status_code for url in get.values()} == {status}
    for user, status in {other_operations: 404, auditor: 403, collector: 403}.items():
        assert {client_of(user).post(url).status_code for url in post.values()} == {status}
    for user, status in {operations: 200, auditor: 403, collector: 403}.items():
        assert client_of(user).get(reverse("intake:new")).status_code == status


def test_the_reject_file_is_not_for_the_auditor_nor_for_another_team(
    operations: User, other_operations: User, auditor: User
) -> None:
    client = client_of(operations)
    run = uploaded(client, changed(Kind.BORROWERS, phone="123"))
    client.post(reverse("intake:load", args=[run.pk]), {"partial": "1"})
    url = reverse("intake:rejects", args=[run.pk, run.files.get(name="borrowers.csv").pk])
    assert client_of(auditor).get(url).status_code == 403
    assert client_of(other_operations).get(url).status_code == 404
    contacts = reverse("intake:rejects", args=[run.pk, 0])
    assert client.get(contacts).status_code == 404


def test_the_list_shows_the_runs_of_ones_team_and_an_empty_state_to_others(
    operations: User, other_operations: User, auditor: User
) -> None:
    run = uploaded(client_of(operations), good_tape())
    link = reverse("intake:run", args=[run.pk])
    for user in (operations, auditor):
        assert link in client_of(user).get(reverse("intake:list")).content.decode()
    page = client_of(other_operations).get(reverse("intake:list")).content.decode()
    assert link not in page
    assert "No tape has been imported yet" in page


def test_the_portfolio_of_another_team_is_refused(operations: User, other_operations: User) -> None:
    client = client_of(operations)
    client.post(reverse("intake:load", args=[uploaded(client, good_tape()).pk]))
    theirs = client_of(other_operations)
    run = uploaded(theirs, good_tape())
    assert {finding["rule"] for finding in run.findings} >= {"portfolio_of_others", "reused_reference"}
    assert run.total["new"] == 0
