"""The texts that come with the portal: every step of the policy that rules from the beginning, in both languages.

Written by the makers of this portal. They are in use until somebody writes better ones.
"""

import datetime as dt
from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WRITTEN_AT = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
ZH, EN = "zh-hans", "en"

ANCHORS = {
    "before_due_3": "due",
    "overdue_1": "overdue",
    "overdue_3": "overdue",
    "overdue_7": "overdue",
    "overdue_15": "overdue",
    "overdue_30": "overdue",
    "promise_eve": "promise",
    "watch_5": "watch",
    "watch_1": "watch",
}

# By step and language.
SMS = {
    ("before_due_3", ZH): (
        "【{lender}】{name}您好，贷款{loan}的本期款项{amount}将于{due_date}到期。{how_to_pay} 如已安排请忽略，咨询{hotline}。回复TD退订"
    ),
    ("before_due_3", EN): (
        "{lender}: your instalment of {amount} on loan {loan} is due on {due_date}. {how_to_pay} If you have arranged it, "
        "there is nothing to do. Questions: {hotline}. Reply STOP to opt out."
    ),
    ("overdue_1", ZH): (
        "【{lender}】{name}您好，贷款{loan}于{due_date}到期的款项尚未收到，今日应还{amount}，周五为{amount_friday}。"
        "{path_to_green}{how_to_pay} 咨询{hotline}。回复TD退订"
    ),
    ("overdue_1", EN): (
        "{lender}: we have not received the instalment on loan {loan} that was due on {due_date}. Owed today: {amount}; on "
        "Friday: {amount_friday}. {path_to_green} {how_to_pay} Questions: {hotline}. Reply STOP to opt out."
    ),
    ("overdue_3", ZH): (
        "【{lender}】{name}您好，贷款{loan}于{due_date}到期，已逾期{days_late}天，今日应还{amount}，周五为{amount_friday}。"
        "{path_to_green}{how_to_pay} 有疑问请来电{hotline}。回复TD退订"
    ),
    ("overdue_3", EN): (
        "{lender}: loan {loan}, due on {due_date}, is still unpaid (days past due: {days_late}). Owed today: {amount}; on "
        "Friday: {amount_friday}. {path_to_green} {how_to_pay} Questions: {hotline}. Reply STOP to opt out."
    ),
    ("overdue_7", ZH): (
        "【{lender}】{name}，贷款{loan}于{due_date}到期，已逾期{days_late}天，今日应还{amount}，月底将为{amount_month_end}，"
        "并按规定报送征信。{path_to_green}{how_to_pay} 有困难请来电{hotline}。回复TD退订"
    ),
    ("overdue_7", EN): (
        "{lender}: loan {loan} was due on {due_date} (days past due: {days_late}). Owed today: {amount}; at the end of the "
        "month: {amount_month_end}, and it is then reported to the credit bureau. {path_to_green} {how_to_pay} If paying is "
        "difficult, call {hotline}. Reply STOP to opt out."
    ),
    ("overdue_15", ZH): (
        "【{lender}】{name}，贷款{loan}于{due_date}到期，已逾期{days_late}天，今日应还{amount}，月底将为{amount_month_end}并按规定报送征信。"
        "{path_to_green}{how_to_pay} 暂时有困难请致电{hotline}商议。回复TD退订"
    ),
    ("overdue_15", EN): (
        "{lender}: loan {loan} was due on {due_date} (days past due: {days_late}). Owed today: {amount}; at the end of the "
        "month: {amount_month_end}, reported to the credit bureau. {path_to_green} {how_to_pay} If you cannot pay in full, "
        "call {hotline} and we look for a way. Reply STOP to opt out."
    ),
    ("overdue_30", ZH): (
        "【{lender}】{name}，贷款{loan}于{due_date}到期，已逾期{days_late}天，今日应还{amount}，月底将为{amount_month_end}。"
        "长期未还，我们可依合同主张权利。{path_to_green}{how_to_pay} 请尽快致电{hotline}。回复TD退订"
    ),
    ("overdue_30", EN): (
        "{lender}: loan {loan} was due on {due_date} (days past due: {days_late}). Owed today: {amount}; at the end of the "
        "month: {amount_month_end}. If it stays unpaid we may claim it as the contract provides. {path_to_green} {how_to_pay} "
        "Please call {hotline}. Reply STOP to opt out."
    ),
    ("promise_eve", ZH): (
        "【{lender}】{name}您好，提醒您：您约定于{promise_date}就贷款{loan}还款{promise_amount}。{how_to_pay} "
        "如需调整请致电{hotline}。回复TD退订"
    ),
    ("promise_eve", EN): (
        "{lender}: a reminder of what we agreed for loan {loan}: {promise_amount} on {promise_date}. {how_to_pay} If the plan "
        "has changed, call {hotline}. Reply STOP to opt out."
    ),
    ("watch_5", ZH): (
        "【{lender}】{name}您好，贷款{loan}的下一期款项{amount}将于{due_date}到期，按时还款账户即保持正常。{how_to_pay} "
        "咨询{hotline}。回复TD退订"
    ),
    ("watch_5", EN): (
        "{lender}: the next instalment on loan {loan}, {amount}, is due on {due_date}. Paid on time, your account stays in "
        "order. {how_to_pay} Questions: {hotline}. Reply STOP to opt out."
    ),
    ("watch_1", ZH): (
        "【{lender}】{name}您好，贷款{loan}的款项{amount}将于{due_date}到期，请留意。按时还款账户即保持正常。{how_to_pay} "
        "咨询{hotline}。回复TD退订"
    ),
    ("watch_1", EN): (
        "{lender}: please remember the instalment of {amount} on loan {loan}, due on {due_date}. Paid on time, your account "
        "stays in order. {how_to_pay} Questions: {hotline}. Reply STOP to opt out."
    ),
}

