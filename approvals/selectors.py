"""Reading requests: who may see them, whom they wait for, on what they rest and what they would change."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from approvals.lifecycle import WAITING, ApprovalState
from approvals.models import MOVES, PERMISSIONS, Approval, Kind
from borrowers.models import Address, Status
from cases.agreed_selectors import CLOSES_AS, Settlement, guard_facts, loans_to_close, received_since
from cases.lifecycle import Stage
from cases.models import Case
from cases.selectors import Found, found_of
from cases.services import CLOSING, blockers_of
from loans.closing_services import look_at_closing
from loans.selectors import portfolios_visible_to
from rulebook.authority import takes_two
from rulebook.escalation import Blocker, blocks_agreed_sum
from rulebook.masking import redact
from rulebook.money import ZERO
from staff.models import User
from staff.roles import Role

COMPONENTS = ("cost", "penalty", "interest", "principal")
AHEAD = dt.timedelta(days=30)
LEADS_TO: dict[str, str] = {Kind.FIELD: Stage.FIELD, Kind.LEGAL: Stage.LEGAL}


@dataclass(frozen=True, slots=True)
class Asked:
    """What belongs to a request beside its reason: of a visit where and what for, of a settlement the agreed sum."""

    address: Address | None = None
    wish: str = ""
    agreed_sum: Decimal | None = None
    counts_from_on: dt.date | None = None

    @property
    def settlement(self) -> Settlement | None:
        """The agreed sum and the day from which money counts towards it; None where nothing is settled."""
        if self.agreed_sum is None or self.counts_from_on is None:
            return None
        return Settlement(self.agreed_sum, self.counts_from_on)

    def as_json(self) -> dict[str, Any]:
        """As it is kept; of the address only its row."""
        if self.address is not None:
            return {"address": self.address.pk, "wish": redact(self.wish)}
        if settlement := self.settlement:
            return {"agreed_sum": str(settlement.amount), "counts_from_on": settlement.from_on.isoformat()}
        return {}


def asked_of(approval: Approval) -> Asked:
    """What belongs to a request, from what was kept; without an address that may not be gone to any more."""
    kept = approval.payload
    if "agreed_sum" in kept:
        return Asked(
            agreed_sum=Decimal(kept["agreed_sum"]), counts_from_on=dt.date.fromisoformat(kept["counts_from_on"])
        )
    address = addresses_of(approval.case).filter(pk=kept.get("address")).first()
    return Asked(address=address, wish=kept.get("wish", ""))


@dataclass(frozen=True, slots=True)
class Look:
    """A request as things are on a day: the facts, what agreeing would change, what stands in its way, who decides."""

    found: Found
    facts: dict[str, Any]
    difference: dict[str, Any]
    blockers: Sequence[Blocker]
    seats: Sequence[dict[str, str]]

    @property
    def gives_up(self) -> Decimal:
        """What nobody would expect any more."""
        return Decimal(self.difference.get("given_up", "0"))

    @property
    def mark(self) -> str:
        """A mark of the facts and the difference: another one where anything has changed."""
        shown = json.dumps([self.facts, self.difference], sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()


def look_at(case: Case, kind: str, asked: Asked, on: dt.date) -> Look:
    """What a request rests on and would change, as things are on a day; nothing is written."""
    found = found_of(case, on)
    move = MOVES[kind]
    facts = guard_facts(case, replace(found.facts, stage_since=case.stage_since))
    blockers = list(blockers_of(case, move, found))
    received = ZERO
    if settlement := asked.settlement:
        received = received_since(case, settlement.from_on, on)
        blockers += blocks_agreed_sum(settlement.amount, received)
        facts["received"] = str(received)
    difference: dict[str, Any] = {"stage": [case.stage, LEADS_TO.get(kind, Stage.CLOSED)]}
    if move in CLOSING:
        difference |= _closing_changes(found, kind, asked, received)
    # What came in for it was overdue when the sum was agreed.
    return Look(found, facts, difference, blockers, _seats(kind, difference, found, received))


def _closing_changes(found: Found, kind: str, asked: Asked, received: Decimal) -> dict[str, Any]:
    """What closing lets go: where it settles or writes off, all that is left of the loans."""
    on, loans = found.facts.on, loans_to_close(found)
    how = CLOSES_AS[MOVES[kind]]
    looks = look_at_closing(loans, how=how, on=on)
    books = [book for book in found.books if book.loan in loans]
    grows = sum((b.standing(on + AHEAD).penalty - b.standing(on).penalty for b in books), ZERO)
    waived = {part: sum((getattr(look.split, part) for _loan, look in looks), ZERO) for part in COMPONENTS}
    given_up = sum(waived.values(), ZERO)
    if kind == Kind.WRITE_OFF:
        given_up = sum((book.standing(on).due_amount + book.standing(on).to_come for book in books), ZERO)
    missing = max(asked.agreed_sum - received, ZERO) if asked.agreed_sum else ZERO
    return {
        "closed_as": how.value,
        "loans": [loan.loan_no for loan in loans],
        "waived": {part: str(amount) for part, amount in waived.items() if amount},
        "still_to_come": str(missing),
        "given_up": str(max(given_up - missing, ZERO)),
        "penalty_ahead": str(grows),
    }


def _seats(kind: str, difference: Mapping[str, Any], found: Found, received: Decimal) -> list[dict[str, str]]:
    """Who has to agree: one for visits, two for court, and for closing as many as the money takes."""
    both = kind == Kind.LEGAL
    if "given_up" in difference:
        terms = found.terms.terms.authority
        both = takes_two(Decimal(difference["given_up"]), found.facts.overdue_amount + received, terms)
    roles = (Role.SUPERVISOR.value, Role.LEGAL_OFFICER.value) if both else ("",)
    return [{"permission": PERMISSIONS[kind], "role": role} for role in roles]


def addresses_of(case: Case) -> QuerySet[Address]:
    """Where the borrower of a case may be visited."""
    return Address.objects.filter(borrower=case.borrower_id, status=Status.OK).order_by("pk")


def approvals_visible_to(user: User) -> QuerySet[Approval]:
    """The requests about portfolios the user may see."""
    visible = Approval.objects.filter(portfolio__in=portfolios_visible_to(user))
    return visible.select_related("case__borrower", "case__portfolio", "case__lead_loan", "portfolio", "policy_version")


def waiting(approvals: QuerySet[Approval]) -> QuerySet[Approval]:
    """Those that somebody still has to decide on."""
    return approvals.filter(state__in=WAITING)


def waits_for(user: User) -> QuerySet[Approval]:
    """The requests that this person may decide on now: never their own, nor one they agreed to already."""
    kinds = [kind for kind, permission in PERMISSIONS.items() if user.has_perm(permission)]
    free = Q(state=ApprovalState.ASKED) | Q(state=ApprovalState.HALF_AGREED) & ~Q(first_role=user.role)
    mine = waiting(approvals_visible_to(user)).filter(free, kind__in=kinds)
    return mine.exclude(asked_by_id_then=user.pk).exclude(first_by_id_then=user.pk)


def may_take_a_seat(approval: Approval, seats: Sequence[Mapping[str, str]], user: User) -> bool:
    """Whether one of the free seats is for this person; never of a request of their own or one they agreed to."""
    if user.pk in (approval.asked_by_id_then, approval.first_by_id_then):
        return False
    return any(user.has_perm(seat["permission"]) and seat["role"] in ("", user.role) for seat in seats)


def waiting_of(case: Case) -> list[Approval]:
    """What is asked for about a case and not decided, in order."""
    return list(Approval.objects.filter(case=case, state__in=WAITING).order_by("pk"))


def decided_lately(user: User, since: dt.datetime) -> QuerySet[Approval]:
    """What became of what somebody asked for since a moment, the latest first."""
    mine = approvals_visible_to(user).filter(asked_by_id_then=user.pk).exclude(state__in=WAITING)
    return mine.filter(changes__at__gte=since).distinct().order_by("-pk")
