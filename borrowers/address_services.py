"""Showing whoever goes to a borrower whom to ask for, and where."""

import datetime as dt
from dataclasses import dataclass

from audit.services import Actor, record
from borrowers.models import Address


@dataclass(frozen=True, slots=True)
class Door:
    """A name and an address in clear."""

    name: str
    address: str


def address_to_visit(*, address: Address, by: Actor, purpose: str, at: dt.datetime) -> Door:
    """The name and the address in clear for one of those who go there; written down like every look at personal data.

    The caller has made sure that it is this person's way, and this day's.
    """
    subject, details = f"borrower {address.borrower.borrower_no}", {"point": str(address), "purpose": purpose}
    record(actor=by, action="borrowers.address", subject=subject, details=details, at=at)
    return Door(address.borrower.name, address.in_full)
