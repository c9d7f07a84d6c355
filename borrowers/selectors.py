"""Finding borrowers and showing them masked."""

from collections.abc import Collection
from dataclasses import astuple, dataclass
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from borrowers.blind_index import KeyKind, keys_of_phone, keys_of_search, row_digest
from borrowers.models import Address, Borrower, Phone, SearchKey, ThirdParty
from rulebook.tape import NewBorrower, NewContact


def search(text: str) -> QuerySet[Borrower]:
    """Borrowers whose number, phone, ID number, name, pinyin, initials or last four digits are exactly `text`.

    Nobody, when the text is empty or too short to mean anybody. Only keyed digests reach the database and its log.
    """
    found = Borrower.objects.prefetch_related("phones").order_by("borrower_no", "pk")
    keys = keys_of_search(text)
    if not keys:
        return found.none()
    digests = [digest for _kind, digest in keys]
    return found.filter(pk__in=SearchKey.objects.filter(digest__in=digests).values("borrower_id"))


def number_key(number: str) -> str:
    """The keyed digest under which calls to a number are counted, whoever it belongs to."""
    keys = dict(keys_of_phone(number))
    return keys[KeyKind.PHONE].hex() if KeyKind.PHONE in keys else row_digest("number", [number])


def digest_of(borrower: NewBorrower) -> str:
    """The keyed digest of a row of a tape, which tells whether two rows are the same."""
    return row_digest("borrower row", astuple(borrower))


class ContactDigest(NamedTuple):
    """Who a contact is to which borrower, and everything the row says, as keyed digests."""

    identity: str
    content: str


def contact_digest_of(contact: NewContact) -> ContactDigest:
    """The keyed digests of a contact's row, the borrower's number included."""
    who = (contact.borrower_no, contact.name, contact.phone)
    return ContactDigest(row_digest("contact", who), row_digest("contact row", astuple(contact)))


def content_digests(borrower_nos: Collection[str]) -> dict[str, str]:
    """For each of these numbers that is on file, the digest of the row it came from."""
    on_file = Borrower.objects.filter(borrower_no__in=borrower_nos)
    return dict(on_file.values_list("borrower_no", "content_digest"))


def contact_digests(borrower_nos: Collection[str]) -> dict[str, str]:
    """For each contact that these borrowers have on file, by who it is, the digest of its row."""
    on_file = ThirdParty.objects.filter(borrower__borrower_no__in=borrower_nos)
    return dict(on_file.values_list("identity_digest", "content_digest"))


@dataclass(frozen=True)
class MaskedField:
    """One personal value as a page shows it, and the name under which it may be revealed."""

    field: str
    label: str | Promise
    masked: str


@dataclass(frozen=True)
class Point:
    """A phone, an address or a third party: masked values, where they came from and whether they may be used."""

    fields: tuple[MaskedField, ...]
    relation: str
    source: str
    status: str
    usable: bool


@dataclass(frozen=True)
class People:
    """Everything the portal knows of a borrower's person, masked; `borrower_no` names whose it is."""

    borrower_no: str
    identity: tuple[MaskedField, ...]
    phones: tuple[Point, ...]
    addresses: tuple[Point, ...]
    third_parties: tuple[Point, ...]


def people_of(borrower: Borrower) -> People:
    """The borrower, their phones, addresses and third parties, each value masked; three queries."""
    return People(
        borrower_no=borrower.borrower_no,
        identity=(
            MaskedField("name", _("Name"), borrower.masked_name),
            MaskedField("id_number", _("ID number"), borrower.masked_id_number),
            MaskedField("email", _("E-mail"), borrower.masked_email),
        ),
        phones=tuple(
            _point(phone, MaskedField(f"phone:{phone.pk}", _("Phone"), phone.masked_number))
            for phone in borrower.phones.order_by("pk")
        ),
        addresses=tuple(
            _point(address, MaskedField(f"address:{address.pk}", _("Address"), address.masked_street))
            for address in borrower.addresses.order_by("pk")
        ),
        third_parties=tuple(
            _point(
                person,
                MaskedField(f"third_party_name:{person.pk}", _("Name"), person.masked_name),
                MaskedField(f"third_party:{person.pk}", _("Phone"), person.masked_number),
            )
            for person in borrower.third_parties.order_by("pk")
        ),
    )


def _point(row: Phone | Address | ThirdParty, *fields: MaskedField) -> Point:
    return Point(
        fields=fields,
        relation=row.get_relation_display() if isinstance(row, ThirdParty) else "",
        source=row.get_source_display(),
        status=row.get_status_display(),
        usable=row.status == "ok",
    )
