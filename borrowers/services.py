"""Putting borrowers on file, showing one personal value to one person, and changing the field keys."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from psycopg import sql

from audit.models import AuditEntry
from audit.services import Actor, record
from borrowers import vault
from borrowers.blind_index import Key, keys_of_person, keys_of_phone
from borrowers.fields import EncryptedText
from borrowers.models import Address, Borrower, Phone, SearchKey, Source, ThirdParty
from borrowers.selectors import contact_digest_of, digest_of
from rulebook.masking import redact
from rulebook.tape import NewBorrower, NewContact
from staff.models import User

Row = TypeVar("Row")
CHUNK = 1000
SHORTEST_REASON = 4
LONGEST_REASON = 300
REVEALED = "borrowers.reveal"
WrongKey = vault.WrongKey  # other rooms meet it when they open a file
HOUR = dt.timedelta(hours=1)


class RevealRefused(Exception):
    """A personal value was not shown; `sentence` says why and `ends_at` when it may be asked again, if ever."""

    def __init__(self, code: str, sentence: str, ends_at: dt.datetime | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.ends_at = ends_at

    def __str__(self) -> str:
        return self.sentence


@transaction.atomic
@sensitive_variables("borrowers", "contacts")
def register(
    *, borrowers: Sequence[NewBorrower], contacts: Sequence[NewContact], by: Actor | None, at: dt.datetime
) -> int:
    """Put checked, new people of a tape on file, encrypted and findable; says how many borrowers.

    A contact may belong to a borrower who is on file already. A number that is on file raises IntegrityError.
    """
    pks: dict[str, int] = {}
    for chunk in _chunks(borrowers):
        pks |= _store_borrowers(chunk, at)
    numbers = {contact.borrower_no for contact in contacts} - pks.keys()
    pks |= dict(Borrower.objects.filter(borrower_no__in=numbers).values_list("borrower_no", "pk"))
    for group in _chunks(contacts):
        ThirdParty.objects.bulk_create(_third_party(contact, pks[contact.borrower_no]) for contact in group)
    if borrowers or contacts:
        record(
            actor=by,
            action="borrowers.register",
            subject="borrowers",
            details={"borrowers": len(borrowers), "contacts": len(contacts)},
            at=at,
        )
    return len(borrowers)


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _store_borrowers(rows: Sequence[NewBorrower], at: dt.datetime) -> dict[str, int]:
    people = Borrower.objects.bulk_create(
        Borrower(
            borrower_no=row.borrower_no,
            name=row.name,
            id_number=row.id_number,
            email=row.email,
            language=row.language,
            content_digest=digest_of(row),
            created_at=at,
        )
        for row in rows
    )
    pairs = list(zip(people, rows, strict=True))
    Phone.objects.bulk_create(
        Phone(borrower=person, number=row.phone, source=row.phone_source) for person, row in pairs if row.phone
    )
    # A tape names no source for the address: it is the one the contract gives.
    Address.objects.bulk_create(
        Address(borrower=person, province=row.province, city=row.city, street=row.address, source=Source.CONTRACT)
        for person, row in pairs
        if row.address or row.city or row.province
    )
    _store_keys((person.pk, key) for person, row in pairs for key in _keys(row))
    return {person.borrower_no: person.pk for person in people}


def _keys(row: NewBorrower) -> set[Key]:
    own = keys_of_person(borrower_no=row.borrower_no, name=row.name, id_number=row.id_number)
    return own | keys_of_phone(row.phone)


def _store_keys(keys: Iterable[tuple[int, Key]]) -> None:
    # COPY, because a borrower has eight keys or more and row objects would cost most of an import.
    statement = sql.SQL("COPY {} (borrower_id, kind, digest) FROM STDIN").format(
        sql.Identifier(SearchKey._meta.db_table)
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for borrower_id, (kind, digest) in keys:
            copy.write_row((borrower_id, kind.value, digest))


def _third_party(row: NewContact, borrower_id: int) -> ThirdParty:
    digest = contact_digest_of(row)
    return ThirdParty(
        borrower_id=borrower_id,
        name=row.name,
        relation=row.relation,
        number=row.phone,
        source=row.source,
        identity_digest=digest.identity,
        content_digest=digest.content,
    )


@transaction.atomic
def reveal(*, borrower: Borrower, field: str, by: User, reason: str, at: dt.datetime) -> str:
    """Show one personal value in clear, and write down who saw which field of whom and why, never the value.

    `field` is a name from `selectors.people_of`. The caller has made sure that `by` may see this borrower.
    Raises PermissionDenied, or RevealRefused: no reason, no such field, or too many within the hour.
    """
    if not by.has_perm("borrowers.reveal"):
        raise PermissionDenied("borrowers.reveal")
    # A reason may quote the number it is about; the audit log keeps no personal data.
    said = redact(" ".join(reason.split()))
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        text = _("Say in %(least)d to %(most)d characters why you need to see this.")
        raise RevealRefused("reason", text % {"least": SHORTEST_REASON, "most": LONGEST_REASON})
    value = _personal_value(borrower, field)
    # Of two reveals at the same second, the second waits here and then counts the first.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    _check_limit(by, at)
    subject = f"borrower {borrower.borrower_no}"
    record(actor=by, action=REVEALED, subject=subject, details={"field": field}, reason=said, at=at)
    return value


@transaction.atomic
def set_status(*, point: Phone | ThirdParty | Address, status: str, by: Actor | None, at: dt.datetime) -> str:
    """Say whether a number, an address or a person may still be used; answers what it was before."""
    locked = type(point)._default_manager.select_for_update(of=("self",)).select_related("borrower").get(pk=point.pk)
    before = str(locked.status)
    if before != status:
        locked.status = status
        locked.save(update_fields=["status"])
        details = {"point": str(locked), "status": [before, status]}
        subject = f"borrower {locked.borrower.borrower_no}"
        record(actor=by, action="borrowers.set_status", subject=subject, details=details, at=at)
    return before


def number_to_dial(*, point: Phone | ThirdParty, by: Actor, purpose: str, at: dt.datetime) -> str:
    """The number in clear for a call that the gate allowed; written down like every look at personal data."""
    subject = f"borrower {point.borrower.borrower_no}"
    record(actor=by, action="borrowers.dial", subject=subject, details={"point": str(point), "purpose": purpose}, at=at)
    return str(point.number)


def _personal_value(borrower: Borrower, field: str) -> str:
    if field in ("name", "id_number", "email"):
        return str(getattr(borrower, field))
    kind, _colon, pk = field.partition(":")
    rows: dict[str, models.Manager[Any]] = {
        "phone": borrower.phones,
        "address": borrower.addresses,
        "third_party": borrower.third_parties,
        "third_party_name": borrower.third_parties,
    }
    row = rows[kind].filter(pk=int(pk)).first() if kind in rows and pk.isascii() and pk.isdigit() else None
    if row is None:
        raise RevealRefused("unknown_field", _("This is not on file for this borrower."))
    if isinstance(row, Address):
        return row.in_full
    return str(row.name if kind == "third_party_name" else row.number)


def _check_limit(by: User, at: dt.datetime) -> None:
    """Refuse one reveal more than the limit; the audit log itself is what is counted."""
    limit = settings.REVEALS_PER_HOUR
    seen = AuditEntry.objects.filter(action=REVEALED, at__gt=at - HOUR, actor_id=by.pk).order_by("-at", "-pk")
    times = list(seen.values_list("at", flat=True)[:limit])
    if len(times) < limit:
        return
    ends_at = times[-1] + HOUR if times else None
    text = _("You may see %(limit)d personal values within an hour.") % {"limit": limit}
    if ends_at:
        clock = date_format(timezone.localtime(ends_at), "H:i")
        text += " " + _("The next one is possible at %(clock)s.") % {"clock": clock}
    raise RevealRefused("limit", text, ends_at)


def rotate_keys(*, by: Actor | None, at: dt.datetime) -> int:
    """Encrypt every personal value of borrowers again with the newest key; says how many rows, or raises WrongKey.

    Each chunk is a transaction of its own, so that the portal goes on meanwhile and a broken run can start again.
    """
    count = sum(reseal_rows(model) for model in (Borrower, Phone, Address, ThirdParty))
    record(actor=by, action="borrowers.rotate_keys", subject="borrowers", details={"rows": count}, at=at)
    return count


def reseal_rows(model: type[models.Model]) -> int:
    """Encrypt the personal text in the rows of a table, of any room, again with the newest key; says how many rows.

    Nothing else in a row changes. Chunk by chunk, each a transaction; raises vault.WrongKey where no key opens a value.
    """
    columns = [field.attname for field in model._meta.concrete_fields if isinstance(field, EncryptedText)]
    count = last = 0
    while pks := _reseal_after(model, columns, last):
        count, last = count + len(pks), pks[-1]
    return count


@transaction.atomic
def _reseal_after(model: type[models.Model], columns: list[str], last: int) -> list[int]:
    rows = model._default_manager.filter(pk__gt=last).order_by("pk").select_for_update()
    found = list(rows.values_list("pk", *columns)[:CHUNK])
    pks = [row[0] for row in found]
    tokens = [[vault.reseal(row[place].token) for row in found] for place in range(1, len(columns) + 1)]
    names = [sql.Identifier(column) for column in columns]
    statement = sql.SQL(
        "UPDATE {table} AS old SET {sets} FROM unnest(%s::bigint[]{arrays}) AS new(pk, {names}) WHERE old.id = new.pk"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(
                table=sql.Identifier(model._meta.db_table),
                sets=sql.SQL(", ").join(sql.SQL("{0} = new.{0}").format(name) for name in names),
                arrays=sql.SQL(", %s::text[]") * len(names),
                names=sql.SQL(", ").join(names),
            ),
            [pks, *tokens],
        )
    return pks


def seal_file(content: bytes) -> bytes:
    """Encrypt a whole file of personal data, such as an uploaded tape, with the newest key."""
    return vault.seal_bytes(content)


def reseal_file(token: bytes) -> bytes:
    """Encrypt a sealed file again with the newest key, or raise vault.WrongKey."""
    return vault.reseal_bytes(token)


def unseal_file(token: bytes) -> bytes:
    """Decrypt a file that `seal_file` encrypted with any of the keys, or raise vault.WrongKey."""
    return vault.unseal_bytes(token)
