"""Requests in sentences: the facts then and now, what agreeing changes, and who has to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models import Kind
from cases.lifecycle import Outcome, Stage
from staff.roles import PERMISSIONS, Role
from ui.formats import money

FACTS: dict[str, str | Promise] = {
    "on": _("Business date"),
    "stage": _("Stage"),
    "dpd": _("Days past due"),
    "arrears": _("Arrears"),
    "penalty": _("Penalty interest"),
    "overdue_amount": _("Overdue amount"),
    "received": _("Received of the agreed sum"),
    "calls_in_stage": _("Call attempts in this stage"),
    "call_days": _("On how many days"),
    "visits_done": _("Visits done"),
    "visits_waived": _("Visits waived"),
    "letter_delivered_on": _("Demand letter delivered"),
    "limitation_expires_on": _("Limitation period ends"),
    "open_promise": _("Open promise"),
    "usable_address": _("Usable address"),
    "held": _("A hold stops it"),
    "disputed": _("Disputed"),
}
AMOUNTS = {"arrears", "penalty", "overdue_amount", "received"}
# What each kind is decided on; the rest would only be noise.
MONEY = ("on", "stage", "dpd", "arrears", "penalty", "overdue_amount")
LOOKED_AT: dict[str, tuple[str, ...]] = {
    Kind.FIELD: (*MONEY, "calls_in_stage", "call_days", "open_promise", "usable_address", "held"),
    Kind.LEGAL: (
        *MONEY,
        *("visits_done", "visits_waived", "letter_delivered_on", "limitation_expires_on", "held", "disputed"),
    ),
    Kind.SETTLE: (*MONEY, "received", "open_promise", "held"),
    Kind.WRITE_OFF: (*MONEY, "limitation_expires_on", "held", "disputed"),
    Kind.WITHDRAW: (*MONEY, "open_promise", "held"),
}
# What somebody asks for, as a heading and on a button.
ASKING: dict[str, Promise] = {
    Kind.FIELD: _("Ask for field visits"),
    Kind.LEGAL: _("Ask to go to legal"),
    Kind.SETTLE: _("Ask to settle"),
    Kind.WRITE_OFF: _("Ask to write off"),
    Kind.WITHDRAW: _("Ask to withdraw"),
}
# Only what is settled is owed no more.
GIVEN_UP: dict[str, Promise] = {
    Outcome.SETTLED: _("Given up for good"),
    Outcome.WRITTEN_OFF: _("Owed on, but not expected any more"),
    Outcome.WITHDRAWN: _("Given up"),
}
COMPONENTS: dict[str, Promise] = {
    "cost": _("Costs"),
    "penalty": _("Penalty interest"),
    "interest": _("Interest"),
    "principal": _("Principal"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it was when it was asked and as it is, or was when it was decided."""

    label: str | Promise
    then: str
    now: str

    @property
    def is_changed(self) -> bool:
        """Whether it is another by now."""
        return self.then != self.now


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that agreeing changes."""

    label: str | Promise
    text: str


def compared(kind: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Fact]:
    """The facts that a request is decided on, side by side."""
    names = [name for name in LOOKED_AT[kind] if name in then]
    return [Fact(FACTS[name], _said(name, then[name]), _said(name, now.get(name))) for name in names]


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value is None:
        return "–"
    if name == "stage":
        return str(Stage(value).label)
    return money(Decimal(value)) if name in AMOUNTS else str(value)


def changes(difference: Mapping[str, Any], payload: Mapping[str, Any]) -> list[Line]:
    """What agreeing changes, line by line."""
    source, target = difference["stage"]
    lines = [Line(_("Stage"), f"{Stage(source).label} → {Stage(target).label}")]
    if "closed_as" not in difference:
        return lines
    lines.append(Line(_("Closed as"), str(Outcome(difference["closed_as"]).label)))
    lines.append(Line(_("Loans"), ", ".join(difference["loans"]) or gettext("none is overdue")))
    if "agreed_sum" in payload:
        words = {"amount": money(Decimal(payload["agreed_sum"])), "day": payload["counts_from_on"]}
        lines.append(Line(_("Agreed sum"), gettext("%(amount)s, of what comes in from %(day)s on") % words))
        lines.append(Line(_("Of it still to come"), money(Decimal(difference["still_to_come"]))))
    lines.append(Line(GIVEN_UP[difference["closed_as"]], money(Decimal(difference["given_up"]))))
    lines += [
        Line(format_lazy(_("today: {component}"), component=COMPONENTS[part]), money(Decimal(amount)))
        for part, amount in difference["waived"].items()
    ]
    lines.append(Line(_("Penalty that does not grow, in 30 days"), money(Decimal(difference["penalty_ahead"]))))
    return lines


def who(seats: Sequence[Mapping[str, str]]) -> str:
    """Who has to agree, in words."""
    return gettext(" and ").join(_one(seat) for seat in seats)


def _one(seat: Mapping[str, str]) -> str:
    if seat["role"]:
        return str(Role(seat["role"]).label)
    may = PERMISSIONS[seat["permission"]]
    return gettext(" or ").join(str(role.label) for role in Role if role in may)
