"""Reading what happened, and whether the record of it holds."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry, Pending, Seal

LATEST = 8


class ChainState(NamedTuple):
    """Where the chain stands now."""

    last: Seal | None
    waiting: int


FAULTS = {
    "entry missing": _("entry %(number)s is missing"),
    "entry changed": _("entry %(number)s was changed"),
    "entry loose": _("entry %(number)s is under no seal"),
    "seal missing": _("seal %(number)s is missing"),
    "seal changed": _("seal %(number)s was changed"),
    "seal unlinked": _("seal %(number)s does not follow the seal before it"),
}


class Fault(NamedTuple):
    """The first place where the record does not hold: one of FAULTS, and the number of the entry or seal."""

    what: str
    number: int

    def told(self) -> str:
        """The fault as a sentence's end."""
        return str(FAULTS[self.what]) % {"number": self.number}


class Verdict(NamedTuple):
    """What a check of the whole chain found."""

    seals: int
    entries: int
    waiting: int
    last_hash: str
    fault: Fault | None


def entries() -> QuerySet[AuditEntry]:
    """Everything that happened."""
    return AuditEntry.objects.all()


def latest_of(actor_id: int) -> list[AuditEntry]:
    """The last things that one person did."""
    return list(AuditEntry.objects.filter(actor_id=actor_id).order_by("-at", "-id")[:LATEST])


def seal_of(entry: AuditEntry) -> Seal | None:
    """The seal that covers an entry; none while it still waits."""
    return Seal.objects.filter(entry_ids__contains=[entry.pk]).first()


def chain_state() -> ChainState:
    """The last seal, and how many entries wait for the next one."""
    return ChainState(Seal.objects.order_by("-number").first(), Pending.objects.count())


def digest_of(entry: AuditEntry) -> str:
    """What an entry comes down to: another digest means that something in it was changed."""
    words = [
        entry.pk,
        entry.at.astimezone(dt.UTC).isoformat(),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.subject,
        entry.reason,
        entry.details,
    ]
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def hash_of(seal: Seal) -> str:
    """The hash that ties a seal to its entries and to the seal before it."""
    words = [seal.number, seal.at.astimezone(dt.UTC).isoformat(), seal.entry_ids, seal.digests, seal.previous_hash]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def verify() -> Verdict:
    """Recompute the whole chain; answers what was covered and the first fault, if there is one."""
    seals = covered = 0
    previous = ""
    for seal in Seal.objects.order_by("number").iterator(chunk_size=50):
        if fault := next(_faults_in(seal, seals + 1, previous), None):
            return Verdict(seals, covered, Pending.objects.count(), previous, fault)
        seals, covered, previous = seals + 1, covered + seal.count, seal.hash
    return Verdict(seals, covered, Pending.objects.count(), previous, _uncovered())


def _faults_in(seal: Seal, number: int, previous: str) -> Iterator[Fault]:
    if seal.number != number:
        yield Fault("seal missing", number)
    if seal.previous_hash != previous:
        yield Fault("seal unlinked", seal.number)
    found = AuditEntry.objects.in_bulk(seal.entry_ids)
    for pk, digest in zip(seal.entry_ids, seal.digests, strict=False):
        if pk not in found:
            yield Fault("entry missing", pk)
        elif digest_of(found[pk]) != digest:
            yield Fault("entry changed", pk)
    if hash_of(seal) != seal.hash:
        yield Fault("seal changed", seal.number)


def _uncovered() -> Fault | None:
    # Somebody who removes the mark that an entry waits, or a seal at the end, leaves an entry that nothing covers.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(id) FROM (SELECT id FROM audit_auditentry EXCEPT SELECT unnest(entry_ids) FROM audit_seal"
            " EXCEPT SELECT entry_id FROM audit_pending) AS loose"
        )
        (first,) = cursor.fetchone()
    return Fault("entry loose", first) if first else None


def has_seal(noted: str) -> bool:
    """Whether a hash that somebody noted earlier is still in the chain."""
    return Seal.objects.filter(hash=noted).exists()
