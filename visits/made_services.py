"""Making a visit and judging it: arriving at the door, what came of it, photos, and the review."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.desk_services import place_anew
from contacts.models import Clearance
from contacts.promise_services import lock_borrowers
from contacts.selectors import local_day
from contacts.services import GateRefused
from contacts.visit_services import clear_visit, log_visit
from evidence.models import PHOTOS
from evidence.services import keep
from rulebook.masking import redact
from staff.models import User
from visits.change_selectors import LEFT
from visits.lifecycle import PLANNED, State
from visits.models import Visit, VisitPhoto
from visits.plan_selectors import target_of
from visits.plan_services import refuse_others
from visits.selectors import ACCURATE_M, Against, standing_of
from visits.services import VisitRefused, locked_visit, move, needed, note

MOST_PHOTOS = 12
# While it is made, and until it is found to stand.
TAKES_PHOTOS = (State.ARRIVED, State.DONE, State.RETURNED)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a telephone says it is: degrees, metres, and its own clock; each empty where it does not say."""

    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_m: Decimal | None = None
    device_at: dt.datetime | None = None

    @property
    def is_exact(self) -> bool:
        """Whether it says which door it was."""
        there = self.latitude is not None and self.longitude is not None
        return there and self.accuracy_m is not None and self.accuracy_m <= ACCURATE_M

    def __str__(self) -> str:
        if self.latitude is None or self.longitude is None:
            return ""
        return f"{self.latitude:.6f},{self.longitude:.6f}"


def arrive(*, visit: Visit, position: Position, explanation: str, by: User, at: dt.datetime) -> Visit:
    """Stand before the door and ask the gate whether they may knock; its answer is on file either way.

    Raises GateRefused, or VisitRefused on another day, or where the position is not exact and nobody says why.
    """
    visit, clearance = _arrive(visit, position, explanation, by, at)
    # Raised out here, so that what the gate said stays on file.
    if not clearance.allowed:
        raise GateRefused(clearance)
    return visit


