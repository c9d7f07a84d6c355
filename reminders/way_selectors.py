"""By what a borrower can be written to: which numbers and addresses are in use and were not said no to."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from borrowers.models import Borrower, Medium, OptOut, Phone, Status


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach a borrower: a text message to a phone, or an e-mail."""

    medium: str
    phone: Phone | None

    @property
    def name(self) -> str:
        """What it is called in the outbox, so that no way is taken twice."""
        return f"{self.medium}:{self.phone.pk}" if self.phone else self.medium


class Ways:
    """The ways to some borrowers, in three queries."""

    def __init__(self, borrowers: Collection[int]) -> None:
        self.phones: dict[int, list[Phone]] = defaultdict(list)
        for phone in Phone.objects.filter(borrower__in=borrowers, status=Status.OK).order_by("pk"):
            self.phones[phone.borrower_id].append(phone)
        self.people = Borrower.objects.in_bulk(set(borrowers))
        open_ones = OptOut.objects.filter(borrower__in=borrowers, lifted_at=None)
        self.stopped = set(open_ones.values_list("borrower_id", "medium"))

    def to(self, borrower_id: int, media: Sequence[str], tried: Collection[str] = ()) -> list[Way]:
        """The ways to a borrower in the order of the media, without those that were tried."""
        found = [way for medium in media for way in self._by(borrower_id, medium)]
        return [way for way in found if way.name not in tried]

    def _by(self, borrower_id: int, medium: str) -> list[Way]:
        if (borrower_id, medium) in self.stopped:
            return []
        if medium == Medium.SMS:
            return [Way(medium, phone) for phone in self.phones[borrower_id]]
        person = self.people[borrower_id]
        return [Way(medium, None)] if person.email and person.email_status == Status.OK else []
