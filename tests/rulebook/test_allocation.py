"""How money is split over what is owed."""

from decimal import Decimal

import pytest

from rulebook.allocation import Owed, allocate, payment_order
from rulebook.terms import AllocationTerms, Component
from tests.rulebook.build import COST, INTEREST, PENALTY, PRINCIPAL

DEBT = [
    Owed(None, COST, Decimal("10.00")),
    Owed(1, PENALTY, Decimal("1.00")),
    Owed(1, INTEREST, Decimal("2.00")),
    Owed(1, PRINCIPAL, Decimal("3.00")),
    Owed(2, PENALTY, Decimal("4.00")),
    Owed(2, INTEREST, Decimal("5.00")),
    Owed(2, PRINCIPAL, Decimal("6.00")),
]
COSTS_LAST = (PENALTY, INTEREST, PRINCIPAL, COST)
COSTS_SECOND = (INTEREST, COST, PENALTY, PRINCIPAL)


def order_of(*order: Component, style: str = "component_first") -> str:
    """The order as letters: c for costs, p1 for the penalty of instalment 1, and so on (k is principal, 本金)."""
    letters = {COST: "c", PENALTY: "p", INTEREST: "i", PRINCIPAL: "k"}
    terms = AllocationTerms.model_validate({"style": style} | ({"order": order} if order else {}))
    return " ".join(letters[o.component] + str(o.seq or "") for o in payment_order(DEBT, terms))


def test_by_default_costs_come_first_then_penalty_interest_and_principal_over_all_instalments() -> None:
    assert order_of() == "c p1 p2 i1 i2 k1 k2"


def test_another_order_is_followed_component_by_component() -> None:
    assert order_of(PRINCIPAL, INTEREST, PENALTY, COST) == "k1 k2 i1 i2 p1 p2 c"
    assert order_of(*COSTS_SECOND) == "i1 i2 c p1 p2 k1 k2"


def test_instalment_first_settles_the_oldest_instalment_whole() -> None:
    assert order_of(style="instalment_first") == "c p1 i1 k1 p2 i2 k2"
    assert order_of(COST, PRINCIPAL, INTEREST, PENALTY, style="instalment_first") == "c k1 i1 p1 k2 i2 p2"


@pytest.mark.parametrize(
    ("order", "expected"), [(COSTS_LAST, "p1 i1 k1 p2 i2 k2 c"), (COSTS_SECOND, "i1 p1 k1 i2 p2 k2 c")]
)
def test_instalment_first_takes_costs_last_unless_the_order_names_them_first(
    order: tuple[Component, ...], expected: str
) -> None:
    assert order_of(*order, style="instalment_first") == expected


@pytest.mark.parametrize("style", ["component_first", "instalment_first"])
def test_the_oldest_is_the_first_given_whatever_its_number(style: str) -> None:
    debt = [Owed(2, PRINCIPAL, Decimal("5.00")), Owed(1, PRINCIPAL, Decimal("5.00")), Owed(None, COST, Decimal("1.00"))]
    terms = AllocationTerms.model_validate({"style": style, "order": COSTS_LAST})
    assert [o.seq for o in payment_order(debt, terms)] == [2, 1, None]


def test_money_stops_where_it_runs_out() -> None:
    settled, left = allocate(Decimal("12.50"), DEBT, AllocationTerms())
    assert settled == [
        Owed(None, COST, Decimal("10.00")),
        Owed(1, PENALTY, Decimal("1.00")),
        Owed(2, PENALTY, Decimal("1.50")),
    ]
    assert left == 0


def test_money_beyond_the_debt_is_left_over() -> None:
    settled, left = allocate(Decimal("40.00"), DEBT, AllocationTerms())
    assert (sum(o.amount for o in settled), left) == (Decimal("31.00"), Decimal("9.00"))


def test_where_nothing_is_owed_all_of_it_is_left_over() -> None:
    assert allocate(Decimal("40.00"), [], AllocationTerms()) == ([], Decimal("40.00"))
