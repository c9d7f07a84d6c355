"""The words of the one-breath line that mean something by themselves; docs/one-breath.md lists every one."""

import datetime as dt
from collections.abc import Mapping

METHODS: Mapping[str, tuple[str, ...]] = {
    "transfer": ("transfer", "bank", "转账", "银行"),
    "wechat": ("wechat", "wx", "微信"),
    "alipay": ("alipay", "zfb", "支付宝"),
    "debit": ("debit", "代扣"),
    "cash": ("cash", "现金"),
}
REASONS: Mapping[str, tuple[str, ...]] = {
    "forgot": ("forgot", "忘记", "忘了"),
    "payday": ("payday", "发薪日", "没发工资", "未发工资"),
    "job_loss": ("job_loss", "jobless", "unemployed", "失业"),
    "income_drop": ("income_drop", "lowincome", "收入下降", "收入减少", "降薪"),
    "illness": ("illness", "sick", "生病", "患病", "疾病"),
    "disaster": ("disaster", "灾害", "受灾"),
    "business_failure": ("business_failure", "business", "经营失败", "生意失败", "倒闭"),
    "family": ("family", "家庭", "家庭变故", "家事"),
    "over_indebted": ("over_indebted", "overindebted", "多头负债", "负债过多", "负债"),
    "dispute": ("dispute", "异议", "争议"),
    "unwilling": ("unwilling", "refuses", "不愿", "不愿还", "拒绝"),
}
RELATIONS: Mapping[str, tuple[str, ...]] = {
    "spouse": ("spouse", "husband", "wife", "配偶", "丈夫", "妻子"),
    "parent": ("parent", "father", "mother", "父母", "父亲", "母亲"),
    "child": ("child", "son", "daughter", "子女", "儿子", "女儿"),
    "sibling": ("sibling", "brother", "sister", "兄弟姐妹", "兄弟", "姐妹"),
    "relative": ("relative", "亲属", "亲戚", "家人"),
    "colleague": ("colleague", "同事"),
    "friend": ("friend", "朋友"),
    "other": ("other", "其他", "其它"),
}
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "all": ("all", "全部"),
    "call": ("call", "phone", "电话"),
    "sms": ("sms", "短信"),
    "email": ("email", "邮件"),
}
EXPLAINED = ("x", "explained", "已告知", "已说明")
INBOUND = ("in", "inbound", "来电", "呼入")

# Days from today.
NEAR_DAYS: Mapping[str, int] = {
    "today": 0,
    "今天": 0,
    "tomorrow": 1,
    "tmr": 1,
    "明天": 1,
    "后天": 2,
    "yesterday": -1,
    "昨天": -1,
    "前天": -2,
}
MONTH_END = ("eom", "月底", "月末")
# Monday is 0.
WEEKDAYS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            ("mon", "monday"),
            ("tue", "tues", "tuesday"),
            ("wed", "wednesday"),
            ("thu", "thur", "thurs", "thursday"),
            ("fri", "friday"),
            ("sat", "saturday"),
            ("sun", "sunday"),
        )
    )
    for word in words
}
WEEK_WORDS = ("周", "星期", "礼拜")
WEEKDAY_SIGNS: Mapping[str, int] = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
# Weeks from this one, which runs from Monday to Sunday.
WEEK_SHIFTS: Mapping[str, int] = {"上": -1, "本": 0, "这": 0, "下": 1}

# The hours each part of the day can mean: an hour as said, or twelve later, has to fall into them.
DAY_PARTS: Mapping[str, range] = {
    "凌晨": range(0, 6),
    "早上": range(5, 12),
    "上午": range(6, 12),
    "中午": range(11, 15),
    "下午": range(12, 19),
    "傍晚": range(16, 21),
    "晚上": range(17, 24),
    "am": range(0, 12),
    "pm": range(12, 24),
}
# How long from now: +2h, 2小时后.
DELAY_UNITS: Mapping[str, dt.timedelta] = {
    "h": dt.timedelta(hours=1),
    "小时": dt.timedelta(hours=1),
    "个小时": dt.timedelta(hours=1),
    "m": dt.timedelta(minutes=1),
    "分钟": dt.timedelta(minutes=1),
}
# What stands behind a figure, as a power of ten: 2k, 1.5万.
AMOUNT_UNITS: Mapping[str, int] = {"": 0, "k": 3, "千": 3, "万": 4}


def _meanings() -> dict[str, tuple[str, object]]:
    """Each word with the field it fills and what it fills it with."""
    lists = {"method": METHODS, "reason": REASONS, "relation": RELATIONS, "channel": CHANNELS}
    found: dict[str, tuple[str, object]] = {
        word: (name, code) for name, codes in lists.items() for code, words in codes.items() for word in words
    }
    found |= dict.fromkeys(EXPLAINED, ("explained", True))
    found |= dict.fromkeys(INBOUND, ("inbound", True))
    return found


MEANINGS: Mapping[str, tuple[str, object]] = _meanings()
DAY_WORDS: tuple[str, ...] = (
    *NEAR_DAYS,
    *MONTH_END,
    *WEEKDAYS,
    *(week + sign for week in WEEK_WORDS for sign in WEEKDAY_SIGNS),
)
