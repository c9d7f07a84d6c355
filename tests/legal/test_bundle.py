"""A bundle holds what is on file, proves itself alone, and is known to the portal that made it."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import AuditEntry
from evidence.selectors import content_of
from evidence.shelf import path_of
from legal.bundle_services import BundleRefused, make_bundle
from legal.dossier_selectors import sheet
from legal.models import Bundle, Referral
from rulebook.bundle import pack
from staff.roles import Role
from tests.legal.build import AT, a_referral, day, officer, person, step
from tests.legal.test_costs import PDF, charge
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral() -> Referral:
    made = a_referral()
    step(made, "begin_mediation", "02-09", note="=1+1")
    charge(made, receipt=PDF)
    return made


def freeze(referral: Referral, **more: Any) -> Bundle:
    return make_bundle(**{"referral": referral, "by": officer(), "on": day("02-09"), "at": AT, **more})


def verify(path: Path) -> str:
    out = io.StringIO()
    call_command("verify_bundle", str(path), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def saved(bundle: Bundle, folder: Path) -> Path:
    path = folder / "bundle.zip"
    path.write_bytes(content_of(bundle.file))
    return path


def test_a_bundle_holds_everything_and_the_same_facts_give_the_same_bytes(referral: Referral, tmp_path: Path) -> None:
    bundle = freeze(referral)
    with zipfile.ZipFile(saved(bundle, tmp_path)) as archive:
        names = set(archive.namelist())
        steps = list(csv.DictReader(io.StringIO(archive.read("case/referral_steps.csv").decode("utf-8-sig"))))
        assert archive.read("00-index.pdf").startswith(b"%PDF")
        assert archive.read(f"receipts/{referral.costs.get().event_id}.pdf") == PDF
    assert {
        "loans/L1/contract.json",
        "loans/L1/contract.pdf",
        "loans/L1/penalty.csv",
        "contacts/clearances.csv",
    } < names
    assert [(row["step"], row["note"]) for row in steps] == [("open", ""), ("begin_mediation", "'=1+1")]
    assert (bundle.sha256, bundle.files) == (freeze(referral).sha256, len(names) - 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bundle.objects.update(sha256="")


def test_verify_says_whole_and_known_and_names_what_is_wrong(referral: Referral, tmp_path: Path) -> None:
    path = saved(freeze(referral), tmp_path)
    whole = path.read_bytes()
    assert "exactly this file" in verify(path)
    for name, said in (("case/moves.csv", "CHANGED"), ("case/costs.csv", None)):
        with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(path, "w") as new:
            for each in old.namelist():
                if each != name or said:
                    new.writestr(each, said if each == name and said else old.read(each))
        error = io.StringIO()
        with pytest.raises(CommandError, match="1 fault"):
            call_command("verify_bundle", str(path), stderr=error)
        assert error.getvalue().startswith(name)
    path.write_bytes(whole[:100])
    with pytest.raises(CommandError, match="cannot be read as a ZIP"):
        verify(path)
    with pytest.raises(CommandError, match="no such file"):
        verify(tmp_path / "another.zip")


def test_a_zip_made_anew_is_whole_but_not_the_one_on_file(referral: Referral, tmp_path: Path) -> None:
    bundle = freeze(referral)
    path = tmp_path / "forged.zip"
    about = {"case": "C1", "referral": str(referral), "made_at": bundle.at.isoformat()}
    path.write_bytes(pack({"a.csv": b"1"}, about))
    with pytest.raises(CommandError, match="was another file"):
        verify(path)
    path.write_bytes(pack({"a.csv": b"1"}, {"case": "C1", "made_at": "never"}))
    assert "knows no such bundle" in verify(path)


def test_a_damaged_file_or_the_wrong_person_makes_no_bundle(referral: Referral) -> None:
    with pytest.raises(PermissionDenied):
        freeze(referral, by=person(Role.AUDITOR))
    receipt = referral.costs.get().receipt
    assert receipt is not None
    path_of(receipt.key).unlink()
    with pytest.raises(BundleRefused, match="not what was kept"):
        freeze(referral)
    assert not Bundle.objects.exists()


def test_taking_a_bundle_out_is_written_down_and_another_team_finds_none(referral: Referral) -> None:
    bundle = freeze(referral)
    url = reverse("legal:bundle", args=[bundle.pk])
    answer = signed_in(Role.LEGAL_OFFICER).get(url)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/zip", "nosniff")
    assert AuditEntry.objects.filter(action="legal.download_bundle").count() == 1
    assert signed_in(Role.LEGAL_OFFICER, of="South").get(url).status_code == 404


def test_a_sheet_has_no_formulas_and_amounts_stay_amounts() -> None:
    content = sheet(("a", "b"), [("@cmd", -1), ("+86 158", None)]).decode("utf-8-sig")
    assert content == "a,b\n'@cmd,-1\n'+86 158,\n"
