"""The outcomes a portal starts with; editable, and kept for good once used."""

from typing import Any, ClassVar

from django.db import migrations

# code, English, Chinese, layer, worked/contacted/right party/attempt, requires, next attempt after hours, and what else
# follows: the number becomes, places a hold, a follow-up and within how many hours.
OUTCOMES = [
    ("RNR", "No answer", "无人接听", "none", "1001", [], 4, "", "", "", None),
    ("BUSY", "Busy", "忙线", "none", "1001", [], 1, "", "", "", None),
    ("OFF", "Switched off", "关机/停机", "none", "1001", [], 24, "", "", "", None),
    ("OOS", "Number does not exist", "空号", "none", "1001", [], None, "invalid", "", "", None),
    ("REJ", "Call rejected", "拒接", "none", "1001", [], 24, "", "", "", None),
    ("VM", "Voice mail", "语音信箱", "none", "1001", [], 24, "", "", "", None),
    ("WRONG", "Wrong number", "号码错误/非本人", "third", "1101", [], None, "wrong", "", "", None),
    ("TPMSG", "Somebody else takes a message", "第三人转告", "third", "1101", ["relation"], 24, "", "", "", None),
    (
        "TPSTOP",
        "Somebody else wants no calls",
        "第三人拒绝联系",
        "third",
        "1101",
        ["relation"],
        None,
        "stopped",
        "",
        "",
        None,
    ),
    ("PTP", "Promises to pay", "承诺还款", "right", "1111", ["amount", "date"], None, "", "", "", None),
    ("PAID", "Says it is paid", "称已还款", "right", "1111", ["date", "method"], None, "", "", "verify", 24),
    ("CB", "Call back agreed", "约定回拨", "right", "1111", ["at"], None, "", "", "callback", 0),
    ("WILL", "Willing, without a day", "有意愿无日期", "right", "1111", [], 24, "", "", "", None),
    ("CANT", "Cannot pay", "无力偿还", "right", "1111", ["reason"], None, "", "", "hardship", 24),
    ("WONT", "Refuses to pay", "拒绝还款", "right", "1111", ["reason"], 24, "", "", "", None),
    ("DISP", "Disputes the debt", "异议", "right", "1111", ["type", "text"], None, "", "dispute", "", None),
    (
        "HARD",
        "Asks for help in hardship",
        "困难申请",
        "right",
        "1111",
        ["reason"],
        None,
        "",
        "hardship",
        "hardship",
        24,
    ),
    ("SETTLE", "Offers a settlement", "协商结清/分期", "right", "1111", ["offer"], 24, "", "", "settlement", 24),
    ("DEAD", "Has died", "死亡", "any", "1101", ["source"], None, "", "deceased", "", None),
    ("ILL", "Gravely ill", "重病", "any", "1101", ["source"], None, "", "hardship", "", None),
    ("REP", "Has a lawyer", "已委托律师", "right", "1111", ["lawyer"], None, "", "represented", "", None),
    ("COMPL", "Complains", "投诉", "any", "1101", ["text"], 24, "", "", "complaint", 360),
    ("ABUSE", "Abusive", "辱骂", "any", "1101", [], 24, "", "", "", None),
    ("STOP", "Wants no more contact", "要求停止联系", "right", "1111", ["channel"], None, "", "no_contact", "", None),
]


def add_outcomes(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("contacts", "Outcome").objects
    for place, (code, name, name_zh, layer, flags, requires, hours, becomes, hold, follow_up, within) in enumerate(
        OUTCOMES
    ):
        worked, contacted, right_party, counts = (flag == "1" for flag in flags)
        rows.create(
            code=code,
            name=name,
            name_zh=name_zh,
            place=place,
            layer=layer,
            worked=worked,
            contacted=contacted,
            right_party=right_party,
            counts_as_attempt=counts,
            requires=requires,
            next_hours=hours,
            number_becomes=becomes,
            hold_kind=hold,
            follow_up=follow_up,
            follow_up_hours=within,
        )


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0002_append_only")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.RunPython(add_outcomes, migrations.RunPython.noop)
    ]