@transaction.atomic
def _arrive(visit: Visit, position: Position, explanation: str, by: User, at: dt.datetime) -> tuple[Visit, Clearance]:
    # Borrowers are locked before visits, as by whoever books their money.
    lock_borrowers(visit.borrower_id)
    locked = locked_visit(visit.pk)
    refuse_others(locked, by)
    if locked.state in PLANNED and locked.day != local_day(at, locked.portfolio.timezone):
        raise VisitRefused("day", _("This visit is on another day."))
    # The gate knows nothing of stages, and the sweep that calls it off comes every five minutes only.
    standing = standing_of([locked], at).get(locked.pk)
    if standing and standing.code is Against.LEFT:
        raise VisitRefused("left", LEFT)
    explained = redact(" ".join(explanation.split()))[:300]
    if not position.is_exact and not explained:
        raise VisitRefused("position", _("Say why there is no position, or none more exact than 100 m."))
    if locked.state not in PLANNED:
        move(locked, "arrive", by=by, at=at)  # refuses, and says what the visit is
    clearance = clear_visit(target=target_of(locked), by=by, at=at)
    if clearance.allowed:
        locked.clearance, locked.arrived_at, locked.device_arrived_at = clearance, at, position.device_at
        locked.position, locked.accuracy_m = str(position), position.accuracy_m if str(position) else None
        locked.position_note = explained
        move(locked, "arrive", by=by, at=at)
    return locked, clearance


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a visit: the outcome's code, whom they met, what was said, and why there is no photo.

    `entered` means they went inside, `asked_in` that whoever lives there agreed to it.
    """

    outcome: str
    met: str
    said: Mapping[str, Any] = field(default_factory=dict)
    entered: bool = False
    asked_in: bool = False
    photo_note: str = ""

    def as_said(self) -> dict[str, Any]:
        """What was said as the contact log takes it."""
        inside = {"entered": self.entered, "consent": self.asked_in}
        return {**self.said, **inside} if self.entered else dict(self.said)


def finish(*, visit: Visit, report: Report, by: User, at: dt.datetime) -> Visit:
    """Log whom they met and what came of it, with all that follows, as of a call; the case takes its new place.

    Raises VisitRefused, ContactRefused, PromiseRefused, HoldRefused or GateRefused.
    """
    made, refused = _finish(visit, report, by, at)
    # Raised out here, so that what the gate said stays on file.
    if refused:
        raise refused
    return made


@transaction.atomic
def _finish(visit: Visit, report: Report, by: User, at: dt.datetime) -> tuple[Visit, GateRefused | None]:
    lock_borrowers(visit.borrower_id)
    locked = locked_visit(visit.pk)
    refuse_others(locked, by)
    if locked.state != State.ARRIVED or locked.clearance is None:
        raise VisitRefused("state", _("First say that you have arrived."))
    noted = redact(" ".join(report.photo_note.split()))[:300]
    if not noted and not locked.photos.exists():
        raise VisitRefused("photo", _("Take at least one photo, or say why there is none."))
    what = {"outcome": report.outcome, "met": report.met}
    other = locked.companion if by.pk == locked.lead_id else locked.lead
    said = {**report.as_said(), "companion": other.get_username() if other else ""}
    asked: dict[str, Any] = {"target": target_of(locked), "clearance": locked.clearance, "said": said, **what}
    try:
        locked.attempt = log_visit(**asked, by=by, at=at)
    except GateRefused as refused:
        return locked, refused
    locked.consent, locked.photo_note, locked.done_at = report.asked_in if report.entered else None, noted, at
    move(locked, "finish", by=by, at=at, details=what)
    place_anew(borrower_id=locked.borrower_id, on=local_day(at, locked.portfolio.timezone), at=at)
    return locked, None


@transaction.atomic
def add_photo(*, visit: Visit, content: bytes, device_at: dt.datetime | None, by: User, at: dt.datetime) -> VisitPhoto:
    """Keep a photo of a visit, sealed and with its hash. Raises FileRefused or VisitRefused."""
    locked = locked_visit(visit.pk)
    refuse_others(locked, by)
    if locked.state not in TAKES_PHOTOS:
        raise VisitRefused("state", _("Photos are added from arrival until the visit is reviewed."))
    number = locked.photos.count() + 1
    if number > MOST_PHOTOS:
        raise VisitRefused("photos", _("A visit takes %(most)d photos.") % {"most": MOST_PHOTOS})
    if locked.photos.filter(sha256=hashlib.sha256(content).hexdigest()).exists():
        raise VisitRefused("same", _("This photo is there already."))
    file = keep(content=content, name=f"{locked}-{number}", allowed=PHOTOS, by_name=by.get_username(), at=at)
    photo = VisitPhoto.objects.create(
        visit=locked,
        number=number,
        file=file,
        sha256=file.sha256,
        device_at=device_at,
        added_at=at,
        added_by_name=by.get_username(),
    )
    note(locked, "add_photo", locked.state, by=by, at=at, details={"photo": number, "sha256": file.sha256})
    return photo


@transaction.atomic
def hand_in_again(*, visit: Visit, answer: str, by: User, at: dt.datetime) -> Visit:
    """Answer what a reviewer missed; photos may have been added meanwhile. Raises VisitRefused."""
    locked = locked_visit(visit.pk)
    refuse_others(locked, by)
    return move(locked, "hand_in_again", by=by, at=at, reason=needed(answer))


@transaction.atomic
def review(*, visit: Visit, accepted: bool, reason: str, by: User, at: dt.datetime) -> Visit:
    """Find that a visit stands, or give it back with a reason; never one's own. Raises VisitRefused."""
    locked = locked_visit(visit.pk)
    if locked.is_made_by(by):
        raise PermissionDenied("visits.review")
    why = " ".join(redact(reason).split())[:200] if accepted else needed(reason)
    locked.reviewed_by_id_then, locked.reviewed_by_name, locked.reviewed_at = by.pk, by.get_username(), at
    locked.review_reason = why
    return move(locked, "stand" if accepted else "give_back", by=by, at=at, reason=why)
