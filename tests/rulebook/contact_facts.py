"""Facts about one contact that nothing speaks against, so that a test shows only what it is about."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from rulebook.contact_rules import (
    Channel,
    ContactFacts,
    HoldFacts,
    Medium,
    PastCall,
    PastMessage,
    Purpose,
    Rule,
    Who,
    preset,
)

CN = preset("cn")
EVERY_PURPOSE = set(Purpose)


def moment(text: str, zone: str = "Asia/Shanghai", fold: int = 0) -> dt.datetime:
    """A local wall clock as "2026-10-31 09:00", as a moment in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(dt.UTC)


NOON = moment("2026-10-31 12:00")
TODAY = dt.date(2026, 10, 31)


def days(count: int) -> dt.date:
    return TODAY + dt.timedelta(days=count)


def facts(**changed: Any) -> ContactFacts:
    """A collection call to a borrower's own number that may be made."""
    nothing_speaks_against = {
        "purpose": Purpose.COLLECT,
        "channel": Channel.CALL,
        "who": Who.BORROWER,
        "zone": "Asia/Shanghai",
        "number": "own",
        "number_status": "ok",
        "number_source": "contract",
        "is_cured": False,
        "promise_until_on": None,
        "verifying_until": None,
        "holds": (),
        "calls": (),
        "own_numbers_usable": 1,
        "is_deceased": False,
    }
    return ContactFacts(**{**nothing_speaks_against, **changed})


def third_party(**changed: Any) -> ContactFacts:
    """A call to a relative to ask where the borrower is."""
    return facts(**{"who": Who.THIRD_PARTY, "purpose": Purpose.LOCATE, "number": "theirs", **changed})


def sms(**changed: Any) -> ContactFacts:
    """A text message to a borrower's own number that may be sent."""
    return facts(**{"channel": Channel.MESSAGE, "medium": Medium.SMS, "text": "您的贷款已逾期", **changed})


def email(**changed: Any) -> ContactFacts:
    """An e-mail to a borrower's own address that may be sent."""
    return sms(**{"medium": Medium.EMAIL, "number": "address", **changed})


def visit(**changed: Any) -> ContactFacts:
    """A collecting visit by two people to the borrower's own address that may be made."""
    return facts(**{"channel": Channel.VISIT, "number": "address 1", "visitors": 2, **changed})


def letter(**changed: Any) -> ContactFacts:
    """A demand on paper to the borrower's own address that may be sent."""
    return facts(**{"channel": Channel.LETTER, "number": "address 1", **changed})


def held(*kinds: str, until_on: dt.date | None = None) -> tuple[HoldFacts, ...]:
    return tuple(HoldFacts(kind, until_on) for kind in kinds)


def call(text: str, *, connected: bool = False, number: str = "own", zone: str = "Asia/Shanghai") -> PastCall:
    """A call to the borrower at a local wall clock."""
    return PastCall(moment(text, zone), number, connected, connected, Who.BORROWER)


def call_to_third_party(text: str, *, connected: bool, number: str = "theirs") -> PastCall:
    return PastCall(moment(text), number, connected, False, Who.THIRD_PARTY)


def sent(
    text: str, *, medium: Medium = Medium.SMS, purpose: Purpose = Purpose.COLLECT, zone: str = "Asia/Shanghai"
) -> PastMessage:
    """A message to the borrower at a local wall clock."""
    return PastMessage(moment(text, zone), medium, purpose)


def rule(rule_id: str) -> Rule:
    return CN.rules[rule_id]
