"""Letters to nobody: numbers and addresses that are not given out."""

import uuid

from reminders.gateways import Letter

NUMBER = "+8613800001234"
ADDRESS = "shunhua@example.test"
SUBJECT = "还款提醒 – your instalment of 4 October"
TEXT = "李顺华：您的分期付款 ¥1,234.50 将于 10 月 4 日到期。\n.一行以点开头\nPay by 4 October."


def letter(to: str, *, key: str = "", body: str = TEXT, subject: str = SUBJECT) -> Letter:
    return Letter(key or uuid.uuid4().hex, to=to, subject=subject, body=body, language="zh-hans")


def text_message(**more: str) -> Letter:
    return letter(NUMBER, **more)


def mail(to: str = ADDRESS, **more: str) -> Letter:
    return letter(to, **more)
