"""What was said in a contact, field by field, as people read it."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise as Words
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from borrowers.models import Relation
from contacts.models import NonPayment
from loans.models import Channel as PaymentChannel
from ui.formats import day, money

FIELDS: dict[str, Words] = {
    "amount": _("Amount"),
    "date": _("Day"),
    "at": _("Time"),
    "method": _("How"),
    "reason": _("Reason"),
    "relation": _("Relation"),
    "channel": _("Channel"),
    "text": _("Text"),
    "type": _("What kind"),
    "offer": _("Offer"),
    "source": _("Source"),
    "lawyer": _("Lawyer"),
    "receipt": _("Receipt"),
    "letter": _("Letter"),
    "entered": _("Went inside"),
    "consent": _("Was asked in"),
    "companion": _("Together with"),
    "willingness": _("Willingness"),
    "ability": _("Ability"),
    "explained": _("Consequences explained"),
    "inbound": _("They called us"),
    "phone": _("Phone"),
    "third_party": _("Third party"),
    "next_at": _("Next action"),
}
CHANNELS: dict[str, Words] = {"all": _("all"), "call": _("calls"), "sms": _("text messages"), "email": _("e-mail")}
YES_OR_NO: dict[str, Words] = {"True": _("Yes"), "False": _("No")}
CHOICES: dict[str, Mapping[Any, Any]] = {
    "method": dict(PaymentChannel.choices),
    "reason": dict(NonPayment.choices),
    "relation": dict(Relation.choices),
    "channel": CHANNELS,
    "entered": YES_OR_NO,
    "consent": YES_OR_NO,
}


def shown(name: str, value: Any) -> str:
    """One value of a log in the reader's language."""
    if name in CHOICES:
        return str(CHOICES[name].get(value, value))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return day(value) if isinstance(value, dt.date) else str(value)


def spoken(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was said, as label and value, in the order of the list above."""
    return [(str(label), shown(name, said[name])) for name, label in FIELDS.items() if said.get(name) not in (None, "")]


def names(fields: tuple[str, ...]) -> str:
    """Fields in the reader's language, to say which are missing."""
    return ", ".join(str(FIELDS.get(name, name)) for name in fields)
