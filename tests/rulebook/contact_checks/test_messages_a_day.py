"""CN-FREQ-05: three text messages and one e-mail a day and borrower."""

import pytest

from rulebook.contact_checks.messages_a_day import left, refuses
from rulebook.contact_rules import Medium, Purpose, Refusal
from tests.rulebook.contact_facts import NOON, email, moment, rule, sent, sms

RULE = rule("CN-FREQ-05")
TWO = (sent("2026-10-31 08:00"), sent("2026-10-31 09:00", purpose=Purpose.NOTICE))
THREE = (*TWO, sent("2026-10-31 11:59", purpose=Purpose.DUE_REMINDER))
ONE_EMAIL = (sent("2026-10-31 08:30", medium=Medium.EMAIL),)
MIDNIGHT = moment("2026-11-01 00:00")


def test_the_third_text_message_of_a_day_is_the_last_over_all_purposes():
    assert (refuses(sms(messages=TWO), RULE, NOON), left(sms(messages=TWO), Medium.SMS, RULE, NOON)) == (None, 1)
    assert refuses(sms(messages=THREE), RULE, NOON) == Refusal(RULE, MIDNIGHT)
    assert left(sms(messages=THREE), Medium.SMS, RULE, NOON) == 0


@pytest.mark.parametrize("purpose", Purpose)
def test_no_purpose_is_above_the_count(purpose: Purpose):
    assert refuses(sms(messages=THREE, purpose=purpose), RULE, NOON) == Refusal(RULE, MIDNIGHT)
    assert refuses(sms(messages=TWO, purpose=purpose), RULE, NOON) is None


def test_one_e_mail_a_day_is_all():
    assert refuses(email(messages=ONE_EMAIL), RULE, NOON) == Refusal(RULE, MIDNIGHT)
    assert refuses(email(), RULE, NOON) is None


def test_text_messages_and_e_mails_are_counted_apart():
    assert refuses(email(messages=THREE), RULE, NOON) is None
    assert left(sms(messages=TWO + ONE_EMAIL), Medium.SMS, RULE, NOON) == 1


def test_the_next_day_brings_new_messages():
    given = sms(messages=THREE)
    assert refuses(given, RULE, moment("2026-10-31 23:59:59.999999")) == Refusal(RULE, MIDNIGHT)
    assert (refuses(given, RULE, MIDNIGHT), left(given, Medium.SMS, RULE, MIDNIGHT)) == (None, 3)


def test_more_messages_than_allowed_leave_none_not_less():
    assert left(sms(messages=THREE + THREE), Medium.SMS, RULE, NOON) == 0


@pytest.mark.parametrize(
    ("day", "next_day"), [("2026-03-29", "2026-03-30"), ("2026-10-25", "2026-10-26"), ("2026-10-31", "2026-11-01")]
)
def test_a_day_of_23_or_25_hours_is_one_day(day: str, next_day: str):
    zone = "Europe/London"
    messages = tuple(sent(f"{day} {clock}", zone=zone) for clock in ("00:10", "12:00", "23:50"))
    given, midnight = sms(messages=messages, zone=zone), moment(f"{next_day} 00:00", zone)
    assert refuses(given, RULE, moment(f"{day} 23:59", zone)) == Refusal(RULE, midnight)
    assert refuses(given, RULE, midnight) is None


def test_without_a_known_time_zone_or_medium_nothing_is_sent():
    assert refuses(sms(zone="Nowhere"), RULE, NOON) == Refusal(RULE, None)
    assert left(sms(zone="Nowhere"), Medium.SMS, RULE, NOON) == 0
    assert refuses(sms(medium=None), RULE, NOON) == Refusal(RULE, None)