OWED_ZH = """今日应还：{amount}（其中罚息{penalty}）
若不还款，周五将为{amount_friday}，{month_end}将为{amount_month_end}。

怎样恢复正常：{path_to_green}
还款方式：{how_to_pay}"""
OWED_EN = """Owed today: {amount}, of which penalty interest {penalty}.
If nothing is paid it is {amount_friday} on Friday and {amount_month_end} on {month_end}.

How to put it right: {path_to_green}
How to pay: {how_to_pay}"""
END_ZH = """

{lender}

如不希望再收到此类邮件，请回复“退订”。"""
END_EN = """

{lender}

If you do not want such e-mails any more, reply STOP."""

# By step and language: the subject line, which discloses nothing, and the text.
EMAIL = {
    ("before_due_3", ZH): (
        "{lender}：本期账户提醒",
        "{name}，您好！\n\n您在{lender}的贷款{loan}本期款项{amount}将于{due_date}到期。\n\n还款方式：{how_to_pay}\n\n"
        "如已安排，请忽略本邮件；如有疑问，请致电{hotline}。" + END_ZH,
    ),
    ("before_due_3", EN): (
        "{lender}: about your account this month",
        "Dear {name},\n\nthe instalment of {amount} on your loan {loan} with {lender} is due on {due_date}.\n\n"
        "How to pay: {how_to_pay}\n\nIf you have arranged it already, there is nothing to do. Questions: {hotline}."
        + END_EN,
    ),
    ("overdue_1", ZH): (
        "{lender}：请查看您的账户",
        "{name}，您好！\n\n您在{lender}的贷款{loan}有一笔款项于{due_date}到期，我们尚未收到，也许只是一时疏忽，特此提醒。\n\n"
        + OWED_ZH
        + "\n\n如您已还款，请忽略本邮件；如有疑问，请致电{hotline}。"
        + END_ZH,
    ),
    ("overdue_1", EN): (
        "{lender}: please look at your account",
        "Dear {name},\n\nan instalment on your loan {loan} with {lender} was due on {due_date} and has not reached us yet. "
        "Perhaps it was only forgotten.\n\n"
        + OWED_EN
        + "\n\nIf you have paid meanwhile, thank you. Questions: {hotline}."
        + END_EN,
    ),
    ("overdue_3", ZH): (
        "{lender}：请查看您的账户",
        "{name}，您好！\n\n您在{lender}的贷款{loan}于{due_date}到期，已逾期{days_late}天，我们仍未收到款项。\n\n"
        + OWED_ZH
        + "\n\n如您已还款，请忽略本邮件；如有疑问或困难，请致电{hotline}。"
        + END_ZH,
    ),
    ("overdue_3", EN): (
        "{lender}: please look at your account",
        "Dear {name},\n\nyour loan {loan} with {lender} was due on {due_date} and is still unpaid (days past due: "
        "{days_late}).\n\n"
        + OWED_EN
        + "\n\nIf you have paid meanwhile, thank you. If something is unclear or difficult, call {hotline}."
        + END_EN,
    ),
    ("overdue_7", ZH): (
        "{lender}：账户通知，请查看",
        "{name}：\n\n您在{lender}的贷款{loan}于{due_date}到期，已逾期{days_late}天。\n\n"
        + OWED_ZH
        + "\n\n{month_end}仍未还清的，将按规定如实报送征信，可能影响您今后办理贷款。如有困难，请致电{hotline}，我们与您一起想办法。"
        + END_ZH,
    ),
    ("overdue_7", EN): (
        "{lender}: a notice about your account",
        "Dear {name},\n\nyour loan {loan} with {lender} was due on {due_date} (days past due: {days_late}).\n\n"
        + OWED_EN
        + "\n\nWhat is unpaid on {month_end} is reported to the credit bureau as it is, which can make later loans harder to "
        "get. If paying is difficult, call {hotline}: we look for a way together." + END_EN,
    ),
    ("overdue_15", ZH): (
        "{lender}：账户通知，请尽快查看",
        "{name}：\n\n您在{lender}的贷款{loan}于{due_date}到期，已逾期{days_late}天，此前的提醒未见回应。\n\n"
        + OWED_ZH
        + "\n\n{month_end}仍未还清的，将按规定如实报送征信，罚息也会继续增加。如暂时无法全部还清，请务必致电{hotline}，"
        "我们可以商议分次还款等安排。" + END_ZH,
    ),
    ("overdue_15", EN): (
        "{lender}: a notice about your account, please read it soon",
        "Dear {name},\n\nyour loan {loan} with {lender} was due on {due_date} (days past due: {days_late}), and our earlier "
        "messages remained without an answer.\n\n"
        + OWED_EN
        + "\n\nWhat is unpaid on {month_end} is reported to the credit bureau as it is, and penalty interest goes on growing. "
        "If you cannot pay all of it now, please call {hotline}: paying in parts can be arranged." + END_EN,
    ),
    ("overdue_30", ZH): (
        "{lender}：重要账户通知，请尽快查看",
        "{name}：\n\n您在{lender}的贷款{loan}于{due_date}到期，已逾期{days_late}天。\n\n"
        + OWED_ZH
        + "\n\n该笔款项的状态按规定如实报送征信。长期未还的，我们可依合同约定和法律规定主张权利，由此产生的费用可能由您承担。"
        "现在处理仍然来得及：请致电{hotline}，说明您的情况，我们可以商议还款安排。" + END_ZH,
    ),
    ("overdue_30", EN): (
        "{lender}: an important notice about your account",
        "Dear {name},\n\nyour loan {loan} with {lender} was due on {due_date} (days past due: {days_late}).\n\n"
        + OWED_EN
        + "\n\nIts state is reported to the credit bureau as it is. If it stays unpaid we may claim it as the contract and the "
        "law provide, and costs of that may fall to you. It is not too late: call {hotline}, tell us how things stand, and "
        "we can agree on how to pay." + END_EN,
    ),
    ("promise_eve", ZH): (
        "{lender}：约定事项提醒",
        "{name}，您好！\n\n提醒您：您约定于{promise_date}就贷款{loan}还款{promise_amount}。\n\n还款方式：{how_to_pay}\n\n"
        "如已还款，请忽略本邮件；如需调整，请致电{hotline}。" + END_ZH,
    ),
    ("promise_eve", EN): (
        "{lender}: a reminder of what we agreed",
        "Dear {name},\n\na reminder of what we agreed for your loan {loan}: {promise_amount} on {promise_date}.\n\n"
        "How to pay: {how_to_pay}\n\nIf you have paid already, thank you. If the plan has changed, call {hotline}."
        + END_EN,
    ),
    ("watch_5", ZH): (
        "{lender}：本期账户提醒",
        "{name}，您好！\n\n感谢您使账户恢复正常。贷款{loan}的下一期款项{amount}将于{due_date}到期，按时还款账户即保持正常。\n\n"
        "还款方式：{how_to_pay}\n\n如有疑问，请致电{hotline}。" + END_ZH,
    ),
    ("watch_5", EN): (
        "{lender}: about your account this month",
        "Dear {name},\n\nthank you for putting your account in order. The next instalment on loan {loan}, {amount}, is due on "
        "{due_date}; paid on time, the account stays in order.\n\nHow to pay: {how_to_pay}\n\nQuestions: {hotline}."
        + END_EN,
    ),
    ("watch_1", ZH): (
        "{lender}：本期账户提醒",
        "{name}，您好！\n\n贷款{loan}的款项{amount}将于{due_date}到期，请留意。按时还款账户即保持正常。\n\n还款方式：{how_to_pay}\n\n"
        "如已安排，请忽略本邮件；如有疑问，请致电{hotline}。" + END_ZH,
    ),
    ("watch_1", EN): (
        "{lender}: about your account this month",
        "Dear {name},\n\nplease remember the instalment of {amount} on your loan {loan}, due on {due_date}. Paid on time, the "
        "account stays in order.\n\nHow to pay: {how_to_pay}\n\nIf you have arranged it already, there is nothing to do. "
        "Questions: {hotline}." + END_EN,
    ),
}


def add_texts(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """A first version of each text, in use, without an author."""
    template, version = (apps.get_model("reminders", name) for name in ("Template", "TemplateVersion"))
    wordings = [("sms", key, "", body) for key, body in SMS.items()]
    wordings += [("email", key, title, body) for key, (title, body) in EMAIL.items()]
    for medium, (step, language), title, body in wordings:
        its = template.objects.create(step=step, anchor=ANCHORS[step], medium=medium, language=language)
        version.objects.create(
            template=its, number=1, title=title, body=body, state="approved", is_shipped=True, written_at=WRITTEN_AT
        )


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("reminders", "0003_senders")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.RunPython(add_texts, migrations.RunPython.noop)
    ]
