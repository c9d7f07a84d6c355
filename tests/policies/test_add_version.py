"""Policy versions: numbered, dated, never changed."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import AuditEntry
from policies.models import PolicyVersion
from policies.selectors import DEFAULT_LINE, terms_history, version_ids
from policies.services import add_version
from rulebook.terms import FixedAnnual, PenaltyTerms, PerDay, Terms

AT = dt.datetime(2025, 2, 9, 10, 0, tzinfo=dt.UTC)
JAN = dt.date(2025, 1, 25)
TWELVE = Terms(penalty=PenaltyTerms(rate=FixedAnnual(annual_rate=Decimal("0.12")), annual_cap=None))


@pytest.mark.django_db
def test_version_1_of_the_default_line_rules_from_the_beginning_with_the_default_terms():
    history = terms_history(DEFAULT_LINE)
    first = history.on(dt.date(1990, 1, 1))
    assert (first.version, first.effective_on, first.terms) == (1, None, Terms())


@pytest.mark.django_db
def test_the_next_version_has_the_next_number_and_rules_from_its_day():
    version = add_version(line=DEFAULT_LINE, terms=TWELVE, effective_on=JAN, note="lower", by=None, at=AT)
    history = terms_history(DEFAULT_LINE)
    assert (version.number, history.on(JAN).terms, history.on(dt.date(2025, 1, 24)).version) == (2, TWELVE, 1)
    assert version_ids(DEFAULT_LINE)[2] == version.pk
    assert AuditEntry.objects.get().details == {"effective_on": "2025-01-25"}


@pytest.mark.django_db
def test_terms_come_back_from_the_database_exactly_as_they_went_in():
    terms = Terms(penalty=PenaltyTerms(rate=PerDay(amount=Decimal("1.30")), grace_days=3, annual_cap=Decimal("0.2")))
    add_version(line=DEFAULT_LINE, terms=terms, effective_on=JAN, by=None, at=AT)
    assert terms_history(DEFAULT_LINE).on(JAN).terms == terms


@pytest.mark.django_db
def test_a_line_begins_once_and_a_second_beginning_is_refused():
    add_version(line="gentle", terms=TWELVE, effective_on=None, by=None, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        add_version(line="gentle", terms=TWELVE, effective_on=None, by=None, at=AT)
    assert version_ids("gentle").keys() == {1}


@pytest.mark.django_db
def test_a_line_without_a_beginning_rules_nothing():
    add_version(line="later", terms=TWELVE, effective_on=JAN, by=None, at=AT)
    with pytest.raises(ValueError, match="from the beginning"):
        terms_history("later")


def test_two_versions_at_once_get_two_numbers(committed):
    errors: list[Exception] = []
    ready = threading.Barrier(3, timeout=10)

    def add() -> None:
        try:
            ready.wait()
            add_version(line=DEFAULT_LINE, terms=TWELVE, effective_on=JAN, by=None, at=AT)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(PolicyVersion.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
