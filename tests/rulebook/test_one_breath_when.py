"""Which day and which moment the words of the one-breath line name."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rulebook.one_breath import Unknown
from tests.rulebook.one_breath import NOW, SHANGHAI, said

TODAY = NOW.date()


def on(line: str, today: dt.date = TODAY) -> str:
    result = said(line, dt.datetime.combine(today, NOW.timetz()))
    assert result.unknown == ()
    return result.fields["date"].isoformat()


def at(line: str, now: dt.datetime = NOW) -> str:
    result = said(line, now)
    assert result.unknown == ()
    return result.fields["at"].isoformat(" ", "minutes")[:16]


def is_pointed_at(word: str, now: dt.datetime = NOW) -> bool:
    result = said(f"WILL {word}", now)
    return result.unknown == (Unknown(word, 5, 5 + len(word)),) and result.fields == {}


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("today 今天 +0", "2026-11-25"),
        ("tomorrow tmr 明天 +1 +1d 1天后 1日后", "2026-11-26"),
        ("后天 +2", "2026-11-27"),
        ("yesterday 昨天 -1d 1天前 1日前", "2026-11-24"),
        ("前天 -2d", "2026-11-23"),
        ("fri FRIDAY 周五 星期五 礼拜五 本周五 这周五 这个星期五", "2026-11-27"),
        ("thu thur thurs 周四", "2026-11-26"),
        ("wed wednesday 周三", "2026-12-02"),
        ("tue tues 周二", "2026-12-01"),
        ("sun 周日 周天 星期天", "2026-11-29"),
        ("下周五 下个星期五 下礼拜五", "2026-12-04"),
        ("上周五 上个周五", "2026-11-20"),
        ("5号 5日", "2026-12-05"),
        ("25号", "2026-12-25"),
        ("31号", "2026-12-31"),
        ("12-05 12/5 12月5日 12月5号 2026-12-05 2026/12/5 2026年12月5日", "2026-12-05"),
        ("11-20", "2026-11-20"),
        ("1-10", "2027-01-10"),
        ("eom 月底 月末", "2026-11-30"),
    ],
)
def test_a_word_names_a_day(words, date):
    assert {word: on(word) for word in words.split()} == dict.fromkeys(words.split(), date)


def test_a_day_that_a_month_lacks_is_looked_for_in_the_next():
    assert on("30号", dt.date(2027, 1, 30)) == "2027-03-30"
    assert on("31号", dt.date(2027, 1, 31)) == "2027-03-31"


def test_the_last_day_of_the_month_may_be_today():
    assert on("月底", dt.date(2026, 11, 30)) == "2026-11-30"
    assert on("月底", dt.date(2028, 2, 1)) == "2028-02-29"


def test_a_leap_day_is_the_nearest_there_is():
    assert on("02-29", dt.date(2027, 11, 25)) == "2028-02-29"
    assert is_pointed_at("02-29")


@pytest.mark.parametrize(
    "word",
    ["30-02", "13/5", "12-00", "0号", "32号", "2026-02-29", "2026-12/05", "1999-12-31", "2100-01-01", "+1000", "周八"],
)
def test_a_day_that_does_not_exist_is_pointed_at(word):
    result = said(f"PTP 2000 {word}")
    assert [unknown.text for unknown in result.unknown] == [word]
    assert result.missing == ("date",)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("15:30 15：30 3:30pm 下午3:30 下午3点半 下午3点30 下午3点30分 3点半 下午15:30", "2026-11-25 15:30"),
        ("3pm 3PM 下午3点 3点 15点 15:00", "2026-11-25 15:00"),
        ("7点 晚上7点 傍晚7点", "2026-11-25 19:00"),
        ("8点 8:00 8am 上午8点", "2026-11-26 08:00"),
        ("12pm 中午12点 12点", "2026-11-26 12:00"),
        ("3:30 凌晨3点半", "2026-11-26 03:30"),
        ("早上9点 上午9点 9点", "2026-11-26 09:00"),
        ("中午1点 13:00", "2026-11-26 13:00"),
        ("0:00", "2026-11-26 00:00"),
        ("+2h 2小时后 2个小时后 +120m 120分钟后", "2026-11-25 16:03"),
        ("+30m 30分钟后", "2026-11-25 14:33"),
        ("+24h", "2026-11-26 14:03"),
    ],
)
def test_a_time_alone_is_today_if_still_to_come_and_else_tomorrow(words, moment):
    assert {word: at(word) for word in words.split()} == dict.fromkeys(words.split(), moment)


def test_the_minute_that_is_now_is_tomorrow():
    sharp = NOW.replace(second=0)
    assert at("14:03", sharp) == "2026-11-26 14:03"
    assert at("14:04", sharp) == "2026-11-25 14:04"


def test_a_time_with_a_day_is_on_that_day_in_two_words_or_in_one():
    for line in ("CB fri 15:30", "CB 15:30 周五", "CB 周五15:30", "CB 周五下午3点半", "CB 27号3点半", "CB 2天后3点半"):
        assert at(line) == "2026-11-27 15:30"
    assert at("CB today 9:00") == "2026-11-25 09:00"
    assert on("CB 周五15:30") == "2026-11-27"


@pytest.mark.parametrize("word", ["+315:30", "周五25:00", "周八15:30", "明天2000"])
def test_a_day_and_a_time_in_one_are_cut_only_where_no_figure_is_torn(word):
    assert [unknown.text for unknown in said(f"CB {word}").unknown] == [word]


def test_a_time_of_another_day_in_the_same_word_is_a_second_value():
    assert [unknown.text for unknown in said("CB fri 周六15:30").unknown] == ["周六15:30"]


@pytest.mark.parametrize(
    "word",
    [
        "25:00",
        "15:60",
        "24:00",
        "1:5",
        "13am",
        "12am",
        "0pm",
        "晚上12点",
        "上午3:75",
        "上午1点",
        "25点",
        "3点60",
        "+1000h",
    ],
)
def test_a_time_that_does_not_exist_is_pointed_at(word):
    assert is_pointed_at(word)


def test_hours_from_now_and_a_day_have_to_agree():
    assert at("CB today +2h") == "2026-11-25 16:03"
    assert said("CB fri +2h").unknown == (Unknown("+2h", 7, 10),)
    assert said("CB fri +2h").missing == ("at",)


def test_a_moment_has_the_zone_of_the_portfolio():
    assert said("15:30").fields["at"].tzinfo is SHANGHAI


def test_an_hour_that_the_clocks_skip_is_pointed_at_and_hours_from_now_pass_over_it():
    before = dt.datetime(2026, 3, 8, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    assert is_pointed_at("2:30", before)
    assert at("3:30", before) == "2026-03-08 03:30"
    assert at("+1h", before) == "2026-03-08 03:30"
