"""A visit at the gate, and what came of it: the same log, promises, holds and follow-ups as after a call."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from borrowers.models import Address
from contacts.effect_services import write_attempt
from contacts.models import Attempt, Channel, Clearance, Layer, Met, Outcome, Who
from contacts.place_clearance import PlaceTarget, decide_places, written
from contacts.promise_services import lock_borrowers
from contacts.selectors import local_day
from contacts.services import LOGGED_WITHIN, ContactRefused, GateRefused, refuse_impossible, refuse_incomplete
from staff.models import User

MAY_VISIT = "visits.make"
# Who opened the door to somebody; only the borrower hears about the debt.
SOMEBODY = (Met.DEBTOR, Met.FAMILY, Met.NEIGHBOUR)
# What only the borrower can say.
OF_THE_BORROWER = ("willingness", "ability", "explained", "reason")


@transaction.atomic
def clear_visit(*, target: PlaceTarget, by: User, at: dt.datetime) -> Clearance:
    """Ask the gate for a visit, at the door; the answer is on file, allowed or refused."""
    if not by.has_perm(MAY_VISIT):
        raise PermissionDenied(MAY_VISIT)
    lock_borrowers(target.borrower.pk)
    # Read again: the address may have been logged as wrong a moment ago.
    at_the_door = replace(target, channel=Channel.VISIT.value, address=Address.objects.get(pk=target.address.pk))
    return written(decide_places([at_the_door], at)[0], by, at)


def log_visit(
    *,
    target: PlaceTarget,
    clearance: Clearance,
    outcome: str,
    met: str,
    said: Mapping[str, Any],
    by: User,
    at: dt.datetime,
) -> Attempt:
    """Log what came of a visit that was allowed; it counts as a contact where somebody was met.

    `said` is as for a call, and besides: `receipt` of what was paid, `letter` that was served, and whether the
    visitors `entered` with `consent`. Raises ContactRefused, PromiseRefused, HoldRefused or GateRefused; entering
    without consent is refused by its rule, and that stays on file although nothing is logged.
    """
    if not by.has_perm(MAY_VISIT):
        raise PermissionDenied(MAY_VISIT)
    found = Outcome.objects.filter(code=outcome, on_visits=True).first()
    refuse_incomplete(found, said)
    refuse_impossible(found, said, at, local_day(at, target.portfolio.timezone))
    _refuse_told_by_others(found, met, said)
    _refuse_not_cleared(target, clearance, at)
    if said.get("entered") and not said.get("consent"):
        raise GateRefused(clear_visit(target=replace(target, enters=True, may_enter=False), by=by, at=at))
    return _log(target=target, clearance=clearance, outcome=found, met=met, said=said, by=by, at=at)


def _refuse_told_by_others(outcome: Outcome | None, met: str, said: Mapping[str, Any]) -> None:
    """Raise ContactRefused for an outcome that does not go with whom the visit met."""
    if outcome is None:
        return
    if met not in Met.values:
        raise ContactRefused("met", _("Say whom you met."))
    if met == Met.DEBTOR:
        if outcome.layer in (Layer.NONE, Layer.THIRD):
            raise ContactRefused("met", _("This outcome means that the borrower was not there."))
        return
    # Able to pay nothing is an answer too, "not explained" is none.
    answers = [said[name] for name in OF_THE_BORROWER if said.get(name) not in (None, "") and said[name] is not False]
    if outcome.layer == Layer.RIGHT or answers:
        raise ContactRefused("met", _("Only the borrower can give this answer, and nobody else hears of the debt."))
    if met == Met.NOT_FOUND and not outcome.number_becomes:
        raise ContactRefused("met", _("Where there is no such address, say so."))


def _refuse_not_cleared(target: PlaceTarget, clearance: Clearance, at: dt.datetime) -> None:
    """Raise GateRefused or ContactRefused unless this visit was allowed lately."""
    if not clearance.allowed:
        raise GateRefused(clearance)
    asked = (clearance.channel, clearance.borrower_id, clearance.portfolio_id, clearance.address_id)
    if asked != (Channel.VISIT, *target.pair, target.address.pk):
        raise ContactRefused("clearance", _("Another visit was allowed, not this one."))
    if clearance.at <= at - LOGGED_WITHIN:
        raise ContactRefused("late", _("This visit was too long ago to be logged; a supervisor can call it off."))


@transaction.atomic
def _log(
    *,
    target: PlaceTarget,
    clearance: Clearance,
    outcome: Outcome | None,
    met: str,
    said: Mapping[str, Any],
    by: User,
    at: dt.datetime,
) -> Attempt:
    if outcome is None:
        raise PermissionDenied(MAY_VISIT)
    lock_borrowers(target.borrower.pk)
    # Of two clicks at once the second finds the visit logged.
    if Attempt.objects.filter(clearance=clearance).exists():
        raise ContactRefused("logged", _("This visit is logged already."))
    met_debtor = met == Met.DEBTOR
    attempt = Attempt(
        borrower=target.borrower,
        portfolio=target.portfolio,
        clearance=clearance,
        channel=Channel.VISIT.value,
        purpose=target.purpose,
        who=Who.BORROWER,
        address=target.address,
        number_key=target.number_key,
        met=met,
        on=local_day(at, target.portfolio.timezone),
        worked=outcome.worked,
        contacted=met in SOMEBODY,
        right_party=met_debtor,
        # What was broken off before a word with the borrower is no visit that was made.
        counts_as_attempt=outcome.counts_as_attempt or met_debtor,
    )
    write_attempt(attempt=attempt, outcome=outcome, said=said, by=by, at=at)
    return attempt
