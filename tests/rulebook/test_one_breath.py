"""What a line of a collector says: its outcome, its fields, what it lacks and what is not understood."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.one_breath import OutcomeWords, Unknown, parse
from rulebook.one_breath_words import DAY_WORDS, MEANINGS
from tests.rulebook.one_breath import NOW, OUTCOMES, said

FRIDAY = dt.date(2026, 11, 27)


@pytest.mark.parametrize(
    ("line", "code", "fields"),
    [
        ("RNR", "RNR", {}),
        ("PTP 2000 fri", "PTP", {"amount": Decimal(2000), "date": FRIDAY}),
        ("PTP 2000 周五 微信", "PTP", {"amount": Decimal(2000), "date": FRIDAY, "method": "wechat"}),
        ("周五，2000、ptp", "PTP", {"amount": Decimal(2000), "date": FRIDAY}),
        ("ＰＴＰ　２，０００．５０　ｆｒｉ", "PTP", {"amount": Decimal("2000.50"), "date": FRIDAY}),
        ("CANT 失业 w1 a0", "CANT", {"reason": "job_loss", "willingness": 1, "ability": 0}),
        ("CANT jobless X 来电 p2", "CANT", {"reason": "job_loss", "explained": True, "inbound": True, "phone": 2}),
        ("TPMSG 配偶 t1", "TPMSG", {"relation": "spouse", "third_party": 1}),
        ("STOP all", "STOP", {"channel": "all"}),
    ],
)
def test_a_complete_line_is_read_whole_whatever_the_order_and_the_width(line, code, fields):
    result = said(line)
    assert (result.code, result.fields, result.is_complete) == (code, fields, True)


@pytest.mark.parametrize(
    ("word", "amount"),
    [
        ("2000", "2000"),
        ("2,000.50", "2000.50"),
        ("2，000", "2000"),
        ("1,234,567", "1234567"),
        ("2k", "2000"),
        ("1.2345K", "1234.50"),
        ("2千", "2000"),
        ("1.5万", "15000"),
        ("1.5万元", "15000"),
        ("2000元", "2000"),
        ("￥2,000", "2000"),
        ("¥2000块", "2000"),
        ("0.01", "0.01"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_an_amount_is_read_to_the_cent(word, amount):
    result = said(word)
    assert (result.fields, result.unknown) == ({"amount": Decimal(amount)}, ())
    assert result.fields["amount"].as_tuple().exponent == -2


@pytest.mark.parametrize(
    "word", ["0", "-5", "0.00", "2000.123", "2.000", "1.234567k", "1" + "0" * 12, "1" + "0" * 8 + "万"]
)
def test_an_amount_that_nobody_pays_is_pointed_at(word):
    result = said(f"PTP {word} fri")
    assert (result.unknown, result.missing) == ((Unknown(word, 4, 4 + len(word)),), ("amount",))


def test_a_comma_stays_in_a_number_only_where_it_groups_thousands():
    assert said("PTP 2,000,fri,wx").is_complete
    assert said("p1,500").fields == {"phone": 1, "amount": Decimal(500)}
    assert [word.text for word in said("2000,500").unknown] == ["500"]


def test_what_the_outcome_needs_and_nobody_said_is_missing():
    assert said("PTP").missing == ("amount", "date")
    assert said("PTP fri").missing == ("amount",)
    assert not said("PTP fri").is_complete
    assert said("fri").missing == ()
    assert (said("fri").code, said("fri").is_complete) == ("", False)


def test_a_day_does_not_stand_in_for_a_time_nor_a_time_for_a_day():
    assert said("CB fri").missing == ("at",)
    assert said("CB fri 15:30").missing == ()
    assert said("PTP 2000 15:30").missing == ("date",)
    assert said("PTP 2000 fri 15:30").missing == ()


@pytest.mark.parametrize(
    "line", ["DISP //不认账, 说过了", 'DISP "不认账, 说过了"', "DISP “不认账, 说过了”", "DISP “不认账, 说过了"]
)
def test_a_free_text_is_kept_word_for_word_and_answers_type_and_text(line):
    result = said(line)
    assert (result.fields, result.is_complete) == ({"text": "不认账, 说过了"}, True)


@pytest.mark.parametrize("code", ["SETTLE", "DEAD", "ILL", "REP", "COMPL"])
def test_a_free_text_answers_what_has_no_words_of_its_own(code):
    assert said(f"{code} //Ａ律师").fields == {"text": "Ａ律师"}
    assert said(f"{code} //Ａ律师").is_complete
    assert not said(code).is_complete


@pytest.mark.parametrize("code", ["CANT", "TPMSG", "STOP"])
def test_a_free_text_answers_nothing_that_has_words(code):
    assert not said(f"{code} //说来话长").is_complete


@pytest.mark.parametrize("line", ["COMPL //", 'COMPL ""', "COMPL “ ”"])
def test_an_empty_text_is_no_text(line):
    assert (said(line).missing, said(line).unknown) == (("text",), ())


def test_an_unknown_word_is_pointed_at_where_it_was_typed_with_the_closest_word():
    assert said("ＰＴＢ　2000 fir").unknown == (Unknown("ＰＴＢ", 0, 3, "PTP"), Unknown("fir", 9, 12, "fri"))
    assert said("CANT 失叶").unknown == (Unknown("失叶", 5, 7, "失业"),)


@pytest.mark.parametrize("word", ["qqqqqq", "w4", "p0", "wechat" * 9, "㎏", "3天"])
def test_a_word_like_no_other_has_no_hint(word):
    assert said(f"RNR {word}").unknown == (Unknown(word, 4, 4 + len(word)),)


def test_a_second_value_is_pointed_at_and_the_same_one_twice_is_not():
    assert said("PTP 2000 fri sat").unknown == (Unknown("sat", 13, 16),)
    assert said("PTP 2000 2,001 fri").unknown == (Unknown("2,001", 9, 14),)
    assert said('COMPL "a" "b"').unknown == (Unknown('"b"', 10, 13),)
    assert said("RNR BUSY").unknown == (Unknown("BUSY", 4, 8),)
    assert said("PTP 2000 2k 周五 fri ptp").is_complete


def test_a_word_that_is_an_outcome_too_is_the_outcome_once():
    outcomes = OUTCOMES | {"Dispute": OutcomeWords("Dispute", ("reason",))}
    assert parse("dispute", outcomes, NOW).code == "Dispute"
    assert parse("dispute dispute", outcomes, NOW).is_complete
    assert parse("CANT dispute", outcomes, NOW).fields == {"reason": "dispute"}


def test_no_word_of_the_lists_is_an_outcome_code():
    assert {code.lower() for code in OUTCOMES} & {*MEANINGS, *DAY_WORDS} == set()


WORDS = st.sampled_from(
    [*OUTCOMES, *MEANINGS, *DAY_WORDS, "2000", "1.5万", "3点半", "+2h", "30-02", "//", '"', "“", "w1"]
)


@given(st.text() | st.lists(WORDS | st.text("0123456789:+-/.,点号月年ｗｐ天后kh", max_size=9)).map(" ".join))
def test_no_text_makes_reading_fail_and_every_doubt_points_into_the_line(line):
    result = said(line)
    for word in result.unknown:
        assert word.text and word.text == line[word.start : word.end]
    assert result.is_complete == (bool(result.code) and not result.unknown and not result.missing)
    assert [word.start for word in result.unknown] == sorted(word.start for word in result.unknown)


@given(
    st.permutations(["PTP", "2,000", "周五", "微信", "w1", "a0", "x", "p1"]),
    st.sampled_from([" ", ",", "，", "、", "　"]),
)
def test_the_order_and_the_separator_change_nothing(words, separator):
    assert said(separator.join(words)) == said("PTP 2000 fri wx w1 a0 x p1")
