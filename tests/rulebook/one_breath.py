"""The outcomes and the clock that the tests of the one-breath line share."""

import datetime as dt
from zoneinfo import ZoneInfo

from rulebook.one_breath import OutcomeWords, Said, parse

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 25, 14, 3, 27, tzinfo=SHANGHAI)  # a Wednesday
NEEDS = {
    "RNR": "",
    "BUSY": "",
    "OFF": "",
    "OOS": "",
    "REJ": "",
    "VM": "",
    "WRONG": "",
    "TPMSG": "relation",
    "TPSTOP": "relation",
    "PTP": "amount date",
    "PAID": "date method",
    "CB": "at",
    "WILL": "",
    "CANT": "reason",
    "WONT": "reason",
    "DISP": "type text",
    "HARD": "reason",
    "SETTLE": "offer",
    "DEAD": "source",
    "ILL": "source",
    "REP": "lawyer",
    "COMPL": "text",
    "ABUSE": "",
    "STOP": "channel",
}
OUTCOMES = {code: OutcomeWords(code, tuple(needs.split())) for code, needs in NEEDS.items()}


def said(line: str, now: dt.datetime = NOW) -> Said:
    return parse(line, OUTCOMES, now)
