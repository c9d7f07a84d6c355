"""The rows of a lender's loan tape, in the portal's own words, once every field has been read and checked."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class NewBorrower:
    """A person who owes, as the lender tells of them; what says who they are never shows in a message or a log."""

    borrower_no: str
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    phone: str = field(repr=False)
    phone_source: str
    email: str = field(repr=False)
    province: str
    city: str
    address: str = field(repr=False)
    language: str


@dataclass(frozen=True, slots=True)
class NewContact:
    """Somebody a borrower named, who may only be asked to locate or relay."""

    borrower_no: str
    name: str = field(repr=False)
    relation: str
    phone: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class NewLoan:
    """A contract; `annual_rate` is a fraction (0.18 is 18 % a year)."""

    loan_no: str
    borrower_no: str
    portfolio: str
    product: str
    principal: Decimal
    annual_rate: Decimal
    disbursed_on: dt.date
    instalment_count: int


@dataclass(frozen=True, slots=True)
class NewInstalment:
    """One row of a loan's schedule."""

    loan_no: str
    seq: int
    due_on: dt.date
    principal_due: Decimal
    interest_due: Decimal


@dataclass(frozen=True, slots=True)
class NewPayment:
    """Money received for a loan; `received_on` is its value date."""

    payment_ref: str
    loan_no: str
    received_on: dt.date
    amount: Decimal
    channel: str
